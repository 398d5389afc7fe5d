import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readDirectory } from '../../src/core/access/directory-file.ts';
import { readPresent } from '../../src/core/access/present.ts';
import { objectOf } from '../../src/core/json.ts';
import { ROOT } from '../support/sample.ts';

/** The JSON that docs/access.md shows for a look at access. */
async function examples(): Promise<string[]> {
  const text = await readFile(join(ROOT, 'docs/access.md'), 'utf8');
  const part = text.split('**To look first**')[1]?.split('**People ask')[0] ?? '';
  return [...part.matchAll(/```json\n([^]*?)```/gu)].map(([, json = '']) => json);
}

test('what docs/access.md shows of a hub and of teams is read as it says', async () => {
  const [hub = '', teams = '', ...more] = await examples();
  expect(more).toEqual([]);
  expect(readPresent(objectOf(hub) ?? {})).toEqual({
    entries: new Map([
      [
        '583231',
        { name: 'octocat', admin: false, groups: [], from: undefined, until: '2027-02-28' },
      ],
    ]),
    users: [{ name: 'octocat', servers: [''], tokens: 1 }],
    owed: new Set(),
  });
  expect(readDirectory(teams)).toEqual({
    kind: 'read',
    teams: new Map([
      [
        'team:organisation/hub-users',
        { kind: 'complete', members: [{ id: '583231', login: 'octocat' }] },
      ],
    ]),
  });
});
