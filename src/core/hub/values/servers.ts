import { pointer } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { DATA_CLAIM } from '../../data/volume.ts';
import { homeOf } from '../../model/home.ts';
import type { Home } from '../../model/home.ts';
import type { ClusterFile, EnvironmentFile } from '../../model/types.ts';
import { dataEnv, dataVolume } from './data.ts';
import type { HubContext, Part } from './part.ts';
import { serverVariables, variablesFrom } from './supplied.ts';

/**
 * A full home locks nobody out: Jupyter writes into it before it answers, and ends where it cannot.
 * Then it writes elsewhere until the next start, so that people can make room. Temporary files lie
 * in the workdir, because tutorials work in them; in /tmp where it has no room. Kubernetes would
 * replace a name in `$(…)`. What lies where room is tried goes first: a pipe there would hold the
 * server for ever, and a link would lead to another file. Source: jupyterhub-home-nfs#33, tried on
 * Jupyter Server 2.21.
 */
export const START = `has_room() {
  rm -f "$1/.room-for-jupyter" && head -c 1048576 /dev/zero > "$1/.room-for-jupyter"
  room=$?
  rm -f "$1/.room-for-jupyter"
  return "$room"
} 2>/dev/null
if ! has_room "$HOME"; then
  echo "Your home is full. Until you make room and restart your server, settings and history are kept in /tmp." >&2
  spare=/tmp/home-is-full
  mkdir -p "$spare"
  export JUPYTER_PATH="$HOME/.local/share/jupyter:$JUPYTER_PATH"
  export JUPYTER_CONFIG_DIR="$spare/config" JUPYTER_DATA_DIR="$spare/data" JUPYTER_RUNTIME_DIR="$spare/runtime" IPYTHONDIR="$spare/ipython" MPLCONFIGDIR="$spare/matplotlib"
fi
case "$TMPDIR $OGGM_WORKDIR" in
  " /"*)
    export TMPDIR="$OGGM_WORKDIR/tmp"
    mkdir -p "$TMPDIR" 2>/dev/null && has_room "$TMPDIR" || TMPDIR=/tmp
    ;;
esac
settings=/opt/glaciocloud/server/jupyter
if [ -n "$JUPYTER_CONFIG_PATH" ]; then settings="$JUPYTER_CONFIG_PATH:$settings"; fi
export JUPYTER_CONFIG_PATH="$settings"
exec "$0" "$@"
`;

/** Ours in every server, beside its image: the folder, and a command where every terminal looks. */
const CODE_FOLDER = '/opt/glaciocloud/server';
const COMMAND = '/usr/local/bin/glaciocloud-run';
export const CODE_PLACES = [CODE_FOLDER, COMMAND] as const;
const SETTINGS = 'jupyter_server_config';
const CODE_VOLUME: JsonObject = {
  name: 'server-code',
  configMap: {
    name: 'server-code',
    items: [
      { key: 'glaciocloud_busy.py', path: 'glaciocloud_busy.py' },
      { key: 'glaciocloud_procs.py', path: 'glaciocloud_procs.py' },
      { key: 'glaciocloud_run.py', path: 'glaciocloud_run.py' },
      { key: `${SETTINGS}.py`, path: `jupyter/${SETTINGS}.py` },
      { key: 'glaciocloud_busy.json', path: `jupyter/${SETTINGS}.d/glaciocloud_busy.json` },
      { key: 'glaciocloud-run', path: 'bin/glaciocloud-run', mode: 0o555 },
    ],
  },
};
const CODE_MOUNTS: readonly JsonObject[] = [
  { name: 'server-code', mountPath: CODE_FOLDER, readOnly: true },
  {
    name: 'server-code',
    mountPath: COMMAND,
    subPath: 'bin/glaciocloud-run',
    readOnly: true,
  },
];

/** Gone with each server. */
export const SCRATCH = '/scratch';
/** Memory that processes share. */
export const SHM = '/dev/shm';

