import { expect, test } from '@jest/globals';
import { decideImage, isTested, reasonText } from '../../../src/core/images/decide.ts';
import type { BuildReason, UnchangedReason } from '../../../src/core/images/decide.ts';
import type { ImageBuild } from '../../../src/core/model/types.ts';

const content = 'c'.repeat(40);
const recipe = 'a'.repeat(40);
const digest = 'sha256:one';
const good: ImageBuild = { digest, content, tests: { oggm: 'passed' } };
const A = '2026-11-01-aaaaaa';
const B = '2026-11-02-bbbbbb';

interface Given {
  builds?: Record<string, ImageBuild>;
  was?: string;
  tags?: [string, string][];
  digests?: string[];
}

const decided = ({ builds, was = recipe, tags = [], digests = [] }: Given) =>
  decideImage({ recipe, content }, builds && { recipe: was, builds }, {
    tags: new Map(tags),
    digests: new Set(digests),
  });
const build = (...reasons: BuildReason[]) => ({ kind: 'build', reasons });
const unchanged = (reason: UnchangedReason, of = digest) => ({
  kind: 'unchanged',
  digest: of,
  reason,
});
const present = (name: string) => ({ kind: 'present', build: name }) as const;

test.each<[string, Given, ReturnType<typeof build> | ReturnType<typeof unchanged>]>([
  ['no lock', {}, build({ kind: 'first' })],
  ['an empty lock', { builds: {} }, build({ kind: 'content' })],
  [
    'another recipe',
    { builds: { [A]: { ...good, content: 'old' } }, was: 'b', digests: [digest] },
    build({ kind: 'recipe', from: 'b', to: recipe }),
  ],
  [
    'the same recipe, other packages',
    { builds: { [A]: { ...good, content: 'old' } }, digests: [digest] },
    build({ kind: 'content' }),
  ],
  ['there by its digest', { builds: { [A]: good }, digests: [digest] }, unchanged(present(A))],
  ['there by its tag', { builds: { [A]: good }, tags: [[content, digest]] }, unchanged(present(A))],
  [
    'the same content after another recipe',
    { builds: { [A]: good }, was: 'b', digests: [digest] },
    unchanged(present(A)),
  ],
  [
    'not in the registry',
    { builds: { [A]: good }, digests: ['sha256:two'] },
    build({ kind: 'gone', build: A, digest }),
  ],
  [
    'something else under the tag',
    { builds: { [A]: good }, tags: [[content, 'sha256:two']], digests: [digest] },
    build({ kind: 'moved', build: A, from: digest, to: 'sha256:two' }),
  ],
  [
    'not tested',
    { builds: { [A]: { digest, content } }, digests: [digest] },
    build({ kind: 'untested', build: A }),
  ],
  [
    'an old one is gone, a new one is there',
    { builds: { [A]: good, [B]: { ...good, digest: 'sha256:two' } }, digests: ['sha256:two'] },
    unchanged(present(B), 'sha256:two'),
  ],
  [
    'both gone',
    { builds: { [A]: good, [B]: { ...good, tests: {} } } },
    build({ kind: 'gone', build: A, digest }, { kind: 'untested', build: B }),
  ],
  [
    'withdrawn',
    { builds: { [A]: good, [B]: { ...good, yanked: 'crashes' } }, digests: [digest] },
    unchanged({ kind: 'yanked', build: B, why: 'crashes' }),
  ],
  [
    'pushed, and the run ended before the lock',
    { builds: {}, tags: [[content, digest]] },
    unchanged({ kind: 'unrecorded' }),
  ],
  ['the tag of another content', { tags: [['other', digest]] }, build({ kind: 'first' })],
])('%s', (_what, given, decision) => {
  expect(decided(given)).toEqual(decision);
});

test.each<[Record<string, string> | undefined, boolean]>([
  [undefined, false],
  [{}, false],
  [{ a: 'skipped' }, false],
  [{ a: 'passed' }, true],
  [{ a: 'passed', b: 'skipped' }, true],
  [{ a: 'passed', b: 'failed' }, false],
  [{ a: 'failed' }, false],
])('%j counts as tested: %s', (tests, tested) => {
  expect(isTested(tests)).toBe(tested);
});

test.each<[BuildReason | UnchangedReason, string]>([
  [{ kind: 'first' }, 'it was never built'],
  [
    { kind: 'recipe', from: '1234567', to: '7654321' },
    'image.yaml or a file that it names changed (123456 → 765432)',
  ],
  [{ kind: 'content' }, 'its base, OGGM or packages are newer'],
  [{ kind: 'untested', build: A }, `${A} did not pass its tests`],
  [{ kind: 'gone', build: A, digest }, `the registry no longer has ${A}`],
  [
    { kind: 'moved', build: A, from: digest, to: digest },
    `the registry has another image under the tag of ${A}`,
  ],
  [{ kind: 'present', build: A }, `it is ${A}`],
  [{ kind: 'unrecorded' }, 'the registry has it, and the lock does not know it yet'],
  [
    { kind: 'yanked', build: A, why: 'crashes' },
    `it would be ${A} again, which was withdrawn: crashes`,
  ],
])('%j in words', (reason, text) => {
  expect(reasonText(reason)).toBe(text);
});
