import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { dayOf, daysAfter } from '../../src/core/access/days.ts';
import { exec } from '../../src/edges/exec.ts';
import { unpackedTool } from '../../src/edges/tools.ts';
import { Asking } from '../support/asking.ts';
import { startGithubSim } from '../support/github-sim/server.ts';
import type { GithubSim } from '../support/github-sim/server.ts';
import type { User } from '../support/github-sim/state.ts';
import { accessBody } from '../support/request-body.ts';
import { CLI, commitAll, edit, temporary } from '../support/sample.ts';
import { note } from './act.ts';
import { Chromium } from './chromium.ts';
import { openDoor } from './door.ts';
import { HubObjects, runAccess } from './hub-access.ts';
import type { AccessRun } from './hub-access.ts';
import type { Lab } from './lab.ts';
import { Person } from './person.ts';
import { openToRequests, writePlatform } from './platform.ts';
import { deploy, removeNamespaces, theLab } from './support.ts';
import { Visitor } from './visitor.ts';

/* A class of sixty comes into a real hub by one file, ten more by issues, and all go on its last day. GitHub is simulated. */
const HUB = 'lab-class';
const PORT = 18062;
const GITHUB = 18995;
const ADDRESS = `http://127.0.0.1:${PORT}`;
const TODAY = dayOf(Date.now());
const LAST = daysAfter(TODAY, 20);

let lab: Lab;
let objects: HubObjects;
let sim: GithubSim;
let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;
let asking: Asking;
let door: Awaited<ReturnType<typeof openDoor>> | undefined;
let lead: User;
let rival: User;
let skier: User;
let researcher: User;
let students: User[];
let late: User[];
const browsers: Person[] = [];
const windows: Chromium[] = [];
const visitors = new Map<number, Visitor>();

/** A class’s file knows ids only: GitHub says what they are called. */
const nameOf = ({ login }: User): string => login;
const seconds = (since: number): string => ((Date.now() - since) / 1000).toFixed(1);

function access(verb: 'plan' | 'apply', args: readonly string[] = []): Promise<AccessRun> {
  return runAccess(verb, { lab, hub: HUB, root, people: asking.people, api: sim.url }, { args });
}

/** Each logs in over GitHub's pages; says how each login was answered. */
async function logIn(users: readonly User[]): Promise<number[]> {
  const began = Date.now();
  const answers: number[] = [];
  for (const user of users) {
    const visitor = visitors.get(user.id) ?? new Visitor(ADDRESS);
    visitors.set(user.id, visitor);
    sim.state.atBrowser = user;
    answers.push(await visitor.logIn());
  }
  note(`${users.length} logins, one after another: ${seconds(began)} s`);
  return answers;
}

