import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { dayOf, daysAfter, includes, isOver } from '../../src/core/access/days.ts';
import { decideAccess } from '../../src/core/access/decide.ts';
import type { AccessPlan } from '../../src/core/access/decide.ts';
import { hasEnded } from '../../src/core/access/entry.ts';
import type { Entry } from '../../src/core/access/entry.ts';
import { peopleOf } from '../../src/core/access/people.ts';
import { teamKey } from '../../src/core/access/teams.ts';
import { readPlatform } from '../../src/core/model/platform.ts';
import { foreignWorkflow } from '../../src/core/init/workflow.ts';
import { githubDirectory } from '../../src/edges/github/directory.ts';
import { entry, facts, many, of, people, presentHub, wish } from '../support/access-facts.ts';
import { startGithubSim } from '../support/github-sim/server.ts';
import type { GithubSim } from '../support/github-sim/server.ts';
import type { User } from '../support/github-sim/state.ts';
import { ROOT } from '../support/sample.ts';
import { grantProblems, workflowProblems } from '../support/workflow-lint.ts';
import { textsWith } from '../support/written.ts';
import { fc } from '../support/property.ts';

/*
 * The 35 known pitfalls of giving access by GitHub, by number: what shows each of them. Names of tests are looked up, so
 * that none goes missing. Those that wait are about memberships of organisations, which nothing here writes: who enters a
 * hub stands in its file.
 */
type Shown = readonly [file: string, ...names: string[]];
interface Pitfall {
  what: string;
  shown: readonly Shown[];
}

const HERE = 'test/access/pitfalls.test.ts';
const REQUEST = 'test/github-sim/access-request.test.ts';
const COMMAND = 'test/core/access/request/decide-command.test.ts';
const FUZZ = 'test/core/access/request/fuzz.test.ts';
const DECIDE = 'test/core/access/decide.test.ts';
const PROPERTIES = 'test/core/access/plan-properties.test.ts';
const DOOR = 'test/hub/test_door.py';

