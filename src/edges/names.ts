import { nameFile, nameText, readBook } from '../core/access/names.ts';
import type { NameBook } from '../core/access/names.ts';
import { Failure } from '../failure.ts';
import type { NameKeeper } from '../ports/access.ts';
import { exec } from './exec.ts';
import type { ExecOptions, ExecResult } from './exec.ts';
import { UNATTENDED, pathsAt, textsAt } from './git.ts';

const BRANCH = 'names';
const REF = `refs/heads/${BRANCH}`;
const REMOTE_REF = `refs/remotes/origin/${BRANCH}`;
const REMOTE_TIMEOUT_MS = 30_000;
const WHO = 'GlacioCloud <glaciocloud@users.noreply.github.com>';

/** The branch `names` of the clone at `root`, and of the repository that it came from. */
export function gitNames(root: string): NameKeeper {
  return { read: () => readNames(root), keep: (names) => keepNames(root, names) };
}

/** Empty where the branch is not there yet. */
async function readNames(root: string): Promise<NameBook | undefined> {
  if (await hasOrigin(root)) await lookAgain(root);
  const commit = await bookCommit(root);
  if (commit === undefined) return new Map();
  const paths = await pathsAt(root, commit);
  return readBook(
    await textsAt(
      root,
      commit,
      paths.filter((path) => !path.includes('/')),
    ),
  );
}

/** Where nobody answers, what was fetched last counts: a name that is given upon it cannot be pushed. */
async function lookAgain(root: string): Promise<void> {
  const fetch = ['fetch', '--quiet', '--no-tags', 'origin', `+${REF}:${REMOTE_REF}`];
  await run(root, fetch, { timeoutMs: REMOTE_TIMEOUT_MS }).catch(() => undefined);
}

/** What the repository has. The branch here may hold what could not be pushed: it counts where nothing else is. */
async function bookCommit(root: string): Promise<string | undefined> {
  const ref = (await hasOrigin(root)) ? REMOTE_REF : REF;
  const { code, stdout } = await run(root, ['rev-parse', '--verify', '--quiet', ref]);
  return code === 0 ? stdout.trim() : undefined;
}

async function hasOrigin(root: string): Promise<boolean> {
  return (await run(root, ['remote'])).stdout.split('\n').includes('origin');
}

/** One commit upon the branch as it was read; the working tree is not touched. */
async function keepNames(root: string, names: NameBook): Promise<void> {
  const parent = await bookCommit(root);
  await must(root, ['fast-import', '--quiet', '--force'], { input: commitOf(parent, names) });
  if (!(await hasOrigin(root))) return;
  await must(root, ['push', '--quiet', 'origin', `${REF}:${REF}`], {
    timeoutMs: REMOTE_TIMEOUT_MS,
  });
  await must(root, ['update-ref', REMOTE_REF, REF]);
}

/** A commit in the language of `git fast-import`. */
function commitOf(parent: string | undefined, names: NameBook): string {
  const message = `Names: ${names.size} given or with a home`;
  const files = [...names].map(
    ([id, given]) => `M 100644 inline ${nameFile(id)}\n${data(nameText(given))}`,
  );
  const from = parent === undefined ? '' : `from ${parent}\n`;
  return `commit ${REF}\ncommitter ${WHO} ${Math.floor(Date.now() / 1000)} +0000\n${data(message)}${from}${files.join('')}`;
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

type Options = Pick<ExecOptions, 'input' | 'timeoutMs'>;

/** Git never waits for somebody to type. */
function run(root: string, args: readonly string[], options: Options = {}): Promise<ExecResult> {
  const agent = process.env['SSH_AUTH_SOCK'];
  const env = { ...UNATTENDED, ...(agent === undefined ? {} : { SSH_AUTH_SOCK: agent }) };
  return exec('git', ['-C', root, ...args], { ...options, env });
}

async function must(root: string, args: readonly string[], options?: Options): Promise<void> {
  const { code, stderr } = await run(root, args, options);
  if (code !== 0)
    throw new Failure(`names cannot be kept: git ${args[0] ?? ''}: ${stderr.trim().slice(-200)}`, {
      hint: `run it again; nobody new enters until the branch ${BRANCH} can be written`,
    });
}
