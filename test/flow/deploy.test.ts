import { afterEach, describe, expect, test } from '@jest/globals';
import { cp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../../src/core/digest.ts';
import type { Protection } from '../../src/core/hub/protection.ts';
import { objectOf } from '../../src/core/json.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { KubeFailure } from '../../src/failure.ts';
import type { Outcome } from '../../src/outcome.ts';
import { ELSEWHERE, FILES, WELL } from '../support/apply-bench.ts';
import type { Edit } from '../support/apply-bench.ts';
import { uidOf } from '../support/cluster.ts';
import { DeployBench, LIMITED, stepsOf } from '../support/deploy-bench.ts';
import { commitAll, git } from '../support/sample.ts';

const OURS = uidOf(2);
const THEIRS = uidOf(9);
const MINUTE = 60_000;
const REASON = 'somebody asked';
/** The file of a hub is gone; its removal is reviewed. */
const GONE: Edit = ['environments/two.yaml', FILES['environments/two.yaml'] ?? '', ''];
const REMOVAL: Edit = [
  'platform.yaml',
  'removals: []',
  'removals: [{hub: two, cluster: main, homes: keep, database: keep, reason: over}]',
];
const IDLE: Edit = ['environments/one.yaml', 'idle: 1h', 'idle: 2h'];
const BROKEN = { ...WELL[0], ok: false, detail: 'no', class: 'product' };

const open: DeployBench[] = [];
async function make(...edits: Edit[]): Promise<DeployBench> {
  const made = await DeployBench.make(...edits);
  open.push(made);
  return made;
}
afterEach(async () => {
  for (const one of open.splice(0)) await one.remove();
});

/** Everything runs, and proves itself. */
async function settled(): Promise<DeployBench> {
  const here = await make();
  await here.run({ now: true, reason: REASON });
  here.said.length = 0;
  here.bench.outside.calls.length = 0;
  here.helms = 0;
  return here;
}

async function release(here: DeployBench, unit: string): Promise<JsonObject | undefined> {
  return objectOf(await readFile(join(here.record, unit, 'release.json'), 'utf8'));
}

describe('a deployment', () => {
  test('goes wave by wave, and says what became of each hub', async () => {
    const here = await make();
    const first = await here.run();
    expect(stepsOf(first)).toEqual([
      'one done deployed',
      'two done deployed',
      'late waiting soaking',
    ]);
    expect(first).toMatchObject({ exit: 0, outputs: { has_changes: 'true', waiting: 'true' } });
    expect(here.said.slice(0, 4)).toEqual([
      'cluster main: what its hubs share is applied',
      `cluster main: first contact. Write this into clusters/main.yaml: \`identity: ${OURS}\``,
      'one: loading the new configuration in a throw-away pod',
      'two: loading the new configuration in a throw-away pod',
    ]);
    await here.bench.clock.sleep(30 * MINUTE);
    const second = await here.run();
    expect(stepsOf(second)).toEqual(['late done deployed']);
    expect(second).toMatchObject({ exit: 0, outputs: { has_changes: 'true', waiting: 'false' } });
  });

  test('says first where people get something else than the files say', async () => {
    const here = await make([
      'images/science/image.yaml',
      'title: Science\n',
      'title: Science\npip: [x]\n',
    ]);
    await here.run();
    expect(here.said.filter((line) => line.startsWith('⚠'))).toEqual([
      expect.stringMatching(
        /^⚠ images\/science\/image\.yaml:2:1 {2}warning image-additions {2}.*without what this file adds: pip; /u,
      ),
    ]);
    expect(here.said[0]).toContain('image-additions');
  });

  test('with nothing to do looks for no Helm, and writes nothing', async () => {
    const here = await settled();
    const result = await here.run();
    expect(result).toMatchObject({
      exit: 0,
      text: 'nothing to do: what is merged already runs\n',
      outputs: { has_changes: 'false', waiting: 'false' },
      summary: 'Nothing to do: what is merged already runs.\n',
    });
    expect(here.helms).toBe(0);
    expect(here.bench.outside.made('apply', 'create', 'replace', 'mayI')).toEqual([]);
  });

  test('says as JSON which state it is about', async () => {
    const here = await make();
    const { json } = await here.run({ hubs: ['one'] });
    const { digest = '' } = { digest: here.bench.state('one')?.wanted };
    expect(json).toMatchObject({
      schema_version: 1,
      digest: digestOf([['one', digest]]),
      steps: [
        {
          kind: 'install',
          unit: { kind: 'hub', cluster: 'main', name: 'one' },
          outcome: 'done',
          code: 'deployed',
          reason: '',
          seconds: { preflight: 1, upgrade: 0, rollout: 2.5, health: 1 },
        },
      ],
    });
  });

  test('of one hub leaves the others alone', async () => {
    const here = await make();
    expect(stepsOf(await here.run({ hubs: ['two'] }))).toEqual(['two done deployed']);
    expect(here.bench.state('one')).toBeUndefined();
  });

  test('of one wave leaves the others alone', async () => {
    const here = await make();
    expect(stepsOf(await here.run({ wave: 'production' }))).toEqual([
      'late waiting earlier-unfinished',
    ]);
  });

  test.each<[string, Partial<Parameters<DeployBench['run']>[0]>, number, string[]]>([
    [
      'all of it',
      {},
      1,
      ['one failed product', 'two failed product', 'late blocked earlier-failed'],
    ],
    ['one hub', { hubs: ['one'] }, 1, ['one failed product']],
  ])('that fails with %s is told by its exit code', async (_what, more, exit, steps) => {
    const here = await make();
    here.bench.health = { lines: [BROKEN] };
    const result = await here.run(more);
    expect([result.exit, stepsOf(result)]).toEqual([exit, steps]);
  });

  test('that fails in part has another exit code', async () => {
    const here = await make();
    here.bench.outside.fail({
      call: 'upgrade',
      about: /one/u,
      error: new KubeFailure('refused', { hint: '' }),
    });
    const result = await here.run();
    expect([result.exit, stepsOf(result)]).toEqual([
      3,
      ['one failed product', 'two done deployed', 'late blocked earlier-failed'],
    ]);
    const again = await here.run();
    expect([again.exit, stepsOf(again)]).toEqual([
      3,
      ['one blocked quarantined', 'late blocked earlier-failed'],
    ]);
  });

  test('tries again what is quarantined where somebody says why', async () => {
    const here = await make();
    here.bench.health = { lines: [BROKEN] };
    await here.run({ hubs: ['one'] });
    here.bench.health = { lines: WELL };
    const result = await here.run({ hubs: ['one'], retry: 'one', reason: REASON });
    expect(stepsOf(result)).toEqual(['one done deployed']);
    expect(here.bench.state('one')?.last.reason).toBe(REASON);
  });

  test('applies again what already runs, where somebody says why', async () => {
    const here = await settled();
    const result = await here.run({ hubs: ['one'], again: true, reason: REASON });
    expect(stepsOf(result)).toEqual(['one done deployed']);
    expect(here.bench.state('one')?.last.reason).toBe(REASON);
  });

  test('passes soaks with a reason that is kept', async () => {
    const here = await make();
    const result = await here.run({ now: true, reason: REASON });
    expect(stepsOf(result).at(-1)).toBe('late done deployed');
    expect(here.bench.state('late')?.last.reason).toBe(REASON);
  });

  test('of an urgent merge passes soaks too, and says so', async () => {
    const here = await make();
    await commitAll(here.platform, 'A change\n\nUrgent: the certificate ends');
    expect(stepsOf(await here.run()).at(-1)).toBe('late done deployed');
    expect(here.said).toContain('urgent, so freezes and soaks are passed: the certificate ends');
    expect(here.bench.state('late')?.last.reason).toBe('the certificate ends');
  });

  test('with a person’s approval passes the waves that ask for it', async () => {
    const here = await make(['platform.yaml', 'soak: 30m', 'soak: 0m, approval: true']);
    expect(stepsOf(await here.run()).at(-1)).toBe('late waiting needs-approval');
    expect(stepsOf(await here.run({ approved: true }))).toEqual(['late done deployed']);
  });
});

describe('files', () => {
  test('that are wrong go no further', async () => {
    const here = await make(['environments/one.yaml', 'cluster: main', 'cluster: nowhere']);
    const result = await here.run();
    expect([result.exit, here.bench.outside.calls]).toEqual([2, []]);
    expect(result.findings.map(({ rule }) => rule)).toContain('unknown-reference');
  });

  test('that are no platform go no further', async () => {
    const here = await make(['platform.yaml', 'glaciocloud: 1', 'glaciocloud: x']);
    const result = await here.run();
    expect([result.exit, here.bench.outside.calls]).toEqual([2, []]);
  });
});

describe('a cluster', () => {
  test('that is another than the one that is meant is not touched', async () => {
    const here = await make(['clusters/main.yaml', 'identity: null', `identity: ${THEIRS}`]);
    await expect(here.run()).rejects.toThrow(
      `this is not the cluster main: its identity is ${OURS}, and ${THEIRS} is recorded`,
    );
    expect(here.bench.outside.made('apply', 'create', 'replace', 'upgrade')).toEqual([]);
  });

  test('is known by its record from first contact on', async () => {
    const here = await make();
    await here.run({ record: here.record });
    const path = join(here.record, 'clusters/main/status.json');
    expect(objectOf(await readFile(path, 'utf8'))).toEqual({
      at: '2026-11-24T12:00:00.000Z',
      commit: '',
      identity: OURS,
    });
    here.said.length = 0;
    await here.bench.kube.delete('namespace', 'kube-system');
    here.bench.kube.add({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } });
    await expect(here.run({ record: here.record })).rejects.toThrow(`and ${OURS} is recorded`);
  });

  test('is told of its first contact once, and not at all where its file names it', async () => {
    const here = await make();
    await here.run({ record: here.record, hubs: ['one'] });
    await here.run({ record: here.record, hubs: ['two'] });
    expect(here.said.filter((line) => line.includes('first contact'))).toHaveLength(1);
    const named = await make(['clusters/main.yaml', 'identity: null', `identity: ${OURS}`]);
    await named.run({ record: named.record, hubs: ['one'] });
    expect(named.said.filter((line) => line.includes('first contact'))).toEqual([]);
  });

  test('whose record is damaged is told from others by its file only', async () => {
    const here = await make();
    await here.run({ record: here.record, hubs: ['one'] });
    const path = join(here.record, 'clusters/main/release.json');
    await writeFile(path, '{');
    const why =
      'clusters/main/release.json of the deployed record cannot be read: it is no JSON object; ' +
      'restore it from the history of the branch `deployed`';
    await expect(here.run({ record: here.record })).rejects.toMatchObject({
      message: `nobody can tell whether this is the cluster main: ${why}`,
      hint:
        'write its identity into clusters/main.yaml: kubectl get namespace kube-system --output ' +
        'jsonpath={.metadata.uid}',
    });
    await here.write(['clusters/main.yaml', 'identity: null', `identity: ${OURS}`]);
    here.said.length = 0;
    await here.run({ record: here.record, hubs: ['one'] });
    expect(here.said[0]).toBe(`⚠ cluster main: ${why}`);
    expect(objectOf(await readFile(path, 'utf8'))).toMatchObject({ release: { v: 1 } });
  }, 60_000);

  test('has other hubs where the record of one is damaged', async () => {
    const here = await make();
    await here.run({ record: here.record, hubs: ['one'] });
    await writeFile(join(here.record, 'one/release.json'), '{}');
    const result = await here.run({ record: here.record, hubs: ['two'] });
    expect(stepsOf(result)).toEqual(['two done deployed']);
    expect(here.said.filter((line) => line.startsWith('⚠ one: one/release.json'))).toHaveLength(1);
  }, 60_000);

  test('that is not ready is refused before anything is written', async () => {
    const here = await make();
    here.bench.kube.allowed = () => false;
    await expect(here.run()).rejects.toThrow(/^the cluster main is not ready: /u);
    expect(here.bench.outside.made('apply', 'upgrade')).toEqual([]);
  });

  test('is warned about', async () => {
    const here = await make();
    here.bench.kube.kubernetes = 'v1.36.1';
    await here.run({ hubs: ['one'] });
    expect(here.said[0]).toBe(
      '⚠ cluster main: clusters/main.yaml says Kubernetes 1.35, and it is 1.36: plans are rendered for the wrong one',
    );
  });
});