const PITFALLS: Readonly<Record<number, Pitfall>> = {
  1: {
    what: 'headings smuggled into a text field',
    shown: [['test/core/access/request/body.test.ts', 'no other field changes']],
  },
  2: {
    what: 'expressions in scripts, outputs of steps too',
    shown: [[HERE, 'pitfall 2: no script holds an expression, and no trigger runs foreign code']],
  },
  3: {
    what: 'an issue that is edited before it is approved',
    shown: [[REQUEST, 'pitfall 3: edited before it is approved, it is shown anew first']],
  },
  4: {
    what: 'a comment that is edited into a command',
    shown: [
      [COMMAND, 'never from a comment that was edited'],
      [HERE, 'pitfall 4: edited comments start no workflow'],
    ],
  },
  5: {
    what: 'a forged mark of ours',
    shown: [[REQUEST, 'pitfall 5: what a stranger writes like us is not ours']],
  },
  6: {
    what: 'approving oneself, another class, without the right',
    shown: [
      [REQUEST, 'pitfall 6: outsiders, who asks, and another class’s lead approve nothing'],
      [COMMAND, 'an approver who asks decides nothing about it'],
      [FUZZ, 'only an approver lets anybody in'],
    ],
  },
  7: {
    what: 'author_association is trusted',
    shown: [[REQUEST, 'pitfall 7: what GitHub calls somebody decides nothing']],
  },
  8: { what: 'a label is the truth', shown: [[REQUEST, 'pitfall 8: a label decides nothing']] },
  9: {
    what: 'what only begins like a command',
    shown: [
      ['test/core/access/request/command.test.ts', 'nothing but a whole first line is a command'],
    ],
  },
  10: {
    what: 'a head that moved before the merge',
    shown: [[REQUEST, 'pitfall 10: a head that moved before the merge is not merged']],
  },
  11: {
    what: 'pull_request_target, and a fork’s artifacts',
    shown: [
      [HERE, 'pitfall 2: no script holds an expression, and no trigger runs foreign code'],
      [
        'test/edges/github-artifacts.test.ts',
        'however many forged artifacts there are, ours is found',
      ],
    ],
  },
  12: {
    what: 'a login that somebody else has now',
    shown: [
      [REQUEST, 'pitfall 12: a login that somebody else has now gives nothing'],
      [HERE, 'pitfall 12: who takes a login that was freed gets a name and a home of their own'],
      [DOOR, 'test_somebody_with_a_recycled_login_stays_out'],
    ],
  },
  13: {
    what: 'an account that was deleted',
    shown: [[HERE, 'pitfall 13: a deleted account goes, and everybody else stays']],
  },
  14: {
    what: 'letters of a login, of an organisation and of a team',
    shown: [[HERE, 'pitfall 14: small and capital letters are no difference']],
  },
  15: { what: 'waits: invitations that are sent again in each run', shown: [] },
  16: { what: 'waits: invitations that lapse or are declined', shown: [] },
  17: { what: 'waits: one member whom GitHub refuses to add', shown: [] },
  18: {
    what: 'a page that is cut off',
    shown: [
      ['test/edges/github-directory.test.ts', 'where a page is cut off', 'where pages do not end'],
      [DECIDE, 'a team that is not known keeps its people as they are'],
      [PROPERTIES, 'whom a team lets in that is not known in full, nobody is taken out'],
    ],
  },
  19: {
    what: 'a mistake takes everybody out',
    shown: [
      [
        DECIDE,
        'more are held, all of them, and it is said what lets them go',
        'nobody left is no empty file’s doing, but one person may be the last',
        'of a team, each person once over all hubs',
      ],
      [PROPERTIES, 'no more go than a mistake may take out, or than somebody wrote down'],
    ],
  },
  20: {
    what: 'a class of 200 ends on one day',
    shown: [[HERE, 'pitfall 20: 200 whose time is over all go, and no gate holds them']],
  },
  21: {
    what: 'owners shown as maintainers, members of child teams',
    shown: [[HERE, 'pitfall 21: neither an owner nor a member of a team below comes and goes']],
  },
  22: {
    what: 'protected people are taken out',
    shown: [
      [DECIDE, 'and who is protected, is left alone'],
      [PROPERTIES, 'nobody protected is taken out'],
    ],
  },
  23: {
    what: 'limits of GitHub, in each of their shapes',
    shown: [
      ['test/edges/github-client.test.ts', 'a limit that comes again and again, four times in all'],
      [HERE, 'pitfall 23: a limit of GraphQL is waited for, and another error is not'],
    ],
  },
  24: {
    what: 'a run that is cut off anywhere',
    shown: [
      [REQUEST, 'while it proposes or merges is finished by the next, and nothing is merged twice'],
      [
        'test/apply/access-kills.test.ts',
        'a run that was killed anywhere is finished by the next, and the one after it writes nothing',
      ],
    ],
  },
  25: {
    what: 'two runs at once',
    shown: [
      [HERE, 'pitfall 25: runs that write follow one another'],
      [
        'test/edges/names.test.ts',
        'that somebody else wrote meanwhile is not written over, and is read the next time',
      ],
    ],
  },
  26: {
    what: 'a plan writes',
    shown: [[HERE, 'pitfall 26: a plan asks with a token that may write nothing']],
  },
  27: { what: 'waits: more invitations than a day may have', shown: [] },
  28: {
    what: 'days, time zones and leap years',
    shown: [[HERE, 'pitfall 28: a last day ends with it, in UTC, wherever this runs']],
  },
  29: {
    what: 'what YAML makes of a login and a day',
    shown: [[HERE, 'pitfall 29: a login is read as it is written, or not at all: %s']],
  },
  30: {
    what: 'out of the file and still in the hub',
    shown: [
      [
        'test/apply/access.test.ts',
        'is put out after the hub has read the file, and its home’s claim is kept before',
      ],
      ['test/hub/test_people.py', 'test_somebody_with_servers_and_a_token_is_out_and_seen_to_be'],
      [DOOR, 'test_a_removed_person_is_out_at_once'],
    ],
  },
  31: {
    what: 'Markdown and mentions in our comment',
    shown: [
      [FUZZ, 'our comment repeats none of it', 'a reason stands in the pull request escaped'],
      ['test/core/access/request/answer.test.ts', 'says why, as plain text'],
    ],
  },
  32: {
    what: 'a bot that answers itself',
    shown: [[REQUEST, 'pitfall 32: what a bot writes is no command, and costs two questions']],
  },
  33: {
    what: 'a flood of issues, and huge ones',
    shown: [
      [
        REQUEST,
        'pitfall 33: a flood of issues by others costs no question more',
        'of somebody who asks twice',
      ],
      ['test/core/access/request/body.test.ts', 'as many characters as there may be'],
    ],
  },
  34: {
    what: 'people and tokens in what anybody may read',
    shown: [
      ['test/github-sim/access-canary.test.ts', 'a plan says numbers'],
      ['test/commands/access.test.ts', 'names nobody where anybody may read along'],
    ],
  },
  35: {
    what: 'the simulated GitHub is not like GitHub',
    shown: [
      [
        'test/github-sim/emulate.test.ts',
        'pitfall 35: ours and the other one differ where it is said, and nowhere else',
      ],
      ['test/github-sim/double.test.ts', 'an unknown route is loud'],
      ['test/github-sim/graphql.test.ts', '%s is refused'],
    ],
  },
};

