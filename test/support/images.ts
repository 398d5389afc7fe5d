import type { ImageInputs } from '../../src/commands/image.ts';
import type { Mirrors } from '../../src/core/model/types.ts';
import type { Ended } from '../../src/ports.ts';
import type {
  ContainerRequest,
  HomeRequest,
  ImagePorts,
  SolveRequest,
} from '../../src/ports/images.ts';
import { FakeClock } from './clock.ts';
import { Outside } from './outside.ts';

/** Inputs of the command `image` that were left out. */
export const NOTHING_ASKED: Omit<ImageInputs, 'root' | 'now'> = {
  chartsFrom: undefined,
  target: [],
  all: false,
  out: undefined,
  push: false,
  registry: undefined,
  locked: undefined,
  present: undefined,
  reason: undefined,
  base: undefined,
};

/** In no registry, unless a test puts it there. */
export const SCANNER_DOUBLE = 'registry.example.org/scanner:1';
export const NEAR = '127.0.0.1:5999';

/** Digest that the double's builds have: of their number. */
export const digestNo = (build: number): string => `sha256:${String(build).padStart(64, '0')}`;

/**
 * A double of Docker, repo2docker and registries: images are references with digests, and a container says what it was
 * told to say.
 */
export class FakeImages {
  readonly outside = new Outside();
  readonly clock = new FakeClock('2026-11-26T02:00:00.000Z');
  /** What registries have: reference → digest. */
  readonly registry = new Map<string, string>();
  /** Folders as they were built, by tag. */
  readonly built = new Map<
    string,
    {
      dockerfile: string;
      labels: Readonly<Record<string, string>>;
      epoch: number | undefined;
      cache: string | undefined;
      scanner: string | undefined;
      mirrors: Mirrors;
    }
  >();
  /** What is installed in images. */
  packages = [['pip', 'oggm', '1.6.3', 'files-sha256:00']];
  /** What each script says in a container. */
  says = (script: string): { code: number; stdout: string } => ({
    code: 0,
    stdout: JSON.stringify({
      ok: true,
      detail: `${script} is content`,
      version: '5.5.0',
      packages: this.packages,
    }),
  });
  /** Lines of a build, and whether it works. */
  builds: (tag: string) => { lines: string[]; ok: boolean } = () => ({ lines: [], ok: true });
  /** Containers and homes as they were asked for. */
  readonly runs: ContainerRequest[] = [];
  readonly homes: HomeRequest[] = [];
  /** What pip says that it would install. */
  solves: (request: SolveRequest) => Ended = () => ({
    code: 0,
    stdout: '{"install": []}',
    stderr: '',
  });
  readonly solved: SolveRequest[] = [];
  /** Images that only their owner may pull. */
  readonly hidden = new Set<string>();
  /** What branches and tags of OGGM's repository are now. */
  refs = new Map<string, string>();
  size = { bytes: 1e9, layers: 9 };
  #built = 0;

  ports(readDockerfile: (folder: string) => Promise<string>): ImagePorts {
    const { outside } = this;
    return {
      clock: this.clock,
      scanner: SCANNER_DOUBLE,
      script: (name) => Promise.resolve(name),
      builder: {
        build: (request) =>
          outside.call('build', request.tag, async () => {
            const dockerfile = await readDockerfile(request.folder);
            const { labels, epoch, cache, mirrors, scanner } = request;
            this.built.set(request.tag, { dockerfile, labels, epoch, cache, mirrors, scanner });
            const { lines, ok } = this.builds(request.tag);
            lines.forEach(request.onLine);
            await this.clock.sleep(60_000);
            this.#built += 1;
            return ok ? digestNo(this.#built) : undefined;
          }),
      },
      engine: {
        ready: () => outside.call('ready', '', () => undefined),
        push: (reference) =>
          outside.call('push', reference, () => {
            this.registry.set(reference, digestNo(this.#built));
          }),
        pull: (reference) => outside.call('pull', reference, () => undefined),
        remove: (reference) => outside.call('remove', reference, () => undefined),
        size: (reference) => outside.call('size', reference, () => this.size),
        makeHome: (request) =>
          outside.call('makeHome', request.full ? 'full' : 'empty', () => {
            this.homes.push(request);
            return `home-${this.homes.length}`;
          }),
        removeHome: (volume) => outside.call('removeHome', volume, () => undefined),
        solve: (request) =>
          outside.call('solve', request.image, () => {
            this.solved.push(request);
            return this.solves(request);
          }),
        run: (request) =>
          outside.call(
            'run',
            `${request.input} in ${request.home?.volume ?? 'the image'}`,
            async () => {
              this.runs.push(request);
              await this.clock.sleep(2000);
              return { stderr: 'glaciocloud-peak-kb 2048\n', ...this.says(request.input) };
            },
          ),
      },
      refs: {
        commit: (repository, ref) =>
          outside.call('commit', `${repository}@${ref}`, () => this.refs.get(ref) ?? ref),
      },
      registry: {
        digest: (reference) =>
          outside.call('digest', reference, () => this.registry.get(reference)),
        isPublic: (reference) =>
          outside.call(
            'isPublic',
            reference,
            () => !this.hidden.has(reference.split(':')[0] ?? ''),
          ),
        copy: (from, to) =>
          outside.call('copy', `${from} → ${to}`, () => {
            this.registry.set(to, from.split('@')[1] ?? '');
          }),
        throwAway: () =>
          outside.call('throwAway', '', () => ({
            address: NEAR,
            stop: () => outside.call('stop', '', () => undefined),
          })),
      },
    };
  }
}
