import type { Day } from '../days.ts';
import { isDay } from '../days.ts';
import { isPlain } from './plain.ts';

/** What a comment on a request may ask for. */
export type Command =
  | { name: 'approve' | 'hold' | 'withdraw' | 'renew' | 'recheck' }
  | { name: 'deny' | 'revoke'; why: string }
  | { name: 'extend'; until: Day };
type CommandName = Command['name'];

/** A comment: a command, one that is written wrongly, or something for people. */
export type CommandReading =
  | { kind: 'command'; command: Command }
  | { kind: 'malformed'; name: CommandName; usage: string }
  | { kind: 'none' };

const NAMES = [
  'approve',
  'hold',
  'withdraw',
  'renew',
  'recheck',
  'deny',
  'revoke',
  'extend',
] as const satisfies readonly CommandName[];
const USAGES: Readonly<Record<CommandName, string>> = {
  approve: '/approve',
  hold: '/hold',
  withdraw: '/withdraw',
  renew: '/renew',
  recheck: '/recheck',
  deny: '/deny WHY',
  revoke: '/revoke WHY',
  extend: '/extend 2027-02-28',
};
const MOST_WHY = 300;

/** The first line, and nothing but it: a command stands at its very beginning, whole. */
export function readCommand(comment: string): CommandReading {
  const [line = ''] = comment.split(/\r\n|\r|\n/u, 1);
  const parts = /^\/([a-z]+)(?: (.*))?$/u.exec(line);
  const name = parts && nameOf(parts[1] ?? '');
  if (!name) return { kind: 'none' };
  const command = commandOf(name, parts[2]);
  return command
    ? { kind: 'command', command }
    : { kind: 'malformed', name, usage: `write \`${USAGES[name]}\`, as the first line` };
}

function nameOf(word: string): CommandName | undefined {
  return NAMES.find((name) => name === word);
}

function commandOf(name: CommandName, rest: string | undefined): Command | undefined {
  switch (name) {
    case 'deny':
    case 'revoke':
      return isReason(rest) ? { name, why: rest } : undefined;
    case 'extend':
      return rest !== undefined && /^\d{4}-\d\d-\d\d$/u.test(rest) && isDay(rest)
        ? { name, until: rest }
        : undefined;
    case 'approve':
    case 'hold':
    case 'withdraw':
    case 'renew':
    case 'recheck':
      return rest === undefined ? { name } : undefined;
  }
}

function isReason(rest: string | undefined): rest is string {
  if (rest === undefined || rest.trim() === '') return false;
  return Array.from(rest).length <= MOST_WHY && isPlain(rest);
}
