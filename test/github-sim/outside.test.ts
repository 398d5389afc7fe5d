import { cp, readFile, writeFile } from 'node:fs/promises';
import { createServer as createPlain } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { outside } from '../../src/commands/outside.ts';
import { addressSign, heartbeatLabels, heartbeatSign } from '../../src/core/watch/outside.ts';
import { askAddress } from '../../src/edges/address.ts';
import { githubForge } from '../../src/edges/github/forge.ts';
import type { Forge } from '../../src/ports.ts';
import { ownCertificate } from '../support/certificate.ts';
import { testClock } from '../support/clock.ts';
import { terminalReport } from '../../src/edges/report.ts';
import { startGithubSim } from '../support/github-sim/server.ts';
import type { GithubSim } from '../support/github-sim/server.ts';
import type { Issue, Repository } from '../support/github-sim/state.ts';
import { ROOT, edit, temporary } from '../support/sample.ts';

const NOW = Date.now();
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const TRUSTED = getCACertificates('default');
const HUB = '{"version": "5.5.0"}';
let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;
let sim: GithubSim;
let repository: Repository;
let github: Forge;
let hub: Server;
let address: string;
/** What the hub's address answers. */
let answers: { status: number; body: string }[] = [];

const serve: RequestListener = (request, response) => {
  const { status, body } = (answers.length > 1 ? answers.shift() : answers[0]) ?? {
    status: 200,
    body: HUB,
  };
  response
    .writeHead(request.url === '/hub/api' ? status : 404, { location: '/elsewhere' })
    .end(request.url === '/hub/api' ? body : '');
};
const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};
const look = (more: { now?: number; actions?: boolean } = {}) =>
  outside(
    {
      root,
      hubs: [],
      now: more.now ?? NOW,
      clock: testClock(),
      actions: more.actions === false ? undefined : { github, run: undefined },
    },
    { ...terminalReport(), progress: () => undefined },
  );
const tracking = (): Issue[] =>
  [...repository.issues.values()].filter(({ labels }) => labels.includes('glaciocloud-outside'));
const beat = (time: number): void => {
  const known = [...repository.issues.values()].find(({ labels }) =>
    labels.includes('glaciocloud-heartbeat'),
  );
  if (known) known.body = `<!-- glaciocloud-heartbeat ${new Date(time).toISOString()} -->\nwords\n`;
};

beforeAll(async () => {
  folder = await temporary();
  root = join(folder.path, 'platform');
  await cp(join(ROOT, 'test/core/rules/_base'), root, { recursive: true });
  const { cert, key } = await ownCertificate(folder.path, ['localhost']);
  hub = createSecure({ key, cert }, serve);
  address = `https://localhost:${await listen(hub)}`;
  await edit(root, 'environments/hub.yaml', 'https://hub.example.org', address);
  await writeFile(
    join(root, 'environments/hub.yaml'),
    `${await readFile(join(root, 'environments/hub.yaml'), 'utf8')}probe: {api: 10m}\n`,
  );
  sim = await startGithubSim();
  repository = sim.state.addRepository(sim.state.addUser('example'), 'hubs');
  sim.state.addToken('bot', sim.state.addUser('github-actions[bot]', 'Bot'), ['issues']);
  github = githubForge({ api: sim.url, token: 'bot', owner: 'example', repo: 'hubs' }, 1);
});
afterAll(async () => {
  setDefaultCACertificates(TRUSTED);
  hub.close();
  await sim.close();
  await folder.remove();
});

