import { spawn } from 'node:child_process';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { JsonObject } from '../src/core/json.ts';
import { standInSecrets } from '../src/core/hub/values/stand-ins.ts';
import { loadCharts } from '../src/edges/charts.ts';
import { exec } from '../src/edges/exec.ts';
import { CLI, DOUBLE, ROOT, copyPlatform, temporary } from '../test/support/sample.ts';
import { accessRows } from './bench-access.ts';
import { dockerRows } from './bench-docker.ts';
import { dockerStandIn, platformOfImages } from './bench-images.ts';
import { unpackTools } from './tools.ts';

/*
 * npm run bench [-- --json FILE] [--charts-from DIR] [--docker]
 * --docker: images with a real Docker too, as `npm run test:images` brings it.
 * Whole processes, as a user starts them: wall time, CPU of the process and its children, peak
 * memory of ours and of Helm apart. Medians of 5 runs, of 3 where one takes over 10 s. Compare
 * ratios of one run, not figures of two machines.
 */
interface Row {
  name: string;
  wall_s: number;
  cpu_s: number;
  rss_mb: number;
  helm_rss_mb: number;
  runs: number;
}

const CLUSTERS = 30;
const HUBS = 171;

const { values: given } = parseArgs({
  options: {
    json: { type: 'string' },
    'charts-from': { type: 'string' },
    docker: { type: 'boolean' },
  },
});
const tools = await unpackTools();
const helm = join(tools, 'helm');
const charts = given['charts-from'] ?? DOUBLE;
const folder = await temporary();
const rows: Row[] = [];

try {
  process.stderr.write(
    `· ${HUBS} hubs in ${CLUSTERS} clusters, charts from ${given['charts-from'] ?? 'our small chart, a test double'}\n`,
  );
  const large = join(folder.path, 'large');
  await generate(large);
  const three = join(folder.path, 'three');
  const record = join(folder.path, 'record');
  const cli = (args: string[]): string[] => [process.execPath, CLI, ...args];
  const at = (root: string, ...args: string[]): string[] =>
    cli([...args, '--root', root, '--charts-from', charts]);

  await row('bundle-start', cli(['--version']));
  await row('check-3', at(ROOT, 'check'));
  await row('render-3', at(ROOT, 'render', '--all', '--out', three));
  await row('plan-3-unchanged', at(ROOT, 'plan', '--present', three));
  await cold(three);
  await row('check-171', at(large, 'check'));
  await row('render-171', at(large, 'render', '--all', '--out', record));
  await row('plan-171-unchanged', at(large, 'plan', '--present', record));
  await changeAll(large);
  await row('plan-171-changed', at(large, 'plan', '--present', record));
  await row('helm-loop-171', ['bash', await loop(record)]);
  await images();
  await accessRows(folder.path, CLI, row);
  if (given.docker === true)
    await dockerRows({
      folder: folder.path,
      cli: [process.execPath, CLI],
      charts,
      from: ROOT,
      row,
    });
  else process.stderr.write('· left out without --docker: images with a real Docker\n');
  report();
  if (given.json !== undefined)
    await writeFile(given.json, `${JSON.stringify({ schema_version: 1, rows }, null, 2)}\n`);
} finally {
  await folder.remove();
}

async function images(): Promise<void> {
  const [many, four] = [join(folder.path, 'images-100'), join(folder.path, 'images-4')];
  await platformOfImages(many, 100, ROOT);
  await platformOfImages(four, 4, ROOT);
  const out = join(folder.path, 'image-folders');
  const command = [process.execPath, CLI, 'image'];
  await row('image-render-100', [...command, 'render', '--all', '--root', many, '--out', out]);
  process.env['GLACIOCLOUD_DOCKER'] = await dockerStandIn(folder.path);
  const push = ['--all', '--push', '--registry', 'bench.example.org/images'];
  const where = ['--root', four, '--charts-from', charts];
  await row('image-unchanged', [...command, 'build', ...push, ...where]);
  delete process.env['GLACIOCLOUD_DOCKER'];
}

