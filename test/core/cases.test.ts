import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { runRules } from '../../src/core/check/run.ts';
import { onePerPlace } from '../../src/core/finding.ts';
import { wantedReleases } from '../../src/core/hub/release.ts';
import { LAST_CONFIG } from '../../src/core/hub/values/hub.ts';
import { at } from '../../src/core/json.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { readPlatform } from '../../src/core/model/platform.ts';
import { HUB, NOW, platformWith, saidOfHub, textsWith } from '../support/written.ts';
import type { Written } from '../support/written.ts';
import { ROOT } from '../support/sample.ts';
import { fc } from '../support/property.ts';

/*
 * What people of other hubs have written, or have asked how to write, and what a hub's keeper would expect. Each stands
 * for its kind: `shown` names the fixtures (folders of `rules/`) and tests (`file: title`) of the rest of it.
 */
interface Case {
  /** Keys of the hub's own file. */
  add?: JsonObject;
  more?: Written;
  /** Rules that speak, one for each place. */
  finds: readonly string[];
  shown: readonly string[];
}

const values = (said: JsonObject): { add: JsonObject } => ({ add: { values: said } });
const kube = (traits: JsonObject): { add: JsonObject } =>
  values({ hub: { config: { KubeSpawner: traits } } });
const LOAD_CHECK =
  'test/hub/test_load_check.py: test_a_promise_that_is_broken_is_found_whatever_broke_it';

