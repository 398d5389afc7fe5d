import type { Package } from '../core/model/package-list.ts';
import type { Mirrors } from '../core/model/types.ts';
import type { Clock, Ended } from '../ports.ts';

/* What building images needs of the outside: the same kind of interfaces as in `src/ports.ts`. */

export interface BuildRequest {
  /** Folder that repo2docker builds. */
  folder: string;
  tag: string;
  user: { name: string; uid: number };
  labels: Readonly<Record<string, string>>;
  /** Seconds since 1970 that the build has as its time; undefined where nothing says it. */
  epoch: number | undefined;
  /** Image, by digest, that lists what is in the build; the list (SBOM) is attached. Undefined: none is. */
  scanner: string | undefined;
  /** Where steps of earlier builds are found, and those of this one are kept; undefined: on this machine only. */
  cache: string | undefined;
  /** Asked by its steps, and in nothing that comes out. */
  mirrors: Mirrors;
  /** Called for each line that the build says, as it comes. */
  onLine: (line: string) => void;
}

/** Builds images into Docker's store. Fails with ImageFailure, but not because a build fails. */
export interface Builder {
  /** Digest of what was built; undefined where the build failed, which its lines tell. */
  build(request: BuildRequest): Promise<string | undefined>;
}

export interface ContainerRequest {
  image: string;
  /** Volume for the home folder; without one the image's own is seen. */
  home: { volume: string; folder: string } | undefined;
  user: { uid: number; gid: number };
  memoryBytes: number;
  network: 'none' | 'open';
  /** Instead of the image's own. */
  entrypoint: string | undefined;
  /** What the entry point gets. */
  command: readonly string[];
  input: string;
  env: Readonly<Record<string, string>>;
  timeoutMs: number;
}

export interface HomeRequest {
  image: string;
  user: { uid: number; gid: number };
  folder: string;
  /** Filled to its last byte. */
  full: boolean;
}

export interface SolveRequest {
  /** The base, by digest. */
  image: string;
  /** Lines for pip. */
  wanted: string;
  /** Packages that keep their version where that is possible. */
  held: readonly Package[];
  mirrors: Mirrors;
}

/** Docker, and the images in its store. Fails with ImageFailure. */
export interface ContainerEngine {
  /**
   * Fails where the store would not keep the bytes, and so the digest, of what was built. Removes what runs that were
   * killed have left.
   */
  ready(): Promise<void>;
  push(reference: string): Promise<void>;
  pull(reference: string): Promise<void>;
  /** What is not there is gone already. */
  remove(reference: string): Promise<void>;
  /** Sum of the unpacked layers, and their number. */
  size(reference: string): Promise<{ bytes: number; layers: number }>;
  /** Makes a home of its own that belongs to the user; its volume's name. */
  makeHome(request: HomeRequest): Promise<string>;
  removeHome(volume: string): Promise<void>;
  /** Runs a container to its end. What does not end in time is ended: code 124. */
  run(request: ContainerRequest): Promise<Ended>;
  /** Asks pip in a container with a network what it would install; its last line is `solved`'s. */
  solve(request: SolveRequest): Promise<Ended>;
}

/** Registries of images. Fails with ImageFailure. */
export interface Registry {
  /** Digest of a reference; undefined where the registry has no such image. */
  digest(reference: string): Promise<string | undefined>;
  /** Whether it can be pulled without a login. */
  isPublic(reference: string): Promise<boolean>;
  /** Copies an image with its attestations, bytes unchanged, to a reference with a tag. */
  copy(from: string, to: string): Promise<void>;
  /** A registry on this machine that is gone after `stop`, or with this process; what references to it begin with. */
  throwAway(): Promise<{ address: string; stop: () => Promise<void> }>;
}

/** Where OGGM comes from. Fails with ImageFailure. */
export interface Refs {
  /** 40 digits of what a branch or a tag of `OWNER/NAME` is now. */
  commit(repository: string, ref: string): Promise<string>;
}

/** What building images needs of the outside. */
export interface ImagePorts {
  builder: Builder;
  engine: ContainerEngine;
  registry: Registry;
  refs: Refs;
  /** Image that lists what is in a build, where it can be had. */
  scanner: string;
  clock: Clock;
  /** Text of a script that runs in images, by its name. */
  script: (name: string) => Promise<string>;
}
