import { beforeEach, describe, expect, test } from '@jest/globals';
import { applyAccess } from '../../src/apply/access/apply.ts';
import type { AccessWorld } from '../../src/apply/access/apply.ts';
import { presentInCluster } from '../../src/apply/access/hub-people.ts';
import { decideAccess } from '../../src/core/access/decide.ts';
import type { AccessFacts } from '../../src/core/access/decide.ts';
import type { GivenName, NameBook } from '../../src/core/access/names.ts';
import { stateObject } from '../../src/core/hub/state.ts';
import { doorText } from '../../src/core/access/secret.ts';
import { sha256Hex } from '../../src/core/digest.ts';
import { objectOf, textAt } from '../../src/core/json.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { Failure, KubeFailure, TimedOut } from '../../src/failure.ts';
import type { AuditWorld } from '../../src/flow/access-audit.ts';
import { makeTrue } from '../../src/flow/access.ts';
import type { Ended, PythonRequest } from '../../src/ports.ts';
import { entry, facts, of, people } from '../support/access-facts.ts';
import { FakeClock } from '../support/clock.ts';
import { ClusterDouble, secretText } from '../support/cluster.ts';
import { aState } from '../support/states.ts';

const HUB = 'science';
const RESEARCHER = of('tier:researcher', { why: 'access/members/7.yaml', until: '2027-01-31' });
const MACHINES = { deploy_0: ['tier:researcher'] };

let clock: FakeClock;
let kube: ClusterDouble;
let kept: NameBook[];
let said: string[];
let namesFail: boolean;
let jobs: JsonObject[];
/** What the script in the hub says, by what it is asked to do. */
let script: (job: JsonObject, say: (line: JsonObject) => void) => Promise<Ended> | Ended;

const well: Ended = { code: 0, stdout: '', stderr: '' };

beforeEach(() => {
  clock = new FakeClock();
  kube = new ClusterDouble(clock);
  kept = [];
  said = [];
  jobs = [];
  namesFail = false;
  script = (job, say) => {
    if (job['do'] === 'look') say({ users: [] });
    else {
      say({ loaded: true, seconds: 1.5, detail: '' });
      for (const name of job['names'] as string[]) say({ name, out: true, seconds: 2, detail: '' });
    }
    return well;
  };
  kube.scripts = ({ args: [asked = ''], onLine }: PythonRequest) => {
    const job = objectOf(asked) ?? {};
    jobs.push(job);
    return Promise.resolve(script(job, (line) => onLine(JSON.stringify(line))));
  };
  kube.add(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: HUB } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'hub', namespace: HUB, labels: { app: 'jupyterhub', component: 'hub' } },
    },
  );
});

function door(users: JsonObject): void {
  const text = JSON.stringify({ v: 1, users, machines: MACHINES });
  kube.serverSideApply(
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'hub-access', namespace: HUB },
      stringData: { 'access.json': text },
    },
    'glaciocloud',
    true,
  );
}

const owned = (kind: string, name: string, component: string, username: string): JsonObject => ({
  apiVersion: 'v1',
  kind,
  metadata: {
    name,
    namespace: HUB,
    labels: { component },
    annotations: { 'hub.jupyter.org/username': username },
  },
});

const world = (): AccessWorld & AuditWorld => ({
  kube,
  script: (name) => Promise.resolve(`# ${name}`),
  clock,
  progress: (text) => said.push(text),
  names: {
    read: () => Promise.resolve(new Map()),
    keep: (names) => {
      if (namesFail) return Promise.reject(new Failure('names cannot be kept', { hint: '' }));
      kept.push(names);
      return Promise.resolve();
    },
  },
  audit: {
    read: () => Promise.resolve({ lines: [], damaged: [] }),
    append: () => Promise.resolve(),
  },
  history: { newest: () => Promise.resolve(undefined) },
  run: undefined,
});

/** One hub that the given people enter, with the given ones in it now. */
const factsWith = (
  wanted: readonly string[],
  entries: Record<string, ReturnType<typeof entry>> = {},
  more: Partial<AccessFacts> = {},
): AccessFacts =>
  facts({
    people: people(Object.fromEntries(wanted.map((id) => [id, [RESEARCHER]]))),
    present: new Map([[HUB, { entries: new Map(Object.entries(entries)), users: [] }]]),
    ...more,
  });

