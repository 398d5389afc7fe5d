import { machineScript } from '../core/images/build-plan.ts';
import type { Mirrors } from '../core/model/types.ts';
import { exists } from './files.ts';

/** Where this machine says which certificates it trusts. */
const TRUSTED = ['PIP_CERT', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'];

/** How package indexes are reached from this machine: for containers, and never for an image. */
export interface Reach {
  /** Lines of shell. */
  script: string;
  /** Path of the certificates that it trusts; undefined where it names none. */
  certificates: string | undefined;
}

export async function reachOfMachine(mirrors: Mirrors): Promise<Reach> {
  const named = TRUSTED.map((name) => process.env[name] ?? '').find((path) => path !== '');
  const certificates = named !== undefined && (await exists(named)) ? named : undefined;
  const known = { environment: process.env, mirrors, certificates: certificates !== undefined };
  return { script: machineScript(known), certificates };
}
