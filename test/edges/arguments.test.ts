import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ACTION_COMMANDS, actionInputs, fromAction, fromArguments } from '../../src/arguments.ts';
import type { Inputs } from '../../src/arguments.ts';
import { helpText } from '../../src/help.ts';
import { COMMANDS, GROUPS } from '../../src/inputs.ts';
import type { CommandName } from '../../src/inputs.ts';
import { OPTIONS } from '../../src/options.ts';
import type { OptionName } from '../../src/options.ts';
import { failureOf } from '../support/program.ts';

const NAMES = Object.keys(COMMANDS) as CommandName[];
const OPTION_NAMES = Object.keys(OPTIONS) as OptionName[];
/** What nobody gave. */
const NOTHING: Omit<Inputs, 'command' | 'target'> = {
  root: '.',
  chartsFrom: undefined,
  json: false,
  all: false,
  push: false,
  registry: undefined,
  locked: undefined,
  pullRequest: false,
  out: undefined,
  present: undefined,
  people: undefined,
  directory: undefined,
  logins: undefined,
  from: undefined,
  tier: undefined,
  until: undefined,
  exitCode: false,
  html: undefined,
  base: undefined,
  merge: undefined,
  reviewed: undefined,
  at: undefined,
  pull: undefined,
  head: undefined,
  wave: undefined,
  cluster: undefined,
  kubeconfig: undefined,
  record: undefined,
  approved: false,
  now: false,
  retry: undefined,
  again: false,
  hold: undefined,
  reason: undefined,
  answers: {},
};
/** Where each option goes; those of `init` alone are answers to its questions. */
const FIELDS: Partial<Record<OptionName, keyof Inputs>> = {
  root: 'root',
  'charts-from': 'chartsFrom',
  json: 'json',
  all: 'all',
  'pull-request': 'pullRequest',
  out: 'out',
  present: 'present',
  people: 'people',
  directory: 'directory',
  logins: 'logins',
  from: 'from',
  tier: 'tier',
  until: 'until',
  html: 'html',
  base: 'base',
  merge: 'merge',
  reviewed: 'reviewed',
  at: 'at',
  pull: 'pull',
  head: 'head',
  wave: 'wave',
  cluster: 'cluster',
  kubeconfig: 'kubeconfig',
  record: 'record',
  now: 'now',
  approved: 'approved',
  retry: 'retry',
  again: 'again',
  hold: 'hold',
  reason: 'reason',
  registry: 'registry',
  locked: 'locked',
  push: 'push',
  'exit-code': 'exitCode',
};
const ANSWERS = [
  'organization',
  'registry',
  'cluster',
  'provider',
  'hub',
  'url',
  'email',
  'action',
] as const;

let kubeconfig: string | undefined;
beforeEach(() => {
  kubeconfig = process.env['KUBECONFIG'];
  delete process.env['KUBECONFIG'];
});
afterEach(() => {
  if (kubeconfig !== undefined) process.env['KUBECONFIG'] = kubeconfig;
});

const usage = (read: () => unknown): Promise<unknown> =>
  failureOf(Promise.resolve().then(() => read()));

describe.each(NAMES)('%s', (command) => {
  const takes: readonly OptionName[] = COMMANDS[command].options;

  test('alone has its defaults', () => {
    expect(fromArguments([command])).toEqual({ ...NOTHING, command, target: [] });
  });

  test.each(OPTION_NAMES.filter((name) => name !== 'help' && name !== 'version'))(
    'takes --%s, or says that it does not',
    async (name) => {
      const flag = OPTIONS[name].type === 'boolean';
      const args = flag ? [command, `--${name}`] : [command, `--${name}`, 'given'];
      if (!takes.includes(name)) {
        expect(await usage(() => fromArguments(args))).toMatchObject({
          name: 'UsageError',
          message: `Unknown option '--${name}'`,
          hint: `see \`glaciocloud ${command} --help\``,
          exit: 2,
        });
        return;
      }
      const field = FIELDS[name];
      expect(fromArguments(args)).toEqual({
        ...NOTHING,
        command,
        target: [],
        ...(field === undefined ? {} : { [field]: flag ? true : 'given' }),
        answers: ANSWERS.some((one) => one === name) ? { [name]: 'given' } : {},
      });
    },
  );

  test('takes a target, or says that it does not', async () => {
    if (COMMANDS[command].target !== '')
      expect(fromArguments([command, 'a', 'b']).target).toEqual(['a', 'b']);
    else
      expect(await usage(() => fromArguments([command, 'a']))).toMatchObject({
        name: 'UsageError',
        message: `${command} takes no "a"`,
        hint: `see \`glaciocloud ${command} --help\``,
        exit: 2,
      });
  });

  test('has help that names its options, and is asked for in three ways', () => {
    for (const args of [
      [command, '--help'],
      [command, '--nonsense', '-h'],
      ['help', command],
      ['--help', command],
    ])
      expect(fromArguments(args)).toEqual({ ...NOTHING, command: 'help', target: [command] });
    const text = helpText(command);
    const lines = text.split('\n');
    expect(lines[0]).toContain(`glaciocloud ${command}`);
    expect(lines[0]).toContain(` — ${COMMANDS[command].summary}`);
    expect(text.match(/(?<=^ {2}--)[a-z-]+/gmu) ?? []).toEqual(takes);
    for (const line of lines.slice(1)) expect(line.length).toBeLessThanOrEqual(100);
    for (const example of COMMANDS[command].examples)
      expect(text).toContain(`\n  glaciocloud ${example}\n`);
  });
});

