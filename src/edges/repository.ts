import { exec } from './exec.ts';

async function said(root: string, ...args: string[]): Promise<string | undefined> {
  const result = await exec('git', ['-C', root, ...args]).catch(() => undefined);
  return result?.code === 0 ? result.stdout.trim() : undefined;
}

/** The folder at the top of the repository that `root` is in; `root` itself outside of any. */
export async function topFolder(root: string): Promise<string> {
  return (await said(root, 'rev-parse', '--show-toplevel')) ?? root;
}

/** `OWNER/NAME` on github.com of the repository that a clone came from. */
export async function originRepository(root: string): Promise<string | undefined> {
  const address = (await said(root, 'remote', 'get-url', 'origin')) ?? '';
  const place = /^(?:https:\/\/(?:[^@/]*@)?|ssh:\/\/git@|git@)github\.com[/:](.+)$/u.exec(address);
  const name = /^([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/u.exec(place?.[1] ?? '');
  return name?.[1];
}