describe('signs', () => {
  test.each<[string, number, string, number | undefined, string]>([
    ['a hub', 200, HUB, undefined, 'well'],
    ['a hub with a good certificate', 200, HUB, NOW + 14 * DAY, 'well'],
    ['a certificate that ends soon', 200, HUB, NOW + 14 * DAY - 1, 'problem'],
    ['a page of a router', 200, '<html>Welcome</html>', undefined, 'problem'],
    ['JSON of something else', 200, '{"status": "ok"}', undefined, 'problem'],
    ['the error of an entry, whatever it says', 503, HUB, undefined, 'problem'],
    ['nothing', 200, '', undefined, 'problem'],
  ])('%s', (_what, status, body, until, kind) => {
    expect(addressSign({ kind: 'answered', status, body, until }, NOW).kind).toBe(kind);
  });

  test('a probe is silent after three intervals, and where it was never heard', () => {
    const said = (minutes: number): string =>
      heartbeatSign(
        `<!-- glaciocloud-heartbeat ${new Date(NOW - minutes * MINUTE).toISOString()} -->`,
        600,
        NOW,
      ).kind;
    expect([said(0), said(30), said(31)]).toEqual(['well', 'well', 'problem']);
    expect([
      heartbeatSign(undefined, 600, NOW).kind,
      heartbeatSign('by hand', 600, NOW).kind,
      heartbeatSign('<!-- glaciocloud-heartbeat soon -->', 600, NOW).kind,
    ]).toEqual(['problem', 'problem', 'problem']);
  });

  test('are read as the probe writes them', async () => {
    const text = await readFile(join(ROOT, 'charts/oggm-hub/files/probe.py'), 'utf8');
    expect(text).toContain('\nHEARTBEAT = "<!-- glaciocloud-heartbeat"\n');
    expect(text).toContain('f"{HEARTBEAT} {iso(now)} -->\\n"');
    expect(text).toContain('["glaciocloud-heartbeat", f"hub:{hub}"]');
    expect(heartbeatLabels('x')).toEqual(['glaciocloud-heartbeat', 'hub:x']);
  });
});

test('a certificate that nobody trusts is no answer; of a plain address there is none', async () => {
  expect(await askAddress(`${address}/hub/api`)).toEqual({
    kind: 'nothing',
    why: expect.stringContaining('self-signed certificate') as unknown,
  });
  const server = createPlain(serve);
  const url = `http://127.0.0.1:${await listen(server)}/hub/api`;
  expect(await askAddress(url)).toEqual({
    kind: 'answered',
    status: 200,
    body: HUB,
    until: undefined,
  });
  server.close();
  server.closeAllConnections();
  expect(await askAddress(url)).toEqual({
    kind: 'nothing',
    why: expect.stringContaining('ECONNREFUSED') as unknown,
  });
  expect(await askAddress('https://:::/')).toMatchObject({ kind: 'nothing' });
});

