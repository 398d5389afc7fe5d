import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '../../src/edges/exec.ts';

export interface OwnCertificate {
  /** Where the certificate lies, for programs that are to trust it. */
  file: string;
  /** In PEM. */
  cert: string;
  key: string;
}

/** A certificate for these names that nobody but its own file vouches for; `days` until it ends, less than 0 where it has. */
export async function ownCertificate(
  folder: string,
  names: readonly string[],
  days = 30,
): Promise<OwnCertificate> {
  const [key, file] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const hosts = names.map((name) => `DNS:${name}`).join(',');
  const made = await exec('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-days', String(days), '-subj', `/CN=${names[0] ?? ''}`],
    ...['-addext', `subjectAltName=${hosts}`, '-keyout', key, '-out', file],
  ]);
  if (made.code !== 0) throw new Error(made.stderr);
  return { file, cert: await readFile(file, 'utf8'), key: await readFile(key, 'utf8') };
}
