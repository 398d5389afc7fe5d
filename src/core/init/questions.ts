import type { Finding } from '../finding.ts';
import { readPlatform } from '../model/platform.ts';
import { quoted } from '../model/formats.ts';
import { unitNameProblem } from '../check/names.ts';
import { runRules } from '../check/run.ts';
import { PROVIDERS } from './scaffold.ts';
import { ANSWERS, isPin, needsIssuer } from './answers.ts';
import type { AnswerName, Answers, Given } from './answers.ts';
import { platformFiles } from './files.ts';
import type { Tool } from './files.ts';

export interface Question {
  ask: string;
  /** Taken where nothing is answered; without it an answer is needed. */
  fallback?: (before: Answers) => string;
  applies?: (before: Answers) => boolean;
}

export const QUESTIONS: Readonly<Record<AnswerName, Question>> = {
  organization: { ask: 'GitHub organisation' },
  registry: {
    ask: 'Registry for images',
    fallback: ({ organization }) => `ghcr.io/${organization.toLowerCase()}`,
  },
  hub: { ask: 'Name of the first hub', fallback: () => 'hub' },
  url: { ask: 'Its address, such as https://hub.example.org' },
  cluster: { ask: 'Name of its cluster', fallback: () => 'main' },
  provider: {
    ask: `Who runs the cluster: ${Object.keys(PROVIDERS).join(', ')}`,
    fallback: () => 'existing',
  },
  email: { ask: 'E-mail address for certificates', applies: needsIssuer },
  action: { ask: 'GlacioCloud to use, as OWNER/REPOSITORY@COMMIT' },
};

/** Stand in for what is not answered yet, so that each answer is checked in a whole platform. */
export const STAND_INS: Answers = {
  organization: 'example',
  registry: 'ghcr.io/example',
  hub: 'hub',
  url: 'https://hub.example.org',
  cluster: 'main',
  provider: 'existing',
  email: 'hubs@example.org',
  action: `example/glaciocloud@${'0'.repeat(40)}`,
};

export type Wrong = Pick<Finding, 'message' | 'hint'>;

/**
 * The answers with one more, or why that one is wrong: by the schemas and rules that `check` uses.
 */
export function answered(
  before: Answers,
  name: AnswerName,
  text: string,
  tool: Tool,
): { kind: 'fine'; answers: Answers } | { kind: 'wrong'; wrong: Wrong } {
  const answers = { ...before, [name]: text };
  const wrong = problem(name, answers, tool);
  return wrong ? { kind: 'wrong', wrong } : { kind: 'fine', answers };
}

function problem(name: AnswerName, answers: Answers, tool: Tool): Wrong | undefined {
  if (name === 'action')
    return isPin(answers.action)
      ? undefined
      : {
          message: 'this is not a commit of a repository',
          hint: 'write OWNER/REPOSITORY@ and the 40 hex digits of a commit',
        };
  if (name === 'email' && !/^[^\s@]+@[^\s@]+$/u.test(answers.email))
    return {
      message: `${quoted(answers.email)} does not have the right form`,
      hint: 'write it like "hubs@example.org"',
    };
  const unnamed = name === 'hub' || name === 'cluster' ? unitNameProblem(answers[name]) : undefined;
  if (unnamed) return unnamed;
  const files = platformFiles(answers, tool);
  const { platform, findings } = readPlatform(
    new Map([...files].map(([path, text]) => [path, { kind: 'text', text }])),
  );
  const errors = [
    ...findings,
    ...(platform ? runRules({ platform, now: 0, defaults: undefined }) : []),
  ].filter(({ severity }) => severity === 'error');
  return [...files.keys()].flatMap((path) => errors.filter(({ at }) => at.file === path))[0];
}

export type Completed =
  | { kind: 'complete'; answers: Answers }
  | { kind: 'incomplete'; missing: AnswerName[]; wrong: (Wrong & { name: AnswerName })[] };

/** What was given, with defaults for the rest; or everything that is missing or wrong, at once. */
export function complete(given: Given, tool: Tool): Completed {
  let answers = STAND_INS;
  const missing: AnswerName[] = [];
  const wrong: (Wrong & { name: AnswerName })[] = [];
  for (const name of ANSWERS) {
    const { fallback, applies } = QUESTIONS[name];
    if (applies?.(answers) === false) continue;
    const text = given[name] ?? fallback?.(answers);
    if (text === undefined) {
      missing.push(name);
      continue;
    }
    const result = answered(answers, name, text, tool);
    if (result.kind === 'fine') answers = result.answers;
    else wrong.push({ name, ...result.wrong });
  }
  return missing.length + wrong.length === 0
    ? { kind: 'complete', answers }
    : { kind: 'incomplete', missing, wrong };
}