const apply = (given: AccessFacts) =>
  applyAccess(decideAccess(given), world(), given.book ?? new Map<string, GivenName>());
const accessJson = () => secretText(kube.peek('Secret', 'hub-access', HUB), 'access.json') ?? '';
const ada = entry('ada', { groups: ['tier:researcher'] });

describe('who comes in', () => {
  test('stands in the Secret, and machines stay as they were', async () => {
    door({});
    const given = factsWith(['7']);
    const [result] = await apply(given);
    expect(objectOf(accessJson())).toEqual({
      v: 1,
      users: { '7': { name: 'user-7', groups: ['tier:researcher'], until: '2027-01-31' } },
      machines: MACHINES,
    });
    expect(jobs).toEqual([{ do: 'out', digest: sha256Hex(accessJson()), names: [], timeout: 60 }]);
    const secret = kube.peek('Secret', 'hub-access', HUB);
    expect(objectOf(secretText(secret, 'run.json') ?? '')).toEqual({
      v: 1,
      at: '2026-11-24T12:00:00.000Z',
      plan: decideAccess(given).digest,
    });
    expect(result).toEqual({
      hub: HUB,
      loaded: true,
      seconds: { write: 0, loaded: 1.5, out: 0 },
      reason: undefined,
      stuck: [],
    });
  });

  test('belongs to a manager of its own, so that no deployment takes it away', async () => {
    door({});
    await apply(factsWith(['7']));
    door({});
    kube.serverSideApply(
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'hub-access', namespace: HUB } },
      'glaciocloud',
      true,
    );
    expect(secretText(kube.peek('Secret', 'hub-access', HUB), 'run.json')).toBeDefined();
  });

  test('makes the kubelet look at the hub’s pod', async () => {
    await apply(factsWith(['7']));
    const annotations = kube.peek('Pod', 'hub', HUB);
    expect(textAt(annotations, '/metadata/annotations/glaciocloud.org~1touch')).toBe(
      String(Date.parse('2026-11-24T12:00:00.000Z')),
    );
  });

  const runAt = () =>
    textAt(objectOf(secretText(kube.peek('Secret', 'hub-access', HUB), 'run.json') ?? ''), '/at');

  test('nothing to do is said once in 12 hours, with everybody as they were', async () => {
    door({ '7': { name: 'ada' } });
    const there = { '7': entry('ada', { groups: ['tier:researcher'], until: '2027-01-31' }) };
    const before = accessJson();
    const told: string[] = [];
    for (const hours of [0, 11.99, 0.01, 1]) {
      await clock.sleep(hours * 3_600_000);
      await apply(factsWith(['7'], there));
      told.push(runAt());
    }
    expect(told).toEqual([
      '2026-11-24T12:00:00.000Z',
      '2026-11-24T12:00:00.000Z',
      '2026-11-25T00:00:00.000Z',
      '2026-11-25T00:00:00.000Z',
    ]);
    expect(accessJson()).toBe(before);
    expect([kube.outside.made('annotate').length, jobs]).toEqual([0, []]);
  });

  test('nothing to do is not said where no hub was prepared', async () => {
    const there = { '7': entry('ada', { groups: ['tier:researcher'], until: '2027-01-31' }) };
    await apply(factsWith(['7'], there));
    expect(kube.outside.made('apply')).toEqual([]);
  });

  test('nothing to do writes nothing, and asks no hub', async () => {
    const there = { '7': entry('ada', { groups: ['tier:researcher'], until: '2027-01-31' }) };
    expect(await apply(factsWith(['7'], there))).toEqual([
      {
        hub: HUB,
        loaded: undefined,
        seconds: { write: undefined, loaded: undefined, out: undefined },
        reason: undefined,
        stuck: [],
      },
    ]);
    expect([kube.outside.calls.length, jobs]).toEqual([1, []]);
  });

  describe('too many for a Secret', () => {
    const crowd = (count: number): AccessFacts =>
      factsWith(Array.from({ length: count }, (_, index) => String(100_000_000 + index)));
    const bytes = (count: number): number =>
      doorText(decideAccess(crowd(count)).hubs[0]?.entries ?? new Map(), '').length;
    const each = bytes(2) - bytes(1);
    /** As many as 900 KiB hold where nothing else is written. */
    const most = Math.floor((900 * 1024 - bytes(1)) / each) + 1;

    test('are refused, what the run says of itself included, and the hub stays as it is', async () => {
      const before = accessJson();
      const [result] = await apply(crowd(most));
      expect(result?.loaded).toBe(false);
      const reason = 'access.json would have 901 KiB, of 900';
      expect([result?.reason, result?.stuck[0]?.reason]).toEqual([reason, reason]);
      expect(accessJson()).toBe(before);
    });

    test('are not two fewer', async () => {
      const [result] = await apply(crowd(most - 2));
      expect([result?.loaded, accessJson().length]).toEqual([true, bytes(most - 2)]);
    });
  });
});

