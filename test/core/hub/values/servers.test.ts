import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { literal, modelEnv, serversPart } from '../../../../src/core/hub/values/servers.ts';
import { loginPart } from '../../../../src/core/hub/values/login.ts';
import { profilesPart } from '../../../../src/core/hub/values/profiles.ts';
import { at, isObject, objectsIn } from '../../../../src/core/json.ts';
import type { Json, JsonObject } from '../../../../src/core/json.ts';
import { MAIN, contextWith } from './context.ts';

const objectOr = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});
const user = { 'platform.yaml': { user: { name: 'ada', uid: 2000, gid: 200 } } };

test('user servers', () => {
  const keys = { env: { A: 'x{y}', B: '1' }, home: { size: '30Gi' } };
  const storage = { [MAIN]: { storage: { homes: { class: 'fast' } } } };
  expect(serversPart(contextWith(keys, { ...user, ...storage }))).toEqual({
    jupyterhub: {
      singleuser: {
        image: { name: 'invalid.invalid/choose-an-image', tag: 'none' },
        uid: 2000,
        fsGid: 200,
        allowPrivilegeEscalation: false,
        cmd: ['/bin/sh', '-c', expect.any(String), 'jupyterhub-singleuser'],
        defaultUrl: '/lab',
        extraEnv: { A: 'x{{y}}', B: '1' },
        storage: {
          type: 'dynamic',
          capacity: '30Gi',
          homeMountPath: '/home/ada',
          dynamic: { storageClass: 'fast' },
          extraVolumes: [expect.objectContaining({ name: 'server-code' })],
          extraVolumeMounts: [
            { name: 'server-code', mountPath: '/opt/glaciocloud/server', readOnly: true },
            {
              name: 'server-code',
              mountPath: '/usr/local/bin/glaciocloud-run',
              subPath: 'bin/glaciocloud-run',
              readOnly: true,
            },
          ],
        },
      },
    },
    from: {
      '/singleuser/storage/capacity': '/home/size',
      '/singleuser/storage/extraVolumes': '/scratch/size',
      '/singleuser/storage/extraVolumes/oggm-data': '/data',
      '/singleuser/extraEnv': '/env',
      '/singleuser/extraEnv/A': '/env/A',
      '/singleuser/extraEnv/B': '/env/B',
    },
  });
});

test('homes have a class of their own, or are folders of one claim', () => {
  const storage = (home: object): unknown[] => {
    const { jupyterhub, from } = serversPart(contextWith({ home }));
    const { extraVolumes, extraVolumeMounts, ...rest } = objectOr(
      at(jupyterhub, '/singleuser/storage'),
    );
    expect([extraVolumes, extraVolumeMounts]).not.toContain(undefined);
    const fields = Object.entries(from ?? {}).filter(([, field]) => field.startsWith('/home/'));
    return [rest, Object.fromEntries(fields)];
  };
  expect(storage({ size: '5Gi', class: 'fast' })).toEqual([
    {
      type: 'dynamic',
      capacity: '5Gi',
      homeMountPath: '/home/jovyan',
      dynamic: { storageClass: 'fast' },
    },
    {
      '/singleuser/storage/capacity': '/home/size',
      '/singleuser/storage/dynamic/storageClass': '/home/class',
    },
  ]);
  const folder = { pvcName: 'nfs', subPath: '{username}' };
  const of = {
    '/singleuser/storage/type': '/home/claim',
    '/singleuser/storage/static': '/home/claim',
  };
  expect(storage({ claim: 'nfs' })).toEqual([
    { type: 'static', homeMountPath: '/home/jovyan', static: folder },
    of,
  ]);
  expect(storage({ claim: 'nfs', path: 'a/{escaped_username}' })).toEqual([
    {
      type: 'static',
      homeMountPath: '/home/jovyan',
      static: { ...folder, subPath: 'a/{escaped_username}' },
    },
    { ...of, '/singleuser/storage/static/subPath': '/home/path' },
  ]);
});

test('shared memory is memory of the server', () => {
  const { jupyterhub, from } = serversPart(contextWith({ shm: { size: '1Gi' } }));
  const storage = at(jupyterhub, '/singleuser/storage');
  expect(objectsIn(at(storage, '/extraVolumes'))).toContainEqual({
    name: 'shm',
    emptyDir: { medium: 'Memory', sizeLimit: '1Gi' },
  });
  expect(objectsIn(at(storage, '/extraVolumeMounts'))).toContainEqual({
    name: 'shm',
    mountPath: '/dev/shm',
  });
  expect(from?.['/singleuser/storage/extraVolumes/shm']).toBe('/shm/size');
});

