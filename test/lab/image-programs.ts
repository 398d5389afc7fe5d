import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { REPO2DOCKER } from '../../src/core/images/build-plan.ts';

/*
 * Doubles of the programs that images are built with, and of those that install them, for workflows that are run where there is none:
 * node image-programs.ts STATE NAME ARGUMENT…
 * Nothing is built: a Dockerfile has a digest, tests pass, registries are files in STATE. A Dockerfile with the word `breaks` fails.
 */
const [state = '', name = '', ...args] = process.argv.slice(2);
const TAGS = join(state, 'tags');
const fileOf = (reference: string): string => join(TAGS, encodeURIComponent(reference));
const option = (before: string): string => args[args.indexOf(before) + 1] ?? '';
const say = (text: string): boolean => process.stdout.write(`${text}\n`);

mkdirSync(TAGS, { recursive: true });
appendFileSync(join(state, 'calls'), `${[name, ...args].join(' ').split('\n')[0] ?? ''}\n`);

/** Names that end with a digest are there; others if they were given. */
function digestOf(reference: string): string | undefined {
  const [, digest] = reference.split('@');
  if (digest !== undefined) return digest;
  return existsSync(fileOf(reference)) ? readFileSync(fileOf(reference), 'utf8') : undefined;
}

function buildx(): number {
  if (args[2] === 'create') {
    writeFileSync(fileOf(option('--tag')), digestOf(args.at(-1) ?? '') ?? '');
    return 0;
  }
  const digest = digestOf(args[3] ?? '');
  if (digest === undefined) process.stderr.write(`ERROR: ${args[3] ?? ''}: not found\n`);
  else say(JSON.stringify(digest));
  return digest === undefined ? 1 : 0;
}

/** pip has nothing to install, a home is held by nothing, and every test passes. */
function run(): number {
  const packages = [['pip', 'oggm', '1.6.3', 'files-sha256:00']];
  if (option('--entrypoint') === '/bin/sh') say('{"install": []}');
  else if (!args.includes('--detach'))
    say(JSON.stringify({ ok: true, detail: 'said by a double', version: '5.5.0', packages }));
  return 0;
}

function docker(): number {
  const [verb = ''] = args;
  switch (verb) {
    case 'info':
      say('[["driver-type","io.containerd.snapshotter.v1"]]');
      return 0;
    case 'buildx':
      return buildx();
    case 'run':
      return run();
    case 'history':
      say('1000000');
      return 0;
    case 'image':
      if (args[1] !== 'ls') say('5');
      return 0;
    case 'login':
    case 'push':
    case 'ps':
    case 'pull':
    case 'volume':
    case 'rm':
    case 'exec':
      return 0;
    default:
      process.stderr.write(`this double does not know docker ${verb}\n`);
      return 1;
  }
}

function repo2docker(): number {
  if (args[0] === '--version') {
    say(REPO2DOCKER);
    return 0;
  }
  const dockerfile = readFileSync('Dockerfile', 'utf8');
  say('#5 [2/3] RUN something');
  if (dockerfile.includes('breaks')) {
    say('#5 ERROR: process "/bin/sh -c something" did not complete successfully: exit code: 1');
    return 1;
  }
  const metadata =
    args
      .find((one) => one.includes('--metadata-file='))
      ?.split('=')
      .at(-1) ?? '';
  const digest = `sha256:${createHash('sha256').update(dockerfile).digest('hex')}`;
  writeFileSync(metadata, JSON.stringify({ 'containerimage.digest': digest }));
  return 0;
}

/** Answers until it is ended. */
function registry(): void {
  const { http } = JSON.parse(readFileSync(args[1] ?? '', 'utf8')) as { http: { addr: string } };
  createServer((_, response) => response.end('{}')).listen(Number(http.addr.split(':')[1]));
}

switch (name) {
  case 'docker':
    process.exitCode = docker();
    break;
  case 'repo2docker':
    process.exitCode = repo2docker();
    break;
  case 'docker-registry':
    registry();
    break;
  case 'sudo':
    // A machine without settings of Docker's own.
    if (args[0] === 'cat') process.exitCode = 1;
    else if (args[0] === 'tee') process.stdin.pipe(process.stdout);
    break;
  case 'pipx':
    break;
  default:
    process.exitCode = 127;
}