describe('who is out', () => {
  test('is put out after the hub has read the file, and its home’s claim is kept before', async () => {
    door({ '7': { name: 'ada' } });
    kube.add(owned('PersistentVolumeClaim', 'claim-ada', 'singleuser-storage', 'ada'));
    const book = new Map([['7', { name: 'ada', claims: { other: 'claim-x' } }]]);
    const [result] = await apply(factsWith([], { '7': ada }, { book }));
    expect(kept).toEqual([
      new Map([['7', { name: 'ada', claims: { other: 'claim-x', science: 'claim-ada' } }]]),
    ]);
    expect(jobs).toMatchObject([{ do: 'out', names: ['ada'] }]);
    expect(objectOf(accessJson())?.['users']).toEqual({});
    expect(kube.peek('PersistentVolumeClaim', 'claim-ada', HUB)).toBeDefined();
    expect(result).toMatchObject({ loaded: true, stuck: [] });
  });

  test('goes even where the claim cannot be written down', async () => {
    kube.add(owned('PersistentVolumeClaim', 'claim-ada', 'singleuser-storage', 'ada'));
    namesFail = true;
    const book = new Map([['7', { name: 'ada', claims: {} }]]);
    const [result] = await apply(factsWith([], { '7': ada }, { book }));
    expect([result?.stuck, said]).toEqual([[], ['science: names cannot be kept']]);
  });

  test('is known to the hub only: the file is not written again', async () => {
    door({});
    await apply(factsWith(['7']));
    const users = [{ name: 'gone', servers: [], tokens: 1 }];
    const there = { '7': entry('user-7', { groups: ['tier:researcher'], until: '2027-01-31' }) };
    const present = new Map([[HUB, { entries: new Map(Object.entries(there)), users }]]);
    const writes = kube.outside.calls.filter((call) => call.startsWith('apply')).length;
    await apply(factsWith(['7'], {}, { present }));
    expect(kube.outside.calls.filter((call) => call.startsWith('apply'))).toHaveLength(writes);
    expect(jobs.at(-1)).toMatchObject({ names: ['gone'], digest: sha256Hex(accessJson()) });
  });

  const pods = () => kube.names('Pod');
  const withPods = (): void => {
    for (const name of ['ada', 'bob'])
      kube.add(owned('Pod', `jupyter-${name}`, 'singleuser-server', name));
  };

  test.each<[string, typeof script, string, 'all' | 'each']>([
    [
      'where the hub has not read its file',
      (_job, say) => {
        say({ loaded: false, seconds: 60, detail: 'it still has the old file' });
        return { ...well, code: 1 };
      },
      'the hub has not read its file: it still has the old file',
      'all',
    ],
    [
      'where the hub’s pod cannot be asked',
      () => ({ code: 2, stdout: '', stderr: 'no token\ncommand terminated with exit code 2\n' }),
      'the hub does not answer: the script says “no token”',
      'all',
    ],
    [
      'where there is no hub',
      () => Promise.reject(new Failure('no pod', { hint: '' })),
      'the hub does not answer: no pod',
      'all',
    ],
    [
      'where the script is cut off',
      (_job, say) => {
        say({ loaded: true, seconds: 1, detail: '' });
        return { ...well, code: 1 };
      },
      'the hub has said nothing of them',
      'each',
    ],
    [
      'where a start is under way',
      (_job, say) => {
        say({ loaded: true, seconds: 1, detail: '' });
        say({ name: 'ada', out: false, seconds: 60, detail: 'servers are there still: spawn' });
        return { ...well, code: 1 };
      },
      'servers are there still: spawn',
      'each',
    ],
  ])('%s: the pods end without it, nobody else’s, and it is told', async (...given) => {
    const [, says, reason, whose] = given;
    withPods();
    script = says;
    const [result] = await apply(factsWith([], { '7': ada }));
    expect(result?.stuck).toEqual([{ id: '7', name: 'ada', reason }]);
    expect(result?.reason).toBe(whose === 'all' ? reason : undefined);
    expect(result?.seconds.out).toBeUndefined();
    expect(pods()).toEqual(['Pod science/hub', 'Pod science/jupyter-bob']);
  });

  test('and is out has no pod ended by us', async () => {
    withPods();
    await apply(factsWith([], { '7': ada }));
    expect(pods()).toHaveLength(3);
  });
});

