import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lastWords } from '../core/refusals/words.ts';
import { Failure, HelmFailure } from '../failure.ts';
import type { RenderRequest } from '../ports/releases.ts';
import { exec } from './exec.ts';
import { helmFailure } from './helm-failure.ts';
import { findTool } from './tools.ts';

class HelmMissing extends Failure {}

export interface Helm {
  program: string;
  version: string;
  major: 3 | 4;
}

const NEEDED = 'Helm 3.17 or newer';

/** GLACIOCLOUD_HELM, then the PATH, then what `npm run tools` unpacked. */
export async function findHelm(): Promise<Helm> {
  const program = findTool('helm');
  if (program === undefined) {
    const named = process.env['GLACIOCLOUD_HELM'];
    throw new HelmMissing(`${NEEDED} not found${named === undefined ? '' : ` at ${named}`}`, {
      hint: 'install it, or run `npm run tools`',
    });
  }
  const { code, stdout, stderr } = await exec(program, ['version', '--template', '{{.Version}}']);
  const parts = /^v?([0-9]+)\.([0-9]+)/u.exec(stdout.trim());
  const [major, minor] = [Number(parts?.[1]), Number(parts?.[2])];
  if (code !== 0 || !parts)
    throw new HelmFailure(
      `${program} does not answer as Helm does: ${lastWords('it', stderr || stdout)}`,
      { hint: `put ${NEEDED} on the PATH` },
    );
  if (!(major === 4 || (major === 3 && minor >= 17)))
    throw new HelmMissing(`${program} is Helm ${stdout.trim()}, and ${NEEDED} is needed`, {
      hint: 'install it, or run `npm run tools`',
    });
  return { program, version: stdout.trim(), major };
}

/** Settings and plugins of whoever runs us do not reach Helm. */
export function helmHome(folder: string): Record<string, string> {
  return {
    HELM_CACHE_HOME: folder,
    HELM_CONFIG_HOME: folder,
    HELM_DATA_HOME: folder,
    HELM_PLUGINS: folder,
  };
}

export interface TemplateRequest extends RenderRequest {
  /** A folder of our own for the values files. */
  scratch: string;
}

/** Renders with values by file. The chart's schema is not applied again: it was, with better messages. */
export async function template(helm: Helm, request: TemplateRequest): Promise<string> {
  const values = join(request.scratch, `${request.release}.values.json`);
  const placeholders = join(request.scratch, `${request.release}.placeholders.json`);
  await writeFile(values, JSON.stringify(request.values));
  await writeFile(placeholders, JSON.stringify(request.placeholders));
  const args = [
    'template',
    request.release,
    request.chart,
    '--namespace',
    request.namespace,
    '--values',
    values,
    '--values',
    placeholders,
  ];
  const result = await exec(
    helm.program,
    [
      ...args,
      '--kube-version',
      `${request.kubernetes}.0`,
      '--skip-schema-validation',
      '--skip-tests',
    ],
    {
      env: { KUBECONFIG: '/dev/null', ...helmHome(request.scratch) },
      timeoutMs: 120_000,
    },
  );
  if (result.code !== 0)
    throw helmFailure(
      `Helm cannot render ${request.release}`,
      result.stderr,
      'correct the value in the file of the hub, below `values:`',
    );
  return result.stdout;
}
