import { at, isObject, pointer } from '../../json.ts';
import type { Json } from '../../json.ts';
import type { Problem, Rule } from '../../rule.ts';
import { byName } from '../values/named-lists.ts';
import { meant } from '../values/meant.ts';
import { namesNothing } from './values.ts';

type Fault = Pick<Problem, 'message' | 'hint'>;
interface Closed extends Fault {
  path: string;
  /** What does no harm, beside nothing at all. */
  good?: (value: Json) => boolean;
}

const REMOVE = 'remove it';
const setting = (section: string, trait: string): string =>
  pointer('hub', 'config', section, trait);
const is =
  (wanted: Json) =>
  (value: Json): boolean =>
    value === wanted;

/** What the chart or JupyterHub offers, no hub of the platform needs, and undoes what is promised. */
const CLOSED: readonly Closed[] = [
  {
    path: '/hub/existingSecret',
    message: 'whoever made that Secret knows the hub’s keys, and could become anybody',
    hint: 'remove it: the platform makes the keys, and secrets: is for those of others',
  },
  {
    path: '/hub/db/type',
    good: (value) => ['sqlite-pvc', 'postgres', 'mysql'].some((one) => one === value),
    message: 'the hub would forget everybody at each restart',
    hint: 'remove it: the platform keeps the database on a volume',
  },
  {
    path: '/hub/db/url',
    good: (value) => typeof value === 'string' && (!/^sqlite/u.test(value) || KEPT.test(value)),
    message: 'the hub would forget everybody at each restart',
    hint: 'remove it: the platform keeps the database on a volume',
  },
  {
    path: '/hub/shutdownOnLogout',
    message: 'running work would end when its owner logs out',
    hint: 'remove it: sessions.idle says when servers end',
  },
  {
    path: setting('JupyterHub', 'cleanup_servers'),
    message: 'running work would end at each restart of the hub',
    hint: REMOVE,
  },
  {
    path: setting('JupyterHub', 'reset_db'),
    message: 'the hub would forget everybody at each start',
    hint: REMOVE,
  },
  {
    path: setting('JupyterHub', 'api_tokens'),
    message: 'whoever reads the files would become whom a token is for',
    hint: 'remove it; programs get a service below hub.services',
  },
  {
    path: setting('JupyterHub', 'spawner_class'),
    good: is('kubespawner.KubeSpawner'),
    message: 'servers would be made past the platform’s promises',
    hint: REMOVE,
  },
  {
    path: setting('JupyterHub', 'tornado_settings'),
    good: (value) =>
      isObject(value) && Object.keys(value).every((key) => key === 'slow_spawn_timeout'),
    message: 'this says what browsers of others may do with people’s sessions',
    hint: REMOVE,
  },
  {
    path: setting('KubeSpawner', 'apply_user_options'),
    message: 'people would choose what their server may do',
    hint: 'remove it; images: and sizes: say what people choose from',
  },
  {
    path: setting('KubeSpawner', 'group_overrides'),
    message: 'groups would get volumes, rights and owners of servers that no rule looks at',
    hint: 'remove it; images:, sizes: and mounts: say what is whose',
  },
  {
    path: setting('KubeSpawner', 'oauth_client_allowed_scopes'),
    message: 'a person’s server could do what whoever opens it may do',
    hint: REMOVE,
  },
  {
    path: setting('KubeSpawner', 'k8s_api_host'),
    message: 'the hub would show its key of the cluster to another machine',
    hint: REMOVE,
  },
  ...['JupyterHub', 'KubeSpawner'].map((section) => ({
    path: setting(section, 'hub_connect_url'),
    message: 'servers would show their tokens to another machine',
    hint: REMOVE,
  })),
  {
    path: setting('JupyterHub', 'hub_connect_ip'),
    message: 'servers would show their tokens to another machine',
    hint: REMOVE,
  },
  {
    path: setting('JupyterHub', 'forwarded_host_header'),
    message: 'whoever asks would say which page it is from',
    hint: REMOVE,
  },
  {
    path: setting('KubeSpawner', 'slug_scheme'),
    good: is('safe'),
    message: 'everybody’s home and server would have another name',
    hint: REMOVE,
  },
  {
    path: setting('KubeSpawner', 'enable_user_namespaces'),
    message: 'servers would be where no network policy of the hub is',
    hint: REMOVE,
  },
  ...['args', 'cmd'].map((trait) => ({
    path: trait === 'cmd' ? '/singleuser/cmd' : setting('KubeSpawner', trait),
    good: (value: Json) => !texts(value).some((text) => OPENS.test(text)),
    message: 'this opens people’s servers to pages of others, or to whoever finds them',
    hint: 'remove it; the hub says who may open a server',
  })),
  ...['/fullnameOverride', '/nameOverride'].map((path) => ({
    path,
    message: 'what is called by the chart’s names would not be found',
    hint: REMOVE,
  })),
  {
    path: '/proxy/chp/extraCommandLineFlags',
    good: (value) => texts(value).every((text) => /^(--([a-z-]+-)?timeout(=.*)?|\d+)$/u.test(text)),
    message: 'the proxy would be started otherwise than the hub knows',
    hint: 'remove all but timeouts',
  },
  ...['/proxy/chp/defaultTarget', '/proxy/chp/errorTarget'].map((path) => ({
    path,
    message: 'requests would go to another program than the hub',
    hint: REMOVE,
  })),
];
/** Below the volume of the database. */
const KEPT = /^sqlite:\/\/\/(\/srv\/jupyterhub\/)?[\w.-]+\.sqlite$/u;
/** Options of Jupyter Server by which it asks nobody who they are, or lets pages of others in. */
const OPENING = [
  'allow_(origin|origin_pat|credentials|unauthenticated_access|root)',
  'disable_check_xsrf',
  'token',
  'password',
  'hashed_password',
  '(identity_provider|authorizer|login_handler)_class',
  'headers',
  'tornado_settings',
];
const OPENS = new RegExp(String.raw`^--([A-Za-z]+\.)?(${OPENING.join('|')})(=|$)`, 'u');

function texts(value: Json): string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}

export const valuesClosed: Rule = {
  id: 'values-closed',
  severity: 'error',
  title: 'Raw values leave alone what would undo the platform’s promises.',
  why: 'Some of what the chart and JupyterHub offer ends running work, forgets people, or opens a hub past its door.',
  on: 'values',
  *check({ hub, values, place }) {
    const own = meant(byName(hub.data.values)).values;
    for (const { path, good, message, hint } of CLOSED) {
      const value = at(values, path);
      if (value === undefined || at(own, path) === undefined) continue;
      if (namesNothing(value) || good?.(value) === true) continue;
      yield { at: place(path), message, hint };
    }
  },
};

/** Programs of one's own in the hub's pods. */
const PROGRAMS = [
  '/hub/image/name',
  '/hub/image/tag',
  '/hub/initContainers',
  '/hub/extraContainers',
  '/hub/lifecycle',
  '/proxy/chp/image/name',
  '/proxy/chp/image/tag',
];

/** Where a file brings a program of its own beside or in place of the platform's. */
export function ownPrograms(own: Json): string[] {
  const services = at(own, '/hub/services');
  const managed = Object.entries(isObject(services) ? services : {})
    .filter(([, service]) => !namesNothing(at(service, '/command') ?? null))
    .map(([name]) => pointer('hub', 'services', name, 'command'));
  return [...PROGRAMS.filter((path) => !namesNothing(at(own, path) ?? null)), ...managed];
}
