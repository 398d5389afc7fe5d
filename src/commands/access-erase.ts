import { bookWithout, filesAbout, hubsOf, linesWithout } from '../core/access/audit/erase.ts';
import { lineText } from '../core/access/audit/line.ts';
import type { GivenName } from '../core/access/names.ts';
import { terminal } from '../core/escape.ts';
import { Failure, UsageError } from '../failure.ts';
import { confirmPeople } from '../flow/access.ts';
import { gatherPlatform, gatherWithPeople } from '../gather/platform.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { Random } from '../ports.ts';
import type { Erasure } from '../ports/access.ts';

export interface EraseInputs {
  root: string;
  people: string | undefined;
  /** One GitHub id. */
  asked: readonly string[];
}

const ID = /^[1-9]\d{0,14}$/u;

/** Takes somebody's id out of names and audit, for good. Nothing may let them in any more. */
export async function accessErase(
  inputs: EraseInputs,
  erasure: Erasure,
  random: Pick<Random, 'hex'>,
): Promise<Outcome> {
  const [id = '', ...rest] = inputs.asked;
  if (!ID.test(id) || rest.length > 0)
    throw new UsageError('access erase is about one GitHub id', 'write access erase ID');
  await confirmPeople(inputs);
  const { root, people } = inputs;
  const { platform, findings } =
    people === undefined ? await gatherPlatform(root) : await gatherWithPeople(root, people);
  if (!platform) return refused(findings);
  const files = filesAbout(platform, Number(id));
  if (files.length > 0)
    throw new UsageError(
      `${files.join(', ')} still ${files.length === 1 ? 'speaks' : 'speak'} of ${id}`,
      'take the id out of there by a pull request, and let access apply follow it',
    );
  return erase(id, erasure, random);
}

async function erase(id: string, erasure: Erasure, random: Pick<Random, 'hex'>): Promise<Outcome> {
  const { book, audit } = await erasure.read();
  if (!book || audit.damaged.length > 0)
    throw new Failure('the branches names or audit are damaged', {
      hint: 'access history says where; mend them first, so that nothing of theirs is lost',
    });
  const open = hubsOf(audit.lines, id);
  if (open.length > 0)
    throw new Failure(`${id} is not out of ${open.join(', ')} yet`, {
      hint: 'access apply takes them out and writes it down; then erase them',
    });
  const tombstone = `erased-${random.hex(4)}`;
  const lines = linesWithout(audit.lines, id, tombstone);
  const before = new Set(audit.lines.map(lineText));
  const changed = lines.filter((line) => !before.has(lineText(line))).length;
  const given = book.get(id);
  if (changed > 0 || given)
    await erasure.restart({ book: bookWithout(book, id, tombstone), lines });
  return outcome({
    exit: 0,
    text: erasedText({ id, tombstone, changed, given }),
    json: { schema_version: SCHEMA_VERSION, tombstone, lines: changed, name: given?.name ?? null },
  });
}

interface Erased {
  id: string;
  tombstone: string;
  /** Lines of the audit. */
  changed: number;
  given: GivenName | undefined;
}

function erasedText({ id, tombstone, changed, given }: Erased): string {
  if (changed === 0 && !given) return terminal`nothing is written down about ${id}\n`.text;
  const taken = given ? `; the name ${given.name} stays taken: ${whyTaken(given)}` : '';
  return terminal`${changed} lines of the audit say ${tombstone} in place of ${id}${taken}
${ELSEWHERE}\n`.text;
}

/** What is written down of homes was there when they went out; of folders of a shared volume nothing is. */
function whyTaken({ claims }: GivenName): string {
  const homes = Object.entries(claims).map(([hub, claim]) => `${claim} in ${hub}`);
  return homes.length > 0
    ? `who got it would get the files there, if they are still there: ${homes.join(', ')}`
    : 'no home of theirs is written down, but no name is given twice, because a folder of a shared volume may bear it';
}

const ELSEWHERE =
  'what still knows the id: the history of people’s files, the hub’s own memory of names (access.names.json on its ' +
  'volume), issues on GitHub, and clones of the branches names and audit';
