import { expect, test } from '@jest/globals';
import type { DataHeld, Effect, Reason } from '../../../src/core/hub/step.ts';
import { RISK, effectText, reasonText, shortReference } from '../../../src/core/hub/words.ts';

test.each<[Reason, string]>([
  [{ kind: 'new' }, 'new'],
  [{ kind: 'cluster', from: 'a', to: 'b' }, 'cluster a → b'],
  [{ kind: 'chart', name: 'a', from: '1', to: '2' }, 'chart a 1 → 2'],
  [{ kind: 'chart', name: 'a', from: '1', to: '1' }, 'chart a: its content'],
  [{ kind: 'chart', name: 'a', from: undefined, to: '2' }, 'chart a + 2'],
  [{ kind: 'chart', name: 'a', from: '1', to: undefined }, 'chart a − 1'],
  [{ kind: 'image', name: 'a', from: 'r/i:1', to: 'r/i:2' }, 'image a 1 → 2'],
  [{ kind: 'image', name: 'a', from: undefined, to: 'r/i:2' }, 'image a + 2'],
  [{ kind: 'secret', name: 'a', change: 'added' }, 'secret a added'],
  [{ kind: 'secret', name: 'a', change: 'removed' }, 'secret a removed'],
  [{ kind: 'value', path: '/jupyterhub/a/b', from: 1, to: 2 }, 'a.b 1 → 2'],
  [{ kind: 'value', path: '/glaciocloud/a/b', from: 'x', to: 'y' }, 'a.b x → y'],
  [{ kind: 'value', path: '/other/a', from: undefined, to: [1] }, 'other.a + [1]'],
  [{ kind: 'value', path: '/jupyterhub/a', from: true, to: undefined }, 'a − true'],
  [
    { kind: 'value', path: '/jupyterhub/a', from: 'x'.repeat(40), to: 'y'.repeat(41) },
    `a ${'x'.repeat(40)} → ${'y'.repeat(37)}...`,
  ],
])('the reason %j', (reason, text) => {
  expect(reasonText(reason)).toBe(text);
});

test.each([
  [undefined, 'none'],
  ['r/i:1.2', '1.2'],
  ['host:5000/i:2', '2'],
  [`r/i:1@sha256:0123456${'f'.repeat(57)}`, '0123456'],
])('the reference %s', (reference, text) => {
  expect(shortReference(reference)).toBe(text);
});

const held = (files: number, bytes: number): DataHeld => ({ files, bytes, digest: 'd' });

