import { expect, test } from '@jest/globals';
import { dataWanted } from '../../../src/core/data/order.ts';
import { imageFolder } from '../../../src/core/images/folder.ts';
import { judgedSize } from '../../../src/core/images/test-report.ts';
import { mirrorVariables } from '../../../src/core/images/mirrors.ts';
import { imageTests } from '../../../src/core/images/tests.ts';
import { auditSecrets } from '../../../src/core/hub/secrets.ts';
import { wantedReleases } from '../../../src/core/hub/release.ts';
import { readPlatform } from '../../../src/core/model/platform.ts';
import { SCHEMAS } from '../../../src/core/model/read.ts';
import type { People } from '../../../src/core/access/people.ts';
import type { TeamLists } from '../../../src/core/access/teams.ts';
import { wantedIn } from '../../../src/core/access/wanted.ts';
import type { HubWish } from '../../../src/core/access/wanted.ts';
import { noticesText } from '../../../src/core/notices/notices.ts';
import { fileText } from '../../support/written.ts';
import { runRules } from '../../../src/core/check/run.ts';
import { at, escapeSegment, parentOf, segmentsOf } from '../../../src/core/json.ts';
import type { Json, JsonObject } from '../../../src/core/json.ts';

/*
 * A field that a file may hold either decides something, or `not-yet` says that it does not. Each field of each schema
 * is given another value here: what is planned, built, found or audited must then differ.
 */
const NOW = Date.UTC(2026, 10, 24);
const DIGEST = `sha256:${'a'.repeat(64)}`;
const chart = { version: '4.4.0', repository: 'https://charts.example.org/', sha256: null };

type File = JsonObject;
const KINDS = ['platform', 'cluster', 'environment', 'image', 'announcement'] as const;
type Written = (typeof KINDS)[number];
const PATHS: Readonly<Record<Written, string>> = {
  platform: 'platform.yaml',
  cluster: 'clusters/main.yaml',
  environment: 'environments/hub.yaml',
  image: 'images/science/image.yaml',
  announcement: 'announcements/course.md',
};

const CLASS = { from: '2026-12-01T08:00Z', until: '2026-12-02T18:00Z', users: 30 };

const MIRRORS = { pypi: 'https://mirror.example.org/simple' };

