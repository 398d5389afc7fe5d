import { ACCESS_SECRET } from '../../access/secret.ts';
import { TLS_SECRET } from './entry.ts';
import { SUPPLIED } from './supplied.ts';
import { GENERATED_SECRET } from './stand-ins.ts';

/** The chart's Secret, and the platform's own, in a hub's namespace: an expression that Python reads too. */
export const SECRETS_OF_HUB = [
  'hub',
  ACCESS_SECRET,
  GENERATED_SECRET,
  TLS_SECRET,
  `${SUPPLIED.hub}(-.*)?`,
  `${SUPPLIED.pull}(-.*)?`,
  `${SUPPLIED.certificate}(-.*)?`,
].join('|');

const OF_HUB = new RegExp(`^(?:${SECRETS_OF_HUB})$`, 'u');

/** Whether no server may have a Secret. */
export function isOfHub(name: string): boolean {
  return OF_HUB.test(name);
}
