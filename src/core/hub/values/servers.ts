import { pointer } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import type { EnvironmentFile } from '../../model/types.ts';
import type { HubContext, Part } from './part.ts';

/**
 * A full home locks nobody out: Jupyter writes into it before it answers, and ends where it cannot.
 * Then it writes elsewhere until the next start, so that people can make room. Kubernetes would
 * replace a name in `$(…)`. Source: jupyterhub-home-nfs#33, tried on Jupyter Server 2.21.
 */
export const START = `if ! 2>/dev/null head -c 1048576 /dev/zero > "$HOME/.room-for-jupyter"; then
  echo "Your home is full. Until you make room and restart your server, settings and history are kept in /tmp." >&2
  spare=/tmp/home-is-full
  mkdir -p "$spare"
  export JUPYTER_PATH="$HOME/.local/share/jupyter:$JUPYTER_PATH"
  export JUPYTER_CONFIG_DIR="$spare/config" JUPYTER_DATA_DIR="$spare/data" JUPYTER_RUNTIME_DIR="$spare/runtime" IPYTHONDIR="$spare/ipython" MPLCONFIGDIR="$spare/matplotlib"
fi
rm -f "$HOME/.room-for-jupyter"
exec "$0" "$@"
`;

/** User servers: who they run as, their folders, their variables. */
export function serversPart(context: HubContext): Part {
  const { cluster, platform } = context;
  const environment = context.hub.data;
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
        extraEnv: Object.fromEntries(
          Object.entries(environment.env).map(([name, value]) => [name, literal(value)]),
        ),
        storage: {
          type: 'dynamic',
          capacity: environment.home.size,
          homeMountPath: `/home/${platform.user.name}`,
          dynamic: { storageClass: cluster.storage.homes.class },
          ...scratchVolume(environment.scratch),
        },
      },
    },
    from: {
      '/singleuser/storage/capacity': '/home/size',
      '/singleuser/storage/extraVolumes': '/scratch/size',
      '/singleuser/extraEnv': '/env',
      ...Object.fromEntries(
        Object.keys(environment.env).map((name) => [
          pointer('singleuser', 'extraEnv', name),
          pointer('env', name),
        ]),
      ),
    },
  };
}

function scratchVolume(scratch: EnvironmentFile['scratch']): JsonObject {
  if (scratch === undefined) return {};
  return {
    extraVolumes: [{ name: 'scratch', emptyDir: { sizeLimit: scratch.size } }],
    extraVolumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
  };
}

/** KubeSpawner expands `{username}` and fails on any other brace: text that people wrote is text. */
export function literal(value: string): string {
  return value.replaceAll('{', '{{').replaceAll('}', '}}');
}

/** Variables of the OGGM model for an image that has it. Source: cfg.py of OGGM. */
export function modelEnv(context: HubContext): JsonObject {
  const home = `/home/${context.platform.user.name}`;
  return {
    OGGM_WORKDIR: `${home}/oggm-work`,
    OGGM_EXTRACT_DIR:
      context.hub.data.scratch === undefined ? `${home}/.oggm-extract` : '/scratch/oggm',
    OGGM_USE_MULTIPROCESSING: '1',
  };
}
