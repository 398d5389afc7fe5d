import { createHash, randomBytes } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dayOf, daysAfter } from '../../src/core/access/days.ts';
import { Asking } from '../support/asking.ts';
import type { AskEvent } from '../support/asking.ts';
import { startGithubSim } from '../support/github-sim/server.ts';
import type { GithubSim } from '../support/github-sim/server.ts';
import type { Issue, User } from '../support/github-sim/state.ts';
import { accessBody } from '../support/request-body.ts';
import { ROOT, commitAll, edit, git, temporary } from '../support/sample.ts';
import { act, note } from './act.ts';
import { Chromium } from './chromium.ts';
import { openDoor } from './door.ts';
import { HubObjects, runAccess } from './hub-access.ts';
import type { Lab } from './lab.ts';
import { Person } from './person.ts';
import { openToRequests, writePlatform } from './platform.ts';
import { deploy, removeNamespaces, theLab } from './support.ts';

/*
 * Somebody asks for access in an issue, works on a real hub with a real browser, and is put out of it. GitHub is simulated: issues in a
 * public repository, people's files in a private one.
 */
const HUB = 'lab-request';
const PORT = 18061;
const GITHUB = 18996;
const ADDRESS = `http://127.0.0.1:${PORT}`;
const PARTS = ['.github', 'action.yml', 'charts', 'dist', 'package.json', 'schemas'];
/** From the merge until nothing is left of somebody. */
const PROMISED_SECONDS = 60;
const FILE = 'kept.bin';
const KEPT = randomBytes(100_000);

let lab: Lab;
let objects: HubObjects;
let sim: GithubSim;
let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;
let asking: Asking;
let door: Awaited<ReturnType<typeof openDoor>> | undefined;
let approver: User;
let ada: User;
let eva: User;
let issue: Issue;
let browser: Person;
let token: string;
const windows: Chromium[] = [];

const hash = (content: Buffer): string => createHash('sha256').update(content).digest('hex');
const seconds = (since: number): string => ((Date.now() - since) / 1000).toFixed(1);

/** A browser of its own, with `user` logged in to GitHub there. */
async function sitDown(user: User, name: string): Promise<Person> {
  const window = await Chromium.start(join(folder.path, `browser-${windows.length}`));
  windows.push(window);
  sim.state.atBrowser = user;
  return new Person(window, ADDRESS, name);
}

/** The workflow `request` as its file says. */
async function actRequest({ name, payload }: AskEvent): Promise<string> {
  const place = {
    ...{ bin: lab.bin, root, folder: folder.path, api: sim.url, programs: [], secrets: {} },
    variables: { ACCESS_REPOSITORY: 'example/access', REQUESTS_APP: '1' },
    clones: { 'example/access': asking.people },
    appToken: 'there',
  };
  const { code, stdout, stderr } = await act(place, 'request.yml', name, payload);
  if (code !== 0) note((stdout + stderr).slice(-4000));
  expect(code).toBe(0);
  await asking.checkOut();
  return stdout + stderr;
}

async function applied(steps: [string, number][]): Promise<void> {
  const place = { lab, hub: HUB, root, people: asking.people, api: sim.url };
  const done = await runAccess('apply', place);
  expect({ ...done, results: [] }).toEqual({ code: 0, output: done.output, steps, results: [] });
  expect(done.results).toMatchObject([{ loaded: true, stuck: [] }]);
}

/** Asks, is approved, and is let in. */
async function letIn(user: User): Promise<Issue> {
  const asked = asking.ask(user, accessBody());
  expect(await asking.hear(asking.opened(asked))).toMatchObject({ state: 'needs-review' });
  const approved = await asking.hear(asking.comment(approver, asked, '/approve'));
  expect([approved.state, asking.isStarted()]).toEqual(['active', true]);
  await applied([['grant', user.id]]);
  return asked;
}

/** `/revoke`, and what the workflow `access` does that it starts. Gives the moment of the merge. */
async function revoke(user: User): Promise<number> {
  let merged = 0;
  const answer = (): void => void (merged = Date.now());
  sim.faults.push({ method: 'PUT', path: /\/merge$/u, times: 1, answer });
  const heard = await asking.hear(asking.comment(approver, issue, '/revoke has left'));
  expect([heard.state, asking.isStarted()]).toEqual(['revoked', true]);
  await applied([['revoke', user.id]]);
  return merged;
}

