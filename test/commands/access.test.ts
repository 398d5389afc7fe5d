import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { AccessWorld } from '../../src/apply/access/apply.ts';
import { accessApply, accessPlan } from '../../src/commands/access.ts';
import { accessSources } from '../../src/compose.ts';
import { at, textAt } from '../../src/core/json.ts';
import { Failure, KubeFailure } from '../../src/failure.ts';
import { gitAudit } from '../../src/edges/audit.ts';
import { gitFileHistory } from '../../src/edges/file-history.ts';
import type { AccessInputs, AccessSources } from '../../src/flow/access.ts';
import type { AuditWorld } from '../../src/flow/access-audit.ts';
import type { Outcome } from '../../src/outcome.ts';
import { gitNames } from '../../src/edges/names.ts';
import { entry } from '../support/access-facts.ts';
import { FILES } from '../support/apply-bench.ts';
import { FakeClock } from '../support/clock.ts';
import { ClusterDouble, secretText } from '../support/cluster.ts';
import { failureOf } from '../support/program.ts';
import { git, temporary } from '../support/sample.ts';

/** Nobody but people's files may say these. */
const CANARIES = [7001, 'canary-login'] as const;
const MEMBER = `id: ${CANARIES[0]}\nlogin: ${CANARIES[1]}\ntier: researcher\nuntil: "2027-01-31"\n`;
const PRIVATE = '\naccess: {repository: example/access}\n';

let folder: Awaited<ReturnType<typeof temporary>>;
beforeEach(async () => {
  folder = await temporary();
  for (const [path, text] of Object.entries(FILES)) await write(`platform/${path}`, text);
  await write(
    'platform/environments/one.yaml',
    (FILES['environments/one.yaml'] ?? '').replace('team:example/users', 'tier:researcher'),
  );
  await mkdir(join(folder.path, 'present'));
  await write('directory.json', JSON.stringify({ v: 1, teams: [team('users'), team('admins')] }));
});
afterEach(() => folder.remove());

const team = (slug: string, ...ids: number[]) => ({
  organization: 'example',
  slug,
  members: ids.map((id) => ({ id, login: `login-${id}` })),
});

async function write(path: string, text: string): Promise<void> {
  const full = join(folder.path, path);
  await mkdir(dirname(full), { recursive: true });
  await writeFile(full, text);
}

function plan(given: Partial<AccessInputs> = {}): Promise<Outcome> {
  const place = (path: string): string => join(folder.path, path);
  const root = place('platform');
  const people = given.people === undefined ? undefined : place(given.people);
  const sources = accessSources({
    root,
    people,
    present: place('present'),
    directory: place('directory.json'),
    kubeconfig: undefined,
  });
  const now = Date.UTC(2026, 10, 24, 12);
  const inputs: AccessInputs = { hubs: [], now, detail: 'everybody', ...given, root, people };
  return accessPlan(inputs, sources);
}

