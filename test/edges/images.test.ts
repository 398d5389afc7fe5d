import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { REPO2DOCKER } from '../../src/core/images/build-plan.ts';
import { dockerEngine } from '../../src/edges/docker.ts';
import { imageRegistry } from '../../src/edges/registry.ts';
import { repo2docker } from '../../src/edges/repo2docker.ts';
import { doubleOf, failureOf } from '../support/program.ts';
import type { Double } from '../support/program.ts';
import { temporary } from '../support/sample.ts';

/* Docker, repo2docker and the registry are doubles here; what the real ones do with this is shown by test/images. */
const REF = 'registry.example.org/hubs/science:1';
const DIGEST = `sha256:${'a'.repeat(64)}`;
const user = { uid: 1100, gid: 100 };
const HOST = hostname()
  .toLowerCase()
  .replace(/[^a-z0-9]+/gu, '-');
const RUN = `${HOST}-${process.pid}`;
const LABEL = ['--label', `org.glaciocloud.image-test=${RUN}`];
const NAMES = [
  'GLACIOCLOUD_DOCKER',
  'GLACIOCLOUD_REPO2DOCKER',
  'GLACIOCLOUD_REGISTRY',
  'GLACIOCLOUD_DOCKER-REGISTRY',
  'DOCKER_HOST',
  'DOCKER_CONFIG',
  'PIP_INDEX_URL',
  'PIP_CERT',
  'SSL_CERT_FILE',
  'REQUESTS_CA_BUNDLE',
  'NODE_EXTRA_CA_CERTS',
];

let folder: Awaited<ReturnType<typeof temporary>>;
let docker: Double;
let before: Map<string, string | undefined>;
beforeAll(async () => {
  folder = await temporary();
  docker = await doubleOf(folder.path, 'docker');
});
afterAll(() => folder.remove());
beforeEach(() => {
  before = new Map(NAMES.map((name) => [name, process.env[name]]));
  for (const name of NAMES) Reflect.deleteProperty(process.env, name);
  process.env['GLACIOCLOUD_DOCKER'] = docker.path;
});
afterEach(() => {
  for (const [name, value] of before)
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
});

const GOOD_STORE = { stdout: '[["driver-type","io.containerd.snapshotter.v1"]]\n' };

/** Id of a process that is no more. */
async function endedProcess(): Promise<number> {
  const child = spawn('true');
  await once(child, 'exit');
  return child.pid ?? 0;
}

const args = async (): Promise<string[][]> => (await docker.calls()).map((call) => call.args);

