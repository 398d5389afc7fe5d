import { claimsIn } from '../apply/access/hub-people.ts';
import { homesOf } from '../core/access/homes.ts';
import type { HubHomes } from '../core/access/homes.ts';
import type { PresentHubs, UnreadHub } from '../core/access/present.ts';
import type { Finding } from '../core/finding.ts';
import { Failure } from '../failure.ts';
import { gatherPlatform } from '../gather/platform.ts';
import type { Cluster } from '../ports.ts';
import type { AuditKeeper, NameKeeper } from '../ports/access.ts';
import { confirmPeople, hubsAsked } from './access.ts';
import type { AccessInputs } from './access.ts';

/** Where homes and people are looked for. */
export interface HomeSources {
  kube: Pick<Cluster, 'list'>;
  present(hubs: readonly string[]): Promise<PresentHubs>;
  names: NameKeeper;
  audit: AuditKeeper;
}

export type GatheredHomes =
  | { kind: 'refused'; findings: Finding[] }
  /** `silent`: hubs that did not say whom they know; `unread`: those that are left out. */
  | { kind: 'gathered'; hubs: HubHomes[]; silent: string[]; unread: readonly UnreadHub[] };

/** Homes of the hubs that are deployed. */
export async function gatherHomes(
  inputs: AccessInputs,
  sources: HomeSources,
): Promise<GatheredHomes> {
  await confirmPeople(inputs);
  const { platform, findings } = await gatherPlatform(inputs.root);
  if (!platform) return { kind: 'refused', findings };
  const book = await sources.names.read();
  if (!book)
    throw new Failure('the branch names is damaged: nobody can say whose a home is', {
      hint: 'look at its last commit, and mend it',
    });
  const { lines } = await sources.audit.read();
  const hubs: HubHomes[] = [];
  const silent: string[] = [];
  const { present, unread } = await sources.present(hubsAsked(platform, inputs.hubs));
  for (const [hub, here] of present) {
    const homes = await claimsIn(sources.kube, hub);
    hubs.push(homesOf({ hub, homes, present: here, book, lines }));
    if (here.isSilent) silent.push(hub);
  }
  return { kind: 'gathered', hubs, silent, unread };
}
