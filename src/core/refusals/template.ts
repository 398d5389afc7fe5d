import { quote } from './refusal.ts';
import type { Group, Refusal, Row } from './refusal.ts';

const CURE = 'correct the value in the file of the hub, below `values:`';
const OF_THE_CHART = 'the chart itself is at fault: take another version of it';

/** `oggm-hub/charts/jupyterhub/templates/hub/secret.yaml:9:9`: the chart, and the file in it. */
const PLACE = String.raw`(?<file>[^\s:()]+):(?<line>\d+)(?::\d+)?`;

/** What a template of a chart could not do with its values. Helm 4 breaks lines where Helm 3 does not. */
export const TEMPLATES: readonly Row[] = [
  {
    says: new RegExp(
      `execution error at \\(${PLACE}\\): (?<why>(?:.*(?:\\n(?!\\s*\\n|Use --debug).*)*))`,
      'gu',
    ),
    means: (group) => [template(placeOf(group), '', `the chart says ${quote(group('why'))}`, CURE)],
  },
  {
    says: new RegExp(`parse error at \\(${PLACE}\\): (?<why>.*)`, 'gu'),
    means: (group) => [
      template(
        placeOf(group),
        '',
        `it is no template that this Helm can read: ${quote(group('why'), 150)}`,
        OF_THE_CHART,
      ),
    ],
  },
  {
    says: /YAML parse error on (?<file>[^\s:]+): (?:.*(?<!\S)line (?<line>\d+): |.*: )?(?<why>[^:\n]*)$/gmu,
    means: (group) => [
      template(
        placeOf(group),
        '',
        `what it makes of the values is no YAML: ${group('why')}`,
        'a text in the values breaks it, mostly one with a line break, a colon or a quote: write it otherwise',
      ),
    ],
  },
  {
    says: new RegExp(`(?:template: )?${PLACE}:?\\s+executing [^]*(?=\\n\\nUse --debug|$)`, 'gu'),
    means: (group) => [executed(group(''))],
  },
];

function placeOf(group: Group): string {
  const line = group('line');
  return group('file').replace(/^.*?(?=[^/]+\/templates\/)/u, '') + (line === '' ? '' : `:${line}`);
}

function template(object: string, field: string, why: string, cure: string): Refusal {
  const text = `${object}: ${field === '' ? '' : `\`${field}\`: `}${why}`;
  return { kind: 'template', object, field, text, cure };
}

const STEP = new RegExp(
  `${PLACE}:? executing "[^"]*" at <(?<what>.*?)>: (?:error calling \\S+: )?(?:template: )?`,
  'gu',
);

/** Templates call others: the innermost says why, and the nearest around it that names a value says which. */
function executed(said: string): Refusal {
  const line = said.replaceAll(/\s*\n\s*/gu, ' ');
  const steps = [...line.matchAll(STEP)];
  const last = steps.at(-1);
  const why = last === undefined ? line : line.slice(last.index + last[0].length);
  const group: Group = (name) => last?.groups?.[name] ?? '';
  const field = steps
    .map(
      (step) => /\.Values\.(?<path>[\w.]*\w)/u.exec(step.groups?.['what'] ?? '')?.groups?.['path'],
    )
    .findLast((path) => path !== undefined);
  const [text, cure] = whyText(why.trim(), field ?? '');
  return template(placeOf(group), field ?? '', text, cure);
}

function whyText(why: string, field: string): [text: string, cure: string] {
  for (const [says, text] of REASONS) {
    const found = says.exec(why)?.groups;
    if (found) return text(found, field);
  }
  return [`Helm says ${quote(why)}`, CURE];
}

type Reason = (
  found: Readonly<Record<string, string>>,
  field: string,
) => [text: string, cure: string];

const REASONS: readonly [RegExp, Reason][] = [
  [
    /nil pointer evaluating .*\.(?<key>\w+)$/u,
    ({ key = '' }, field) => [
      `${parentOf(field, key)} has no value, and the chart asks for \`${key}\` in it`,
      CURE,
    ],
  ],
  [
    /can't evaluate field (?<key>\w+) in type/u,
    ({ key = '' }, field) => [
      `${parentOf(field, key)} has no field \`${key}\`, which the chart asks for`,
      CURE,
    ],
  ],
  [
    /wrong type for value; expected (?<wanted>.+?); got (?<is>.+)/u,
    ({ wanted = '', is = '' }) => [`it must be ${typeText(wanted)}, and is ${typeText(is)}`, CURE],
  ],
  [/(?<how>range can't iterate over)/u, () => ['it must be a list or an object', CURE]],
  [
    /(?<how>incompatible types for comparison)/u,
    () => ['the chart compares it with something of another kind', CURE],
  ],
  [/(?<how>index out of range)/u, () => ['it has fewer entries than the chart asks for', CURE]],
  [
    /no template "(?<name>[^"]*)" associated/u,
    ({ name = '' }) => [`the chart calls its template ${name}, which is not there`, OF_THE_CHART],
  ],
];

/** What `key` was asked of, in a path that holds it. */
function parentOf(field: string, key: string): string {
  const parts = field.split('.');
  const at = parts.lastIndexOf(key);
  return at > 0 ? `\`${parts.slice(0, at).join('.')}\`` : 'a part of it';
}

const TYPES: readonly [RegExp, string][] = [
  [/^string/u, 'a text'],
  [/^map/u, 'an object'],
  [/^\[\]/u, 'a list'],
  [/^(?:float|int)/u, 'a number'],
  [/^bool/u, 'true or false'],
];

function typeText(type: string): string {
  return TYPES.find(([says]) => says.test(type))?.[1] ?? type;
}
