import { describe, expect, test } from '@jest/globals';
import {
  endOf,
  instant,
  memoryBytes,
  quantityBytes,
  seconds,
  slug,
} from '../../../src/core/model/quantities.ts';

test.each([
  ['90s', 90],
  ['30m', 1800],
  ['24h', 86_400],
  ['180d', 15_552_000],
  ['0s', 0],
  ['10x', Number.NaN],
])('%s is %d seconds', (text, expected) => {
  expect(seconds(text)).toBe(expected);
});

describe('bytes', () => {
  test.each([
    ['1', 1, 1],
    ['1K', 1024, undefined],
    ['1M', 1_048_576, 1_000_000],
    ['1G', 1_073_741_824, 1_000_000_000],
    ['1T', 1_099_511_627_776, 1_000_000_000_000],
    ['0.5G', 536_870_912, 500_000_000],
    ['1k', undefined, 1000],
    ['1P', undefined, 1_000_000_000_000_000],
    ['1Ki', undefined, 1024],
    ['1Mi', undefined, 1_048_576],
    ['20Gi', undefined, 21_474_836_480],
    ['1Ti', undefined, 1_099_511_627_776],
    ['1Pi', undefined, 1_125_899_906_842_624],
    ['1e3', undefined, undefined],
    ['-1G', undefined, undefined],
    ['.5G', undefined, undefined],
    ['1 G', undefined, undefined],
    ['1G ', undefined, undefined],
    ['G', undefined, undefined],
    ['', undefined, undefined],
    ['1constructor', undefined, undefined],
  ])('%j: %j to JupyterHub, %j to Kubernetes', (text, memory, quantity) => {
    expect(memoryBytes(text)).toBe(memory);
    expect(quantityBytes(text)).toBe(quantity);
  });
});

test.each([
  ['1970-01-02', 86_400_000],
  ['1970-01-01T00:01Z', 60_000],
  ['1970-01-01T00:00:01Z', 1000],
  ['2026-02-29', Number.NaN],
  ['2028-02-29', 1_835_395_200_000],
  ['2026-11-31T08:00Z', Number.NaN],
  ['yesterday!', Number.NaN],
  ['words', Number.NaN],
])('%s is %d', (text, expected) => {
  expect(instant(text)).toBe(expected);
});

test('a slug has no dots', () => {
  expect(slug('image-1.6.3')).toBe('image-1-6-3');
});

test.each([
  ['2026-12-01', Date.UTC(2026, 11, 2)],
  ['2026-12-01T08:00Z', Date.UTC(2026, 11, 1, 8)],
])('%s is over at', (text, expected) => {
  expect(endOf(text)).toBe(expected);
});
