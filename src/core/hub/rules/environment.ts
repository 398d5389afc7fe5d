import { pointer } from '../../json.ts';
import { MIN_IDLE_SECONDS, NODE_USABLE_SHARE } from '../../model/limits.ts';
import { poolOf, serverPools, userPool } from '../../model/pools.ts';
import { memoryBytes, quantityBytes, seconds } from '../../model/quantities.ts';
import { defaultSize } from '../../model/sizes.ts';
import { guaranteed } from '../../model/sizes.ts';
import { usualOffer } from '../../model/offers.ts';
import type { ClusterFile, Doc, EnvironmentFile } from '../../model/types.ts';
import type { Problem, Rule } from '../../rule.ts';

const GiB = 2 ** 30;

/** Loopback and private addresses: nobody outside reads along. */
export function isLocalHost(host: string): boolean {
  return LOCAL_HOSTS.some((pattern) => pattern.test(host));
}

const LOCAL_HOSTS = [
  /^localhost$/u,
  /^127\.\d+\.\d+\.\d+$/u,
  /^10\.\d+\.\d+\.\d+$/u,
  /^192\.168\.\d+\.\d+$/u,
  /^172\.(1[6-9]|2\d|3[01])\.\d+\.\d+$/u,
];

export const address: Rule = {
  id: 'address',
  severity: 'error',
  title: 'A hub is reached by https under its own host name.',
  why: 'Logins and tokens travel over it. Plain http is for clusters without an entry (`ingress.class: none`), on loopback and private addresses only. Credentials in an address end up in logs.',
  on: 'hub',
  *check({ hub, cluster }) {
    const fault = addressFault(hub.data.url, cluster.data.ingress.class === 'none');
    if (fault) yield { at: hub.at('/url'), ...fault };
  },
};