describe('the record in a folder', () => {
  test('has what runs, and no more', async () => {
    const here = await make();
    here.bench.outside.fail({
      call: 'upgrade',
      about: /two/u,
      error: new KubeFailure('refused', { hint: '' }),
    });
    await here.run({ record: here.record });
    expect((await readdir(here.record)).sort()).toEqual(['clusters', 'one']);
    expect((await readdir(join(here.record, 'one'))).sort()).toEqual([
      '.glaciocloud',
      'manifests.yaml',
      'release.json',
      'status.json',
      'values.json',
    ]);
    expect(await release(here, 'one')).toMatchObject({ digest: here.bench.state('one')?.wanted });
    const manifests = await readFile(join(here.record, 'one/manifests.yaml'), 'utf8');
    expect(manifests).not.toContain('canary');
  }, 60_000);

  test('of a cluster follows what its hubs share', async () => {
    const here = await make();
    await here.run({ record: here.record, hubs: ['one'] });
    expect(await release(here, 'clusters/main')).toMatchObject({
      release: { values: { objects: [{ kind: 'Namespace' }, { kind: 'PriorityClass' }] } },
    });
  }, 60_000);
});

describe('the record catches up with what runs', () => {
  const status = async (here: DeployBench, unit: string): Promise<JsonObject | undefined> =>
    objectOf(await readFile(join(here.record, unit, 'status.json'), 'utf8'));

  test('where it was lost, and says since when', async () => {
    const here = await settled();
    await here.bench.clock.sleep(90 * MINUTE);
    expect(stepsOf(await here.run({ record: here.record, hubs: ['one'] }))).toEqual([]);
    expect((await readdir(here.record)).sort()).toEqual(['clusters', 'one']);
    expect(await release(here, 'one')).toMatchObject({ digest: here.bench.state('one')?.wanted });
    const since = here.bench.state('one')?.healthy?.since;
    expect([since, await status(here, 'one')]).toEqual([
      expect.stringMatching(/^2026-11-24T12:00/u),
      { at: since, commit: '' },
    ]);
  }, 60_000);

  test('where it says something else, and not where it knows', async () => {
    const here = await settled();
    const run = () => here.run({ record: here.record, hubs: ['one', 'two'] });
    await run();
    const file = (hub: string): string => join(here.record, hub, 'release.json');
    const text = await readFile(file('one'), 'utf8');
    await writeFile(file('one'), text.replace(/"digest": "[0-9a-f]{40}"/u, '"digest": "other"'));
    const kept = '{"at": "2026-01-01T00:00:00.000Z", "commit": "kept"}';
    for (const hub of ['one', 'two']) await writeFile(join(here.record, hub, 'status.json'), kept);
    await run();
    expect(await readFile(file('one'), 'utf8')).toBe(text);
    expect((await status(here, 'one'))?.['commit']).toBe('');
    expect((await status(here, 'two'))?.['commit']).toBe('kept');
  }, 60_000);

  test('but not where a proposal is tried, nor of what does not run', async () => {
    const here = await settled();
    await here.write(IDLE);
    await here.run({ record: here.record, wave: 'production' });
    expect((await readdir(here.record)).sort()).toEqual(['clusters', 'late']);
    await here.run({ record: here.record, hold: '2h', reason: REASON });
    expect((await readdir(here.record)).sort()).toEqual(['clusters', 'late', 'one']);
  }, 60_000);

  test('and where it cannot, the deployment goes on', async () => {
    const here = await settled();
    const { GLACIOCLOUD_HELM: helm } = process.env;
    process.env['GLACIOCLOUD_HELM'] = join(here.root, 'no-helm');
    try {
      const named: Edit = ['clusters/main.yaml', 'identity: null', `identity: ${OURS}`];
      await here.write(named);
      await here.run({ hubs: ['one'] });
      expect(here.said.filter((line) => line.startsWith('record: '))).toEqual([]); // none is kept
      expect(stepsOf(await here.run({ record: here.record, hubs: ['one'] }))).toEqual([]);
    } finally {
      if (helm === undefined) delete process.env['GLACIOCLOUD_HELM'];
      else process.env['GLACIOCLOUD_HELM'] = helm;
    }
    expect(here.said.filter((line) => line.startsWith('record: '))).toHaveLength(1);
  }, 60_000);
});

