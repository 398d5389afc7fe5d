import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { decryptSecrets, lastEncrypted } from '../../src/edges/sops.ts';
import { doubleOf, failureOf } from '../support/program.ts';
import type { Double } from '../support/program.ts';
import { temporary } from '../support/sample.ts';

/* sops is a double here; the real one decrypts in test/lab. */
let folder: Awaited<ReturnType<typeof temporary>>;
let sops: Double;
const before = { ...process.env };
beforeEach(async () => {
  folder = await temporary();
  sops = await doubleOf(folder.path, 'sops');
  process.env['GLACIOCLOUD_SOPS'] = sops.path;
  delete process.env['GLACIOCLOUD_SOPS_SHA256'];
  delete process.env['SOPS_AGE_KEY'];
  delete process.env['SOPS_AGE_KEY_FILE'];
});
afterEach(async () => {
  process.env = { ...before };
  await folder.remove();
});
const file = (): string => join(folder.path, 'secrets/alps.sops.yaml');
const encrypted = async (text = ''): Promise<void> => {
  await mkdir(join(folder.path, 'secrets'));
  await writeFile(file(), text);
};

describe('secrets in clear', () => {
  test('are none where there is no file, and nothing is started', async () => {
    await sops.says();
    expect(await decryptSecrets(folder.path, 'alps')).toBeUndefined();
    expect(await sops.calls()).toEqual([]);
  });

  test('are met by the sops that is pinned, and by no other: it is not even started', async () => {
    await encrypted();
    const sha256 = createHash('sha256')
      .update(await readFile(sops.path))
      .digest('hex');
    process.env['GLACIOCLOUD_SOPS_SHA256'] = sha256;
    await sops.says({ stdout: '{"A": "a"}' }, { stdout: '{"A": "a"}' }, { stdout: '{"A": "a"}' });
    expect(await decryptSecrets(folder.path, 'alps')).toEqual(new Map([['A', 'a']]));
    await appendFile(sops.path, '# somebody was here\n');
    const changed = createHash('sha256')
      .update(await readFile(sops.path))
      .digest('hex');
    expect(await failureOf(decryptSecrets(folder.path, 'alps'))).toMatchObject({
      name: 'SecretsFailure',
      message: `sops is not the one that GLACIOCLOUD_SOPS_SHA256 names: ${changed}`,
      hint: `nothing was decrypted: find out who changed ${sops.path}, and install sops again`,
    });
    expect(await sops.calls()).toHaveLength(1);
    process.env['GLACIOCLOUD_SOPS_SHA256'] = '';
    expect(await decryptSecrets(folder.path, 'alps')).toEqual(new Map([['A', 'a']]));
  });

  test('are the texts of the file, with the key that whoever runs us has, and no other secret', async () => {
    await encrypted();
    process.env['SOPS_AGE_KEY'] = 'key';
    process.env['SOPS_OTHER'] = 'other';
    await sops.says({ stdout: '{"A": "a", "B": "", "N": 7, "O": {"x": "y"}}' }, { stdout: '{}' });
    expect(await decryptSecrets(folder.path, 'alps')).toEqual(
      new Map([
        ['A', 'a'],
        ['B', ''],
      ]),
    );
    delete process.env['SOPS_AGE_KEY'];
    process.env['SOPS_AGE_KEY_FILE'] = '/key';
    expect(await decryptSecrets(folder.path, 'alps')).toEqual(new Map());
    const calls = await sops.calls();
    expect(calls.map(({ args }) => args)).toEqual([
      ['decrypt', '--output-type', 'json', file()],
      ['decrypt', '--output-type', 'json', file()],
    ]);
    const keys = (env: Record<string, string>): Record<string, string> =>
      Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('SOPS')));
    expect(calls.map(({ env }) => keys(env))).toEqual([
      { SOPS_AGE_KEY: 'key' },
      { SOPS_AGE_KEY_FILE: '/key' },
    ]);
  });

  test.each([
    ['[]', 'it is no JSON object'],
    ['canary', 'it is no JSON object'],
  ])('cannot be had where sops prints %s, and that is not repeated', async (stdout, why) => {
    await encrypted();
    await sops.says({ stdout });
    expect(await failureOf(decryptSecrets(folder.path, 'alps'))).toMatchObject({
      name: 'SecretsFailure',
      message: `what sops made of secrets/alps.sops.yaml cannot be read: ${why}`,
      hint: 'it must hold names and texts: `glaciocloud secrets template alps`',
    });
  });

  test('cannot be had without sops', async () => {
    await encrypted();
    process.env['GLACIOCLOUD_SOPS'] = join(folder.path, 'nowhere');
    expect(await failureOf(decryptSecrets(folder.path, 'alps'))).toMatchObject({
      name: 'SecretsFailure',
      message: 'sops not found',
      hint: 'install sops, and give the key as SOPS_AGE_KEY or SOPS_AGE_KEY_FILE',
      exit: 1,
    });
  });

  test('cannot be had with the wrong key: of what sops says nothing is repeated', async () => {
    await encrypted();
    await sops.says({
      code: 128,
      stderr: 'age: no identity matched any of the recipients\nA: canary\n',
      stdout: 'B',
    });
    const failure = await failureOf(decryptSecrets(folder.path, 'alps'));
    expect(failure).toMatchObject({
      name: 'SecretsFailure',
      message:
        'secrets/alps.sops.yaml cannot be decrypted: the key is none of those that it was encrypted for',
      hint: 'give the right key as SOPS_AGE_KEY or SOPS_AGE_KEY_FILE, or encrypt it for yours too: `sops updatekeys` by who can read it',
    });
    expect(String((failure as Error).stack)).not.toContain('canary');
  });
});

test.each<[string, string, number | undefined]>([
  ['as sops writes it', 'sops:\n    lastmodified: "2026-11-20T08:00:00Z"\n', 1795161600000],
  ['without quotes', 'sops:\n  lastmodified: 2026-11-20T08:00:00Z\n', 1795161600000],
  [
    'at the margin, where it is a secret of that name',
    'lastmodified: 2026-11-20T08:00:00Z\n',
    undefined,
  ],
  ['that is no time', 'sops:\n    lastmodified: "2026-99-99T99:99:99Z"\n', undefined],
  ['that is not there', 'sops: {}\n', undefined],
])('the time of the last encryption, %s', async (_what, text, time) => {
  await encrypted(text);
  expect(await lastEncrypted(folder.path, 'alps')).toBe(time);
  expect(await lastEncrypted(folder.path, 'andes')).toBeUndefined();
});
