import { at, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { Adoption } from '../model/hub-types.ts';
import type { Takeover } from '../model/takeover.ts';
import type { WantedRelease } from '../unit.ts';
import { calledOf, goesWith, holdsData } from './way-back.ts';

/** Stands as the digest of a revision that is what others had deployed. */
export const OTHERS = 'others';

/** What a hub's first deployment makes its own, as its file says it; undefined where the hub begins new. */
export function takeoverOf({
  written,
  release: { namespace },
}: WantedRelease): Takeover | undefined {
  const release = textAt(written?.file, '/adopt/release');
  return release === '' ? undefined : { release, namespace };
}

/** What is there in a hub's namespace, before this platform has deployed anything. */
export interface FoundThere {
  hub: string;
  adopt: Adoption | undefined;
  /** Undefined where there is none. */
  namespace: JsonObject | undefined;
  releases: readonly {
    name: string;
    revision: number;
    status: string;
    chart: string;
    ours: boolean;
  }[];
  /** Deployments, services and volume claims. */
  objects: readonly JsonObject[];
}

/** What a hub that has never been deployed by this platform begins with. */
export type Standing =
  /** Nothing, or what it has left itself. */
  | { kind: 'free' }
  /** A hub of others, which it takes over. */
  | { kind: 'adopts'; release: string; revision: number }
  /** What such a hub has left: homes, its database. */
  | { kind: 'inherits' }
  | { kind: 'refused'; reason: string };

/** Names that each hub has, whoever makes it. */
const OF_HUB = ['hub', 'proxy', 'proxy-api', 'proxy-public', 'hub-db-dir'];

/** Whether a hub may be made there, and from what. */
export function standingOf(found: FoundThere): Standing {
  const { hub, adopt, releases, objects } = found;
  const release = releases.find(({ name, ours }) => name === hub && !ours);
  const foreign = objects.filter((one) => isOfHub(one) && ownerOf(one) !== hub);
  const left = isOurs(found) ? [] : objects.filter((one) => isOfHub(one) || isHome(one));
  if (adopt === undefined) {
    const strangers = strangersText(release, foreign, left);
    return strangers === undefined
      ? { kind: 'free' }
      : refused(
          `the namespace ${hub} holds what this platform has not made: ${strangers}; nothing was ` +
            `changed: if this hub is to take it over, environments/${hub}.yaml has to say so by ` +
            'adopt: (docs/move.md), otherwise give the hub another name',
        );
  }
  if (adopt.release !== hub || foreign.length > 0)
    return refused(
      `only a Helm release named as the hub (${hub}) can be taken over as it is: docs/move.md says ` +
        `how another one is; nothing was changed${foreign.length > 0 ? `. There is ${madeBy(foreign)}` : ''}`,
    );
  if (release === undefined)
    return left.length > 0
      ? { kind: 'inherits' }
      : refused(
          `there is no Helm release ${hub} in the namespace ${hub}, and nothing that one has left, so ` +
            'that there is nothing to take over: look at the kubeconfig, or take adopt: out of ' +
            `environments/${hub}.yaml`,
        );
  return release.status === 'deployed'
    ? { kind: 'adopts', release: hub, revision: release.revision }
    : refused(
        `the Helm release ${hub} is ${release.status}, and only one that is deployed is taken over: ` +
          `helm history ${hub} --namespace ${hub} says what happened, helm rollback brings it back`,
      );
}

function refused(reason: string): Standing {
  return { kind: 'refused', reason };
}

/** Whether this platform has made the namespace: what is left there it has left itself. */
function isOurs({ namespace, adopt }: FoundThere): boolean {
  const manager = textAt(namespace, '/metadata/labels/app.kubernetes.io~1managed-by');
  return adopt === undefined && manager === 'glaciocloud';
}

function strangersText(
  release: { name: string; chart: string } | undefined,
  foreign: readonly JsonObject[],
  left: readonly JsonObject[],
): string | undefined {
  if (release !== undefined) return `the Helm release ${release.name} (${release.chart})`;
  if (foreign.length > 0) return madeBy(foreign);
  return left.length > 0 ? claimsText(left) : undefined;
}

function madeBy(foreign: readonly JsonObject[]): string {
  const owners = [...new Set(foreign.map(ownerOf))].map((owner) =>
    owner === '' ? 'no Helm release' : `the Helm release ${owner}`,
  );
  return `${foreign.map(calledOf).join(', ')}, made by ${owners.join(' and ')}`;
}

function isOfHub(object: JsonObject): boolean {
  return OF_HUB.includes(textAt(object, '/metadata/name'));
}

/** A claim that a hub has made for somebody. */
export function isHome(object: JsonObject): boolean {
  return textAt(object, '/metadata/labels/component') === 'singleuser-storage';
}

/** The release that it came with; empty where it came with none. */
function ownerOf(object: JsonObject): string {
  return textAt(object, '/metadata/annotations/meta.helm.sh~1release-name');
}

function claimsText(left: readonly JsonObject[]): string {
  const homes = left.filter(isHome).length;
  const others = left.filter((one) => !isHome(one)).map(calledOf);
  return [...others, ...(homes > 0 ? [`homes of people (${homes})`] : [])].join(', ');
}

/** What Helm will take away, because the old release has it and the new one does not. */
export interface Leaving {
  /** Why that may not be. */
  faults: string[];
  /** What may go, in words. */
  goes: string[];
}

const PROGRAMS = ['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob', 'Job'];
const GRAVE = ['PersistentVolume', 'Namespace', 'CustomResourceDefinition', 'StorageClass'];

/** `live`: what of it is there. What is marked to be kept stays. */
export function leavingOf(live: readonly JsonObject[], release: string): Leaving {
  const leaving = live.filter((one) => goesWith(one, release));
  const faults = leaving.flatMap((one) => {
    const why = graveness(one);
    if (why === undefined) return [];
    const kind = textAt(one, '/kind').toLowerCase();
    const [name, namespace] = ['name', 'namespace'].map((key) => textAt(one, `/metadata/${key}`));
    const where = namespace === '' ? '' : ` --namespace ${namespace ?? ''}`;
    return [
      `${calledOf(one)} is ${why}, and Helm would delete it, because this hub's chart does not have it: ` +
        `kubectl annotate ${kind} ${name ?? ''}${where} helm.sh/resource-policy=keep lets it stay`,
    ];
  });
  return { faults, goes: leaving.map(calledOf) };
}

function graveness(object: JsonObject): string | undefined {
  const kind = textAt(object, '/kind');
  if (holdsData(object) || GRAVE.includes(kind)) return 'what data or other programs need';
  return PROGRAMS.includes(kind) && textAt(object, '/metadata/labels/app') !== 'jupyterhub'
    ? 'no part of JupyterHub'
    : undefined;
}

/* Keys of the chart's Secret `hub`. */
const COOKIES = 'hub.config.JupyterHub.cookie_secret';
const TOKEN = 'hub.config.ConfigurableHTTPProxy.auth_token';
const CRYPT = 'hub.config.CryptKeeper.keys';

/** What the chart had made up for itself, in the shape of values: by it people stay logged in. */
export function generatedIn(
  secret: JsonObject | undefined,
  decode: (text: string) => string,
): JsonObject {
  const found = (key: string): string | undefined => {
    const value = at(secret, `/data/${key}`);
    return typeof value === 'string' && value !== '' ? decode(value) : undefined;
  };
  const [cookies, token] = [found(COOKIES), found(TOKEN)];
  const crypt = found(CRYPT);
  return {
    jupyterhub: {
      hub: {
        ...(cookies === undefined ? {} : { cookieSecret: cookies }),
        ...(crypt === undefined ? {} : { config: { CryptKeeper: { keys: [crypt] } } }),
      },
      proxy: token === undefined ? {} : { secretToken: token },
    },
  };
}
