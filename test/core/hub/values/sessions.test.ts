import { describe, expect, test } from '@jest/globals';
import { sessionsPart } from '../../../../src/core/hub/values/sessions.ts';
import { at } from '../../../../src/core/json.ts';
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
      glaciocloud: { sessions: { keepBusy: false } },
      from: {
        '/cull/timeout': '/sessions/idle',
        '/cull/every': '/sessions/idle',
        '/singleuser/extraEnv/GLACIOCLOUD_BUSY_IDLE': '/sessions',
        '/singleuser/extraEnv/GLACIOCLOUD_BUSY_MAX': '/sessions/keepBusy',
        '/singleuser/extraEnv/GLACIOCLOUD_BUSY_WARN': '/sessions/keepBusy',
      },
      ownFrom: { '/sessions/keepBusy': '/sessions/keepBusy' },
    });
  });

  test.each([
    ['1h', { max: '24h', warn: ['1h', '10m'] }, ['3600', '86400', '3600,600']],
    ['4m', { max: '7d' }, ['240', '604800', '']],
  ])('what computes is kept: %s idle, %j', (idle, keepBusy, [seconds, max, warn]) => {
    const part = sessionsPart(contextWith({ sessions: { idle, keepBusy } }));
    expect(at(part.jupyterhub, '/singleuser/extraEnv')).toEqual({
      GLACIOCLOUD_BUSY_IDLE: seconds,
      GLACIOCLOUD_BUSY_MAX: max,
      GLACIOCLOUD_BUSY_WARN: warn,
    });
    expect(part.glaciocloud).toEqual({ sessions: { keepBusy: true } });
    expect(part.from).toMatchObject({
      '/singleuser/extraEnv/GLACIOCLOUD_BUSY_MAX': '/sessions/keepBusy',
    });
  });
});
