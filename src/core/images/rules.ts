import type { Finding } from '../finding.ts';
import { pointer } from '../json.ts';
import { imageNames, imagePath } from '../model/offers.ts';
import type { Doc, ImageFile } from '../model/types.ts';
import { packageName, pinnedVersion } from './packages.ts';
import { channelOf, resolveImage } from './resolve.ts';
import type { Problem, Rule } from '../rule.ts';

export const imageSource: Rule = {
  id: 'image-source',
  severity: 'error',
  title: 'An image says in one way what it is built on, and in one way which OGGM it has.',
  why: 'Of two sources one would be ignored without a word.',
  on: 'platform',
  *check(platform) {
    for (const image of platform.images.values()) {
      const { from, oggm } = image.data;
      const base = from && baseFault(from);
      if (base !== undefined) {
        yield {
          at: image.at('/from'),
          message: base,
          hint: 'write one of track (moves), tag (does not) or digest',
        };
      }
      if (from && image.data.python !== undefined) {
        yield {
          at: image.at('/python'),
          message: '"from" and "python" exclude each other',
          hint: 'remove python: the image that it is built on has its own',
        };
      }
      const model = oggm && oggmFault(oggm);
      if (model !== undefined) {
        yield {
          at: image.at('/oggm'),
          message: model,
          hint: 'write version: 1.6.3, or git: with ref:',
        };
      }
      yield* otherOggm(image);
    }
  },
};

function baseFault(from: NonNullable<ImageFile['from']>): string | undefined {
  const given = (['track', 'tag', 'digest'] as const).filter((key) => from[key] !== undefined);
  if (given.length === 0) return 'nothing says which version of the image';
  return given.length === 1 ? undefined : `${given.join(' and ')} exclude each other`;
}

function oggmFault({ git, version }: NonNullable<ImageFile['oggm']>): string | undefined {
  if (git === undefined && version === undefined) return 'nothing says which OGGM';
  if (git !== undefined && version !== undefined) return 'git and version exclude each other';
  return undefined;
}

/** Packages that name another OGGM than the one that `oggm:` asks for. */
function* otherOggm({ at, data }: Doc<ImageFile>): Generator<Problem> {
  const { oggm } = data;
  if (!oggm) return;
  for (const key of ['conda', 'pip'] as const)
    for (const [index, one] of data[key].entries())
      if (packageName(one) === 'oggm' && pinnedVersion(one) !== oggm.version)
        yield {
          at: at(pointer(key, index)),
          message: `"${one}" is not the OGGM that "oggm:" asks for`,
          hint:
            oggm.version === undefined
              ? 'remove it: what "oggm:" says is installed'
              : `write the version ${oggm.version}, or remove it`,
        };
}

const MOVING = /^(latest|main|master|stable|nightly|dev|edge|test)$/u;

export const mutableTag: Rule = {
  id: 'mutable-tag',
  severity: 'error',
  title: 'A tag that moves is called `track`.',
  why: 'With `latest` under `tag` nobody knows what ran yesterday. A public incident (DuBois hub, 2026-02-11) began with an image that had changed under its tag. Under `track` the lock pins what the tag pointed at.',
  on: 'platform',
  *check(platform) {
    for (const image of platform.images.values()) {
      const tag = image.data.from?.tag;
      if (tag !== undefined && MOVING.test(tag)) {
        yield {
          at: image.at('/from/tag'),
          message: `the tag "${tag}" moves`,
          hint: `write "track: ${tag}"`,
        };
      }
    }
  },
};

export const imageUnlocked: Rule = {
  id: 'image-unlocked',
  severity: 'warning',
  title: 'Images that move are known to move.',
  why: 'Without a lock a hub runs whatever a moving tag points at when a node pulls it, so two people may have two images. `glaciocloud image build IMAGE --push` writes a lock, and the hub then runs what was built and tested.',
  on: 'platform',
  *check(platform) {
    const used = new Set(
      [...platform.environments.values()].flatMap(({ data }) => imageNames(data)),
    );
    for (const image of platform.images.values()) {
      if (!used.has(image.name) || MOVING.test(image.data.from?.tag ?? '')) continue;
      const resolved = resolveImage(
        platform.settings.data.registry,
        image,
        platform.locks.get(image.name),
        'stable',
      );
      if (resolved.kind === 'unlocked' && resolved.floating) {
        yield {
          at: image.at('/from'),
          message: `${resolved.reference} is used as it is, and it moves`,
          hint: `run "glaciocloud image build ${image.name} --push", which writes its lock, or write "tag:" or "digest:"`,
        };
      }
    }
  },
};

