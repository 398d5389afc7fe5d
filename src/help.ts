import { COMMANDS, OPTIONS } from './inputs.ts';
import type { CommandName, OptionName } from './inputs.ts';

/** `glaciocloud --help`, and `glaciocloud COMMAND --help`: made from the table of inputs. */
export function helpText(command: CommandName | undefined): string {
  return command === undefined ? overview() : commandHelp(command);
}

function overview(): string {
  const rows = Object.entries(COMMANDS).map(
    ([name, { summary }]) => `  ${name.padEnd(14)}${summary}\n`,
  );
  return [
    'glaciocloud — JupyterHubs from one git repository\n\n',
    ...rows,
    '\nglaciocloud COMMAND --help shows its options.\n',
    'Exit codes: 0 done, nothing to do, or waiting; 1 failed or refused; ',
    '2 usage, or files with errors; 3 partly done or blocked.\n',
  ].join('');
}

function commandHelp(command: CommandName): string {
  const { summary, target, options } = COMMANDS[command];
  const place = target === '' ? '' : ` [${target.replace('?', '')}]`;
  const rows = options.map(
    (name: OptionName) => `  ${optionText(name).padEnd(26)}${OPTIONS[name].help}\n`,
  );
  return `glaciocloud ${command}${place} — ${summary}\n\n${rows.join('')}`;
}

/** `--root DIR`, or `--json` where no value follows. */
function optionText(name: OptionName): string {
  const spec = OPTIONS[name];
  return 'value' in spec ? `--${name} ${spec.value}` : `--${name}`;
}
