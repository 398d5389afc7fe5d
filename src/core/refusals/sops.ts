import { row } from './refusal.ts';
import type { Refusal, RefusalKind, Row } from './refusal.ts';

const KEY = 'SOPS_AGE_KEY or SOPS_AGE_KEY_FILE';

function about(kind: RefusalKind, text: string, cure: string): Refusal {
  return { kind, object: '', field: '', text, cure };
}

/** sops wraps its lines: words of one message may stand in two. What comes after them follows from them. */
const GAP = String.raw`[\s|]+`;
const wrapped = (words: string): RegExp => new RegExp(`${words.replaceAll(' ', GAP)}[^]*`, 'gu');

/** What sops may print of a file are parts of it: a row repeats nothing but names. */
export const SOPS: readonly Row[] = [
  row(wrapped("failed to parse '(?<where>SOPS_\\w+)' age identities"), (group) =>
    about(
      'login',
      `what ${group('where')} holds is no age key`,
      'give the line that begins with AGE-SECRET-KEY-',
    ),
  ),
  row(wrapped('failed to open (?<where>SOPS_\\w+) file: open'), (group) =>
    about(
      'settings',
      `the file that ${group('where')} names cannot be read`,
      `correct ${group('where')}`,
    ),
  ),
  row(wrapped('no identity matched any of the recipients'), () =>
    about(
      'login',
      'the key is none of those that it was encrypted for',
      `give the right key as ${KEY}, or encrypt it for yours too: \`sops updatekeys\` by who can read it`,
    ),
  ),
  row(wrapped('Did not find keys in locations'), () =>
    about('login', 'there is no key here', `give the key as ${KEY}`),
  ),
  row(wrapped('no master key was able to decrypt the file'), () =>
    about('login', 'no key that is here opens it', `give the right key as ${KEY}`),
  ),
  row(/sops metadata not found/gu, () =>
    about(
      'damaged',
      'it is not encrypted',
      'encrypt it with `sops encrypt --in-place`, and make new secrets where it was pushed: they are in the history',
    ),
  ),
  row(/MAC mismatch/gu, () =>
    about(
      'damaged',
      'it was changed without sops since it was encrypted',
      'take the last commit of it that sops wrote, and change it with `sops edit`',
    ),
  ),
  row(/does not match sops' data format/gu, () =>
    about(
      'damaged',
      'one of its values is not encrypted',
      'change it with `sops edit` only, and make a new secret where it was pushed: it is in the history',
    ),
  ),
  row(/Could not decrypt value|cipher: message authentication failed/gu, () =>
    about(
      'damaged',
      'one of its values was damaged since it was encrypted',
      'take the last commit of it that sops wrote, and change it with `sops edit`',
    ),
  ),
  row(/Error unmarshalling input|parsing time/gu, () =>
    about('damaged', 'it is no whole file of sops', 'take the last commit of it that sops wrote'),
  ),
];
