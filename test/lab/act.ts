import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { basename, delimiter, dirname, join } from 'node:path';
import { exec } from '../../src/edges/exec.ts';
import type { ExecResult } from '../../src/edges/exec.ts';
import { unpackedTool } from '../../src/edges/tools.ts';
import { DOUBLE } from '../support/sample.ts';

/*
 * Workflow files run by nektos/act on this machine, without containers. What act does not do as GitHub does: checkouts (it copies the
 * working tree), concurrency, permissions, environments and their approvals, filters of paths.
 */
export interface ActPlace {
  /** Where act is. */
  bin: string;
  /** The repository that is checked out. */
  root: string;
  /** For files of the runs. */
  folder: string;
  /** Address of the simulated GitHub's API. */
  api: string;
  /** By the name that workflows give them, beside GITHUB_TOKEN. */
  secrets: Readonly<Record<string, string>>;
  /** Folders of programs that come first. */
  programs: readonly string[];
  /** Variables of the repository or of an environment: act knows no difference. */
  variables?: Readonly<Record<string, string>>;
  /** Other repositories that are checked out: where their clones are, by `owner/name`. */
  clones?: Readonly<Record<string, string>>;
  /** What the stand-in of an App gives. */
  appToken?: string;
}

/** What workflows print, for people who wait. */
export const note = (text: string): boolean => process.stderr.write(`  ▸ ${text}\n`);

/** Where packages come from on this machine. */
const PASSED = [
  'npm_config_registry',
  'GOPROXY',
  'GOFLAGS',
  'GONOSUMDB',
  'GOSUMDB',
  'NODE_EXTRA_CA_CERTS',
];

/** Runs a workflow for an event; its exit code is that of all its jobs. */
export async function act(
  place: ActPlace,
  workflow: string,
  event: string,
  payload: object,
): Promise<ExecResult> {
  const { bin, root, folder, api, secrets, programs, variables = {} } = place;
  await writeFile(join(folder, 'event.json'), JSON.stringify(payload));
  await writeFile(
    join(folder, 'secrets'),
    Object.entries({ ...secrets, GITHUB_TOKEN: 'bot' })
      .map(([name, value]) => `${name}='${value}'\n`)
      .join(''),
    { mode: 0o600 },
  );
  const passed = PASSED.flatMap((name): [string, string][] => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  const path = [...programs, bin, dirname(process.execPath), process.env['PATH'] ?? ''];
  const began = performance.now();
  const args = [
    ...[event, '-W', `.github/workflows/${workflow}`, '-e', join(folder, 'event.json')],
    ...['--pull=false', '-P', 'ubuntu-latest=-self-hosted', '--no-cache-server'],
    ...['--action-offline-mode', '--secret-file', join(folder, 'secrets')],
    ...Object.entries(variables).flatMap(([name, value]) => ['--var', `${name}=${value}`]),
    ...['--env', `GITHUB_API_URL=${api}`, ...(await standIns(place))],
  ];
  const result = await exec(join(bin, 'act'), args, {
    cwd: root,
    timeoutMs: 390_000,
    env: {
      PATH: path.join(delimiter),
      XDG_CACHE_HOME: join(folder, 'cache'),
      ...Object.fromEntries(passed),
    },
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  note(`${workflow}: ${result.code === 0 ? 'success' : 'failure'} in ${seconds} s`);
  return result;
}

/** Where the stand-in of an upload puts what it is given, a file each. */
export const artifactsOf = (folder: string): string => join(folder, 'artifacts');

/** Actions of others that our workflows use, as arguments for act: doubles. */
async function standIns(of: ActPlace): Promise<string[]> {
  const { root, folder } = of;
  const files = (await readdir(join(root, '.github'), { recursive: true })).filter((name) =>
    name.endsWith('.yml'),
  );
  const texts = await Promise.all(
    files.map((name) => readFile(join(root, '.github', name), 'utf8')),
  );
  const used = new Set(
    texts.flatMap((text) =>
      [...text.matchAll(/uses: ([\w-]+\/[\w-]+@[0-9a-f]{40})/gu)].map(([, found]) => found ?? ''),
    ),
  );
  await mkdir(artifactsOf(folder), { recursive: true });
  const args: string[] = [];
  for (const action of used) {
    const place = join(folder, 'actions', action.replaceAll(/[/@]/gu, '-'));
    await mkdir(place, { recursive: true });
    await writeFile(
      join(place, 'action.yml'),
      'name: stand-in\ndescription: a double\nruns: {using: node24, main: index.js}\n',
    );
    await writeFile(join(place, 'index.js'), standIn(action, of));
    args.push(`--local-repository=${action}=${place}`);
  }
  return args;
}

/** Most do nothing: Node 24 is on the PATH already, and act has copied the working tree. */
function standIn(action: string, { root, folder, clones = {}, appToken }: ActPlace): string {
  if (action.startsWith('actions/checkout@'))
    return CHECKOUT.replace('ROOT', JSON.stringify(root)).replace('CLONES', JSON.stringify(clones));
  if (action.startsWith('actions/create-github-app-token@'))
    return APP.replace('TOKEN', JSON.stringify(`token=${appToken ?? ''}\n`));
  if (action.startsWith('actions/upload-artifact@'))
    return UPLOAD.replace('ARTIFACTS', JSON.stringify(artifactsOf(folder)));
  return '';
}

/** What act does not do itself: another commit, another folder or another repository. */
const CHECKOUT = `const { execFileSync } = require('node:child_process');
const { cpSync } = require('node:fs');
const { INPUT_PATH: path = '.', INPUT_REF: ref = 'HEAD', INPUT_REPOSITORY: other = '' } = process.env;
cpSync(other === '' ? ROOT : CLONES[other], path, { recursive: true });
execFileSync('git', ['-C', path, 'checkout', '--quiet', '--force', ref], { stdio: 'inherit' });
`;

const APP = `require('node:fs').appendFileSync(process.env.GITHUB_OUTPUT, TOKEN);
`;

const UPLOAD = `const { copyFileSync } = require('node:fs');
const { join } = require('node:path');
copyFileSync(process.env.INPUT_PATH, join(ARTIFACTS, process.env.INPUT_NAME));
`;

/** Our small chart, served as a chart repository does. */
export async function serveChart(
  folder: string,
): Promise<{ address: string; close: () => unknown }> {
  const args = ['package', join(DOUBLE, 'jupyterhub'), '--destination', folder];
  const { code, stderr } = await exec(unpackedTool('helm'), args);
  if (code !== 0) throw new Error(stderr);
  const server = createServer((request, response) => {
    if (request.url === '/index.yaml')
      response.end('entries: {jupyterhub: [{version: 4.4.0, urls: [jupyterhub-4.4.0.tgz]}]}\n');
    else
      void readFile(join(folder, basename(request.url ?? ''))).then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end(),
      );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = server.address();
  const port = typeof at === 'object' && at !== null ? at.port : 0;
  return { address: `http://127.0.0.1:${port}/`, close: () => server.close() };
}
