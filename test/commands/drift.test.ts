import { expect, test } from '@jest/globals';
import { driftOutcome } from '../../src/commands/drift.ts';
import type { Audience } from '../../src/commands/drift.ts';

const VALUE = 'ghp_patched-in-by-hand';
const found = [
  {
    hub: 'hub',
    drift: [
      {
        object: 'ConfigMap hub',
        kind: 'changed' as const,
        fields: [{ path: '/data/a', from: VALUE, to: 'b' }],
      },
    ],
    foreign: [],
  },
];
const unseen = new Map<string, string>();
// A double: issues are told elsewhere, and it is only asked whether there is one who tells them.
const github = {
  openIssue: () => Promise.resolve(1),
  closeIssue: () => Promise.resolve(),
};

test.each<[string, Audience, 0 | 1, string]>([
  ['on a machine', { kind: 'who-asked', whenDrifted: 1 }, 1, `is "${VALUE}", should be "b"`],
  ['in a workflow without a token', { kind: 'everybody', github: undefined }, 1, 'differs'],
  ['in a workflow', { kind: 'everybody', github }, 0, 'differs'],
])('%s the log says of a field what its readers may see', (_where, audience, exit, how) => {
  expect(driftOutcome(found, unseen, audience)).toMatchObject({
    exit,
    text: `hub: drifted\n  ✗ ConfigMap hub /data/a: ${how}\n`,
  });
});

test('no value is in the JSON, wherever it goes, and what nobody saw is', () => {
  const { json } = driftOutcome(found, new Map([['bad', 'why']]), {
    kind: 'who-asked',
    whenDrifted: 1,
  });
  expect(json).toMatchObject({
    hubs: [{ hub: 'hub', drift: [{ object: 'ConfigMap hub', fields: ['/data/a'] }] }],
    unreadable: { bad: 'why' },
  });
  expect(JSON.stringify(json)).not.toContain(VALUE);
});