describe('the list', () => {
  test('has all 35, and only what is about memberships waits', () => {
    expect(Object.keys(PITFALLS)).toEqual(Array.from({ length: 35 }, (_, index) => `${index + 1}`));
    const waiting = Object.entries(PITFALLS).filter(([, { shown }]) => shown.length === 0);
    expect(waiting.map(([number]) => number)).toEqual(['15', '16', '17', '27']);
    for (const [, { what }] of waiting) expect(what).toMatch(/^waits: /u);
  });

  const pointers = Object.entries(PITFALLS).flatMap(([number, { what, shown }]) =>
    shown.flatMap(([file, ...names]) => names.map((name) => ({ number, what, file, name }))),
  );
  test.each(pointers)('$number, $what: $file', async ({ file, name }) => {
    const text = await readFile(join(ROOT, file), 'utf8');
    const quoted = name.replaceAll(/[$()*+.?[\\\]^{|}]/gu, String.raw`\$&`);
    const call = file.endsWith('.py')
      ? new RegExp(`^def ${quoted}\\(`, 'mu')
      : new RegExp(`^ *(?:test(?:\\.each.*)?|\\]\\))\\(\\s*'${quoted}'`, 'mu');
    expect([file, name, call.test(text)]).toEqual([file, name, true]);
  });
});

let sim: GithubSim;
beforeEach(async () => {
  sim = await startGithubSim();
  const app = sim.state.addUser('access-app', 'Bot');
  sim.state.tokens.set('reads', { user: app, write: [], members: true });
});
afterEach(() => sim.close());

const TEAM = 'team:OGGM/users';

async function teams(wanted: readonly string[] = [TEAM]) {
  const settings = { api: sim.url, token: 'reads', owner: '', repo: '' };
  return (await githubDirectory(settings, 1).teams(wanted)).lists;
}

/** One hub that the team lets in, with these people in it. */
async function planOf(inside: readonly User[], book?: readonly [string, string][]) {
  const entries = inside.map(({ id, login }): [string, Entry] => [
    String(id),
    entry(login.toLowerCase(), { groups: [TEAM] }),
  ]);
  return decideAccess(
    facts({
      teams: await teams(),
      present: new Map([['science', presentHub(Object.fromEntries(entries))]]),
      book: new Map((book ?? []).map(([id, name]) => [id, { name, claims: {} }])),
    }),
  );
}

