import { suppliedCertificateFaults } from '../apply/hub/certificate.ts';
import { auditSecrets } from '../core/hub/secrets.ts';
import type { FoundSecrets, SecretFinding } from '../core/hub/secrets.ts';
import type { EnvironmentFile } from '../core/model/types.ts';

/** A hub's secrets against what its file declares, its certificate against its key and its names, too. */
export function secretsAudit(
  environment: EnvironmentFile,
  { values, changed }: Omit<FoundSecrets, 'faults'>,
  now: number,
): SecretFinding[] {
  const faults = suppliedCertificateFaults(environment, values ?? new Map(), now);
  return auditSecrets(environment, { values, changed, faults }, now);
}
