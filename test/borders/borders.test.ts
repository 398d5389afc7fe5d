import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exec } from '../../src/edges/exec.ts';
import { ROOT, temporary } from '../support/sample.ts';

/** What a file imports, and the border that it crosses. */
const CROSSED: [string, string, string][] = [
  ['src/core/json.ts', './model/read.ts', 'json-imports-upward'],
  ['src/core/model/read.ts', '../plan/diff.ts', 'model-imports-upward'],
  ['src/core/plan/diff.ts', '../hub/step.ts', 'plan-imports-upward'],
  ['src/core/plan/compare.ts', '../show/text.ts', 'plan-imports-upward'],
  ['src/core/cluster/objects.ts', '../hub/words.ts', 'cluster-imports-upward'],
  ['src/core/cluster/release.ts', '../images/folder.ts', 'cluster-imports-a-neighbour'],
  ['src/core/images/folder.ts', '../access/door.ts', 'images-imports-a-neighbour'],
  ['src/core/hub/step.ts', '../removal/words.ts', 'hub-imports-upward'],
  ['src/core/removal/words.ts', '../watch/drift.ts', 'removal-imports-upward'],
  ['src/core/watch/drift.ts', '../check/run.ts', 'watch-imports-upward'],
  ['src/core/check/run.ts', '../init/files.ts', 'check-imports-upward'],
  ['src/core/init/files.ts', '../show/text.ts', 'init-imports-upward'],
  ['src/core/show/text.ts', '../hub/step.ts', 'show-knows-the-contract-only'],
  ['src/core/show/page.ts', '../removal/words.ts', 'show-knows-the-contract-only'],
  ['src/core/show/page.ts', '../images/folder.ts', 'show-knows-the-contract-only'],
  ['src/core/show/page.ts', '../../outcome.ts', 'core-imports-upward'],
  ['src/core/access/door.ts', '../../edges/files.ts', 'core-imports-upward'],
  ['src/edges/files.ts', '../gather/platform.ts', 'edges-imports-upward'],
  ['src/gather/platform.ts', '../flow/plan.ts', 'gather-imports-upward'],
  ['src/apply/hub.ts', '../flow/deploy.ts', 'apply-imports-upward'],
  ['src/flow/plan.ts', '../commands/plan.ts', 'flow-imports-upward'],
  ['src/commands/plan.ts', '../main.ts', 'commands-imports-upward'],
  ['src/core/hub/one.ts', './other.ts', 'no-cycles'],
  ['src/core/hub/words.ts', 'node:path', 'core-is-pure'],
  ['src/core/show/text.ts', 'node:timers/promises', 'core-is-pure'],
  ['src/core/hub/gates.ts', 'p-map', 'core-imports-pure-packages'],
  ['src/gather/charts.ts', 'node:fs/promises', 'node-belongs-to-edges'],
  ['src/flow/render.ts', 'node:os', 'node-belongs-to-edges'],
  ['src/commands/check.ts', 'node:timers/promises', 'node-belongs-to-edges'],
];

const ALLOWED: [string, string][] = [
  ['src/edges/exec.ts', 'node:child_process'],
  ['src/commands/render.ts', 'node:path'],
  ['src/flow/record.ts', 'node:crypto'],
  ['src/main.ts', './commands/order.ts'],
  ['src/commands/order.ts', '../core/digest.ts'],
  ['src/core/show/html.ts', 'handlebars'],
  ['src/core/show/groups.ts', '../init/answers.ts'],
];

let folder: Awaited<ReturnType<typeof temporary>>;
let violations: string[];

/** One platform of files that import as the tables say, and what dependency-cruiser says of it. */
beforeAll(async () => {
  folder = await temporary();
  const texts = new Map<string, string>();
  const back: [string, string] = ['src/core/hub/other.ts', './one.ts'];
  for (const [file, target] of [...CROSSED, back, ...ALLOWED]) {
    texts.set(file, `${texts.get(file) ?? ''}import '${target}';\n`);
    const local = join(dirname(file), target);
    if (target.startsWith('.') && !texts.has(local)) texts.set(local, '');
  }
  for (const [file, text] of texts) {
    await mkdir(dirname(join(folder.path, file)), { recursive: true });
    await writeFile(join(folder.path, file), `${text}export {};\n`);
  }
  await symlink(join(ROOT, 'node_modules'), join(folder.path, 'node_modules'));
  for (const name of ['tsconfig.json', 'package.json', '.dependency-cruiser.cjs'])
    await symlink(join(ROOT, name), join(folder.path, name));
  const cruiser = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const args = [cruiser, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src'];
  const { stdout, stderr } = await exec(process.execPath, args, { cwd: folder.path });
  if (stdout === '') throw new Error(stderr);
  const found = JSON.parse(stdout) as {
    summary: { violations: { from: string; to: string; rule: { name: string } }[] };
  };
  violations = found.summary.violations.map(({ from, rule }) => `${from} ${rule.name}`);
});
afterAll(() => folder.remove());

test.each(CROSSED)('%s may not import %s', (file, _target, rule) => {
  expect(violations).toContain(`${file} ${rule}`);
});

test.each(ALLOWED)('%s may import %s', (file) => {
  expect(violations.filter((one) => one.startsWith(`${file} `))).toEqual([]);
});
