import { fileURLToPath } from 'node:url';
import type { SchemaAnswer, SchemaQuestion } from '../core/charts/schema.ts';
import { objectOf } from '../core/json.ts';
import { TimedOut } from '../failure.ts';
import { exec } from './exec.ts';

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

/** Holds values to a chart's schema, which is compiled in a process that is ended at its limits of time and memory. */
export async function askSchema(
  question: SchemaQuestion,
  { timeoutMs, memoryMb }: SchemaLimits = LIMITS,
): Promise<SchemaAnswer> {
  const args = [`--max-old-space-size=${memoryMb}`, '--no-warnings', child()];
  try {
    const input = JSON.stringify(question);
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
