import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SchemaAnswer } from '../core/charts/schema.ts';
import { objectOf } from '../core/json.ts';
import { cacheFolder, keep } from './chart-cache.ts';

/**
 * The answer to this very question by this very code. Only that all values are sound is kept: what is wrong is asked
 * again until it is mended.
 */
export async function keptAnswer(
  code: string,
  question: string,
  ask: () => Promise<SchemaAnswer>,
): Promise<SchemaAnswer> {
  const hash = createHash('sha256').update(await readFile(code));
  const key = hash.update('\0').update(question).digest('hex');
  const file = join(cacheFolder(), 'schemas', `${key}.json`);
  const { sound } = objectOf(await readFile(file, 'utf8').catch(() => '')) ?? {};
  if (typeof sound === 'number' && Number.isSafeInteger(sound) && sound >= 0)
    return { kind: 'checked', faults: Array.from({ length: sound }, () => []) };
  const answer = await ask();
  if (answer.kind === 'checked' && answer.faults.every((faults) => faults.length === 0))
    await keep(file, `${JSON.stringify({ sound: answer.faults.length })}\n`);
  return answer;
}