describe('words', () => {
  test('that are no command', async () => {
    const commands = `commands: ${NAMES.join(', ')}`;
    for (const [args, word] of [
      [['teleport'], 'teleport'],
      [['--json', 'plan'], '--json'],
      [['toString'], 'toString'],
      [[''], ''],
    ] as const)
      expect(await usage(() => fromArguments(args))).toMatchObject({
        name: 'UsageError',
        message: `there is no command "${word}"`,
        hint: commands,
        exit: 2,
      });
  });

  test.each([
    ['plann', 'plan'],
    ['Deploy', 'deploy'],
    ['imgae', 'image'],
    ['new-hub', undefined],
  ])('that are nearly a command: %s', async (word, meant) => {
    const said = { message: `there is no command "${word}"` };
    expect(await usage(() => fromArguments([word]))).toMatchObject({
      ...said,
      hint: meant === undefined ? `commands: ${NAMES.join(', ')}` : `did you mean "${meant}"?`,
    });
  });

  test.each([
    ['--jsno', 'did you mean --json?'],
    ['--presnt=x', 'did you mean --present?'],
    ['--Json', 'did you mean --json?'],
    ['--kubeconfg', 'see `glaciocloud plan --help`'],
    ['--all', 'see `glaciocloud plan --help`'],
    ['--toString', 'see `glaciocloud plan --help`'],
    ['-k', 'see `glaciocloud plan --help`'],
  ])('that are no option of a command: %s', async (word, hint) => {
    expect(await usage(() => fromArguments(['plan', word]))).toMatchObject({ hint, exit: 2 });
  });

  test('that ask for help about everything', () => {
    for (const args of [[], ['help'], ['--help'], ['-h']])
      expect(fromArguments(args)).toEqual({ ...NOTHING, command: 'help', target: [] });
    expect(fromArguments(['help', 'teleport']).target).toEqual(['teleport']);
  });

  test('that ask for the version, before anything else', () => {
    for (const args of [['--version'], ['teleport', '--version'], ['--help', '--version']])
      expect(fromArguments(args)).toEqual({ ...NOTHING, command: 'version', target: [] });
  });

  test('an option without its value, and a flag with one', async () => {
    expect(await usage(() => fromArguments(['plan', '--root']))).toMatchObject({
      message: "Option '--root <value>' argument missing",
    });
    expect(await usage(() => fromArguments(['plan', '--json=yes']))).toMatchObject({
      message: "Option '--json' does not take an argument",
    });
  });

  test('an empty value is none, but an empty answer is an answer', () => {
    expect(fromArguments(['plan', '--root', '', '--at=']).root).toBe('.');
    expect(fromArguments(['plan', '--at=']).at).toBeUndefined();
    expect(fromArguments(['init', '--email=']).answers).toEqual({ email: '' });
  });

  test('KUBECONFIG names the cluster where no option does', () => {
    process.env['KUBECONFIG'] = '/from/environment';
    expect(fromArguments(['state']).kubeconfig).toBe('/from/environment');
    expect(fromArguments(['state', '--kubeconfig', '/given']).kubeconfig).toBe('/given');
  });
});

