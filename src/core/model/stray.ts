import { hubOfSecrets } from '../credentials/encrypted.ts';
import type { Finding } from '../finding.ts';
import { isObject } from '../json.ts';
import { greatest } from '../lists.ts';
import { readSource } from '../source.ts';
import { PLATFORM_FOLDERS, locate, misplaced } from './layout.ts';
import { nearest } from './nearest.ts';
import { SCHEMAS } from './read.ts';
import type { Kind } from './types.ts';

const YAML = /\.ya?ml$/iu;
/** Pages for people, and what editors and git keep for themselves. */
export const NOT_OURS = /(?:^|\/)(?:\.[^/]*|[^/]+\.md)$/iu;
/** Files of other tools that lie at the root of a repository. */
const TOOLS = [
  'action|appveyor|azure-pipelines|bitbucket-pipelines|cloudbuild|codecov|(?:docker-)?compose.*',
  'conda|environment.*|lefthook|mkdocs|netlify|pnpm-.*|readthedocs|render|skaffold|taskfile|_.*',
];
const OTHER_TOOLS = new RegExp(String.raw`^(?:${TOOLS.join('|')})\.ya?ml$`, 'iu');

/** Names beside platform.yaml that look as if they belonged to the platform. */
export function looksOurs(name: string): boolean {
  if (name.startsWith('.') || name === 'platform.yaml' || name === 'platform.yml') return false;
  return YAML.test(name) ? !OTHER_TOOLS.test(name) : folderMeant(name) !== undefined;
}

/** The folder that a misspelt one was meant to be. */
function folderMeant(name: string): string | undefined {
  const folders: readonly string[] = PLATFORM_FOLDERS;
  if (folders.includes(name)) return undefined;
  if (/^hubs?$/iu.test(name)) return 'environments';
  const near = nearest(name, folders);
  return near !== undefined && Math.abs(near.length - name.length) <= 1 ? near : undefined;
}

/** What lies among the files of the platform, or close by, and that nobody reads. `files`: texts by path. */
export function strayFindings(files: ReadonlyMap<string, string>): Finding[] {
  const paths = [...files.keys()];
  return [
    ...paths.flatMap((path) => {
      const hint = meant(path, files.get(path) ?? '');
      return hint === undefined ? [] : [unread(path, 'nobody reads this file', hint)];
    }),
    ...foldersWithoutImage(paths),
    ...secretsOfNobody(paths),
  ];
}

export function unread(file: string, message: string, hint: string): Finding {
  return {
    rule: 'unread-file',
    severity: 'warning',
    at: { file, line: 1, column: 1 },
    message,
    hint,
  };
}

/** What to say of one file; nothing where it is read, refused elsewhere, or none of our business. */
function meant(path: string, text: string): string | undefined {
  const [top = '', ...rest] = path.split('/');
  if (locate(path) || misplaced(path) !== undefined || NOT_OURS.test(path)) return undefined;
  if (rest.length === 0) return looksOurs(path) ? besidePlatform(path, text) : undefined;
  const folder = folderMeant(top);
  if (folder !== undefined)
    return YAML.test(path) ? `did you mean ${folder}/${rest.join('/')}?` : undefined;
  if (top === 'images' && rest.length === 1 && YAML.test(path))
    return `did you mean ${path.replace(YAML, '')}/image.yaml?`;
  if (top === 'images' || top === 'secrets') return undefined;
  const folders: readonly string[] = PLATFORM_FOLDERS;
  return folders.includes(top) ? `did you mean ${withYaml(path)}?` : undefined;
}

/** `environments/hub.yaml.bak`, `.json` and `.txt` are `environments/hub.yaml`. */
function withYaml(path: string): string {
  return `${path.replace(/(?<=\/[^/.]*)\..*$/u, '')}.yaml`;
}

const HOMES: readonly { kind: Kind; place: (name: string) => string }[] = [
  { kind: 'environment', place: (name) => `environments/${name}.yaml` },
  { kind: 'cluster', place: (name) => `clusters/${name}.yaml` },
  { kind: 'image', place: (name) => `images/${name}/image.yaml` },
  { kind: 'data', place: (name) => `data/${name}.yaml` },
  { kind: 'cohort', place: (name) => `access/cohorts/${name}.yaml` },
  { kind: 'member', place: (name) => `access/members/${name}.yaml` },
];

function besidePlatform(path: string, text: string): string {
  const name = path.replace(YAML, '');
  if (nearest(name, ['platform']) !== undefined) return 'did you mean platform.yaml?';
  const { data } = readSource(path, text);
  const keys = isObject(data) ? Object.keys(data) : [];
  const known = HOMES.map(({ kind, place }) => ({
    place: place(name),
    keys: keys.filter((key) => key in SCHEMAS[kind].properties).length,
  }));
  const most = greatest(known.map((one) => one.keys));
  const best = known.find((one) => one.keys === most)?.place ?? '';
  return `did you mean ${best}?`;
}

function foldersWithoutImage(paths: readonly string[]): Finding[] {
  const below = paths.filter((path) => /^images\/[^/.][^/]*\//u.test(path));
  // Of two paths of one folder the first stays.
  const folders = new Map(below.map((path) => [folderOf(path), path] as const).reverse());
  return [...folders].flatMap(([folder, first]) => {
    const inside = below.filter((path) => path.startsWith(`${folder}/`));
    if (inside.some(isImageFile)) return [];
    const near = inside.find((path) => nearest(path.slice(folder.length + 1), ['image.yaml']));
    const hint =
      near === undefined
        ? `add ${folder}/image.yaml, or remove the folder`
        : `did you mean ${folder}/image.yaml?`;
    return [unread(near ?? first, `${folder} has no image.yaml, and is no image`, hint)];
  });
}

/** `images/x` of all that lies below it. */
function folderOf(path: string): string {
  return path.split('/').slice(0, 2).join('/');
}

/** Read, or refused for its ending. */
function isImageFile(path: string): boolean {
  return locate(path)?.kind === 'image' || misplaced(path) !== undefined;
}

function secretsOfNobody(paths: readonly string[]): Finding[] {
  const hubs = paths.flatMap((path) => {
    const located = locate(path);
    return located?.kind === 'environment' ? [located.name] : [];
  });
  return paths.flatMap((path) => {
    const hub = hubOfSecrets(path);
    if (hub === undefined || hubs.includes(hub)) return [];
    const near = nearest(hub, hubs);
    const hint =
      near === undefined
        ? 'remove it, once the hub is gone'
        : `did you mean secrets/${near}.sops.yaml?`;
    return [unread(path, `there is no environments/${hub}.yaml`, hint)];
  });
}