/** A platform in which every field is written. */
const WHOLE: Record<string, File> = {
  'platform.yaml': {
    glaciocloud: 1,
    organization: 'example',
    registry: 'registry.example.org/hubs',
    user: { name: 'jovyan', uid: 1100, gid: 100 },
    charts: { jupyterhub: chart, 'dask-gateway': chart },
    waves: [
      { name: 'production', images: 'stable', freeze: [{ days: ['sat'] }] },
      { name: 'last', images: 'candidate' },
    ],
    tiers: { researcher: { until: '180d' } },
    access: { repository: 'example/access', ref: 'main' },
    removals: [
      { hub: 'old', cluster: 'main', homes: 'delete', database: 'keep', count: 3, reason: 'x' },
    ],
    mirrors: MIRRORS,
    pages: {
      repository: 'example/hubs',
      help: 'https://docs.example.org',
      binder: 'https://binder.example.org',
    },
    notSecret: ['MAP_TOKEN'],
  },
  'clusters/main.yaml': {
    title: 'Main',
    provider: 'gke',
    kubernetes: '1.35',
    identity: null,
    storage: { homes: { class: 'standard' }, data: { class: 'nfs', access: 'many' } },
    ingress: { class: 'nginx', issuer: 'letsencrypt', email: 'a@example.org' },
    networkPolicy: 'enforced',
    nodes: {
      user: {
        cpu: 8,
        memory: '64Gi',
        max: 4,
        startTime: '240s',
        selector: { pool: 'users' },
        taints: [{ key: 'for', value: 'servers', effect: 'NoSchedule' }],
        priceClass: 'on-demand',
        gpu: { count: 2, resource: 'nvidia.com/gpu' },
      },
      gpu: { cpu: 8, memory: '64Gi', max: 4, selector: { pool: 'gpu' } },
    },
    parallel: 2,
  },
  'environments/hub.yaml': {
    kind: 'hub',
    title: 'Hub',
    url: 'https://hub.example.org',
    hosts: ['jupyter.example.org'],
    cluster: 'main',
    wave: 'production',
    images: [{ name: 'science', for: ['all'], sizes: ['small', 'large'] }, 'locked'],
    sizes: {
      small: {
        title: 'Small',
        cpu: 2,
        memory: '4G',
        default: false,
        for: ['all'],
        nodes: 'user',
        gpu: 2,
        guarantee: { cpu: 1, memory: '2G' },
      },
      large: { cpu: 4, memory: '8G', default: true },
    },
    home: { size: '20Gi', class: 'fast' },
    scratch: { size: '20Gi' },
    shm: { size: '1Gi' },
    mounts: [
      { name: 'course', claim: 'nfs', path: 'a', at: '/course', for: ['all'], readOnly: true },
    ],
    workdir: 'scratch',
    data: ['cru'],
    env: { MAP_TOKEN: 'public' },
    mirrors: MIRRORS,
    sessions: { idle: '1h', keepBusy: { max: '2h', warn: ['1h'] } },
    access: {
      allow: ['team:example/users'],
      admins: ['team:example/admins'],
      leads: { servers: true },
    },
    secrets: {
      s3: { use: 'bucket', rotate: '30d', for: 'servers', env: 'S3_KEY' },
      'github-client-id': { use: 'login' },
      'github-client-secret': { use: 'login' },
      chain: { use: 'entry' },
      private: { use: 'entry' },
    },
    certificate: { cert: 'chain', key: 'private' },
    dask: { maxWorkers: 2, worker: { cpu: 1, memory: '2G' } },
    probe: { api: '10m', spawn: '1h', onlyWhenWarm: true },
    capacity: {
      maxServers: 40,
      placeholders: 2,
      events: [
        { ...CLASS, name: 'Morning', hours: '08:00-10:00', image: 'science' },
        { ...CLASS, name: 'Afternoon', hours: '12:00-14:00' },
      ],
    },
    spawn: { state: 'paused', reason: 'new disks' },
    budget: { monthly: 100, currency: 'EUR' },
    shared: { a: 1 },
    quota: { a: 1 },
    backup: { a: 1 },
    values: {},
    notSecret: [],
  },
  // One that has its certificate from the cluster's issuer.
  'environments/plain.yaml': {
    title: 'Plain',
    url: 'https://plain.example.org',
    cluster: 'main',
    wave: 'production',
    images: ['science'],
    sizes: { small: { cpu: 2, memory: '4G', default: true } },
    home: { size: '20Gi' },
    access: { allow: ['team:example/users'], admins: ['team:example/admins'] },
    capacity: { maxServers: 4 },
  },
  'data/cru.yaml': { title: 'CRU', files: ['https://data.example.org/cru.nc'], size: '1Gi' },
  'data/cru.lock.yaml': {
    recipe: 'a'.repeat(40),
    files: [{ url: 'https://data.example.org/cru.nc', bytes: 5 }],
  },
  'announcements/course.md': {
    hubs: ['hub'],
    severity: 'info',
    from: '2026-12-01',
    until: '2026-12-02',
    text: 'A course.',
  },
  'images/locked/image.yaml': { title: 'Locked' },
  'images/locked/image.lock.yaml': {
    recipe: 'a'.repeat(40),
    builds: {
      '2026-11-01-aaaaaa': { digest: DIGEST },
      '2026-11-02-bbbbbb': { digest: `sha256:${'b'.repeat(64)}` },
    },
    channels: { stable: '2026-11-01-aaaaaa', candidate: '2026-11-02-bbbbbb' },
  },
  'images/science/image.yaml': {
    title: 'Science',
    description: 'For work',
    oggm: { git: 'OGGM/oggm', ref: 'master' },
    from: { image: 'registry.example.org/base', digest: DIGEST },
    channels: ['conda-forge'],
    conda: ['xarray'],
    pip: [],
    apt: [],
    bake: ['salem'],
    files: [],
    postBuild: 'setup.sh',
    env: { A: 'b' },
    tests: { oggm: 'minimal', notebooks: [] },
    size: { max: '6Gi', layers: 60 },
    rebuild: 'weekly',
    notSecret: [],
  },
};

