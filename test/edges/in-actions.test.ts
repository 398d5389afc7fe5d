import { afterEach, expect, test } from '@jest/globals';
import { ownCall } from '../../src/edges/in-actions.ts';

const before = { ...process.env };
const COMMIT = '3d3c42e5aac5ba805825da76410c181273ba90b1';
afterEach(() => {
  process.env = { ...before };
});

test.each([
  ['o/r', COMMIT, `npx --yes github:o/r#${COMMIT}`],
  ['o/r', 'main', 'glaciocloud'],
  ['', '', 'glaciocloud'],
  ['o/r`x`', COMMIT, 'glaciocloud'],
])('the action at %j and %j is called by %j', (repository, ref, call) => {
  [process.env['GITHUB_ACTION_REPOSITORY'], process.env['GITHUB_ACTION_REF']] = [repository, ref];
  expect(ownCall()).toBe(call);
});
