import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { lockText } from '../../src/core/images/lock.ts';
import type { Json } from '../../src/core/json.ts';
import { at } from '../../src/core/json.ts';
import { planHtml } from '../../src/core/show/plan-html.ts';
import { planMarkdown } from '../../src/core/show/plan-markdown.ts';
import { planJson, planText } from '../../src/core/show/plan-text.ts';
import { deployedInFolder } from '../../src/edges/deployed.ts';
import { render } from '../../src/commands/render.ts';
import { FAMILIES } from '../../src/flow/families.ts';
import { applySteps } from '../../src/flow/family.ts';
import type { RegisteredFamily } from '../../src/flow/family.ts';
import { gatherPlan } from '../../src/flow/plan.ts';
import type { Planned } from '../../src/flow/plan.ts';
import { toy } from '../core/plan/toy-family.ts';
import { DOUBLE, edit, temporary } from '../support/sample.ts';
import { NO_FRAME } from '../support/shown.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const report = { progress: () => undefined };
let folder: Awaited<ReturnType<typeof temporary>>;
let present: string;

/** A copy of the small platform, whose hub of another name runs already as it is. */
async function platform(name: string): Promise<string> {
  const root = join(folder.path, name);
  await cp(join(import.meta.dirname, '../core/rules/_base'), root, { recursive: true });
  return root;
}

async function planned(
  root: string,
  families: readonly RegisteredFamily[] = FAMILIES,
): Promise<Extract<Planned, { kind: 'planned' }>> {
  const deployed = await deployedInFolder(present);
  const answer = await gatherPlan(
    { root, chartsFrom: DOUBLE, now: NOW, deployed },
    report,
    families,
  );
  if (answer.kind === 'refused') throw new Error(JSON.stringify(answer.findings));
  return answer;
}

beforeAll(async () => {
  folder = await temporary();
  present = join(folder.path, 'present');
  const root = await platform('base');
  await render({ root, chartsFrom: DOUBLE, hubs: 'all', out: present, now: NOW }, {
    ...report,
    warn: () => undefined,
  } as never);
});
afterAll(() => folder.remove());