const steps = ({ hubs }: AccessPlan): string[] =>
  hubs.flatMap((hub) => hub.steps.map(({ kind, id, name }) => `${kind} ${id ?? '?'} ${name}`));

function threePeople(): [User, User, User] {
  return [sim.state.addUser('Ada'), sim.state.addUser('bob'), sim.state.addUser('eva')];
}

async function workflows(): Promise<{ file: string; text: string }[]> {
  const folder = join(ROOT, '.github');
  const all = await readdir(folder, { recursive: true });
  const files = all.filter((path) => /^(?:workflows|actions)\/.*\.yml$/u.test(path));
  const read = (path: string): Promise<string> => readFile(join(folder, path), 'utf8');
  return Promise.all(files.map(async (file) => ({ file, text: await read(file) })));
}

const COMMIT = 'c'.repeat(40);
const CHECKOUT = `actions/checkout@${COMMIT}`;

/** A workflow with one job, which has what it must have and this. */
const job = (text: string): string => `{permissions: {}, jobs: {a: {permissions: {}, ${text}}}}`;

describe('workflows', () => {
  test('pitfall 2: no script holds an expression, and no trigger runs foreign code', async () => {
    const pin = { repository: 'somebody/hub-tool', commit: 'c'.repeat(40) };
    const all = await workflows();
    expect(all.length).toBeGreaterThan(10);
    for (const { file, text } of all) {
      expect([file, workflowProblems(text)]).toEqual([file, []]);
      expect([file, workflowProblems(foreignWorkflow(text, pin))]).toEqual([file, []]);
    }
  });

  test.each([
    ['jobs: {a: {steps: [{run: "echo ${{ github.event.issue.title }}"}]}}', 'an expression in run'],
    ['jobs: {a: {steps: [{run: "echo ${{ steps.parse.outputs.json }}"}]}}', 'an expression in run'],
    [
      'jobs: {a: {steps: [{uses: x, with: {script: "f(`${{ needs.a.outputs.b }}`)"}}]}}',
      'an expression in script',
    ],
    ['runs: {steps: [{run: "${{ inputs.x }}"}]}', 'an expression in run'],
    ['on: {pull_request_target: {}}', 'pull_request_target'],
    ['on: [push, pull_request_target]', 'pull_request_target'],
    ['on: pull_request_target', 'pull_request_target'],
  ])('%s would be found', (text, problem) => {
    expect(workflowProblems(text)).toEqual([problem]);
  });

  test('nothing gets more than it needs: secrets go to single steps', async () => {
    const pin = { repository: 'somebody/hub-tool', commit: 'c'.repeat(40) };
    for (const { file, text } of await workflows()) {
      expect([file, grantProblems(text)]).toEqual([file, []]);
      expect([file, grantProblems(foreignWorkflow(text, pin))]).toEqual([file, []]);
    }
  });

  test.each([
    ['env: {A: "${{ secrets.A }}"}', ['a secret in env of the workflow']],
    ['env: {A: "${{ vars.A }}"}', []],
    ['jobs: {}', ['permissions of the workflow']],
    ['{permissions: read-all, jobs: {}}', ['permissions of the workflow']],
    ['{permissions: {contents: read}, jobs: {}}', ['permissions of the workflow']],
    [job('steps: []'), []],
    ['{permissions: {}, jobs: {a: {steps: []}}}', ['no permissions of the job a']],
    [
      '{permissions: {}, jobs: {a: {permissions: write-all, steps: []}}}',
      ['no permissions of the job a'],
    ],
    [job('env: {A: "${{ secrets.A }}"}'), ['a secret in env of the job a']],
    [job('env: {A: "${{ github.token }}"}'), ['a secret in env of the job a']],
    [job('env: {A: "${{ secrets[vars.B] }}"}'), ['a secret in env of the job a']],
    [job('env: {A: "${{ github[\'token\'] }}"}'), ['a secret in env of the job a']],
    [job('env: {A: "${{ toJSON(github) }}"}'), ['a secret in env of the job a']],
    [job('env: {A: "${{ vars.B || secrets.A }}"}'), ['a secret in env of the job a']],
    [job('container: {env: {A: "${{ secrets.A }}"}}'), ['a secret in env of the job a']],
    [job('services: {b: {env: {A: "${{ secrets.A }}"}}}'), ['a secret in env of the job a']],
    [job('env: {A: "${{ github.ref }}"}'), []],
    [job('outputs: {a: "${{ steps.app.outputs.token }}"}'), ['a secret in outputs of the job a']],
    [job('outputs: {a: "${{ steps.app.outputs.number }}"}'), []],
    [job('secrets: inherit'), ['all secrets for the job a']],
    [job(`steps: [{uses: ./, env: {A: "\${{ github.token }}"}}]`), []],
    [
      job('steps: [{uses: ./.github/actions/b, env: {A: "${{ github.token }}"}}]'),
      ['a secret in env of ./.github/actions/b'],
    ],
    [job('steps: [{uses: ./.github/actions/b, with: {a: "${{ github.token }}"}}]'), []],
    [job('steps: [{uses: a/b@v1}]'), ['not pinned: a/b@v1']],
    [job(`steps: [{uses: a/b/c@${COMMIT}}]`), []],
    ['runs: {steps: [{uses: a/b@main}]}', ['not pinned: a/b@main']],
    [job(`steps: [{uses: ${CHECKOUT}}]`), ['a checkout leaves its token behind']],
    [
      job(`steps: [{uses: ${CHECKOUT}, with: {persist-credentials: true}}]`),
      ['a checkout leaves its token behind'],
    ],
    [job(`steps: [{uses: ${CHECKOUT}, with: {persist-credentials: false}}]`), []],
    [
      `{permissions: {}, jobs: {a: {permissions: {contents: write}, steps: [{uses: ${CHECKOUT}}]}}}`,
      ['a checkout leaves its token behind'],
    ],
    [
      `{permissions: {}, jobs: {a: {permissions: {contents: write}, steps: [{uses: ${CHECKOUT}, with: {persist-credentials: true}}]}}}`,
      [],
    ],
  ])('%s gives as much', (text, problems) => {
    expect(grantProblems(text)).toEqual(problems);
  });

  test('pitfall 4: edited comments start no workflow', async () => {
    for (const { file, text } of await workflows()) {
      const { on } = load(text) as { on?: { issue_comment?: { types: string[] } } };
      const types = on?.issue_comment?.types;
      if (on?.issue_comment) expect([file, types]).toEqual([file, ['created']]);
    }
  });

  test('pitfall 25: runs that write follow one another', async () => {
    const all = new Map((await workflows()).map(({ file, text }) => [file, text]));
    const concurrency = (file: string, job?: string): unknown => {
      const workflow = load(all.get(`workflows/${file}`) ?? '') as {
        concurrency?: object;
        jobs: Record<string, { concurrency?: object }>;
      };
      return job === undefined ? workflow.concurrency : workflow.jobs[job]?.concurrency;
    };
    expect(concurrency('access.yml')).toEqual({ group: 'access', 'cancel-in-progress': false });
    expect(concurrency('request.yml', 'request')).toEqual({
      group: expect.stringMatching(/^request-\$\{\{ github\.event\.issue\.number \}\}/u),
      'cancel-in-progress': false,
    });
  });
});

