import { expect, test } from '@jest/globals';
import { readBuild } from '../../src/core/images/build-artifact.ts';
import { imagesComment } from '../../src/core/images/build-comment.ts';
import type { OggmCommits } from '../../src/core/images/oggm-commits.ts';
import { HOSTILE, expectMarkdown } from './targets.ts';
import { fc } from '../support/property.ts';

/* What a fork's build may leave as its result: it is refused, or is only text in the comment. */
const FRAME = { head: 'a'.repeat(40), run: 'https://github.com/example/hubs/actions/runs/7' };
const HUBS = { candidate: [], stable: [] };
const OURS = [
  '<!-- glaciocloud images -->',
  '[The run](https://github.com/example/hubs/actions/runs/7)',
];
const comment = (result: object, commits?: OggmCommits): string => {
  const text = JSON.stringify({ schema_version: 1, images: [result] });
  const claim = readBuild(text, 'science');
  const one = { image: 'science', claim, before: [], commits, hubs: HUBS };
  return imagesComment([one], FRAME);
};
const seconds = { resolve: 1, build: 2, test: 3, push: 4 };
const result = (text: string, more: object = {}): object => ({
  image: 'science',
  outcome: 'failed',
  reason: text,
  size_bytes: null,
  seconds,
  tests: [{ name: text, ok: false, seconds: 1, memory_mb: null, detail: text }],
  packages: [],
  oggm_commit: null,
  ...more,
});
const cells = (row: string): number => row.replaceAll(/\\./gu, '').split('|').length;

test('words of a build are words in its comment, each in its place', () => {
  fc.assert(
    fc.property(HOSTILE, (text) => {
      const said = comment(result(text));
      const rows = said.split('\n');
      expect(rows).toHaveLength(18);
      expect(rows[5]?.startsWith('### ✗ `science`: ')).toBe(true);
      for (const row of rows.slice(9, 12)) expect(cells(row)).toBe(7);
      expectMarkdown(said, OURS);
    }),
    { numRuns: 300 },
  );
});

test('first lines of commits are words in their links', () => {
  const sha = 'b'.repeat(40);
  const range = { repository: 'OGGM/oggm', from: 'a'.repeat(40), to: sha };
  const page = `https://github.com/OGGM/oggm/compare/${'a'.repeat(40)}...${sha}`;
  fc.assert(
    fc.property(HOSTILE, (subject) => {
      const list = { total: 2, first: [{ sha, subject }] };
      const said = comment(result('x'), { range, list });
      const row = said.split('\n').find((line) => line.startsWith('- [')) ?? '';
      expect(row.endsWith(`](https://github.com/OGGM/oggm/commit/${sha})`)).toBe(true);
      const text = said.replaceAll(LINK, '$1');
      expectMarkdown(text, OURS);
      expect([...said.matchAll(LINK)].map(([, , found]) => found)).toEqual([
        FRAME.run,
        page,
        `https://github.com/OGGM/oggm/commit/${sha}`,
      ]);
    }),
    { numRuns: 300 },
  );
});

/** Text, with its escapes, and address. */
const LINK = /\[((?:\\.|[^\]\\])*)\]\((https:[^)]*)\)/gu;

test('packages are words of printable ASCII, and links go where they should', () => {
  const word = fc.stringMatching(/^[!-~]{1,40}$/u);
  fc.assert(
    fc.property(word, word, fc.constantFrom('pip', 'conda', 'apt'), (name, version, manager) => {
      const said = comment(result('x', { packages: [`${manager} ${name} ${version}`] }));
      const row = said.split('\n').find((line) => line.startsWith('| added |')) ?? '';
      expect(cells(row)).toBe(6);
      const addresses = [...row.matchAll(LINK)].map(([, , found]) => found);
      expect(addresses).toHaveLength(manager === 'apt' ? 0 : 1);
      for (const address of addresses)
        expect(address).toMatch(
          /^https:\/\/(pypi\.org\/project|anaconda\.org\/conda-forge)\/[\w.~%-]+\/?$/u,
        );
      expectMarkdown(said.replaceAll(LINK, '$1'), OURS);
    }),
    { numRuns: 300 },
  );
});

test('where anything has another shape nothing of it is repeated', () => {
  const keys = Object.keys(result('')).filter((key) => key !== 'seconds');
  fc.assert(
    fc.property(fc.constantFrom(...keys), HOSTILE, (key, text) => {
      const said = comment(result('x', { [key]: { [text]: [text] } }));
      expect(said.split('\n').slice(5)).toEqual([
        '### ✗ `science`: its result cannot be read',
        '',
        `its field /images/0/${key.replace('_', '\\_')} is missing or is something else`,
        '',
        '',
      ]);
    }),
    { numRuns: 100 },
  );
});