test('one hub that fails does not stop another', async () => {
  kube.add({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'school' } });
  const given = factsWith(['7']);
  const [wish] = given.wishes;
  if (!wish) throw new Error('there is a wish');
  const results = await apply({ ...given, wishes: [{ ...wish, hub: 'nowhere' }, wish] });
  expect(results.map(({ hub, loaded }) => [hub, loaded])).toEqual([
    ['nowhere', false],
    [HUB, true],
  ]);
});

describe('many who are out of the file, in a hub that still knows them', () => {
  const ids = Array.from({ length: 20 }, (_, index) => String(100 + index));
  const book = new Map(ids.map((id) => [id, { name: `user-${id}`, claims: {} }]));
  const ended = { groups: ['cohort:course'], until: '2026-11-23' };
  let answers: boolean;
  let known: Set<string>;

  beforeEach(() => {
    answers = true;
    known = new Set(ids.map((id) => `user-${id}`));
    kube.add(stateObject(HUB, aState()));
    script = (job, say) => {
      if (!answers) return Promise.reject(new KubeFailure('no pod', { hint: '' }));
      if (job['do'] === 'look') say({ users: [...known].map((name) => ({ name })) });
      else say({ loaded: true, seconds: 1, detail: '' });
      for (const name of job['do'] === 'look' ? [] : (job['names'] as string[])) {
        known.delete(name);
        say({ name, out: true, seconds: 1, detail: '' });
      }
      return well;
    };
  });

  /** A run 13 hours after the one before, with these people let in. */
  async function run(...wanted: string[]): Promise<void> {
    await clock.sleep(13 * 3_600_000);
    const { present } = await presentInCluster(world(), [HUB]);
    await apply(factsWith(wanted, {}, { present, book }));
  }

  test('a class goes however often the hub did not answer, and whoever came meanwhile', async () => {
    door(Object.fromEntries(ids.map((id) => [id, { name: `user-${id}`, ...ended }])));
    answers = false;
    await run();
    expect(objectOf(accessJson())?.['users']).toEqual({});
    await run();
    await run('7');
    await run('7');
    expect(known.size).toBe(20);
    answers = true;
    await run('7');
    expect([...known]).toEqual([]);
    await run('7');
    const secret = kube.peek('Secret', 'hub-access', HUB);
    expect(objectOf(secretText(secret, 'run.json') ?? '')?.['owed']).toBeUndefined();
  });

  test('everybody stays where the file is lost, run after run, and whoever is let in again', async () => {
    await run();
    door({});
    await run();
    await run('100');
    await run('100');
    expect([known.size, Object.keys(objectOf(accessJson())?.['users'] ?? {})]).toEqual([
      20,
      ['100'],
    ]);
  });
});

describe('names', () => {
  test('are in the book before a hub hears them', async () => {
    const given = factsWith(['7']);
    await makeTrue({ facts: given, plan: decideAccess(given) }, world());
    expect(kept).toEqual([new Map([['7', { name: 'user-7', claims: {} }]])]);
    expect(accessJson()).toContain('user-7');
  });

  test('that cannot be kept let nobody new in, and revocations go on', async () => {
    namesFail = true;
    const given = factsWith(['7'], { '8': entry('bob', { groups: ['tier:researcher'] }) });
    const { plan } = await makeTrue({ facts: given, plan: decideAccess(given) }, world());
    expect(plan.hubs.flatMap(({ steps }) => steps.map(({ kind, id }) => [kind, id]))).toEqual([
      ['revoke', '8'],
    ]);
    expect(objectOf(accessJson())?.['users']).toEqual({});
    expect(said).toEqual(['nobody new enters: names cannot be kept']);
  });
});

