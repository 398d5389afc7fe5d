import { describe, expect, test } from '@jest/globals';
import { hubImages, resolveImage } from '../../../src/core/images/resolve.ts';
import { HUB, platformWith } from '../../support/written.ts';

const IMAGE = 'images/science/image.yaml';
const LOCK = 'images/science/image.lock.yaml';
const base = 'registry.example.org/base';
const one = `sha256:${'1'.repeat(64)}`;
const two = `sha256:${'2'.repeat(64)}`;
const first = '2026-11-01-aaaaaa';
const second = '2026-11-02-bbbbbb';
const lock = (channels: object, more = {}) => ({
  recipe: 'b'.repeat(40),
  builds: { [first]: { digest: one }, [second]: { digest: two, ...more } },
  channels,
});

function resolved(
  from: object | undefined,
  channels?: object,
  channel: 'stable' | 'candidate' = 'stable',
) {
  const platform = platformWith({
    [IMAGE]: { from: from && { image: base, ...from } },
    ...(channels && { [LOCK]: lock(channels) }),
  });
  const image = platform.images.get('science');
  return (
    image &&
    resolveImage('registry.example.org/hubs', image, platform.locks.get('science'), channel)
  );
}
const locked = (build: string, digest: string) => ({
  kind: 'locked',
  reference: `registry.example.org/hubs/science@${digest}`,
  build,
});

describe('resolveImage', () => {
  test('locked: the channel’s build; where there is no candidate, the stable one', () => {
    const both = { stable: first, candidate: second };
    expect(resolved({ tag: '1' }, both)).toEqual(locked(first, one));
    expect(resolved({ tag: '1' }, both, 'candidate')).toEqual(locked(second, two));
    expect(resolved({ tag: '1' }, { stable: first }, 'candidate')).toEqual(locked(first, one));
    expect(resolved(undefined, { stable: second })).toEqual(locked(second, two));
  });

  test('unpromoted: a stable wave never takes a candidate, or the base as it is', () => {
    const unpromoted = { kind: 'unpromoted' };
    expect(resolved({ tag: '1' }, { candidate: second })).toEqual(unpromoted);
    expect(resolved(undefined, { candidate: second })).toEqual(unpromoted);
    expect(resolved({ tag: '1' }, {})).toEqual(unpromoted);
    expect(resolved({ tag: '1' }, {}, 'candidate')).toEqual(unpromoted);
    expect(resolved({ tag: '1' }, { stable: '2026-11-03-cccccc' })).toEqual(unpromoted);
  });

  test('digest', () => {
    expect(resolved({ digest: one })).toEqual({ kind: 'digest', reference: `${base}@${one}` });
  });

  test('unlocked: a tag, what is tracked, or the newest', () => {
    expect(resolved({ tag: '1' })).toEqual({
      kind: 'unlocked',
      reference: `${base}:1`,
      floating: false,
    });
    expect(resolved({ track: 'main' })).toEqual({
      kind: 'unlocked',
      reference: `${base}:main`,
      floating: true,
    });
    expect(resolved({ tag: '1', track: 'main' })).toEqual({
      kind: 'unlocked',
      reference: `${base}:1`,
      floating: false,
    });
    expect(resolved({})).toEqual({
      kind: 'unlocked',
      reference: `${base}:latest`,
      floating: true,
    });
  });

  test('unbuilt', () => {
    expect(resolved(undefined)).toEqual({ kind: 'unbuilt' });
  });
});

describe('hubImages', () => {
  const images = (hub: object, more: Record<string, Record<string, unknown>> = {}) => {
    const platform = platformWith({ [HUB]: { ...hub }, ...more });
    const doc = platform.environments.get('hub');
    return doc
      ? hubImages(platform, doc).map(({ name, reference, pinned }) => [name, reference, pinned])
      : [];
  };
  const files = {
    [LOCK]: lock({ stable: first, candidate: second }),
    'images/tagged/image.yaml': { title: 'Tagged', from: { image: base, tag: '1' } },
    'images/fixed/image.yaml': { title: 'Fixed', from: { image: base, digest: two } },
    'images/fresh/image.yaml': { title: 'Fresh' },
  };

  test('in the hub’s order; what is unknown or unbuilt is left out', () => {
    const offered = ['tagged', 'fresh', 'nobody', 'science', 'fixed'];
    expect(images({ images: offered }, files)).toEqual([
      ['tagged', `${base}:1`, false],
      ['science', `registry.example.org/hubs/science@${one}`, true],
      ['fixed', `${base}@${two}`, true],
    ]);
  });

  test('the wave’s channel; stable where the wave is unknown', () => {
    const reference = (wave: string) => images({ wave }, files)[0]?.[1];
    expect(reference('staging')).toBe(`registry.example.org/hubs/science@${two}`);
    expect(reference('production')).toBe(`registry.example.org/hubs/science@${one}`);
    expect(reference('nowhere')).toBe(`registry.example.org/hubs/science@${one}`);
  });

  describe('before the first promotion', () => {
    const offered = (running: [string, string][], wave = 'production', more = {}) => {
      const platform = platformWith({
        [HUB]: { images: ['science'], wave },
        [LOCK]: lock({ candidate: second }, more),
      });
      const doc = platform.environments.get('hub');
      return (
        doc &&
        hubImages(platform, doc, new Map(running)).map(({ reference, pinned }) => [
          reference,
          pinned,
        ])
      );
    };

    test('a stable wave keeps what it runs, whatever that is', () => {
      expect(offered([['science', `${base}:old`]])).toEqual([[`${base}:old`, false]]);
      expect(offered([['science', `${base}@${one}`]])).toEqual([[`${base}@${one}`, true]]);
    });

    test('and is not offered what it never ran', () => {
      expect(offered([])).toEqual([]);
      expect(offered([['other', `${base}:old`]])).toEqual([]);
    });

    test('a candidate wave gets the candidate, whatever it runs', () => {
      const candidate = [`registry.example.org/hubs/science@${two}`, true];
      expect(offered([['science', `${base}:old`]], 'staging')).toEqual([candidate]);
    });

    test('what was withdrawn is not kept', () => {
      const yanked = { yanked: 'numpy crashes' };
      const reference = `registry.example.org/hubs/science@${two}`;
      expect(offered([['science', reference]])).toEqual([[reference, true]]);
      expect(offered([['science', reference]], 'production', yanked)).toEqual([]);
      expect(offered([['science', `${base}@${one}`]], 'production', yanked)).toHaveLength(1);
    });
  });

  test('with the image’s own file', () => {
    const platform = platformWith({});
    const doc = platform.environments.get('hub');
    const image = platform.images.get('science');
    expect(doc && hubImages(platform, doc).map(({ file }) => file)).toEqual([image?.data]);
  });

  test('says of a locked build its day, and its OGGM where the lock knows it', () => {
    const built = (more: object) => {
      const platform = platformWith({
        [HUB]: { images: ['science'] },
        [LOCK]: lock({ stable: second }, more),
      });
      const doc = platform.environments.get('hub');
      return doc && hubImages(platform, doc).map((image) => image.built);
    };
    expect(built({})).toEqual([{ day: '2026-11-02', oggm: undefined }]);
    expect(built({ oggm: { version: '1.6.3' } })).toEqual([{ day: '2026-11-02', oggm: '1.6.3' }]);
  });

  test('says nothing of an image without a lock', () => {
    const platform = platformWith({});
    const doc = platform.environments.get('hub');
    expect(doc && hubImages(platform, doc).map(({ built }) => built)).toEqual([undefined]);
  });
});
