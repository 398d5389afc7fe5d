import { pointer } from '../json.ts';
import { isNamed } from '../model/platform.ts';
import { nearest } from '../model/read.ts';
import type { Kind, Platform } from '../model/types.ts';
import type { Problem, Rule } from '../rule.ts';

function* dangling(
  platform: Platform,
  kind: Kind,
  name: string,
  at: Problem['at'],
  folder: string,
): Generator<Problem> {
  if (isNamed(platform, kind, name)) return;
  const known = [...(platform.names.get(kind) ?? [])];
  const near = nearest(name, known);
  yield {
    at,
    message: `there is no ${folder.replace('*', name)}`,
    hint:
      near === undefined
        ? known.length === 0
          ? `add ${folder.replace('*', name)}`
          : `there are: ${known.join(', ')}`
        : `did you mean "${near}"?`,
  };
}

export const unknownReference: Rule = {
  id: 'unknown-reference',
  severity: 'error',
  title: 'Every name refers to a file or entry that exists.',
  why: 'A hub on a cluster, wave, image or data set that does not exist cannot be deployed; a misspelt one would be left out in silence.',
  on: 'platform',
  *check(platform) {
    const waves = platform.settings.data.waves.map(({ name }) => name);
    for (const hub of platform.environments.values()) {
      const { cluster, wave, images, data } = hub.data;
      yield* dangling(platform, 'cluster', cluster, hub.at('/cluster'), 'clusters/*.yaml');
      for (const [index, image] of images.entries())
        yield* dangling(
          platform,
          'image',
          image,
          hub.at(pointer('images', index)),
          'images/*/image.yaml',
        );
      for (const [index, set] of data.entries())
        yield* dangling(platform, 'data', set, hub.at(pointer('data', index)), 'data/*.yaml');
      if (!waves.includes(wave))
        yield {
          at: hub.at('/wave'),
          message: `platform.yaml has no wave "${wave}"`,
          hint: `choose ${waves.join(', ')}`,
        };
    }
  },
};
