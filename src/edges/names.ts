import { nameFile, nameText, readBook } from '../core/access/names.ts';
import type { NameBook } from '../core/access/names.ts';
import { Failure } from '../failure.ts';
import type { NameKeeper } from '../ports/access.ts';
import { exec } from './exec.ts';
import { branchRef, filesAt } from './git.ts';

const BRANCH = 'names';
const REF = `refs/heads/${BRANCH}`;
const WHO = 'GlacioCloud <glaciocloud@users.noreply.github.com>';

/** The branch `names` of the clone at `root`, and of the repository that it came from. */
export function gitNames(root: string): NameKeeper {
  return { read: () => readNames(root), keep: (names) => keepNames(root, names) };
}

/** Empty where the branch is not there yet. */
async function readNames(root: string): Promise<NameBook | undefined> {
  const commit = await branchRef(root, BRANCH);
  if (commit === undefined) return new Map();
  return readBook(await filesAt(root, commit, (path) => !path.includes('/')));
}

/** One commit upon the branch as it was read; the working tree is not touched. */
async function keepNames(root: string, names: NameBook): Promise<void> {
  const parent = await branchRef(root, BRANCH);
  // The branch here may be older, or hold what could not be pushed: the repository's own counts.
  await git(root, ['fast-import', '--quiet', '--force'], commitOf(parent, names));
  if ((await git(root, ['remote'])).split('\n').includes('origin'))
    await git(root, ['push', '--quiet', 'origin', `${REF}:${REF}`]);
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

async function git(root: string, args: readonly string[], input?: string): Promise<string> {
  const options = input === undefined ? {} : { input };
  const { code, stdout, stderr } = await exec('git', ['-C', root, ...args], options);
  if (code !== 0)
    throw new Failure(`names cannot be kept: git ${args[0] ?? ''}: ${stderr.trim().slice(-200)}`, {
      hint: `fetch the branch ${BRANCH} and run it again; nobody new enters until then`,
    });
  return stdout;
}
