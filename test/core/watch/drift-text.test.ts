import { expect, test } from '@jest/globals';
import { driftText } from '../../../src/core/watch/drift-text.ts';
import type { HubDrift, Readers } from '../../../src/core/watch/drift-text.ts';
import type { FieldChange } from '../../../src/core/plan/types.ts';
import { fc } from '../../support/property.ts';

const changed = (object: string, field: FieldChange): HubDrift => ({
  hub: 'hub',
  drift: [{ object, kind: 'changed', fields: [field] }],
  foreign: [],
});

test.each<[Readers, string, FieldChange, string]>([
  ['who-asked', 'Role a', { path: '/x', from: 1, to: 2 }, 'is 1, should be 2'],
  ['who-asked', 'Role a', { path: '/x', from: undefined, to: 2 }, 'is absent, should be 2'],
  ['who-asked', 'Role a', { path: '/x', from: 1, to: undefined }, 'is 1, should be absent'],
  ['who-asked', 'Secret a', { path: '/x', from: 1, to: 2 }, 'differs'],
  ['who-asked', 'SecretClass a', { path: '/x', from: 1, to: 2 }, 'is 1, should be 2'],
  ['everybody', 'Role a', { path: '/x', from: 1, to: 2 }, 'differs'],
  ['everybody', 'Role a', { path: '/x', from: undefined, to: 2 }, 'is gone'],
  ['everybody', 'Role a', { path: '/x', from: 1, to: undefined }, 'was added'],
])('%s reads of %s %j: %s', (readers, object, field, expected) => {
  expect(driftText(changed(object, field), readers)).toBe(
    `hub: drifted\n  ✗ ${object} /x: ${expected}\n`,
  );
});

test('a hub without drift is as deployed, with who else owns fields, for every reader', () => {
  const foreign = [{ object: 'Service hub', manager: 'kubectl', time: 't' }];
  for (const readers of ['everybody', 'who-asked'] as const)
    expect(driftText({ hub: 'hub', drift: [], foreign }, readers)).toBe(
      'hub: as deployed\n  ⚠ Service hub: kubectl owns fields since t\n',
    );
});

test('what everybody reads is the same whatever the values are', () => {
  const text = (from: unknown, to: unknown): string => {
    const field = JSON.parse(JSON.stringify({ path: '/x', from, to })) as FieldChange;
    return driftText(changed('ConfigMap hub', field), 'everybody');
  };
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (from, to) => {
      expect(text(from, to)).toBe(text('a', 'b'));
    }),
  );
});
