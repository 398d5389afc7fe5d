import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { secrets } from '../../src/commands/secrets.ts';
import { copyPlatform, temporary } from '../support/sample.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const HUB = `title: Hub
url: https://hub.example.org
cluster: production
wave: staging
images: [oggm-1.6.3]
sizes: {small: {cpu: 2, memory: 4G, default: true}}
home: {size: 20Gi}
access: {allow: ["team:a/b"]}
capacity: {maxServers: 5}
secrets:
  a: {use: login}
  b: {use: mail, rotate: 30d}
`;
let folder: Awaited<ReturnType<typeof temporary>>;
const sops = process.env['GLACIOCLOUD_SOPS'];
beforeEach(async () => {
  folder = await temporary();
  await copyPlatform(folder.path);
  await writeFile(join(folder.path, 'environments/mine.yaml'), HUB);
});
afterEach(async () => {
  if (sops === undefined) delete process.env['GLACIOCLOUD_SOPS'];
  else process.env['GLACIOCLOUD_SOPS'] = sops;
  await folder.remove();
});

/** A file of secrets, and a double of sops that decrypts every file to these values. */
async function encrypted(values: object, lastmodified: string): Promise<void> {
  await mkdir(join(folder.path, 'secrets'));
  const text = `sops:\n  lastmodified: "${lastmodified}"\n`;
  await writeFile(join(folder.path, 'secrets/mine.sops.yaml'), text);
  const double = join(folder.path, 'sops');
  await writeFile(double, `#!/bin/sh\necho '${JSON.stringify(values)}'\n`);
  await chmod(double, 0o755);
  process.env['GLACIOCLOUD_SOPS'] = double;
}
const audit = (): ReturnType<typeof secrets> => secrets(folder.path, ['audit', 'mine'], NOW);
const EXEMPT = [
  '· hub cookie secret         exempt     made in the cluster',
  '· proxy token               exempt     made in the cluster',
  '· tokens of hub services    exempt     made in the cluster',
  '',
];

describe('secrets audit', () => {
  test('is fine with what is declared, even where some of it is due', async () => {
    await encrypted({ a: 'x', b: 'y' }, '2026-01-02T00:00:00Z');
    const { exit, text, json } = await audit();
    expect(text.split('\n')).toEqual([
      '✓ a                         fine       login',
      '⚠ b                         due        mail; renew every 30d; last changed 2026-01-02',
      ...EXEMPT,
    ]);
    expect(exit).toBe(0);
    expect(json).toMatchObject({
      schema_version: 1,
      hub: 'mine',
      secrets: [
        { secret: 'a', state: 'fine', note: 'login' },
        { secret: 'b', state: 'due' },
        { state: 'exempt' },
        { state: 'exempt' },
        { state: 'exempt' },
      ],
    });
  });

  test('without a file finds everything missing', async () => {
    const { exit, text } = await audit();
    expect(text.split('\n')).toEqual([
      '✗ a                         missing    login',
      '✗ b                         missing    mail; renew every 30d',
      ...EXEMPT,
    ]);
    expect(exit).toBe(2);
  });

  test.each([
    ['a malformed secret', { a: '', b: 'y' }],
    ['a secret that nobody declared', { a: 'x', b: 'y', c: 'z' }],
    ['a missing secret', { a: 'x' }],
  ])('ends with 2 for %s', async (_what, values) => {
    await encrypted(values, '2026-11-24T00:00:00Z');
    expect((await audit()).exit).toBe(2);
  });
});

test('secrets template is the file to fill in', async () => {
  expect(await secrets(folder.path, ['template', 'mine'], NOW)).toMatchObject({
    exit: 0,
    text: '# Fill in, then encrypt: sops encrypt --in-place secrets/mine.sops.yaml\n# login\na: ""\n# mail\nb: ""\n',
  });
});

test.each([[[]], [['audit']], [['template']], [['show', 'mine']]])(
  'secrets %j is refused',
  async (words) => {
    await expect(secrets(folder.path, words, NOW)).rejects.toMatchObject({
      message: 'secrets needs audit or template, and a hub',
      hint: 'glaciocloud secrets audit|template HUB',
      exit: 2,
    });
  },
);

test('a hub that is not there is refused, with those that are', async () => {
  await expect(secrets(folder.path, ['audit', 'other'], NOW)).rejects.toMatchObject({
    message: 'there is no hub "other"',
    hint: expect.stringMatching(/^hubs: .*\bmine\b/u),
    exit: 2,
  });
});

test('files that cannot be read are told', async () => {
  await writeFile(join(folder.path, 'platform.yaml'), 'a: [');
  expect((await audit()).exit).toBe(2);
});