const CASES: Readonly<Record<string, Case>> = {
  'code that opens the door again': {
    ...values({
      hub: {
        extraConfig: {
          'z-login':
            'c.JupyterHub.authenticator_class = "dummy"\nc.Authenticator.allow_all = True\n',
        },
      },
    }),
    finds: ['extra-config'],
    shown: [LOAD_CHECK, 'extra-config/file', 'hub-command/mistake', 'hub-command/beside'],
  },
  'code under our own name': {
    ...values({ hub: { extraConfig: { glaciocloud: 'c.Spawner.http_timeout = 120\n' } } }),
    finds: ['values-reserved'],
    shown: ['values-reserved/names', 'values-reserved/whole', 'own-places/mistake'],
  },
  'root, the node and no home, told to KubeSpawner': {
    ...kube({
      uid: 0,
      privileged: true,
      service_account: 'default',
      volumes: [{ name: 'host', hostPath: { path: '/' } }],
      volume_mounts: [{ name: 'host', mountPath: '/host' }],
      extra_pod_config: { hostNetwork: true },
    }),
    finds: ['uid', 'user-pod', 'service-account', 'user-pod', 'values-reserved', 'user-pod'],
    shown: ['values-reserved/settings', 'own-home/setting', LOAD_CHECK],
  },
  'a volume of the hub': {
    ...values({
      hub: {
        extraVolumes: [{ name: 'spark-config', configMap: { name: 'spark-config' } }],
        extraVolumeMounts: [
          { name: 'spark-config', mountPath: '/etc/spark.json', subPath: 'spark.json' },
        ],
      },
    }),
    finds: [],
    shown: ['values-reserved/beside', 'values-reserved/lists', 'own-places/beside'],
  },
  'a variable of the hub': {
    ...values({
      hub: { extraEnv: [{ name: 'HTTPS_PROXY', value: 'http://proxy.example.org:3128' }] },
    }),
    finds: ['env-proxy'],
    shown: ['values-reserved/beside', 'env-proxy/mistake', 'env-reserved/mistake'],
  },
  'no storage': {
    ...values({ singleuser: { storage: { type: 'none' } } }),
    finds: ['values-reserved'],
    shown: ['own-home/mistake', 'own-home/beside', 'values-reserved/mistake'],
  },
  'the chart’s pre-puller': {
    ...values({ prePuller: { hook: { enabled: true }, continuous: { enabled: true } } }),
    finds: ['values-reserved', 'values-reserved'],
    shown: ['values-reserved/mistake'],
  },
  'a pool of nodes': {
    ...values({
      singleuser: {
        nodeSelector: { pool: 'users' },
        extraTolerations: [{ key: 'spot', operator: 'Exists', effect: 'NoSchedule' }],
      },
    }),
    finds: [],
    shown: [
      'test/core/hub/values/server-nodes.test.ts: seats and images wait where servers go',
      'test/action/cli.test.ts: seats and images wait on the nodes where servers go',
      'test/apply/removal.test.ts: homes are read where servers could be',
    ],
  },
  'braces in a command': {
    ...values({
      singleuser: {
        initContainers: [
          {
            name: 'course',
            image: 'alpine/git:2.47',
            command: ['sh', '-c', "awk '{print $1}' /dev/null"],
          },
        ],
      },
    }),
    finds: ['braces'],
    shown: [
      'braces/mistake',
      'test/core/hub/rules/raw-values.test.ts: write {{ and }}, or use env:',
    ],
  },
  'names that KubeSpawner knows': {
    ...values({
      singleuser: {
        extraEnv: { BUCKET: 's3://scratch/{escaped_username}', POD: '{pod_name}.{namespace}' },
      },
    }),
    finds: [],
    shown: ['own-home/beside', 'env-literal/beside'],
  },
  'a key of AWS': {
    add: { env: { AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' } },
    finds: ['credential'],
    shown: ['test/core/credentials/findings.test.ts: a variable that is called like a secret'],
  },
  'a password in a list of variables': {
    ...values({ singleuser: { extraEnv: [{ name: 'DB_PASSWORD', value: 'hunter2hunter2' }] } }),
    finds: ['credential'],
    shown: ['test/core/credentials/findings.test.ts: variables, in each way that they are written'],
  },
  'a token in a profile': {
    ...values({
      singleuser: {
        profileList: [
          {
            display_name: 'a',
            kubespawner_override: { environment: { API_TOKEN: 'abc123def456' } },
          },
        ],
      },
    }),
    finds: ['profile-list', 'credential'],
    shown: [
      'profile-list/mistake',
      'test/core/credentials/findings.test.ts: wherever a credential is put',
    ],
  },
  'a key in an image': {
    more: {
      'images/other/image.yaml': {
        title: 'Other',
        from: { image: 'registry.example.org/base', tag: '1' },
        env: { CDS_API_KEY: '0123-abcd-4567' },
      },
    },
    finds: ['credential'],
    shown: ['test/core/credentials/findings.test.ts: env: of an image, which everybody can read'],
  },
  'secrets that are not encrypted': {
    more: { 'secrets/hub.sops.yaml': { 'github-client-secret': '0123456789' } },
    finds: ['secrets-file'],
    shown: ['test/core/credentials/encrypted.test.ts: of which a part is in clear'],
  },
  'a secret for servers': {
    ...values({
      singleuser: {
        extraEnv: {
          S3_KEY: { valueFrom: { secretKeyRef: { name: 'hub-secrets', key: 's3-key' } } },
        },
      },
    }),
    finds: ['secret-of-hub'],
    shown: [
      'secret-of-hub/mistake',
      'secret-of-hub/beside',
      'test/apply/prepare.test.ts: that others have made keep their names',
    ],
  },
  'staff of a course': {
    ...values({
      hub: {
        loadRoles: {
          'course-staff': {
            groups: ['course-1-admins'],
            scopes: [
              'admin-ui',
              'list:users!group=course-1',
              'admin:servers!group=course-1',
              'access:servers!group=course-1',
            ],
          },
        },
      },
    }),
    finds: [],
    shown: ['role-scopes/staff-of-a-course'],
  },
  'roles that reach every server': {
    ...values({
      hub: {
        services: { grader: { url: 'http://grader:9000' } },
        loadRoles: {
          grader: {
            services: ['grader'],
            scopes: ['users', 'tokens', 'servers', 'access:servers'],
          },
          user: { scopes: ['self', 'access:servers'] },
        },
      },
    }),
    finds: ['role-scopes', 'role-scopes'],
    shown: ['role-scopes/every-server', 'role-scopes/administrators', LOAD_CHECK],
  },
  'a second host': {
    ...values({ ingress: { hosts: ['hub.example.org', 'jupyter.example.org'] } }),
    finds: ['values-reserved'],
    shown: ['values-reserved/mistake', 'base-url/mistake', 'base-url/setting', 'base-url/beside'],
  },
  'no issuer': {
    more: { 'clusters/main.yaml': { ingress: { class: 'nginx', issuer: null, email: null } } },
    finds: ['no-issuer', 'not-yet'],
    shown: [
      'no-issuer/mistake',
      'no-issuer/annotation',
      'no-issuer/own-secret',
      'no-issuer/own-certificate',
      'no-issuer/own-issuer',
      'no-issuer/no-entry',
    ],
  },
  'an image, memory and cores that have no effect': {
    ...values({
      singleuser: {
        image: { name: 'quay.io/example/other', tag: '1.0' },
        memory: { limit: '8G' },
        cpu: { limit: 4 },
      },
    }),
    finds: ['values-overridden', 'values-overridden', 'values-overridden', 'values-overridden'],
    shown: ['values-overridden/mistake', 'values-overridden/sizes', 'values-overridden/resources'],
  },
  'variables that a size and the model set, too': {
    add: { env: { OMP_NUM_THREADS: '8', OGGM_WORKDIR: '/scratch/work' } },
    finds: [],
    shown: [
      'test/core/hub/values/profiles.test.ts: what a file says of a variable counts',
      'env-overridden/mistake',
      'env-overridden/beside',
    ],
  },
  'another PATH and HOME': {
    add: { env: { PATH: '/opt/tools/bin:$PATH', HOME: '/data' } },
    finds: ['env-reserved', 'env-reserved'],
    shown: [
      'env-reserved/mistake',
      'env-reserved/beside',
      'env-literal/mistake',
      'env-of-images/mistake',
      'env-of-images/beside',
      'image-env/mistake',
      'image-env/beside',
      'image-env-literal/mistake',
    ],
  },
  'sessions that end at once': {
    ...values({ cull: { timeout: 120, every: 60 } }),
    finds: ['values-reserved'],
    shown: ['short-idle/mistake', 'max-age/mistake'],
  },
  'a proxy': {
    add: {
      env: {
        HTTP_PROXY: 'http://proxy.example.org:3128',
        HTTPS_PROXY: 'http://proxy.example.org:3128',
      },
    },
    finds: ['env-proxy'],
    shown: ['env-proxy/mistake', 'env-proxy/one-name', 'env-proxy/beside', 'env-proxy/unknown'],
  },
};

describe('what people had or wanted', () => {
  test.each(Object.entries(CASES))('%s', (_name, { add, more, finds }) => {
    const texts = textsWith({ ...more, ...(add && { [HUB]: add }) });
    const files = [...texts].map(([path, text]) => [path, { kind: 'text', text }] as const);
    const { platform, findings } = readPlatform(new Map(files));
    if (!platform) throw new Error('the platform cannot be read');
    const found = onePerPlace([
      ...findings,
      ...runRules({ platform, now: NOW, defaults: undefined }),
    ]);
    expect(found.map(({ rule }) => rule)).toEqual(finds);
    const secret = /wJalrX|hunter2|abc123def456|0123-abcd|0123456789/u;
    expect(found.map(({ message, hint }) => message + hint).join()).not.toMatch(secret);
  });

  test.each(Object.entries(CASES))('%s: the rest of its kind is shown', (_name, { shown }) => {
    expect(shown.length).toBeGreaterThan(0);
    for (const one of shown) {
      const [file, title] = one.split(/: (.*)/su);
      if (title === undefined) {
        expect([one, existsSync(join(import.meta.dirname, 'rules', one))]).toEqual([one, true]);
      } else {
        expect(readFileSync(join(ROOT, file ?? ''), 'utf8')).toContain(title);
      }
    }
  });
});

describe('what is allowed is there, beside ours', () => {
  const valuesOf = (name: string): JsonObject => {
    const add = CASES[name]?.add;
    if (!add) throw new Error(`there is no case "${name}"`);
    const charts = { pins: [], codeDigest: 'c' };
    const hub = wantedReleases(platformWith({ [HUB]: add }), charts).find(
      ({ unit }) => unit.kind === 'hub',
    );
    return hub?.release.values ?? {};
  };
  const names = (list: Json | undefined): unknown[] =>
    Array.isArray(list) ? list.map((one) => at(one, '/name')) : [];

  test('volumes of the hub', () => {
    const hub = at(valuesOf('a volume of the hub'), '/jupyterhub/hub');
    for (const name of ['spark-config', 'hub-code', 'hub-access', 'hub-profiles', 'hub-notices']) {
      expect(names(at(hub, '/extraVolumes'))).toContain(name);
      expect(names(at(hub, '/extraVolumeMounts'))).toContain(name);
    }
  });

  test('variables of the hub', () => {
    expect(at(valuesOf('a variable of the hub'), '/jupyterhub/hub/extraEnv')).toMatchObject({
      HTTPS_PROXY: 'http://proxy.example.org:3128',
      GITHUB_CLIENT_ID: { valueFrom: {} },
      GITHUB_CLIENT_SECRET: { valueFrom: {} },
    });
  });

  test('code of others, before ours', () => {
    const code = at(valuesOf('code that opens the door again'), '/jupyterhub/hub/extraConfig');
    // The chart runs it in the order of Python's `sorted`: by code points.
    const order = Object.keys(code ?? {}).sort((a, b) => (a < b ? -1 : 1));
    expect(order).toEqual(['z-login', '~glaciocloud']);
  });

  test('whatever names are accepted for it', () => {
    const byCodePoints = (a: string, b: string): number =>
      Buffer.compare(Buffer.from(a), Buffer.from(b));
    const name = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 }),
      fc.constantFrom('~', '~g', '~glacioclouc', '~glaciocloue', '}', '\u{e000}', '\u{1f600}'),
    );
    fc.assert(
      fc.property(name, (one) => {
        const own = { values: { hub: { extraConfig: { [one]: 'pass' } } } };
        const isAccepted = saidOfHub('values-reserved', own).length === 0;
        expect([one, isAccepted]).toEqual([one, byCodePoints(one, LAST_CONFIG) < 0]);
      }),
    );
  });

  test('names that KubeSpawner expands, as they were written', () => {
    const { add } = CASES['names that KubeSpawner knows'] ?? {};
    expect(at(valuesOf('names that KubeSpawner knows'), '/jupyterhub/singleuser/extraEnv')).toEqual(
      at(add, '/values/singleuser/extraEnv'),
    );
  });

  test('variables of servers, and none of ours over them', () => {
    const hub = valuesOf('variables that a size and the model set, too');
    expect(at(hub, '/jupyterhub/singleuser/extraEnv')).toEqual({
      OMP_NUM_THREADS: '8',
      OGGM_WORKDIR: '/scratch/work',
    });
    const menu = JSON.stringify(at(hub, '/glaciocloud/profiles'));
    expect(menu).toContain('PYTHON_CPU_COUNT');
    expect(menu).not.toMatch(/OMP_NUM_THREADS|OGGM_WORKDIR/u);
  });
});
