import { COMMANDS, OPTIONS } from './inputs.ts';
import type { CommandName, OptionName } from './inputs.ts';

/** `glaciocloud --help`, and `glaciocloud COMMAND --help`: made from the table of inputs. */
export function helpText(command: CommandName | undefined): string {
  if (command === undefined) {
    const rows = Object.entries(COMMANDS).map(
      ([name, { summary }]) => `  ${name.padEnd(14)}${summary}\n`,
    );
    return `glaciocloud — JupyterHubs from one git repository\n\n${rows.join('')}\nglaciocloud COMMAND --help shows its options.\nExit codes: 0 done, nothing to do, or waiting; 1 failed or refused; 2 usage, or files with errors; 3 partly done or blocked.\n`;
  }
  const { summary, target, options } = COMMANDS[command];
  const rows = options.map((name: OptionName) => {
    const spec = OPTIONS[name];
    return `  ${`--${name}${'value' in spec ? ` ${spec.value}` : ''}`.padEnd(26)}${spec.help}\n`;
  });
  return `glaciocloud ${command}${target === '' ? '' : ` [${target.replace('?', '')}]`} — ${summary}\n\n${rows.join('')}`;
}