describe('access plan', () => {
  test('says who comes in, from which file or team, until when', async () => {
    await write('platform/access/members/7001.yaml', MEMBER);
    await write(
      'directory.json',
      JSON.stringify({ v: 1, teams: [team('users', 5), team('admins')] }),
    );
    const { exit, text, json, outputs } = await plan();
    expect(text.split('\n')).toEqual([
      'late: 1 comes in',
      '  + 5 login-5  team:example/users',
      'one: 1 comes in',
      '  + 7001 canary-login until 2027-01-31  access/members/7001.yaml',
      'two: 1 comes in',
      '  + 5 login-5  team:example/users',
      '',
    ]);
    expect(json).toEqual({
      schema_version: 1,
      digest: outputs['digest'],
      steps: [
        {
          kind: 'grant',
          hub: 'late',
          id: 5,
          name: 'login-5',
          why: 'team:example/users',
          until: null,
        },
        {
          kind: 'grant',
          hub: 'one',
          id: 7001,
          name: 'canary-login',
          why: 'access/members/7001.yaml',
          until: '2027-01-31',
        },
        {
          kind: 'grant',
          hub: 'two',
          id: 5,
          name: 'login-5',
          why: 'team:example/users',
          until: null,
        },
      ],
      counts: {
        grant: 3,
        change: 0,
        expire: 0,
        revoke: 0,
        held: 0,
        hubs: Object.fromEntries(
          ['late', 'one', 'two'].map((hub) => [
            hub,
            { grant: 1, change: 0, expire: 0, revoke: 0, held: 0 },
          ]),
        ),
      },
      held: [],
      findings: [],
      unread: [],
      absent: [],
      requests: 0,
    });
    expect([exit, outputs['has_changes']]).toEqual([0, 'true']);
  });

  test('compares with what is there, hub by hub', async () => {
    const users = { '9': { name: 'eva', groups: ['tier:researcher'] } };
    await write(
      'present/one.json',
      JSON.stringify({ access: { users }, users: [{ name: 'old' }] }),
    );
    const { text } = await plan({ hubs: ['one'] });
    expect(text.split('\n')).toEqual([
      'one: 2 are held',
      '  ⚠ 9 stays as it is: nobody would be left in one; if that is meant, write {from: one, count: 2, reason: …} into access/removals.yaml',
      '  ⚠ ? stays as it is: nobody would be left in one; if that is meant, write {from: one, count: 2, reason: …} into access/removals.yaml',
      '',
    ]);
  });

  test('has nothing to do where all is as wanted', async () => {
    const { text, outputs } = await plan();
    expect(text).toBe('late: nothing to do\none: nothing to do\ntwo: nothing to do\n');
    expect(outputs['has_changes']).toBe('false');
  });

  test('keeps names that were given before', async () => {
    await write('platform/access/members/7001.yaml', MEMBER);
    const root = join(folder.path, 'platform');
    await git(root, 'init', '-q', '-b', 'names');
    await write('platform/7001.json', '{"v": 1, "name": "ada"}\n');
    await git(root, 'add', '7001.json');
    await git(root, 'commit', '-qm', 'names');
    expect((await plan({ hubs: ['one'] })).text).toContain('+ 7001 ada until');
    await write('platform/7001.json', '{');
    await git(root, 'commit', '-qam', 'damage');
    const { text, json } = await plan({ hubs: ['one'] });
    expect(text).toContain('⚠ 7001 stays as it is: names cannot be kept, so nobody new enters');
    expect(at(json, '/held/0/reason')).toBe('no-names');
  });

  test('a mistake in one file lets the others in, and fails', async () => {
    await write('platform/access/members/7001.yaml', MEMBER);
    await write('platform/access/members/8.yaml', 'id: 8\n');
    const { exit, text, findings } = await plan({ hubs: ['one'] });
    expect([exit, findings.map(({ at: place }) => place.file)]).toEqual([
      2,
      expect.arrayContaining(['access/members/8.yaml']),
    ]);
    expect(text).toContain('one: 1 comes in');
    expect(text).toContain('access/members/8.yaml:1:1  missing-key  the file has no "tier"');
  });

  test('names teams that are not known in full', async () => {
    await write('directory.json', JSON.stringify({ v: 1, teams: [team('admins')] }));
    const { text, json } = await plan({ hubs: ['two'] });
    expect(text).toBe(
      'two: nothing to do\n⚠ team:example/users is not known in full (nothing is known of it): nobody is taken out of it\n',
    );
    expect(at(json, '/held')).toEqual([
      {
        hub: null,
        id: null,
        reason: 'incomplete',
        text: 'team:example/users: nothing is known of it',
      },
    ]);
  });
});

describe('people’s files of another repository', () => {
  beforeEach(() => write('platform/platform.yaml', `${FILES['platform.yaml'] ?? ''}${PRIVATE}`));

  test.each(['members/7001.yaml', 'access/members/7001.yaml'])('lie there as %s', async (path) => {
    await write('platform/access/members/7001.yaml', 'of nobody');
    await write(`people/${path}`, MEMBER);
    const { text } = await plan({ people: 'people', hubs: ['one'] });
    expect(text).toContain('+ 7001 canary-login until 2027-01-31  access/members/7001.yaml');
  });

  test('have to be given', async () => {
    expect(await failureOf(plan())).toMatchObject({
      message: 'people’s files are in example/access, and --people is not given',
      hint: 'check that repository out, and name the folder with --people',
      exit: 2,
    });
  });

  test('that are none are a mistake, and not an empty list', async () => {
    await write('people/README.md', 'members/');
    expect(await failureOf(plan({ people: 'people' }))).toMatchObject({
      message: `${join(folder.path, 'people')} holds no people’s files`,
      exit: 2,
    });
  });

  test.each(['', 'access/'])(
    'with mistakes are named as they are called there: %j',
    async (below) => {
      await write(`people/${below}members/7001.yaml`, MEMBER);
      await write(`people/${below}members/7002.yaml`, MEMBER);
      const { json, findings } = await plan({ people: 'people' });
      expect(findings.map(({ at: place, hint }) => [place.file, hint])).toEqual([
        [`${below}members/7002.yaml`, 'rename it to 7001.yaml'],
      ]);
      expect(at(json, '/findings/0/file')).toBe(`${below}members/7002.yaml`);
    },
  );

  test('where anybody may read along are numbers, without an id or a login', async () => {
    await write('people/members/7001.yaml', MEMBER);
    await write('people/members/7002.yaml', 'id: 7001');
    await write('present/one.json', '{"access": {"users": {"7003": {"name": "canary-login-3"}}}}');
    const found = await plan({ people: 'people', detail: 'counts' });
    const everything = JSON.stringify([found.text, found.json, found.outputs, found.findings]);
    for (const word of ['700', 'canary']) expect(everything).not.toContain(word);
    expect(found.text).toContain('one: 1 comes in, 1 is taken out\n');
    expect(found.text).toContain('mistakes in people’s files: by hand, access plan shows them\n');
    expect([found.exit, at(found.json, '/counts/grant'), at(found.json, '/steps')]).toEqual([
      2,
      1,
      [],
    ]);
  });
});

