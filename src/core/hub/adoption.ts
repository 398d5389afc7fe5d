import { at, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { calledOf } from './way-back.ts';

/** Stands as the digest of a revision that is what others had deployed. */
export const OTHERS = 'others';

/** What is there in a hub's namespace, before this platform has deployed anything. */
export interface FoundThere {
  hub: string;
  /** Undefined where there is none. */
  namespace: JsonObject | undefined;
  releases: readonly { name: string; status: string; chart: string; ours: boolean }[];
  /** Deployments, services and volume claims. */
  objects: readonly JsonObject[];
}

/** Names that each hub has, whoever makes it. */
const OF_HUB = ['hub', 'proxy', 'proxy-api', 'proxy-public', 'hub-db-dir'];

/** What others have made where a hub is to be, in words; undefined where nothing is in the way. */
export function strangersIn({ hub, namespace, releases, objects }: FoundThere): string | undefined {
  const release = releases.find(({ name, ours }) => name === hub && !ours);
  if (release !== undefined) return `the Helm release ${release.name} (${release.chart})`;
  const foreign = objects.filter((one) => isOfHub(one) && ownerOf(one) !== hub);
  if (foreign.length > 0) {
    const owners = [...new Set(foreign.map(ownerOf))].map((owner) =>
      owner === '' ? 'no Helm release' : `the Helm release ${owner}`,
    );
    return `${foreign.map(calledOf).join(', ')}, made by ${owners.join(' and ')}`;
  }
  if (at(namespace, '/metadata/labels/app.kubernetes.io~1managed-by') === 'glaciocloud')
    return undefined;
  const left = objects.filter((one) => isOfHub(one) || isHome(one));
  return left.length === 0 ? undefined : claimsText(left);
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
