import { readFile, readdir, writeFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fromArguments } from '../../src/arguments.ts';
import type { Report } from '../../src/edges/report.ts';
import { main } from '../../src/main.ts';
import { commitAll, DOUBLE, ROOT, copyPlatform, git, temporary } from '../support/sample.ts';

/* Nobody could guess it, so wherever it turns up it was repeated. By its name alone it is a secret. */
const CANARY = 'hunter2-canary-7Qx';
const TOKEN = `ghp_${'a1B2c3'.repeat(6)}`;

let folder: Awaited<ReturnType<typeof temporary>>;
beforeAll(async () => {
  folder = await temporary();
});
afterAll(() => folder.remove());

/** Every word that a command gives to anybody, and every file that it leaves beside the platform. */
async function everything(root: string, args: string[]): Promise<{ exit: number; said: string }> {
  const heard: string[] = [];
  const listening: Report = {
    progress: (text) => heard.push(text),
    result: (result) => {
      heard.push(JSON.stringify(result), result.text, result.summary);
      return Promise.resolve();
    },
    failure: (message, hint) => heard.push(message, hint),
  };
  const exit = await main(() => fromArguments([...args, '--root', root]), listening);
  const out = join(root, '../out');
  const left = await readdir(out, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of left)
    if (entry.isFile()) heard.push(await readFile(join(entry.parentPath, entry.name), 'utf8'));
  return { exit, said: heard.join('\n') };
}

const HUB = 'environments/hub.yaml';
const IMAGE = 'images/oggm-1.6.3/image.yaml';

/** A whole platform with something at the end of one of its files. */
async function platformWith(name: string, file: string, text: string): Promise<string> {
  const root = join(folder.path, name, 'platform');
  await copyPlatform(root);
  const before = await readFile(join(ROOT, file), 'utf8').catch(() => '');
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), before + text);
  await git(root, 'init', '-q');
  await commitAll(root, 'as it was pushed');
  return root;
}

test('waves, which looks at no findings, repeats nothing', async () => {
  const root = await platformWith('waves', HUB, `env: {AWS_SECRET_ACCESS_KEY: ${CANARY}}\n`);
  const { exit, said } = await everything(root, ['waves', '--charts-from', DOUBLE]);
  expect(exit).toBe(0);
  expect(said).not.toContain(CANARY);
});

describe.each([
  ['env', HUB, `env: {AWS_SECRET_ACCESS_KEY: ${CANARY}}\n`],
  ['number', HUB, `env: {AWS_SECRET_ACCESS_KEY: ["${CANARY}"]}\n`],
  ['values', HUB, `values: {hub: {config: {GitHubOAuthenticator: {client_secret: ${CANARY}}}}}\n`],
  ['schema', HUB, `values: {hub: {cookieSecret: ["${CANARY}"]}}\n`],
  ['python', HUB, `values: {hub: {extraConfig: {a: 'c.A.client_secret = "${CANARY}"'}}}\n`],
  ['address', HUB, `values: {hub: {db: {url: "postgres://hub:${CANARY}@db/hub"}}}\n`],
  ['shape', HUB, `env: {MODE: ${TOKEN}}\n`],
  ['base64', HUB, `env: {MODE: ${Buffer.from(TOKEN).toString('base64')}}\n`],
  ['comment', HUB, `# ${TOKEN}\n`],
  ['image', IMAGE, `env: {CDS_API_KEY: ${CANARY}}\n`],
  ['clear', 'secrets/hub.sops.yaml', `github-client-secret: ${CANARY}\n`],
])('a credential (%s) in %s', (name, file, text) => {
  test.each([
    ['check', ['check', '--charts-from', DOUBLE]],
    ['plan', ['plan', '--charts-from', DOUBLE, '--html', 'PAGE']],
    ['render', ['render', '--all', '--charts-from', DOUBLE, '--out', 'OUT']],
    ['image', ['image', 'render', '--all', '--out', 'OUT']],
  ])('stops %s, and nobody repeats it', async (command, args) => {
    const root = await platformWith(`${name}-${command}`, file, text);
    const out = join(root, '../out');
    const places: Record<string, string> = { OUT: out, PAGE: join(out, 'page.html') };
    const words = args.map((one) => places[one] ?? one);
    const { exit, said } = await everything(root, words);
    expect(exit).toBe(2);
    expect(said).toContain('revoke');
    for (const secret of [CANARY, TOKEN, Buffer.from(TOKEN).toString('base64')])
      expect(said).not.toContain(secret);
  });
});

test('what is no secret, and is said to be none, goes on', async () => {
  const root = await platformWith(
    'none',
    HUB,
    'env: {MAP_TOKEN: public}\nnotSecret: [MAP_TOKEN]\n',
  );
  const { exit } = await everything(root, ['check', '--charts-from', DOUBLE]);
  expect(exit).toBe(0);
});