/** As on a fresh machine: the chart comes from a repository on loopback, and the cache is empty before each run. */
async function cold(present: string): Promise<void> {
  const root = join(folder.path, 'cold');
  const cache = join(folder.path, 'cold-cache');
  await copyPlatform(root);
  const archive = await chartArchive();
  const server = createServer((request, response) => {
    if (request.url === '/index.yaml')
      response.end('entries: {jupyterhub: [{version: 4.4.0, urls: [jupyterhub-4.4.0.tgz]}]}\n');
    else response.end(archive);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const file = join(root, 'platform.yaml');
  await writeFile(
    file,
    (await readFile(file, 'utf8'))
      .replace('https://hub.jupyter.org/helm-chart/', `http://127.0.0.1:${port}/`)
      .replace('charts:\n', 'charts:\n  allowPrivate: true\n'),
  );
  process.env['GLACIOCLOUD_CACHE'] = cache;
  const plan = `rm -rf "${cache}"; exec "${process.execPath}" "${CLI}" plan --root "${root}" --present "${present}"`;
  await row('plan-3-cold', ['bash', '-c', plan]);
  delete process.env['GLACIOCLOUD_CACHE'];
  server.closeAllConnections();
  server.close();
}

async function chartArchive(): Promise<Buffer> {
  const given = join(charts, 'jupyterhub-4.4.0.tgz');
  const ready = await readFile(given).catch(() => undefined);
  if (ready) return ready;
  await exec(helm, ['package', join(charts, 'jupyterhub'), '--destination', folder.path]);
  return readFile(join(folder.path, 'jupyterhub-4.4.0.tgz'));
}

/** This repository's files, many times over. */
async function generate(root: string): Promise<void> {
  const read = (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8');
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), text);
  };
  await write('platform.yaml', await read('platform.yaml'));
  for (const image of await readdir(join(ROOT, 'images')))
    await write(`images/${image}/image.yaml`, await read(`images/${image}/image.yaml`));
  for (let index = 0; index < CLUSTERS; index += 1)
    await write(`clusters/c${index}.yaml`, await read('clusters/bremen.yaml'));
  const kinds = await Promise.all(
    ['hub', 'hub-staging', 'classroom'].map((name) => read(`environments/${name}.yaml`)),
  );
  for (let index = 0; index < HUBS; index += 1) {
    const text = (kinds[index % kinds.length] ?? '')
      .replace('cluster: bremen', `cluster: c${index % CLUSTERS}`)
      .replace(/^url: .*$/mu, `url: https://h${index}.example.org`);
    await write(`environments/h${index}.yaml`, text);
  }
}

/** One change to every hub's chart values, so that every hub restarts. */
async function changeAll(root: string): Promise<void> {
  for (let index = 0; index < HUBS; index += 1) {
    const file = join(root, `environments/h${index}.yaml`);
    await writeFile(
      file,
      (await readFile(file, 'utf8')).replace(/sessions: \{idle: \d+h\}/u, 'sessions: {idle: 7h}'),
    );
  }
}

/** The same hubs with plain `helm template`, one after the other: what a shell script would do. */
async function loop(rendered: string): Promise<string> {
  const platform = JSON.parse(await readFile(join(rendered, 'h0/release.json'), 'utf8')) as {
    release: { charts: { name: string; version: string }[] };
  };
  const version = platform.release.charts.find(({ name }) => name === 'jupyterhub')?.version ?? '';
  const loaded = await loadCharts({
    settings: { jupyterhub: { version, repository: '', sha256: null } },
    from: charts,
    network: false,
    privateToo: false,
    seen: [],
    progress: () => undefined,
  });
  if (!loaded) throw new Error('no chart');
  const chart = await loaded.assemble(folder.path);
  const values = JSON.parse(await readFile(join(rendered, 'h0/values.json'), 'utf8')) as JsonObject;
  const stand = join(folder.path, 'placeholders.json');
  await writeFile(stand, JSON.stringify(standInSecrets(values['jupyterhub'] as JsonObject)));
  const script = join(folder.path, 'loop.sh');
  const lines = Array.from(
    { length: HUBS },
    (_, index) =>
      `"${helm}" template h${index} "${chart}" --namespace h${index} --values "${rendered}/h${index}/values.json" --values "${stand}" --kube-version 1.35.0 > "${folder.path}/loop.out"\n`,
  );
  await writeFile(script, lines.join(''));
  return script;
}