describe('accounts', () => {
  test('pitfall 12: who takes a login that was freed gets a name and a home of their own', async () => {
    const [ada] = threePeople();
    const team = sim.state.addTeam('OGGM', 'users', [ada]);
    const book: [string, string][] = [[String(ada.id), 'ada']];
    sim.state.renameUser(ada, 'ada-lovelace');
    const other = sim.state.addUser('ada');
    const inside: User[] = [{ ...ada, login: 'ada' }];
    expect(steps(await planOf(inside, book))).toEqual([]);
    team.members.add(other.id);
    const plan = await planOf(inside, book);
    expect(steps(plan)).toEqual([`grant ${other.id} ada-${other.id}`]);
    expect(plan.hubs[0]?.entries.get(String(ada.id))?.name).toBe('ada');
  });

  test('pitfall 13: a deleted account goes, and everybody else stays', async () => {
    const inside = threePeople();
    sim.state.addTeam('OGGM', 'users', inside);
    sim.state.deleteUser(inside[1]);
    const plan = await planOf(inside);
    expect(steps(plan)).toEqual([`revoke ${inside[1].id} bob`]);
    expect([plan.held, plan.unknown]).toEqual([[], []]);
  });

  test('pitfall 14: small and capital letters are no difference', async () => {
    const [ada, bob] = threePeople();
    sim.state.addTeam('oggm', 'users', [ada]);
    expect([...(await teams(['team:OGGM/Users'])).keys()]).toEqual(['team:oggm/users']);
    expect(steps(await planOf([ada]))).toEqual([]);
    const plan = decideAccess(
      facts({
        wishes: [wish('science', { allow: ['tier:researcher'] })],
        people: people(
          { [ada.id]: [of('tier:researcher')], [bob.id]: [of('tier:researcher')] },
          {
            logins: new Map([
              [String(ada.id), 'Ice'],
              [String(bob.id), 'ICE'],
            ]),
          },
        ),
      }),
    );
    expect(steps(plan)).toEqual([`grant ${ada.id} ice`, `grant ${bob.id} ice-${bob.id}`]);
  });

  test('pitfall 21: neither an owner nor a member of a team below comes and goes', async () => {
    const inside = threePeople();
    const [ada, bob, eva] = inside;
    const above = sim.state.addTeam('OGGM', 'users', [ada, bob]);
    sim.state.addTeam('OGGM', 'model', [eva], 'users');
    sim.state.organizations.get('oggm')?.members.set(ada.id, 'admin');
    above.maintainers.add(bob.id);
    expect(steps(await planOf(inside))).toEqual([]);
    expect(steps(await planOf([]))).toHaveLength(3);
  });
});

