import { expect, test } from '@jest/globals';
import { namelessText } from '../../../src/core/access/text.ts';
import { entry, presentHub } from '../../support/access-facts.ts';

const KEPT_BACK = 'the cause names somebody: by hand, access apply shows it';

/** Ada is there, Bob is to come, the hub knows Eva, and a step is about Gus. */
const HUB = {
  hub: 'science',
  present: presentHub({ '1001': entry('ada') }, [{ name: 'eva', servers: [], tokens: 0 }]),
  entries: new Map([['1002', entry('bob-b.b_b')]]),
  steps: [
    {
      kind: 'revoke',
      hub: 'science',
      id: undefined,
      name: 'gus',
      why: '',
      until: undefined,
      before: undefined,
    } as const,
  ],
  held: [],
};

test.each([
  ['secret hub-access cannot be read: forbidden', false],
  ['pod jupyter-ada cannot be deleted', true],
  ['Ada', true],
  ['adaptation failed', false],
  ['canada', false],
  ['GET /hub/api/users/eva/server answered 500', true],
  ['the name (bob-b.b_b) is taken', true],
  ['bob is not the whole of it', false],
  ['gus', true],
  ['key 1001', true],
  ['key 1002', true],
  ['10011', false],
  ['', false],
])('%j names somebody: %s', (text, isNaming) => {
  expect(namelessText(text, HUB)).toBe(isNaming ? KEPT_BACK : text);
});

test('where nobody is known every cause may be read', () => {
  const nobody = { ...HUB, present: presentHub({}), entries: new Map(), steps: [] };
  expect(namelessText('pod jupyter-ada cannot be deleted', nobody)).toContain('jupyter-ada');
});
