import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { data } from '../../src/commands/data.ts';
import { waves } from '../../src/commands/waves.ts';
import { at, textAt } from '../../src/core/json.ts';
import type { Json } from '../../src/core/json.ts';
import { Failure, UsageError } from '../../src/failure.ts';
import type { Outcome } from '../../src/outcome.ts';
import type { Edit } from '../support/apply-bench.ts';
import { uidOf } from '../support/cluster.ts';
import type { PodEnd } from '../support/cluster.ts';
import {
  DATA,
  FOLDER,
  SYSTEM,
  dataBench,
  lineOf,
  progressOf,
  reportOf,
  rowOf,
} from '../support/data-bench.ts';
import type { DeployBench } from '../support/deploy-bench.ts';
import { Killed } from '../support/outside.ts';
import type { ForgeDouble } from '../support/forge.ts';
import { DOUBLE } from '../support/sample.ts';

const PATH = 'data.example.org/cru.nc';
let here: DeployBench;
let ends: PodEnd;
beforeEach(async () => {
  ends = { phase: 'Succeeded', log: reportOf(rowOf()) };
  here = await dataBench({ filler: () => ends });
});
afterEach(() => here.remove());

/** `told`: in a workflow whose issues are these. */
function runAs(told: ForgeDouble | undefined, verb: string, ...sets: string[]): Promise<Outcome> {
  const report = {
    progress: (text: string) => here.said.push(text),
    result: () => Promise.resolve(),
    failure: () => undefined,
  };
  return data(
    { target: [verb, ...sets], root: here.platform, chartsFrom: DOUBLE, cluster: undefined },
    {
      lock: () => Promise.reject(new Error('nothing is locked here')),
      run: () => ({ ports: here.ports, report }),
      github: () => Promise.resolve(told),
    },
  );
}
const run = (verb: string, ...sets: string[]): Promise<Outcome> => runAs(undefined, verb, ...sets);

async function refusal(work: Promise<unknown>): Promise<[string, string]> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Failure)) throw new Error('it was not refused', { cause: error });
  return [error.message, error.hint];
}

const jobs = (): string[] => here.bench.kube.names('Job');
const jobName = (): string => (jobs()[0] ?? '').split('/')[1] ?? '';
const modeOf = (): Json | undefined =>
  at(
    here.bench.kube.peek('Job', jobName(), SYSTEM),
    '/metadata/labels/glaciocloud.org~1data-filler',
  );
/** Once, so much later. */
const later = (seconds: number, happen: () => void): void => {
  here.bench.clock.after(seconds * 1000, happen);
};
const endJob = (type: 'Complete' | 'Failed'): void =>
  here.bench.kube.setStatus('Job', jobName(), SYSTEM, { conditions: [{ type, status: 'True' }] });
const speak = (log: string): unknown => here.bench.kube.log.set(`${jobName()}-1`, log);