const apiAs = async (given: string): Promise<number> => {
  const headers = { authorization: `token ${given}` };
  return (await fetch(`${ADDRESS}/hub/api/user`, { headers })).status;
};

beforeAll(async () => {
  lab = await theLab();
  objects = new HubObjects(lab, HUB);
  await removeNamespaces(lab, HUB);
  folder = await temporary();
  sim = await startGithubSim(GITHUB, '10.200.0.1');
  const hubs = sim.state.addRepository(sim.state.addUser('example'), 'hubs');
  root = join(folder.path, 'hubs');
  for (const part of PARTS) await cp(join(ROOT, part), join(root, part), { recursive: true });
  const { env } = await writePlatform(root, lab, { [HUB]: { port: PORT, github: GITHUB } });
  await openToRequests(root, HUB, { researcher: '180d' });
  await edit(root, 'clusters/lab.yaml', 'memory: 16Gi', 'memory: 900Gi');
  const vast = Math.floor(0.6 * (await objects.memoryOfNode()));
  await edit(
    root,
    `environments/${HUB}.yaml`,
    'home: ',
    `  vast: {cpu: 1, memory: ${vast}G}\nhome: `,
  );
  hubs.refs.set('refs/heads/main', await commitAll(root, 'a platform'));
  asking = new Asking({ sim, hubs, root, folder: folder.path });
  const here = sim.state.tokens.get('here');
  if (here) sim.state.tokens.set('bot', here); // what act gives to workflows
  approver = asking.person('maintainer');
  ada = asking.person('Ada');
  eva = asking.person('eva');
  await asking.merge({ 'approvers.yaml': `approvers: [{id: ${approver.id}}]\n` }, 'approvers');
  const first = await deploy(root, lab, env);
  if (first.code !== 0) throw new Error(first.output);
  // Workflows ask it for the repository’s name.
  await git(root, 'remote', 'add', 'origin', 'https://github.com/example/hubs.git');
  door = await openDoor(lab, HUB, PORT);
}, 300_000);
afterAll(async () => {
  for (const window of windows) await window.close();
  door?.close();
  await sim.close();
  await removeNamespaces(lab, HUB);
  await folder.remove();
}, 240_000);

describe('somebody', () => {
  test('is told why they cannot come in', async () => {
    browser = await sitDown(ada, 'ada');
    expect(await browser.signIn()).toMatchObject({
      status: 403,
      text: expect.stringMatching(/You have no access yet[^]*GitHub says that you are Ada/u),
    });
  });

  test('asks in an issue, and an approver’s comment merges exactly that', async () => {
    issue = asking.ask(ada, accessBody());
    const asked = await actRequest(asking.opened(issue));
    expect(asking.answer(issue)).toContain('**This request waits for somebody who decides.**');
    const approved = await actRequest(asking.comment(approver, issue, '/approve'));
    expect(asking.answer(issue)).toContain('**You have access.**');
    expect(asking.file(`members/${ada.id}.yaml`)).toContain(`request: ${issue.number}\n`);
    expect(asked + approved).not.toMatch(/\bAda\b/u);
    expect(asking.isStarted()).toBe(true);
    await applied([['grant', ada.id]]);
  });

  test('logs in with a browser, starts a server by the pages, and works there', async () => {
    const lasts =
      /It is not running; your files are kept. Your access lasts until \d+ \w+ \d{4}\./u;
    const home = { path: '/hub/home', status: 200, text: expect.stringMatching(lasts) };
    expect(await browser.signIn()).toMatchObject(home);
    token = await browser.takeToken();
    await browser.start();
    await browser.write(FILE, KEPT);
    await browser.openKernel();
    expect(await browser.kernelState()).toBe('open');
    expect((await objects.podsOf('ada')).length).toBe(1);
  });
});

