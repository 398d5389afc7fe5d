import { aboutOf, historyJson, historyOf, historyText } from '../core/access/audit/history.ts';
import { UsageError } from '../failure.ts';
import { confirmPeople } from '../flow/access.ts';
import { SCHEMA_VERSION, outcome } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { AuditKeeper } from '../ports/access.ts';

export interface HistoryInputs {
  root: string;
  people: string | undefined;
  /** One person or one hub. */
  asked: readonly string[];
}

/** Who let this person in, when, and until when; or the same of everybody in a hub. */
export async function accessHistory(inputs: HistoryInputs, audit: AuditKeeper): Promise<Outcome> {
  const [word, ...rest] = inputs.asked;
  if (word === undefined || rest.length > 0)
    throw new UsageError(
      'access history is about one person or one hub',
      'write access history ID, or access history HUB',
    );
  await confirmPeople(inputs);
  const about = aboutOf(word);
  const history = historyOf(await audit.read(), about);
  return outcome({
    exit: history.damaged.length > 0 ? 3 : 0,
    text: historyText(history, about),
    json: { schema_version: SCHEMA_VERSION, ...historyJson(history) },
  });
}
