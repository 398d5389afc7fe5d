import { readFile, writeFile } from 'node:fs/promises';
import { dump } from 'js-yaml';
import { actionInputs } from '../src/inputs.ts';

/** Files made from the code's own tables. `node scripts/generate.ts` writes them; a test compares. */
export function generated(): Map<string, string> {
  const inputs = Object.fromEntries(Object.entries(actionInputs()).map(([name, description]) => [name, { description, required: name === 'command' }]));
  const outputs = {
    result: { description: 'the result as JSON, as the CLI prints it with --json' },
    digest: { description: 'digest of the plan' },
    has_changes: { description: 'true or false: whether the plan changes anything' },
    number: { description: 'of pull-request: number of the pull request, or empty' },
    head: { description: 'of pull-request: commit that was checked' },
    merge: { description: 'of pull-request: commit that merging would give' },
  };
  const action = {
    name: 'GlacioCloud',
    description: 'JupyterHubs from one git repository: check, plan, deploy, prove healthy',
    branding: { icon: 'cloud-snow', color: 'blue' },
    inputs,
    outputs,
    runs: { using: 'node24', main: 'dist/index.js' },
  };
  return new Map([['action.yml', `# Made by scripts/generate.ts from the table in src/inputs.ts.\n${dump(action, { lineWidth: -1 })}`]]);
}

if (import.meta.main) {
  for (const [file, text] of generated()) {
    if ((await readFile(file, 'utf8').catch(() => '')) !== text) await writeFile(file, text);
  }
}
