import { expect, test } from '@jest/globals';
import * as limits from '../../../src/core/model/limits.ts';

test('each limit is a decision: who changes one changes it here too, and says why there', () => {
  const { proxyMemoryMiB, hubMemoryMiB, ...constants } = limits;
  expect(constants).toEqual({
    CPU_GUARANTEE_SHARE: 0.25,
    CONCURRENT_SPAWN_LIMIT: 64,
    SPAWN_TIMEOUT_SECONDS: 15 * 60,
    WEEKLY_REBUILD_DAY: 1,
    MIN_IDLE_SECONDS: 10 * 60,
    MIN_MAX_AGE_SECONDS: 604_800,
    MIN_HOME_BYTES: 5_368_709_120,
    OGGM_BASE_BYTES: 429_496_729.6,
    OGGM_WORKER_BYTES: 161_061_273.6,
    NODE_USABLE_SHARE: 0.9,
    COMMENT_LIMIT: 65_536,
    ANNOTATION_LIMIT: 10,
    CERTIFICATE_DAYS: 14,
    HEARTBEAT_INTERVALS: 3,
    HOLD_DAYS: 7,
    HUB_RESTART_SECONDS: 6,
  });
  expect([0, 1, 40].map(proxyMemoryMiB)).toEqual([128, 130, 208]);
  expect([0, 1, 40].map(hubMemoryMiB)).toEqual([512, 516, 672]);
});