describe('Docker', () => {
  test('is good with the containerd image store', async () => {
    await docker.says(GOOD_STORE, {}, {}, {});
    await dockerEngine.ready();
    const run = '{{.Label "org.glaciocloud.image-test"}}';
    const ours = ['--filter', 'label=org.glaciocloud.image-test', '--format'];
    expect(await args()).toEqual([
      ['info', '--format', '{{json .DriverStatus}}'],
      ['ps', '--all', ...ours, `{{.ID}} ${run}`],
      ['volume', 'ls', ...ours, `{{.Name}} ${run}`],
      ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}'],
    ]);
  });

  test('loses what runs of this machine left that were killed, and nothing else', async () => {
    const gone = `${HOST}-${await endedProcess()}`;
    const others = [RUN, 'another-machine-1', `${HOST}-0`, `${HOST}-x`, 'true'];
    const images = (run: string): string => `127.0.0.1:5000/glaciocloud-run-${run}/science:1`;
    const lines = (...all: string[]): { stdout: string } => ({ stdout: `${all.join('\n')}\n` });
    await docker.says(
      GOOD_STORE,
      lines(...others.map((run) => `kept ${run}`), `c ${gone}`),
      {},
      lines(`kept ${RUN}`, `v ${gone}`),
      {},
      lines(
        images(RUN),
        `127.0.0.1:5000/other-run-${gone}/science:1`,
        `registry.org/glaciocloud-run-${gone}/science:1`,
        'science:1',
        images(gone),
      ),
      {},
    );
    await dockerEngine.ready();
    expect((await args()).filter(([, verb]) => verb !== 'ls')).toEqual([
      ['info', '--format', '{{json .DriverStatus}}'],
      expect.arrayContaining(['ps']),
      ['rm', '--force', 'c'],
      ['volume', 'rm', '--force', 'v'],
      ['image', 'rm', images(gone)],
    ]);
  });

  test('with the classic store is refused, with the line that switches it', async () => {
    await docker.says({ stdout: '[["Backing Filesystem","extfs"]]\n' });
    expect(await failureOf(dockerEngine.ready())).toMatchObject({
      name: 'ImageFailure',
      message:
        'Docker keeps images in its classic store, which changes their digest when they are pushed',
      hint: 'switch to the containerd image store: write {"features": {"containerd-snapshotter": true}} into /etc/docker/daemon.json and restart Docker',
      exit: 1,
    });
  });

  test.each([
    [
      'Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?',
      'no Docker runs at unix:///x',
      'start Docker, or set DOCKER_HOST to where it runs',
    ],
    [
      'no space left on device',
      'the disk is full',
      'make room (`docker system df`), and run it again',
    ],
    ['no idea', 'Docker says “first no idea”', 'look at Docker’s log, and run it again'],
  ])('that says "%s"', async (said, why, hint) => {
    await docker.says({ stderr: `first\n${said}\n`, code: 1 });
    expect(await failureOf(dockerEngine.pull(REF))).toMatchObject({
      message: `Docker cannot pull ${REF}: ${why}`,
      hint,
    });
  });

  test('that says where it was sending something: without what the address asks for', async () => {
    const said = `failed: Put "http://127.0.0.1:5000/v2/x?_state=${'k'.repeat(400)}": EOF, is it up?`;
    await docker.says({ stderr: said, code: 1 });
    expect(await failureOf(dockerEngine.push(REF))).toMatchObject({
      message: `Docker cannot push ${REF}: Docker says “failed: Put "http://127.0.0.1:5000/v2/x": EOF, is it up?”`,
    });
  });

  test('is found by whoever runs us, and gets nothing else of the environment', async () => {
    process.env['DOCKER_HOST'] = 'unix:///x';
    process.env['PIP_INDEX_URL'] = 'secret';
    await docker.says({});
    await dockerEngine.push(REF);
    const [call] = await docker.calls();
    expect(call?.args).toEqual(['push', '--quiet', REF]);
    expect(call?.env).toMatchObject({ DOCKER_HOST: 'unix:///x' });
    expect(call?.env['PATH']).toMatch(new RegExp(`^${folder.path}:`, 'u'));
    expect(call?.env).not.toHaveProperty('PIP_INDEX_URL');
  });

  test('that is nowhere', async () => {
    process.env['GLACIOCLOUD_DOCKER'] = join(folder.path, 'none');
    expect(await failureOf(Promise.resolve().then(() => dockerEngine.ready()))).toMatchObject({
      message: 'images are built with Docker, and there is no docker here',
      hint: 'install Docker 26 or newer with Buildx, or name the program in GLACIOCLOUD_DOCKER',
    });
  });

  test('adds up layers', async () => {
    await docker.says({ stdout: '16384\n0\n1000\n' }, { stdout: '7\n' });
    expect(await dockerEngine.size(REF)).toEqual({ bytes: 17384, layers: 7 });
  });

  test('removes what may be gone', async () => {
    await docker.says({ code: 1, stderr: 'no such image' });
    await dockerEngine.remove(REF);
    expect(await args()).toEqual([['image', 'rm', '--force', REF]]);
  });
});

