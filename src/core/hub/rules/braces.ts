import { at, walk } from '../../json.ts';
import type { Rule } from '../../rule.ts';
import { meant } from '../values/meant.ts';

/** Names that KubeSpawner knows. Source: `_expand_user_properties` of KubeSpawner 7.0.0. */
const KNOWN = [
  'userid',
  'unescaped_username',
  'unescaped_servername',
  'hubnamespace',
  'username',
  'servername',
  'user_server',
  'safe_username',
  'safe_servername',
  'safe_user_server',
  'escaped_username',
  'escaped_servername',
  'escaped_user_server',
  'pod_name',
  'pvc_name',
  'namespace',
];
const EXPANDED = new RegExp(`\\{(${KNOWN.join('|')})\\}`, 'gu');

/** Values that KubeSpawner expands, all texts in them. Source: `_expand_all` of KubeSpawner 7.0.0. */
const PLACES = [
  '/singleuser/extraAnnotations',
  '/singleuser/extraContainers',
  '/singleuser/extraEnv',
  '/singleuser/extraLabels',
  '/singleuser/extraPodConfig',
  '/singleuser/initContainers',
  '/singleuser/storage/dynamic/pvcNameTemplate',
  '/singleuser/storage/extraLabels',
  '/singleuser/storage/extraVolumeMounts',
  '/singleuser/storage/extraVolumes',
  ...['pod_name_template', 'storage_extra_annotations', 'storage_selector', 'working_dir'].map(
    (trait) => `/hub/config/KubeSpawner/${trait}`,
  ),
];

/** What is left of a text that KubeSpawner expands holds no brace. */
function hasSingleBrace(text: string): boolean {
  const rest = text.replaceAll('{{', '').replaceAll('}}', '').replaceAll(EXPANDED, '');
  return /[{}]/u.test(rest);
}

export const braces: Rule = {
  id: 'braces',
  severity: 'error',
  title: 'Braces in raw values of servers are doubled.',
  why: 'KubeSpawner expands {username}, and every server start fails on any other brace.',
  on: 'values',
  *check({ hub, place }) {
    const { values } = meant(hub.data.values);
    for (const base of PLACES)
      for (const { path, value } of walk(at(values, base) ?? null)) {
        if (typeof value !== 'string' || !hasSingleBrace(value)) continue;
        const isVariable = base === '/singleuser/extraEnv';
        yield {
          at: place(base + path),
          message: 'a single brace breaks every server start',
          hint: isVariable ? 'write {{ and }}, or use env:' : 'write {{ and }}',
        };
      }
  },
};
