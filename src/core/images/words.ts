import { terminal } from '../escape.ts';
import type { ImageResult, TestResult } from './test-report.ts';

const MARK = { built: '✓', unchanged: '·', failed: '✗' } as const;

/** What `image build` prints: each image, and under it each test. */
export function imagesText(results: readonly ImageResult[]): string {
  return results.map(imageText).join('');
}

function imageText(result: ImageResult): string {
  const { image, outcome, digest, reason, tests } = result;
  const what = digest === null ? outcome : `${outcome} ${digest}`;
  const why = reason === '' ? '' : `: ${reason}`;
  const size = result.size_bytes === null ? '' : `, ${(result.size_bytes / 1e9).toFixed(2)} GB`;
  const head = terminal`${MARK[outcome]} ${image} ${what}${why} (${timesText(result)}${size})\n`
    .text;
  return head + tests.map(testText).join('');
}

function timesText({ seconds }: ImageResult): string {
  const parts = (['resolve', 'build', 'test', 'push'] as const).filter((key) => seconds[key] > 0);
  return parts.length === 0
    ? 'no time'
    : parts.map((key) => `${key} ${seconds[key].toFixed(1)} s`).join(', ');
}

function testText({ name, ok, seconds, memory_mb: memory, detail }: TestResult): string {
  const cost =
    memory === null ? `${seconds.toFixed(1)} s` : `${seconds.toFixed(1)} s, ${memory} MB`;
  return terminal`    ${ok ? '✓' : '✗'} ${name.padEnd(12)} ${cost.padStart(16)}  ${detail}\n`.text;
}
