import { machineScript } from '../core/images/build-plan.ts';
import { exists } from './files.ts';

/** Where this machine says which certificates it trusts. */
const TRUSTED = ['PIP_CERT', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'];

/** How this machine reaches package indexes: for containers, and never for an image. */
export interface Reach {
  /** Lines of shell. */
  script: string;
  /** Path of the certificates that it trusts; undefined where it names none. */
  certificates: string | undefined;
}

export async function reachOfMachine(): Promise<Reach> {
  const named = TRUSTED.map((name) => process.env[name] ?? '').find((path) => path !== '');
  const certificates = named !== undefined && (await exists(named)) ? named : undefined;
  return { script: machineScript(process.env, certificates !== undefined), certificates };
}
