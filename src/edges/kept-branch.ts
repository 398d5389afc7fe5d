import { readRefusals } from '../core/refusals/read.ts';
import { refusalsText } from '../core/refusals/refusal.ts';
import type { RefusalKind } from '../core/refusals/refusal.ts';
import { Failure } from '../failure.ts';
import { exec } from './exec.ts';
import type { ExecOptions, ExecResult } from './exec.ts';
import { UNATTENDED, pathsAt, textsAt } from './git.ts';

const TIMEOUT_MS = 30_000;
const WHO = 'GlacioCloud <glaciocloud@users.noreply.github.com>';

/** What a branch is called, and how it is told that it cannot be written. */
export interface KeptBranch {
  branch: string;
  /** `names cannot be kept`. */
  problem: string;
  hint: string;
}

/** Files at the top of a branch, by name, and the message of the commit that writes them. */
export interface KeptFiles {
  files: ReadonlyMap<string, string>;
  message: string;
}

/**
 * Files at the top of the branch, as the repository has them that the clone at `root` came from; empty where the branch
 * is not there yet.
 */
export async function readKept(root: string, { branch }: KeptBranch): Promise<Map<string, string>> {
  if (await hasOrigin(root)) await lookAgain(root, branch);
  const commit = await keptCommit(root, branch);
  if (commit === undefined) return new Map();
  const paths = await pathsAt(root, commit);
  const atTop = paths.filter((path) => !path.includes('/'));
  return textsAt(root, commit, atTop);
}

/** One commit upon the branch as it was read last; the working tree is not touched. */
export async function writeKept(root: string, kept: KeptBranch, made: KeptFiles): Promise<void> {
  const parent = await keptCommit(root, kept.branch);
  const ref = refOf(kept.branch);
  await must(root, kept, ['fast-import', '--quiet', '--force'], {
    input: commitOf(kept.branch, made, parent),
  });
  if (!(await hasOrigin(root))) return;
  await must(root, kept, ['push', '--quiet', 'origin', `${ref}:${ref}`], { timeoutMs: TIMEOUT_MS });
  await must(root, kept, ['update-ref', remoteRef(kept.branch), ref]);
}

/**
 * Branches anew, each from one commit with these files only: what stood there before is in nobody's history of it. All
 * of them or none, and only where they are as they were read last.
 */
export async function restartKept(
  root: string,
  branches: readonly { kept: KeptBranch; made: KeptFiles }[],
): Promise<void> {
  const leases: string[] = [];
  for (const { kept, made } of branches) {
    const before = (await keptCommit(root, kept.branch)) ?? '';
    leases.push(`--force-with-lease=${refOf(kept.branch)}:${before}`);
    const input = commitOf(kept.branch, made, undefined);
    await must(root, kept, ['fast-import', '--quiet', '--force'], { input });
  }
  const [first] = branches;
  if (!first || !(await hasOrigin(root))) return;
  const refs = branches.map(({ kept }) => `+${refOf(kept.branch)}:${refOf(kept.branch)}`);
  const push = ['push', '--quiet', '--atomic', ...leases, 'origin', ...refs];
  await must(root, first.kept, push, { timeoutMs: TIMEOUT_MS });
  for (const { kept } of branches)
    await must(root, kept, ['update-ref', remoteRef(kept.branch), refOf(kept.branch)]);
}

function refOf(branch: string): string {
  return `refs/heads/${branch}`;
}

function remoteRef(branch: string): string {
  return `refs/remotes/origin/${branch}`;
}

/** Where nobody answers, what was fetched last counts: what is written upon it cannot be pushed. */
async function lookAgain(root: string, branch: string): Promise<void> {
  const refs = `+${refOf(branch)}:${remoteRef(branch)}`;
  const fetch = ['fetch', '--quiet', '--no-tags', 'origin', refs];
  await run(root, fetch, { timeoutMs: TIMEOUT_MS }).catch(() => undefined);
}

/** What the repository has. The branch here may hold what could not be pushed: it counts where nothing else is. */
async function keptCommit(root: string, branch: string): Promise<string | undefined> {
  const ref = (await hasOrigin(root)) ? remoteRef(branch) : refOf(branch);
  const { code, stdout } = await run(root, ['rev-parse', '--verify', '--quiet', ref]);
  return code === 0 ? stdout.trim() : undefined;
}

async function hasOrigin(root: string): Promise<boolean> {
  return (await run(root, ['remote'])).stdout.split('\n').includes('origin');
}

/** A commit in the language of `git fast-import`. */
function commitOf(
  branch: string,
  { files, message }: KeptFiles,
  parent: string | undefined,
): string {
  const written = [...files].map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`);
  const from = parent === undefined ? '' : `from ${parent}\n`;
  const time = Math.floor(Date.now() / 1000);
  return `commit ${refOf(branch)}\ncommitter ${WHO} ${time} +0000\n${data(message)}${from}${written.join('')}`;
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

/** What whoever asked for it can say better. */
const OUR_OWN: readonly RefusalKind[] = ['denied', 'conflict', 'unknown'];

async function must(
  root: string,
  { problem, hint }: KeptBranch,
  args: readonly string[],
  options?: Options,
): Promise<void> {
  const { code, stderr } = await run(root, args, options);
  if (code === 0) return;
  const all = readRefusals('git', stderr);
  const [{ kind, cure }] = all;
  throw new Failure(`${problem}: git ${args[0] ?? ''}: ${refusalsText(all)}`, {
    hint: OUR_OWN.includes(kind) ? hint : `${cure}, then ${hint}`,
  });
}
