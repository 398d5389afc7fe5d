import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { accessNotices } from '../../src/commands/access-notices.ts';
import { githubRequestDesk } from '../../src/edges/github/requests.ts';
import type { Outcome } from '../../src/outcome.ts';
import { githubStage } from '../support/github-sim/stage.ts';
import type { GithubStage } from '../support/github-sim/stage.ts';
import { temporary } from '../support/sample.ts';
import { textsWith } from '../support/written.ts';

/* Nights of people whose access ends, by our real client on a simulated GitHub; the clock is a number. */
let stage: GithubStage;
let folder: Awaited<ReturnType<typeof temporary>>;
beforeEach(async () => {
  stage = await githubStage();
  folder = await temporary();
});
afterEach(async () => {
  await stage.sim.close();
  await folder.remove();
});

async function write(name: string, texts: ReadonlyMap<string, string>): Promise<string> {
  const root = join(folder.path, name);
  for (const [path, text] of texts) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

const tiers = { researcher: { until: '180d' } };
const member = (id: number, request: number) => ({
  id,
  tier: 'researcher',
  until: '2026-12-31',
  request,
});
const desk = () =>
  githubRequestDesk({ api: stage.sim.url, token: 'bot', owner: 'example', repo: 'hubs' }, 1);

test('people hear of the end twice, and then their issue is closed', async () => {
  const issue = stage.issue({ user: stage.stranger });
  const closed = stage.issue({ user: stage.stranger, state: 'closed' });
  const root = await write(
    'platform',
    textsWith({
      'platform.yaml': { tiers },
      [`access/members/${stage.stranger.id}.yaml`]: member(stage.stranger.id, issue.number),
      'access/members/8.yaml': member(8, closed.number),
      'access/members/9.yaml': member(9, stage.pull().number),
    }),
  );
  const night = async (month: number, day: number): Promise<unknown> => {
    const now = Date.UTC(2026, month - 1, day, 5, 27);
    const { text, json }: Outcome = await accessNotices({ root, people: undefined, now }, desk());
    expect(text).toMatch(/^\d end soon, \d have ended\n$/u);
    return json;
  };
  const said = () => issue.comments.map(({ body }) => body.split('\n')[0]);
  const none = { schema_version: 1, soon: 0, ended: 0 };

  expect(await night(12, 16)).toEqual(none);
  expect(await night(12, 17)).toEqual({ ...none, soon: 1 });
  expect(await night(12, 18)).toEqual({ ...none, soon: 1 });
  expect(said()).toEqual(['<!-- glaciocloud-notice 2026-12-31 14 -->']);
  await night(12, 29);
  await night(12, 31);
  expect(said()).toHaveLength(2);
  expect([issue.state, issue.locked]).toEqual(['open', undefined]);
  const later = Date.UTC(2027, 0, 1, 5);
  expect(await accessNotices({ root, people: undefined, now: later }, desk())).toMatchObject({
    exit: 0,
    text: '0 end soon, 1 have ended\n',
  });
  expect(said()[2]).toBe('<!-- glaciocloud-request expired -->');
  expect([issue.state, issue.locked]).toEqual(['closed', true]);
  expect([closed.comments, stage.repository.issues.get(3)?.comments]).toEqual([[], []]);
});

test('of people’s files elsewhere', async () => {
  const issue = stage.issue({ user: stage.stranger });
  const settings = { tiers, access: { repository: 'example/access' } };
  const root = await write('platform', textsWith({ 'platform.yaml': settings }));
  const { id } = stage.stranger;
  const text = `id: ${id}\ntier: researcher\nuntil: "2026-12-31"\nrequest: ${issue.number}\n`;
  const people = await write('people', new Map([[`members/${id}.yaml`, text]]));
  const now = Date.UTC(2026, 11, 30);
  expect(await accessNotices({ root, people, now }, desk())).toMatchObject({
    text: '1 end soon, 0 have ended\n',
  });
  await expect(accessNotices({ root, people: undefined, now }, desk())).rejects.toThrow(
    'people’s files are elsewhere, and --people is not given',
  );
});

test('an issue that is gone, moved or somebody else’s keeps nobody else from hearing it', async () => {
  const [gone, moved, another, mine] = [1, 2, 3, 4].map(() =>
    stage.issue({ user: stage.stranger }),
  );
  if (!gone || !moved || !another || !mine) throw new Error('there are four');
  stage.repository.issues.delete(gone.number);
  const elsewhere = { ...moved, number: 77, created_at: '2026-01-01T00:00:00Z' };
  stage.answerOnce('GET', new RegExp(`/issues/${moved.number}$`, 'u'), {
    status: 200,
    body: { ...elsewhere, user: { id: stage.stranger.id, login: 'x', type: 'User' } },
  });
  const files = [gone, moved, another, mine].map(({ number }, index) => {
    const id = number === another.number ? 1 : stage.stranger.id;
    const text = `id: ${id}\ntier: researcher\nuntil: "2026-12-31"\nrequest: ${number}\n`;
    return [`access/members/${index + 1}.yaml`, text] as const;
  });
  const root = await write(
    'platform',
    new Map([...textsWith({ 'platform.yaml': { tiers } }), ...files]),
  );
  const now = Date.UTC(2027, 0, 1);
  expect(await accessNotices({ root, people: undefined, now }, desk())).toMatchObject({
    exit: 0,
    text: '0 end soon, 1 have ended\n',
  });
  expect([moved, another, mine].map(({ state }) => state)).toEqual(['open', 'open', 'closed']);
});

test('a platform that cannot be read is refused', async () => {
  const texts = {
    'platform.yaml': 'nothing: true\n',
    'access/members/7001.yaml': 'login: a canary\n',
  };
  const root = await write('platform', new Map(Object.entries(texts)));
  const outcome = await accessNotices({ root, people: undefined, now: 0 }, desk());
  expect(outcome.exit).toBe(2);
  expect(outcome.text).toContain('platform.yaml:1');
  expect(JSON.stringify(outcome)).not.toMatch(/7001|canary/u);
});