describe('the action', () => {
  const read =
    (given: Record<string, string>): ((name: string) => string) =>
    (name) =>
      given[name] ?? '';

  test('takes the same options as inputs, where empty means not given', () => {
    expect(fromAction(read({ command: 'plan' }))).toEqual({
      ...NOTHING,
      command: 'plan',
      target: [],
    });
    expect(
      fromAction(
        read({ command: 'deploy', target: '  alps\n andes ', wave: 'w', now: 'true', again: 'no' }),
      ),
    ).toEqual({
      ...NOTHING,
      command: 'deploy',
      target: ['alps', 'andes'],
      wave: 'w',
      now: true,
      again: false,
    });
  });

  test('passes over what its command does not take', () => {
    expect(fromAction(read({ command: 'check', wave: 'w', out: 'o' }))).toEqual({
      ...NOTHING,
      command: 'check',
      target: [],
    });
  });

  test('that have another name now', () => {
    const said = {
      message: 'there is no command "render-image"',
      hint: 'it is "image render" now',
    };
    expect(() => fromArguments(['render-image', '--all'])).toThrow(expect.objectContaining(said));
    expect(() => fromAction((name) => (name === 'command' ? 'render-image' : ''))).toThrow(
      expect.objectContaining(said),
    );
  });

  test.each(['', 'init', 'teleport', 'help'])('has no command "%s"', async (command) => {
    const named = NAMES.filter((name) => name !== 'init').join(', ');
    expect(await usage(() => fromAction(read({ command })))).toMatchObject({
      name: 'UsageError',
      message: `there is no command "${command}"`,
      hint: `commands: ${named}`,
    });
  });

  test('refuses a target where there is none', async () => {
    expect(await usage(() => fromAction(read({ command: 'doctor', target: 'x' })))).toMatchObject({
      message: 'doctor takes no "x"',
    });
  });

  test('lists every input that one of its commands takes, with its help', () => {
    const inputs = actionInputs();
    const used = new Set<string>(
      NAMES.filter((name) => name !== 'init').flatMap((name) => [...COMMANDS[name].options]),
    );
    expect(ACTION_COMMANDS.map(([name]) => name)).toEqual(NAMES.filter((name) => name !== 'init'));
    expect(Object.keys(inputs)).toEqual([
      'command',
      'target',
      ...OPTION_NAMES.filter((name) => used.has(name) && name !== 'json'),
    ]);
    expect(inputs['root']).toBe(OPTIONS.root.help);
    expect(inputs['command']).toMatch(/^what to do: check, render, /u);
    expect(Object.keys(inputs)).not.toContain('email');
  });
});

describe('help', () => {
  /** As it was before lines were broken. */
  const flowing = (text: string): string => text.replace(/\n {16,}/gu, ' ');

  test('about everything names each command below its heading, and the exit codes', () => {
    const text = flowing(helpText(undefined));
    expect(text).toMatch(/^glaciocloud — JupyterHubs from one git repository\n\n/u);
    const headings = Object.entries(GROUPS).map(([group, title]) => {
      const own = NAMES.filter((name) => COMMANDS[name].group === group);
      const rows = own.map((name) => `  ${name.padEnd(14)}${COMMANDS[name].summary}\n`);
      return `${title}\n${rows.join('')}\n`;
    });
    expect(text).toContain(headings.join(''));
    expect(text).toContain(
      'Exit codes: 0 done, nothing to do, or waiting; 1 failed or refused; 2 usage, or files with errors; 3 partly done or blocked; 4 changes, with --exit-code.\n',
    );
  });

  test('about a command shows its target and the values of its options', () => {
    expect(flowing(helpText('render')).split('\n').slice(0, 4)).toEqual([
      'glaciocloud render [HUB] — write values and Kubernetes objects of hubs',
      '',
      '  --root DIR                the platform’s folder (default: the current one)',
      `  --charts-from DIR|URL     ${OPTIONS['charts-from'].help}`,
    ]);
    expect(helpText('waves')).toContain('  --json                    print the result as JSON\n');
    expect(helpText('waves')).toMatch(/^glaciocloud waves — for the workflow/u);
  });
});

// Words of a shell, without what its redirections take.
const wordsOf = (line: string): string[] =>
  (line.split(/ [>|]/u)[0] ?? '').match(/"[^"]*"|\S+/gu)?.map((word) => word.replaceAll('"', '')) ??
  [];

test.each(NAMES)('examples of %s are commands that can be read', (name) => {
  for (const example of COMMANDS[name].examples)
    expect(fromArguments(wordsOf(example)).command).toBe(name);
});
