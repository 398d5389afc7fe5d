import { existsSync } from 'node:fs';
import { cp, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { render } from '../../src/commands/render.ts';
import { UsageError } from '../../src/failure.ts';
import { DOUBLE, edit, temporary } from '../support/sample.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
let folder: Awaited<ReturnType<typeof temporary>>;
let said: string[];
const report = { progress: (text: string) => void said.push(text) } as never;

beforeAll(async () => {
  folder = await temporary();
});
afterAll(() => folder.remove());

/** A platform of two hubs on one cluster. */
async function platform(name: string): Promise<string> {
  said = [];
  const root = join(folder.path, name);
  await cp(join(import.meta.dirname, '../core/rules/_base'), root, { recursive: true });
  await cp(join(root, 'environments/hub.yaml'), join(root, 'environments/second.yaml'));
  await edit(root, 'environments/second.yaml', 'hub.example.org', 'second.example.org');
  return root;
}

const asked = (root: string, more: object) =>
  render(
    { root, chartsFrom: DOUBLE, hubs: 'all', out: join(root, 'out'), now: NOW, ...more },
    report,
  );

describe('rendering', () => {
  test('writes a folder for each unit, and says so', async () => {
    const root = await platform('all');
    const answer = await asked(root, {});
    expect(answer.exit).toBe(0);
    expect(answer.text).toMatch(
      /^✓ clusters\/main [0-9a-f]{7}\n✓ hub [0-9a-f]{7}\n✓ second [0-9a-f]{7}\n$/u,
    );
    expect(answer.json).toEqual({
      schema_version: 1,
      rendered: ['clusters/main', 'hub', 'second'],
    });
    expect((await readdir(join(root, 'out/hub'))).sort()).toEqual([
      '.glaciocloud',
      'manifests.yaml',
      'release.json',
      'values.json',
    ]);
    expect(said).toEqual([]);
  });

  test('takes the hubs that are named, and no cluster', async () => {
    const root = await platform('named');
    expect((await asked(root, { hubs: ['second'] })).json).toEqual({
      schema_version: 1,
      rendered: ['second'],
    });
    expect(await readdir(join(root, 'out'))).toEqual(['second']);
  });

  test('gives the same bytes each time, and no value of a Secret', async () => {
    const root = await platform('same');
    const read = () => readFile(join(root, 'out/hub/manifests.yaml'), 'utf8');
    await asked(root, { hubs: ['hub'] });
    const first = await read();
    await asked(root, { hubs: ['hub'] });
    expect(await read()).toBe(first);
    expect(first).toMatch(
      /kind: Secret\n(?:.*\n)*?data:\n {2}values\.yaml: masked [0-9a-f]{16}\n/u,
    );
  });

  test.each([
    ['a folder', { out: undefined }, 'render needs --out DIR', 'see `glaciocloud --help`'],
    ['a hub', { hubs: [] }, 'render needs a hub, or --all', 'see `glaciocloud --help`'],
    ['a hub that is there', { hubs: ['hub', 'hbu'] }, 'there is no hub "hbu"', 'hubs: hub, second'],
  ])('needs %s', async (what, more, message, hint) => {
    const root = await platform(what.replaceAll(' ', '-'));
    const failed = await asked(root, more).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(UsageError);
    expect(failed).toMatchObject({ message, hint });
  });

  test('refuses files with errors', async () => {
    const root = await platform('wrong');
    await edit(root, 'environments/hub.yaml', 'memory: 4G', 'memory: 4Gi');
    const answer = await asked(root, {});
    const errors = answer.findings.filter(({ severity }) => severity === 'error');
    expect([answer.exit, errors.map(({ rule }) => rule)]).toEqual([2, ['memory-suffix']]);
    await writeFile(join(root, 'platform.yaml'), '- no platform\n');
    const unread = await asked(root, {});
    expect([unread.exit, unread.findings.length]).toEqual([2, 2]);
  });

  test('refuses objects that no hub may have, and writes nothing', async () => {
    const root = await platform('kinds');
    const charts = join(root, 'charts');
    await cp(DOUBLE, charts, { recursive: true });
    await writeFile(
      join(charts, 'jupyterhub/templates/evil.yaml'),
      '{{ if eq .Release.Name "hub" }}{"kind": "ClusterRole", "metadata": {"name": "evil"}}{{ end }}\n',
    );
    const answer = await asked(root, { chartsFrom: charts });
    const errors = answer.findings.filter(({ severity }) => severity === 'error');
    expect([answer.exit, errors.map(({ rule, at, message }) => [rule, at.file, message])]).toEqual([
      2,
      [
        [
          'object-kind',
          'environments/hub.yaml',
          'ClusterRole evil: no hub has objects of this kind',
        ],
      ],
    ]);
    expect(existsSync(join(root, 'out'))).toBe(false);
    expect((await asked(root, { chartsFrom: charts, hubs: ['second'] })).exit).toBe(0);
  });

  test('goes on with the others where one fails, and ends with 3', async () => {
    const root = await platform('partly');
    const charts = join(root, 'charts');
    await cp(DOUBLE, charts, { recursive: true });
    const template = join(charts, 'jupyterhub/templates/fail.yaml');
    await writeFile(
      template,
      '{{ if eq .Release.Name "hub" }}{{ fail "not this one" }}{{ end }}\n',
    );
    const answer = await asked(root, { chartsFrom: charts });
    expect(answer.exit).toBe(3);
    expect(answer.text).toMatch(
      /^✓ clusters\/main .*\n✗ hub: [^✓]*not this one[^✓]*\n✓ second .*\n\n1 hub failed\n$/u,
    );
    expect(answer.json).toEqual({ schema_version: 1, rendered: ['clusters/main', 'second'] });
    expect(said).toEqual([expect.stringMatching(/^hub: /u)]);
    expect((await readdir(join(root, 'out'))).sort()).toEqual(['clusters', 'second']);
  });
});

test('more than ten hubs take a while, and that is said', async () => {
  const count = async (hubs: number): Promise<string[]> => {
    const root = await platform(`many-${hubs}`);
    for (let index = 2; index < hubs; index += 1) {
      const file = `environments/h${index}.yaml`;
      await cp(join(root, 'environments/hub.yaml'), join(root, file));
      await edit(root, file, 'hub.example.org', `h${index}.example.org`);
    }
    await asked(root, {});
    return said;
  };
  expect(await count(10)).toEqual([]);
  expect(await count(11)).toEqual([
    expect.stringMatching(/^rendering 11 hubs with Helm v?[0-9.]+$/u),
  ]);
});
