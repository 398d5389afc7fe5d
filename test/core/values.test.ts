import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { dump } from 'js-yaml';
import { runRules } from '../../src/core/check/run.ts';
import { wantedReleases } from '../../src/core/hub/release.ts';
import type { ChartFacts } from '../../src/core/hub/release.ts';
import { at, canonical } from '../../src/core/json.ts';
import { readPlatform } from '../../src/core/model/platform.ts';
import type { Text } from '../../src/core/model/platform.ts';
import { fc } from '../support/property.ts';

const FOLDER = join(import.meta.dirname, 'rules/_base');
const base = new Map<string, Text>(
  readdirSync(FOLDER, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(FOLDER.length + 1), { kind: 'text', text: readFileSync(path, 'utf8') }];
    }),
);
const charts: ChartFacts = {
  pins: [{ name: 'jupyterhub', version: '4.4.0', digest: 'd', double: false, verified: true }],
  codeDigest: 'c',
};
const hubText = (base.get('environments/hub.yaml') as { text: string }).text;
const wanted = (files: ReadonlyMap<string, Text>) => {
  const { platform } = readPlatform(files);
  if (!platform) throw new Error('the base cannot be read');
  return wantedReleases(platform, charts);
};
const withHub = (text: string): Map<string, Text> =>
  new Map([...base, ['environments/hub.yaml', { kind: 'text', text }]]);

describe('values', () => {
  test('are safe by default', () => {
    const values = wanted(base).find(({ unit }) => unit.kind === 'hub')?.release.values.jupyterhub;
    const safe: Record<string, unknown> = {
      '/hub/config/JupyterHub/authenticator_class': 'glaciocloud_hub.AccessFileAuthenticator',
      '/hub/config/Authenticator/allow_all': false,
      '/hub/config/Authenticator/allow_existing_users': false,
      '/hub/config/KubeSpawner/delete_pvc': false,
      '/hub/consecutiveFailureLimit': 0,
      '/hub/db/pvc/annotations/helm.sh~1resource-policy': 'keep',
      '/proxy/service/type': 'ClusterIP',
      '/singleuser/uid': 1100,
      '/singleuser/allowPrivilegeEscalation': false,
      '/singleuser/cloudMetadata/blockWithIptables': false,
      '/singleuser/networkPolicy/egressAllowRules/privateIPs': false,
      '/cull/maxAge': 0,
      '/cull/users': false,
      '/hub/extraEnv/GITHUB_CLIENT_SECRET/valueFrom/secretKeyRef/name': 'hub-secrets',
    };
    for (const [path, value] of Object.entries(safe))
      expect({ path, value: at(values, path) }).toEqual({ path, value });
  });

  test('what changes often is outside jupyterhub:', () => {
    const inside = (text: string): string =>
      canonical(
        wanted(withHub(text)).find(({ unit }) => unit.kind === 'hub')?.release.values.jupyterhub ??
          null,
      );
    expect(inside(hubText.replace('memory: 4G', 'memory: 8G'))).toBe(inside(hubText));
    expect(inside(hubText.replace('idle: 1h', 'idle: 2h'))).not.toBe(inside(hubText));
  });

  test('a probe has a service of its own, for its own users, and only where the file asks for it', () => {
    const values = (text: string) =>
      wanted(withHub(text)).find(({ unit }) => unit.kind === 'hub')?.release.values;
    expect(canonical(values(hubText) ?? null)).not.toContain('probe-');
    expect(Object.keys(at(values(hubText), '/jupyterhub/hub/services') as object)).toEqual([
      'glaciocloud-health',
      'glaciocloud-access',
    ]);
    const asked = values(`${hubText}probe: {api: 5m}\n`);
    expect(at(asked, '/glaciocloud/probe')).toMatchObject({
      namespace: 'hub-probe',
      settings: {
        hub: 'hub',
        api: 300,
        spawn: 3600,
        onlyWhenWarm: true,
        job: { checks: [{ user: 'probe_0', profile: 'science', image: 'science' }] },
      },
    });
    const scopes = at(asked, '/jupyterhub/hub/loadRoles/glaciocloud-probe/scopes') as string[];
    expect(scopes).toHaveLength(1 + 3 * 4);
    expect(
      scopes.filter((scope) => scope !== 'read:hub' && !/!user=probe_\d$/u.test(scope)),
    ).toEqual([]);
  });

  test('what values: says wins', () => {
    const hub = wanted(withHub(`${hubText}values:\n  hub:\n    concurrentSpawnLimit: 7\n`)).find(
      ({ unit }) => unit.kind === 'hub',
    );
    expect(at(hub?.release.values.jupyterhub, '/hub/concurrentSpawnLimit')).toBe(7);
  });
});

test('any file gives findings or a release, never an exception', () => {
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom(
      '4Gi',
      '1h',
      'all',
      'team:a/b',
      'https://x.example',
      'http://u:p@x',
      '2026-11-30T08:00Z',
      -1,
      0,
      1e9,
    ),
  );
  const keys = [
    'title',
    'url',
    'cluster',
    'wave',
    'images',
    'sizes',
    'home',
    'scratch',
    'workdir',
    'data',
    'env',
    'sessions',
    'access',
    'secrets',
    'capacity',
    'values',
    'probe',
    'kind',
  ];
  const patch = fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 3 });
  fc.assert(
    fc.property(patch, (given) => {
      const kept = hubText
        .split(/^(?=\S)/mu)
        .filter((block) => !Object.keys(given).some((key) => block.startsWith(`${key}:`)))
        .join('');
      const { platform, findings } = readPlatform(
        withHub(kept + (Object.keys(given).length > 0 ? dump(given, { noRefs: true }) : '')),
      );
      expect(platform).toBeDefined();
      if (platform) {
        const all = [...findings, ...runRules({ platform, now: 0, defaults: undefined })];
        const hubs = wantedReleases(platform, charts).filter(({ unit }) => unit.kind === 'hub');
        expect(all.length > 0 || hubs.length === 1).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});
