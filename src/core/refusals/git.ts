import { quote, row } from './refusal.ts';
import type { Refusal, RefusalKind, Row } from './refusal.ts';

function about(kind: RefusalKind, text: string, cure: string): Refusal {
  return { kind, object: '', field: '', text, cure };
}

/** Helper rows of a push: the remote's own words stand in lines before, each behind `remote: `. */
const PUSHED: readonly Row[] = [
  row(
    /^(?<words>(?:remote: .*\n)*)(?:To .*\n)?[ \t]*! \[remote rejected\] (?<branch>\S+).*\((?<why>[^)]*)\)/gmu,
    (group) =>
      about(
        'denied',
        `a rule of the repository keeps ${group('branch')} as it is: ${quote(remoteWords(group('words')) || group('why'), 200)}`,
        'let who pushes here pass that rule (a bypass of the ruleset or of the branch protection)',
      ),
  ),
  row(/! \[rejected\] +(?<branch>\S+).*/gu, (group) =>
    about('conflict', `somebody else has pushed to ${group('branch')} meanwhile`, 'run this again'),
  ),
  row(/src refspec (?<branch>\S+) does not match any/gu, (group) =>
    about('not-found', `there is no branch ${group('branch')} here`, 'run this again'),
  ),
];

function remoteWords(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(/^remote: (?:error: )?/u, '').trim());
  return lines.filter((line) => line !== '').join(' ');
}

const READS_ONLY = [
  String.raw`Permission to (?<repository>\S+) denied to (?<who>\S+?)\.?$`,
  'Write access to repository not granted',
];
const UNKNOWN = [
  'Authentication failed',
  'could not read (?:Username|Password)',
  'terminal prompts disabled',
  String.raw`Permission denied \(`,
  'Invalid username or (?:token|password)',
];
const SILENT = [
  String.raw`Failed to connect to (?<host>\S+)`,
  String.raw`connect to host (?<ssh>\S+)`,
  'Connection (?:refused|timed out)',
  "Couldn't connect to server",
];

/** Who we are to the remote. */
const RIGHTS: readonly Row[] = [
  row(
    new RegExp(
      String.raw`^(?:remote: .*\n)*.*(?:${READS_ONLY.join('|')})(?:\n.*error: 403)?`,
      'gmu',
    ),
    (group) =>
      about(
        'forbidden',
        group('who') === ''
          ? 'the credentials may not write to the repository'
          : `${group('who')} may not write to ${group('repository')}`,
        'in GitHub Actions the job needs `permissions: {contents: write}`; a deploy key needs write access',
      ),
  ),
  row(new RegExp(UNKNOWN.join('|'), 'gu'), () =>
    about(
      'login',
      'the remote repository asks who this is',
      'give git credentials that it can use unasked (a token, a key of ssh)',
    ),
  ),
  row(/returned error: 403/gu, () =>
    about(
      'forbidden',
      'the credentials may not do it there',
      'see what rights the token or key has',
    ),
  ),
  row(/repository '(?<address>[^']*)' not found|Repository not found/gu, () =>
    about(
      'not-found',
      'there is no such repository, or the credentials may not see it',
      'see `git remote -v`, and what the token or key may read',
    ),
  ),
];

const NETWORK: readonly Row[] = [
  row(/Could not resolve host(?:name)?:? (?<host>[^\s:]+)/gu, (group) =>
    about('unreachable', `DNS knows no ${group('host')}`, 'see `git remote -v`'),
  ),
  row(new RegExp(SILENT.join('|'), 'gu'), (group) =>
    about(
      'unreachable',
      `${group('host') || group('ssh') || 'the remote'} does not answer`,
      'see that this machine reaches it',
    ),
  ),
  row(
    /certificate verification failed|SSL certificate problem|Host key verification failed/gu,
    () =>
      about(
        'certificate',
        'the remote is not who it should be, by its certificate or host key',
        'see whether something stands between; a proxy of your own is made known to git by `http.sslCAInfo`',
      ),
  ),
  row(/returned error: (?<code>\d+)/gu, (group) =>
    about('unavailable', `the remote answers with code ${group('code')}`, `wait a little`),
  ),
];

const LOCAL: readonly Row[] = [
  row(/'(?<where>[^']*)' does not appear to be a git repository/gu, (group) =>
    about(
      'not-found',
      `there is no repository at ${group('where')}`,
      'correct it: `git remote -v`',
    ),
  ),
  row(/not a git repository/gu, () =>
    about(
      'not-found',
      'this is no clone of a repository',
      'run it in a clone of the platform’s repository',
    ),
  ),
  row(/dubious ownership/gu, () =>
    about(
      'forbidden',
      'the clone belongs to another user',
      'run it as that user, or `git config --global --add safe.directory DIR` for it',
    ),
  ),
  row(/ignoring broken ref (?<ref>\S+)/gu, (group) =>
    about(
      'damaged',
      `its ref ${group('ref')} is broken`,
      'look with `git fsck`, or clone it again',
    ),
  ),
  row(/Not a valid object name/gu, () =>
    about('damaged', 'its commit is not in this clone', '`git fetch`, or clone it again'),
  ),
  row(/No space left on device/gu, () => about('unavailable', 'the disk is full', `make room`)),
];

export const GIT: readonly Row[] = [...PUSHED, ...RIGHTS, ...LOCAL, ...NETWORK];