async function row(name: string, command: string[]): Promise<void> {
  process.stderr.write(`· ${name}\n`);
  const results: Omit<Row, 'name' | 'runs'>[] = [await measure(command)]; // the first warms file caches and is not counted
  const runs = (results[0]?.wall_s ?? 0) > 10 ? 3 : 5;
  results.length = 0;
  while (results.length < runs) results.push(await measure(command));
  const median = (pick: (one: Omit<Row, 'name' | 'runs'>) => number): number =>
    results.map(pick).sort((a, b) => a - b)[Math.floor(runs / 2)] ?? 0;
  rows.push({
    name,
    wall_s: median((one) => one.wall_s),
    cpu_s: median((one) => one.cpu_s),
    rss_mb: median((one) => one.rss_mb),
    helm_rss_mb: median((one) => one.helm_rss_mb),
    runs,
  });
}

/** bash counts the CPU of all children; the kernel keeps each process's peak memory, read while it lives. */
async function measure([program = '', ...args]: string[]): Promise<Omit<Row, 'name' | 'runs'>> {
  const child = spawn(
    'bash',
    ['-c', 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null 2>&1', 'bash', program, ...args],
    { env: { ...process.env, GLACIOCLOUD_HELM: helm }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let text = '';
  let [ours, theirs] = [0, 0];
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  const sample = setInterval(() => {
    void peaks(child.pid ?? 0).then((found) => {
      ours = Math.max(ours, found.node);
      theirs = Math.max(theirs, found.helm);
    });
  }, 15);
  await new Promise((resolve) => child.on('close', resolve));
  clearInterval(sample);
  const [wall = 0, user = 0, sys = 0] =
    text.trim().split('\n').at(-1)?.split(' ').map(Number) ?? [];
  return {
    wall_s: wall,
    cpu_s: Math.round((user + sys) * 1000) / 1000,
    rss_mb: Math.round(ours / 1024),
    helm_rss_mb: Math.round(theirs / 1024),
  };
}

async function peaks(pid: number): Promise<{ node: number; helm: number }> {
  const result = { node: 0, helm: 0 };
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => ''))
    .split(' ')
    .filter(Boolean);
  for (const one of children) {
    const status = await readFile(`/proc/${one}/status`, 'utf8').catch(() => '');
    const peak = Number(/VmHWM:\s+(\d+)/u.exec(status)?.[1] ?? 0);
    const name = /Name:\s+(\S+)/u.exec(status)?.[1] ?? '';
    if (name.startsWith('helm')) result.helm = Math.max(result.helm, peak);
    else if (name !== 'bash') result.node = Math.max(result.node, peak);
    const deeper = await peaks(Number(one));
    result.node = Math.max(result.node, deeper.node);
    result.helm = Math.max(result.helm, deeper.helm);
  }
  return result;
}

function report(): void {
  const line = (cells: (string | number)[]): string =>
    `${String(cells[0]).padEnd(20)}${cells
      .slice(1)
      .map((cell) => String(cell).padStart(11))
      .join('')}\n`;
  process.stdout.write(line(['', 'wall s', 'cpu s', 'ours MB', 'helm MB', 'runs']));
  for (const one of rows)
    process.stdout.write(
      line([
        one.name,
        one.wall_s.toFixed(2),
        one.cpu_s.toFixed(2),
        one.rss_mb,
        one.helm_rss_mb,
        one.runs,
      ]),
    );
  const find = (name: string): Row =>
    rows.find((one) => one.name === name) ?? {
      name,
      wall_s: 1,
      cpu_s: 1,
      rss_mb: 0,
      helm_rss_mb: 0,
      runs: 0,
    };
  const [changed, plain] = [find('plan-171-changed'), find('helm-loop-171')];
  process.stdout.write(
    `\nplan with every hub changed, against the plain loop: ${(changed.cpu_s / plain.cpu_s).toFixed(2)} of its CPU, ${(changed.wall_s / plain.wall_s).toFixed(2)} of its wall time\n`,
  );
}
