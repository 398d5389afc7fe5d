import { expect, test } from '@jest/globals';
import { tellDrift } from '../../src/commands/drift.ts';
import { commitMessage, oneLine, screen } from '../../src/core/escape.ts';
import { deployMarkdown, deployText } from '../../src/core/show/deploy-text.ts';
import type { ShownResult } from '../../src/core/show/deploy-text.ts';
import { HOSTILE, expectLine, expectMarkdown, expectScreen } from './targets.ts';
import { fc } from '../support/property.ts';

const seconds = { preflight: 1, upgrade: 2, rollout: 3, health: 4 };
const RUNS = { numRuns: 200 };

/** A unit's result and its health, with the same hostile text in every place. */
const RESULT = HOSTILE.map((text): ShownResult => ({
  unit: { kind: 'hub', cluster: text, name: text },
  kind: 'upgrade',
  code: 'product',
  outcome: 'failed',
  reason: text,
  seconds,
  health: [{ image: text, check: text, ok: false, seconds: 1, detail: text }],
}));

test('results in a terminal', () => {
  fc.assert(
    fc.property(RESULT, (result) => {
      const text = deployText([result, result]);
      expect(text.split('\n')).toHaveLength(5);
      expectScreen(screen(text));
    }),
    RUNS,
  );
});

test('results in a summary', () => {
  fc.assert(
    fc.property(RESULT, (result) => {
      const text = deployMarkdown([result, result]);
      const rows = text.split('\n');
      expect(rows).toHaveLength(10);
      for (const row of rows.slice(0, 4)) expect(cells(row)).toBe(10);
      for (const row of rows.slice(5, 9)) expect(cells(row)).toBe(8);
      expectMarkdown(text);
    }),
    RUNS,
  );
});

const cells = (row: string): number => row.replaceAll(/\\./gu, '').split('|').length;

test('an issue about drift', async () => {
  await fc.assert(
    fc.asyncProperty(HOSTILE, HOSTILE, async (one, other) => {
      const told: string[] = [];
      const kept: string[] = [];
      // A double: it keeps what GitHub would be told.
      const github = {
        openIssue: (_labels: readonly string[], _title: string, body: string) =>
          Promise.resolve(told.push(body)),
        closeIssue: (_labels: readonly string[], why: string) => {
          told.push(why);
          return Promise.resolve();
        },
      };
      const fields = [{ path: one, from: other, to: { [one]: other } }];
      const drift = [
        { object: one, kind: 'changed' as const, fields },
        { object: other, kind: 'missing' as const, fields: [] },
      ];
      const foreign = [{ object: one, manager: other, time: one }];
      const found = [
        { hub: one, drift, foreign },
        { hub: one, drift: [], foreign: [] },
      ];
      await tellDrift(github, found, { progress: (text) => void kept.push(text) });
      expect(told).toHaveLength(2);
      for (const text of told) expectMarkdown(text);
      for (const text of kept) expectScreen(screen(text));
    }),
    RUNS,
  );
});

test('titles, descriptions and commits', () => {
  fc.assert(
    fc.property(HOSTILE, (text) => {
      expectLine(oneLine(text));
      const message = commitMessage(text);
      expectLine(message);
      expect(message).not.toMatch(/@(?=[\p{L}\p{N}])|#\d|\bgh-\d/iu);
    }),
    RUNS,
  );
});

test('anything in a log', () => {
  fc.assert(
    fc.property(HOSTILE, (text) => {
      expectScreen(screen(text));
      expectScreen(screen(`· ${text}\n`));
    }),
    RUNS,
  );
});
