import { join } from 'node:path';
import { LARGE, MANY_TEAMS, crowd } from '../test/support/access-scale.ts';
import type { Crowd } from '../test/support/access-scale.ts';
import { startGithubSim } from '../test/support/github-sim/server.ts';

const SIZES: Readonly<Record<string, Crowd>> = {
  'access-10000': LARGE,
  'access-284-teams': MANY_TEAMS,
};

/** `access plan` of large organisations with nothing to do; teams are read from a simulated GitHub, a double. */
export async function accessRows(
  folder: string,
  cli: string,
  row: (name: string, command: string[]) => Promise<void>,
): Promise<void> {
  for (const [name, size] of Object.entries(SIZES)) {
    const sim = await startGithubSim();
    const place = join(folder, name);
    await crowd(sim, place, size);
    const where = ['--root', join(place, 'platform'), '--present', join(place, 'present')];
    Object.assign(process.env, { GITHUB_API_URL: sim.url, GITHUB_TOKEN: 'members' });
    await row(name, [process.execPath, cli, 'access', 'plan', ...where]);
    delete process.env['GITHUB_API_URL'];
    delete process.env['GITHUB_TOKEN'];
    const asked = new Set(sim.log.map(({ method, path }) => `${method} ${path}`));
    process.stderr.write(`  ${sim.log.length} requests in all runs: ${[...asked].join(', ')}\n`);
    await sim.close();
  }
}
