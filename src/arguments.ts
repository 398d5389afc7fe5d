import { parseArgs } from 'node:util';
import { ANSWERS } from './core/init/answers.ts';
import type { Given } from './core/init/answers.ts';
import { didYouMean, nearest } from './core/model/nearest.ts';
import { UsageError, messageOf } from './failure.ts';
import { COMMANDS } from './inputs.ts';
import { OPTIONS } from './options.ts';
import type { CommandName, CommandSpec } from './inputs.ts';
import type { OptionName } from './options.ts';

/** What commands of earlier versions are called now. */
const RENAMED: ReadonlyMap<string, string> = new Map([['render-image', 'image render']]);

export interface Inputs {
  command: CommandName | 'help' | 'version';
  target: readonly string[];
  root: string;
  chartsFrom: string | undefined;
  json: boolean;
  all: boolean;
  push: boolean;
  registry: string | undefined;
  locked: string | undefined;
  pullRequest: boolean;
  out: string | undefined;
  present: string | undefined;
  people: string | undefined;
  directory: string | undefined;
  logins: string | undefined;
  from: string | undefined;
  tier: string | undefined;
  until: string | undefined;
  html: string | undefined;
  exitCode: boolean;
  base: string | undefined;
  merge: string | undefined;
  reviewed: string | undefined;
  at: string | undefined;
  pull: string | undefined;
  head: string | undefined;
  wave: string | undefined;
  cluster: string | undefined;
  kubeconfig: string | undefined;
  record: string | undefined;
  approved: boolean;
  now: boolean;
  retry: string | undefined;
  again: boolean;
  hold: string | undefined;
  reason: string | undefined;
  /** For `init`: what need not be asked. */
  answers: Given;
}

export type RawOptions = Partial<Record<OptionName, string | boolean>>;

/** `glaciocloud plan --root DIR` → inputs. Throws UsageError with the word that is wrong. */
export function fromArguments(args: readonly string[]): Inputs {
  if (args.includes('--version')) return build('version', [], {});
  const command = args[0] ?? '';
  if (asksForHelp(args)) return build('help', helpTarget(args), {});
  if (!isCommand(command)) throw unknownCommand(command, Object.keys(COMMANDS));
  return build(command, ...parsedOptions(command, args.slice(1)));
}

function unknownCommand(command: string, known: readonly string[]): UsageError {
  const message = `there is no command "${command}"`;
  const now = RENAMED.get(command);
  if (now !== undefined) return new UsageError(message, `it is "${now}" now`);
  return new UsageError(message, didYouMean(command, known, `commands: ${known.join(', ')}`));
}

function asksForHelp(args: readonly string[]): boolean {
  return args.length === 0 || args[0] === 'help' || args.includes('--help') || args.includes('-h');
}

/** `plan --help`, `help plan` and `--help plan` are about the command. */
function helpTarget(args: readonly string[]): readonly string[] {
  const [first = ''] = args;
  return isCommand(first) ? [first] : args.slice(1, 2);
}

/** What follows the command: its target and its options. */
function parsedOptions(command: CommandName, args: readonly string[]): [string[], RawOptions] {
  const allowed: readonly OptionName[] = COMMANDS[command].options;
  const options = Object.fromEntries(allowed.map((name) => [name, { type: OPTIONS[name].type }]));
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    return [parsed.positionals, parsed.values];
  } catch (error) {
    const message = messageOf(error).split('. ')[0] ?? '';
    throw new UsageError(
      message,
      optionMeant(message, allowed) ?? `see \`glaciocloud ${command} --help\``,
    );
  }
}

/** What to write instead of an option that no command has. */
function optionMeant(message: string, allowed: readonly OptionName[]): string | undefined {
  const word = /^Unknown option '--([^'=]+)'/u.exec(message)?.[1];
  if (word === undefined || Object.hasOwn(OPTIONS, word)) return undefined;
  const near = nearest(word, allowed);
  return near === undefined ? undefined : `did you mean --${near}?`;
}

/** `init` writes the workflows that run the action: it is no command of the action itself. */
export const ACTION_COMMANDS = Object.entries(COMMANDS).filter(([name]) => name !== 'init');

/** The action's inputs: `command`, `target`, and every option that makes sense there. */
export function actionInputs(): Record<string, string> {
  const used = new Set<string>(ACTION_COMMANDS.flatMap(([, { options }]) => options));
  const flags = Object.entries(OPTIONS).filter(([name]) => used.has(name) && name !== 'json');
  return {
    command: `what to do: ${ACTION_COMMANDS.map(([name]) => name).join(', ')}`,
    target: 'what to do it with: hubs, images or a rule, with spaces between',
    ...Object.fromEntries(flags.map(([name, { help }]) => [name, help])),
  };
}

/** Inputs of the action, read by `read(name)`; empty text means not given. */
export function fromAction(read: (name: string) => string): Inputs {
  const command = read('command');
  if (!isCommand(command) || command === 'init')
    throw unknownCommand(
      command,
      ACTION_COMMANDS.map(([name]) => name),
    );
  const options: RawOptions = {};
  for (const name of COMMANDS[command].options as readonly OptionName[]) {
    const value = read(name);
    if (value !== '') options[name] = OPTIONS[name].type === 'boolean' ? value === 'true' : value;
  }
  return build(command, read('target').split(/\s+/u).filter(Boolean), options);
}

function build(command: Inputs['command'], target: readonly string[], options: RawOptions): Inputs {
  const word = (name: OptionName): string | undefined => {
    const value = options[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const spec: CommandSpec | undefined =
    command === 'help' || command === 'version' ? undefined : COMMANDS[command];
  if (spec?.target === '' && target.length > 0)
    throw new UsageError(
      `${command} takes no "${target[0] ?? ''}"`,
      `see \`glaciocloud ${command} --help\``,
    );
  return {
    command,
    target,
    root: word('root') ?? '.',
    chartsFrom: word('charts-from'),
    json: options.json === true,
    all: options.all === true,
    push: options.push === true,
    registry: word('registry'),
    locked: word('locked'),
    pullRequest: options['pull-request'] === true,
    out: word('out'),
    present: word('present'),
    people: word('people'),
    directory: word('directory'),
    logins: word('logins'),
    from: word('from'),
    tier: word('tier'),
    until: word('until'),
    html: word('html'),
    exitCode: options['exit-code'] === true,
    base: word('base'),
    merge: word('merge'),
    reviewed: word('reviewed'),
    at: word('at'),
    pull: word('pull'),
    head: word('head'),
    wave: word('wave'),
    cluster: word('cluster'),
    kubeconfig: word('kubeconfig') ?? process.env['KUBECONFIG'],
    record: word('record'),
    approved: options.approved === true,
    now: options.now === true,
    retry: word('retry'),
    again: options.again === true,
    hold: word('hold'),
    reason: word('reason'),
    answers: Object.fromEntries(
      ANSWERS.flatMap((name) => (options[name] === undefined ? [] : [[name, word(name) ?? '']])),
    ),
  };
}

export function isCommand(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}
