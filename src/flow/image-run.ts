import { join } from 'node:path';
import { BuildLog } from '../core/images/build-log.ts';
import { atDigest, labelsOf, smallestMemory } from '../core/images/build-plan.ts';
import { short } from '../core/escape.ts';
import { decideImage, reasonText } from '../core/images/decide.ts';
import type { ImageDecision } from '../core/images/decide.ts';
import { buildName } from '../core/images/lock.ts';
import type { NamedFile } from '../core/images/folder.ts';
import { lockAgain, lockFiles } from '../core/images/new-build.ts';
import { packageLines } from '../core/images/package-lines.ts';
import { oggmIn } from '../core/images/packages.ts';
import { LONGEST_REASON, rounded, shortened } from '../core/images/test-report.ts';
import type { ImageResult, ImageSeconds, TestResult } from '../core/images/test-report.ts';
import type { Occasion } from '../core/images/tests.ts';
import type { Package } from '../core/model/package-list.ts';
import type { Doc, ImageFile, ImageLockFile } from '../core/model/types.ts';
import { fillFolder, withTemporaryFolder } from '../edges/files.ts';
import { Failure } from '../failure.ts';
import { hiddenText, moveCandidate, pushTested, scannerAt } from './image-push.ts';
import type { PushPlace } from './image-push.ts';
import { resolve } from './image-resolve.ts';
import type { Resolved, ResolveJob } from './image-resolve.ts';
import { testImage } from './image-tests.ts';

export interface ImageJob extends ResolveJob {
  /** Version of JupyterHub in the chart's hub; empty where the chart does not say. */
  hubVersion: string;
  occasion: Occasion;
  /** Where images go once they are tested; undefined where nothing is pushed. */
  target: string | undefined;
  commit: { sha: string; time: number } | undefined;
  notebooks: (image: Doc<ImageFile>) => Promise<readonly NamedFile[]>;
  /**
   * Puts lock and package list, texts by path, into the platform's folder; undefined where none is written, because
   * nothing is pushed to the platform's own registry.
   */
  write: ((files: ReadonlyMap<string, string>) => Promise<void>) | undefined;
  progress: (image: string, text: string) => void;
}

/** One image on its way from its file to the registry. */
export class ImageRun {
  readonly job: ImageJob;
  readonly image: Doc<ImageFile>;
  /** Address of a registry on this machine. */
  readonly near: () => Promise<string>;
  readonly #seconds: ImageSeconds = { resolve: 0, build: 0, test: 0, push: 0 };
  #name: string | null = null;
  #size: number | null = null;
  #tests: TestResult[] = [];
  #packages: Package[] = [];

  constructor(job: ImageJob, image: Doc<ImageFile>, near: () => Promise<string>) {
    this.job = job;
    this.image = image;
    this.near = near;
  }

  async result(): Promise<ImageResult> {
    try {
      return await this.#run();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return this.#ended('failed', null, `${error.message}; ${error.hint}`);
    }
  }

