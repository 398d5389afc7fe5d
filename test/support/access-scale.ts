import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FILES } from './apply-bench.ts';
import type { GithubSim } from './github-sim/server.ts';
import type { User } from './github-sim/state.ts';

/** An organisation of a size, and hubs that everybody of its teams is in already. */
export interface Crowd {
  /** Members of the organisation. */
  members: number;
  /** Teams of it, all of them named by hubs; the first holds everybody who is in hubs. */
  teams: number;
  /** People in hubs. */
  people: number;
}

/** Ten thousand members of whom 1,500 use hubs, by sixty teams. */
export const LARGE: Crowd = { members: 10_000, teams: 60, people: 1500 };
/** All of ten thousand in one team, and so in a hub. */
export const EVERYBODY: Crowd = { members: 10_000, teams: 60, people: 10_000 };
/** As large as the organisation of Kubernetes. */
export const MANY_TEAMS: Crowd = { members: 1276, teams: 284, people: 1276 };

const HUBS = ['one', 'two', 'late'];

/** Fills a simulated GitHub, and writes `platform/` and `present/` below a folder. The token is `members`. */
export async function crowd(sim: GithubSim, folder: string, size: Crowd): Promise<void> {
  const { state } = sim;
  const app = state.addUser('access-app', 'Bot');
  state.tokens.set('members', { user: app, write: [], members: true });
  const all = Array.from({ length: size.members }, (_, index) => state.addUser(`person-${index}`));
  const using = all.slice(0, size.people);
  const slugs = Array.from({ length: size.teams }, (_, index) => `team-${index}`);
  const teams = slugs.map((slug, index) => ({ slug, members: membersOf(index, using, slugs) }));
  for (const { slug, members } of teams) state.addTeam('example', slug, members);
  const { members: known } = state.organizations.get('example') ?? {};
  for (const { id } of all) known?.set(id, 'member');
  for (const [index, hub] of HUBS.entries()) {
    const own = teams.filter((_, number) => number % HUBS.length === index);
    const allow = JSON.stringify(own.map(({ slug }) => `team:example/${slug}`));
    const text = FILES[`environments/${hub}.yaml`] ?? '';
    const file = text.replace(/^access: .*$/mu, `access: {allow: ${allow}, admins: []}`);
    await write(join(folder, `platform/environments/${hub}.yaml`), file);
    await write(join(folder, `present/${hub}.json`), JSON.stringify(presentOf(own)));
  }
  for (const [path, text] of Object.entries(FILES))
    if (!path.startsWith('environments/')) await write(join(folder, 'platform', path), text);
}

function membersOf(index: number, people: readonly User[], slugs: readonly string[]): User[] {
  if (index === 0) return [...people];
  return people.filter((_, number) => number % slugs.length === index);
}

function presentOf(teams: readonly { slug: string; members: readonly User[] }[]): object {
  const users = new Map<number, { name: string; groups: string[] }>();
  for (const { slug, members } of teams)
    for (const { id, login } of members) {
      const known = users.get(id)?.groups ?? [];
      users.set(id, { name: login, groups: [...known, `team:example/${slug}`] });
    }
  return { access: { users: Object.fromEntries(users) } };
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
