import { fileURLToPath } from 'node:url';
import type { SchemaAnswer, SchemaQuestion } from '../core/charts/schema.ts';
import { objectOf } from '../core/json.ts';
import { TimedOut } from '../failure.ts';
import { exec } from './exec.ts';
import { keptAnswer } from './schema-kept.ts';

/** Real schemas take a quarter of a second for 200 hubs. */
const LIMITS: SchemaLimits = { timeoutMs: 20_000, memoryMb: 512 };

export interface SchemaLimits {
  timeoutMs: number;
  memoryMb: number;
}

/** The child beside us: its source in a checkout, its bundle in a release. */
function child(): string {
  const name = import.meta.url.endsWith('.ts') ? './schema-child.ts' : './schema.js';
  return fileURLToPath(new URL(name, import.meta.url));
}

/**
 * Holds values to a chart's schema, which is compiled in a process that is ended at its limits of time and memory. A
 * release keeps the answer, because starting that process is a quarter of a check.
 */
export async function askSchema(
  question: SchemaQuestion,
  limits: SchemaLimits = LIMITS,
): Promise<SchemaAnswer> {
  const input = JSON.stringify(question);
  const file = child();
  if (file.endsWith('.ts')) return answerOf(file, input, limits);
  return keptAnswer(file, input, () => answerOf(file, input, limits));
}

async function answerOf(
  file: string,
  input: string,
  { timeoutMs, memoryMb }: SchemaLimits,
): Promise<SchemaAnswer> {
  const args = [`--max-old-space-size=${memoryMb}`, '--no-warnings', file];
  try {
    const { code, stdout } = await exec(process.execPath, args, { input, timeoutMs });
    const answer: unknown = code === 0 ? objectOf(stdout) : undefined;
    return isAnswer(answer)
      ? answer
      : { kind: 'unusable', why: `it takes more than ${memoryMb} MB` };
  } catch (error) {
    if (!(error instanceof TimedOut)) throw error;
    return { kind: 'unusable', why: `it takes more than ${timeoutMs / 1000} s` };
  }
}

function isAnswer(value: unknown): value is SchemaAnswer {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  return value.kind === 'checked' || value.kind === 'unusable';
}
