import { readRefusals } from '../core/refusals/read.ts';
import { refusalsText } from '../core/refusals/refusal.ts';
import { KubeFailure } from '../failure.ts';

/** Whether a call asked only, or would have changed something. */
export type CallKind = 'read' | 'write';

/** What kubectl refused, in our words. */
export function kubeFailure(what: string, stderr: string, kind: CallKind): KubeFailure {
  const all = readRefusals('kubectl', stderr);
  const [{ kind: refusal, cure }] = all;
  return new KubeFailure(`${what}: ${refusalsText(all)}`, {
    hint: cure === '' ? HINTS[kind] : cure,
    refusal,
    conflict: all.some((one) => one.kind === 'conflict' || one.kind === 'exists'),
    invalid: all.some((one) => one.kind === 'invalid' || one.kind === 'immutable'),
  });
}

const HINTS: Readonly<Record<CallKind, string>> = {
  read: 'look at the cluster, then run this again',
  write: 'look at the cluster; the next run goes on where this one ended',
};
