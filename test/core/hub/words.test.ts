import { expect, test } from '@jest/globals';
import type { Effect, Reason } from '../../../src/core/hub/step.ts';
import { RISK, effectText, reasonText, shortReference } from '../../../src/core/hub/words.ts';

test.each<[Reason, string]>([
  [{ kind: 'new' }, 'new'],
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
  [{ kind: 'value', path: '/other/a', from: undefined, to: [1] }, '.other.a + [1]'],
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

test.each<[Effect, string, number]>([
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
  [{ kind: 'idle', from: '3600', to: '60' }, 'idle servers stop after 1 min instead of 1 h', 3],
  [{ kind: 'new-hub', url: 'https://h' }, 'a new hub at https://h', 1],
  [{ kind: 'none' }, 'nothing', 0],
])('the effect %j', (effect, text, risk) => {
  expect([effectText(effect), RISK[effect.kind]]).toEqual([text, risk]);
});