describe('what is there', () => {
  const deployed = (): void => kube.add(stateObject(HUB, aState()));

  test('is nothing where no hub was deployed', async () => {
    expect(await presentInCluster(world(), [HUB])).toEqual({ present: new Map(), unread: [] });
    expect(jobs).toEqual([]);
  });

  test('is looked for in a hub whose state cannot be read', async () => {
    kube.add({ ...stateObject(HUB, aState()), data: { 'state.json': '{' } });
    door({ '7': { name: 'ada', groups: ['tier:researcher'] } });
    expect((await presentInCluster(world(), [HUB])).present).toEqual(
      new Map([[HUB, { entries: new Map([['7', ada]]), users: [], owed: new Set() }]]),
    );
  });

  test('is who is in the file, whom the hub knows, and who has a server', async () => {
    deployed();
    door({ '7': { name: 'ada', groups: ['tier:researcher'] } });
    for (const name of ['ada', 'bob'])
      kube.add(owned('Pod', `jupyter-${name}`, 'singleuser-server', name));
    script = (_job, say) => {
      say({ users: [{ name: 'ada', servers: { '': {}, second: {} } }, { name: 'eva' }] });
      return well;
    };
    expect((await presentInCluster(world(), [HUB, 'other'])).present).toEqual(
      new Map([
        [
          HUB,
          {
            entries: new Map([['7', ada]]),
            users: [
              { name: 'ada', servers: ['', 'second'], tokens: 0 },
              { name: 'eva', servers: [], tokens: 0 },
              { name: 'bob', servers: [''], tokens: 0 },
            ],
            owed: new Set(),
          },
        ],
      ]),
    );
    expect(jobs).toEqual([{ do: 'look' }]);
  });

  test.each<[string, Error]>([
    ['is refused', new KubeFailure('no pod', { hint: '' })],
    ['takes too long', new TimedOut('too long', { hint: '' })],
  ])('is the file alone where the hub %s', async (_what, error) => {
    deployed();
    door({ '7': { name: 'ada' } });
    script = () => Promise.reject(error);
    const { present } = await presentInCluster(world(), [HUB]);
    const found = present.get(HUB);
    expect([found?.users, found?.entries.size, found?.isSilent]).toEqual([[], 1, true]);
  });

  describe('of a hub that Kubernetes does not answer for', () => {
    const OTHER = 'other';
    const forbidden = new KubeFailure('secret hub-access cannot be read: forbidden', { hint: '' });
    const late = new TimedOut('kubectl get did not end within 60 s', { hint: '' });
    beforeEach(() => {
      deployed();
      kube.add(
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: OTHER } },
        stateObject(OTHER, aState()),
      );
      door({ '7': { name: 'ada', groups: ['tier:researcher'] } });
    });
    const here = new Map([[HUB, { entries: new Map([['7', ada]]), users: [], owed: new Set() }]]);

    test.each<[string, Error]>([
      ['is refused', forbidden],
      ['takes too long', late],
    ])('is why it %s, and others are read', async (_what, error) => {
      const usual = kube.get.bind(kube);
      kube.get = (kind, name, namespace) =>
        namespace === OTHER ? Promise.reject(error) : usual(kind, name, namespace);
      expect(await presentInCluster(world(), [OTHER, HUB])).toEqual({
        present: here,
        unread: [{ hub: OTHER, why: error.message }],
      });
    });

    test('is why pods cannot be listed, and others are read', async () => {
      const usual = kube.list.bind(kube);
      kube.list = (kinds, options) =>
        options?.namespace === OTHER ? Promise.reject(forbidden) : usual(kinds, options);
      expect(await presentInCluster(world(), [OTHER, HUB])).toEqual({
        present: here,
        unread: [{ hub: OTHER, why: forbidden.message }],
      });
    });

    test('nobody waits', async () => {
      const usual = kube.get.bind(kube);
      let answer = (): void => undefined;
      const asked: unknown[] = [];
      kube.get = async (kind, name, namespace) => {
        asked.push(namespace);
        if (namespace === OTHER) await new Promise<void>((resolve) => (answer = resolve));
        else if (namespace === HUB) answer();
        return usual(kind, name, namespace);
      };
      const { present } = await presentInCluster(world(), [OTHER, HUB]);
      expect([[...present.keys()], asked]).toEqual([
        [OTHER, HUB],
        [OTHER, HUB],
      ]);
    });
  });

  test('is not guessed where something else fails', async () => {
    deployed();
    script = () => Promise.reject(new Error('a mistake of ours'));
    await expect(presentInCluster(world(), [HUB])).rejects.toThrow('a mistake of ours');
  });
});
