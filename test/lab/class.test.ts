import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { dayOf, daysAfter } from '../../src/core/access/days.ts';
import { unpackedTool } from '../../src/edges/tools.ts';
import { Asking } from '../support/asking.ts';
import { startGithubSim } from '../support/github-sim/server.ts';
import type { GithubSim } from '../support/github-sim/server.ts';
import type { User } from '../support/github-sim/state.ts';
import { accessBody } from '../support/request-body.ts';
import { commitAll, edit, temporary } from '../support/sample.ts';
import { note } from './act.ts';
import { Chromium } from './chromium.ts';
import { openDoor } from './door.ts';
import { HubObjects, runAccess } from './hub-access.ts';
import type { AccessRun } from './hub-access.ts';
import type { Lab } from './lab.ts';
import { Person } from './person.ts';
import { writePlatform } from './platform.ts';
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
let students: User[];
let late: User[];
const windows: Chromium[] = [];
const visitors = new Map<number, Visitor>();

/** A class’s file knows ids only, and so does the hub. */
const nameOf = ({ id }: User): string => `user-${id}`;
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

function cohortText(members: readonly User[]): string {
  const ids = members.map(({ id }) => `  - ${id}\n`).join('');
  return `title: Glaciers for beginners
leads: [${lead.id}]
tier: student
from: "${TODAY}"
until: "${LAST}"
capacity: 70
members:
${ids}`;
}

beforeAll(async () => {
  lab = await theLab();
  objects = new HubObjects(lab, HUB);
  await removeNamespaces(lab, HUB);
  folder = await temporary();
  sim = await startGithubSim(GITHUB, '10.200.0.1');
  const hubs = sim.state.addRepository(sim.state.addUser('example'), 'hubs');
  root = join(folder.path, 'hubs');
  const { env } = await writePlatform(root, lab, { [HUB]: { port: PORT, github: GITHUB } });
  const files = 'access: {repository: example/access}\ntiers: {student: {until: 120d}}\n';
  await edit(root, 'platform.yaml', 'waves:', `${files}waves:`);
  const environment = `environments/${HUB}.yaml`;
  await edit(root, environment, '[team:example/users]', '[tier:student]');
  await edit(root, environment, '[team:example/admins]', '[]');
  await mkdir(join(root, 'access'), { recursive: true });
  await commitAll(root, 'a platform');
  asking = new Asking({ sim, hubs, root, folder: folder.path });
  lead = asking.person('lead');
  const names = (word: string, count: number): User[] =>
    Array.from({ length: count }, (_, index) => asking.person(`${word}-${index + 1}`));
  [students, late] = [names('student', 60), names('late', 11)];
  const approvers = `approvers: [{id: ${asking.person('maintainer').id}}]\n`;
  await asking.merge({ 'approvers.yaml': approvers }, 'approvers');
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
  await asking.merge({ 'cohorts/course.yaml': cohortText(students) }, 'a class');
  const everybody = [lead, ...students].map(({ id }) => ['grant', id]);
  const { code, steps } = await access('plan');
  expect([code, steps]).toEqual([0, expect.arrayContaining(everybody)]);
  expect(steps).toHaveLength(61);
  const watch = watchSecret();
  const began = Date.now();
  expect(await access('apply')).toMatchObject({ code: 0, results: [{ loaded: true, stuck: [] }] });
  note(`61 let in, and read by the hub: ${seconds(began)} s`);
  expect(await watch.stop()).toBe(1);
});

test('all enter', async () => {
  expect(await logIn([lead, ...students])).toEqual(Array.from({ length: 61 }, () => 200));
});

test('three of them do with browsers, and read until when', async () => {
  for (const student of [students[0], students[29], students[59]]) {
    if (!student) throw new Error('there are sixty');
    const window = await Chromium.start(join(folder.path, `browser-${student.login}`));
    windows.push(window);
    sim.state.atBrowser = student;
    const seen = await new Person(window, ADDRESS, nameOf(student)).signIn();
    const until = Number(LAST.slice(8));
    expect(seen).toMatchObject({ path: '/hub/home', status: 200 });
    expect(seen.text).toContain(`Your access lasts until ${until} `);
  }
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

test('after the last day all are out, and homes stay', async () => {
  const [student] = students;
  if (!student) throw new Error('there are sixty');
  const name = nameOf(student);
  const visitor = visitors.get(student.id) ?? new Visitor(ADDRESS);
  await visitor.takeToken(name);
  await visitor.start(name);
  const homes = await objects.homesOf(name);
  expect(homes).toHaveLength(1);

  const began = Date.now();
  const { code, steps, results } = await access('apply', [
    '--at',
    `${daysAfter(LAST, 1)}T00:00:01Z`,
  ]);
  note(`71 are out: ${seconds(began)} s`);
  expect({ code, results }).toMatchObject({ code: 0, results: [{ loaded: true, stuck: [] }] });
  const gone = [lead, ...students, ...late.slice(0, 10)];
  expect(steps).toEqual(expect.arrayContaining(gone.map(({ id }) => ['expire', id])));
  expect(steps).toHaveLength(71);
  expect(await objects.podsOf(name)).toEqual([]);
  expect((await visitor.api('/hub/api/user')).status).toBe(403);
  for (const { id, login } of gone)
    expect([login, await visitors.get(id)?.look('/hub/home')]).toEqual([login, 302]);
  expect(await logIn([lead, student, ...late.slice(0, 1)])).toEqual([403, 403, 403]);
  expect(await objects.homesOf(name)).toEqual(homes);
});