test.each<[Effect, string, number]>([
  [
    { kind: 'moved', from: 'a', to: 'b', url: undefined },
    'a new hub on b with empty homes and an empty database; the one on a runs on with everybody’s ' +
      'homes, and nothing brings them over: a hub moves by a file of another name, copied homes, ' +
      'and an entry in `removals:` for the old one',
    11,
  ],
  [
    { kind: 'moved', from: 'a', to: 'b', url: 'https://x' },
    'a new hub on b with empty homes and an empty database; the one on a runs on with everybody’s ' +
      'homes, and nothing brings them over: a hub moves by a file of another name, copied homes, ' +
      'and an entry in `removals:` for the old one; both answer at https://x until the old one is ' +
      'gone, and DNS says where people land',
    11,
  ],
  [
    { kind: 'scratch-shrunk', from: '2Gi', to: '1Gi' },
    '/scratch of new servers is smaller: 2Gi → 1Gi; who fills more is put out, and running ones stay',
    4,
  ],
  [
    { kind: 'scratch-shrunk', from: '2Gi', to: undefined },
    'new servers have no /scratch any more, which had 2Gi; running ones keep it until they stop',
    4,
  ],
  [
    { kind: 'workdir', from: '/home/a/w', to: '/scratch/w' },
    'OGGM works in /scratch/w instead of /home/a/w: results that nobody copies into a home are ' +
      'lost when a server stops',
    4,
  ],
  [
    { kind: 'workdir', from: undefined, to: '/scratch/w' },
    'OGGM works in /scratch/w: results that nobody copies into a home are lost when a server stops',
    4,
  ],
  [
    { kind: 'workdir', from: '/scratch/w', to: '/home/a/w' },
    'OGGM works in /home/a/w instead of /scratch/w: results stay when a server stops',
    4,
  ],
  [
    { kind: 'address-of', url: 'https://a', name: 'old', stays: true },
    'https://a is the address of the hub old until now: people who come here find other homes ' +
      'than before',
    10,
  ],
  [
    { kind: 'address-of', url: 'https://a', name: 'old', stays: false },
    'https://a is the address of the hub old, which no file names: people who come here find ' +
      'other homes than before, and that hub with its homes runs on at the same address until it ' +
      'is removed; renaming a file renames no hub',
    10,
  ],
  [
    { kind: 'volume-left', what: 'volume claim db' },
    'volume claim db is used no longer; it stays with all that is in it',
    7,
  ],
  [
    { kind: 'homes-anew' },
    'people get other homes, empty where nobody has filled them, because homes are found in another way; the old volumes stay',
    10,
  ],
  [
    { kind: 'database', from: 'a', to: 'b' },
    'the hub begins with another database (a → b), empty unless somebody filled it: users, tokens ' +
      'and running servers are not known to it; homes stay',
    9,
  ],
  [
    { kind: 'owner', from: '1:1', to: '2:1' },
    'servers run as 2:1 instead of 1:1, and files in existing homes stay with their owner: people ' +
      'may be unable to write or to start until the owner of their files is changed',
    9,
  ],
  [
    { kind: 'home-path', from: '/a', to: '/b' },
    'homes are at /b instead of /a: environments, kernels and notebooks that name the old path ' +
      'break; files stay',
    8,
  ],
  [
    { kind: 'home-class', from: 'a', to: 'b' },
    'homes made from now on are of class b instead of a; existing ones stay',
    4,
  ],
  [
    { kind: 'home-shrunk', from: '2Gi', to: '1Gi' },
    'homes made from now on are smaller: 2Gi → 1Gi; existing ones stay as large as they are',
    4,
  ],
  [{ kind: 'data-loss', what: 'volume claim db' }, 'volume claim db is deleted', 9],
  [
    { kind: 'address', from: 'a', to: 'b' },
    'the address changes from a to b; links and the OAuth application must follow',
    8,
  ],
  [
    { kind: 'hub-restart', seconds: 7 },
    'hub restarts once, about 7 s without login; servers stay',
    5,
  ],
  [{ kind: 'proxy-restart' }, 'proxy restarts, connections drop for some seconds; servers stay', 6],
  [{ kind: 'size', name: 's', from: '1', to: '2' }, 'size "s" 1 → 2 for new servers', 4],
  [{ kind: 'size', name: 's', from: undefined, to: '2' }, 'new size "s": 2', 4],
  [{ kind: 'size', name: 's', from: '1', to: undefined }, 'size "s" is gone for new servers', 4],
  [
    { kind: 'image-offer', name: 'a', for: ['team:x/y', 'tier:z'], sizes: ['s'] },
    'new servers with image a are for team:x/y, tier:z, with size "s"; running ones stay',
    3,
  ],
  [
    { kind: 'image-offer', name: 'a', for: ['all'], sizes: undefined },
    'new servers with image a are for everybody, with any size; running ones stay',
    3,
  ],
  [
    { kind: 'size-nodes', names: ['s'] },
    'new servers of size "s" start on other machines; running ones stay',
    3,
  ],
  [
    { kind: 'size-nodes', names: ['s', 'l'] },
    'new servers of sizes "s", "l" start on other machines; running ones stay',
    3,
  ],
  [
    { kind: 'image', name: 'a', from: '1', to: '2' },
    'new servers get the new a; running ones stay',
    2,
  ],
  [{ kind: 'image', name: 'a', from: undefined, to: '2' }, 'new image a', 2],
  [{ kind: 'image', name: 'a', from: '1', to: undefined }, 'image a is gone for new servers', 2],
  [
    { kind: 'home-size', from: '1Gi', to: '2Gi' },
    'homes made from now on: 1Gi → 2Gi; existing ones stay',
    3,
  ],
  [
    { kind: 'idle', from: '3600', to: '60', like: '' },
    'idle servers stop after 1 min instead of 1 h',
    3,
  ],
  [
    { kind: 'idle', from: '129600', to: '86400', like: '24h' },
    'idle servers stop after 24 h instead of 36 h',
    3,
  ],
  [
    { kind: 'idle', from: '5400', to: '7200', like: '120m' },
    'idle servers stop after 120 min instead of 90 min',
    3,
  ],
  [
    { kind: 'data-set', name: 'rgi', from: undefined, to: held(1, 3e9), room: '' },
    'new data set rgi: 1 file, 2.8Gi, filled in the background',
    2,
  ],
  [
    { kind: 'data-set', name: 'rgi', from: held(1, 3e9), to: held(20, 6e9), room: '1Ti' },
    'data set rgi: 1 file, 2.8Gi → 20 files, 5.6Gi of the volume’s 1Ti, filled in the background; open servers keep what they see',
    2,
  ],
  [
    { kind: 'data-set', name: 'rgi', from: held(1, 3e9), to: undefined, room: '1Ti' },
    'data set rgi is gone for new servers; open ones keep it',
    2,
  ],
  [{ kind: 'new-hub', url: 'https://h' }, 'a new hub at https://h', 1],
  [
    { kind: 'adopts', release: 'jhub', namespace: 'ns', url: 'https://h' },
    'takes over release jhub in namespace ns, for https://h: its homes, database, logins and running servers ' +
      'stay; hub and proxy restart once, logins wait and connections drop for some seconds; what this chart does not have goes, and the deployment names it',
    8,
  ],
  [{ kind: 'none' }, 'nothing', 0],
])('the effect %j', (effect, text, risk) => {
  expect([effectText(effect), RISK[effect.kind]]).toEqual([text, risk]);
});