test('pitfall 20: 200 whose time is over all go, and no gate holds them', () => {
  const ended = Object.entries(many(200, 'cohort:course')).map(([id, one]): [string, Entry] => [
    id,
    { ...one, until: '2026-11-23' },
  ]);
  const plan = decideAccess(
    facts({ present: new Map([['science', presentHub(Object.fromEntries(ended))]]) }),
  );
  expect([plan.held, plan.hubs[0]?.entries.size]).toEqual([[], 0]);
  expect(new Set(steps(plan).map((step) => step.split(' ')[0]))).toEqual(new Set(['expire']));
});

test('pitfall 23: a limit of GraphQL is waited for, and another error is not', async () => {
  sim.state.addTeam('OGGM', 'users', threePeople());
  const fail = (type: string, times: number): void => {
    const body = { errors: [{ type, message: 'no' }] };
    const answer = { status: 200, body, headers: { 'x-ratelimit-reset': '1' } };
    sim.faults.push({ method: 'POST', path: /graphql$/u, times, answer });
  };
  fail('RATE_LIMITED', 1);
  expect((await teams()).get(teamKey(TEAM))).toMatchObject({ kind: 'complete' });
  expect(sim.log).toHaveLength(2);
  fail('FORBIDDEN', 1);
  expect((await teams()).get(teamKey(TEAM))).toMatchObject({ kind: 'unknown' });
  expect(sim.log).toHaveLength(3);
});

