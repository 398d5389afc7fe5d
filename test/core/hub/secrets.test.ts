import { describe, expect, test } from '@jest/globals';
import { auditSecrets, secretsTemplate } from '../../../src/core/hub/secrets.ts';
import type { SecretFinding } from '../../../src/core/hub/secrets.ts';
import type { Doc, EnvironmentFile } from '../../../src/core/model/types.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 24, 12);
const declaring = (
  secrets: Record<string, { use: string; rotate?: string; for?: string }>,
): EnvironmentFile => ({ secrets }) as unknown as EnvironmentFile; // nothing else is looked at
const environment = declaring({ a: { use: 'login' }, b: { use: 'mail', rotate: '365d' } });
const found = (more: Record<string, string>): Map<string, string> => new Map(Object.entries(more));
const EXEMPT: SecretFinding[] = ['hub cookie secret', 'proxy token', 'tokens of hub services'].map(
  (secret) => ({ secret, state: 'exempt', note: 'made in the cluster' }),
);
const MALFORMED = 'empty, with white space around it, of several lines, or a placeholder';

describe('an audit of secrets', () => {
  test('finds what is declared, in its order, and what the cluster makes itself', () => {
    expect(
      auditSecrets(
        environment,
        { values: found({ b: 'canary-2', a: 'canary-1' }), changed: undefined, faults: [] },
        NOW,
      ),
    ).toEqual([
      { secret: 'a', state: 'fine', note: 'login' },
      { secret: 'b', state: 'fine', note: 'mail; renew every 365d' },
      ...EXEMPT,
    ]);
  });

  test.each([
    ['there is no file', undefined],
    ['they are not in the file', new Map()],
  ])('finds all of them missing where %s', (_what, file) => {
    expect(
      auditSecrets(environment, { values: file, changed: undefined, faults: [] }, NOW),
    ).toEqual([
      { secret: 'a', state: 'missing', note: 'login' },
      { secret: 'b', state: 'missing', note: 'mail; renew every 365d' },
      ...EXEMPT,
    ]);
  });

  test('finds what nobody has declared, in the order of names, before what is exempt', () => {
    expect(
      auditSecrets(
        declaring({}),
        { values: found({ z: '1', constructor: '2', y: '3' }), changed: undefined, faults: [] },
        NOW,
      ),
    ).toEqual([
      ...['constructor', 'y', 'z'].map((secret) => ({
        secret,
        state: 'unused',
        note: 'not declared below secrets:',
      })),
      ...EXEMPT,
    ]);
  });

  test.each([
    ['', true],
    [' canary', true],
    ['canary\n', true],
    ['can\nary', true],
    ['can\rary', true],
    ['can ary', false],
    ['changeme', true],
    ['CHANGEME', true],
    ['todo', true],
    ['xxx', true],
    ['placeholder', true],
    ['xxxx', false],
    ['my-todo', false],
  ])('takes %j for malformed: %j', (value, malformed) => {
    const all = auditSecrets(
      environment,
      { values: found({ a: value, b: 'x' }), changed: undefined, faults: [] },
      NOW,
    );
    expect(all[0]).toEqual(
      malformed
        ? { secret: 'a', state: 'malformed', note: MALFORMED }
        : { secret: 'a', state: 'fine', note: 'login' },
    );
  });

  test.each([
    [365 * DAY, 'fine', 'mail; renew every 365d'],
    [365 * DAY + 1, 'due', 'mail; renew every 365d; last changed 2025-11-24'],
    [-DAY, 'fine', 'mail; renew every 365d'],
  ])('of a file that is %i ms old', (age, state, note) => {
    const all = auditSecrets(
      environment,
      { values: found({ a: 'x', b: 'y' }), changed: NOW - age, faults: [] },
      NOW,
    );
    expect(all.slice(0, 2)).toEqual([
      { secret: 'a', state: 'fine', note: 'login' },
      { secret: 'b', state, note },
    ]);
  });

  test('looks at what images are pulled by', () => {
    const pull = { a: { use: 'images', for: 'pull' } };
    const states = ['{"auths": {"a": {"auth": "b"}}}\n', 'canary'].map(
      (a) =>
        auditSecrets(
          declaring(pull),
          { values: found({ a }), changed: undefined, faults: [] },
          NOW,
        )[0],
    );
    expect(states).toEqual([
      { secret: 'a', state: 'fine', note: 'images' },
      { secret: 'a', state: 'malformed', note: 'no docker config: it is no JSON object' },
    ]);
  });

  test('looks at a certificate of one’s own, which has several lines', () => {
    const secrets = { a: { use: 'entry', for: 'hub' }, b: { use: 'entry', for: 'hub' } };
    const own = { ...declaring(secrets), certificate: { cert: 'a', key: 'b' } };
    const a = '-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\n';
    expect(
      auditSecrets(own, { values: found({ a, b: a }), changed: undefined, faults: [] }, NOW).slice(
        0,
        2,
      ),
    ).toEqual([
      { secret: 'a', state: 'fine', note: 'entry' },
      { secret: 'b', state: 'malformed', note: 'a private key with a certificate in it' },
    ]);
  });

  test('repeats no value', () => {
    const values = { a: ' canary-1', b: 'canary-2', c: 'canary-3' };
    const text = JSON.stringify(
      auditSecrets(environment, { values: found(values), changed: 0, faults: [] }, NOW),
    );
    expect(text).not.toContain('canary');
  });
});

test('the file to fill in has every declared name, empty, with what it is for', () => {
  expect(secretsTemplate({ name: 'h', data: environment } as Doc<EnvironmentFile>)).toBe(
    '# Fill in, then encrypt: sops encrypt --in-place secrets/h.sops.yaml\n# login\na: ""\n# mail\nb: ""\n',
  );
});
