import { placeholder } from '../credentials/placeholder.ts';
import type { Finding } from '../finding.ts';
import type { Platform } from '../model/types.ts';

/** Addresses that `new hub` writes, or that were taken over from a page for people. */
export function addressPlaceholders({ environments }: Platform): Finding[] {
  return [...environments.values()].flatMap((hub) =>
    isExample(hub.data.url)
      ? [
          placeholder(hub.at('/url'), {
            message: 'an address at example.org is an example: nobody reaches a hub there',
            hint: 'write the address that people will use, and point its DNS record at the cluster',
          }),
        ]
      : [],
  );
}

function isExample(url: string): boolean {
  return URL.canParse(url) && /(^|\.)example\.org$/u.test(new URL(url).hostname);
}