describe('a plan', () => {
  test('of an image that is built and not promoted is empty: the hub keeps what it runs', async () => {
    const root = await platform('unpromoted');
    const build = '2026-11-01-aaaaaa';
    const lock = lockText({
      recipe: 'b'.repeat(40),
      builds: { [build]: { digest: `sha256:${'c'.repeat(64)}`, tests: { oggm: 'passed' } } },
      channels: { candidate: build },
    });
    await writeFile(join(root, 'images/science/image.lock.yaml'), lock);
    const { plan } = await planned(root);
    expect(plan.steps).toEqual([]);
    expect(plan.findings.map(({ rule }) => rule)).toContain('image-unpromoted');
  });

  test('of what runs already is empty', async () => {
    const { plan } = await planned(await platform('same'));
    expect(plan.steps).toEqual([]);
    expect(plan.unchanged.map(({ id }) => id)).toEqual(['clusters/main', 'hub']);
  });

  test.each<[string, string, string, boolean, string[]]>([
    ['a size', 'memory: 4G', 'memory: 5G', false, ['size']],
    ['the idle time', 'idle: 1h', 'idle: 2h', true, ['hub-restart', 'idle']],
    ['the home', 'size: 20Gi', 'size: 30Gi', true, ['hub-restart', 'home-size']],
    [
      'the address',
      'https://hub.example.org',
      'https://b.example.org',
      true,
      ['address', 'hub-restart'],
    ],
    ['a secret', 'secrets:', 'secrets:\n  extra: {use: later}', true, ['hub-restart']],
  ])('restarts the hub or not: %s', async (what, from, to, restarts, effects) => {
    const root = await platform(what.replaceAll(' ', '-'));
    await edit(root, 'environments/hub.yaml', from, to);
    const { plan } = await planned(root);
    expect(plan.steps.map(({ id, effects: found }) => [id, found.map(({ code }) => code)])).toEqual(
      [['hub', effects]],
    );
    expect(plan.steps[0]?.json['restartsHub']).toBe(restarts);
  });

  test.each([
    ['slash', 'https://hub.example.org/'],
    ['capitals', 'https://HUB.example.org'],
  ])('does not change by a %s in an address', async (name, url) => {
    const root = await platform(`address-${name}`);
    await edit(root, 'environments/hub.yaml', 'https://hub.example.org', url);
    expect((await planned(root)).plan.steps).toEqual([]);
  });

  test.each<[string, [file: string, from: string, to: string][], string[], string[]]>([
    [
      'the user',
      [['platform.yaml', 'uid: 1100', 'uid: 1101']],
      ['~ hub'],
      ['owner', 'hub-restart'],
    ],
    [
      'the user’s name',
      [['platform.yaml', 'name: jovyan', 'name: ada']],
      ['~ hub'],
      ['home-path', 'hub-restart'],
    ],
    [
      'a smaller home',
      [['environments/hub.yaml', 'size: 20Gi', 'size: 10Gi']],
      ['~ hub'],
      ['hub-restart', 'home-shrunk'],
    ],
  ])('says what is grave: %s', async (what, edits, steps, effects) => {
    const root = await platform(`grave-${what.replaceAll(/[^a-z]/gu, '-')}`);
    for (const one of edits) await edit(root, ...one);
    const { plan } = await planned(root);
    expect(plan.steps.map(({ marker, id }) => `${marker} ${id}`)).toEqual(steps);
    expect(plan.steps[0]?.effects.map(({ code }) => code)).toEqual(effects);
  });

  test('is refused where the cluster would refuse it: the class of a database that is there', async () => {
    const root = await platform('class');
    await edit(root, 'clusters/main.yaml', 'class: standard', 'class: fast');
    const deployed = await deployedInFolder(present);
    const answer = await gatherPlan({ root, chartsFrom: DOUBLE, now: NOW, deployed }, report);
    expect(answer).toMatchObject({
      kind: 'refused',
      findings: [
        { rule: 'placeholder', at: { file: 'environments/hub.yaml' } },
        { rule: 'immutable', at: { file: 'clusters/main.yaml' } },
      ],
    });
  });

  test('of a hub on another cluster installs it there, and says what stays behind', async () => {
    const root = await platform('moved');
    await cp(join(root, 'clusters/main.yaml'), join(root, 'clusters/other.yaml'));
    await edit(root, 'environments/hub.yaml', 'cluster: main', 'cluster: other');
    const { plan } = await planned(root);
    const hub = plan.steps.find(({ id }) => id === 'hub');
    expect([hub?.marker, hub?.effects.map(({ code }) => code)]).toEqual([
      '+',
      ['moved', 'new-hub'],
    ]);
    expect(planText(plan, NO_FRAME)).toContain('the one on main runs on with everybody’s homes');
  });

  test('of a renamed file has a new hub, and says what becomes of the old one', async () => {
    const root = await platform('renamed');
    await cp(join(root, 'environments/hub.yaml'), join(root, 'environments/next.yaml'));
    await rm(join(root, 'environments/hub.yaml'));
    const { plan } = await planned(root);
    expect(plan.steps.map(({ id, effects }) => [id, effects.map(({ code }) => code)])).toEqual([
      ['next', ['address-of', 'new-hub']],
    ]);
    expect(plan.orphans.map(({ id }) => id)).toEqual(['hub']);
  });

  test('of a hub whose file is gone leaves it alone, until a removal says what becomes of it', async () => {
    const root = await platform('gone');
    await rm(join(root, 'environments/hub.yaml'));
    const { plan } = await planned(root);
    expect([plan.steps, plan.orphans.map(({ id }) => id)]).toEqual([[], ['hub', 'clusters/main']]);
    await edit(
      root,
      'platform.yaml',
      'removals: []',
      'removals: [{hub: hub, cluster: main, homes: keep, database: keep, reason: over}]',
    );
    const next = await planned(root);
    expect(next.plan.steps.map(({ family, id, marker }) => [family, id, marker])).toEqual([
      ['removal', 'hub', '−'],
    ]);
    expect(next.plan.orphans.map(({ id }) => id)).toEqual(['clusters/main']);
  });

  test.each(['hub', 'clusters/main'])(
    'says of %s that it cannot be read, and plans the others',
    async (id) => {
      const damaged = join(folder.path, `damaged-${id.replace('/', '-')}`);
      await cp(present, damaged, { recursive: true });
      await writeFile(join(damaged, id, 'release.json'), '{');
      const root = await platform(`reads-${id.replace('/', '-')}`);
      await cp(join(root, 'environments/hub.yaml'), join(root, 'environments/more.yaml'));
      await edit(root, 'environments/more.yaml', 'hub.example.org', 'more.example.org');
      const deployed = await deployedInFolder(damaged);
      const answer = await gatherPlan({ root, chartsFrom: DOUBLE, now: NOW, deployed }, report);
      if (answer.kind === 'refused') throw new Error(JSON.stringify(answer.findings));
      const { plan } = answer;
      expect(plan.steps.map((step) => [step.family, step.id])).toEqual([
        ['hub', 'more'],
        ['record', id],
      ]);
      expect(plan.orphans).toEqual([]);
      expect(plan.unchanged.map((one) => one.id)).toEqual(
        id === 'hub' ? ['clusters/main'] : ['hub'],
      );
      const why = `${id}/release.json of the deployed record cannot be read`;
      expect(planText(plan, NO_FRAME)).toContain(why);
      expect(planMarkdown(plan, NO_FRAME)).toContain('cannot be read');
    },
  );

  test('knows when something was deployed last, whatever the order', async () => {
    const deployed = await deployedInFolder(present);
    const [one] = deployed.releases;
    const root = await platform('times');
    const times = ['2026-02-01', '2026-03-01', '2026-01-01', undefined];
    const base = async (order: readonly number[]): Promise<unknown> => {
      const releases = order.map((index) => {
        const at = times[index];
        return { ...one!, status: at === undefined ? undefined : { at, commit: at } };
      });
      const sources = { root, chartsFrom: DOUBLE, now: NOW, deployed: { ...deployed, releases } };
      const answer = await gatherPlan(sources, report, []);
      return answer.kind === 'planned' ? answer.base?.commit : answer;
    };
    expect(await base([0, 1, 2, 3])).toBe('2026-03-01');
    expect(await base([1, 2, 0])).toBe('2026-03-01');
    expect(await base([2, 0, 1])).toBe('2026-03-01');
    expect(await base([3])).toBeUndefined();
  });

  test('is refused where a file has an error, before anything is rendered', async () => {
    const root = await platform('wrong');
    await edit(root, 'environments/hub.yaml', 'memory: 4G', 'memory: 4Gi');
    const deployed = await deployedInFolder(present);
    const families: RegisteredFamily[] = [
      { name: 'none', plan: () => Promise.reject(new Error('asked')) },
    ];
    const sources = { root, chartsFrom: DOUBLE, now: NOW, deployed };
    expect(await gatherPlan(sources, report, families)).toMatchObject({
      kind: 'refused',
      findings: [{ rule: 'memory-suffix' }],
    });
    await writeFile(join(root, 'platform.yaml'), '- no platform\n');
    expect(await gatherPlan(sources, report, families)).toMatchObject({ kind: 'refused' });
  });

  const pod = '{containers: [{name: a, securityContext: {privileged: true}}]}';
  const template = `{template: {spec: ${pod}}}`;
  test.each<[string, string, string]>([
    ...['Deployment', 'DaemonSet', 'StatefulSet', 'Job'].map((kind): [string, string, string] => [
      'pod',
      kind,
      `spec: ${template}`,
    ]),
    ['pod', 'CronJob', `spec: {jobTemplate: {spec: ${template}}}`],
    ['pod', 'Pod', `spec: ${pod}`],
    ['object-kind', 'ClusterRole', ''],
    ['database-kept', 'PersistentVolumeClaim', ''],
    ['own-namespace', 'ConfigMap', '  namespace: elsewhere'],
  ])(
    'is refused where a rule finds an error in what is rendered: %s, %s',
    async (rule, kind, rest) => {
      const root = await platform(`${rule}-${kind}`);
      await edit(root, 'environments/hub.yaml', 'idle: 1h', 'idle: 2h');
      const chartsFrom = join(folder.path, `charts-${rule}-${kind}`);
      await cp(DOUBLE, chartsFrom, { recursive: true });
      await writeFile(
        join(chartsFrom, 'jupyterhub/templates/more.yaml'),
        `kind: ${kind}\napiVersion: v1\nmetadata:\n  name: more\n${rest}\n`,
      );
      const deployed = await deployedInFolder(present);
      const answer = await gatherPlan({ root, chartsFrom, now: NOW, deployed }, report);
      expect(answer.kind === 'refused' && answer.findings.map((one) => one.rule)).toEqual(
        expect.arrayContaining([rule]),
      );
    },
  );
});

