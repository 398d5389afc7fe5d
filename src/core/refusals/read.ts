import { CONNECTION } from './connection.ts';
import { CHARTS, RELEASES } from './helm.ts';
import { OBJECTS } from './objects.ts';
import { quote, readWith } from './refusal.ts';
import type { Refusal, Row } from './refusal.ts';
import { withoutRepeated } from './repeated.ts';
import { TEMPLATES } from './template.ts';

export type Tool = 'kubectl' | 'Helm';

const CLUSTER = [...OBJECTS, ...RELEASES, ...CONNECTION];

const ROWS: Readonly<Record<Tool, readonly Row[]>> = {
  kubectl: CLUSTER,
  Helm: [...TEMPLATES, ...CHARTS, ...CLUSTER],
};

/** More than a person reads of one failure, from its beginning and its end. */
const HALF = 3000;
const LIMIT = 50_000;

/** What kubectl and Helm log for themselves or add for who sits before them. */
const ASIDE = [
  /^[EWIF]\d{4} \d\d:.*$/gmu,
  /^(?:level=|WARNING|Warning: |Use --debug flag).*$/gmu,
  /^.*found symbolic link.*$/gmu,
  /^Please review the fields above[^]*/gmu,
];

/** What a program refused, at least one: what nobody has read yet is quoted as its own words. */
export function readRefusals(tool: Tool, said: string): [Refusal, ...Refusal[]] {
  const whole = shortened(withoutRepeated(said.slice(0, LIMIT))).trim();
  const spoken = ASIDE.reduce((text, one) => text.replaceAll(one, ''), whole).trim();
  const [first, ...rest] = readWith(ROWS[tool], spoken === '' ? whole : spoken);
  return first ? [first, ...rest] : [unread(tool, spoken === '' ? whole : spoken)];
}

function unread(tool: Tool, said: string): Refusal {
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  const words = lines.slice(-3).join(' ');
  const text = words === '' ? `${tool} does not say why` : `${tool} says ${quote(words, 400)}`;
  return { kind: 'unknown', object: '', field: '', text, cure: '' };
}

function shortened(text: string): string {
  return text.length <= 2 * HALF ? text : `${text.slice(0, HALF)}\n${text.slice(-HALF)}`;
}