test('a secret for servers is a variable by reference, and none of the hub', () => {
  const secrets = {
    'github-client-id': { use: 'login' },
    s3: { use: 'bucket', for: 'servers', env: 'OMP_NUM_THREADS' },
  };
  const context = contextWith({ secrets });
  const { jupyterhub, from } = serversPart(context);
  expect(at(jupyterhub, '/singleuser/extraEnv')).toEqual({
    OMP_NUM_THREADS: { valueFrom: { secretKeyRef: { name: 'server-secrets', key: 's3' } } },
  });
  expect(from?.['/singleuser/extraEnv/OMP_NUM_THREADS']).toBe('/secrets/s3');
  expect(Object.keys(objectOr(at(loginPart(context).jupyterhub, '/hub/extraEnv')))).toEqual([
    'GITHUB_CLIENT_ID',
  ]);
  const sizes = at(profilesPart(context).glaciocloud, '/profiles/sizes');
  expect(JSON.stringify(sizes)).not.toContain('OMP_NUM_THREADS');
});

test('the start command makes room for Jupyter in a full home, and then becomes the server', () => {
  const start = at(serversPart(contextWith({})).jupyterhub, '/singleuser/cmd/2');
  expect(typeof start === 'string' ? start.split('\n') : []).toEqual([
    'has_room() {',
    '  rm -f "$1/.room-for-jupyter" && head -c 1048576 /dev/zero > "$1/.room-for-jupyter"',
    '  room=$?',
    '  rm -f "$1/.room-for-jupyter"',
    '  return "$room"',
    '} 2>/dev/null',
    'if ! has_room "$HOME"; then',
    '  echo "Your home is full. Until you make room and restart your server, settings and history are kept in /tmp." >&2',
    '  spare=/tmp/home-is-full',
    '  mkdir -p "$spare"',
    '  export JUPYTER_PATH="$HOME/.local/share/jupyter:$JUPYTER_PATH"',
    expect.stringMatching(/^ {2}export JUPYTER_CONFIG_DIR="\$spare\/config" JUPYTER_DATA_DIR=/u),
    'fi',
    'case "$TMPDIR $OGGM_WORKDIR" in',
    '  " /"*)',
    '    export TMPDIR="$OGGM_WORKDIR/tmp"',
    '    mkdir -p "$TMPDIR" 2>/dev/null && has_room "$TMPDIR" || TMPDIR=/tmp',
    '    ;;',
    'esac',
    'settings=/opt/glaciocloud/server/jupyter',
    'if [ -n "$JUPYTER_CONFIG_PATH" ]; then settings="$JUPYTER_CONFIG_PATH:$settings"; fi',
    'export JUPYTER_CONFIG_PATH="$settings"',
    'exec "$0" "$@"',
    '',
  ]);
});

test('scratch is a folder of the node, of the size that is written', () => {
  const storage = at(
    serversPart(contextWith({ scratch: { size: '50Gi' } })).jupyterhub,
    '/singleuser/storage',
  );
  expect(objectsIn(at(storage, '/extraVolumes'))).toContainEqual({
    name: 'scratch',
    emptyDir: { sizeLimit: '50Gi' },
  });
  expect(objectsIn(at(storage, '/extraVolumeMounts'))).toContainEqual({
    name: 'scratch',
    mountPath: '/scratch',
  });
});

test('what is mounted into servers is what the chart has', () => {
  const values = serversPart(contextWith({})).jupyterhub;
  const items = objectsIn(at(values, '/singleuser/storage/extraVolumes/0/configMap/items'));
  expect(items.map((item) => item['key']).sort()).toEqual(
    readdirSync('charts/oggm-hub/files/servers').sort(),
  );
  const command = readFileSync('charts/oggm-hub/files/servers/glaciocloud-run', 'utf8');
  expect(command).toContain('/opt/glaciocloud/server/glaciocloud_run.py');
});

test('text that people wrote is text to KubeSpawner', () => {
  expect(literal('{a} and {{b}} }{')).toBe('{{a}} and {{{{b}}}} }}{{');
  expect(literal('plain')).toBe('plain');
});

test('variables of OGGM: on scratch where there is one', () => {
  expect(modelEnv(contextWith({}, user))).toEqual({
    OGGM_WORKDIR: '/home/ada/oggm-work',
    OGGM_EXTRACT_DIR: '/home/ada/.oggm-extract',
    OGGM_USE_MULTIPROCESSING: '1',
  });
  expect(modelEnv(contextWith({ scratch: { size: '50Gi' } }, user))).toEqual({
    OGGM_WORKDIR: '/home/ada/oggm-work',
    OGGM_EXTRACT_DIR: '/scratch/oggm',
    OGGM_USE_MULTIPROCESSING: '1',
  });
  const scratch = { scratch: { size: '50Gi' }, workdir: 'scratch' };
  expect(modelEnv(contextWith(scratch, user))).toEqual({
    OGGM_WORKDIR: '/scratch/oggm-work',
    OGGM_EXTRACT_DIR: '/scratch/oggm',
    OGGM_USE_MULTIPROCESSING: '1',
  });
});