describe('many clusters', () => {
  const reasonOf = ({ json }: Outcome): string | undefined =>
    (json as { steps: { reason: string }[] }).steps.at(-1)?.reason;
  const NEVER = 'wave staging was never deployed on cluster other, as far as is known here: two; ';

  test('are installed with one record for all, the first wave first', async () => {
    const here = await make(...ELSEWHERE);
    const other = await make(...ELSEWHERE);
    const ours = { cluster: 'main', record: here.record, now: true, reason: REASON };
    const early = await here.run(ours);
    expect(stepsOf(early)).toEqual(['one done deployed', 'late waiting earlier-unfinished']);
    expect(reasonOf(early)).toBe(
      `${NEVER}begin there, with the same folder: \`glaciocloud deploy --cluster other --wave staging --record FOLDER\``,
    );
    const theirs = { cluster: 'other', wave: 'staging', record: here.record };
    expect(stepsOf(await other.run(theirs))).toEqual(['two done deployed']);
    expect(stepsOf(await here.run(ours))).toEqual(['late done deployed']);
  }, 60_000);

  test('without one never go beyond it, and are told to name one', async () => {
    const here = await make(...ELSEWHERE);
    const result = await here.run({ cluster: 'main', approved: true, now: true, reason: REASON });
    expect(stepsOf(result)).toEqual(['one done deployed', 'late waiting earlier-unfinished']);
    expect(reasonOf(result)).toContain('name one folder for all clusters');
  });
});

