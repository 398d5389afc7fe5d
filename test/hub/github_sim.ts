import { startGithubSim } from '../support/github-sim/server.ts';

/* The simulated GitHub for tests in Python: prints its address, lives until its input ends. A test double. */
const sim = await startGithubSim();
const owner = sim.state.addUser('example');
sim.state.addRepository(owner, 'hubs');
sim.state.addToken('github_pat_writesIssues', owner, ['issues']);
sim.state.addToken('github_pat_reads', owner, []);
process.stdout.write(`${sim.url}\n`);
process.stdin.resume().on('end', () => void sim.close());