describe('where platform.yaml cannot be read either', () => {
  beforeEach(async () => {
    await write('platform/platform.yaml', 'nothing: true\n');
    await write('people/members/7001.yaml', `id: 7001\nlogin: "canary login"\n`);
  });
  const textOf = async (detail: 'everybody' | 'counts'): Promise<string> => {
    const { exit, text, json, findings, summary } = await plan({ people: 'people', detail });
    expect(exit).toBe(2);
    return JSON.stringify([text, json, findings, summary]);
  };

  test('anybody may read what is wrong with it, and nothing of people’s files', async () => {
    const text = await textOf('counts');
    expect(text).toContain('platform.yaml:1');
    for (const word of ['700', 'canary']) expect(text).not.toContain(word);
  });

  test('whoever runs it by hand reads all of it', async () => {
    const text = await textOf('everybody');
    expect(text).toContain('canary login');
    expect(text).toContain('`members/7001.yaml:2`');
    expect(text).not.toContain('access/members');
    expect(text).toContain('`platform.yaml:1`');
  });
});

describe('is refused', () => {
  test('a hub that does not exist', async () => {
    expect(await failureOf(plan({ hubs: ['three'] }))).toMatchObject({
      message: 'there is no hub "three", or its file has mistakes',
      hint: 'hubs: late, one, two',
      exit: 2,
    });
  });

  test.each([
    ['directory.json', '{}', /is no directory: it is no object/u],
    ['present/one.json', '[]', /is no JSON object$/u],
  ])('%s that is none', async (path, text, message) => {
    await write(path, text);
    expect(await failureOf(plan())).toMatchObject({
      message: expect.stringMatching(message),
      exit: 2,
    });
  });

  test('a folder without platform.yaml', async () => {
    await rm(join(folder.path, 'platform/platform.yaml'));
    const { exit, findings } = await plan();
    expect([exit, findings.map(({ message }) => message)]).toEqual([
      2,
      ['there is no platform.yaml'],
    ]);
  });
});

