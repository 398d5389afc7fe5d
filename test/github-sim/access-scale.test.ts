import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { applyAccess } from '../../src/apply/access/apply.ts';
import { githubAccounts } from '../../src/edges/github/accounts.ts';
import { githubDirectory } from '../../src/edges/github/directory.ts';
import { presentPeople } from '../../src/edges/present-people.ts';
import { planAccess } from '../../src/flow/access.ts';
import type { AccessSources } from '../../src/flow/access.ts';
import { EVERYBODY, LARGE, MANY_TEAMS, crowd } from '../support/access-scale.ts';
import type { Crowd } from '../support/access-scale.ts';
import { FakeClock } from '../support/clock.ts';
import { ClusterDouble } from '../support/cluster.ts';
import { startGithubSim } from '../support/github-sim/server.ts';
import type { GithubSim } from '../support/github-sim/server.ts';
import { temporary } from '../support/sample.ts';

/* How often GitHub is asked, and that nothing is written, where there is nothing to do. */
let sim: GithubSim;
let folder: Awaited<ReturnType<typeof temporary>>;
beforeEach(async () => {
  sim = await startGithubSim();
  folder = await temporary();
});
afterEach(async () => {
  await sim.close();
  await folder.remove();
});

async function planned() {
  const sources: AccessSources = {
    present: (hubs) => presentPeople(join(folder.path, 'present'), hubs),
    plansAbsent: true,
    directory: githubDirectory({ api: sim.url, token: 'members', owner: '', repo: '' }, 1),
    accounts: githubAccounts({ api: sim.url, token: 'members', owner: '', repo: '' }, 1),
    names: { read: () => Promise.resolve(new Map()), keep: () => Promise.reject(new Error()) },
  };
  const root = join(folder.path, 'platform');
  const now = Date.UTC(2026, 10, 24, 12);
  const inputs = { root, people: undefined, hubs: [], now, detail: 'counts' } as const;
  const result = await planAccess(inputs, sources);
  if (result.kind === 'refused') throw new Error(JSON.stringify(result.findings));
  return result;
}

test.each<[string, Crowd, number, number]>([
  ['10,000 members, 60 teams, 1,500 people in hubs', LARGE, 15, 110],
  ['1,276 people and 284 teams', MANY_TEAMS, 16, 24],
  ['10,000 members, all of them in one team and in hubs', EVERYBODY, 100, 110],
])(
  'an organisation of %s',
  async (_what, size, requests, most) => {
    await crowd(sim, folder.path, size);
    const { plan, requests: asked } = await planned();
    expect(plan.hubs.flatMap(({ steps, held }) => [...steps, ...held])).toEqual([]);
    expect(plan.unknown).toEqual([]);
    expect(plan.hubs.map(({ entries }) => entries.size)).toContain(size.people);
    expect([asked, sim.log.length]).toEqual([requests, requests]);
    expect(asked).toBeLessThanOrEqual(most);
    expect(sim.log.filter(({ body }) => !String(body['query']).startsWith('query('))).toEqual([]);

    const kube = new ClusterDouble(new FakeClock());
    const results = await applyAccess(
      plan,
      {
        kube,
        clock: new FakeClock(),
        script: () => Promise.resolve(''),
        progress: () => undefined,
        names: { read: () => Promise.resolve(new Map()), keep: () => Promise.reject(new Error()) },
      },
      new Map(),
    );
    expect(results.map(({ loaded, stuck }) => [loaded, stuck])).toEqual(
      plan.hubs.map(() => [undefined, []]),
    );
    expect(kube.outside.calls.filter((call) => !/^(get|list): /u.test(call))).toEqual([]);
  },
  120_000,
);
