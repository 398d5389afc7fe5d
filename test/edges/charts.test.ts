import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { packTar } from 'modern-tar';
import { HUB_CODE } from '../../src/core/hub/values/hub.ts';
import { chartFolder, contentDigest, unpackChart } from '../../src/edges/chart-archive.ts';
import type { SeenChart } from '../../src/core/charts/source.ts';
import type { ChartFiles } from '../../src/edges/chart-archive.ts';
import { cacheFolder, firstSeenFile } from '../../src/edges/chart-cache.ts';
import { loadCharts } from '../../src/edges/charts.ts';
import type { Charts } from '../../src/edges/charts.ts';
import { failureOf } from '../support/program.ts';
import { DOUBLE, ROOT, temporary } from '../support/sample.ts';

type Entry = Parameters<typeof packTar>[0][number];

const VERSION = '4.4.0';
const NAME = `jupyterhub-${VERSION}.tgz`;
const CHART: Record<string, string> = {
  'Chart.yaml': 'name: jupyterhub\nversion: 4.4.0\n',
  'values.yaml': 'hub: {a: 1}\n',
  'values.schema.json': '{"type": "object"}',
  'templates/empty.yaml': '',
};
const sha256 = (data: Uint8Array | string): string =>
  createHash('sha256').update(data).digest('hex');
const entry = (name: string, body: string): Entry => ({
  header: { name, size: Buffer.byteLength(body), type: 'file' },
  body,
});
const packed = async (entries: Entry[]): Promise<Buffer> => gzipSync(await packTar(entries));
/** A packaged chart, made as small as a chart can be. */
const chart = (changes: Record<string, string | undefined> = {}): Promise<Buffer> =>
  packed(
    Object.entries({ ...CHART, ...changes }).flatMap(([path, text]) =>
      text === undefined ? [] : [entry(`jupyterhub/${path}`, text)],
    ),
  );
const texts = (files: ChartFiles): Record<string, string> =>
  Object.fromEntries([...files].map(([path, data]) => [path, Buffer.from(data).toString()]));

let folder: Awaited<ReturnType<typeof temporary>>;
let archive: Buffer;
let server: Server;
let base: string;
/** What the double of a chart repository has, by path; and what it was asked for. */
let shelf: Record<string, string | Buffer>;
let asked: string[];
let said: string[];
const before = { ...process.env };

