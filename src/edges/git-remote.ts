import { readRefusals } from '../core/refusals/read.ts';
import { refusalsText } from '../core/refusals/refusal.ts';
import { ImageFailure } from '../failure.ts';
import type { Refs } from '../ports/images.ts';
import { exec } from './exec.ts';
import { UNATTENDED } from './git.ts';

const TIMEOUT_MS = 60_000;
const COMMIT = /^[0-9a-f]{40}$/u;

async function commit(repository: string, ref: string): Promise<string> {
  if (COMMIT.test(ref)) return ref;
  const address = `https://github.com/${repository}`;
  const { code, stdout, stderr } = await exec(
    'git',
    ['ls-remote', '--', address, ref, `${ref}^{}`],
    {
      env: UNATTENDED,
      timeoutMs: TIMEOUT_MS,
    },
  );
  if (code !== 0)
    throw new ImageFailure(
      `${address} does not answer: ${refusalsText(readRefusals('git', stderr))}`,
      {
        hint: 'correct oggm.git in image.yaml, or run it again',
      },
    );
  const found = new Map(
    stdout.split('\n').map((line) => line.split('\t').reverse() as [string, string]),
  );
  // A tag that is an object of its own says its commit beside it.
  for (const name of [`refs/heads/${ref}`, `refs/tags/${ref}^{}`, `refs/tags/${ref}`]) {
    const sha = found.get(name);
    if (sha !== undefined) return sha;
  }
  throw new ImageFailure(`${address} has no branch or tag ${ref}`, {
    hint: 'correct oggm.ref in image.yaml; a commit is written with its 40 digits',
  });
}

/** Repositories on GitHub, asked by git. */
export const githubRefs: Refs = { commit };