/** Read only while deploying, ordering, watching, refreshing and letting people in, where tests of these prove them. */
const WHILE_DEPLOYING: ReadonlySet<string> = new Set([
  'platform /organization',
  'platform /charts/jupyterhub/version',
  'platform /charts/jupyterhub/repository',
  'platform /charts/jupyterhub/sha256',
  'platform /charts/allowPrivate',
  'platform /waves/*/soak',
  'platform /waves/*/approval',
  'platform /waves/*/timezone',
  'platform /waves/*/freeze/*/days/*',
  'platform /waves/*/freeze/*/hours',
  'platform /waves/*/freeze/*/from',
  'platform /waves/*/freeze/*/until',
  'platform /waves/*/freeze/*/reason',
  'environment /adopt/release',
  'environment /waitForData',
  'image /rebuild',
  'platform /automerge',
  'platform /tiers/*/until',
  'platform /access/repository',
  'platform /removals/*/endpoint',
  'platform /removals/*/region',
  'cluster /kubernetes',
  'cluster /identity',
  'cluster /parallel',
]);
/** Only people read these. */
const WORDS: ReadonlySet<string> = new Set([
  'cluster /title',
  'platform /removals/*/reason',
  'environment /capacity/events/*/name',
]);
/** The version of the format, of which there is one. */
const FIXED: ReadonlySet<string> = new Set(['platform /glaciocloud']);
/** Another value for a field, where it is not the one beside it in the schema. */
const OTHER: Readonly<Record<string, Json>> = {
  'environment /access/allow/*': 'all',
  'environment /access/admins/*': 'all',
  'environment /images/*/name': 'locked',
  'environment /images/*/sizes/*': 'large',
  'environment /sizes/*/nodes': 'gpu',
  'environment /values': { custom: { a: 1 } },
  'image /oggm/version': '1.6.3',
  'image /from/track': 'latest',
  'image /from/tag': 'v1',
  'image /python': '3.12',
};

interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string | string[];
  enum?: Json[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  examples?: Json[];
}

interface Field {
  /** `environment /sizes/*\/cpu`; a star stands for any name or number. */
  id: string;
  kind: Written;
  path: string;
  schema: Schema;
}

/** Imported JSON has a type of its own for each file. */
const schemaOf = (kind: Written): Schema => SCHEMAS[kind] as unknown as Schema;

/** Every field of a schema as it is written in the whole platform. */
function* fieldsOf(kind: Written, schema: Schema, path: string, id: string): Generator<Field> {
  const root = schemaOf(kind);
  const known =
    schema.$ref === undefined ? schema : { ...root.$defs?.[schema.$ref.slice(8)], ...schema };
  const isLeaf =
    known.properties === undefined &&
    known.items === undefined &&
    known.additionalProperties === undefined;
  if (isLeaf) yield { id: `${kind} ${id}`, kind, path, schema: known };
  for (const [name, one] of Object.entries(known.properties ?? {}))
    yield* fieldsOf(kind, one, `${path}/${escapeSegment(name)}`, `${id}/${name}`);
  const here = at(WHOLE[PATHS[kind]], path);
  const inner =
    known.items ??
    (typeof known.additionalProperties === 'object' ? known.additionalProperties : undefined);
  if (inner && typeof here === 'object' && here !== null)
    for (const key of Object.keys(here).slice(0, 1))
      yield* fieldsOf(kind, inner, `${path}/${escapeSegment(key)}`, `${id}/*`);
}

function withValue(kind: Written, path: string, value: Json | undefined): Record<string, File> {
  const files = JSON.parse(JSON.stringify(WHOLE)) as typeof WHOLE;
  const parent = at(files[PATHS[kind]], parentOf(path)) as unknown as Record<
    string,
    Json | undefined
  >;
  const key = segmentsOf(path).at(-1) ?? '';
  parent[key] = value;
  return files;
}

/** What a hub knows of somebody who leads a class and is in its team. */
function groupsOfLead(wish: HubWish): unknown {
  const always = { from: undefined, until: undefined };
  const lead = { who: 'leads:course', why: 'access/cohorts/course.yaml', ...always };
  const people: People = {
    affiliations: new Map([['7', [lead]]]),
    logins: new Map(),
    unreadable: { ids: new Set(), cohorts: new Set(), limits: false },
    removals: [],
    protected: new Set(),
  };
  const members = [{ id: '7', login: undefined }];
  const teams: TeamLists = new Map([
    ['team:example/users', { kind: 'complete', members }],
    ['team:example/admins', { kind: 'complete', members: [] }],
  ]);
  return wantedIn(wish, { people, teams, present: new Map(), today: '2026-11-24' }).get('7')
    ?.groups;
}