beforeAll(async () => {
  archive = await chart();
  server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const found = shelf[url];
    response.writeHead(found === undefined ? 404 : 200).end(found);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(async () => {
  folder = await temporary();
  process.env['GLACIOCLOUD_CACHE'] = join(folder.path, 'cache');
  shelf = {
    '/charts/index.yaml': `entries: {jupyterhub: [{version: 4.3.0, urls: [old.tgz]}, {version: ${VERSION}, urls: [${NAME}]}]}`,
    [`/charts/${NAME}`]: archive,
  };
  asked = [];
  said = [];
});
afterEach(async () => {
  process.env = { ...before };
  await folder.remove();
});

interface Wanted {
  version?: string;
  repository?: string;
  sha256?: string | null;
  from?: string;
  network?: boolean;
  privateToo?: boolean;
  seen?: SeenChart[];
}
function ask(wanted: Wanted = {}): Promise<Charts | undefined> {
  const { version = VERSION, repository = `${base}/charts/`, from, network = true } = wanted;
  return loadCharts({
    settings: { jupyterhub: { version, repository, sha256: wanted.sha256 ?? null } },
    from,
    network,
    privateToo: wanted.privateToo ?? true, // the double listens on loopback
    seen: wanted.seen ?? [],
    progress: (text) => said.push(text),
  });
}
const cached = (): string => join(folder.path, 'cache/charts', `${sha256(archive)}.tgz`);

describe('a chart from its repository', () => {
  test('is fetched once, and comes from the cache afterwards', async () => {
    const first = await ask();
    expect(asked).toEqual(['/charts/index.yaml', `/charts/${NAME}`]);
    expect(said).toEqual([`fetching chart jupyterhub ${VERSION} from ${base}/charts/`]);
    expect(await readFile(cached())).toEqual(archive);
    const again = await ask({ network: false });
    expect([asked.length, said.length]).toEqual([2, 1]);
    expect(again?.pins).toEqual(first?.pins);
    expect(first?.defaults).toEqual({ hub: { a: 1 } });
    expect(first?.schema).toBe('{"type": "object"}');
  });

  test('is none where nothing is at hand and the network may not be asked', async () => {
    expect(await ask({ network: false })).toBeUndefined();
    expect([asked, said]).toEqual([[], []]);
  });

  test('is verified where it is pinned, and else its hash is told', async () => {
    const open = await ask();
    expect(open?.firstSeen).toEqual([{ name: 'jupyterhub', sha256: sha256(archive) }]);
    expect(open?.pins.map(({ name, verified }) => [name, verified])).toEqual([
      ['jupyterhub', false],
      ['oggm-hub', true],
    ]);
    const pinned = await ask({ sha256: sha256(archive) });
    expect(pinned?.firstSeen).toEqual([]);
    expect(pinned?.pins.map(({ verified }) => verified)).toEqual([true, true]);
  });

  test('is refused where it is not the one that is pinned', async () => {
    const pin = '0'.repeat(64);
    expect(await failureOf(ask({ sha256: pin }))).toMatchObject({
      name: 'ChartRefused',
      message: `chart jupyterhub ${VERSION} from ${base}/charts/ has SHA-256 ${sha256(archive)}, and platform.yaml pins ${pin}`,
      hint: 'somebody changed a published chart, or the pin is wrong: compare with the release notes before you change the pin',
    });
  });

  test('is fetched again where the copy in the cache is damaged', async () => {
    await mkdir(dirname(cached()), { recursive: true });
    await writeFile(cached(), 'damaged');
    expect(await ask({ sha256: sha256(archive), network: false })).toBeUndefined();
    expect((await ask({ sha256: sha256(archive) }))?.pins[0]?.version).toBe(VERSION);
    expect(await readFile(cached())).toEqual(archive);
    expect(asked.length).toBe(2);
  });

  test('comes from the cache only as what was seen at that repository, under that name and version', async () => {
    await ask();
    const other = await chart({ 'values.yaml': 'poisoned: true' });
    shelf[`/other/${NAME}`] = other;
    shelf['/other/index.yaml'] = shelf['/charts/index.yaml']!;
    expect(await ask({ repository: `${base}/other/`, network: false })).toBeUndefined();
    expect((await ask({ repository: `${base}/other` }))?.defaults).toEqual({ poisoned: true });
    expect((await ask({ network: false }))?.defaults).toEqual({ hub: { a: 1 } });
    expect((await ask({ repository: `${base}/charts`, network: false }))?.firstSeen).toEqual([
      { name: 'jupyterhub', sha256: sha256(archive) },
    ]);
  });

  test('is fetched again where the copy in the cache is not what its name says', async () => {
    await ask();
    const other = await chart({ 'values.yaml': 'poisoned: true' });
    for (const bad of [other, archive.subarray(0, 100), Buffer.alloc(0)]) {
      await writeFile(cached(), bad);
      expect(await ask({ network: false })).toBeUndefined();
      expect((await ask())?.defaults).toEqual({ hub: { a: 1 } });
      expect(await readFile(cached())).toEqual(archive);
    }
  });

  test('that changes under its name and version is refused, unless it is pinned', async () => {
    await ask();
    await rm(cached());
    const other = await chart({ 'values.yaml': 'changed: true' });
    shelf[`/charts/${NAME}`] = other;
    const key = { repository: `${base}/charts/`, name: 'jupyterhub', version: VERSION };
    const hint =
      'somebody changed a published chart: compare with the release notes, and write sha256: into platform.yaml if the new one is right';
    expect(await failureOf(ask())).toMatchObject({
      name: 'ChartRefused',
      message: `chart jupyterhub ${VERSION} from ${base}/charts/ has SHA-256 ${sha256(other)}, and ${sha256(archive)} was seen before (${firstSeenFile(key)})`,
      hint,
    });
    expect((await ask({ sha256: sha256(other) }))?.defaults).toEqual({ changed: true });
    expect(await failureOf(ask())).toMatchObject({ hint });
  });

  test('that is not what runs under its version is refused, unless it is pinned', async () => {
    const digest = (await ask())?.pins[0]?.digest ?? '';
    const seen = (...digests: string[]): SeenChart[] =>
      digests.map((one) => ({ name: 'jupyterhub', version: VERSION, digest: one }));
    expect(await failureOf(ask({ seen: seen('another') }))).toMatchObject({
      name: 'ChartRefused',
      message: `jupyterhub ${VERSION} from ${base}/charts/ is not what runs under this version`,
      hint: 'somebody changed a published chart: compare with the release notes, and write sha256: into platform.yaml if the new one is right',
    });
    expect(await ask({ seen: seen('another', digest) })).toBeDefined();
    expect(await ask({ seen: seen('another'), sha256: sha256(archive) })).toBeDefined();
    expect(await ask({ seen: seen('another'), from: DOUBLE })).toBeDefined();
  });

  test('of another name or version than it was asked for is refused, and not kept', async () => {
    shelf[`/charts/${NAME}`] = await chart({ 'Chart.yaml': 'name: jupyterhub\nversion: 4.4.1\n' });
    expect(await failureOf(ask())).toMatchObject({
      message: `platform.yaml wants jupyterhub ${VERSION}, and ${base}/charts/ holds jupyterhub 4.4.1`,
    });
    expect(await readdir(folder.path)).toEqual([]);
  });

  test.each([
    '{',
    '[]',
    '{"sha256": "x"}',
    JSON.stringify({ repository: 'https://other/', name: 'jupyterhub', version: VERSION }),
  ])('is fetched again where the note of what was seen is %s', async (note) => {
    await ask();
    const key = { repository: `${base}/charts/`, name: 'jupyterhub', version: VERSION };
    const right = await readFile(firstSeenFile(key), 'utf8');
    expect(JSON.parse(right)).toEqual({ ...key, sha256: sha256(archive) });
    for (const bad of [
      note,
      JSON.stringify({ ...key, sha256: '../../evil' }),
      JSON.stringify({ ...key, version: '4.4.1', sha256: sha256(archive) }),
      JSON.stringify({ ...key, name: 'binderhub', sha256: sha256(archive) }),
    ]) {
      await writeFile(firstSeenFile(key), bad);
      expect(await ask({ network: false })).toBeUndefined();
    }
    await ask();
    expect(await readFile(firstSeenFile(key), 'utf8')).toBe(right);
  });

  test('leaves only whole files in the cache', async () => {
    await Promise.all([ask(), ask(), ask()]);
    expect((await readdir(dirname(cached()))).map((name) => name.replace(/^.*\./u, ''))).toEqual(
      expect.arrayContaining(['json', 'tgz']),
    );
    expect(await readdir(dirname(cached()))).toHaveLength(2);
  });

  test('is asked for at public addresses only', async () => {
    expect(await failureOf(ask({ privateToo: false }))).toMatchObject({
      name: 'ChartRefused',
      message: `nothing is fetched from ${base}/charts/index.yaml: it is not https`,
    });
    expect(asked).toEqual([]);
  });

  test('works without a cache that can be written', async () => {
    await mkdir(cached(), { recursive: true });
    expect((await ask())?.pins[0]?.version).toBe(VERSION);
  });

  test('that is damaged on the way is refused, and not kept', async () => {
    const index = (digest: string): string =>
      `entries: {jupyterhub: [{version: ${VERSION}, urls: [${NAME}], digest: "${digest}"}]}`;
    shelf['/charts/index.yaml'] = index(sha256('another'));
    expect(await failureOf(ask())).toMatchObject({
      name: 'ChartRefused',
      message: `chart jupyterhub ${VERSION} was damaged on the way`,
      hint: 'run it again',
    });
    expect(await readdir(folder.path)).toEqual([]);
    shelf['/charts/index.yaml'] = index(sha256(archive));
    expect((await ask())?.pins[0]?.version).toBe(VERSION);
  });

  test.each([
    ['no entries', 'apiVersion: v1'],
    ['entries that are a list', 'entries: [1]'],
    ['no such chart', 'entries: {other: []}'],
    ['no list of versions', 'entries: {jupyterhub: {version: 4.4.0}}'],
    ['no such version', 'entries: {jupyterhub: [null, {version: 4.4.1, urls: [a.tgz]}]}'],
    ['no address', 'entries: {jupyterhub: [{version: 4.4.0}]}'],
    ['an empty list of addresses', 'entries: {jupyterhub: [{version: 4.4.0, urls: []}]}'],
    ['an address that is none', 'entries: {jupyterhub: [{version: 4.4.0, urls: [7]}]}'],
  ])('is not there where the index has %s', async (_what, index) => {
    shelf['/charts/index.yaml'] = index;
    expect(await failureOf(ask())).toMatchObject({
      name: 'ChartUnreachable',
      message: `${base}/charts/ has no chart jupyterhub ${VERSION}`,
      hint: 'name a version that the repository lists',
    });
    expect(asked).toEqual(['/charts/index.yaml']);
  });

  test.each([
    ['is empty', ''],
    ['is no YAML', 'a: [\n'],
    ['is a page', '<html>\n  <a>: b: c\n'],
  ])('is refused where the index %s', async (_what, index) => {
    shelf['/charts/index.yaml'] = index;
    expect(await failureOf(ask())).toMatchObject({
      name: 'ChartRefused',
      message: expect.stringMatching(/\/charts\/index\.yaml is no YAML: .+$/u) as unknown,
      hint: 'ask whoever published it, or name another version',
    });
  });

  test('is looked for below the repository, with or without a slash, or where the index says', async () => {
    await ask({ repository: `${base}/charts` });
    shelf['/charts/index.yaml'] =
      `entries: {jupyterhub: [{version: ${VERSION}, urls: ["${base}/mirror/x.tgz", other.tgz]}]}`;
    shelf['/mirror/x.tgz'] = archive;
    await rm(join(folder.path, 'cache'), { recursive: true });
    await ask();
    expect(asked).toEqual([
      '/charts/index.yaml',
      `/charts/${NAME}`,
      '/charts/index.yaml',
      '/mirror/x.tgz',
    ]);
  });

  test('that cannot be reached, or is refused there, is said to be so', async () => {
    const hint = 'check the network, or give a folder or mirror with --charts-from';
    shelf = { '/charts/index.yaml': shelf['/charts/index.yaml']! };
    expect(await failureOf(ask())).toMatchObject({
      name: 'ChartUnreachable',
      message: `${base}/charts/${NAME} answers 404`,
      hint,
    });
    expect(await failureOf(ask({ repository: 'http://127.0.0.1:1/' }))).toMatchObject({
      name: 'ChartUnreachable',
      message: 'http://127.0.0.1:1/index.yaml cannot be reached: connect ECONNREFUSED 127.0.0.1:1',
      hint,
    });
    expect(await failureOf(ask({ repository: 'nothing' }))).toMatchObject({
      name: 'ChartUnreachable',
      message: 'the address of a chart repository is none',
      hint: 'write it like https://charts.example.org/',
    });
  });
});

describe('a chart from a place that is given', () => {
  const put = async (path: string, content: Record<string, string> | Buffer): Promise<void> => {
    const full = join(folder.path, path);
    await mkdir(dirname(full), { recursive: true });
    if (Buffer.isBuffer(content)) {
      await writeFile(full, content);
      return;
    }
    for (const [name, text] of Object.entries(content)) {
      await mkdir(dirname(join(full, name)), { recursive: true });
      await writeFile(join(full, name), text);
    }
  };
  const defaults = async (from: string): Promise<unknown> => (await ask({ from }))?.defaults;

  test('is an archive, or else a folder: of its name, with its version, or itself', async () => {
    const place = join(folder.path, 'given');
    const of = (found: string): Record<string, string> => ({
      ...CHART,
      'values.yaml': `found: ${found}`,
    });
    await put('given', of('itself'));
    expect(await defaults(place)).toEqual({ found: 'itself' });
    await put(`given/jupyterhub-${VERSION}`, of('version'));
    expect(await defaults(place)).toEqual({ found: 'version' });
    await put('given/jupyterhub', of('name'));
    expect(await defaults(place)).toEqual({ found: 'name' });
    await put(`given/${NAME}`, archive);
    expect(await defaults(place)).toEqual({ hub: { a: 1 } });
    expect(asked).toEqual([]);
  });

  test('or an archive below an address, with or without a slash', async () => {
    for (const from of [`${base}/charts`, `${base}/charts/`]) {
      const charts = await ask({ from });
      expect(charts?.pins[0]).toMatchObject({ version: VERSION, verified: false });
      expect(charts?.firstSeen).toEqual([]);
    }
    expect(asked).toEqual([`/charts/${NAME}`, `/charts/${NAME}`]);
  });

  test('is never verified, and has the digest of the same chart elsewhere', async () => {
    await put('given/jupyterhub', CHART);
    const given = await ask({ from: join(folder.path, 'given'), sha256: sha256(archive) });
    const fetched = await ask({ sha256: sha256(archive) });
    expect(given?.pins[0]).toEqual({ ...fetched?.pins[0], verified: false });
  });

  test('is refused where there is none', async () => {
    expect(await failureOf(ask({ from: folder.path }))).toMatchObject({
      name: 'ChartRefused',
      message: `${folder.path} holds neither ${NAME} nor a folder jupyterhub/`,
      hint: 'put the archive or the unpacked chart there',
    });
  });

  test.each([
    ['another version', 'name: jupyterhub\nversion: 4.4.1', 'jupyterhub 4.4.1'],
    ['another chart', 'name: binderhub\nversion: 4.4.0', 'binderhub 4.4.0'],
    ['a version that is no text', 'version: 4.4', 'jupyterhub '],
    ['no version', 'annotations: 1', 'jupyterhub '],
  ])('is refused where it is %s', async (_what, text, holds) => {
    await put(`given/${NAME}`, await chart({ 'Chart.yaml': text }));
    const from = join(folder.path, 'given');
    expect(await failureOf(ask({ from }))).toMatchObject({
      name: 'ChartRefused',
      message: `platform.yaml wants jupyterhub ${VERSION}, and ${join(from, NAME)} holds ${holds}`,
      hint: 'name the version that is there, or give the one that is wanted',
    });
  });

  test.each(['Chart.yaml', 'values.yaml', 'values.schema.json'])(
    'is refused where it has no %s',
    async (file) => {
      await put(`given/${NAME}`, await chart({ [file]: undefined }));
      expect(await failureOf(ask({ from: join(folder.path, 'given') }))).toMatchObject({
        name: 'ChartRefused',
        message: `the chart has no ${file}`,
        hint: 'use a packaged release of the chart',
      });
    },
  );

  test.each([
    ['Chart.yaml', /^Chart\.yaml of the chart is no YAML: ./u],
    ['values.yaml', /^values\.yaml of \/.*\.tgz is no YAML: ./u],
    ['values.schema.json', /^values\.schema\.json of \/.*\.tgz is no JSON: ./u],
  ])('is refused where its %s cannot be read', async (file, message) => {
    await put(`given/${NAME}`, await chart({ [file]: 'a: [' }));
    expect(await failureOf(ask({ from: join(folder.path, 'given') }))).toMatchObject({
      name: 'ChartRefused',
      message: expect.stringMatching(message) as unknown,
    });
  });

  test.each<[string, string, RegExp]>([
    ['values', 'values.yaml', /^values\.yaml of the chart is larger than 1 MB$/u],
    ['schema', 'values.schema.json', /^values\.schema\.json of the chart is larger than 1 MB$/u],
  ])('is refused where its %s are too large', async (_what, file, message) => {
    for (const [letters, refused] of [
      [1e6, false],
      [1e6 + 1, true],
    ] as const) {
      await put(`given/${NAME}`, await chart({ [file]: '{}'.padEnd(letters) }));
      const answer = ask({ from: join(folder.path, 'given') });
      if (refused)
        expect(await failureOf(answer)).toMatchObject({
          message: expect.stringMatching(message) as unknown,
          hint: 'a chart that Helm packaged is small: ask whoever published it',
        });
      else expect(await answer).toBeDefined();
    }
  });

  const laughs = Array.from({ length: 20 }, (_, index) => {
    const parts = index === 0 ? 'x, x' : `*a${index - 1}, *a${index - 1}`;
    return `k${index}: &a${index} [${parts}]\n`;
  });
  test.each([
    ['more than anybody can read', laughs.join('')],
    ['themselves', 'a: &a {b: *a}'],
  ])('is refused where its values stand for %s', async (_what, text) => {
    await put(`given/${NAME}`, await chart({ 'values.yaml': text }));
    expect(await failureOf(ask({ from: join(folder.path, 'given') }))).toMatchObject({
      name: 'ChartRefused',
      message: `values.yaml of ${join(folder.path, 'given', NAME)} is refused: written out it has no end`,
    });
  });

  test('is taken where references are few', async () => {
    const text = `a: &a [x, y]\nb: *a\n`;
    await put(`given/${NAME}`, await chart({ 'values.yaml': text }));
    expect(await defaults(join(folder.path, 'given'))).toMatchObject({ b: ['x', 'y'] });
  });

  test.each([
    [
      'values.schema.json',
      '{"$ref": "http://169.254.169.254/latest"}',
      'http://169.254.169.254/latest',
    ],
    [
      'values.schema.json',
      '{"$defs": {"a": [{"$ref": "file:///etc/passwd"}]}}',
      'file:///etc/passwd',
    ],
    ['charts/sub/values.schema.json', '{"$dynamicRef": "other.json"}', 'other.json'],
    ['charts/sub/values.schema.json', '{"$recursiveRef": "other.json"}', 'other.json'],
  ])('is refused where %s leads out of it: %s', async (file, text, reference) => {
    await put(`given/${NAME}`, await chart({ [file]: text }));
    expect(await failureOf(ask({ from: join(folder.path, 'given') }))).toMatchObject({
      name: 'ChartRefused',
      message: `${file} of ${join(folder.path, 'given', NAME)} is refused: it refers to ${JSON.stringify(reference)}`,
      hint: 'the schema of a published chart is complete in itself: ask whoever published it',
    });
  });

  test('is taken where its schema refers to itself, or speaks of references', async () => {
    const text =
      '{"$ref": "#/$defs/a", "$defs": {"a": {"properties": {"$ref": {"type": "string"}}}}}';
    await put(`given/${NAME}`, await chart({ 'values.schema.json': text }));
    expect((await ask({ from: join(folder.path, 'given') }))?.schema).toBe(text);
  });

  test('that says it is a double is one', async () => {
    const doubles = async (text: string): Promise<unknown> => {
      await put(
        `given/${NAME}`,
        await chart({ 'Chart.yaml': `${CHART['Chart.yaml'] ?? ''}${text}` }),
      );
      return (await ask({ from: join(folder.path, 'given') }))?.pins.map(({ double }) => double);
    };
    expect(await doubles('annotations: {glaciocloud.org/double: "true"}')).toEqual([true, false]);
    expect(await doubles('annotations: {glaciocloud.org/double: "false"}')).toEqual([false, false]);
    expect(await doubles('')).toEqual([false, false]);
  });
});

describe('an archive', () => {
  const read = async (...entries: Entry[]): Promise<Record<string, string>> =>
    texts(await unpackChart(await packed(entries), 'a.tgz'));

  test('gives its files without the folder around them, empty ones too', async () => {
    expect(
      await read(
        { header: { name: 'hub/', size: 0, type: 'directory' } },
        entry('hub/a.yaml', 'a'),
        entry('hub/templates/..data.yaml', 'b'),
        entry('hub/empty', ''),
        entry('alone', 'c'),
        entry(`hub/${'long/'.repeat(40)}name`, 'd'),
      ),
    ).toEqual({
      'a.yaml': 'a',
      'templates/..data.yaml': 'b',
      empty: '',
      alone: 'c',
      [`${'long/'.repeat(40)}name`]: 'd',
    });
  });

  test.each<[string, Entry, string]>([
    ['leads out of it', entry('hub/../../etc/passwd', 'x'), 'leaves the chart'],
    ['begins outside', entry('../passwd', 'x'), 'leaves the chart'],
    ['ends outside', entry('hub/a/..', 'x'), 'leaves the chart'],
    ['is absolute', entry('/etc/passwd', 'x'), 'leaves the chart'],
    [
      'is a symbolic link',
      { header: { name: 'hub/link', size: 0, type: 'symlink', linkname: '/etc/passwd' } },
      'is a symlink',
    ],
    [
      'is a hard link',
      { header: { name: 'hub/hard', size: 0, type: 'link', linkname: 'hub/a' } },
      'is a link',
    ],
    [
      'is a device',
      { header: { name: 'hub/device', size: 0, type: 'character-device' } },
      'is a character-device',
    ],
  ])('is refused where a path %s', async (_what, bad, why) => {
    expect(await failureOf(read(entry('hub/a', 'a'), bad))).toMatchObject({
      name: 'ChartRefused',
      message: `a.tgz is refused: ${JSON.stringify(bad.header.name)} in it ${why}`,
      hint: 'a chart that Helm packaged holds plain files only: ask whoever published it',
    });
  });

  test.each<[string, Entry[], string]>([
    ['is there twice', [entry('hub/a', 'y')], 'is there twice'],
    ['is there below another folder', [entry('other/a', 'y')], 'is there twice'],
    ['has a dot', [entry('hub/./a', 'y')], 'is no plain path'],
    ['has an empty part', [entry('hub//a', 'y')], 'is no plain path'],
    ['leads out with backslashes', [entry('hub/..\\..\\a', 'y')], 'leaves the chart'],
  ])('is refused where a path %s', async (_what, bad, why) => {
    expect(await failureOf(read(entry('hub/a', 'a'), ...bad))).toMatchObject({
      name: 'ChartRefused',
      message: `a.tgz is refused: ${JSON.stringify(bad[0]?.header.name)} in it ${why}`,
    });
  });

  test('is refused where it holds too many files, or too much', async () => {
    const hint = 'a chart that Helm packaged is small: ask whoever published it';
    const files = (count: number): Entry[] =>
      Array.from({ length: count }, (_, index) => entry(`hub/${index}`, ''));
    expect(Object.keys(await read(...files(2000)))).toHaveLength(2000);
    expect(await failureOf(read(...files(2001)))).toMatchObject({
      message: 'a.tgz is refused: it holds more than 2000 files',
      hint,
    });
    const bomb = gzipSync(Buffer.alloc(30e6 + 1));
    expect(bomb.length).toBeLessThan(100_000);
    expect(await failureOf(unpackChart(bomb, 'a.tgz'))).toMatchObject({
      message: 'a.tgz is refused: unpacked it is larger than 30 MB',
      hint,
    });
    expect((await unpackChart(gzipSync(Buffer.alloc(30e6)), 'a.tgz')).size).toBe(0);
  });

  test('is refused where it is cut, changed, or none', async () => {
    const changed = Buffer.from(gzipSync(await packTar([entry('hub/a', 'a'.repeat(2000))])));
    changed[40] = (changed[40] ?? 0) ^ 255;
    const bad = [
      archive.subarray(0, archive.length - 20),
      changed,
      Buffer.from('<html>'),
      Buffer.alloc(0),
    ];
    for (const bytes of bad)
      expect(await failureOf(unpackChart(bytes, 'a.tgz'))).toMatchObject({
        name: 'ChartRefused',
        message: expect.stringMatching(/^a\.tgz is not a chart archive: ./u) as unknown,
        hint: 'remove it and run again',
      });
  });
});

test('a folder gives its files, without hidden ones beside Chart.yaml, caches of Python and links', async () => {
  const at = (path: string): string => join(folder.path, path);
  for (const path of ['Chart.yaml', '.helmignore', 'a/.kept', 'a/__pycache__/x', 'b.txt']) {
    await mkdir(dirname(at(path)), { recursive: true });
    await writeFile(at(path), path);
  }
  await symlink('/etc/passwd', at('link'));
  expect(texts(await chartFolder(folder.path))).toEqual({
    'Chart.yaml': 'Chart.yaml',
    'a/.kept': 'a/.kept',
    'b.txt': 'b.txt',
  });
});

test('the digest of contents depends on paths and contents, and on nothing else', () => {
  const of = (files: Record<string, string>): string =>
    contentDigest(new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])));
  expect(of({ a: 'x', b: 'y' })).toBe(sha256(`a\0${sha256('x')}\nb\0${sha256('y')}\n`));
  expect(of({ b: 'y', a: 'x' })).toBe(of({ a: 'x', b: 'y' }));
  expect(of({ a: 'y', b: 'x' })).not.toBe(of({ a: 'x', b: 'y' }));
});