/** How often the hub's Secret is written, until `stop`. */
function watchSecret(): { stop: () => Promise<number> } {
  const watch = spawn(
    unpackedTool('kubectl'),
    [
      ...['get', 'secret', 'hub-access', '--namespace', HUB, '--watch'],
      ...['--output', 'jsonpath={.metadata.resourceVersion}{"\\n"}'],
    ],
    { env: { ...process.env, KUBECONFIG: lab.kubeconfig }, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const versions = new Set<string>();
  watch.stdout.on('data', (data: Buffer) => {
    for (const line of data.toString().split('\n').filter(Boolean)) versions.add(line);
  });
  return {
    stop: async () => {
      await sleep(1000);
      watch.kill();
      return versions.size - 1;
    },
  };
}

/** A class’s file, for as many as there are places. */
function cohortText(leader: User, capacity: number, members = '[]'): string {
  const days = `from: "${TODAY}"\nuntil: "${LAST}"\n`;
  const places = `capacity: ${capacity}\nmembers: ${members}\n`;
  return `title: Glaciers\nleads: [${leader.id}]\ntier: student\n${days}${places}`;
}

/** Their logins into the class’s file in the clone, by the command. */
async function fillClass(users: readonly User[]): Promise<unknown> {
  const logins = join(folder.path, 'logins.txt');
  await writeFile(logins, users.map(({ login }) => `${login}\n`).join(''));
  const where = ['--root', root, '--people', asking.people, '--logins', logins, '--json'];
  const env = { GITHUB_TOKEN: 'here', GITHUB_API_URL: sim.url };
  const args = [CLI, 'access', 'class', 'course', ...where];
  const { code, stdout, stderr } = await exec(process.execPath, args, { env });
  if (code !== 0) throw new Error(stdout + stderr);
  return JSON.parse(stdout);
}

async function sitDown(user: User, name: string): Promise<Person> {
  const window = await Chromium.start(join(folder.path, `browser-${user.login}`));
  windows.push(window);
  sim.state.atBrowser = user;
  return new Person(window, ADDRESS, name);
}

beforeAll(async () => {
  lab = await theLab();
  objects = new HubObjects(lab, HUB);
  await removeNamespaces(lab, HUB);
  folder = await temporary();
  sim = await startGithubSim(GITHUB, '10.200.0.1');
  sim.state.addToken('reader', sim.state.addUser('reader', 'Bot'), []); // any token may ask what somebody is called
  const hubs = sim.state.addRepository(sim.state.addUser('example'), 'hubs');
  root = join(folder.path, 'hubs');
  const { env } = await writePlatform(root, lab, { [HUB]: { port: PORT, github: GITHUB } });
  await openToRequests(root, HUB, { student: '120d', researcher: '180d' });
  await edit(
    root,
    `environments/${HUB}.yaml`,
    'admins: []',
    'admins: []\n  leads: {servers: true}',
  );
  await commitAll(root, 'a platform');
  asking = new Asking({ sim, hubs, root, folder: folder.path });
  [lead, rival] = [asking.person('lead'), asking.person('rival')];
  [skier, researcher] = [asking.person('skier'), asking.person('res')];
  const names = (word: string, count: number): User[] =>
    Array.from({ length: count }, (_, index) => asking.person(`${word}-${index + 1}`));
  [students, late] = [names('student', 60), names('late', 11)];
  const first = await deploy(root, lab, env);
  if (first.code !== 0) throw new Error(first.output);
  door = await openDoor(lab, HUB, PORT);
}, 300_000);
afterAll(async () => {
  for (const window of windows) await window.close();
  door?.close();
  await sim.close();
  await removeNamespaces(lab, HUB);
  await folder.remove();
}, 240_000);

test('sixty come in by one pull request: each stands in the plan, and the hub’s file is written once', async () => {
  const until = daysAfter(TODAY, 90);
  await asking.merge(
    {
      'cohorts/course.yaml': cohortText(lead, 71),
      'cohorts/snow.yaml': cohortText(rival, 1, `[${skier.id}]`),
      [`members/${researcher.id}.yaml`]: `id: ${researcher.id}\nlogin: res\ntier: researcher\nuntil: "${until}"\n`,
    },
    'classes',
  );
  const filled = await fillClass([...students, researcher]);
  expect(filled).toMatchObject({ written: true, requests: 1, counts: { comes: 61, unknown: 0 } });
  const file = await readFile(join(asking.people, 'cohorts/course.yaml'), 'utf8');
  await asking.merge({ 'cohorts/course.yaml': file }, 'sixty and one');

  const everybody = [lead, rival, skier, researcher, ...students].map(({ id }) => ['grant', id]);
  const { code, steps } = await access('plan');
  expect([code, steps]).toEqual([0, expect.arrayContaining(everybody)]);
  expect(steps).toHaveLength(64);
  const watch = watchSecret();
  const began = Date.now();
  expect(await access('apply')).toMatchObject({ code: 0, results: [{ loaded: true, stuck: [] }] });
  note(`64 let in, and read by the hub: ${seconds(began)} s`);
  expect(await watch.stop()).toBe(1);
});

test('all enter', async () => {
  const all = [lead, researcher, ...students];
  expect(await logIn(all)).toEqual(all.map(() => 200));
});

test('three of them do with browsers, and read until when and who may open their server', async () => {
  for (const student of [students[0], students[29], students[59]]) {
    if (!student) throw new Error('there are sixty');
    const person = await sitDown(student, nameOf(student));
    browsers.push(person);
    const seen = await person.signIn();
    expect(seen).toMatchObject({ path: '/hub/home', status: 200 });
    expect(seen.text).toContain(`Your access lasts until ${Number(LAST.slice(8))} `);
    expect(seen.text).toContain(
      `${nameOf(lead)} leads your class or looks after it, and may open your server`,
    );
  }
});

test('who leads the class opens a student’s server from a page, no researcher’s, and no other lead does', async () => {
  const [student] = students;
  const [theirs] = browsers;
  if (!student || !theirs) throw new Error('there are sixty');
  await theirs.start();
  await theirs.write('notes.txt', Buffer.from('ice'));
  const visitor = visitors.get(researcher.id) ?? new Visitor(ADDRESS);
  await visitor.takeToken('res');
  await visitor.start('res');

  const leading = await sitDown(lead, nameOf(student));
  expect((await leading.signIn()).text).toContain(nameOf(student));
  await leading.window.click(`main li a[href*="/user/${nameOf(student)}/"]`);
  await leading.window.click('form [type=submit]');
  await leading.window.until(`location.pathname.startsWith('/user/${nameOf(student)}/')`);
  await leading.window.see();
  expect((await leading.read('notes.txt')).toString()).toBe('ice');
  expect(await leading.open('/user/res/lab')).toMatchObject({ status: 403 });
  const other = await sitDown(rival, nameOf(student));
  await other.signIn();
  expect(await other.open(`/user/${nameOf(student)}/lab`)).toMatchObject({ status: 403 });
});

test('ten come late by issues, approved by who leads the class, and one finds it full', async () => {
  const body = accessBody({ tier: 'student', cohort: 'course' });
  const issues = late.map((user) => asking.ask(user, body));
  for (const issue of issues) await asking.hearHere(asking.opened(issue));
  const states: unknown[] = [];
  for (const issue of issues) {
    const heard = await asking.hearHere(asking.comment(lead, issue, '/approve'));
    states.push(heard.kind === 'done' && [heard.state, heard.refused?.code]);
  }
  const full = ['invalid', 'capacity'];
  expect(states).toEqual([...Array.from({ length: 10 }, () => ['active', undefined]), full]);
  expect(asking.isStarted()).toBe(true);
  await asking.checkOut();
  const { code, steps } = await access('apply');
  const came = late.slice(0, 10).map(({ id }) => ['grant', id]);
  expect([code, steps]).toEqual([0, expect.arrayContaining(came)]);
  expect(steps).toHaveLength(10);
  expect(await logIn(late)).toEqual([...Array.from({ length: 10 }, () => 200), 403]);
});

test('after the last day all are out, and homes stay; who is there by more than the class goes on', async () => {
  const [student] = students;
  if (!student) throw new Error('there are sixty');
  const name = nameOf(student);
  const visitor = visitors.get(student.id) ?? new Visitor(ADDRESS);
  await visitor.takeToken(name);
  const homes = await objects.homesOf(name);
  expect([homes.length, (await objects.podsOf(name)).length]).toEqual([1, 1]);

  const began = Date.now();
  const dayAfter = `${daysAfter(LAST, 1)}T00:00:01Z`;
  const { code, steps, results } = await access('apply', ['--at', dayAfter]);
  note(`73 are out: ${seconds(began)} s`);
  expect({ code, results }).toMatchObject({ code: 0, results: [{ loaded: true, stuck: [] }] });
  const gone = [lead, rival, skier, ...students, ...late.slice(0, 10)];
  const ended = gone.map(({ id }) => ['expire', id]);
  expect(steps).toEqual(expect.arrayContaining([...ended, ['change', researcher.id]]));
  expect(steps).toHaveLength(74);
  expect(await objects.podsOf(name)).toEqual([]);
  expect((await visitor.api('/hub/api/user')).status).toBe(403);
  for (const { id, login } of [lead, ...students, ...late.slice(0, 10)])
    expect([login, await visitors.get(id)?.look('/hub/home')]).toEqual([login, 302]);
  expect(await logIn([lead, student, ...late.slice(0, 1)])).toEqual([403, 403, 403]);
  expect(await objects.homesOf(name)).toEqual(homes);
  expect(await objects.podsOf('res')).toHaveLength(1);
});
