import { describe, expect, test } from '@jest/globals';
import { addressSign, heartbeatLabels, heartbeatSign } from '../../../src/core/watch/outside.ts';
import type { Answer, Sign } from '../../../src/core/watch/outside.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const DAY = 86_400_000;
const HUB = '{"version": "5.5.0"}';
const well = (text: string): Sign => ({ kind: 'well', text });
const problem = (text: string): Sign => ({ kind: 'problem', text });

describe('an address', () => {
  const answered = (more: Partial<Extract<Answer, { kind: 'answered' }>>): Sign =>
    addressSign({ kind: 'answered', status: 200, body: HUB, until: undefined, ...more }, NOW);

  test('that does not answer', () => {
    expect(addressSign({ kind: 'nothing', why: 'refused' }, NOW)).toEqual(
      problem('it does not answer: refused'),
    );
  });

  test.each<[number, string, Sign]>([
    [200, HUB, well('JupyterHub 5.5.0')],
    [201, HUB, problem(`it answers 201 with "${HUB}", which is no answer of a hub`)],
    [503, HUB, problem(`it answers 503 with "${HUB}", which is no answer of a hub`)],
    [200, ' <html> ', problem('it answers 200 with "<html>", which is no answer of a hub')],
    [
      200,
      '{"version": 5}',
      problem('it answers 200 with "{"version": 5}", which is no answer of a hub'),
    ],
    [502, ' \n', problem('it answers 502 with nothing, which is no answer of a hub')],
    [
      200,
      'x'.repeat(81),
      problem(`it answers 200 with "${'x'.repeat(80)}", which is no answer of a hub`),
    ],
  ])('that answers %i with %j', (status, body, expected) => {
    expect(answered({ status, body })).toEqual(expected);
  });

  test.each<[string, number, Sign]>([
    ['14 days', 14 * DAY, well('JupyterHub 5.5.0, certificate good for 14 days')],
    ['90 days', 90.9 * DAY, well('JupyterHub 5.5.0, certificate good for 90 days')],
    [
      'a moment less than 14 days',
      14 * DAY - 1,
      problem('its certificate ends in 13 days, and nobody has renewed it'),
    ],
    ['no time', 0, problem('its certificate ends in 0 days, and nobody has renewed it')],
    ['less than no time', -1, problem('its certificate has ended')],
  ])('whose certificate is good for %s', (_what, left, expected) => {
    expect(answered({ until: NOW + left })).toEqual(expected);
  });

  test('may be asked for other days', () => {
    const answer: Answer = { kind: 'answered', status: 200, body: HUB, until: NOW };
    expect(addressSign(answer, NOW, 0)).toEqual(
      well('JupyterHub 5.5.0, certificate good for 0 days'),
    );
    expect(addressSign(answer, NOW + 1, 0)).toEqual(problem('its certificate has ended'));
  });
});

describe('a heartbeat', () => {
  const spoke = (secondsAgo: number): string =>
    `<!-- glaciocloud-heartbeat ${new Date(NOW - secondsAgo * 1000).toISOString()} -->\n\nmore`;
  const never = problem(
    'the probe has never spoken, or its issue was closed (label glaciocloud-heartbeat)',
  );

  test('is in an issue with the labels of its hub', () => {
    expect(heartbeatLabels('h')).toEqual(['glaciocloud-heartbeat', 'hub:h']);
  });

  test.each<[string, string | undefined, Sign]>([
    ['is missing', undefined, never],
    ['is in another text', 'hello', never],
    ['is not at the beginning', `hello\n${spoke(0)}`, never],
    ['is no time', '<!-- glaciocloud-heartbeat soon -->', never],
    ['is now', spoke(0), well('the probe spoke 0 s ago')],
    ['comes from a clock that is ahead', spoke(-300), well('the probe spoke 0 s ago')],
    ['is 29 s old', spoke(29), well('the probe spoke 0 s ago')],
    ['is 31 s old', spoke(31), well('the probe spoke 1 min ago')],
    ['is three intervals old', spoke(1800), well('the probe spoke 30 min ago')],
    ['is older', spoke(1860), problem('the probe spoke 31 min ago, and should every 10 min')],
  ])('that %s', (_what, body, expected) => {
    expect(heartbeatSign(body, 600, NOW)).toEqual(expected);
  });
});
