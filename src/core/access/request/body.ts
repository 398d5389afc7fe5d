import { CLASS_FIELDS, COHORT, classOf } from './class-body.ts';
import type { AskedClass } from './class-body.ts';
import { CLASS_LABELS } from './class-form.ts';
import { AGREED } from './form-parts.ts';
import { LABELS, choicesOf, daysOf } from './forms.ts';
import type { FormFiles } from './forms.ts';
import { isPlain } from './plain.ts';
import { least } from '../../lists.ts';

/** What somebody asks for. */
export type Asked =
  | { kind: 'access'; tier: string; days: number; cohort: string | undefined }
  | { kind: 'renew'; days: number }
  | AskedClass;

/** Why a body is no request: `edited` has not the shape that the form gives. */
export type BodyProblem = 'too-long' | 'characters' | 'edited' | 'choice';

/** The body of an issue; `none` is about something else. */
export type BodyReading =
  | { kind: 'read'; asked: Asked }
  | { kind: 'wrong'; code: BodyProblem; message: string }
  | { kind: 'none' };

/** GitHub takes 65,536 characters; a request needs few. */
const MOST_CHARACTERS = 20_000;
const MOST_REASON = 4000;
const NO_RESPONSE = '_No response_';

const ACCESS_FIELDS = [
  LABELS.tier,
  LABELS.time,
  LABELS.cohort,
  LABELS.rules,
  LABELS.reason,
] as const;
const RENEW_FIELDS = [LABELS.more, LABELS.rules, LABELS.why] as const;

/** What an issue asks for. Free text stands last, and nothing in it can take the place of another field. */
export function readBody(body: string, files: FormFiles): BodyReading {
  const text = body.replaceAll(/\r\n?/gu, '\n');
  switch (kindOf(text)) {
    case 'access':
      return readAccess(text, files);
    case 'renew':
      return readRenew(text, files);
    case 'class':
      return readClass(text, files);
    case undefined:
      return { kind: 'none' };
  }
}

/** An older open issue of the same kind, of the same account. Somebody may lead several classes. */
export function olderRequest(
  { number, body }: { number: number; body: string },
  open: readonly { number: number; body: string }[],
): number | undefined {
  const kind = kindOf(body);
  const same = open.filter((one) => one.number < number && kindOf(one.body) === kind);
  return kind === undefined || kind === 'class' || same.length === 0
    ? undefined
    : least(same.map((one) => one.number));
}

function kindOf(body: string): Asked['kind'] | undefined {
  const [first] = body.split(/[\r\n]/u, 1);
  if (first === heading(LABELS.tier)) return 'access';
  if (first === heading(CLASS_LABELS.slug)) return 'class';
  return first === heading(LABELS.more) ? 'renew' : undefined;
}

function readAccess(text: string, files: FormFiles): BodyReading {
  const values = fieldsOf(text, ACCESS_FIELDS);
  if (!Array.isArray(values)) return values;
  const [tier = '', time = '', cohort = '', rules = '', reason = ''] = values;
  const { tiers, times } = choicesOf(files);
  const days = daysOf(time);
  if (!tiers.some(({ name }) => name === tier)) return notOffered(LABELS.tier);
  if (days === undefined || !times.includes(time)) return notOffered(LABELS.time);
  const slug = cohort === NO_RESPONSE ? undefined : cohort;
  if (slug !== undefined && !COHORT.test(slug)) return notOffered(LABELS.cohort);
  return closingProblem(rules, reason) ?? read({ kind: 'access', tier, days, cohort: slug });
}

function readRenew(text: string, files: FormFiles): BodyReading {
  const values = fieldsOf(text, RENEW_FIELDS);
  if (!Array.isArray(values)) return values;
  const [time = '', rules = '', reason = ''] = values;
  const days = daysOf(time);
  if (days === undefined || !choicesOf(files).times.includes(time)) return notOffered(LABELS.more);
  return closingProblem(rules, reason) ?? read({ kind: 'renew', days });
}

function readClass(text: string, files: FormFiles): BodyReading {
  const values = fieldsOf(text, CLASS_FIELDS);
  if (!Array.isArray(values)) return values;
  const asked = classOf(values, files);
  if (typeof asked === 'string') return notOffered(asked);
  const [rules = '', about = ''] = values.slice(-2);
  return closingProblem(rules, about) ?? read(asked);
}

function read(asked: Asked): BodyReading {
  return { kind: 'read', asked };
}

function closingProblem(rules: string, reason: string): BodyReading | undefined {
  if (rules.toLowerCase() !== `- [x] ${AGREED}`.toLowerCase()) return notOffered(LABELS.rules);
  if (reason === '' || reason === NO_RESPONSE) return edited();
  return Array.from(reason).length > MOST_REASON ? tooLong() : undefined;
}

/** Values of the fields: each heading exactly once, in order, from the first line on. */
function fieldsOf(text: string, labels: readonly string[]): string[] | BodyReading {
  if (text.length > MOST_CHARACTERS) return tooLong();
  if (!isPlain(text)) return wrong('characters', 'it holds characters that nobody sees');
  const headings = labels.map(heading);
  const values: string[][] = [];
  for (const line of text.normalize('NFC').split('\n')) {
    if (headings.includes(line)) {
      if (line !== headings[values.length]) return edited();
      values.push([]);
    } else values.at(-1)?.push(line);
  }
  return values.length === labels.length
    ? values.map((lines) => lines.join('\n').trim())
    : edited();
}

function heading(label: string): string {
  return `### ${label}`;
}

function wrong(code: BodyProblem, message: string): BodyReading {
  return { kind: 'wrong', code, message };
}

function tooLong(): BodyReading {
  return wrong('too-long', 'it is too long');
}

function edited(): BodyReading {
  return wrong('edited', 'it has not the shape that the form gives: it was edited by hand');
}

function notOffered(label: string): BodyReading {
  return wrong('choice', `“${label}” is not what the form offers`);
}
