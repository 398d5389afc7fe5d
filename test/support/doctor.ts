import type { Asked, Check, NotAsked } from '../../src/core/doctor/check.ts';
import { readPlatform } from '../../src/core/model/platform.ts';
import type { Platform } from '../../src/core/model/types.ts';
import { FILES, edited } from './apply-bench.ts';
import type { Edit } from './apply-bench.ts';

/** The small platform of deployments, edited. */
export function platformOf(...edits: Edit[]): Platform {
  const { platform, findings } = readPlatform(
    new Map(
      Object.entries(edited(FILES, edits)).map(([path, text]) => [path, { kind: 'text', text }]),
    ),
  );
  if (!platform || findings.length > 0) throw new Error(JSON.stringify(findings, null, 1));
  return platform;
}

export const answered = <T>(value: T): Asked<T> => ({ kind: 'answered', value });

export const NOT_ASKED: NotAsked = { kind: 'not-asked', why: 'nobody is there', set: 'do this' };

/** `✗ where: what`, and its command; for tables of expected values. */
export function brief({ state, where, what, fix }: Check): string[] {
  const marks = { ok: '✓', warning: '⚠', missing: '✗', unknown: '?' } as const;
  return [`${marks[state]} ${where}: ${what}`, ...(fix === '' ? [] : [fix])];
}

/** Of some checks those with an id. */
export function withId(checks: readonly Check[], id: string): string[] {
  return checks.filter((one) => one.id === id).flatMap(brief);
}