/** `bare`: the cluster has no entry, so people reach the hub as its address says. */
function addressFault(url: string, bare: boolean): Omit<Problem, 'at'> | undefined {
  const parts =
    /^(https?):\/\/(?:([^/@]*)@)?([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)(?::([0-9]+))?(\/.*)?$/u.exec(
      url,
    );
  if (!parts) return { message: 'this is not an address', hint: 'write https:// and a host name' };
  const [, scheme, credentials, host = '', port, path] = parts;
  if (credentials !== undefined) {
    return {
      message: 'the address holds credentials',
      hint: 'remove them, and change the password',
    };
  }
  if (scheme === 'http' && !bare) {
    return { message: 'the address is not https', hint: `write https://${host}` };
  }
  if (scheme === 'http' && !isLocalHost(host)) {
    return {
      message: 'the address is not https',
      hint: 'http is for loopback and private addresses only',
    };
  }
  if (path !== undefined && path !== '/') {
    return { message: 'the address has a path', hint: 'a hub has a host name of its own' };
  }
  if (port !== undefined && !bare) {
    return { message: `the address has a port, ${port}`, hint: 'the entry listens on 443' };
  }
  return undefined;
}

export const oneDefault: Rule = {
  id: 'one-default',
  severity: 'error',
  title:
    'One size is the default, the marked one or else the first; everybody may choose it, and an image goes with it.',
  why: 'People who may not choose the default see an error as their first page.',
  on: 'hub',
  *check({ hub }) {
    const marked = Object.entries(hub.data.sizes).filter(([, size]) => size.default);
    const second = marked[1];
    if (second) {
      yield {
        at: hub.at(pointer('sizes', second[0], 'default')),
        message: `"${second[0]}" is a second default`,
        hint: 'mark one size',
      };
    }
    const name = defaultSize(hub.data.sizes);
    const size = hub.data.sizes[name];
    if (size && !size.for.includes('all')) {
      yield {
        at: hub.at(pointer('sizes', name, 'for')),
        message: `the default size "${name}" is not open to all`,
        hint: 'leave "for" out, or make another size the default',
      };
    }
    yield* usualImage(hub, name);
  },
};

/** People who choose nothing get the usual image with the default size. */
function* usualImage(hub: Doc<EnvironmentFile>, size: string): Generator<Problem> {
  const offer = usualOffer(hub.data.images);
  const index = offer === undefined ? 0 : hub.data.images.indexOf(offer);
  if (offer && !offer.for.includes('all'))
    yield {
      at: hub.at(pointer('images', index, 'for')),
      message: 'no image is open to all',
      hint: 'leave "for" out of one image',
    };
  else if (offer?.sizes?.includes(size) === false)
    yield {
      at: hub.at(pointer('images', index, 'sizes')),
      message: `"${offer.name}" is what people get who choose nothing, and does not go with the default size "${size}"`,
      hint: `add ${size}, or begin the list with another image`,
    };
}

export const sizeFitsNode: Rule = {
  id: 'size-fits-node',
  severity: 'error',
  title: 'Every size fits on a node.',
  why: 'A server that no node can take waits until it is given up, 15 minutes later and without a reason that users understand (EO-College hub, 2024-09).',
  on: 'hub',
  *check({ hub, cluster }) {
    for (const [name, size] of Object.entries(hub.data.sizes)) {
      const { cpu, memory, gpu } = poolOf(cluster.data, size.nodes) ?? userPool(cluster.data);
      const usable = (quantityBytes(memory) ?? 0) * NODE_USABLE_SHARE;
      if ((memoryBytes(size.memory) ?? 0) > usable) {
        yield {
          at: hub.at(pointer('sizes', name, 'memory')),
          message: `${size.memory} do not fit on a node with ${memory}, of which ${Math.floor(usable / GiB)}G are free`,
          hint: `write at most ${Math.floor(usable / GiB)}G, or take larger nodes`,
        };
      } else if (size.cpu > cpu) {
        yield {
          at: hub.at(pointer('sizes', name, 'cpu')),
          message: `${size.cpu} cores do not fit on a node with ${cpu}`,
          hint: `write at most ${cpu}`,
        };
      } else if (size.gpu !== undefined && size.gpu > (gpu?.count ?? 0)) {
        yield {
          at: hub.at(pointer('sizes', name, 'gpu')),
          message: gpu
            ? `${size.gpu} GPUs do not fit on a node with ${gpu.count}`
            : `nodes of "${size.nodes}" have no GPU`,
          hint: gpu ? `write at most ${gpu.count}` : gpuHint(size.nodes, cluster),
        };
      }
    }
  },
};

function gpuHint(nodes: string, { name, data }: Doc<ClusterFile>): string {
  const others = serverPools(data).filter(([, { gpu }]) => gpu !== undefined);
  return others.length > 0
    ? `write nodes: ${others.map(([one]) => one).join(' or ')}`
    : `write nodes.${nodes}.gpu into clusters/${name}.yaml, or remove it`;
}

export const capacityFits: Rule = {
  id: 'capacity',
  severity: 'warning',
  title: 'The servers that a hub allows fit on the nodes it can have.',
  why: 'Memory is guaranteed, so a full cluster starts no more servers; people wait without a seat (EarthScope, 2025-05-12, lost servers because memory was promised twice).',
  on: 'hub',
  *check({ hub, cluster }) {
    const size = hub.data.sizes[defaultSize(hub.data.sizes)];
    if (size === undefined) return;
    const { memory, max, gpu } = poolOf(cluster.data, size.nodes) ?? userPool(cluster.data);
    const all = (quantityBytes(memory) ?? 0) * NODE_USABLE_SHARE * max;
    const withGpu = size.gpu === undefined ? Infinity : Math.floor((gpu?.count ?? 0) / size.gpu);
    const seats = Math.min(Math.floor(all / guaranteed(size).memory), withGpu * max);
    if (hub.data.capacity.maxServers > seats) {
      yield {
        at: hub.at('/capacity/maxServers'),
        message: `${hub.data.capacity.maxServers} servers of the default size do not fit; the nodes take ${seats}`,
        hint: `write at most ${seats}, a smaller default size, or more nodes`,
      };
    }
  },
};

export const shortIdle: Rule = {
  id: 'short-idle',
  severity: 'error',
  title: 'Servers are not stopped between two thoughts.',
  why: 'Somebody who reads is not active to the hub, and without keepBusy a computation that prints nothing is not either: both are stopped after this long.',
  on: 'hub',
  *check({ hub }) {
    if (seconds(hub.data.sessions.idle) < MIN_IDLE_SECONDS) {
      yield {
        at: hub.at('/sessions/idle'),
        message: `${hub.data.sessions.idle} without activity is too short`,
        hint: 'write at least 10m; hours are usual',
      };
    }
  },
};

export const busyWarn: Rule = {
  id: 'busy-warn',
  severity: 'error',
  title: 'Owners are warned of a stop after their computation began.',
  why: 'A warning further ahead than the longest run that is kept stands there from its first minute, and nobody reads it again.',
  on: 'hub',
  *check({ hub }) {
    const { max, warn } = hub.data.sessions.keepBusy ?? { max: '0s', warn: [] };
    for (const [index, ahead] of warn.entries())
      if (seconds(ahead) >= seconds(max))
        yield {
          at: hub.at(pointer('sessions', 'keepBusy', 'warn', index)),
          message: `a warning ${ahead} ahead of a stop is there at once: runs are kept for ${max}`,
          hint: 'write times shorter than max, such as [2h, 15m]',
        };
  },
};

export const loginSecrets: Rule = {
  id: 'login-secrets',
  severity: 'error',
  title: 'A hub declares the OAuth application that people log in with.',
  why: 'Without client id and secret the hub starts and nobody can log in.',
  on: 'hub',
  *check({ hub }) {
    const { secrets } = hub.data;
    const missing = LOGIN.find((one) => !Object.hasOwn(secrets, one));
    if (missing !== undefined)
      yield {
        at: hub.keyAt('/secrets'),
        message: `the secret ${missing} is not declared`,
        hint: `add "${missing}: {use: OAuth application of this hub}" below secrets:`,
      };
    for (const name of LOGIN) {
      const use = secrets[name]?.for ?? 'hub';
      if (use !== 'hub')
        yield {
          at: hub.keyAt(pointer('secrets', name, 'for')),
          message: `the secret ${name} is for ${use}, and the hub needs it`,
          hint: 'remove "for": every user could read it',
        };
    }
  },
};

const LOGIN = ['github-client-id', 'github-client-secret'];
