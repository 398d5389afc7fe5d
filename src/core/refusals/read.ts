import { oneLine } from '../escape.ts';
import { CONNECTION } from './connection.ts';
import { DOCKER } from './docker.ts';
import { GIT } from './git.ts';
import { CHARTS, RELEASES } from './helm.ts';
import { OBJECTS } from './objects.ts';
import { PODS } from './pods.ts';
import { quote, readWith } from './refusal.ts';
import type { Refusal, Row } from './refusal.ts';
import { withoutRepeated } from './repeated.ts';
import { SOPS } from './sops.ts';
import { TEMPLATES } from './template.ts';

export type Tool = 'kubectl' | 'Kubernetes' | 'Helm' | 'git' | 'sops' | 'Docker';

const CLUSTER = [...OBJECTS, ...RELEASES, ...PODS, ...CONNECTION];

const ROWS: Readonly<Record<Tool, readonly Row[]>> = {
  kubectl: CLUSTER,
  Kubernetes: OBJECTS,
  Helm: [...TEMPLATES, ...CHARTS, ...CLUSTER],
  git: GIT,
  sops: SOPS,
  Docker: DOCKER,
};

/** More than a person reads of one failure, from its beginning and its end. */
const HALF = 3000;
const LIMIT = 50_000;
/** Of words that are quoted because nobody has read them yet. */
const LONGEST = 400;

/** What programs log for themselves or add for who sits before them. */
const ASIDE = [
  /^[EWIF]\d{4} \d\d:.*$/gmu,
  /^(?:level=|WARNING|Warning: |Use --debug flag).*$/gmu,
  /^.*found symbolic link.*$/gmu,
  /^Please review the fields above[^]*/gmu,
  // Buildx: how far it came.
  /^(?:(?:#\d+ )?\d+\.\d+ copying .*|-{3,})$/gmu,
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
  return { kind: 'unknown', object: '', field: '', text: unreadText(tool, words), cure: '' };
}

function unreadText(tool: Tool, words: string): string {
  if (words === '') return `${tool} does not say why`;
  if (tool === 'sops')
    return 'what sops says is not repeated, because it may hold parts of the file: `sops decrypt` shows it';
  return `${tool} says ${quote(endsOf(words), LONGEST)}`;
}

/** Why something failed stands last in most messages, and what failed first. */
function endsOf(words: string): string {
  const line = oneLine(words);
  if (line.length <= LONGEST) return line;
  return `${line.slice(0, LONGEST / 4)} … ${line.slice(3 - (LONGEST * 3) / 4)}`;
}

function shortened(text: string): string {
  return text.length <= 2 * HALF ? text : `${text.slice(0, HALF)}\n${text.slice(-HALF)}`;
}
