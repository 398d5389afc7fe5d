import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { secretsAtHand } from '../../src/edges/secrets-at-hand.ts';
import { doubleOf } from '../support/program.ts';
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
  process.env['HOME'] = folder.path;
  delete process.env['SOPS_AGE_KEY'];
  delete process.env['SOPS_AGE_KEY_FILE'];
});
afterEach(async () => {
  process.env = { ...before };
  await folder.remove();
});
const lacking = () => secretsAtHand(folder.path).lacking();

describe('what decrypting lacks', () => {
  test('is sops before anything else', async () => {
    process.env['GLACIOCLOUD_SOPS'] = join(folder.path, 'none');
    process.env['SOPS_AGE_KEY'] = 'key';
    expect(await lacking()).toBe('sops');
  });

  test('is a key, which an empty text is not', async () => {
    expect(await lacking()).toBe('key');
    process.env['SOPS_AGE_KEY'] = '';
    process.env['SOPS_AGE_KEY_FILE'] = '';
    expect(await lacking()).toBe('key');
  });

  test.each(['SOPS_AGE_KEY', 'SOPS_AGE_KEY_FILE'])('is nothing with %s', async (name) => {
    process.env[name] = 'key';
    expect(await lacking()).toBeUndefined();
  });

  test('is nothing with a key at its usual place', async () => {
    const key = join(folder.path, '.config/sops/age/keys.txt');
    await mkdir(dirname(key), { recursive: true });
    await writeFile(key, '');
    expect(await lacking()).toBeUndefined();
  });
});

test('secrets of a hub are opened, with their age', async () => {
  expect(await secretsAtHand(folder.path).opened('one')).toEqual({
    secrets: new Map(),
    changed: undefined,
  });
  await mkdir(join(folder.path, 'secrets'));
  const text = 'sops:\n    lastmodified: "2026-11-24T08:00:00Z"\n';
  await writeFile(join(folder.path, 'secrets/one.sops.yaml'), text);
  await sops.says({ stdout: '{"a": "b"}' });
  expect(await secretsAtHand(folder.path).opened('one')).toEqual({
    secrets: new Map([['a', 'b']]),
    changed: Date.parse('2026-11-24T08:00:00Z'),
  });
});