/** Everything that files decide before a deployment: releases, images, what is found, what is audited. */
function decided(files: Record<string, File>): {
  all: string;
  notYet: string[];
  refused: string[];
} {
  const texts = Object.entries(files).map(([path, data]) => {
    return [path, { kind: 'text', text: fileText(path, data) }] as const;
  });
  const { platform, findings } = readPlatform(new Map(texts));
  const refused = findings
    .filter(({ rule }) => rule !== 'credential')
    .map(({ at: place, message }) => `${place.file} ${message}`);
  if (!platform) return { all: '', notYet: [], refused };
  const found = runRules({ platform, now: NOW, defaults: undefined });
  const images = [...platform.images.values()].map(({ name, data }) => {
    const { files: folder, hash } = imageFolder(name, data, platform.settings.data, []);
    return [
      [...folder].map(([path, text]) => [path, text.replaceAll(hash, '')]),
      judgedSize({ bytes: 7e9, layers: 60 }, data.size),
      imageTests({
        image: data,
        user: platform.settings.data.user,
        hub: '5.4.0',
        notebooks: data.tests.notebooks.map((path) => ({ path, text: '' })),
        occasion: 'refresh',
      }).length,
    ];
  });
  const hubs = [...platform.environments.values()];
  const all = JSON.stringify([
    wantedReleases(platform, { pins: [], codeDigest: '' }),
    dataWanted(platform, 'main')?.digest,
    hubs.map(({ name }) => noticesText(platform, name)),
    hubs.map(({ name, file, data }) => groupsOfLead({ hub: name, file, data })),
    [...findings, ...found]
      .filter(({ rule }) => rule !== 'not-yet')
      .map(({ message, hint }) => [message, hint]),
    images,
    mirrorVariables(platform.settings.data.mirrors ?? {}),
    hubs.map(({ data }) => auditSecrets(data, { values: new Map(), changed: 0, faults: [] }, NOW)),
    platform.settings.data.removals.map(({ reason, ...rest }) => ({
      ...rest,
      reason: reason !== '',
    })),
  ]);
  const notYet = found
    .filter(({ rule }) => rule === 'not-yet')
    .map(({ at: place, message }) => `${place.file} ${message}`);
  return { all, notYet, refused };
}

const FIELDS = KINDS.flatMap((kind) => [...fieldsOf(kind, schemaOf(kind), '', '')]);

/** Values to try: those of the schema, what the format of the present one allows, and none at all. */
function others({ id, schema }: Field, now: Json | undefined): (Json | undefined)[] {
  const given = OTHER[id];
  const listed = [
    ...(given === undefined ? [] : [given]),
    ...(schema.enum ?? []),
    ...(schema.examples ?? []),
  ];
  if (typeof now === 'number') listed.push(now + 1, now * 100, Math.max(1, Math.floor(now / 2)));
  if (typeof now === 'boolean') listed.push(!now);
  if (typeof now === 'string')
    listed.push(`${now}x`, now.replace(/\d/u, '9'), now.replace(/\d/u, '7'));
  return [...listed, undefined];
}

/** Whether `not-yet` names the field or what holds it. */
function isNamed({ kind, path }: Field): boolean {
  const whole = decided(WHOLE);
  const names = segmentsOf(path);
  return whole.notYet.some(
    (said) => said.startsWith(PATHS[kind]) && names.some((name) => said.includes(`"${name}"`)),
  );
}

test('the whole platform is one, without a mistake', () => {
  expect(decided(WHOLE).refused).toEqual([]);
});

test.each(FIELDS.map((field) => [field.id, field] as const))('%s', (id, field) => {
  if (WHILE_DEPLOYING.has(id) || WORDS.has(id) || FIXED.has(id) || isNamed(field)) return;
  const before = decided(WHOLE);
  const now = at(WHOLE[PATHS[field.kind]], field.path);
  const changed = others(field, now).some((value) => {
    const after = decided(withValue(field.kind, field.path, value));
    return (
      after.refused.length === 0 &&
      (after.all !== before.all || after.notYet.length > before.notYet.length)
    );
  });
  expect({ id, changed }).toEqual({ id, changed: true });
});

test('what is said to be read elsewhere is a field', () => {
  const ids = new Set(FIELDS.map(({ id }) => id));
  const said = [...WHILE_DEPLOYING, ...WORDS, ...FIXED, ...Object.keys(OTHER)];
  expect(said.filter((id) => !ids.has(id))).toEqual([]);
});
