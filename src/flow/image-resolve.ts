import { REQUIREMENTS } from '../core/images/base-kind.ts';
import { atDigest, baseOf, buildFolder, contentHash } from '../core/images/build-plan.ts';
import { folderFiles, imageFolder } from '../core/images/folder.ts';
import type { NamedFile, Recipe } from '../core/images/folder.ts';
import { atCommit, hasConda, pinnedImage } from '../core/images/pinned.ts';
import { withdrawnBase } from '../core/images/withdrawn-base.ts';
import { pinnedText, resolvedIn, solveFault, solved } from '../core/images/resolution.ts';
import { packagesHash, packagesPath, readPackages } from '../core/model/package-list.ts';
import type { Package } from '../core/model/package-list.ts';
import type { Doc, ImageFile, ImageLockFile, Platform } from '../core/model/types.ts';
import { ImageFailure } from '../failure.ts';
import type { ImagePorts } from '../ports/images.ts';

/** What resolving needs to know. */
export interface ResolveJob {
  ports: ImagePorts;
  platform: Platform;
  files: (image: Doc<ImageFile>) => Promise<readonly NamedFile[]>;
  /** Text of the package list of a build; undefined where there is none. */
  list: (image: string, build: string) => Promise<string | undefined>;
  /** The build whose packages are installed again; undefined where they may be newer. */
  locked: string | undefined;
}

/** What is known of an image before it is built. */
export interface Resolved {
  /** Hash of image.yaml and what it names. */
  recipe: string;
  files: ReadonlyMap<string, string>;
  hash: string;
  base: string | undefined;
  /** What pip has to install, and nothing else. */
  packages: readonly Package[];
  /** Everything that the image must have; undefined where that is not known. */
  exactly: readonly Package[] | undefined;
}

/** A build of the lock, with everything that is in it. */
interface Past {
  base: string | undefined;
  recipe: string;
  packages: readonly Package[];
}

/** The folder with base and packages pinned: what floats has been looked up, once. */
export async function resolve(job: ResolveJob, image: Doc<ImageFile>): Promise<Resolved> {
  const { name, data } = image;
  const named = await job.files(image);
  const { settings } = job.platform;
  const { files, hash: recipe } = imageFolder(name, data, settings.data, named);
  const past = await pastOf(job, image);
  const base = await baseFor(job, { written: baseOf(files), past });
  const exactly = job.locked === undefined ? undefined : past?.packages;
  if (hasConda(data)) {
    const known = { name, hash: recipe, platform: settings.data, named };
    return {
      recipe,
      base,
      packages: [],
      exactly,
      ...(await ofConda(job, data, { known, base, past })),
    };
  }
  const wanted = files.get(REQUIREMENTS);
  let packages: readonly Package[] = [];
  if (base !== undefined && wanted !== undefined) {
    packages = await packagesFor(job, data, { base, wanted, recipe, past });
    files.set(REQUIREMENTS, pinnedText(packages));
  }
  const folder = buildFolder(files, base);
  return { recipe, files: folder, hash: contentHash(folder), base, packages, exactly };
}

/**
 * What conda brings is known only when it is installed: the list of the build before is installed again, while it is
 * made from the same. Recipe, base and OGGM's commit decide what comes out; the list says it, and decides nothing.
 */
async function ofConda(
  { ports, locked }: ResolveJob,
  image: ImageFile,
  asked: { known: Recipe; base: string | undefined; past: Past | undefined },
): Promise<Pick<Resolved, 'files' | 'hash'>> {
  const { known, base, past } = asked;
  const { git, ref } = image.oggm ?? {};
  const exact =
    git === undefined || ref === undefined || locked !== undefined
      ? image
      : atCommit(image, await ports.refs.commit(git, ref));
  const folder = buildFolder(folderFiles(exact, known), base);
  const hash = contentHash(folder);
  const isSame = past?.recipe === known.hash && (!image.from || past.base === base?.split('@')[1]);
  const isHeld = locked !== undefined || (git === undefined && isSame);
  if (!past || !isHeld) return { files: folder, hash };
  const pinned = folderFiles(pinnedImage(image, past.packages), known);
  return { files: buildFolder(pinned, base), hash };
}

/** The build that is built again, or else the newest. */
async function pastOf(
  { platform, locked, list }: ResolveJob,
  { name }: Doc<ImageFile>,
): Promise<Past | undefined> {
  const lock = platform.locks.get(name)?.data;
  const build = locked ?? lock?.channels.candidate;
  if (build === undefined) return undefined;
  const text = await list(name, build);
  const past = text === undefined ? undefined : pastIn(lock, build, text);
  if (locked !== undefined && past === undefined)
    throw new ImageFailure(`the lock of ${name} has no build ${locked} with its list of packages`, {
      hint: `builds: ${Object.keys(lock?.builds ?? {}).join(', ') || 'none'}; lists: ${packagesPath(name, 'BUILD')}`,
    });
  return past;
}

/** Undefined where the list is not the one that the build had. */
function pastIn(lock: ImageLockFile | undefined, build: string, text: string): Past | undefined {
  const known = lock?.builds[build];
  if (!lock || known?.packages !== packagesHash(text)) return undefined;
  return { base: known.base, recipe: lock.recipe, packages: readPackages('', text).packages };
}

interface Asked {
  /** The base as the folder names it. */
  written: string | undefined;
  past: Past | undefined;
}

/** A base by digest, so that what was resolved is what is built on. Only `--locked` builds on what was withdrawn. */
async function baseFor(job: ResolveJob, asked: Asked): Promise<string | undefined> {
  const { written, past } = asked;
  if (written === undefined) return undefined;
  if (job.locked !== undefined && past?.base !== undefined) return atDigest(written, past.base);
  const base = written.includes('@') ? written : await newest(job, written);
  const withdrawn = withdrawnBase(job.platform, base);
  if (!withdrawn) return base;
  const { image, build, why } = withdrawn;
  throw new ImageFailure(`its base is ${build} of ${image}, which was withdrawn: ${why}`, {
    hint: `build ${image} anew, or name another version below from:; a tag follows the lock with \`image promote --pull-request\``,
  });
}

async function newest({ ports }: ResolveJob, written: string): Promise<string> {
  const digest = await ports.registry.digest(written);
  if (digest === undefined)
    throw new ImageFailure(`its base ${written} is not in its registry`, {
      hint: 'correct from: in image.yaml',
    });
  return atDigest(written, digest);
}

/**
 * With `oggm.git` everything may be newer. Else packages keep their version: on the same base they are the same, on
 * another one, or after an edit, pip is asked for as few changes as it can.
 */
async function packagesFor(
  { ports, platform, locked }: ResolveJob,
  { oggm }: ImageFile,
  asked: { base: string; wanted: string; recipe: string; past: Past | undefined },
): Promise<readonly Package[]> {
  const { base, wanted, recipe, past } = asked;
  const before = resolvedIn(past?.packages ?? []);
  if (locked !== undefined) return before;
  const held = oggm?.git === undefined ? before : [];
  const isSame = past?.recipe === recipe && past.base === base.split('@')[1];
  if (held.length > 0 && isSame) return held;
  const mirrors = platform.settings.data.mirrors ?? {};
  const question = { image: base, wanted, held, mirrors };
  const { code, stdout, stderr } = await ports.engine.solve(question);
  const answer = code === 0 ? solved(stdout) : { fault: solveFault(stderr) };
  if ('packages' in answer) return answer.packages;
  throw new ImageFailure(`its packages cannot be resolved: ${answer.fault}`, {
    hint: 'correct pip: or oggm: in image.yaml',
  });
}