describe('hubs that no file names', () => {
  test('are told of, and nothing happens to them', async () => {
    const here = await settled();
    await here.write(GONE);
    expect(stepsOf(await here.run())).toEqual([]);
    expect(here.said.filter((line) => line.startsWith('two: '))).toEqual([
      'two: runs, but no file names it; nothing happens to it without an entry in removals: of platform.yaml',
    ]);
    expect(here.bench.state('two')).toBeDefined();
  });

  test('are removed where that is reviewed, and their record with them', async () => {
    const here = await make();
    await here.run({ record: here.record, now: true, reason: REASON });
    await here.write(GONE, REMOVAL);
    const result = await here.run({ record: here.record });
    expect(stepsOf(result)).toEqual(['two done removed']);
    expect((await readdir(here.record)).sort()).toEqual(['clusters', 'late', 'one']);
    expect(here.bench.state('two')).toBeUndefined();
    expect(stepsOf(await here.run({ record: here.record }))).toEqual([]);
  }, 60_000);

  test('keep their record where they cannot be removed', async () => {
    const here = await make();
    await here.run({ record: here.record, hubs: ['two'] });
    await here.write(GONE, [
      REMOVAL[0],
      REMOVAL[1],
      REMOVAL[2].replace('homes: keep', 'homes: delete, count: 3'),
    ]);
    const result = await here.run({ record: here.record, wave: 'staging' });
    expect(stepsOf(result)).toContain('two blocked miscounted');
    expect(await readdir(here.record)).toContain('two');
  }, 60_000);
});