test('pitfall 26: a plan asks with a token that may write nothing', async () => {
  const inside = threePeople();
  sim.state.addTeam('OGGM', 'users', inside.slice(1));
  expect(steps(await planOf(inside))).toHaveLength(1);
  expect(sim.log.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
    'POST /graphql 200',
  ]);
  expect(sim.log.map(({ body }) => String(body['query'])).join('')).not.toMatch(/\bmutation\b/u);
});

describe('files', () => {
  const DAY = 86_400_000;
  const zones = ['UTC', 'Pacific/Kiritimati', 'America/St_Johns', 'Europe/Berlin'];
  const before = process.env['TZ'];
  afterEach(() => {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  });

  test('pitfall 28: a last day ends with it, in UTC, wherever this runs', () => {
    const around = fc.record({
      day: fc
        .oneof(
          fc.integer({ min: 0, max: 1500 }),
          fc.constantFrom(4, 95, 124, 340, 460), // 28 and 29 February, clocks that change
        )
        .map((days) => daysAfter('2026-11-24', days)),
      off: fc.oneof(
        fc.constantFrom(-1, 0, DAY - 1, DAY, 2 * DAY),
        fc.integer({ min: -2 * DAY, max: 2 * DAY }),
      ),
      zone: fc.constantFrom(...zones),
    });
    fc.assert(
      fc.property(around, ({ day, off, zone }) => {
        process.env['TZ'] = zone;
        const now = Date.parse(`${day}T00:00:00Z`) + off;
        const over = off >= DAY;
        expect(hasEnded({ until: day }, now)).toBe(over);
        expect(isOver({ until: day, from: undefined }, dayOf(now))).toBe(over);
        expect(includes({ from: undefined, until: day }, dayOf(now))).toBe(!over);
        expect(includes({ from: day, until: undefined }, dayOf(now))).toBe(off >= 0);
        expect(daysAfter(daysAfter(day, 1), -1)).toBe(day);
      }),
    );
  });

  const GOOD = { tier: 'researcher', until: '2027-01-31' };
  const member = (lines: string) => {
    const texts = new Map([...textsWith({}), ['access/members/7.yaml', lines]]);
    const files = [...texts].map(([path, text]) => [path, { kind: 'text', text }] as const);
    const { platform, findings } = readPlatform(new Map(files));
    if (!platform) throw new Error(JSON.stringify(findings));
    const { unreadable } = peopleOf(platform, findings, '2026-11-24');
    return platform.members.get('7')?.data ?? [...unreadable.ids];
  };
  const REST = 'tier: researcher\nuntil: "2027-01-31"\n';

  test.each<[string, object]>([
    ['login: no', { id: 7, login: 'no', ...GOOD }],
    ['login: on', { id: 7, login: 'on', ...GOOD }],
    ['login: "1e3"', { id: 7, login: '1e3', ...GOOD }],
    ['login: "0x4A6F"', { id: 7, login: '0x4A6F', ...GOOD }],
    ['login: 2027-01-31', { id: 7, login: '2027-01-31', ...GOOD }],
    ['login: 1e3', ['7']],
    ['login: 0x4A6F', ['7']],
    ['login: null', ['7']],
    ['login: ~', ['7']],
    ['login: __proto__', ['7']],
    ['login: .inf', ['7']],
    ['login: 1_000', ['7']],
    ['login: &a ada', ['7']],
    ['login: *a', ['7']],
    ['login: !!js/function x', ['7']],
    ['login: [ada]', ['7']],
    ['id: 8', ['7']],
    ['<<: {login: ada}', ['7']],
    ['__proto__: {login: ada}', ['7']],
  ])('pitfall 29: a login is read as it is written, or not at all: %s', (line, read) => {
    expect(member(`id: 7\n${line}\n${REST}`)).toEqual(read);
  });

  test.each(['2027-01-31', '"2027-01-31"', "'2027-01-31'"])('a day is a text: %s', (day) => {
    expect(member(`id: 7\ntier: researcher\nuntil: ${day}\n`)).toEqual({ id: 7, ...GOOD });
  });
});
