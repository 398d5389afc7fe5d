import { homesJson, homesText } from '../core/access/homes.ts';
import { unreadJson, unreadText } from '../core/access/text.ts';
import { terminal } from '../core/escape.ts';
import { gatherHomes } from '../flow/access-homes.ts';
import type { HomeSources } from '../flow/access-homes.ts';
import type { AccessInputs } from '../flow/access.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

/** Homes of people whom nothing lets in any more. Takes none away. */
export async function accessHomes(inputs: AccessInputs, sources: HomeSources): Promise<Outcome> {
  const gathered = await gatherHomes(inputs, sources);
  if (gathered.kind === 'refused') return refused(gathered.findings);
  const { hubs, silent, unread } = gathered;
  const unheard = silent.map(
    (hub) => terminal`⚠ ${hub} does not answer: whom it knows still is not known\n`,
  );
  return outcome({
    exit: silent.length === 0 && unread.length === 0 ? 0 : 3,
    text: `${homesText(hubs, inputs.now, inputs.detail)}${terminal`${unheard}`.text}${unreadText(unread)}`,
    json: {
      schema_version: SCHEMA_VERSION,
      hubs: homesJson(hubs, inputs.detail),
      silent,
      unread: unreadJson(unread),
    },
  });
}