describe('what Helm gets', () => {
  test('is our chart, which depends on the other one, in whole', async () => {
    const charts = (await ask())!;
    const root = await charts.assemble(folder.path);
    expect(root).toBe(join(folder.path, 'oggm-hub'));
    expect(texts(await chartFolder(join(root, 'charts/jupyterhub')))).toEqual(CHART);
    const ours = join(ROOT, 'charts/oggm-hub');
    const text = await readFile(join(root, 'Chart.yaml'), 'utf8');
    expect(load(text)).toEqual({
      ...(load(await readFile(join(ours, 'Chart.yaml'), 'utf8')) as object),
      dependencies: [{ name: 'jupyterhub', version: VERSION }],
    });
    await rm(join(root, 'charts'), { recursive: true });
    await cp(join(ours, 'Chart.yaml'), join(root, 'Chart.yaml'));
    expect(texts(await chartFolder(root))).toEqual(texts(await chartFolder(ours)));
  });

  test('has a pin for each chart, and a digest of the code that the hub runs', async () => {
    const charts = await ask({ from: DOUBLE });
    const ours = await chartFolder(join(ROOT, 'charts/oggm-hub'));
    expect(charts?.pins).toEqual([
      {
        name: 'jupyterhub',
        version: VERSION,
        digest: contentDigest(await chartFolder(join(DOUBLE, 'jupyterhub'))),
        double: true,
        verified: false,
      },
      {
        name: 'oggm-hub',
        version: expect.stringMatching(/^\d+\.\d+\.\d+$/u) as unknown,
        digest: contentDigest(ours),
        double: false,
        verified: true,
      },
    ]);
    const code = HUB_CODE.map((file): [string, Uint8Array] => [file, ours.get(`files/${file}`)!]);
    const pages = [...ours].filter(([path]) => path.startsWith('files/pages/'));
    expect(pages.map(([path]) => path)).toContain('files/pages/login.html');
    expect(charts?.codeDigest).toBe(contentDigest(new Map([...code, ...pages])).slice(0, 16));
  });
});

test('the cache is where it is named, or where caches are kept', () => {
  process.env['GLACIOCLOUD_CACHE'] = '/own';
  process.env['XDG_CACHE_HOME'] = '/caches';
  expect(cacheFolder()).toBe('/own');
  delete process.env['GLACIOCLOUD_CACHE'];
  expect(cacheFolder()).toBe('/caches/glaciocloud');
  delete process.env['XDG_CACHE_HOME'];
  expect(cacheFolder()).toBe(join(homedir(), '.cache/glaciocloud'));
});
