import { join } from 'node:path';
import type { SecretsAtHand } from '../ports/doctor.ts';
import { exists } from './files.ts';
import { decryptSecrets, lastEncrypted } from './sops.ts';
import { findTool } from './tools.ts';

/** Where sops looks in HOME for a key that nobody names. */
const USUAL_KEY = '.config/sops/age/keys.txt';

export function secretsAtHand(root: string): SecretsAtHand {
  return {
    lacking: async () => {
      if (findTool('sops') === undefined) return 'sops';
      const { SOPS_AGE_KEY = '', SOPS_AGE_KEY_FILE = '', HOME = '' } = process.env;
      if (SOPS_AGE_KEY !== '' || SOPS_AGE_KEY_FILE !== '') return undefined;
      return (await exists(join(HOME, USUAL_KEY))) ? undefined : 'key';
    },
    opened: async (hub) => ({
      secrets: (await decryptSecrets(root, hub)) ?? new Map<string, string>(),
      changed: await lastEncrypted(root, hub),
    }),
  };
}