describe('a run of GitHub Actions', () => {
  async function onGithub(...edits: Edit[]): Promise<{ here: DeployBench; commit: string }> {
    const here = await make(...edits);
    const commit = await commitAll(here.platform, 'A change');
    here.forge.head = commit;
    return { here, commit };
  }

  test('for a commit that is not the newest leaves everything to the newer run', async () => {
    const { here } = await onGithub();
    here.forge.head = 'f'.repeat(40);
    const result = await here.run({ actions: here.actions });
    expect(result).toMatchObject({
      exit: 0,
      text: 'main has moved on: the run for its newest commit deploys\n',
      json: { schema_version: 1, steps: [], health: [] },
    });
    expect(here.bench.outside.calls).toEqual([]);
  });

  test('tells what became of each hub, and keeps its record', async () => {
    const { here, commit } = await onGithub();
    await here.run({ actions: here.actions });
    expect(
      here.forge.commits.map(({ branch, message, files }) => [
        branch,
        message,
        [...files.keys()][0],
      ]),
    ).toEqual([
      ['deployed', 'the cluster main is known', 'clusters/main/values.json'],
      [
        'deployed',
        `one runs ${here.bench.state('one')?.wanted.slice(0, 7) ?? ''}, from ${commit.slice(0, 7)}`,
        'one/values.json',
      ],
      [
        'deployed',
        `two runs ${here.bench.state('two')?.wanted.slice(0, 7) ?? ''}, from ${commit.slice(0, 7)}`,
        'two/values.json',
      ],
    ]);
    expect(
      here.forge.deployments.map(({ environment, state, run }) => [environment, state, run]),
    ).toEqual([
      ['main/one', 'success', 'https://run'],
      ['main/two', 'success', 'https://run'],
    ]);
  }, 60_000);

  test('whose commit nobody reviewed waits after the first wave', async () => {
    const { here } = await onGithub();
    expect(stepsOf(await here.run({ actions: here.actions, now: true, reason: REASON }))).toEqual([
      'one done deployed',
      'two done deployed',
      'late waiting not-reviewed',
    ]);
  }, 60_000);

  const HEAD = 'd'.repeat(40);
  const shown = (digest: string, more: object = {}): string =>
    JSON.stringify({
      version: 1,
      pull: 5,
      head: HEAD,
      base: HEAD,
      merge: HEAD,
      steps: [{ name: 'late', digest }],
      ...more,
    });
  const comment = (digest: string): string =>
    `<!-- glaciocloud plan -->\n<!-- glaciocloud steps: late=${digest.slice(0, 12)} -->`;

  test.each<[string, (digest: string) => string | undefined, string]>([
    ['was reviewed goes on', (digest) => shown(digest), 'done deployed'],
    ['was of another head', (one) => shown(one, { head: 'e'.repeat(40) }), 'waiting not-reviewed'],
    ['was of another pull request', (one) => shown(one, { pull: 6 }), 'waiting not-reviewed'],
    [
      'has the same beginning',
      (one) => shown(`${one.slice(0, 12)}${'0'.repeat(28)}`),
      'waiting not-reviewed',
    ],
    ['is named in text', comment, 'waiting not-reviewed'],
    ['is gone', () => undefined, 'waiting not-reviewed'],
  ])(
    'whose plan %s',
    async (_what, text, end) => {
      const { here } = await onGithub();
      here.forge.pull = 5;
      here.forge.pullHead = HEAD;
      here.forge.reviewed = text(await wantedDigest('late'));
      const result = await here.run({ actions: here.actions, now: true, reason: REASON });
      expect(stepsOf(result).at(-1)).toBe(`late ${end}`);
    },
    60_000,
  );

  test('whose plan cannot be asked for waits after the first wave, and says why', async () => {
    const { here } = await onGithub();
    here.forge.pull = 5;
    here.forge.refuses = ['reviewedFile'];
    const result = await here.run({ actions: here.actions, now: true, reason: REASON });
    expect(stepsOf(result)).toEqual([
      'one done deployed',
      'two done deployed',
      'late waiting not-reviewed',
    ]);
    expect(here.said).toContain(
      'nobody can say what pull request 5 showed: reviewedFile is refused',
    );
  }, 60_000);

  test('that tries what is not merged tells its pull request, and holds the first wave', async () => {
    const { here } = await onGithub();
    here.forge.head = 'f'.repeat(40);
    const result = await here.run({ actions: here.actions, hold: '2h', pull: 5, reason: REASON });
    expect(stepsOf(result)).toEqual(['one done deployed', 'two done deployed']);
    const marker = '<!-- glaciocloud try -->';
    expect(here.forge.comments).toMatchObject([{ pull: 5, marker }]);
    expect(here.forge.comments[0]?.body).toMatch(
      /^<!-- glaciocloud try -->\n\*\*Tried for 2h\*\*, somebody asked\n\n\| \| hub \|/u,
    );
    expect(here.forge.deployments).toEqual([]);
    expect(here.bench.state('one')?.hold).toEqual({
      until: '2026-11-24T14:00:00.000Z',
      reason: REASON,
    });
  });

  test('that tries says so in the record before it begins, so that what is recorded comes back', async () => {
    const { here } = await onGithub();
    const ours = { actions: here.actions, record: here.record };
    await here.run({ ...ours, hubs: ['one'] });
    const status = async (): Promise<JsonObject | undefined> =>
      objectOf(await readFile(join(here.record, 'one/status.json'), 'utf8'));
    const before = (await status()) ?? {};
    const ran = here.forge.commits.length;
    const trial = { ...ours, hold: '2h', pull: 5, reason: REASON };
    await here.write(IDLE);
    await here.run(trial);
    const [mark, ...more] = here.forge.commits.slice(ran);
    expect(more).toEqual([]);
    expect([mark?.branch, [...(mark?.files.keys() ?? [])]]).toEqual([
      'deployed',
      ['one/status.json'], // the other hub has no record that could come back
    ]);
    const marked = mark?.files.get('one/status.json') ?? '';
    const until = here.bench.state('one')?.hold?.until;
    expect(until).toMatch(/^2026-11-24T14:00/u);
    expect(objectOf(marked)).toEqual({ ...before, tried: until });
    // It is merged meanwhile: the record says again what runs.
    await writeFile(join(here.record, 'one/status.json'), marked);
    here.forge.head = await commitAll(here.platform, 'The same');
    await here.run(ours);
    expect(await status()).not.toHaveProperty('tried');
    // Where nobody could know that it has to come back, nothing is tried.
    here.forge.refuses = ['commitFiles'];
    await here.write();
    const calls = here.bench.outside.made('upgrade', 'apply').length;
    await expect(here.run(trial)).rejects.toThrow('commitFiles is refused');
    expect(here.bench.outside.made('upgrade', 'apply')).toHaveLength(calls);
  }, 60_000);

  test('that tries a proposal takes waves and places from the default branch', async () => {
    const { here } = await onGithub();
    const proposed = join(here.root, 'proposed');
    await cp(here.platform, proposed, { recursive: true });
    const late = join(proposed, 'environments/late.yaml');
    const text = await readFile(late, 'utf8');
    const [, wave = ''] = /^wave: (\S+)$/mu.exec(text) ?? [];
    const [, first = ''] =
      /^wave: (\S+)$/mu.exec(await readFile(join(proposed, 'environments/one.yaml'), 'utf8')) ?? [];
    expect(wave).not.toBe(first);
    await writeFile(late, text.replace(`wave: ${wave}`, `wave: ${first}`));
    const own = await here.run({
      root: proposed,
      repository: proposed,
      hold: '2h',
      reason: REASON,
    });
    expect(stepsOf(own)).toContain('late done deployed'); // nothing to compare with
    const { here: again } = await onGithub();
    const tried = await again.run({
      root: proposed,
      repository: again.platform,
      hold: '2h',
      reason: REASON,
    });
    expect(stepsOf(tried)).toEqual(['one done deployed', 'two done deployed']);
  });

  test('that tries a proposal asks the default branch’s repository what runs', async () => {
    const { here } = await onGithub();
    const proposed = join(here.root, 'proposed');
    await cp(here.platform, proposed, { recursive: true });
    await rm(join(proposed, '.git'), { recursive: true });
    const of = (hold: string | undefined): Promise<unknown> =>
      here.run({ root: proposed, repository: here.platform, hold, reason: REASON, hubs: ['one'] });
    await expect(of('2h')).resolves.toMatchObject({ exit: 0 });
    await expect(of(undefined)).rejects.toThrow('what is deployed cannot be looked up');
  });

  test('that tries without a pull request tells nobody', async () => {
    const { here } = await onGithub();
    await here.run({ actions: here.actions, hold: '90m', reason: REASON });
    expect(here.forge.comments).toEqual([]);
    expect(here.bench.state('one')?.hold?.until).toBe('2026-11-24T13:30:00.000Z');
  });

  test.each<[string, Protection | undefined, RegExp]>([
    ['is missing', undefined, /^there is no environment `main`, so any branch/u],
    [
      'is open to every branch',
      { ...LIMITED, branches: { kind: 'any' } },
      /^the environment `main`, .* is open to every branch$/u,
    ],
  ])('whose environment %s is refused before anything is looked at', async (_what, one, says) => {
    const { here } = await onGithub();
    here.forge.environments.delete('main');
    if (one) here.forge.environments.set('main', one);
    await expect(here.run({ actions: here.actions })).rejects.toThrow(says);
    const trial = { actions: here.actions, hold: '2h', reason: REASON };
    await expect(here.run(trial)).rejects.toThrow(says);
    expect(here.bench.outside.calls).toEqual([]);
  });

  describe('that claims an approval', () => {
    const ASKS: Edit = ['platform.yaml', 'soak: 30m', 'soak: 0m, approval: true'];
    const ASKED = { ...LIMITED, reviewers: 1 };
    const NOT_ASKED =
      'the environment `main-approval` has no required reviewers, so nobody was asked; set “Required reviewers” in the repository’s settings, Environments, main-approval';
    const NOT_GIVEN = 'nobody has approved `main-approval` in this run';
    const waits = (doubt: string) => `wave production waits for a person’s approval: ${doubt}`;
    const late = async (here: DeployBench, more: object = {}) => {
      const { json } = await here.run({ actions: here.actions, approved: true, ...more });
      const { steps } = json as { steps: { outcome: string; reason: string }[] };
      const last = steps.at(-1);
      return [last?.outcome, last?.reason];
    };

    test('of reviewers who were asked is believed', async () => {
      const { here } = await onGithub(ASKS);
      here.forge.environments.set('main-approval', ASKED);
      here.forge.approved.push('7 main-approval');
      expect(await late(here)).toEqual(['done', '']);
      expect(here.said.join()).not.toContain('not believed');
    });

    test.each<[string, Protection | undefined, string[], string]>([
      ['where nobody is asked', LIMITED, ['7 main-approval'], NOT_ASKED],
      ['of another cluster', ASKED, ['7 other-approval'], NOT_GIVEN],
      ['of another run', ASKED, ['8 main-approval'], NOT_GIVEN],
    ])('%s waits, and says why', async (_what, protection, approved, doubt) => {
      const { here } = await onGithub(ASKS);
      if (protection) here.forge.environments.set('main-approval', protection);
      here.forge.approved.push(...approved);
      expect(await late(here)).toEqual(['waiting', waits(doubt)]);
      expect(here.said).toContain(`⚠ the approval is not believed: ${doubt}`);
      // Nothing of it is kept.
      expect(await late(here, { approved: false })).toEqual([
        'waiting',
        'wave production waits for a person’s approval',
      ]);
    });

    test('of a run that has no id waits', async () => {
      const { here } = await onGithub(ASKS);
      here.forge.environments.set('main-approval', ASKED);
      here.forge.approved.push('7 main-approval', 'undefined main-approval');
      const actions = here.actions && { ...here.actions, runId: undefined };
      expect(await late(here, { actions })).toEqual(['waiting', waits(NOT_GIVEN)]);
    });

    test('for what no plan has shown waits too', async () => {
      const { here } = await onGithub();
      const reason =
        'this change is not the one that the reviewed plan showed: it waits for a person’s approval';
      const passing = { now: true, reason: REASON };
      expect(await late(here, { ...passing, approved: false })).toEqual(['waiting', reason]);
      here.forge.environments.set('main-approval', LIMITED);
      expect(await late(here, passing)).toEqual(['waiting', `${reason}: ${NOT_ASKED}`]);
    });

    test('does not ask for one that nobody claims', async () => {
      const { here } = await onGithub(ASKS);
      here.forge.refuses = ['isApprovedIn'];
      expect((await late(here, { approved: false }))[0]).toBe('waiting');
    });
  });

  describe('of which GitHub keeps no record', () => {
    const passing = { now: true, reason: REASON };

    test('goes no further than the first wave', async () => {
      const { here } = await onGithub();
      here.forge.refuses = ['commitFiles'];
      const { json } = await here.run({ actions: here.actions, ...passing });
      const { steps } = json as { steps: { outcome: string; reason: string }[] };
      expect(steps.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'waiting']);
      expect(steps.at(-1)?.reason).toMatch(
        /^there is no branch `deployed`, and GitHub refused to make it \(commitFiles is refused\)/u,
      );
    }, 60_000);

    test('waits as others do where there is one already, and where a folder is named', async () => {
      const { here, commit } = await onGithub();
      here.forge.refuses = ['commitFiles'];
      await here.run({ record: here.record, hubs: ['one'] });
      const named = await here.run({ actions: here.actions, record: here.record, ...passing });
      expect(stepsOf(named).at(-1)).toBe('late waiting not-reviewed');
      await git(here.platform, 'checkout', '-q', '--orphan', 'deployed');
      await cp(join(here.record, 'one'), join(here.platform, 'one'), { recursive: true });
      await commitAll(here.platform, 'What ran');
      await git(here.platform, 'checkout', '-q', commit);
      const branch = await here.run({ actions: here.actions, ...passing });
      expect(stepsOf(branch).at(-1)).toBe('late waiting not-reviewed');
    }, 60_000);

    test('is recorded by the next run that may', async () => {
      const { here } = await onGithub();
      here.forge.refuses = ['commitFiles'];
      await here.run({ actions: here.actions, hubs: ['one'] });
      here.forge.refuses = [];
      expect(stepsOf(await here.run({ actions: here.actions, hubs: ['one'] }))).toEqual([]);
      const digest = here.bench.state('one')?.wanted.slice(0, 7) ?? '';
      const last = here.forge.commits.at(-1);
      expect([here.forge.commits.length, last?.branch, last?.message]).toEqual([
        2,
        'deployed',
        `one runs ${digest}, and was not recorded`,
      ]);
      expect([...(last?.files.keys() ?? [])]).toContain('one/release.json');
    }, 60_000);

    test('that waits for another cluster is told where to look', async () => {
      const { here } = await onGithub(...ELSEWHERE);
      const inputs = { actions: here.actions, cluster: 'main', ...passing };
      const { json } = await here.run(inputs);
      const { steps } = json as { steps: { reason: string }[] };
      expect(steps.at(-1)?.reason).toContain('its own job of the workflow `deploy` goes first');
    }, 60_000);
  });

  test('says what GitHub refuses of the record', async () => {
    const { here } = await onGithub();
    here.forge.refuses = ['commitFiles'];
    await here.run({ actions: here.actions, hubs: ['one'] });
    expect(here.said.filter((line) => line.startsWith('record: '))).toEqual([
      'record: commitFiles is refused',
      'record: commitFiles is refused',
    ]);
  }, 60_000);
});

/** What the plan would show of a hub: its digest, whoever deploys it. */
async function wantedDigest(hub: string): Promise<string> {
  const other = await make();
  await other.run({ now: true, reason: REASON });
  return other.bench.state(hub)?.wanted ?? '';
}

test('a change of a file is deployed where it is, and nowhere else', async () => {
  const here = await settled();
  await here.write(IDLE);
  expect(stepsOf(await here.run())).toEqual(['one done deployed']);
});
