import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { exec } from '../../src/edges/exec.ts';

interface Step {
  id?: string;
  if?: string;
  uses?: string;
  run?: string;
  with?: Record<string, string | number | boolean>;
}

export interface StepResult {
  id: string | undefined;
  command: string;
  code: number;
  log: string;
  outputs: Record<string, string>;
  summary: string;
}

export interface WorkflowRun {
  /** The folder that the job works in. */
  workspace: string;
  /** The bundle that `uses: ./` or `uses: ./.glaciocloud` stands for. */
  bundle: string;
  event: unknown;
  env: Record<string, string>;
  /** What the action prints, as it does. */
  onOutput?: (text: string) => void;
  /** Stands in for actions/checkout: `ref` and `path` as the step gives them. */
  checkout(given: { ref: string | undefined; path: string | undefined }): Promise<void>;
}

/**
 * A small stand-in for the runner: it executes the steps of a real workflow file with the bundle, as GitHub would.
 * Only the expressions that our workflows use are known; any other is an error.
 */
export async function runWorkflow(file: string, run: WorkflowRun): Promise<StepResult[]> {
  const workflow = load(await readFile(file, 'utf8')) as {
    jobs: Record<string, { steps: Step[] }>;
  };
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
  const results: StepResult[] = [];
  const outputs = new Map<string, Record<string, string>>();
  const evaluate = (expression: string): string => {
    const output = /^steps\.(\w+)\.outputs\.(\w+)$/u.exec(expression.trim());
    if (!output) throw new Error(`this runner does not know \${{ ${expression} }}`);
    return outputs.get(output[1] ?? '')?.[output[2] ?? ''] ?? '';
  };
  const fill = (value: string | number | boolean): string =>
    String(value).replaceAll(/\$\{\{(.+?)\}\}/gu, (_, expression: string) => evaluate(expression));
  const holds = (condition: string): boolean => {
    // After a failure this runner ends, so that what follows one need not be told apart.
    const inner = /^\$\{\{ !cancelled\(\) && (.+) \}\}$/u.exec(condition)?.[1] ?? condition;
    const compared = /^(.+?) != ''$/u.exec(inner);
    if (!compared) throw new Error(`this runner does not know if: ${condition}`);
    return evaluate(compared[1] ?? '') !== '';
  };
  for (const [index, step] of steps.entries()) {
    if (step.if !== undefined && !holds(step.if)) continue;
    const given = Object.fromEntries(
      Object.entries(step.with ?? {}).map(([name, value]) => [name, fill(value)]),
    );
    if (step.uses === './' || step.uses === './.glaciocloud') {
      const result = await runAction(run, join(run.workspace, `.runner-${index}`), given);
      if (step.id !== undefined) outputs.set(step.id, result.outputs);
      results.push({ ...result, id: step.id });
      if (result.code !== 0) break;
    } else if (step.uses?.startsWith('actions/checkout@') === true) {
      await run.checkout({ ref: given['ref'], path: given['path'] });
    } else if (step.uses?.startsWith('actions/upload-artifact@') !== true) {
      throw new Error(`this runner does not know the step ${JSON.stringify(step)}`);
    }
  }
  return results;
}

/** The bundle as the runner starts it: inputs as INPUT_*, outputs and summary as files, nothing else in the environment. */
export async function runAction(
  run: Omit<WorkflowRun, 'checkout'>,
  files: string,
  inputs: Record<string, string>,
): Promise<Omit<StepResult, 'id'>> {
  await mkdir(files, { recursive: true });
  const [output, summary, event] = [
    join(files, 'output'),
    join(files, 'summary'),
    join(files, 'event.json'),
  ];
  for (const path of [output, summary]) await writeFile(path, '');
  await writeFile(event, JSON.stringify(run.event));
  const env = {
    ...run.env,
    GITHUB_ACTIONS: 'true',
    GITHUB_OUTPUT: output,
    GITHUB_STEP_SUMMARY: summary,
    GITHUB_EVENT_PATH: event,
    ...Object.fromEntries(
      Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
    ),
  };
  const { code, stdout, stderr } = await exec(process.execPath, [run.bundle], {
    cwd: run.workspace,
    env,
    timeoutMs: 600_000,
    ...(run.onOutput ? { onStdout: run.onOutput } : {}),
  });
  const outputs = Object.fromEntries(
    [
      ...(await readFile(output, 'utf8')).matchAll(
        /^(\w+)<<(ghadelimiter_[\w-]+)\n([\s\S]*?)\n\2$/gmu,
      ),
    ].map(([, name, , value]) => [name ?? '', value ?? '']),
  );
  return {
    command: inputs['command'] ?? '',
    code,
    log: stdout + stderr,
    outputs,
    summary: await readFile(summary, 'utf8'),
  };
}
