import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { imageFolder } from '../../../src/core/images/folder.ts';
import { platformWith } from '../../support/written.ts';

/* The scripts of a build folder are run as an image runs them; `python3` in them is a double. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'glaciocloud-scripts-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function scriptsOf(image: Record<string, unknown>): void {
  const platform = platformWith({ 'images/science/image.yaml': { from: undefined, ...image } });
  const doc = platform.images.get('science');
  if (!doc) throw new Error('there is no image');
  for (const [path, text] of imageFolder('science', doc.data, platform.settings.data, []).files)
    writeFileSync(join(folder, path), text, { mode: 0o755 });
}

function run(program: string, args: string[], env: Record<string, string>): string {
  const PATH = process.env['PATH'] ?? '';
  return execFileSync(join(folder, program), args, {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH, ...env },
  });
}

describe('start', () => {
  let home: string;
  let opt: string;
  beforeEach(() => {
    home = join(folder, 'home');
    opt = join(folder, 'prefix/opt/oggm');
    mkdirSync(home);
    scriptsOf({ bake: ['salem', 'sample-data'] });
  });

  const bake = (...names: string[]): void => {
    for (const name of names) mkdirSync(join(opt, name), { recursive: true });
  };
  /** What a server would find: the words of its command, then its home. */
  const start = (HOME = home): string =>
    run('start', ['echo', 'a b', '$HOME'], { HOME, NB_PYTHON_PREFIX: join(folder, 'prefix') });

  test('an empty home gets links to what was baked, and the command runs', () => {
    bake('.oggm/sample-1', '.oggm/sample-2', '.salem_cache');
    expect(start()).toBe('a b $HOME\n');
    expect(readdirSync(join(home, '.oggm')).sort()).toEqual(['sample-1', 'sample-2']);
    expect(readlinkSync(join(home, '.oggm/sample-1'))).toBe(join(opt, '.oggm/sample-1'));
    expect(readlinkSync(join(home, '.salem_cache'))).toBe(join(opt, '.salem_cache'));
  });

  test('what was not baked gets no link', () => {
    bake('.oggm/sample-1');
    start();
    expect(readdirSync(home)).toEqual(['.oggm']);
    rmSync(join(home, '.oggm'), { recursive: true });
    rmSync(join(opt, '.oggm'), { recursive: true });
    bake('.salem_cache');
    start();
    expect(readdirSync(join(home, '.oggm'))).toEqual([]);
    expect(existsSync(join(home, '.salem_cache'))).toBe(true);
  });

  test('what people have stays; a link of another image that leads nowhere does not', () => {
    bake('.oggm/sample-1', '.oggm/sample-2', '.salem_cache');
    mkdirSync(join(home, '.oggm/sample-1'), { recursive: true });
    symlinkSync('/nowhere/sample-2', join(home, '.oggm/sample-2'));
    symlinkSync('/nowhere/.salem_cache', join(home, '.salem_cache'));
    start();
    expect(lstatSync(join(home, '.oggm/sample-1')).isSymbolicLink()).toBe(false);
    expect(readlinkSync(join(home, '.oggm/sample-2'))).toBe(join(opt, '.oggm/sample-2'));
    expect(readlinkSync(join(home, '.salem_cache'))).toBe(join(opt, '.salem_cache'));
    start();
    expect(readdirSync(join(opt, '.salem_cache'))).toEqual([]);
  });

  test('a home that takes nothing does not keep the server from starting', () => {
    bake('.oggm/sample-1', '.salem_cache');
    writeFileSync(join(folder, 'file'), '');
    expect(start(join(folder, 'file'))).toBe('a b $HOME\n');
  });

  test('nothing was baked', () => {
    expect(start()).toBe('a b $HOME\n');
    expect(readdirSync(home)).toEqual([]);
    scriptsOf({});
    bake('.oggm/sample-1');
    expect(start()).toBe('a b $HOME\n');
    expect(readdirSync(home)).toEqual([]);
  });

  test('the command’s end is the server’s', () => {
    expect(() => run('start', ['false'], { HOME: home })).toThrow(/Command failed/u);
  });
});

describe('postBuild', () => {
  /** A double of Python, which leaves a file that only its owner may read in its home. */
  const python = (text: string): string => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'python3'), `#!/bin/bash\n${text}`, { mode: 0o755 });
    chmodSync(bin, 0o755);
    return `${bin}:${process.env['PATH'] ?? ''}`;
  };
  const prefix = (): string => join(folder, 'srv/conda/envs/notebook');

  test('bakes into the prefix that repo2docker sets, for everybody to read', () => {
    scriptsOf({ bake: ['salem'] });
    const PATH = python(
      'echo "$@" > "$HOME/asked"; mkdir "$HOME/.salem_cache"; chmod 600 "$HOME/asked"; chmod 700 "$HOME/.salem_cache"\n',
    );
    run('postBuild', [], { PATH, NB_PYTHON_PREFIX: prefix(), HOME: '/nonexistent' });
    const opt = join(prefix(), 'opt/oggm');
    expect(readFileSync(join(opt, 'asked'), 'utf8')).toBe('bake.py\n');
    expect(statSync(join(opt, 'asked')).mode & 0o777).toBe(0o644);
    expect(statSync(join(opt, '.salem_cache')).mode & 0o777).toBe(0o755);
  });

  test('fails where baking fails', () => {
    scriptsOf({ bake: ['salem'] });
    const PATH = python('exit 3\n');
    expect(() => run('postBuild', [], { PATH, NB_PYTHON_PREFIX: prefix() })).toThrow(/failed/u);
  });

  test('does nothing where nothing is baked', () => {
    scriptsOf({});
    run('postBuild', [], { PATH: python('exit 3\n'), NB_PYTHON_PREFIX: prefix() });
    expect(existsSync(prefix())).toBe(false);
  });
});
