import { join } from 'node:path';
import { ANSWERS } from '../core/init/answers.ts';
import type { Answers, Given } from '../core/init/answers.ts';
import { starterFiles } from '../core/init/files.ts';
import type { Tool } from '../core/init/files.ts';
import { QUESTIONS, STAND_INS, answered, complete } from '../core/init/questions.ts';
import { nextSteps, numbered, setupPage } from '../core/init/next-steps.ts';
import { exists, writeNew } from '../edges/files.ts';
import { isInGit } from '../edges/git.ts';
import { originRepository } from '../edges/repository.ts';
import { withTerminal } from '../edges/terminal.ts';
import type { Streams, Terminal } from '../edges/terminal.ts';
import { UsageError } from '../failure.ts';
import { gatherTool } from '../gather/tool.ts';
import { SCHEMA_VERSION, outcome } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

export interface InitInputs {
  root: string;
  given: Given;
}

/** An empty folder becomes a platform that passes `check`. What is there already is kept. */
export async function init(
  { root, given }: InitInputs,
  streams: Streams | undefined,
): Promise<Outcome> {
  const tool = await gatherTool();
  const answers = streams
    ? await withTerminal(streams, (terminal) => askAll(given, tool, terminal))
    : taken(given, tool);
  const fresh = new Map<string, string>();
  const kept: string[] = [];
  const home = await originRepository(root);
  for (const [path, text] of starterFiles(answers, tool, home)) {
    if (await exists(join(root, path))) kept.push(path);
    else fresh.set(path, text);
  }
  await writeNew(root, fresh);
  const written = [...fresh.keys()];
  const next = nextSteps(answers, { inGit: await isInGit(root), home });
  const lines = [
    ...written.map((path) => `✓ ${path}`),
    ...kept.map((path) => `· ${path} was there already, and is kept`),
    '',
    `Read the files through, then \`glaciocloud check\`. Next, as ${setupPage(answers)} has it:`,
    ...numbered(next),
  ];
  return outcome({
    exit: 0,
    text: lines.map((line) => `${line}\n`).join(''),
    json: { schema_version: SCHEMA_VERSION, written, kept, next },
  });
}

/** Asks what is not given or is wrong, until it is right. */
async function askAll(given: Given, tool: Tool, terminal: Terminal): Promise<Answers> {
  let answers = STAND_INS;
  for (const name of ANSWERS) {
    const { ask, fallback, applies } = QUESTIONS[name];
    if (applies?.(answers) === false) continue;
    const usual = fallback?.(answers) ?? '';
    const asked = async (): Promise<string> =>
      (await terminal.ask(`${ask}${usual === '' ? '' : ` [${usual}]`}: `)) || usual;
    let result = answered(answers, name, given[name] ?? (await asked()), tool);
    while (result.kind === 'wrong') {
      terminal.say(`  ${result.wrong.message}; ${result.wrong.hint}\n`);
      result = answered(answers, name, await asked(), tool);
    }
    answers = result.answers;
  }
  return answers;
}

function taken(given: Given, tool: Tool): Answers {
  const result = complete(given, tool);
  if (result.kind === 'complete') return result.answers;
  const needs =
    result.missing.length === 0
      ? []
      : [`init needs ${result.missing.map((name) => `--${name}`).join(', ')}`];
  const wrong = result.wrong.map(({ name, message, hint }) => `--${name}: ${message}; ${hint}`);
  throw new UsageError(
    [...needs, ...wrong].join('\n'),
    'see `glaciocloud init --help`; on a terminal it asks',
  );
}
