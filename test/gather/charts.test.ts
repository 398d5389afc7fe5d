import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { packTar } from 'modern-tar';
import type { PresentRelease } from '../../src/core/unit.ts';
import { cachedCharts, gatherCharts, gatherPlanCharts } from '../../src/gather/charts.ts';
import type { ChartOptions } from '../../src/gather/charts.ts';
import { gatherPlatform } from '../../src/gather/platform.ts';
import { failureOf } from '../support/program.ts';
import { DOUBLE, commitAll, copyPlatform, edit, git, temporary } from '../support/sample.ts';

/*
 * Whose word counts: two doubles of chart repositories on loopback, the one that the default branch names and the one
 * that a stranger's pull request names; they write down what they are asked.
 */
const ARCHIVE = '/jupyterhub-4.4.0.tgz';
const HINT =
  'look at the other chart with --charts-from on your own machine, and change the repository in a pull request of its own';
const WHY = 'jupyterhub is not fetched from there: the default branch names another repository';
const INSTEAD = `${WHY}; this is planned with jupyterhub 4.4.0 as the default branch has it`;

async function archiveOf(found: string): Promise<Buffer> {
  const files = {
    'Chart.yaml': 'name: jupyterhub\nversion: 4.4.0\n',
    'values.yaml': `found: ${found}\n`,
    'values.schema.json': '{}',
  };
  const entries = Object.entries(files).map(([name, body]) => ({
    header: { name: `jupyterhub/${name}`, size: body.length, type: 'file' as const },
    body,
  }));
  return gzipSync(await packTar(entries));
}

let folder: Awaited<ReturnType<typeof temporary>>;
let good: string;
let evil: string;
let asked: string[];
let said: string[];
const servers: Server[] = [];
const before = { ...process.env };