describe('data fill', () => {
  test('has what hubs want filled, says how far it is, and how it is at the end', async () => {
    ends = { phase: 'Running', log: progressOf(1) };
    later(20, () => speak(`${progressOf(1)}\n${progressOf(4)}`));
    later(30, () => {
      speak(reportOf(rowOf()));
      endJob('Complete');
    });
    const { exit, json, text } = await run('fill');
    expect([exit, json]).toEqual([
      0,
      { schema_version: 1, sets: [rowOf()], room: { free: 2 ** 30, total: 2 ** 31 } },
    ]);
    expect(text).toBe('✓ cru  ready  1 of 1 file  1Mi\nthe volume has 1 of 2Gi free\n');
    expect(here.said).toEqual([
      expect.stringMatching(/^cluster main: job oggm-data-fill-[0-9a-f]+ has been started: /u),
      'cluster main: cru: 0 of 1 files, 0 of 1Mi',
    ]);
    expect(modeOf()).toBe('fill');
  });

  test('that was killed is followed by the next, which waits for the same job', async () => {
    ends = { phase: 'Running' };
    here.bench.outside.fail({ call: 'logs', nth: 3, error: new Killed() });
    await expect(run('fill')).rejects.toThrow(Killed);
    const before = jobs();
    later(15, () => {
      speak(reportOf(rowOf()));
      endJob('Complete');
    });
    expect((await run('fill', 'cru')).exit).toBe(0);
    expect(jobs()).toEqual(before);
    expect(here.said.at(-1)).toBe(`cluster main: job ${jobName()} is at it already`);
  });

  test('tells what failed on the way, once', async () => {
    const why = { path: PATH, cause: 'It cannot be had: no route.', cure: 'Wait.' };
    const log = reportOf(rowOf({ state: 'missing', problems: [why] }));
    ends = { phase: 'Running' };
    later(5, () => {
      speak(log);
      here.bench.kube.setStatus('Pod', `${jobName()}-1`, SYSTEM, { phase: 'Failed', ...FOLDER });
    });
    later(15, () => {
      speak(reportOf(rowOf()));
      endJob('Complete');
    });
    expect((await run('fill')).exit).toBe(0);
    expect(here.said.slice(1)).toEqual([
      `cluster main: ${PATH}: It cannot be had: no route.; it is tried again`,
    ]);
  });

  test('whose job another run replaces ends', async () => {
    ends = { phase: 'Running' };
    later(9, () => here.bench.kube.drop({ kind: 'Job', metadata: { name: jobName() } }, SYSTEM));
    expect(await refusal(run('fill'))).toEqual([
      'input data: another run has taken its place',
      'wait until that has ended, and look again',
    ]);
  });

  test('says what the filler says of an order or a volume that is wrong', async () => {
    const log = lineOf('error', { cause: 'The volume is full.', cure: 'Enlarge it.' });
    ends = { phase: 'Failed', log, more: FOLDER };
    expect(await refusal(run('fill'))).toEqual(['input data: The volume is full.', 'Enlarge it.']);
  });

  test('says why nothing starts, and where to look', async () => {
    ends = { phase: 'Failed' };
    const [message, hint] = await refusal(run('fill'));
    expect(message).toContain('the user 1000 cannot make a folder on the volume');
    expect(hint).toContain('kubectl get jobs,pods --namespace glaciocloud-system');
  });

  test('needs a cluster that something was deployed to, and the right one', async () => {
    const { kube } = here.bench;
    kube.drop({ kind: 'Namespace', metadata: { name: SYSTEM } }, '');
    expect(await refusal(run('fill'))).toEqual([
      'nothing was ever deployed to the cluster main',
      'run `glaciocloud deploy`: it fills what its hubs name',
    ]);
    await here.write(...DATA.slice(1), [
      'clusters/main.yaml',
      'identity: null\nstorage: {homes: {class: standard}}',
      `identity: ${uidOf(99)}\nstorage: {homes: {class: standard}, data: {class: standard}}`,
    ]);
    expect((await refusal(run('fill')))[0]).toContain('this is not the cluster main');
    expect(here.bench.outside.made('apply')).toEqual([]);
  });
});

describe('data verify', () => {
  test('takes the place of filling, and is followed by both', async () => {
    ends = { phase: 'Running' };
    const killed = async (verb: string): Promise<string[]> => {
      here.bench.outside.fail({ call: 'logs', nth: 1, error: new Killed() });
      await expect(run(verb)).rejects.toThrow(Killed);
      return jobs();
    };
    const filling = await killed('fill');
    const verifying = await killed('verify');
    expect([verifying.length, modeOf()]).toEqual([1, 'verify']);
    expect(verifying).not.toEqual(filling);
    expect(await killed('fill')).toEqual(verifying);
    expect(await killed('verify')).toEqual(verifying);
  });

  test('says what it has mended, and fails no more', async () => {
    ends = { phase: 'Succeeded', log: reportOf(rowOf({ repaired: 1 })) };
    const { exit, text } = await run('verify');
    expect(exit).toBe(0);
    expect(text.split('\n')[1]).toBe('    damaged or gone, and whole again: 1 file');
  });

  test('names what is damaged, with its cause and cure, and fails', async () => {
    const problem = { path: PATH, cause: 'It is no netCDF\u001b[2J.', cure: 'Tell its owner.' };
    const row = rowOf({ state: 'damaged', files_done: 0, bytes_done: 0, problems: [problem] });
    ends = { phase: 'Failed', log: reportOf(row), more: FOLDER };
    const { exit, text, json } = await run('verify');
    expect(exit).toBe(1);
    expect(text.split('\n').slice(0, 2)).toEqual([
      '✗ cru  damaged  0 of 1 file  0 of 1Mi',
      `    ${PATH}: It is no netCDF<U+001B>[2J. Tell its owner.`,
    ]);
    expect(json).toMatchObject({ sets: [{ problems: [problem] }] });
  });
});

