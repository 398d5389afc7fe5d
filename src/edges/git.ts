import { lstat, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { readRefusals } from '../core/refusals/read.ts';
import { refusalsText } from '../core/refusals/refusal.ts';
import { Failure, messageOf } from '../failure.ts';
import { exec } from './exec.ts';

/** Commit that is checked out at `root`, or undefined outside a repository. */
export async function headCommit(root: string): Promise<string | undefined> {
  const result = await exec('git', ['-C', root, 'rev-parse', '--verify', '--quiet', 'HEAD']).catch(
    () => undefined,
  );
  return result?.code === 0 ? result.stdout.trim() : undefined;
}

/** Whether a folder lies in a repository, with or without a commit. */
export async function isInGit(root: string): Promise<boolean> {
  const result = await exec('git', ['-C', root, 'rev-parse', '--git-dir']).catch(() => undefined);
  return result?.code === 0;
}

/** Where a folder lies in its repository: empty at the top, else with a slash at its end. */
export async function folderInRepository(root: string): Promise<string> {
  return (await asked(root, ['rev-parse', '--show-prefix'])).replace(/\n$/u, '');
}

/** Message of that commit. */
export async function headMessage(root: string): Promise<string | undefined> {
  const result = await exec('git', ['-C', root, 'log', '-1', '--format=%B']).catch(() => undefined);
  return result?.code === 0 ? result.stdout : undefined;
}

/** Seconds since 1970 at which that commit was made. */
export async function headTime(root: string): Promise<number | undefined> {
  const result = await exec('git', ['-C', root, 'log', '-1', '--format=%ct']).catch(
    () => undefined,
  );
  return result?.code === 0 ? Number(result.stdout.trim()) : undefined;
}

/** What a look for the branch `deployed` found: its commit, or that it is nowhere, and where that was asked. */
export type DeployedRef = { kind: 'found'; commit: string } | { kind: 'none'; looked: string };

const DEPLOYED = 'refs/heads/deployed';

/** What git may use to ask a remote; it never waits for somebody to type. */
export const UNATTENDED = {
  GIT_TERMINAL_PROMPT: '0',
  GIT_SSH_COMMAND: 'ssh -oBatchMode=yes -oConnectTimeout=10',
};
const REMOTE_TIMEOUT_MS = 30_000;

/** The branch that `deploy` keeps: the remote's as last fetched, or a local one. Fails where it cannot look. */
export async function deployedRef(root: string): Promise<DeployedRef> {
  await confirmRepository(root);
  const found = await knownRefs(root);
  const best =
    found.get('refs/remotes/origin/deployed') ?? found.get(DEPLOYED) ?? [...found.values()][0];
  if (best !== undefined) {
    await confirmWhole(root, best);
    return { kind: 'found', commit: best };
  }
  const remotes = lines(await asked(root, ['remote']));
  const shallow = (await asked(root, ['rev-parse', '--is-shallow-repository'])).trim() === 'true';
  if (remotes.length === 0 && shallow)
    throw new Failure('what is deployed cannot be looked up: this is a shallow clone', {
      hint: `${WHOLE}; it has no remote that could be asked`,
    });
  if (remotes.length === 0 && (await wasCloned(root)))
    throw new Failure('what is deployed cannot be looked up: this clone has no remote any more', {
      hint: 'name it again: git remote add origin URL && git fetch origin',
    });
  const looked: string[] = [];
  for (const remote of remotes) looked.push(await askRemote(root, remote, shallow));
  return { kind: 'none', looked: ['no branch `deployed` in this clone', ...looked].join(', ') };
}

const WHOLE = 'clone the whole repository (`fetch-depth: 0` in GitHub Actions)';

/** A clone may have had some branches only, and without its remote nobody knows which there were. */
async function wasCloned(root: string): Promise<boolean> {
  const { code, stdout } = await exec('git', ['-C', root, 'reflog', '--format=%gs', 'HEAD']);
  return code === 0 && lines(stdout).some((line) => line.startsWith('clone: from '));
}

/** A folder named `.git` that git passes over is broken, and the repository further up is another one. */
async function confirmRepository(root: string): Promise<void> {
  const { code, stdout, stderr } = await exec('git', ['-C', root, 'rev-parse', '--show-toplevel']);
  const marked = await markedFolder(root);
  const top = stdout.replace(/\n$/u, '');
  if (code === 0 && (marked === undefined || top === marked)) return;
  const why = code === 0 ? `${marked ?? root}/.git is no repository` : whyOf(stderr);
  throw new Failure(`what is deployed cannot be looked up: ${why}`, {
    hint: repositoryHint(stderr, marked),
  });
}

function repositoryHint(stderr: string, marked: string | undefined): string {
  if (stderr.includes('dubious ownership'))
    return 'it belongs to another user: run it as that user, or `git config --global --add safe.directory DIR` for it';
  return marked === undefined
    ? 'run it in a clone of the platform’s repository; a new platform needs `git init` first'
    : 'the repository is broken: look with `git status`, or clone it again';
}

/** The nearest folder from `root` upwards that has something named `.git`, without symbolic links. */
async function markedFolder(root: string): Promise<string | undefined> {
  const start = await realpath(root).catch(() => resolve(root));
  for (let folder = start; ; folder = dirname(folder)) {
    const found = await lstat(join(folder, '.git')).catch(() => undefined);
    if (found) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

/** Every branch `deployed` that this clone knows, by ref; a ref that git cannot read is no answer. */
async function knownRefs(root: string): Promise<Map<string, string>> {
  const patterns = [DEPLOYED, 'refs/remotes/*/deployed'];
  const args = ['for-each-ref', '--format=%(refname) %(objectname)', ...patterns];
  const { code, stdout, stderr } = await exec('git', ['-C', root, ...args]);
  if (code !== 0 || stderr.includes('/deployed'))
    throw new Failure(`the branch \`deployed\` cannot be read: ${whyOf(stderr)}`, {
      hint: 'the repository is broken: look with `git fsck`, or clone it again',
    });
  return new Map(lines(stdout).map((line): [string, string] => cut(line, ' ')));
}

/** A clone may have a branch’s name without what is on it. */
async function confirmWhole(root: string, commit: string): Promise<void> {
  const { code, stderr } = await exec('git', ['-C', root, 'cat-file', '-e', `${commit}^{tree}`]);
  if (code !== 0)
    throw new Failure(`the branch \`deployed\` cannot be read: ${whyOf(stderr)}`, {
      hint: 'its commit is not in this clone: `git fetch`, or clone it again',
    });
}

/** Says where it looked. A whole clone answers for a remote that cannot be asked: it has what was last fetched. */
async function askRemote(root: string, remote: string, shallow: boolean): Promise<string> {
  const agent = process.env['SSH_AUTH_SOCK'];
  const answer = await exec('git', ['-C', root, 'ls-remote', '--exit-code', remote, DEPLOYED], {
    env: { ...UNATTENDED, ...(agent === undefined ? {} : { SSH_AUTH_SOCK: agent }) },
    timeoutMs: REMOTE_TIMEOUT_MS,
  }).catch((cause: unknown) => ({ code: 128, stderr: messageOf(cause) }));
  const fetch = `git fetch ${remote} +${DEPLOYED}:refs/remotes/${remote}/deployed`;
  if (answer.code === 0)
    throw new Failure(`the branch \`deployed\` is at ${remote}, but not in this clone`, {
      hint: `get it: ${fetch}`,
    });
  if (answer.code === 2) return `nor at ${remote}`;
  if (!shallow && (await fetchesAll(root, remote))) return `nor at ${remote} as last fetched`;
  throw new Failure(
    `what is deployed cannot be looked up: this clone has not all branches of ${remote}, and ${remote} cannot be asked: ${whyOf(answer.stderr)}`,
    { hint: `${WHOLE}, or get the branch: ${fetch}` },
  );
}

/** Whether all branches of a remote come with a fetch, and there was one. */
async function fetchesAll(root: string, remote: string): Promise<boolean> {
  const { stdout } = await exec('git', [
    '-C',
    root,
    'config',
    '--get-all',
    `remote.${remote}.fetch`,
  ]);
  const all = lines(stdout).some((spec) => spec.replace(/^\+/u, '').startsWith('refs/heads/*:'));
  const fetched = await asked(root, ['for-each-ref', '--count=1', `refs/remotes/${remote}`]);
  return all && fetched !== '';
}

async function asked(root: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await exec('git', ['-C', root, ...args]);
  if (code !== 0)
    throw new Failure(`git ${args[0] ?? ''} failed: ${whyOf(stderr)}`, {
      hint: 'the repository is broken: look with `git fsck`, or clone it again',
    });
  return stdout;
}

function whyOf(stderr: string): string {
  return refusalsText(readRefusals('git', stderr));
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

function cut(text: string, at: string): [string, string] {
  const where = text.indexOf(at);
  return [text.slice(0, where), text.slice(where + at.length)];
}

/** Files of a commit. Git cannot be asked for the text of one whose name has a line break. */
export async function pathsAt(root: string, commit: string): Promise<string[]> {
  const listed = await asked(root, ['ls-tree', '-r', '-z', '--name-only', '--full-tree', commit]);
  return listed.split('\0').filter((path) => path !== '' && !path.includes('\n'));
}

/** Texts of some files of a commit; one process, however many files. */
export async function textsAt(
  root: string,
  commit: string,
  paths: readonly string[],
): Promise<Map<string, string>> {
  if (paths.length === 0) return new Map();
  const { bytes } = await exec('git', ['-C', root, 'cat-file', '--batch'], {
    input: paths.map((path) => `${commit}:${path}\n`).join(''),
  });
  const files = new Map<string, string>();
  let offset = 0;
  for (const path of paths) {
    const end = bytes.indexOf(10, offset);
    const size = Number(bytes.subarray(offset, end).toString('utf8').split(' ').at(2));
    if (end < offset || Number.isNaN(size))
      throw new Failure(`${path} cannot be read from commit ${commit.slice(0, 7)}`, {
        hint: 'it is not in this clone: `git fetch`, or clone the repository again',
      });
    files.set(path, bytes.subarray(end + 1, end + 1 + size).toString('utf8'));
    offset = end + 1 + size + 1;
  }
  return files;
}

/** Commits up to `commit` that changed a folder at the top of its tree, newest first. */
export async function commitsOf(
  root: string,
  commit: string,
  folder: string,
  most: number,
): Promise<string[]> {
  const path = `:(top,literal)${folder}`;
  return lines(await asked(root, ['log', '--format=%H', `-n${most}`, commit, '--', path]));
}

/**
 * Files of one folder of `root` that differ between a commit and the one that is checked out; of a renamed file both
 * names. Undefined where the clone has no such commit.
 */
export async function pathsChangedSince(
  root: string,
  commit: string,
  folder: string,
): Promise<string[] | undefined> {
  await asked(root, ['rev-parse', '--git-dir']);
  const known = ['rev-parse', '--verify', '--quiet', `${commit}^{commit}`];
  if ((await exec('git', ['-C', root, ...known])).code !== 0) return undefined;
  const names = ['diff-tree', '-r', '-z', '--name-only', '--relative'];
  const listed = await asked(root, [...names, commit, 'HEAD', '--', folder]);
  return listed.split('\0').filter((path) => path !== '');
}

/** Files of the folder `root` that are in no commit and were not added; none where git does not say. */
export async function unseenByGit(root: string, paths: Iterable<string>): Promise<Set<string>> {
  const unseen = new Set<string>();
  for (const path of paths) {
    const added = ['ls-files', '--', path];
    const committed = ['log', '--all', '--max-count=1', '--format=%h', '--', path];
    const answers = [await answerOf(root, added), await answerOf(root, committed)];
    if (answers.every((one) => one === '')) unseen.add(path);
  }
  return unseen;
}

async function answerOf(root: string, args: readonly string[]): Promise<string | undefined> {
  const result = await exec('git', ['-C', root, ...args]).catch(() => undefined);
  return result?.code === 0 ? result.stdout : undefined;
}