  async #run(): Promise<ImageResult> {
    const { engine, clock } = this.job.ports;
    const resolved = await this.#timed('resolve', () => resolve(this.job, this.image));
    const { hash } = resolved;
    const taken = new Set(Object.keys(this.#lock()?.builds ?? {}));
    this.#name = buildName(clock.now().getTime(), hash, taken);
    const decision = await this.#timed('resolve', () => this.#decide(resolved));
    if (decision.kind === 'unchanged') return this.#unchanged(resolved, decision);
    for (const reason of decision.reasons) this.#say(reasonText(reason));
    const tag = `${await this.near()}/${this.image.name}:${hash}`;
    try {
      const built = await this.#timed('build', () => this.#build(resolved, tag));
      if (built.digest === undefined) return this.#ended('failed', null, built.error);
      const { digest } = built;
      await this.#timed('test', async () => {
        await engine.push(tag);
        await this.#test(resolved, atDigest(tag, digest));
      });
      const failed = this.#failed();
      if (failed !== '')
        return this.#ended('failed', digest, `nothing is pushed: ${failed} failed`);
      if (this.job.target === undefined) return this.#ended('built', digest, 'tested, not pushed');
      await this.#timed('push', async () => {
        await pushTested(this.#place(), { from: atDigest(tag, digest), hash, digest });
        await this.#move(digest);
      });
      await this.#record(resolved, digest);
      const hidden = await hiddenText(this.#place(), hash);
      return this.#ended('built', digest, `tested and pushed${hidden}`);
    } finally {
      await engine.remove(tag);
    }
  }

  #lock(): ImageLockFile | undefined {
    return this.job.platform.locks.get(this.image.name)?.data;
  }

  /** Where nothing is pushed no registry is asked, and everything is built. */
  async #decide({ recipe, hash: content }: Resolved): Promise<ImageDecision> {
    const { target, ports } = this.job;
    const tags = new Map<string, string>();
    const digests = new Set<string>();
    const wanted = { recipe, content };
    if (target === undefined) return decideImage(wanted, undefined, { tags, digests });
    const name = `${target}/${this.image.name}`;
    const tagged = await ports.registry.digest(`${name}:${content}`);
    if (tagged !== undefined) tags.set(content, tagged);
    const lock = this.#lock();
    for (const build of Object.values(lock?.builds ?? {}))
      if (tagged === undefined && build.content === content)
        if ((await ports.registry.digest(`${name}@${build.digest}`)) !== undefined)
          digests.add(build.digest);
    return decideImage(wanted, lock, { tags, digests });
  }

  /**
   * The moving tag comes back where a run ended before it; to what was withdrawn it never does. What the lock lacks is
   * tested once more, because nobody has kept what its tests said.
   */
  async #unchanged(
    resolved: Resolved,
    { digest, reason }: Extract<ImageDecision, { kind: 'unchanged' }>,
  ): Promise<ImageResult> {
    if (reason.kind !== 'unrecorded') this.#name = reason.build;
    else if (this.job.write) {
      const reference = `${this.#place().name}@${digest}`;
      await this.#timed('test', () => this.#test(resolved, reference));
      const failed = this.#failed();
      if (failed !== '')
        return this.#ended('failed', digest, `no lock is written: ${failed} failed`);
    }
    if (reason.kind !== 'yanked') await this.#timed('push', () => this.#move(digest));
    if (reason.kind === 'unrecorded') await this.#record(resolved, digest);
    if (reason.kind === 'present') await this.#again(resolved, reason.build);
    return this.#ended('unchanged', digest, reasonText(reason));
  }

  /** The last step: what is in the lock has its tags. */
  async #record({ recipe, hash, base }: Resolved, digest: string): Promise<void> {
    const { target, write } = this.job;
    if (!write || target === undefined || this.#name === null) return;
    const build = {
      image: this.image.name,
      recipe,
      isCandidate: this.job.locked === undefined,
      name: this.#name,
      digest,
      content: hash,
      registry: target,
      base,
      size: this.#size ?? 0,
      tests: this.#tests,
      packages: this.#packages,
    };
    await write(lockFiles(this.#lock(), build));
  }

  /** image.yaml may have come back to what it was. */
  async #again({ recipe }: Resolved, name: string): Promise<void> {
    const lock = this.job.locked === undefined ? this.#lock() : undefined;
    const files = lock && lockAgain(lock, { image: this.image.name, recipe, name });
    if (files) await this.job.write?.(files);
  }

  /** Names of tests that failed. */
  #failed(): string {
    return this.#tests
      .filter(({ ok }) => !ok)
      .map(({ name }) => name)
      .join(', ');
  }

  async #scanner(): Promise<string | undefined> {
    const { registry, scanner } = this.job.ports;
    const found = await scannerAt(registry, scanner);
    if (found === undefined) this.#say(`no SBOM is attached: ${scanner} cannot be had`);
    return found;
  }

  async #build(
    { files, hash, base }: Resolved,
    tag: string,
  ): Promise<{ digest: string } | { digest: undefined; error: string }> {
    const { ports, platform, commit, target } = this.job;
    const log = new BuildLog();
    const scanner = target === undefined ? undefined : await this.#scanner();
    const digest = await withTemporaryFolder(async (scratch) => {
      const folder = join(scratch, 'image');
      await fillFolder(folder, files);
      return ports.builder.build({
        folder,
        tag,
        user: platform.settings.data.user,
        labels: labelsOf({ image: this.image.data, hash, base, commit: commit?.sha }),
        epoch: commit?.time,
        scanner,
        cache: target === undefined ? undefined : `${target}/${this.image.name}-cache:cache`,
        mirrors: platform.settings.data.mirrors ?? {},
        onLine: (line) => {
          const said = log.add(line);
          if (said !== undefined) this.#say(said);
        },
      });
    });
    return digest === undefined ? { digest, error: log.firstError() } : { digest };
  }

  /** By way of a registry, because that is what people get. */
  async #test({ packages, exactly }: Resolved, reference: string): Promise<void> {
    const { ports, platform, hubVersion, occasion } = this.job;
    await ports.engine.pull(reference);
    const under = {
      reference,
      packages,
      exactly,
      notebooks: await this.job.notebooks(this.image),
      image: this.image.data,
      user: platform.settings.data.user,
      hub: hubVersion === '' ? undefined : hubVersion,
      memoryBytes: smallestMemory(platform, this.image.name),
      occasion,
    };
    const tested = await testImage(ports, under, (text) => this.#say(text));
    this.#size = tested.size;
    this.#tests = tested.tests;
    this.#packages = tested.packages;
  }

  /** What is old again is no candidate. */
  async #move(digest: string): Promise<void> {
    if (this.job.locked === undefined) await moveCandidate(this.#place(), digest);
  }

  #place(): PushPlace {
    const { ports, target } = this.job;
    return { registry: ports.registry, name: `${target ?? ''}/${this.image.name}` };
  }

  async #timed<T>(step: keyof ImageSeconds, use: () => Promise<T>): Promise<T> {
    const { clock } = this.job.ports;
    const begin = clock.elapsed();
    try {
      return await use();
    } finally {
      const more = (clock.elapsed() - begin) / 1000;
      this.#seconds[step] = rounded(this.#seconds[step] + more);
    }
  }

  #say(text: string): void {
    this.job.progress(this.image.name, text);
  }

  #ended(outcome: ImageResult['outcome'], digest: string | null, reason: string): ImageResult {
    return {
      image: this.image.name,
      outcome,
      build: this.#name,
      digest,
      reason: short(reason, LONGEST_REASON),
      size_bytes: this.#size,
      seconds: this.#seconds,
      tests: this.#tests.map(shortened),
      packages: packageLines(this.#packages),
      oggm_commit: oggmIn(this.#packages)?.commit ?? null,
    };
  }
}
