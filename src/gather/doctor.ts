import type { WorkflowFacts } from '../core/doctor/workflows.ts';
import { hubOfSecrets } from '../core/credentials/encrypted.ts';
import { readTree } from '../edges/files.ts';
import type { FileTree } from '../edges/files.ts';
import { topFolder } from '../edges/repository.ts';
import { toolRoot } from '../edges/tool-root.ts';

const WORKFLOWS = '.github/workflows';

export interface DoctorFiles {
  workflows: WorkflowFacts;
  /** Text of .sops.yaml. */
  sops: string | undefined;
  /** Encrypted texts by hub. */
  secrets: ReadonlyMap<string, string>;
}

/** Files beside the platform's own, of the folder `root` and of the repository that it is in. */
export async function gatherDoctorFiles(root: string, tool = toolRoot()): Promise<DoctorFiles> {
  const top = await topFolder(root);
  const all = (): boolean => true;
  const beside = await readTree(root, ['.sops.yaml', 'secrets'], all);
  const above = await readTree(top, ['.sops.yaml', WORKFLOWS], all);
  const secrets = [...beside.files.keys()].flatMap((path): [string, string][] => {
    const hub = hubOfSecrets(path);
    return hub === undefined ? [] : [[hub, textOf(beside, path) ?? '']];
  });
  return {
    workflows: {
      here: workflowsOf(above),
      tool: workflowsOf(await readTree(tool, [WORKFLOWS], all)),
    },
    sops: textOf(beside, '.sops.yaml') ?? textOf(above, '.sops.yaml'),
    secrets: new Map(secrets),
  };
}

function workflowsOf(tree: FileTree): Map<string, string> {
  return new Map(
    [...tree.files.keys()].flatMap((path): [string, string][] =>
      /^\.github\/workflows\/[^/]+\.ya?ml$/u.test(path) ? [[path, textOf(tree, path) ?? '']] : [],
    ),
  );
}

function textOf({ files }: FileTree, path: string): string | undefined {
  const file = files.get(path);
  return file?.kind === 'text' ? file.text : undefined;
}
