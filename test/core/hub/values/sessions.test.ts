import { describe, expect, test } from '@jest/globals';
import { sessionsPart } from '../../../../src/core/hub/values/sessions.ts';
import { contextWith } from './context.ts';

describe('sessions', () => {
  // A quarter of the idle time, between one minute and ten.
  test.each([
    ['1h', 3600, 600],
    ['39m', 2340, 585],
    ['41m', 2460, 600],
    ['10m', 600, 150],
    ['4m', 240, 60],
    ['3m', 180, 60],
    ['1001s', 1001, 250],
    ['2d', 172_800, 600],
  ])('%s idle', (idle, timeout, every) => {
    expect(sessionsPart(contextWith({ sessions: { idle } }))).toEqual({
      jupyterhub: { cull: { enabled: true, timeout, every, maxAge: 0, users: false } },
      from: { '/cull/timeout': '/sessions/idle', '/cull/every': '/sessions/idle' },
    });
  });
});
