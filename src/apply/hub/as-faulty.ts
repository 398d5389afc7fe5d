import { callFault, refusalFault } from '../../core/hub/causes.ts';
import { HelmFailure, KubeFailure, TimedOut } from '../../failure.ts';
import { Faulty } from '../types.ts';

/**
 * What the outside answered, as a fault of the change or of the infrastructure. Anything else is no matter of
 * this hub's health.
 */
export function asFaulty(error: unknown, hidden: readonly string[]): Faulty {
  if (!(
    error instanceof Faulty ||
    error instanceof HelmFailure ||
    error instanceof KubeFailure ||
    error instanceof TimedOut
  ))
    throw error;
  const message = hidden.reduce((text, secret) => text.replaceAll(secret, '***'), error.message);
  if (error instanceof Faulty) return new Faulty(message, error.fault);
  const fault = error instanceof TimedOut ? undefined : refusalFault(error.refusal);
  return new Faulty(message, fault ?? callFault(message));
}
