import { isObject, pointer } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { durationFrom } from './forms.ts';
import type { Ledger } from './ledger.ts';
import type { Beside, Drafted } from './types.ts';

const SERVERS_OTHERWISE = 20;

/** When servers stop, how many fit, and their variables. */
export function hubSettingsPart(ledger: Ledger): Drafted {
  return { environment: { ...sessions(ledger), ...capacity(ledger), ...variables(ledger) } };
}

function sessions(ledger: Ledger): JsonObject {
  if (ledger.take('/cull/enabled') === false) {
    ledger.take('/cull');
    ledger.tell(
      '/cull/enabled',
      'servers without activity always stop: sessions.idle is as long as you write',
    );
    return { sessions: { idle: '7d' } };
  }
  const idle = durationFrom(ledger.take('/cull/timeout'));
  // The chart's own is an hour, which is ours, too.
  if (idle === undefined || idle === '1h') return {};
  ledger.says('/cull/timeout', 'sessions.idle');
  return { sessions: { idle } };
}

function capacity(ledger: Ledger): JsonObject {
  const most = count(
    ledger,
    ['/hub/activeServerLimit', '/hub/config/JupyterHub/active_server_limit'],
    'capacity.maxServers',
  );
  if (most === undefined)
    ledger.tell(
      '/hub/activeServerLimit',
      `nothing says how many servers fit: capacity.maxServers is a draft, ${SERVERS_OTHERWISE}`,
    );
  const isOff = ledger.take('/scheduling/userPlaceholder/enabled') === false;
  const seats = count(ledger, ['/scheduling/userPlaceholder/replicas'], 'capacity.placeholders');
  return {
    capacity: {
      maxServers: most ?? SERVERS_OTHERWISE,
      ...(seats === undefined || isOff ? {} : { placeholders: seats }),
    },
  };
}

function count(ledger: Ledger, paths: readonly string[], key: string): number | undefined {
  for (const path of paths) {
    const value = ledger.take(path);
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) continue;
    ledger.says(path, key);
    return value;
  }
  return undefined;
}

/** Variables with a value; those that refer to something stay below `values:`. */
function variables(ledger: Ledger): JsonObject {
  const given = ledger.at('/singleuser/extraEnv');
  const env: JsonObject = {};
  for (const [name, value] of Object.entries(isObject(given) ? given : {})) {
    const path = pointer('singleuser', 'extraEnv', name);
    if (typeof value === 'object' || !/^[A-Za-z_]\w*$/u.test(name)) continue;
    // KubeSpawner fills in braces, and what is written below env: is the text itself.
    if (/[{}]/u.test(String(value))) continue;
    ledger.take(path);
    ledger.says(path, `env.${name}`);
    env[name] = String(value);
  }
  return Object.keys(env).length > 0 ? { env } : {};
}

/** What the platform does by itself: by place, with the reason. */
const BY_PLATFORM: Readonly<Record<string, string>> = {
  '/prePuller': 'the platform pulls the images of images: ahead',
  '/scheduling':
    'capacity.placeholders keeps seats warm, and the cluster’s own scheduler places servers',
  '/hub/db/pvc': 'the platform keeps the database on a volume of its own',
  '/hub/image': 'the hub’s image comes with the chart',
  '/hub/allowNamedServers': 'each person has one server: two would write into one home',
  '/hub/namedServerLimitPerUser': 'each person has one server: two would write into one home',
  '/hub/consecutiveFailureLimit': 'the platform watches the hub',
  '/hub/networkPolicy/enabled': 'the platform writes the network policies',
  '/hub/networkPolicy/egress': 'the platform writes the network policies',
  '/proxy/chp/networkPolicy': 'the platform writes the network policies',
  '/proxy/chp/image': 'the proxy’s image comes with the chart',
  '/singleuser/cloudMetadata': 'servers never reach the cloud’s metadata',
  '/singleuser/startTimeout': 'a server has 15 minutes to start',
  '/singleuser/events': 'people see what happens while their server starts',
  '/global': 'no part of the chart reads it',
};

/** Traits that the platform sets after anybody's code. */
const TRAITS = [
  'profile_list',
  'admin_users',
  'allowed_users',
  'authenticator_class',
  'image',
  'mem_limit',
  'mem_guarantee',
  'cpu_limit',
  'cpu_guarantee',
  'node_selector',
  'storage_capacity',
];
const DECIDED = new RegExp(String.raw`\b(${TRAITS.join('|')})\s*=[^=]`, 'gu');

function ofCode(ledger: Ledger): void {
  const code = ledger.at('/hub/extraConfig');
  for (const [name, text] of Object.entries(isObject(code) ? code : {})) {
    const found = typeof text === 'string' ? [...text.matchAll(DECIDED)] : [];
    const traits = [...new Set(found.map(([, trait = '']) => trait))];
    if (traits.length > 0)
      ledger.tell(
        pointer('hub', 'extraConfig', name),
        `code that sets ${traits.join(', ')}: images:, sizes: and access: say it here, after any code; write there what it says, and take it out`,
      );
  }
}

export function byPlatform(ledger: Ledger, { user }: Beside): void {
  ofCode(ledger);
  if (ledger.take('/auth') !== undefined)
    ledger.tell(
      '/auth',
      'of charts before 1.0, and no part of this one: write who may enter below access:',
    );
  for (const [path, why] of Object.entries(BY_PLATFORM)) ledger.drop(path, why);
  for (const [path, ours] of [
    ['/singleuser/uid', user.uid],
    ['/singleuser/fsGid', user.gid],
  ] as const) {
    const value = ledger.take(path);
    if (value !== undefined && value !== ours)
      ledger.tell(
        path,
        `files of homes belong to ${ours}, by user: of platform.yaml: homes that are brought along have to be given to it`,
      );
  }
}