describe('the night', () => {
  test('tells in an issue what could not be mended, and closes it when all is there', async () => {
    const { forge } = here;
    const problem = { path: PATH, cause: 'It cannot be had: @all ```', cure: 'Lock anew.' };
    const row = rowOf({ state: 'damaged', problems: [problem] });
    ends = { phase: 'Failed', log: reportOf(row), more: FOLDER };
    expect((await runAs(forge, 'verify')).exit).toBe(0);
    expect(here.said.at(-1)).toBe('what is missing or damaged is told in issue 7');
    expect(forge.opened).toMatchObject([
      {
        labels: 'glaciocloud-data cluster:main',
        title: 'main: input data are missing or damaged',
        body: expect.stringContaining(
          `\n\`\`\`\`\n✗ cru  damaged  1 of 1 file  1Mi\n    ${PATH}: It cannot be had: @all \`\`\` Lock anew.`,
        ),
      },
    ]);
    ends = { phase: 'Succeeded', log: reportOf(rowOf()) };
    expect((await runAs(forge, 'verify')).exit).toBe(0);
    expect(here.said.at(-1)).toBe('input data of main are whole');
    expect(forge.closed).toEqual([
      { labels: 'glaciocloud-data cluster:main', why: 'Input data of main are whole again.' },
    ]);
  });

  test('is for clusters whose hubs want data that have a lock', async () => {
    const report = {
      progress: () => undefined,
      result: () => Promise.resolve(),
      failure: () => undefined,
    };
    const asked = async (): Promise<string | undefined> =>
      (await waves({ root: here.platform, chartsFrom: DOUBLE }, report)).outputs['data'];
    expect(await asked()).toBe('["main"]');
    await here.write(...DATA.filter(([path]) => path !== 'data/cru.lock.yaml'));
    expect(await asked()).toBe('[]');
  });

  test('is red where nobody is told', async () => {
    ends = { phase: 'Failed', log: reportOf(rowOf({ state: 'damaged' })), more: FOLDER };
    expect((await run('verify')).exit).toBe(1);
    expect((await runAs(here.forge, 'fill')).exit).toBe(1);
    expect(here.forge.opened).toEqual([]);
  });
});

describe('data plan', () => {
  test('starts nothing where there is no volume', async () => {
    const missing = rowOf({ state: 'missing', files_done: 0, bytes_done: 0 });
    const { exit, json, text } = await run('plan');
    expect([exit, json]).toEqual([1, { schema_version: 1, sets: [missing], room: null }]);
    expect(text).toContain('there is no volume yet\n');
    expect(jobs()).toEqual([]);
  });

  test('looks beside a job that fills, and says that it does', async () => {
    ends = { phase: 'Running' };
    here.bench.outside.fail({ call: 'logs', nth: 1, error: new Killed() });
    await expect(run('fill')).rejects.toThrow(Killed);
    const [filling] = jobs();
    const row = rowOf({ state: 'missing', files_done: 0, bytes_done: 0 });
    ends = { phase: 'Failed', log: reportOf(row), more: FOLDER };
    const { exit, json } = await run('plan');
    expect([exit, json]).toMatchObject([1, { sets: [{ set: 'cru', state: 'filling' }] }]);
    expect(jobs()).toContain(filling);
    expect(jobs()).toHaveLength(2);
    const order = here.bench.kube.peek('ConfigMap', 'oggm-data-order', SYSTEM);
    expect(`Job ${SYSTEM}/${textAt(order, '/data/job')}`).toBe(filling);
  });

  test('shows the sets that are named, and each that has no lock', async () => {
    const other: Edit[] = [
      ['data/other.yaml', '', 'title: O\nfiles: [https://data.example.org/o.nc]\nsize: 1Gi\n'],
      ['environments/two.yaml', 'images: [science]', 'images: [science]\ndata: [other]'],
    ];
    await here.write(...DATA, ...other);
    const { text } = await run('plan');
    expect(text.split('\n').map((line) => line.slice(0, 9))).toEqual([
      '✗ cru    ',
      '✗ other  ',
      '    It ha',
      'there is ',
      '',
    ]);
    expect(text).toContain('Run `glaciocloud data lock other`, and commit data/other.lock.yaml.');
    expect((await run('plan', 'cru')).json).toMatchObject({ sets: [{ set: 'cru' }] });
  });

  test.each<[string[], string, string]>([
    [['plan', 'crv'], 'there is no data set "crv"', 'did you mean "cru"?'],
    [['plan', 'quite-another'], 'there is no data set "quite-another"', 'sets: cru, idle'],
    [
      ['plan', 'idle'],
      'no hub of the cluster main names the data set "idle"',
      'sets of its hubs: cru',
    ],
    [['fil'], 'data cannot "fil"', 'did you mean "data fill"?'],
    [[''], 'data needs to know what to do', 'write: glaciocloud data lock|plan|fill|verify SET…'],
  ])('%j is refused', async ([verb = '', ...sets], message, hint) => {
    await here.write(...DATA, [
      'data/idle.yaml',
      '',
      'title: I\nfiles: [https://data.example.org/i.nc]\nsize: 1Gi\n',
    ]);
    const error = run(verb, ...sets);
    expect(await refusal(error)).toEqual([message, hint]);
    await expect(error).rejects.toThrow(UsageError);
    expect(here.bench.outside.made('apply', 'get')).toEqual([]);
  });

  test('of a cluster whose hubs name none is said', async () => {
    await here.write();
    expect(await run('plan')).toMatchObject({
      exit: 0,
      text: 'no hub of the cluster names a data set\n',
      json: { sets: [] },
    });
    expect(await refusal(run('fill', 'cru'))).toEqual([
      'there is no data set "cru"',
      'add data/cru.yaml',
    ]);
  });
});