/** User servers: who they run as, their folders, their variables. */
export function serversPart(context: HubContext): Part {
  const { cluster, platform } = context;
  const environment = context.hub.data;
  const supplied = serverVariables(environment);
  return {
    jupyterhub: {
      singleuser: {
        // Never started: images come from the profiles, and a hub without profiles refuses.
        // Fails closed if it ever were.
        image: { name: 'invalid.invalid/choose-an-image', tag: 'none' },
        uid: platform.user.uid,
        fsGid: platform.user.gid,
        allowPrivilegeEscalation: false,
        cmd: ['/bin/sh', '-c', START, 'jupyterhub-singleuser'],
        defaultUrl: '/lab',
        extraEnv: {
          ...Object.fromEntries(
            Object.entries(environment.env).map(([name, value]) => [name, literal(value)]),
          ),
          ...variablesFrom('servers', supplied),
        },
        storage: {
          ...homes(homeOf(environment), cluster),
          homeMountPath: `/home/${platform.user.name}`,
          ...volumes(environment, context.data),
        },
      },
    },
    from: {
      ...homeFields(environment),
      '/singleuser/storage/extraVolumes': '/scratch/size',
      [pointer('singleuser', 'storage', 'extraVolumes', DATA_CLAIM)]: '/data',
      ...(environment.shm && {
        [pointer('singleuser', 'storage', 'extraVolumes', 'shm')]: '/shm/size',
      }),
      '/singleuser/extraEnv': '/env',
      ...Object.fromEntries(
        Object.keys(environment.env).map((name) => [
          pointer('singleuser', 'extraEnv', name),
          pointer('env', name),
        ]),
      ),
      ...Object.fromEntries(
        supplied.map(([name, secret]) => [
          pointer('singleuser', 'extraEnv', name),
          pointer('secrets', secret),
        ]),
      ),
    },
  };
}

function homes(home: Home, cluster: ClusterFile): JsonObject {
  if (home.kind === 'folder')
    return { type: 'static', static: { pvcName: home.claim, subPath: home.path } };
  const storageClass = home.class ?? cluster.storage.homes.class;
  return { type: 'dynamic', capacity: home.size, dynamic: { storageClass } };
}

/** The field of `home:` that decides each value. */
function homeFields({ home }: EnvironmentFile): Record<string, string> {
  if (home.claim === undefined)
    return {
      '/singleuser/storage/capacity': '/home/size',
      ...(home.class !== undefined && {
        '/singleuser/storage/dynamic/storageClass': '/home/class',
      }),
    };
  return {
    '/singleuser/storage/type': '/home/claim',
    '/singleuser/storage/static': '/home/claim',
    ...(home.path !== undefined && { '/singleuser/storage/static/subPath': '/home/path' }),
  };
}

function volumes({ scratch, shm }: EnvironmentFile, data: HubContext['data']): JsonObject {
  const { extraVolumes, extraVolumeMounts } = dataVolume(data);
  if (shm !== undefined) {
    extraVolumes.unshift({ name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: shm.size } });
    extraVolumeMounts.unshift({ name: 'shm', mountPath: SHM });
  }
  if (scratch !== undefined) {
    extraVolumes.unshift({ name: 'scratch', emptyDir: { sizeLimit: scratch.size } });
    extraVolumeMounts.unshift({ name: 'scratch', mountPath: SCRATCH });
  }
  return {
    extraVolumes: [CODE_VOLUME, ...extraVolumes],
    extraVolumeMounts: [...CODE_MOUNTS, ...extraVolumeMounts],
  };
}

/** KubeSpawner expands `{username}` and fails on any other brace: text that people wrote is text. */
export function literal(value: string): string {
  return value.replaceAll('{', '{{').replaceAll('}', '}}');
}

/** Variables of the OGGM model for an image that has it. Source: cfg.py of OGGM. */
export function modelEnv(context: HubContext): JsonObject {
  const home = `/home/${context.platform.user.name}`;
  const { scratch, workdir } = context.hub.data;
  return {
    OGGM_WORKDIR: `${workdir === 'scratch' ? SCRATCH : home}/oggm-work`,
    OGGM_EXTRACT_DIR: scratch === undefined ? `${home}/.oggm-extract` : `${SCRATCH}/oggm`,
    OGGM_USE_MULTIPROCESSING: '1',
    ...dataEnv(context.data, context.cluster),
  };
}