describe('access apply', () => {
  /** Hubs that answer what is said here; nothing else of the cluster is asked for. */
  let kube: ClusterDouble;
  let said: string[];
  function apply(
    detail: AccessInputs['detail'],
    out: boolean,
    more: Partial<AccessSources> = {},
  ): Promise<Outcome> {
    kube.add({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'one' } });
    kube.scripts = ({ onLine }) => {
      onLine('{"loaded": true, "seconds": 1.5, "detail": ""}');
      onLine(JSON.stringify({ name: 'old-login', out, seconds: 2, detail: 'it starts' }));
      return Promise.resolve({ code: out ? 0 : 1, stdout: '', stderr: '' });
    };
    const root = join(folder.path, 'platform');
    const names = gitNames(root);
    const world: AccessWorld & AuditWorld = {
      kube,
      names,
      audit: gitAudit(root),
      history: gitFileHistory({ root, people: undefined }),
      run: undefined,
      clock: new FakeClock(),
      script: () => Promise.resolve(''),
      progress: (text) => said.push(text),
    };
    const sources = accessSources({
      root,
      people: undefined,
      present: join(folder.path, 'present'),
      directory: join(folder.path, 'directory.json'),
      kubeconfig: undefined,
    });
    const now = Date.UTC(2026, 10, 24, 12);
    const hubs = more.present ? [] : ['one'];
    const inputs = { root, people: undefined, hubs, now, detail };
    return accessApply(inputs, { ...sources, ...more }, world);
  }

  beforeEach(async () => {
    kube = new ClusterDouble(new FakeClock());
    said = [];
    await git(join(folder.path, 'platform'), 'init', '-q');
    await write('platform/access/members/7001.yaml', MEMBER);
    const users = { '9': { name: 'old-login', groups: ['tier:researcher'] } };
    await write('present/one.json', JSON.stringify({ access: { users } }));
  });

  test('is done when everybody is where they should be', async () => {
    const { exit, text, json } = await apply('everybody', true);
    expect([exit, text.split('\n').slice(-2)]).toEqual([
      0,
      ['one: the hub has read it after 1.5 s', ''],
    ]);
    expect(at(json, '/results')).toEqual([
      {
        hub: 'one',
        loaded: true,
        seconds: { write: 0, loaded: 1.5, out: 0 },
        reason: null,
        stuck: [],
      },
    ]);
    const names = await git(join(folder.path, 'platform'), 'show', 'names:7001.json');
    expect(names).toBe('{"claims":{},"name":"canary-login","v":1}');
  });

  test('is partly done while somebody is not seen to be out', async () => {
    const { exit, text, json } = await apply('everybody', false);
    expect(exit).toBe(3);
    expect(text).toContain('  ✗ 9 old-login: it starts\n');
    expect(at(json, '/results/0/stuck')).toEqual([{ id: 9, reason: 'it starts' }]);
    expect(at(json, '/results/0/seconds/out')).toBeNull();
  });

  test('is partly done where a hub with nothing to do cannot be read', async () => {
    await rm(join(folder.path, 'platform/access/members/7001.yaml'));
    await write('present/one.json', JSON.stringify({ access: { users: {} } }));
    kube.outside.fail({
      call: 'get',
      about: /hub-access/u,
      error: new KubeFailure('no', { hint: '' }),
    });
    const { exit, json } = await apply('everybody', true);
    expect([exit, at(json, '/results/0/stuck'), at(json, '/results/0/loaded')]).toEqual([
      3,
      [],
      false,
    ]);
  });

  test('writes down what it did: once, with the commit that decided', async () => {
    const root = join(folder.path, 'platform');
    await git(root, 'add', '-A');
    await git(root, 'commit', '-qm', 'Access, request 3: writes 7001.yaml (#4)\n\nApproved-by: 99');
    await apply('everybody', true);
    const commit = await git(root, 'rev-parse', 'HEAD');
    const decided = { commit, pull: 4, issue: 3, approver: '99' };
    expect((await gitAudit(root).read()).lines).toMatchObject([
      { subject: '7001', kind: 'grant', result: 'done', run: null, ...decided },
      { subject: '9', kind: 'grant', result: 'found', commit: null },
      { subject: '9', kind: 'revoke', result: 'done', commit: null },
    ]);
  });

  test('is partly done while that cannot be written', async () => {
    const root = join(folder.path, 'platform');
    await writeFile(join(root, '.git/refs/heads/audit.lock'), '');
    const { exit, text, json } = await apply('everybody', true);
    expect([exit, at(json, '/audited')]).toEqual([3, false]);
    expect(text.split('\n').slice(-2)).toEqual([
      'the audit is not written: the next run writes what is missing',
      '',
    ]);
    expect(said).toEqual([
      'one: the notices are written',
      expect.stringMatching(/^the audit cannot be written: git fast-import: /u),
    ]);
  });

  const notices = () => textAt(kube.peek('ConfigMap', 'hub-notices', 'one'), '/data/notices.json');

  test('a hub is told what it announces and who may start servers', async () => {
    await write('platform/announcements/a.md', '---\nuntil: 2026-12-02\n---\nA course.\n');
    const file = await readFile(join(folder.path, 'platform/environments/one.yaml'), 'utf8');
    await write('platform/environments/one.yaml', `${file}spawn: {state: paused, reason: disks}\n`);
    const { exit, json } = await apply('everybody', true);
    expect([exit, at(json, '/unannounced')]).toEqual([0, []]);
    expect(JSON.parse(notices())).toEqual({
      v: 1,
      notices: [{ severity: 'info', text: 'A course.', from: null, until: '2026-12-02' }],
      spawning: { open: false, admins: false, reason: 'disks' },
    });
    expect(said).toEqual(['one: the notices are written']);
    await apply('everybody', true);
    expect(said).toEqual(['one: the notices are written']);
  });

  test('where that cannot be written people come and go all the same, and it is said', async () => {
    const usual = kube.apply.bind(kube);
    kube.apply = (objects, manager) =>
      manager === 'glaciocloud-notices'
        ? Promise.reject(new Failure('no room', { hint: '' }))
        : usual(objects, manager);
    const { exit, text, json } = await apply('everybody', true);
    expect(exit).toBe(3);
    expect(text.split('\n').slice(-3)).toEqual([
      'one: the hub has read it after 1.5 s',
      'one: its notices could not be written',
      '',
    ]);
    expect(at(json, '/unannounced')).toEqual(['one']);
    expect(said).toEqual(['one: the notices are not written: no room']);
  });

  test('says why a hub has no part in it: it is not there, or is to be taken over', async () => {
    const file = await readFile(join(folder.path, 'platform/environments/two.yaml'), 'utf8');
    await write('platform/environments/two.yaml', `${file}adopt: {release: two}\n`);
    const present = new Map([['one', { entries: new Map(), users: [] }]]);
    const { text, json } = await apply('counts', true, {
      present: () => Promise.resolve({ present, unread: [] }),
      plansAbsent: false,
    });
    expect(text).toMatch(
      /^two: not deployed to this cluster.* takes over release two in namespace two: .* 24 hours at most.* access plan --present FOLDER .*$/mu,
    );
    expect(text).toContain('not deployed to this cluster, so nobody comes or goes there: late\n');
    expect(at(json, '/absent')).toEqual([
      { hub: 'late', adopts: null },
      { hub: 'two', adopts: 'two' },
    ]);
  });

  describe('of a hub that Kubernetes does not answer for', () => {
    const unread = [{ hub: 'two', why: 'secret hub-access cannot be read: forbidden' }];
    const entries = new Map([['9', entry('old-login', { groups: ['tier:researcher'] })]]);
    const sources: Partial<AccessSources> = {
      present: () =>
        Promise.resolve({ present: new Map([['one', { entries, users: [] }]]), unread }),
      plansAbsent: false,
    };

    test.each(['everybody', 'counts'] as const)(
      'is left out with its cause, and the others go on (%s)',
      async (detail) => {
        const { exit, text, json } = await apply(detail, true, sources);
        expect(exit).toBe(3);
        expect(text).toContain(
          '⚠ two is left out: secret hub-access cannot be read: forbidden\none: the hub has read it',
        );
        expect([at(json, '/unread'), at(json, '/counts/hubs')]).toEqual([
          unread,
          { one: { grant: 1, change: 0, expire: 0, revoke: 1, held: 0 } },
        ]);
        expect(secretText(kube.peek('Secret', 'hub-access', 'one'), 'access.json')).toContain(
          'canary-login',
        );
      },
    );

    test('mistakes in people’s files count less than that', async () => {
      await write('platform/access/members/7002.yaml', 'id: 7001\n');
      expect((await apply('counts', true, { plansAbsent: false })).exit).toBe(2);
      expect((await apply('counts', true, sources)).exit).toBe(3);
    });
  });

  describe('where a hub fails as a whole', () => {
    /** The double refuses to write people, in these words. */
    const refusing = (message: string): void => {
      const usual = kube.apply.bind(kube);
      kube.apply = (objects, manager) =>
        manager === 'glaciocloud-access'
          ? Promise.reject(new KubeFailure(message, { hint: '' }))
          : usual(objects, manager);
    };

    test.each<[AccessInputs['detail'], string, string]>([
      ['counts', 'secrets are forbidden', 'secrets are forbidden'],
      ['everybody', 'old-login is wrong', 'old-login is wrong'],
      ['counts', 'old-login is wrong', 'the cause names somebody: by hand, access apply shows it'],
    ])('its cause is told (%s: %s)', async (detail, message, told) => {
      refusing(message);
      const { exit, text, json } = await apply(detail, true);
      expect([exit, at(json, '/results/0/reason')]).toEqual([3, told]);
      expect(text).toContain(`one: the hub has not been seen to read it\none: ${told}\n`);
    });
  });

  test('names nobody where anybody may read along', async () => {
    const { text, json } = await apply('counts', false);
    expect(text).toContain('one: 1 not seen to be out\n');
    for (const word of ['old-login', 'canary', '7001', 'it starts'])
      expect(`${text}${JSON.stringify(json)}`).not.toContain(word);
  });
});
