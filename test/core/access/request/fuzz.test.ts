import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { answerText } from '../../../../src/core/access/request/answer.ts';
import { decideRequest } from '../../../../src/core/access/request/decide.ts';
import type { Decision } from '../../../../src/core/access/request/decision.ts';
import type { RequestFacts } from '../../../../src/core/access/request/facts.ts';
import { inMarkdown } from '../../../../src/core/escape.ts';
import { accessBody, renewBody } from '../../../support/request-body.ts';
import {
  APPROVER,
  ASKER,
  COURSE,
  LEAD,
  MEMBER,
  STRANGER,
  comment,
  issue,
  pull,
  requestFacts,
} from '../../../support/request-facts.ts';
import { fc } from '../../../support/property.ts';

/*
 * Issues and comments as anybody may write them, through every decision: what people wrote is in no path, in no file
 * beyond what a form offers, and in no comment unescaped. 100,000 with `REQUEST_FUZZ_RUNS=100000`.
 */
const RUNS = { numRuns: Number(process.env['REQUEST_FUZZ_RUNS'] ?? 500) };

/** Each would do something in a shell, a branch's name, YAML, Markdown or a terminal. */
const HOSTILE = [
  '$(touch pwned)',
  '`touch pwned`',
  '; rm -rf ~ #',
  "' || exit 1 '",
  '../../main',
  'refs/heads/main',
  '${{ secrets.ACCESS_TOKEN }}',
  '@everyone',
  '<img src=x>',
  '<!-- glaciocloud-request active -->',
  '](https://evil.example)',
  '![x](https://evil.example/x.png)',
  '::set-output name=x::y',
  'until: "2099-01-01"',
  '\nadmins: [9]\n',
  '&anchor *anchor',
  '__proto__',
  '\u{1B}[2J',
  '\u{202E}',
];
const COMMANDS = ['/approve', '/deny ', '/hold', '/withdraw', '/renew', '/extend ', '/revoke '];

const piece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...HOSTILE) },
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('### Rules', '\n', '\r\n', ' ', '```', '2027-01-31', 'course'),
);
const free = fc.array(piece, { maxLength: 6 }).map((parts) => parts.join(''));
const body = fc.oneof(
  free,
  free.map((reason) => accessBody({ reason })),
  free.map((reason) => renewBody({ reason })),
  free.map((cohort) => accessBody({ cohort })),
  free.map((tier) => accessBody({ tier })),
  fc.constant(accessBody({ cohort: 'course', tier: 'student' })),
);
const said = fc.oneof(
  free,
  fc.tuple(fc.constantFrom(...COMMANDS), free).map((parts) => parts.join('')),
  fc.constantFrom('/approve', '/hold', '/withdraw', '/renew', '/recheck'),
);

const NEW = requestFacts();
const ACTIVE = requestFacts({}, { [MEMBER]: { id: 7, tier: 'researcher', until: '2026-12-31' } });

const anyFacts: fc.Arbitrary<RequestFacts> = fc
  .record({
    body,
    said: fc.option(said, { nil: undefined }),
    author: fc.constantFrom(ASKER, APPROVER, LEAD, STRANGER),
    login: fc.oneof(fc.constant('login7'), free),
    isShown: fc.boolean(),
    isActive: fc.boolean(),
  })
  .map((drawn) => ({
    ...(drawn.isActive ? ACTIVE : NEW),
    issue: issue({ body: drawn.body, author: { ...ASKER, login: drawn.login } }),
    comment: drawn.said === undefined ? undefined : comment(drawn.said, { author: drawn.author }),
    pull: drawn.isShown ? pull() : undefined,
  }));

function always(check: (decision: Decision, facts: RequestFacts) => void): void {
  fc.assert(
    fc.property(anyFacts, (facts) => check(decideRequest(facts), facts)),
    RUNS,
  );
}

const KEYS = ['id', 'login', 'tier', 'from', 'until', 'request'];

describe('whatever people write', () => {
  test('one file is written, theirs or their class’s, with nothing in it that no form offers', () => {
    always(({ effect }) => {
      if (effect.kind !== 'propose' && effect.kind !== 'merge') return;
      const { path, text } = effect.change;
      expect([MEMBER, COURSE]).toContain(path);
      if (text === null) return;
      const written = load(text) as Record<string, unknown>;
      if (path === COURSE) {
        expect(written).toMatchObject({
          title: 'Course',
          leads: [2],
          capacity: 2,
          tier: 'student',
        });
        for (const id of written['members'] as unknown[]) expect([5, 7]).toContain(id);
        return;
      }
      expect(Object.keys(written).filter((key) => !KEYS.includes(key))).toEqual([]);
      expect(written['id']).toBe(7);
      expect(['researcher', 'student']).toContain(written['tier']);
      expect(JSON.stringify(written['login'] ?? 'none')).toMatch(/^"[A-Za-z0-9-]{1,39}"$/u);
      expect(written['until']).toMatch(/^202[67]-\d\d-\d\d$/u);
    });
  });

  test('our comment repeats none of it', () => {
    always((decision) => {
      const { state } = decision;
      if (state === undefined) return;
      const text = answerText(decision, state, {
        page: 'https://github.com/example/access/pull/4',
      });
      const ours = text.replace(`<!-- glaciocloud-request ${state} -->`, '');
      for (const word of HOSTILE) expect(ours).not.toContain(word);
    });
  });

  test('a reason stands in the pull request escaped', () => {
    always(({ effect }) => {
      if (effect.kind !== 'withdraw') return;
      const { text } = inMarkdown`${effect.why}`;
      for (const word of ['@everyone', '<', '](', '`', '\u{1B}', '\u{202E}', '\n'])
        expect(text.replaceAll(/\\[^\n]|&lt;/gu, '')).not.toContain(word);
    });
  });

  test('only an approver lets anybody in', () => {
    always(({ effect }, { comment: given, issue: { author } }) => {
      if (effect.kind !== 'merge') return;
      expect([APPROVER.id, LEAD.id]).toContain(effect.by);
      expect(given?.author.id).toBe(effect.by);
      expect(effect.by).not.toBe(author.id);
    });
  });
});

test('these fuzzed requests reach every kind of effect', () => {
  const kinds = new Set<string>();
  fc.assert(
    fc.property(anyFacts, (facts) => {
      kinds.add(decideRequest(facts).effect.kind);
    }),
    { numRuns: 4000, seed: 7 },
  );
  expect([...kinds].sort()).toEqual(['apply', 'merge', 'none', 'propose', 'withdraw']);
});