describe('hubs from outside', () => {
  beforeAll(async () => {
    setDefaultCACertificates([
      ...TRUSTED,
      await readFile(join(folder.path, 'certificate.pem'), 'utf8'),
    ]);
  });

  test('on a terminal: what is wrong, and exit 1', async () => {
    answers = [];
    expect(await look({ actions: false })).toMatchObject({
      exit: 0,
      text: expect.stringMatching(
        /^hub\n {2}✓ https:\/\/localhost:\d+: JupyterHub 5\.5\.0, certificate good for (29|30) days\n {2}– probe: not checked, the probe is heard in GitHub Actions only\n$/u,
      ) as unknown,
    });
    answers = [{ status: 503, body: 'Service Unavailable' }];
    expect(await look({ actions: false })).toMatchObject({
      exit: 1,
      text: expect.stringContaining(
        `✗ ${address}: it answers 503 with "Service Unavailable"`,
      ) as unknown,
    });
    expect(await look({ actions: false, now: NOW + 20 * DAY })).toMatchObject({ exit: 1 });
  });

  test('a hub that restarts is asked again', async () => {
    answers = [
      { status: 503, body: '' },
      { status: 301, body: '' },
      { status: 200, body: HUB },
    ];
    expect((await look({ actions: false })).exit).toBe(0);
  });

  test('in GitHub Actions: one issue for each hub, open as long as something is wrong', async () => {
    answers = [{ status: 502, body: '<b>@everyone</b>' }];
    await look();
    await look();
    expect(tracking()).toHaveLength(1);
    expect(tracking()[0]).toMatchObject({
      state: 'open',
      title: 'hub: not well, seen from outside',
      labels: ['glaciocloud-outside', 'hub:hub'],
    });
    expect(tracking()[0]?.body).toContain('never spoken');
    expect(tracking()[0]?.body).not.toMatch(/@everyone|<b>/u);
    answers = [];
    await github.openIssue(heartbeatLabels('hub'), 'hub: heartbeat of the probe', '');
    beat(NOW - 31 * MINUTE);
    expect((await look()).text).toContain(
      '✗ probe: the probe spoke 31 min ago, and should every 10 min',
    );
    expect(tracking()[0]).toMatchObject({
      state: 'open',
      body: expect.not.stringContaining('502') as unknown,
    });
    beat(NOW - 4 * MINUTE);
    expect((await look()).text).toContain('✓ probe: the probe spoke 4 min ago');
    expect(tracking()).toHaveLength(1);
    expect(tracking()[0]).toMatchObject({
      state: 'closed',
      comments: [{ body: 'hub is well again, seen from outside.' }],
    });
  }, 60_000);

  test('a heartbeat is heard in issues only, and the fresh one counts', async () => {
    answers = [];
    const labels = heartbeatLabels('hub');
    const said = (minutes: number): string =>
      `<!-- glaciocloud-heartbeat ${new Date(NOW - minutes * MINUTE).toISOString()} -->`;
    beat(NOW - 90 * MINUTE);
    const pull = sim.state.addPull(repository, {
      title: 'A change',
      user: repository.owner,
      head: { ref: 'topic', sha: 'a'.repeat(40) },
      base: { ref: 'main', sha: 'b'.repeat(40) },
      mergeSha: 'c'.repeat(40),
    });
    Object.assign(pull, { labels, body: said(1) });
    expect((await look()).text).toContain('✗ probe: the probe spoke 90 min ago');
    const number = await github.openIssue(['a-label'], 'another of the probe', '');
    const other = repository.issues.get(number);
    Object.assign(other ?? {}, { labels, body: 'by hand' });
    expect((await look()).text).toContain('✗ probe: the probe has never spoken');
    beat(NOW - 2 * MINUTE);
    expect((await look()).text).toContain('✓ probe: the probe spoke 2 min ago');
    Object.assign(other ?? {}, { state: 'closed' });
    Object.assign(pull, { state: 'closed' });
  });

  test('a cluster without an entry is not asked, but its probe is heard', async () => {
    await edit(root, 'clusters/main.yaml', 'class: nginx, issuer: letsencrypt', 'class: none');
    beat(NOW - 90 * MINUTE);
    const seen = await look();
    expect(seen.text).toContain(`– ${address}: not checked, its cluster has no public entry`);
    expect(seen.text).toContain('✗ probe: the probe spoke 90 min ago');
  }, 60_000);

  test('a hub whose probe alone is heard is well, and one of which nothing is checked stays', async () => {
    const open = (): boolean[] =>
      tracking()
        .slice(0, 1)
        .map(({ state }) => state === 'open');
    tracking()[0]!.state = 'open';
    beat(NOW - 2 * MINUTE);
    expect((await look()).text).toContain('✓ probe: the probe spoke 2 min ago');
    expect(open()).toEqual([false]);
    tracking()[0]!.state = 'open';
    await edit(root, 'environments/hub.yaml', 'probe: {api: 10m}', '');
    expect((await look()).text).toContain('– probe: not checked, no probe: in its file');
    expect(open()).toEqual([true]);
  });

  test('a hub that does not exist is a usage error, and broken files are refused', async () => {
    await expect(
      outside(
        { root, hubs: ['hbu'], now: NOW, clock: testClock(), actions: undefined },
        terminalReport(),
      ),
    ).rejects.toThrow('there is no hub "hbu"');
    await edit(root, 'environments/hub.yaml', 'title: Hub', 'titel: Hub');
    expect((await look({ actions: false })).exit).toBe(2);
  });
});
