import type { ChildProcess } from 'node:child_process';

/** What ends a run from outside, with the exit codes that shells give it. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

const programs = new Set<ChildProcess>();
const lastActs: (() => void)[] = [];
let isHeard = false;

/** What is to be done, at once, however this process ends; only SIGKILL and the machine’s end are not heard of. */
export function atTheEnd(act: () => void): void {
  hear();
  lastActs.push(act);
}

/** No program goes on when we have ended: what it works on is ours, and is removed. */
export function endsWithUs(child: ChildProcess): void {
  hear();
  programs.add(child);
  for (const event of ['error', 'close']) child.on(event, () => programs.delete(child));
}

function hear(): void {
  if (isHeard) return;
  isHeard = true;
  process.on('exit', () => {
    for (const one of programs) one.kill('SIGTERM');
    for (const act of lastActs) act();
  });
}

/** Without it a signal would end the process before its last acts. One more does not interrupt them. */
export function endOnSignals(): void {
  for (const [signal, code] of Object.entries(SIGNALS))
    process.on(signal, () => process.exit(code));
}
