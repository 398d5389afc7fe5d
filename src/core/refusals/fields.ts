import { oneLine, short } from '../escape.ts';
import type { Refusal } from './refusal.ts';

const TYPES =
  'Invalid value|Required value|Unsupported value|Duplicate value|Not found|Forbidden|Too long|Too many|Internal error';
const FIELD = new RegExp(`^(?<field>.*?): (?<type>${TYPES})(?:: (?<rule>.*))?$`, 'u');
/** `.spec.replicas: expected numeric (int or float)`: by structured merge, which knows names of entries. */
const MERGED =
  /^\.?(?<field>.*?): (?<rule>expected .*|field not declared in schema|duplicate entries .*)$/u;
const IMMUTABLE =
  /immutable|may not change|cannot be changed|can ?not be unset|once set|fields other than/iu;

/** What the API server says of the fields of an object: one, a list in brackets, or a line for each. */
export function fieldRefusals(object: string, said: string): Refusal[] {
  return entriesOf(said).map((entry) => refusalOf(object, entry));
}

function entriesOf(said: string): string[] {
  const lines = said
    .split('\n')
    .map((line) => line.replace(/^\s*\*?\s*/u, ''))
    .filter((line) => line !== '');
  const [first = ''] = lines;
  if (lines.length > 1) return lines;
  const list = /^\[(?<list>.*)\]$/u.exec(first)?.groups?.['list'];
  if (list === undefined) return [first];
  return list.split(new RegExp(`, (?=[a-z][^\\s:]*: (?:${TYPES})\\b)`, 'u'));
}

function refusalOf(object: string, entry: string): Refusal {
  const found = (FIELD.exec(entry) ?? MERGED.exec(entry))?.groups;
  const { field = '', type = '', rule = '' } = found ?? { rule: entry };
  const why = ruleText(type, rule);
  const isFixed = IMMUTABLE.test(rule);
  return {
    kind: isFixed ? 'immutable' : 'invalid',
    object,
    field,
    text: `${object}: ${field === '' ? '' : `${field}: `}${why}`,
    cure: isFixed
      ? 'put it back as it was in the file of the hub; who needs the change deletes the object first, with all that depends on it'
      : 'correct it in the file of the hub: what stands below `values:` reaches objects as it is',
  };
}

/** In words of ours where there are some; a rule ends before its example and its pattern. */
function ruleText(type: string, rule: string): string {
  const words = cut(rewritten(rule.replace(/ \((?:e\.g\.|regex) .*$/u, '')));
  switch (type) {
    case 'Required value':
      return words === '' ? 'it is required' : `it is required: ${words}`;
    case 'Unsupported value':
      return words.replace(/^supported values: /u, 'its value is not one of ');
    case 'Duplicate value':
      return 'its value is there twice';
    case 'Not found':
      return `it names ${words}, which is not there`;
    default:
      return words === '' ? 'its value is not valid' : words;
  }
}

function cut(text: string): string {
  const line = oneLine(text).trim();
  const kept = short(line, 200);
  return kept === line ? line : `${kept}…`;
}

const RULE_WORDS: readonly [RegExp, string][] = [
  [/^expected numeric.*/u, 'it must be a number'],
  [/^expected string.*/u, 'it must be a text, in quotes'],
  [/^expected boolean.*/u, 'it must be true or false'],
  [/^expected list.*/u, 'it must be a list'],
  [/^expected map.*/u, 'it must be an object'],
  [/^field not declared in schema/u, 'there is no such field'],
  [/^duplicate entries for key (.*)/u, 'two entries are $1'],
  [
    /^(?:pod )?updates (?:may not change|to \S+ spec for) fields other than (.*?)(?: are forbidden)?$/u,
    'only these may change: $1',
  ],
  [
    /^quantities must match .*/u,
    'an amount in it is none that Kubernetes reads, such as 500m or 2Gi',
  ],
  [/^(?:field|spec|selector) is immutable(.*)/u, 'it cannot be changed$1'],
];

function rewritten(words: string): string {
  const found = RULE_WORDS.find(([says]) => says.test(words));
  return found ? words.replace(...found) : words;
}
