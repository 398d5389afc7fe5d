import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, test } from '@jest/globals';
import type { ImageResult } from '../../src/core/images/test-report.ts';
import { ImageFailure } from '../../src/failure.ts';
import { buildImages } from '../../src/flow/images.ts';
import { FakeImages, NEAR } from '../support/images.ts';
import { Killed } from '../support/outside.ts';
import { platformWith } from '../support/written.ts';

/*
 * `image build --push` that ends anywhere, or whose registry does. Docker and registries are a double here, and so is the
 * end of a run: nothing reaches the outside any more.
 */
const BASE = 'registry.example.org/base';
const TARGET = 'registry.example.org/hubs';
const LOCK = 'images/science/image.lock.yaml';

/** A machine, its registries and the platform's folder: what is left when a run ends. */
class World {
  readonly fake = new FakeImages();
  readonly folder = new Map<string, string>();

  constructor() {
    this.fake.registry.set(`${BASE}:1`, `sha256:${'a'.repeat(64)}`);
    const from = { url: 'https://x', archive_info: { hashes: { sha256: '11' } } };
    const install = [{ name: 'pebble', version: '1.0', from }];
    this.fake.solves = () => ({ code: 0, stdout: JSON.stringify({ install }), stderr: '' });
    this.fake.packages = [['pip', 'pebble', '1.0', 'files-sha256:00']];
  }

  async run(): Promise<ImageResult> {
    const { fake, folder } = this;
    const image = { title: 'S', oggm: { version: '1.6.3' }, from: { image: BASE, tag: '1' } };
    const lock = folder.get(LOCK);
    const platform = platformWith({
      'images/science/image.yaml': { ...image, pip: ['pebble'] },
      ...(lock === undefined ? {} : { [LOCK]: load(lock) as Record<string, unknown> }),
    });
    const [result] = await buildImages(
      {
        ports: fake.ports((built) => readFile(join(built, 'Dockerfile'), 'utf8')),
        platform,
        hubVersion: '5.5.0',
        occasion: 'build',
        target: TARGET,
        commit: undefined,
        locked: undefined,
        notebooks: () => Promise.resolve([]),
        files: () => Promise.resolve([]),
        list: (name, build) => Promise.resolve(folder.get(`images/${name}/packages/${build}.txt`)),
        // One file after the other, each whole: a run may end between them.
        write: async (files) => {
          for (const [path, text] of files)
            await fake.outside.call('write', path, () => void folder.set(path, text));
        },
        progress: () => undefined,
      },
      [platform.images.get('science')!],
    );
    return result!;
  }

  /** Tags that people and hubs use, each with its digest, and the lock’s. */
  seen() {
    const tags = [...this.fake.registry].filter(([one]) => one.startsWith(`${TARGET}/`));
    return {
      tags: tags.map(([name, digest]) => [name.split(':').at(-1), digest]),
      lock: this.folder.get(LOCK),
    };
  }

  /** Whatever a tag or the lock names was tested whole, and is in the registry. */
  expectSound(): void {
    const { tags, lock } = this.seen();
    const digests = new Set(tags.map(([, digest]) => digest));
    expect(digests.size).toBeLessThanOrEqual(1);
    if (tags.some(([tag]) => tag === 'candidate')) expect(tags).toHaveLength(2);
    if (tags.length > 0) expect(this.fake.outside.made('run').length).toBeGreaterThanOrEqual(8);
    if (lock !== undefined) expect(tags).toHaveLength(2);
  }
}

const whole = new World();
const done = await whole.run();
const calls = whole.fake.outside.calls.length;

test('a whole run makes these calls', () => {
  expect([done.outcome, calls]).toEqual(['built', 35]);
  whole.expectSound();
});

describe('a run that is killed', () => {
  const moments = Array.from({ length: calls }, (_, index) => index + 1);

  test.each(moments.flatMap((at) => [[at, 'before'] as const, [at, 'after'] as const]))(
    'at call %i, %s it happens: nothing half is seen, and the next run ends where a whole one does',
    async (at, when) => {
      const world = new World();
      world.fake.outside.killAt(at, when);
      await expect(world.run()).rejects.toThrow(Killed);
      world.expectSound();
      world.fake.outside.revive();
      const result = await world.run();
      expect(['built', 'unchanged']).toContain(result.outcome);
      world.expectSound();
      const { tags, lock } = world.seen();
      expect(tags.map(([tag]) => tag).sort()).toEqual(
        whole
          .seen()
          .tags.map(([tag]) => tag)
          .sort(),
      );
      expect(lock).toContain(`digest: "${tags[0]?.[1] ?? ''}"`);
      expect([...world.folder.keys()].sort()).toEqual([...whole.folder.keys()].sort());
      // And then there is nothing left to do.
      const before = world.fake.outside.calls.length;
      expect((await world.run()).reason).toMatch(/^it is 2026-11-26-/u);
      expect(world.fake.outside.calls.length - before).toBe(3);
    },
  );
});

describe('a registry that dies', () => {
  test.each(['before', 'after'] as const)(
    '%s the copy arrived: no moving tag and no lock, and the next run completes',
    async (when) => {
      const world = new World();
      const error = new ImageFailure('the registry is gone', { hint: 'later' });
      world.fake.outside.fail({ call: 'copy', when, error });
      expect(await world.run()).toMatchObject({
        outcome: 'failed',
        reason: 'the registry is gone; later',
      });
      const { tags, lock } = world.seen();
      expect([tags.length, lock]).toEqual([when === 'before' ? 0 : 1, undefined]);
      expect(world.fake.outside.calls.at(-1)).toBe('stop: ');
      expect(world.fake.outside.made('remove')[0]).toContain(NEAR);
      await world.run();
      expect(world.seen().tags).toHaveLength(2);
      expect(world.seen().lock).toBeDefined();
    },
  );
});
