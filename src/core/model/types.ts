import type { Place } from '../finding.ts';
import type { JsonObject } from '../json.ts';
import type { DataFile, DataLockFile } from './data-types.ts';
import type { Offer, Pool, Size } from './machine-types.ts';
import type { Adoption, Mount, Secret } from './hub-types.ts';

/*
 * What the files say, after their schemas (`schemas/*.schema.json`) have been applied with defaults.
 * Units, limits and meanings are described there; this is the same shape for the compiler.
 */

export type HubName = string;
export type ClusterName = string;
export type ImageName = string;
export type WaveName = string;
/**
 * `team:<org>/<slug>`, `tier:<tier>`, `cohort:<slug>`, `user:<GitHub id>` or `all`; the same text is the group's
 * name in the hub.
 */
export type Who = string;
/** `30m`, `24h`, `180d`. */
export type Duration = string;

export interface ChartSettings {
  version: string;
  repository: string;
  sha256: string | null;
}

export interface Wave {
  name: WaveName;
  images: 'candidate' | 'stable';
  soak: Duration;
  approval: boolean;
  timezone: string;
  freeze: Freeze[];
}

export interface Freeze {
  days?: ('mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun')[];
  hours?: string;
  from?: string;
  until?: string;
  reason?: string;
}

export interface Removal {
  hub: HubName;
  cluster: ClusterName;
  homes: 'keep' | 'archive' | 'delete';
  database: 'keep' | 'archive' | 'delete';
  count?: number;
  bucket?: string;
  endpoint?: string;
  region?: string;
  reason: string;
}

/** Where to ask instead of the public addresses. */
export interface Mirrors {
  pypi?: string;
  conda?: string;
  apt?: string;
  github?: string;
  images?: string;
}

export interface PlatformFile {
  glaciocloud: 1;
  organization: string;
  registry: string;
  user: { name: string; uid: number; gid: number };
  charts: { jupyterhub: ChartSettings; 'dask-gateway'?: ChartSettings; allowPrivate?: boolean };
  waves: Wave[];
  tiers: Record<string, { until: Duration }>;
  access?: { repository: string; ref: string };
  /** Where the pages of hubs lead to. */
  pages: { repository?: string; help?: string; binder?: string };
  mirrors?: Mirrors;
  /** Pull requests of the night that are merged by the night. */
  automerge?: 'candidate';
  removals: Removal[];
  notSecret: string[];
}

export interface ClusterFile {
  title: string;
  provider: 'digitalocean' | 'gke' | 'aks' | 'eks' | 'ovh' | 'k3s' | 'existing';
  kubernetes: string;
  identity: string | null;
  storage: {
    homes: { class: string };
    data?: { class: string; size?: string; access: 'one' | 'many' };
  };
  ingress: { class: string; issuer: string | null; email: string | null };
  networkPolicy: 'enforced' | 'none';
  networks: string[];
  /** Pools by name: `poolOf` finds one, and the schema asks for `user`. */
  nodes: Record<string, Pool>;
  parallel: number;
}

/** Who may see and open servers, and whose. */
export interface Staff {
  who: Who[];
  over: Who[];
}

export interface ClassEvent {
  name: string;
  from: string;
  until: string;
  hours?: string;
  users: number;
  image?: ImageName;
}

export interface EnvironmentFile {
  kind: 'hub' | 'binder';
  title: string;
  url: string;
  hosts: string[];
  cluster: ClusterName;
  wave: WaveName;
  images: Offer[];
  sizes: Record<string, Size>;
  /** As it is written: `homeOf` says what it means. */
  home: { size?: string; class?: string; claim?: string; path?: string };
  scratch?: { size: string };
  shm?: { size: string };
  mounts: Mount[];
  workdir: 'home' | 'scratch';
  data: string[];
  waitForData: boolean;
  env: Record<string, string>;
  mirrors?: Mirrors;
  sessions: { idle: Duration; keepBusy?: { max: Duration; warn: Duration[] } };
  access: {
    allow: Who[];
    admins: Who[];
    leads?: { servers: boolean };
    staff: Record<string, Staff>;
  };
  secrets: Record<string, Secret>;
  certificate?: { cert: string; key: string };
  dask?: { maxWorkers: number; worker: { cpu: number; memory: string } };
  probe?: { api: Duration; spawn: Duration; onlyWhenWarm: boolean };
  capacity: { maxServers: number; placeholders: number; events: ClassEvent[] };
  budget?: { monthly: number; currency: string };
  /** Who may start servers. */
  spawn?: { state: 'open' | 'admins' | 'paused'; reason: string };
  shared?: JsonObject;
  quota?: JsonObject;
  backup?: JsonObject;
  adopt?: Adoption;
  values: JsonObject;
  notSecret: string[];
}

