import { pointer } from '../json.ts';
import type { Removal } from '../model/types.ts';
import { isLocalHost } from '../hub/rules/environment.ts';
import type { Problem, Rule } from '../rule.ts';

export const removalSound: Rule = {
  id: 'removal',
  severity: 'error',
  title: 'A removal is for a hub whose file is gone, and says what would be lost.',
  why: 'Removing is two steps on purpose: first the file, then a reviewed entry. Deleting homes needs their number written out, so that nobody deletes more than they think.',
  on: 'platform',
  *check(platform) {
    for (const [index, removal] of platform.settings.data.removals.entries()) {
      const at = platform.settings.at(pointer('removals', index, 'hub'));
      if (platform.names.get('environment')?.has(removal.hub) === true) {
        yield {
          at,
          message: `environments/${removal.hub}.yaml is still there`,
          hint: 'remove the file, or this entry',
        };
      } else if (
        (removal.homes === 'delete' || removal.database === 'delete') &&
        removal.count === undefined
      ) {
        yield {
          at,
          message: 'deleting needs the number of homes',
          hint: 'add "count:" with the number that the plan shows',
        };
      }
    }
  },
};

export const archivePlace: Rule = {
  id: 'archive-place',
  severity: 'error',
  title: 'What is archived has a place, and a place is for what is archived.',
  why: 'A bucket without `archive` looks as if something were saved, and nothing is.',
  on: 'platform',
  *check(platform) {
    for (const [index, removal] of platform.settings.data.removals.entries()) {
      const at = (key: keyof Removal) => platform.settings.at(pointer('removals', index, key));
      const archived = (['homes', 'database'] as const).find((key) => removal[key] === 'archive');
      const given = (['bucket', 'endpoint', 'region'] as const).find(
        (key) => removal[key] !== undefined,
      );
      if (archived !== undefined && removal.bucket === undefined) {
        yield {
          at: at(archived),
          message: 'an archive needs a place',
          hint: 'add "bucket: s3://NAME/PREFIX"',
        };
      } else if (archived === undefined && given !== undefined) {
        yield {
          at: at(given),
          message: `"${given}" does nothing, because nothing is archived`,
          hint: 'write "homes: archive" or "database: archive", or remove it',
        };
      }
    }
  },
};

export const archiveEndpoint: Rule = {
  id: 'archive-endpoint',
  severity: 'error',
  title: 'An S3 server is reached by https.',
  why: 'Whole homes travel over it. Plain http is for loopback and private addresses only. Credentials in an address end up in logs; they come from the environment of the deployment.',
  on: 'platform',
  *check(platform) {
    for (const [index, { endpoint }] of platform.settings.data.removals.entries()) {
      const fault = endpoint === undefined ? undefined : endpointFault(endpoint);
      if (fault) {
        yield { at: platform.settings.at(pointer('removals', index, 'endpoint')), ...fault };
      }
    }
  },
};

function endpointFault(endpoint: string): Omit<Problem, 'at'> | undefined {
  const parts = /^(https?):\/\/(?:([^/@]*)@)?([^/:?#@]+)(?::[0-9]+)?(.*)$/u.exec(endpoint);
  if (!parts) return { message: 'this is not an address', hint: 'write https:// and a host name' };
  const [, scheme, credentials, host = '', rest = ''] = parts;
  if (credentials !== undefined) {
    return {
      message: 'the address holds credentials',
      hint: 'remove them, and change them; ARCHIVE_ACCESS_KEY_ID and ARCHIVE_SECRET_ACCESS_KEY are their place',
    };
  }
  if (scheme === 'http' && !isLocalHost(host)) {
    return { message: 'the address is not https', hint: `write https://${host}` };
  }
  if (rest !== '' && rest !== '/') {
    return {
      message: 'the address has a path',
      hint: 'the bucket and its prefix belong into "bucket:"',
    };
  }
  return undefined;
}