export const imageUnbuilt: Rule = {
  id: 'image-unbuilt',
  severity: 'error',
  title: 'A hub offers only images that exist.',
  why: 'An image without `from:` has no address before its first build, so no server could start with it. `glaciocloud image build IMAGE --push` builds it, though a hub names it already, and writes its lock.',
  on: 'platform',
  *check(platform) {
    const { registry } = platform.settings.data;
    for (const hub of platform.environments.values()) {
      for (const [index, { name }] of hub.data.images.entries()) {
        const image = platform.images.get(name);
        const resolved = image && resolveImage(registry, image, platform.locks.get(name), 'stable');
        if (resolved?.kind === 'unbuilt') {
          yield {
            at: hub.at(imagePath(hub, index)),
            message: `${name} has not been built yet`,
            hint: `run "glaciocloud image build ${name} --push" and commit the lock that it writes, or leave it out until then`,
          };
        }
      }
    }
  },
};

/** What keeps an image from being built: not that a hub waits for it. */
export function beforeBuild(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ rule }) => rule !== imageUnbuilt.id);
}

export const imageUnpromoted: Rule = {
  id: 'image-unpromoted',
  severity: 'warning',
  title: 'A hub of a stable wave gets an image when its first build is promoted.',
  why: 'A candidate is tried on hubs of candidate waves first. Until the promotion a hub goes on with the image that it runs, and does not offer one that it never had.',
  on: 'platform',
  *check(platform) {
    const { registry } = platform.settings.data;
    for (const hub of platform.environments.values()) {
      const channel = channelOf(platform, hub.data.wave);
      for (const [index, { name }] of hub.data.images.entries()) {
        const image = platform.images.get(name);
        const lock = platform.locks.get(name);
        if (!image || resolveImage(registry, image, lock, channel).kind !== 'unpromoted') continue;
        yield {
          at: hub.at(imagePath(hub, index)),
          message: `${name} has no ${channel} build: the hub keeps what it runs, and does not offer it anew`,
          hint: `promote a build of ${name}, or leave it out until then`,
        };
      }
    }
  },
};

export const imageFiles: Rule = {
  id: 'image-files',
  severity: 'error',
  title: 'Files that an image names lie in its folder.',
  why: 'A path that leaves the folder would copy something else into an image that everybody can read.',
  on: 'platform',
  *check(platform) {
    for (const image of platform.images.values()) {
      const named = [
        ...image.data.files.map((path, index) => ({ path, at: pointer('files', index) })),
        ...(image.data.postBuild === undefined
          ? []
          : [{ path: image.data.postBuild, at: pointer('postBuild') }]),
        ...image.data.tests.notebooks.map((path, index) => ({
          path,
          at: pointer('tests', 'notebooks', index),
        })),
      ];
      for (const { path, at } of named) {
        if (leavesFolder(path)) {
          yield {
            at: image.at(at),
            message: `"${path}" leaves the image’s folder`,
            hint: 'name a file below it',
          };
        } else if (!platform.paths.has(`images/${image.name}/${path}`)) {
          yield {
            at: image.at(at),
            message: `there is no images/${image.name}/${path}`,
            hint: 'add the file, or correct the path',
          };
        }
      }
    }
  },
};

function leavesFolder(path: string): boolean {
  const parts = path.split('/');
  return path.startsWith('/') || parts.includes('..') || parts.includes('.');
}

/** Where a home begins, alone or in a list of folders. */
const IN_HOME = /(^|:)(\/home\/|~|\$HOME)/u;
const NAMES_FOLDER = /CACHE|DATA|_DIR$|PATH/u;

export const belowHome: Rule = {
  id: 'below-home',
  severity: 'error',
  title: 'Nothing that an image brings lies below the home.',
  why: 'The home volume hides what an image puts into the home. With OGGM’s sample data or salem’s cache hidden, `import oggm` downloads 80 MB for each user, or fails without network.',
  on: 'platform',
  *check(platform) {
    for (const image of platform.images.values()) {
      for (const [name, value] of Object.entries(image.data.env)) {
        if (IN_HOME.test(value) && NAMES_FOLDER.test(name)) {
          yield {
            at: image.at(pointer('env', name)),
            message: `${name} points below the home, which a volume hides`,
            hint: 'use a folder below /opt',
          };
        }
      }
    }
  },
};
