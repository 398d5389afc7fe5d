import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { fromArguments } from '../../src/arguments.ts';
import { dispatch } from '../../src/dispatch.ts';
import { oneThere } from '../../src/gather/named-inputs.ts';
import { failureOf } from '../support/program.ts';
import { temporary } from '../support/sample.ts';

/* No kubectl can be found, so a cluster that was asked would say so. */
const before = { ...process.env };
let folder: Awaited<ReturnType<typeof temporary>>;
const below = (name: string) => join(folder.path, name);
beforeAll(async () => {
  folder = await temporary();
  await mkdir(below('there'));
  await writeFile(below('file'), '');
});
afterAll(() => folder.remove());
beforeEach(() => {
  process.env['GLACIOCLOUD_KUBECTL'] = below('no-kubectl');
  delete process.env['KUBECONFIG'];
});
afterEach(() => {
  process.env = { ...before };
});

const report = { progress: () => undefined, failure: () => undefined } as never;
const run = (args: string) => {
  const words = args.split(' ').map((word) => (word.startsWith('@') ? below(word.slice(1)) : word));
  return failureOf(dispatch(fromArguments(words), report));
};

describe('what an option names is there, or the option is named', () => {
  test.each<[string, string, 'file' | 'folder']>([
    ['check --root @gone', '--root', 'folder'],
    ['check --root @there --charts-from @gone', '--charts-from', 'folder'],
    ['plan --root @there --present @gone', '--present', 'folder'],
    ['state --kubeconfig @gone', '--kubeconfig', 'file'],
    ['drift --kubeconfig @gone', '--kubeconfig', 'file'],
    ['doctor --root @there --kubeconfig @gone', '--kubeconfig', 'file'],
    ['deploy --root @there --kubeconfig @gone', '--kubeconfig', 'file'],
  ])('%s', async (args, option, kind) => {
    expect(await run(args)).toMatchObject({
      name: 'UsageError',
      message: `${option}: there is no ${kind} ${below('gone')}`,
      hint: 'correct the path',
      exit: 2,
    });
  });

  test.each<[string, string, string, string]>([
    ['check --root @file', '--root', 'file', 'folder'],
    ['init --root @file', '--root', 'file', 'folder'],
    ['check --root @there --charts-from @file', '--charts-from', 'file', 'folder'],
    ['plan --root @there --present @file', '--present', 'file', 'folder'],
    ['plan --root @there --html @there', '--html', 'there', 'file'],
    ['review --root @there --reviewed @there', '--reviewed', 'there', 'file'],
    ['render hub --root @there --out @file', '--out', 'file', 'folder'],
    ['deploy --root @there --kubeconfig @file --record @file', '--record', 'file', 'folder'],
    ['state --kubeconfig @there', '--kubeconfig', 'there', 'file'],
  ])('%s', async (args, option, name, kind) => {
    expect(await run(args)).toMatchObject({
      message: `${option}: ${below(name)} is a ${kind === 'file' ? 'folder' : 'file'}`,
      hint: `name a ${kind}`,
      exit: 2,
    });
  });
});

describe('without a kubeconfig', () => {
  const WAYS = 'give --kubeconfig FILE, or set KUBECONFIG';
  const LOOK =
    'to see who would come into empty hubs, give --present with an empty folder, and --directory FILE where teams are named';

  test.each([
    ['access plan', `${WAYS}; ${LOOK}`],
    ['access apply', WAYS],
    ['access homes', WAYS],
  ])('%s says what would do', async (command, hint) => {
    expect(await run(`${command} --root @there`)).toMatchObject({
      message: 'no kubeconfig is named',
      hint,
      exit: 2,
    });
  });

  test('access plan looks into the files where a folder says what is there', async () => {
    const args = ['access', 'plan', '--root', below('there'), '--present', below('there')];
    expect(await dispatch(fromArguments(args), report)).toMatchObject({
      exit: 2,
      findings: [{ message: 'there is no platform.yaml' }],
    });
  });
});

describe('nothing is said', () => {
  const unsaid = expect.not.stringContaining('there is no f') as unknown;

  test.each([
    'init --root @gone',
    'render hub --root @there --out @gone',
    'plan --root @there --html @gone',
    'review --root @there --reviewed @gone',
    'deploy --root @there --kubeconfig @file --record @gone',
    'image build --root @there --charts-from https://charts.example.org',
    'image build --root @there --charts-from http://charts.example.org',
    'state --kubeconfig @file',
  ])('of what is there, or is written, or is no path: %s', async (args) => {
    const result = await dispatch(
      fromArguments(
        args.split(' ').map((word) => (word.startsWith('@') ? below(word.slice(1)) : word)),
      ),
      report,
    ).catch((error: unknown) => error);
    expect(result).toEqual(expect.anything());
    if (result instanceof Error) expect(result.message).toEqual(unsaid);
  });

  test('of a KUBECONFIG that the command does not need', async () => {
    process.env['KUBECONFIG'] = below('gone');
    expect(await dispatch(fromArguments(['completion']), report)).toMatchObject({ exit: 0 });
    expect(await dispatch(fromArguments(['help']), report)).toMatchObject({ exit: 0 });
    expect(await dispatch(fromArguments(['--version']), report)).toMatchObject({ exit: 0 });
    expect(await run('state')).toMatchObject({
      message: `--kubeconfig: there is no file ${below('gone')}`,
    });
  });
});

test('of several kubeconfigs one is enough', async () => {
  const list = (...names: string[]) => names.map(below).join(delimiter);
  expect(await oneThere(list('gone', 'file'))).toBe(below('file'));
  expect(await oneThere(list('there', 'file'))).toBe(below('file'));
  expect(await oneThere(list('gone', 'lost'))).toBe(below('gone'));
  expect(await oneThere(`${delimiter}${below('gone')}`)).toBe(below('gone'));
  expect(await oneThere('')).toBeUndefined();
  expect(await oneThere(undefined)).toBeUndefined();
});
