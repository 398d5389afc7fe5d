import { bookWithout, filesAbout, hubsOf, linesWithout } from '../core/access/audit/erase.ts';
import { lineText } from '../core/access/audit/line.ts';
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
  const name = book.get(id)?.name;
  if (changed > 0 || name !== undefined)
    await erasure.restart({ book: bookWithout(book, id, tombstone), lines });
  return outcome({
    exit: 0,
    text: erasedText({ id, tombstone, changed, name }),
    json: { schema_version: SCHEMA_VERSION, tombstone, lines: changed, name: name ?? null },
  });
}

interface Erased {
  id: string;
  tombstone: string;
  /** Lines of the audit. */
  changed: number;
  name: string | undefined;
}

function erasedText({ id, tombstone, changed, name }: Erased): string {
  if (changed === 0 && name === undefined)
    return terminal`nothing is written down about ${id}\n`.text;
  const taken =
    name === undefined ? '' : `; the name ${name} stays taken, because it leads to a home`;
  return terminal`${changed} lines of the audit say ${tombstone} in place of ${id}${taken}
${ELSEWHERE}\n`.text;
}

const ELSEWHERE =
  'what still knows the id: the history of people’s files, the hub’s own memory of names (access.names.json on its ' +
  'volume), issues on GitHub, and clones of the branches names and audit';
