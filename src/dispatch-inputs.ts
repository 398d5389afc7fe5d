import type { Inputs } from './arguments.ts';
import { instant } from './core/model/quantities.ts';
import { systemClock } from './edges/clock.ts';
import { UsageError } from './failure.ts';

/* What several commands take of the inputs and of the machine. */

/** `instead`: what else would do. */
export function kubeconfigOf({ kubeconfig }: Inputs, instead?: string): string {
  const ways = [
    'give --kubeconfig FILE, or set KUBECONFIG',
    ...(instead === undefined ? [] : [instead]),
  ];
  if (kubeconfig === undefined || kubeconfig === '')
    throw new UsageError('no kubeconfig is named', ways.join('; '));
  return kubeconfig;
}

/** Milliseconds since 1970: of `--at`, or now. */
export function timeOf(at: string | undefined): number {
  if (at === undefined) return systemClock.now().getTime();
  const time = instant(at);
  if (Number.isNaN(time))
    throw new UsageError(`"${at}" is not a time`, 'write it like 2026-11-30T08:00Z');
  return time;
}
