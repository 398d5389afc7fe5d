import { uptime } from 'node:os';
import { expect, test } from '@jest/globals';
import { systemClock } from '../../src/edges/clock.ts';

test('uptime is what the system counts, in milliseconds', () => {
  const before = uptime() * 1000;
  const between = systemClock.uptime();
  expect(between).toBeGreaterThanOrEqual(before);
  expect(between).toBeLessThanOrEqual(uptime() * 1000);
});
