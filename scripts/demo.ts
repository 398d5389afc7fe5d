import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DOUBLE, edit, temporary } from '../test/support/sample.ts';
import { openPullRequest, stage } from '../test/support/pull-request.ts';
import { demoImage, platformWithImage } from './demo-image.ts';
import { demoRequest } from './demo-request.ts';
import { unpackTools } from './tools.ts';

/*
 * The main job on this repository's own platform, without account or cluster: a simulated GitHub
 * (a test double), a pull request, and the bundled action run for it exactly as the workflows say,
 * with real Helm and real files.
 * With --lab it goes on: the lab's Kubernetes, a hub that is merged, a browser that logs in, a bad
 * image that goes back.
 */
const say = (text: string): boolean => process.stdout.write(`${text}\n`);
const progress = (text: string): boolean => process.stderr.write(`· ${text}\n`);
const REPOSITORY = 'https://hub.jupyter.org/helm-chart/index.yaml';

const folder = await temporary();
try {
  progress('unpacking Helm');
  const helm = join(await unpackTools(), 'helm');
  const reachable = await fetch(REPOSITORY, {
    method: 'HEAD',
    signal: AbortSignal.timeout(5000),
  }).then(
    ({ ok }) => ok,
    () => false,
  );
  if (!reachable)
    progress(
      'hub.jupyter.org cannot be reached: using the small chart of test/lab/charts, a test double',
    );
  progress('a copy of this platform, deployed; a simulated GitHub');
  const charts = reachable ? undefined : DOUBLE;
  const demo = await stage(folder.path, charts, helm, platformWithImage);
  try {
    progress('a pull request that changes a hub and an image');
    const good = await openPullRequest(
      demo,
      'bigger-large',
      'More memory for large servers, newer 1.6.3 image',
      async (files) => {
        await edit(files, 'environments/hub.yaml', 'memory: 32G', 'memory: 48G');
        await edit(files, 'environments/hub-staging.yaml', 'idle: 2h', 'idle: 3h');
        await edit(files, 'images/oggm-1.6.3/image.yaml', 'tag: v1.6.3', 'tag: 1.6.3-20261120');
      },
    );
    const comment = good.pull.comments.at(-1)?.body;
    if (comment === undefined)
      throw new Error(`no comment: ${good.plan.map(({ log }) => log).join('\n')}`);
    say(
      `\nPull request ${good.pull.number}: ${good.pull.title}\n${'─'.repeat(78)}\n${comment}\n${'─'.repeat(78)}`,
    );
    const page = fileURLToPath(new URL('../.cache/demo/plan.html', import.meta.url));
    await mkdir(join(page, '..'), { recursive: true });
    await copyFile(good.page, page);
    say(`The whole plan as a page (${(await readFile(page)).length} bytes): .cache/demo/plan.html`);

    await demoImage(demo, { say, progress });

    progress('a pull request with mistakes');
    const bad = await openPullRequest(demo, 'mistakes', 'A few mistakes', async (files) => {
      await edit(files, 'environments/hub.yaml', 'memory: 4G,', 'memory: 4Gi,');
      await edit(files, 'environments/classroom.yaml', 'idle: 2h', 'idel: 2h');
      await edit(files, 'environments/hub-staging.yaml', 'cluster: bremen', 'cluster: bremne');
    });
    const annotations = bad.check.flatMap(({ log }) =>
      log.split('\n').filter((line) => /^::(?:error|warning) /u.test(line)),
    );
    say(
      `\nPull request ${bad.pull.number}: ${bad.pull.title}. The check fails (exit code ${bad.check.at(-1)?.code ?? 0}) with these annotations:\n`,
    );
    for (const line of annotations) say(`  ${line}`);

    await demoRequest(demo, { say, progress });
  } finally {
    await demo.sim.close();
  }
} finally {
  await folder.remove();
}

if (process.argv.includes('--lab'))
  await (await import('./demo-lab.ts')).demoInLab(process.argv.includes('--keep'));
