import { startGithubSim } from '../support/github-sim/server.ts';

/* The simulated GitHub for tests in Python: prints its address, lives until its input ends. A test double. */
const sim = await startGithubSim();
const owner = sim.state.addUser('example');
const hubs = sim.state.addRepository(owner, 'hubs');
sim.state.addToken('github_pat_writesIssues', owner, ['issues']);
sim.state.addToken('github_pat_reads', owner, []);
sim.state.addToken('github_pat_other', sim.state.addUser('other'), ['issues']);
// `--pull LABEL,LABEL`: a pull request of the owner that has these labels.
if (process.argv[2] === '--pull') {
  const at = (ref: string): { ref: string; sha: string } => ({ ref, sha: 'a'.repeat(40) });
  const given = { title: 'A change', user: owner, head: at('topic'), base: at('main') };
  const pull = sim.state.addPull(hubs, { ...given, mergeSha: 'c'.repeat(40) });
  pull.labels.push(...(process.argv[3] ?? '').split(','));
  pull.body = 'by a person';
}
process.stdout.write(`${sim.url}\n`);
process.stdin.resume().on('end', () => void sim.close());
