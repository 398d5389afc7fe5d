import { COMMANDS, GROUPS } from './inputs.ts';
import type { CommandName } from './inputs.ts';
import { OPTIONS } from './options.ts';
import type { OptionName } from './options.ts';

/** `glaciocloud --help`, and `glaciocloud COMMAND --help`: made from the table of inputs. */
export function helpText(command: CommandName | undefined): string {
  return command === undefined ? overview() : commandHelp(command);
}

function overview(): string {
  const groups = Object.entries(GROUPS).map(([group, title]) => {
    const rows = Object.entries(COMMANDS)
      .filter(([, spec]) => spec.group === group)
      .map(([name, { summary }]) => entry(name, summary));
    return `${title}\n${rows.join('')}\n`;
  });
  return [
    'glaciocloud — JupyterHubs from one git repository\n\n',
    ...groups,
    'glaciocloud COMMAND --help shows its options, with examples.\n',
    'Exit codes: 0 done, nothing to do, or waiting; 1 failed or refused; ',
    '2 usage, or files with errors; 3 partly done or blocked; 4 changes, with --exit-code.\n',
  ].join('');
}

function commandHelp(command: CommandName): string {
  const { summary, target, options, examples } = COMMANDS[command];
  const place = target === '' ? '' : ` [${target.replace('?', '')}]`;
  const lines = [
    `glaciocloud ${command}${place} — ${summary}\n`,
    ...under(
      '',
      options.map((name: OptionName) => entry(optionText(name), OPTIONS[name].help, 26)),
    ),
    ...under(
      'Examples\n',
      examples.map((one) => `  glaciocloud ${one}\n`),
    ),
  ];
  return lines.join('');
}

function under(title: string, rows: readonly string[]): string[] {
  return rows.length === 0 ? [] : [`\n${title}`, ...rows];
}

/** `--root DIR`, or `--json` where no value follows. */
function optionText(name: OptionName): string {
  const spec = OPTIONS[name];
  return 'value' in spec ? `--${name} ${spec.value}` : `--${name}`;
}

const WIDTH = 100;

/** A name, and beside it what it is, broken into lines that a terminal shows whole. */
function entry(name: string, text: string, column = 14): string {
  const room = WIDTH - column - 2;
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= room) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  const beside = lines.join(`\n${' '.repeat(column + 2)}`);
  return `  ${name.padEnd(column)}${name.length >= column ? ' ' : ''}${beside}\n`;
}