describe('whose access is revoked', () => {
  test('while the server runs: all that was open ends, within a minute of the merge', async () => {
    expect(await apiAs(token)).toBe(200);
    const merged = await revoke(ada);
    note(`revoked: access apply is done ${seconds(merged)} s after the merge`);
    expect(await objects.podsOf('ada')).toEqual([]);
    expect(await apiAs(token)).toBe(403);
    await browser.window.until('window.kernelState === "closed"', 10_000);
    const page = `/user/ada/api/contents/${FILE}`;
    expect(await browser.ask('GET', page)).toMatchObject({ path: '/hub/login' });
    expect(await browser.open('/user/ada/lab')).toMatchObject({ path: '/hub/login' });
    expect((await browser.ask('GET', '/hub/api/user')).status).toBe(403);
    expect(await browser.signIn()).toMatchObject({ status: 403 });
    note(`revoked: nothing is left ${seconds(merged)} s after the merge`);
    expect((Date.now() - merged) / 1000).toBeLessThan(PROMISED_SECONDS);
  });

  test('keeps the home, and its claim is remembered', async () => {
    expect(hash(await objects.homeFile('ada', FILE))).toBe(hash(KEPT));
    const origin = `${asking.people}-origin.git`;
    const claims = { [HUB]: expect.stringMatching(/^claim-ada/u) };
    const remembered = JSON.parse(await git(origin, 'show', `names:${ada.id}.json`)) as unknown;
    expect(remembered).toMatchObject({ name: 'ada', claims });
  });

  test('is not who takes the login that was given up', async () => {
    ada.login = 'ada-renamed';
    const thief = await sitDown(asking.person('Ada'), 'ada');
    expect(await thief.signIn()).toMatchObject({
      status: 403,
      text: expect.stringContaining('GitHub says that you are Ada.'),
    });
    issue = await letIn(ada);
    expect(await thief.signIn()).toMatchObject({ status: 403 });
  });

  test('asks again, and finds the file', async () => {
    sim.state.atBrowser = ada;
    expect(await browser.signIn()).toMatchObject({ path: '/hub/home', status: 200 });
    await browser.start();
    expect(hash(await browser.read(FILE))).toBe(hash(KEPT));
    await browser.stop();
  });

  test('while the server starts: the start ends, within a minute of the merge', async () => {
    await objects.fillNode();
    await browser.askServer('vast');
    expect(await browser.window.see()).toMatchObject({ path: '/hub/spawn-pending/ada' });
    const merged = await revoke(ada);
    expect(await objects.podsOf('ada')).toEqual([]);
    expect(await browser.open('/hub/home')).toMatchObject({ path: '/hub/login' });
    note(`revoked while it starts: nothing is left ${seconds(merged)} s after the merge`);
    expect((Date.now() - merged) / 1000).toBeLessThan(PROMISED_SECONDS);
    await objects.emptyNode();
    expect(hash(await objects.homeFile('ada', FILE))).toBe(hash(KEPT));
  });
});

describe('GitHub', () => {
  const refuse = (path: RegExp): void => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
      sim.faults.push({ method, path, times: 1000, answer: { status: 503 } });
  };
  test('answers nothing but GET /user: members log in', async () => {
    const until = daysAfter(dayOf(Date.now()), 90);
    const text = `id: ${eva.id}\nlogin: eva\ntier: researcher\nuntil: "${until}"\n`;
    await asking.merge({ [`members/${eva.id}.yaml`]: text }, 'eva');
    await applied([['grant', eva.id]]);
    refuse(/^(?!\/user$)/u);
    browser = await sitDown(eva, 'eva');
    expect(await browser.signIn()).toMatchObject({ path: '/hub/home', status: 200 });
  });

  test('answers nothing: who is logged in goes on, and the login page says why', async () => {
    refuse(/^\/user$/u);
    expect(await browser.open('/hub/home')).toMatchObject({ path: '/hub/home', status: 200 });
    await browser.start();
    const other = await sitDown(eva, 'eva');
    const why = /GitHub does not answer[^]*Who is signed in can go on/u;
    expect(await other.signIn()).toMatchObject({ status: 503, text: expect.stringMatching(why) });
  });
});
