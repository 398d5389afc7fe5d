import { describe, expect, test } from '@jest/globals';
import { contentOf, pullFault, suppliedFaults } from '../../../src/core/hub/supplied-forms.ts';
import type { EnvironmentFile } from '../../../src/core/model/types.ts';

const config = (...registries: string[]): string =>
  JSON.stringify({ auths: Object.fromEntries(registries.map((one) => [one, { auth: 'canary' }])) });
const environment = {
  secrets: {
    login: { use: 'login', for: 'hub' },
    here: { use: 'images', for: 'pull' },
    there: { use: 'images', for: 'pull' },
  },
} as unknown as EnvironmentFile; // nothing else is looked at
const given = (more: Record<string, string>): Map<string, string> =>
  new Map(Object.entries({ login: 'canary', ...more }));

describe('a secret by which images are pulled', () => {
  test.each([
    [config('a.example.org'), undefined],
    ['canary', 'no docker config: it is no JSON object'],
    ['{"auths": []}', 'no docker config: its field /auths is missing or is something else'],
    ['{"auths": {}}', 'a docker config without a registry'],
    ['{"auths": {"a": "canary"}}', 'a docker config with a registry that has no credentials'],
    ['{"auths": {"a": {}}}', 'a docker config with a registry that has no credentials'],
  ])('%s', (text, fault) => {
    expect(pullFault(text)).toBe(fault);
  });
});

test('what is wrong with each is told at once, and nothing of it is repeated', () => {
  const faults = suppliedFaults(environment, given({ here: 'canary', there: '{"canary": 1}' }));
  expect(faults).toEqual([
    'here is no docker config: it is no JSON object',
    'there is no docker config: its field /auths is missing or is something else',
  ]);
});

test('credentials of one registry are there once', () => {
  const [a, b] = [config('a.example.org'), config('b.example.org')];
  expect(suppliedFaults(environment, given({ here: a, there: b }))).toEqual([]);
  expect(suppliedFaults(environment, given({ here: a, there: a }))).toEqual([
    'here and there have credentials of one registry twice',
  ]);
});

test('others are kept as they are', () => {
  expect(contentOf('servers', given({}))).toEqual({ stringData: { login: 'canary' } });
});