describe('a home', () => {
  const home = { image: REF, user, folder: '/home/jovyan' };
  const mountOf = (volume: string): string =>
    `type=volume,src=${volume},dst=/home/jovyan,volume-nocopy`;

  test('belongs to the user, has nothing of the image, and lives as long as it is held', async () => {
    await docker.says({}, {}, {}, {});
    const volume = await dockerEngine.makeHome({ ...home, full: false });
    await dockerEngine.removeHome(volume);
    expect(volume).toMatch(/^glaciocloud-[0-9a-f]{12}$/u);
    const memory = ['--opt', 'type=tmpfs', '--opt', 'device=tmpfs'];
    expect(await args()).toEqual([
      [
        'volume',
        'create',
        ...LABEL,
        ...memory,
        '--opt',
        'o=size=268435456,uid=1100,gid=100,mode=0770',
        volume,
      ],
      [
        'run',
        '--detach',
        '--name',
        volume,
        ...LABEL,
        '--network',
        'none',
        '--user',
        '1100:100',
        '--mount',
        mountOf(volume),
        '--entrypoint',
        'sleep',
        REF,
        'infinity',
      ],
      ['rm', '--force', volume],
      ['volume', 'rm', '--force', volume],
    ]);
  });

  test('that is full is filled', async () => {
    await docker.says({}, {}, { code: 1 });
    const volume = await dockerEngine.makeHome({ ...home, full: true });
    const [create, , fill] = await args();
    expect(create).toContain('o=size=8388608,uid=1100,gid=100,mode=0770');
    const script = 'cat /dev/zero > /home/jovyan/everything 2>/dev/null';
    expect(fill).toEqual(['exec', volume, 'sh', '-c', script]);
  });

  test('that nobody can hold goes again', async () => {
    await docker.says({}, { code: 125, stderr: 'no sleep' }, {}, {});
    const made = dockerEngine.makeHome({ ...home, full: false });
    expect(await failureOf(made)).toMatchObject({
      message: 'Docker cannot hold a home: Docker says “no sleep”',
    });
    expect((await args()).slice(2).map((call) => call.slice(0, 2))).toEqual([
      ['rm', '--force'],
      ['volume', 'rm'],
    ]);
  });
});

