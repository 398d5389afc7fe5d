import { describe, expect, test } from '@jest/globals';
import { hubImages, resolveImage } from '../../../src/core/images/resolve.ts';
import { HUB, platformWith } from '../../support/written.ts';

const IMAGE = 'images/science/image.yaml';
const LOCK = 'images/science/image.lock.yaml';
const base = 'registry.example.org/base';
const one = `sha256:${'1'.repeat(64)}`;
const two = `sha256:${'2'.repeat(64)}`;
const lock = (channels: object) => ({
  recipe: 'b'.repeat(40),
  builds: { first: { digest: one }, second: { digest: two } },
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
  test('locked: the channel’s build, then stable, then candidate', () => {
    const both = { stable: 'first', candidate: 'second' };
    expect(resolved({ tag: '1' }, both)).toEqual(locked('first', one));
    expect(resolved({ tag: '1' }, both, 'candidate')).toEqual(locked('second', two));
    expect(resolved({ tag: '1' }, { stable: 'first' }, 'candidate')).toEqual(locked('first', one));
    expect(resolved({ tag: '1' }, { candidate: 'second' })).toEqual(locked('second', two));
    expect(resolved(undefined, { stable: 'second' })).toEqual(locked('second', two));
  });

  test('a lock without channels, or with a build that it does not hold, says nothing', () => {
    const unlocked = { kind: 'unlocked', reference: `${base}:1`, floating: false };
    expect(resolved({ tag: '1' }, {})).toEqual(unlocked);
    expect(resolved({ tag: '1' }, { stable: 'third' })).toEqual(unlocked);
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
    [LOCK]: lock({ stable: 'first', candidate: 'second' }),
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

  test('with the image’s own file', () => {
    const platform = platformWith({});
    const doc = platform.environments.get('hub');
    const image = platform.images.get('science');
    expect(doc && hubImages(platform, doc).map(({ file }) => file)).toEqual([image?.data]);
  });
});