export interface ImageFile {
  title: string;
  description?: string;
  oggm?: { git?: string; ref: string; version?: string };
  from?: { image: string; track?: string; tag?: string; digest?: string };
  python?: string;
  channels: string[];
  conda: string[];
  pip: string[];
  apt: string[];
  bake: ('sample-data' | 'salem')[];
  files: string[];
  postBuild?: string;
  env: Record<string, string>;
  tests: { oggm: 'none' | 'minimal' | 'full'; notebooks: string[] };
  size: { max: string; layers: number };
  rebuild: 'never' | 'nightly' | 'weekly';
  notSecret: string[];
}

export interface ImageBuild {
  digest: string;
  /** Hash of the rendered folder and of what builds it: the image's tag in the registry. */
  content?: string;
  /** Where it was pushed to. */
  registry?: string;
  base?: string;
  oggm?: { version?: string; commit?: string };
  size?: string;
  tests?: Record<string, 'passed' | 'failed' | 'skipped'>;
  /** Hash of its package list. */
  packages?: string;
  /** When stable began to name it: ISO 8601, UTC. */
  promoted?: string;
  /** Why it is never deleted. */
  keep?: string;
  /** Why it was withdrawn. */
  yanked?: string;
}

export interface ImageLockFile {
  /** Of everything else in the file: it is written by the platform only. */
  checksum?: string;
  recipe: string;
  builds: Record<string, ImageBuild>;
  channels: { candidate?: string; stable?: string };
}

export interface AccessRemovalsFile {
  removals: { from: string; count: number; reason: string }[];
  protected: number[];
}

export interface ApproversFile {
  approvers: { id: number; login?: string }[];
  teams: Who[];
}

export interface MemberFile {
  id: number;
  login?: string;
  tier: string;
  from?: string;
  until: string;
  request?: number;
}

export interface CohortFile {
  title: string;
  leads: number[];
  tier: string;
  from: string;
  until: string;
  capacity: number;
  members: number[];
  request?: number;
}

export interface AnnouncementFile {
  hubs: HubName[];
  severity: 'info' | 'warning' | 'critical';
  /** Day or moment, UTC. */
  from?: string;
  until: string;
  text: string;
}

/** A file that its schema accepts: its name, its data with defaults, and where everything stands. */
export interface Doc<T> {
  name: string;
  file: string;
  data: T;
  at: (path: string) => Place;
  keyAt: (path: string) => Place;
  has: (path: string) => boolean;
}

export interface Kinds {
  platform: PlatformFile;
  cluster: ClusterFile;
  environment: EnvironmentFile;
  image: ImageFile;
  'image-lock': ImageLockFile;
  data: DataFile;
  'data-lock': DataLockFile;
  'access-removals': AccessRemovalsFile;
  approvers: ApproversFile;
  member: MemberFile;
  cohort: CohortFile;
  announcement: AnnouncementFile;
}
export type Kind = keyof Kinds;

/**
 * The whole platform. Maps hold the files that could be read; `names` also those that could not,
 * so that one mistake does not make every reference to its file look wrong.
 */
export interface Platform {
  settings: Doc<PlatformFile>;
  clusters: ReadonlyMap<ClusterName, Doc<ClusterFile>>;
  environments: ReadonlyMap<HubName, Doc<EnvironmentFile>>;
  images: ReadonlyMap<ImageName, Doc<ImageFile>>;
  locks: ReadonlyMap<ImageName, Doc<ImageLockFile>>;
  data: ReadonlyMap<string, Doc<DataFile>>;
  dataLocks: ReadonlyMap<string, Doc<DataLockFile>>;
  approvers: Doc<ApproversFile> | undefined;
  accessRemovals: Doc<AccessRemovalsFile> | undefined;
  members: ReadonlyMap<string, Doc<MemberFile>>;
  cohorts: ReadonlyMap<string, Doc<CohortFile>>;
  announcements: ReadonlyMap<string, Doc<AnnouncementFile>>;
  names: ReadonlyMap<Kind, ReadonlySet<string>>;
  /** Texts of the forms by which people ask for access, by path, as they lie in the repository. */
  forms: ReadonlyMap<string, string>;
  /** What the encrypted file of a hub's secrets is, by a digest: others differ where it was written anew. */
  encrypted: ReadonlyMap<HubName, string>;
  /** Every path of the repository that the platform may refer to, for rules about files that are named. */
  paths: ReadonlySet<string>;
  /** Hash of each package list, by path. */
  lists: ReadonlyMap<string, string>;
}
