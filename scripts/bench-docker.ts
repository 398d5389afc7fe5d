import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '../src/edges/exec.ts';
import { up } from '../test/images/docker.ts';

export interface DockerBench {
  /** Where everything of it may lie. */
  folder: string;
  /** Start of each of our commands: node and the bundle. */
  cli: readonly string[];
  charts: string;
  /** A platform whose `platform.yaml` is taken. */
  from: string;
  row: (name: string, command: string[]) => Promise<void>;
}

/** One image that nothing changed: what asks whether it must be built, against what builds it from its cache. */
export async function dockerRows({ folder, cli, charts, from, row }: DockerBench): Promise<void> {
  const { env, registry, down } = await up();
  const before = { ...process.env };
  Object.assign(process.env, env);
  try {
    const root = join(folder, 'docker');
    await platform(root, await readFile(join(from, 'platform.yaml'), 'utf8'), registry);
    const where = ['--root', root, '--charts-from', charts];
    const ours = [...cli, 'image', 'build', 'bench', '--push', ...where];
    await must(ours);
    const out = join(folder, 'docker-folders');
    await must([...cli, 'image', 'render', 'bench', '--root', root, '--out', out]);
    const built = join(out, 'bench');
    const user = ['--user-id', '1100', '--user-name', 'jovyan'];
    const { GLACIOCLOUD_DOCKER: docker = '', GLACIOCLOUD_REPO2DOCKER: repo2docker = '' } = env;
    await row('image-unchanged-1', ours);
    await row('buildx-cached', [docker, 'buildx', 'build', '--tag', 'bench:plain', built]);
    await row('repo2docker-cached', [
      ...[repo2docker, '--no-run', ...user, '--image-name', 'bench:cached', built],
    ]);
  } finally {
    process.env = before;
    await down();
  }
}

/** Nothing of the image is asked of an index: plain Docker does not know this machine's. */
async function platform(root: string, settings: string, registry: string): Promise<void> {
  await mkdir(join(root, 'images/bench'), { recursive: true });
  const own = settings.replace(/^registry: .*$/mu, `registry: ${registry}/bench`);
  await writeFile(join(root, 'platform.yaml'), own);
  const lines = [
    'title: Bench',
    'oggm: {version: 1.6.3}',
    `from: {image: ${registry}/base/oggm, tag: "1"}`,
    'env: {BENCH: "1"}',
    'postBuild: last.sh',
    'tests: {oggm: none}',
  ];
  await writeFile(join(root, 'images/bench/image.yaml'), `${lines.join('\n')}\n`);
  await writeFile(join(root, 'images/bench/last.sh'), '#!/bin/sh\ntrue\n', { mode: 0o755 });
}

async function must([program = '', ...args]: readonly string[]): Promise<void> {
  const env = process.env as Record<string, string>;
  const { code, stdout, stderr } = await exec(program, args, { env });
  if (code !== 0) throw new Error(`${args.join(' ')}: ${stdout}${stderr}`);
}
