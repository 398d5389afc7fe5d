import { digestOf } from '../digest.ts';
import type { Json } from '../json.ts';
import { least } from '../lists.ts';
import { sizesWith } from '../model/offers.ts';
import { memoryBytes } from '../model/quantities.ts';
import type { ImageFile, Mirrors, Platform } from '../model/types.ts';
import { mirrorVariables } from './mirrors.ts';

/** The repo2docker that builds images; another one may build the same folder differently. */
export const REPO2DOCKER = '2026.4.0';
/** What that repo2docker builds environments of conda on. */
export const ENVIRONMENT_BASE = 'docker.io/library/buildpack-deps:24.04';
/** Lists what is in a build, as Docker's own does where nothing else is said. */
export const SCANNER = 'docker.io/docker/buildkit-syft-scanner:stable-1';
/** Settings of repo2docker in a folder. */
export const SETTINGS = 'repo2docker_config.json';
/** Raised when the same folder is built in another way. */
const FORMAT = 1;
/** What a container of tests gets where no hub offers the image: the least that OGGM is happy with. */
const NO_SIZE_BYTES = 2 * 2 ** 30;

/** Where a build finds what this machine gives it, and nobody else later. */
const MACHINE = '/run/glaciocloud/machine';
export const CERTIFICATES = '/run/glaciocloud/certificates.crt';
/** Secrets of a build: name → where it is mounted. */
export const BUILD_SECRETS = { machine: MACHINE, certificates: CERTIFICATES } as const;

/** Variables of this machine that a build needs to reach package indexes. */
const REACH = [
  'PIP_INDEX_URL',
  'PIP_EXTRA_INDEX_URL',
  'PIP_TRUSTED_HOST',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
];
/** How pip, Python, requests, curl and git are told which certificates to trust. */
const TRUST = [
  'PIP_CERT',
  'SSL_CERT_FILE',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
];

/** Where a folder names its base: what is before and after it. */
const BASE_PLACES = [
  { path: 'Dockerfile', place: /^(FROM )(\S+)()$/mu },
  { path: SETTINGS, place: /^( *"base_image": ")([^"\s]+)(",?)$/mu },
] as const;

/** The image that a folder is built on; undefined where it names none. */
export function baseOf(files: ReadonlyMap<string, string>): string | undefined {
  const found = BASE_PLACES.map(({ path, place }) => place.exec(files.get(path) ?? '')?.[2]);
  return found.find((base) => base !== undefined);
}

/** `registry.org:5000/base:1` at a digest. */
export function atDigest(reference: string, digest: string): string {
  const [name = ''] = reference.split('@');
  const tag = name.lastIndexOf(':');
  return `${tag > name.lastIndexOf('/') ? name.slice(0, tag) : name}@${digest}`;
}

/**
 * The folder as it is built: its base by digest, and each step of its Dockerfile may read what this machine knows of
 * indexes and certificates. They are mounted for the step only, so that they are in no layer and in no history.
 */
export function buildFolder(
  files: ReadonlyMap<string, string>,
  base: string | undefined,
): Map<string, string> {
  const built = new Map(files);
  for (const { path, place } of BASE_PLACES) {
    const text = files.get(path);
    if (text !== undefined && base !== undefined)
      built.set(path, text.replace(place, `$1${base}$3`));
  }
  const dockerfile = built.get('Dockerfile');
  if (dockerfile === undefined) return built;
  const mounts = Object.entries(BUILD_SECRETS)
    .map(([id, target]) => `--mount=type=secret,id=${id},target=${target}`)
    .join(' ');
  const text = dockerfile.replace(
    /^RUN ((?:--mount=\S+ )*)/gmu,
    `RUN $1${mounts} [ ! -e ${MACHINE} ] || . ${MACHINE}; `,
  );
  return built.set('Dockerfile', text);
}

/** 40 hex digits of everything that decides what comes out: the folder that is built, and who builds it. */
export function contentHash(files: ReadonlyMap<string, string>): string {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return digestOf([FORMAT, REPO2DOCKER, sorted.map(([path, text]): Json => [path, text])]);
}

export interface Origin {
  image: ImageFile;
  hash: string;
  base: string | undefined;
  /** Commit of the platform's repository. */
  commit: string | undefined;
}

/** OCI labels of a build; an image's own Dockerfile has its title and its recipe. */
export function labelsOf({ image, hash, base, commit }: Origin): Record<string, string> {
  const { oggm } = image;
  const model = oggm?.git === undefined ? oggm?.version : `${oggm.git}@${oggm.ref}`;
  const [baseName, baseDigest] = base?.split('@') ?? [];
  const labels = {
    'org.opencontainers.image.revision': commit,
    'org.opencontainers.image.base.name': baseName,
    'org.opencontainers.image.base.digest': baseDigest,
    'org.glaciocloud.content': hash,
    'org.glaciocloud.oggm': model,
  };
  return Object.fromEntries(
    Object.entries(labels).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

/** What a build knows of the machine that it runs on, and of its platform's mirrors. */
export interface Surroundings {
  environment: Readonly<Record<string, string | undefined>>;
  mirrors: Mirrors;
  /** Whether they are mounted beside the script. */
  certificates: boolean;
}

/** Shell that a step reads: how indexes are reached here. What the machine says comes before the platform's mirrors. */
export function machineScript({ environment, mirrors, certificates }: Surroundings): string {
  const said: [string, string][] = REACH.flatMap((name): [string, string][] => {
    const value = environment[name] ?? '';
    return value === '' ? [] : [[name, value]];
  });
  const known = new Map([...Object.entries(mirrorVariables(mirrors)), ...said]);
  const reach = [...known].map(([name, value]) => `export ${name}=${quoted(value)}\n`);
  const trust = certificates ? TRUST.map((name) => `export ${name}=${CERTIFICATES}\n`) : [];
  return [...reach, ...trust].join('');
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/** Bytes of memory of the smallest size with which a hub offers the image. */
export function smallestMemory(platform: Platform, image: string): number {
  const offered = [...platform.environments.values()]
    .flatMap(({ data }) =>
      data.images.filter(({ name }) => name === image).flatMap((offer) => sizesWith(data, offer)),
    )
    .map(([, { memory }]) => memoryBytes(memory) ?? NO_SIZE_BYTES);
  return offered.length === 0 ? NO_SIZE_BYTES : least(offered);
}
