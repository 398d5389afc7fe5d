import { at, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { homeOf } from '../model/home.ts';
import type { EnvironmentFile } from '../model/types.ts';

/** What is there for a hub: claims of its namespace, and of the cluster its storage classes and how many nodes. */
export interface StorageFacts {
  claims: readonly JsonObject[];
  classes: readonly string[];
  nodes: number;
}

/** A claim that others have made, and what servers do with it. */
interface Wanted {
  claim: string;
  what: string;
  /** Access modes of which one has to be there. */
  modes: string[];
}

/** Storage that a hub names and others have made: everything that is wrong with it. */
export function storageFaults(
  environment: EnvironmentFile,
  namespace: string,
  { claims, classes, nodes }: StorageFacts,
): string[] {
  const home = homeOf(environment);
  const missing =
    home.kind === 'claims' && home.class !== undefined && !classes.includes(home.class)
      ? [`there is no storage class ${home.class} for homes; there are: ${classes.join(', ')}`]
      : [];
  return [
    ...missing,
    ...claimsOf(environment).flatMap((wanted) => {
      const found = claims.find((one) => textAt(one, '/metadata/name') === wanted.claim);
      const fault = claimFault(wanted, found, { namespace, nodes });
      return fault === undefined ? [] : [fault];
    }),
  ];
}

function claimsOf(environment: EnvironmentFile): Wanted[] {
  const home = homeOf(environment);
  const mounts = environment.mounts.map(({ name, claim, readOnly }) => ({
    claim,
    what: `the mount ${name}`,
    modes: readOnly ? ['ReadWriteMany', 'ReadOnlyMany'] : ['ReadWriteMany'],
  }));
  const homes = { what: 'homes', modes: ['ReadWriteMany'] };
  return home.kind === 'folder' ? [{ claim: home.claim, ...homes }, ...mounts] : mounts;
}

function claimFault(
  { claim, what, modes }: Wanted,
  found: JsonObject | undefined,
  { namespace, nodes }: { namespace: string; nodes: number },
): string | undefined {
  if (found === undefined)
    return `there is no claim ${claim} for ${what} in the namespace ${namespace}: make it, and the namespace where it is not there yet`;
  const has = at(found, '/spec/accessModes');
  const many = Array.isArray(has) && modes.some((mode) => has.includes(mode));
  return many || nodes <= 1
    ? undefined
    : `the claim ${claim} for ${what} is not ${modes.join(' or ')}: servers on a second node would wait for ever`;
}

/** Whether a hub names storage that has to be there. */
export function namesStorage(environment: EnvironmentFile): boolean {
  return environment.home.class !== undefined || claimsOf(environment).length > 0;
}