describe('a container', () => {
  const request = {
    image: REF,
    user,
    memoryBytes: 2 ** 30,
    network: 'none' as const,
    command: ['a', 'b'],
    input: 'script',
    env: { X: '1' },
    timeoutMs: 20_000,
  };
  const limits = (name: string): string[] => [
    ...['run', '--rm', '--interactive', '--name', name],
    ...[...LABEL, '--network', 'none', '--user', '1100:100'],
    ...['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
    ...['--memory', '1073741824', '--memory-swap', '1073741824'],
  ];

  test('runs without network and rights, through the image’s entry point, in its home', async () => {
    await docker.says({ stdout: 'out', stderr: 'err', code: 7 });
    const home = { volume: 'v', folder: '/home/jovyan' };
    const ended = await dockerEngine.run({ ...request, home, entrypoint: undefined });
    expect(ended).toMatchObject({ code: 7, stdout: 'out', stderr: 'err' });
    const [call] = await docker.calls();
    const name = call?.args[4] ?? '';
    expect(name).toMatch(/^glaciocloud-[0-9a-f]{12}$/u);
    expect(call).toMatchObject({ input: 'script' });
    expect(call?.args).toEqual([
      ...limits(name),
      ...['--mount', 'type=volume,src=v,dst=/home/jovyan,volume-nocopy'],
      ...['--env', 'HOME=/home/jovyan', '--workdir', '/home/jovyan', '--env', 'X=1', REF, 'a', 'b'],
    ]);
  });

  test('runs without a home and the entry point', async () => {
    await docker.says({});
    await dockerEngine.run({ ...request, home: undefined, entrypoint: 'python3' });
    const [call = []] = await args();
    expect(call).toEqual([
      ...limits(call[4] ?? ''),
      ...['--env', 'X=1', '--entrypoint', 'python3', REF, 'a', 'b'],
    ]);
  });

  test('has a network where it may', async () => {
    await docker.says({});
    const open = { ...request, network: 'open' as const, home: undefined, entrypoint: undefined };
    await dockerEngine.run(open);
    const [call = []] = await args();
    const closed = limits(call[4] ?? '').filter((arg) => !['--network', 'none'].includes(arg));
    expect(call).toEqual([...closed, '--env', 'X=1', REF, 'a', 'b']);
  });

  test('that does not end is ended', async () => {
    const slow = join(folder.path, 'slow');
    const log = join(folder.path, 'slow.log');
    await writeFile(
      slow,
      `#!/bin/sh\n# A test double: a docker whose containers run on.\necho "$1" "$2" "$3" >> ${log}\n[ "$1" = rm ] || exec sleep 60\n`,
      { mode: 0o755 },
    );
    process.env['GLACIOCLOUD_DOCKER'] = slow;
    const asked = { ...request, timeoutMs: 500, home: undefined, entrypoint: undefined };
    expect(await dockerEngine.run(asked)).toEqual({ code: 124, stdout: '', stderr: '' });
    expect((await readFile(log, 'utf8')).split('\n')).toEqual([
      'run --rm --interactive',
      expect.stringMatching(/^rm --force glaciocloud-[0-9a-f]{12}$/u),
      '',
    ]);
  });
});

describe('what pip would install', () => {
  const mirrors = { github: 'https://m.example.org' };
  const asked = { image: REF, wanted: 'motuclient\n', held: [], mirrors };

  test('is asked in a container, as root; the machine is told by standard input alone', async () => {
    const bundle = join(folder.path, 'bundle.crt');
    await writeFile(bundle, 'CERTIFICATE');
    process.env['PIP_CERT'] = bundle;
    process.env['PIP_INDEX_URL'] = 'https://user:canary@example.org/simple';
    await docker.says({ stdout: '{}', code: 3, stderr: 'x' });
    expect(await dockerEngine.solve(asked)).toMatchObject({ code: 3, stdout: '{}', stderr: 'x' });
    const [call] = await docker.calls();
    expect(call?.args).toEqual([
      ...[
        'run',
        '--rm',
        '--interactive',
        ...LABEL,
        '--user',
        '0:0',
        '--entrypoint',
        '/bin/sh',
        REF,
      ],
    ]);
    expect(call?.input).toContain(
      "export PIP_INDEX_URL='https://user:canary@example.org/simple'\n",
    );
    expect(call?.input).toContain("export GLACIOCLOUD_GITHUB='https://m.example.org'\n");
    expect(call?.input).toContain('\nCERTIFICATE\n');
    expect(call?.input).toContain('\nmotuclient\n');
    expect(JSON.stringify([call?.args, call?.env])).not.toContain('canary');
  });

  test('where the machine trusts nothing of its own', async () => {
    await docker.says({});
    await dockerEngine.solve(asked);
    const [call] = await docker.calls();
    expect(call?.input).not.toContain('certificates.crt');
  });
});

describe('a registry', () => {
  test('says a digest', async () => {
    await docker.says({ stdout: `"${DIGEST}"` });
    expect(await imageRegistry.digest(REF)).toBe(DIGEST);
    const format = '{{json .Manifest.Digest}}';
    expect(await args()).toEqual([['buildx', 'imagetools', 'inspect', REF, '--format', format]]);
  });

  test('that has no such image', async () => {
    await docker.says({ code: 1, stderr: `ERROR: ${REF}: not found\n` });
    expect(await imageRegistry.digest(REF)).toBeUndefined();
  });

  test.each([
    ['does not answer', 'ERROR: dial tcp: connection refused'],
    [
      'has nothing to do with what is not found',
      'ERROR: lookup example.org: not found in cache, no such host',
    ],
  ])('that %s', async (_, said) => {
    await docker.says({ code: 1, stderr: `${said}\n` });
    expect(await failureOf(imageRegistry.digest(REF))).toMatchObject({
      message: `Docker cannot ask for ${REF}: Docker says “${said}”`,
    });
  });

  test.each([
    ['is there for everybody', 0, '', true],
    ['is there for who logs in', 1, 'ERROR: failed to authorize: 403 Forbidden', false],
    ['is refused by the registry', 1, 'ERROR: x: unauthorized: authentication required', false],
    ['cannot be asked for now', 1, 'ERROR: dial tcp: connection refused', true],
  ])('knows who may pull: an image that %s', async (_, code, stderr, expected) => {
    process.env['DOCKER_CONFIG'] = '/home/ada/.docker';
    await docker.says({ code, stderr });
    expect(await imageRegistry.isPublic(REF)).toBe(expected);
    const [call] = await docker.calls();
    expect(call?.args).toEqual(['buildx', 'imagetools', 'inspect', REF]);
    // Logins lie in the configuration: this is an empty one of its own.
    expect(call?.env['DOCKER_CONFIG']).not.toBe('/home/ada/.docker');
  });

  test('gets a copy of the same bytes', async () => {
    await docker.says({}, { code: 1, stderr: 'ERROR: denied' });
    const from = `127.0.0.1:5000/science@${DIGEST}`;
    await imageRegistry.copy(from, REF);
    expect(await args()).toEqual([['buildx', 'imagetools', 'create', '--tag', REF, from]]);
    expect(await failureOf(imageRegistry.copy(from, REF))).toMatchObject({
      message: `Docker cannot copy ${from} to ${REF}: the registry does not let this login do it`,
    });
  });

  test('on this machine needs a program', async () => {
    process.env['GLACIOCLOUD_REGISTRY'] = join(folder.path, 'none');
    process.env['GLACIOCLOUD_DOCKER-REGISTRY'] = join(folder.path, 'none');
    expect(await failureOf(imageRegistry.throwAway())).toMatchObject({
      message: 'images are tested from a registry on this machine, and there is none',
      hint: 'install docker-registry (Debian, Ubuntu), or name the program in GLACIOCLOUD_REGISTRY',
    });
  });

  test('on this machine that ends at once', async () => {
    const program = join(folder.path, 'registry');
    await writeFile(program, '#!/bin/sh\n# A test double: a registry that ends.\nexit 1\n', {
      mode: 0o755,
    });
    process.env['GLACIOCLOUD_REGISTRY'] = program;
    expect(await failureOf(imageRegistry.throwAway())).toMatchObject({
      message: `${program} does not start as a registry on this machine`,
      hint: `try \`${program} serve\` with a configuration of your own`,
    });
  });

  test('on this machine answers, and is gone when it is stopped', async () => {
    const program = join(folder.path, 'registry-double');
    // A test double: whatever it is asked, it answers with its configuration.
    const script = `#!${process.execPath}
const config = require('fs').readFileSync(process.argv[3], 'utf8');
const [host, port] = JSON.parse(config).http.addr.split(':');
require('http').createServer((_, answer) => answer.end(config)).listen(Number(port), host);
`;
    await writeFile(program, script, { mode: 0o755 });
    process.env['GLACIOCLOUD_REGISTRY'] = program;
    const { address, stop } = await imageRegistry.throwAway();
    const [host = '', ...path] = address.split('/');
    expect(host).toMatch(/^127\.0\.0\.1:[1-9][0-9]+$/u);
    expect(path).toEqual([`glaciocloud-run-${RUN}`]);
    const config = (await (await fetch(`http://${host}/v2/`)).json()) as {
      storage: { filesystem: { rootdirectory: string } };
    };
    expect(config).toEqual({
      version: 0.1,
      log: { level: 'error' },
      storage: { filesystem: { rootdirectory: expect.stringMatching(/\/data$/u) } },
      http: { addr: host },
    });
    const held = dirname(config.storage.filesystem.rootdirectory);
    await access(held);
    await stop();
    await expect(fetch(`http://${host}/v2/`)).rejects.toThrow();
    await expect(access(held)).rejects.toThrow('ENOENT');
  });
});

describe('repo2docker', () => {
  let copy: string;
  let program: string;
  beforeEach(async () => {
    copy = join(folder.path, 'seen');
    program = join(folder.path, 'repo2docker');
    await mkdir(copy, { recursive: true });
    process.env['GLACIOCLOUD_REPO2DOCKER'] = program;
  });

  /** A double of repo2docker: keeps how it was called and the secrets that it was given. */
  async function says(
    version: string,
    code = 0,
    metadata = `{"containerimage.digest": "${DIGEST}"}`,
  ): Promise<void> {
    await writeFile(
      program,
      `#!/bin/sh
# A test double of repo2docker.
[ "$1" != --version ] || { echo ${version}; exit; }
printf '%s\\n' "$@" > ${copy}/args
pwd > ${copy}/cwd
echo "$SOURCE_DATE_EPOCH" > ${copy}/epoch
printf '%s' "$GLACIOCLOUD_MACHINE" > ${copy}/machine
for arg in "$@"; do case "$arg" in
  *metadata-file=*) printf '%s' '${metadata}' > "\${arg##*metadata-file=}";;
esac; done
printf '#1 first\\n#2 sec' >&2; sleep 0.2; printf 'ond\\n' >&2
exit ${code}
`,
      { mode: 0o755 },
    );
  }

  const request = () => ({
    folder: folder.path,
    tag: REF,
    user: { name: 'jovyan', uid: 1100 },
    labels: { 'org.example': 'a b' },
    epoch: 1_700_000_000,
    cache: undefined,
    scanner: undefined,
    mirrors: {},
    onLine: (line: string) => heard.push(line),
  });
  let heard: string[] = [];
  beforeEach(() => {
    heard = [];
  });
  const seen = async (name: string): Promise<string> => readFile(join(copy, name), 'utf8');

  test('finds and keeps steps in a registry, where it is told one; without it the build goes on', async () => {
    await says(REPO2DOCKER);
    await repo2docker.build({ ...request(), cache: 'registry.example.org/x-cache:cache' });
    const flags = (await seen('args')).split('\n').filter((arg) => arg.includes('cache'));
    const flag = '--DockerEngine.extra_buildx_build_args=';
    const at = 'type=registry,ref=registry.example.org/x-cache:cache';
    expect(flags).toEqual([
      `${flag}--cache-from=${at}`,
      `${flag}--cache-to=${at},ignore-error=true`,
    ]);
  });

  test('attaches a list of what is in it, made by the scanner that it is told', async () => {
    await says(REPO2DOCKER);
    await repo2docker.build({ ...request(), scanner: 'example.org/scanner@sha256:00' });
    expect(await seen('args')).toContain(
      '--DockerEngine.extra_buildx_build_args=--attest=type=sbom,generator=example.org/scanner@sha256:00\n',
    );
  });

  test('builds without pushing, with the time of the commit, and its lines are heard whole', async () => {
    await says(REPO2DOCKER);
    expect(await repo2docker.build(request())).toBe(DIGEST);
    const flag = '--DockerEngine.extra_buildx_build_args=';
    expect((await seen('args')).trim().split('\n')).toEqual([
      ...['--no-run', '--user-id', '1100', '--user-name', 'jovyan', '--image-name', REF],
      ...['--label', 'org.example=a b', `${flag}--provenance=mode=max`],
      expect.stringMatching(/metadata-file=\S+$/u),
      `${flag}--secret=id=machine,env=GLACIOCLOUD_MACHINE`,
      '.',
    ]);
    expect((await seen('cwd')).trim()).toBe(folder.path);
    expect((await seen('epoch')).trim()).toBe('1700000000');
    expect(heard).toEqual(['#1 first', '#2 second']);
    expect(await seen('machine')).toBe('');
  });

  test('gives indexes and certificates of the machine as secrets, never as arguments', async () => {
    await says(REPO2DOCKER);
    const bundle = join(folder.path, 'bundle.crt');
    await writeFile(bundle, 'certificates');
    process.env['SSL_CERT_FILE'] = bundle;
    process.env['PIP_INDEX_URL'] = 'https://user:canary@example.org/simple';
    await repo2docker.build({ ...request(), mirrors: { github: 'https://m.example.org' } });
    expect(await seen('machine')).toContain("export PIP_INDEX_URL='https://user:canary@");
    expect(await seen('machine')).toContain("export GLACIOCLOUD_GITHUB='https://m.example.org'\n");
    expect(await seen('args')).not.toContain('m.example.org');
    expect(await seen('machine')).toContain('export PIP_CERT=/run/glaciocloud/certificates.crt\n');
    expect(await seen('args')).toContain(`--secret=id=certificates,src=${bundle}\n`);
    expect(await seen('args')).not.toContain('canary');
  });

  test('goes on where the named certificates are not there', async () => {
    await says(REPO2DOCKER);
    process.env['PIP_CERT'] = join(folder.path, 'no.crt');
    await repo2docker.build(request());
    expect(await seen('args')).not.toContain('certificates');
  });

  test('that fails to build has said why', async () => {
    await says(REPO2DOCKER, 1);
    expect(await repo2docker.build({ ...request(), epoch: undefined })).toBeUndefined();
    expect((await seen('epoch')).trim()).toBe('');
    expect(heard).toEqual(['#1 first', '#2 second']);
  });

  test.each(['{}', 'no JSON'])('with a Buildx that says %s', async (metadata) => {
    await says(REPO2DOCKER, 0, metadata);
    expect(await failureOf(repo2docker.build(request()))).toMatchObject({
      message: 'Buildx does not say the digest of what it built',
      hint: 'install Docker 26 or newer with Buildx 0.13 or newer',
    });
  });

  test('of another version is refused', async () => {
    await says('2024.3.0');
    expect(await failureOf(repo2docker.build(request()))).toMatchObject({
      message: `${program} is repo2docker 2024.3.0, and images are built with ${REPO2DOCKER}`,
      hint: `pip install jupyter-repo2docker==${REPO2DOCKER}, or name the program in GLACIOCLOUD_REPO2DOCKER`,
    });
  });

  test('that is nowhere', async () => {
    process.env['GLACIOCLOUD_REPO2DOCKER'] = join(folder.path, 'none');
    expect(await failureOf(repo2docker.build(request()))).toMatchObject({
      message: `images are built with repo2docker ${REPO2DOCKER}, which is not here`,
    });
  });
});