describe('a family that src does not know', () => {
  const jars = [
    { name: 'big', sweets: 500 },
    { name: 'new', sweets: 1 },
    { name: 'same', sweets: 3 },
  ];
  const before = (): Map<string, number> =>
    new Map([
      ['same', 3],
      ['big', 2],
      ['lost', 4],
    ]);

  test('appears in comment, text, page and JSON beside the others', async () => {
    const root = await platform('toy');
    await edit(root, 'environments/hub.yaml', 'idle: 1h', 'idle: 2h');
    const { plan } = await planned(root, [...FAMILIES, toy(jars, before())]);
    expect(plan.steps.map(({ id }) => id)).toEqual(['hub', 'jars/big', 'jars/new']);

    const comment = planMarkdown(plan, NO_FRAME);
    expect(comment).toContain('### Plan · 1 hub changes · 2 jars\n');
    expect(comment).toContain('| ~ | jar big (wave 7, kitchen) | sweets 2 → 500 | teeth hurt |\n');
    expect(comment).toContain('| + | jar new (wave 7, kitchen) | sweets none → 1 | teeth hurt |\n');
    expect(comment).toContain('**Jar big** changed\n');
    expect(comment).toContain('⚠ jar lost runs, but no file names it any more.');

    const text = planText(plan, NO_FRAME);
    expect(text).toContain('[~] jar big  wave 7, kitchen\n    users notice: teeth hurt\n');
    expect(text).toContain('      -   sweets: 2\n      +   sweets: 500\n');
    expect(text).toContain('1 hub changes, 2 jars · 0 hubs unchanged · ');

    const page = planHtml(plan, NO_FRAME);
    expect(page).toContain('<h2>~ jar big <span>(wave 7, kitchen)</span></h2>');
    expect(page).toContain('<summary>Jar big: changed, +1 −1</summary>');

    const json: Json = planJson(plan, NO_FRAME);
    expect(at(json, '/steps/1')).toEqual({
      kind: 'fill',
      jar: 'big',
      family: 'toy',
      codes: { why: ['sweets'], follows: [[]], effects: ['teeth'] },
    });
    expect(at(json, '/unchanged')).toEqual([
      { kind: 'cluster', cluster: 'main', name: 'main' },
      { kind: 'jar', name: 'same' },
    ]);
    expect(at(json, '/orphans')).toEqual([{ kind: 'jar', name: 'lost' }]);
  });

  test('is applied step by step; one that fails says why and stops no other', async () => {
    const root = await platform('toy-apply');
    const state = before();
    const first = await planned(root, [...FAMILIES, toy(jars, state)]);
    expect(await applySteps(first.steps)).toEqual([
      { id: 'jars/big', outcome: 'failed', code: 'refused', reason: 'jar big breaks', seconds: {} },
      { id: 'jars/new', outcome: 'done', code: 'deployed', reason: '', seconds: {} },
    ]);
    const second = await planned(root, [...FAMILIES, toy(jars, state)]);
    expect(second.plan.steps.map(({ id }) => id)).toEqual(['jars/big']);
    expect(second.plan.unchanged.map(({ id }) => id)).toEqual([
      'clusters/main',
      'hub',
      'jars/new',
      'jars/same',
    ]);
  });

  test('changes the digest of a plan', async () => {
    const root = await platform('toy-digest');
    const digest = async (sweets: number): Promise<string> =>
      (await planned(root, [toy([{ name: 'big', sweets }], before())])).plan.digest;
    expect(await digest(5)).toBe(await digest(5));
    expect(await digest(5)).not.toBe(await digest(6));
  });
});