async function serve(name: string): Promise<string> {
  const archive = await archiveOf(name);
  const server = createServer(({ url }, response) => {
    asked.push(`${name} ${url ?? ''}`);
    response.end(
      url === ARCHIVE
        ? archive
        : `entries: {jupyterhub: [{version: 4.4.0, urls: [".${ARCHIVE}"]}]}`,
    );
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

beforeAll(async () => {
  good = await serve('good');
  evil = await serve('evil');
});
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

const root = (): string => join(folder.path, 'clone');
const OFFICIAL = 'https://hub.jupyter.org/helm-chart/';

/** The platform of a folder with its chart from the double; mirrors are allowed, because doubles listen on loopback. */
async function platformAt(path: string): Promise<void> {
  await copyPlatform(path);
  await edit(path, 'platform.yaml', OFFICIAL, good);
  await edit(path, 'platform.yaml', 'charts:\n', 'charts:\n  allowPrivate: true\n');
}

/** A clone whose default branch is known as clones know it. */
async function clone(): Promise<void> {
  await git(root(), 'init', '-q', '-b', 'main');
  await commitAll(root(), 'the platform');
  await git(root(), 'update-ref', 'refs/remotes/origin/main', 'HEAD');
}

const change = (from: string, to: string): Promise<void> => edit(root(), 'platform.yaml', from, to);

async function options(more: Partial<ChartOptions> = {}): Promise<ChartOptions> {
  return Promise.resolve({
    root: root(),
    chartsFrom: undefined,
    releases: [],
    report: { progress: (text: string) => void said.push(text) },
    ...more,
  });
}
async function platform() {
  const { platform: found } = await gatherPlatform(root());
  if (!found) throw new Error('the platform cannot be read');
  return found;
}
async function planned(more: Partial<ChartOptions> = {}) {
  const { charts, findings } = await gatherPlanCharts(await platform(), await options(more));
  return {
    found: charts.defaults['found'],
    findings: findings.map(({ rule, severity, at, message, hint }) => [
      `${rule} ${severity} ${at.file}:${at.line}`,
      message,
      hint,
    ]),
  };
}
const strict = async (more: Partial<ChartOptions> = {}) =>
  gatherCharts(await platform(), await options(more));

beforeEach(async () => {
  folder = await temporary();
  process.env['GLACIOCLOUD_CACHE'] = join(folder.path, 'cache');
  process.env['GIT_CEILING_DIRECTORIES'] = folder.path;
  asked = [];
  said = [];
  await mkdir(root());
  await platformAt(root());
});
afterEach(async () => {
  process.env = { ...before };
  await folder.remove();
});

const line = async (text: string): Promise<number> =>
  (await readFile(join(root(), 'platform.yaml'), 'utf8'))
    .split('\n')
    .findIndex((one) => one.includes(text)) + 1;

describe('a pull request that names another repository', () => {
  beforeEach(async () => {
    await clone();
    await change(good, evil);
  });

  test('is planned with the chart of the default branch, and says so', async () => {
    expect(await planned()).toEqual({
      found: 'good',
      findings: [[`chart-source warning platform.yaml:${await line(evil)}`, INSTEAD, HINT]],
    });
    expect(asked).toEqual(['good /index.yaml', `good ${ARCHIVE}`]);
  });

  test('committed on a branch of its own, too', async () => {
    await git(root(), 'checkout', '-qb', 'proposal');
    await commitAll(root(), 'another chart');
    expect((await planned()).findings).toHaveLength(1);
    expect(asked.filter((one) => one.startsWith('evil'))).toEqual([]);
  });

  test('poisons no later plan, with or without the network', async () => {
    await planned();
    await change(evil, good);
    expect(await planned()).toEqual({ found: 'good', findings: [] });
    const cached = await cachedCharts(await platform(), await options());
    expect(cached?.defaults['found']).toBe('good');
  });

  test('is not deployed or rendered', async () => {
    expect(await failureOf(strict())).toMatchObject({
      name: 'ChartRefused',
      message: `platform.yaml:${await line(evil)} ${WHY}`,
      hint: HINT,
    });
    expect(asked).toEqual([]);
  });

  test('is fetched from once it is merged, though the default branch has moved on', async () => {
    const old = await git(root(), 'rev-parse', 'HEAD');
    await commitAll(root(), 'reviewed');
    const merged = await git(root(), 'rev-parse', 'HEAD');
    await git(root(), 'update-ref', 'refs/remotes/origin/main', merged);
    expect((await strict()).defaults['found']).toBe('evil');
    await change(evil, good);
    const next = await commitAll(root(), 'and back');
    await git(root(), 'update-ref', 'refs/remotes/origin/main', next);
    await git(root(), 'checkout', '-q', merged);
    expect((await strict()).defaults['found']).toBe('evil');
    await git(root(), 'checkout', '-q', old);
    await change(good, evil); // not in that commit
    expect(await failureOf(strict())).toMatchObject({ name: 'ChartRefused' });
  });

  test('is the wish of whoever gives the chart', async () => {
    expect((await planned({ chartsFrom: DOUBLE })).findings).toEqual([]);
    expect((await strict({ chartsFrom: evil.slice(0, -1) })).defaults['found']).toBe('evil');
  });
});

test.each(['refs/remotes/origin/HEAD', 'refs/remotes/origin/master'])(
  'the default branch is also known as %s',
  async (ref) => {
    await clone();
    await git(root(), 'update-ref', ref, 'HEAD');
    await git(root(), 'update-ref', '-d', 'refs/remotes/origin/main');
    await change(good, evil);
    expect((await planned()).found).toBe('good');
  },
);

test('the platform may be in a folder of its repository', async () => {
  await git(folder.path, 'init', '-q');
  await writeFile(join(folder.path, 'platform.yaml'), 'another file\n');
  await commitAll(folder.path, 'a platform below');
  await git(folder.path, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
  await change(good, evil);
  expect((await planned()).found).toBe('good');
});

test('a pull request that only asks for private addresses gets none', async () => {
  await change('  allowPrivate: true\n', '');
  await clone();
  await change('charts:\n', 'charts:\n  allowPrivate: true\n');
  expect(await failureOf(planned())).toMatchObject({
    name: 'ChartRefused',
    message: `nothing is fetched from ${good}index.yaml: it is not https`,
  });
  expect(asked).toEqual([]);
});

test('a pull request that names another version without a pin is not fetched', async () => {
  await clone();
  await change('version: 4.4.0', 'version: 4.5.0');
  const { found, findings } = await planned();
  expect([found, findings[0]?.[0]]).toEqual([
    'good',
    `chart-source warning platform.yaml:${await line('4.5.0')}`,
  ]);
});

describe('a proposal beside a checkout of the default branch', () => {
  const main = (): string => join(folder.path, 'main');

  test('is held to what that checkout says', async () => {
    await platformAt(main());
    await change(good, evil);
    expect((await planned({ repository: main() })).findings.map(([, message]) => message)).toEqual([
      INSTEAD,
    ]);
    expect(await failureOf(strict({ repository: main() }))).toMatchObject({ name: 'ChartRefused' });
    expect(asked.filter((one) => one.startsWith('evil'))).toEqual([]);
  });

  test('cannot say of itself that it is merged', async () => {
    await platformAt(main());
    await change(good, evil);
    await clone();
    expect((await planned({ repository: main() })).found).toBe('good');
  });

  test.each(['nothing', 'waves: ['])('gets no mirror where it says %s', async (text) => {
    await mkdir(main());
    if (text !== 'nothing') await writeFile(join(main(), 'platform.yaml'), text);
    expect(await failureOf(planned({ repository: main() }))).toMatchObject({
      message: `nothing is fetched from ${good}index.yaml: it is not https`,
    });
    expect(asked).toEqual([]);
  });

  test('is none where both are the same folder', async () => {
    await clone();
    expect(await planned({ repository: `${root()}/` })).toEqual({ found: 'good', findings: [] });
  });
});

describe('without a default branch the file is one’s own', () => {
  const fetching = (): string => `fetching chart jupyterhub 4.4.0 from ${evil}`;
  const because =
    ', because platform.yaml here says so: no default branch is known to compare with';

  test('where there is no git', async () => {
    await change(good, evil);
    expect(await planned()).toEqual({ found: 'evil', findings: [] });
    expect(said).toEqual([fetching() + because]);
  });

  test('or a repository that was never pushed, or a platform that never was', async () => {
    await git(root(), 'init', '-q', '-b', 'main');
    await change(good, evil);
    expect((await planned()).found).toBe('evil');
    await rm(join(folder.path, 'cache'), { recursive: true });
    const text = await readFile(join(root(), 'platform.yaml'), 'utf8');
    await rm(join(root(), 'platform.yaml'));
    await clone();
    await writeFile(join(root(), 'platform.yaml'), text);
    expect((await planned()).found).toBe('evil');
  });

  test('and where it is known, nothing needs to be said', async () => {
    await clone();
    await planned();
    expect(said).toEqual([`fetching chart jupyterhub 4.4.0 from ${good}`]);
  });
});

test('a chart that runs with another content is refused', async () => {
  const runs = (digest: string): PresentRelease[] => [
    {
      unit: { kind: 'hub', cluster: 'bremen', name: 'hub' },
      digest: 'd',
      status: undefined,
      release: {
        v: 1,
        unit: { kind: 'hub', cluster: 'bremen', name: 'hub' },
        namespace: 'hub',
        charts: [{ name: 'jupyterhub', version: '4.4.0', digest }],
        values: {},
        images: [],
        secrets: [],
      },
    },
  ];
  const digest = (await strict()).pins[0]?.digest ?? '';
  expect((await planned({ releases: runs(digest) })).found).toBe('good');
  for (const fails of [planned, strict])
    expect(await failureOf(fails({ releases: runs('x') }))).toMatchObject({
      message: `jupyterhub 4.4.0 from ${good} is not what runs under this version`,
    });
});
