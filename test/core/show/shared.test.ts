import { expect, test } from '@jest/globals';
import type { ShownStep } from '../../../src/core/plan/family.ts';
import { groupEqual } from '../../../src/core/show/groups.ts';
import { planHtml } from '../../../src/core/show/plan-html.ts';
import { planMarkdown } from '../../../src/core/show/plan-markdown.ts';
import { planText } from '../../../src/core/show/plan-text.ts';
import { tellOnce } from '../../../src/core/show/shared.ts';
import { NO_FRAME, aPlan, aStep } from '../../support/shown.ts';

const image = (name: string) => ({ code: 'image', text: `image ${name} 1 → 2` });
const gets = (name: string) => ({ code: 'image', text: `new servers get ${name}`, risk: 2 });
const idle = { code: 'idle', text: 'idle servers stop', risk: 3 };
const moved = (id: string, names: string[], own: string[]): ShownStep =>
  aStep({
    id,
    title: id,
    shape: id,
    reasons: [...names.map(image), ...own.map((text) => ({ code: 'field', text }))],
    summary: 'summary',
    effects: [...(own.length > 0 ? [idle] : []), ...names.map(gets)],
  });

test('an image that moves in hubs with other changes is told once, the widest first', () => {
  const steps = [
    moved('a', ['y', 'x'], ['own']),
    moved('b', ['x'], []),
    moved('c', ['x', 'y'], []),
  ];
  const { shared, told } = tellOnce(groupEqual(steps));
  expect(
    shared.map(({ steps: all, reason, effects }) => [all.length, reason.text, effects]),
  ).toEqual([
    [3, 'image x 1 → 2', 'new servers get x'],
    [2, 'image y 1 → 2', 'new servers get y'],
  ]);
  expect(told.map(({ summary, effects }) => [summary, effects])).toEqual([
    ['own', 'idle servers stop'],
    ['as above', 'as above'],
    ['as above', 'as above'],
  ]);
  const comment = planMarkdown(aPlan({ steps }), NO_FRAME);
  expect(comment).toContain(
    '| ~ | in 3 hubs: a, b, c | image x 1 → 2 | new servers get x |\n| ~ | in 2 hubs: a, c | image y',
  );
  expect(planText(aPlan({ steps }), NO_FRAME)).toContain(
    '[~] in 3 hubs: a, b, c\n    users notice: new servers get x\n    image x 1 → 2\n',
  );
});

test('what one group has alone stays with it, and an effect that is not told for all', () => {
  const other = aStep({
    id: 'd',
    shape: 'd',
    reasons: [{ code: 'image', text: 'image x 3 → 2' }],
    effects: [gets('x')],
  });
  const { shared, told } = tellOnce(
    groupEqual([moved('a', ['x'], []), moved('b', ['x'], []), other]),
  );
  expect(shared).toHaveLength(1);
  expect(told[2]).toMatchObject({ summary: 'a 1 → 2', effects: 'new servers get x' });
  const elsewhere = { ...moved('b', ['x'], []), family: 'other' };
  expect(tellOnce(groupEqual([moved('a', ['x'], []), elsewhere])).shared).toEqual([]);
  const equal = { ...moved('b', ['x'], []), shape: 'a' };
  expect(tellOnce(groupEqual([moved('a', ['x'], []), equal])).shared).toEqual([]);
});

test('a hub that goes stands before an image that moves in many, in every view', () => {
  const steps = [
    { ...moved('a', ['x'], ['own']), risk: 3 },
    aStep({ id: 'gone', title: 'gone', shape: 'gone', marker: '−', risk: 11, diff: undefined }),
    { ...moved('b', ['x'], []), risk: 2 },
    aStep({ id: 'new', title: 'new', shape: 'new', marker: '+', risk: 0 }),
  ];
  const plan = aPlan({ steps });
  const lines = planText(plan, NO_FRAME).split('\n');
  expect(lines.filter((line) => line.startsWith('['))).toEqual([
    '[−] gone  wave 2, production',
    '[~] in 2 hubs: a, b',
    '[~] a  wave 2, production',
    '[~] b  wave 2, production',
    '[+] new  wave 2, production',
  ]);
  const cells = planMarkdown(plan, NO_FRAME).matchAll(/^\| . \| ([^|]*) \|/gmu);
  expect([...cells].map(([, where]) => where)).toEqual([
    'gone (wave 2, production)',
    'in 2 hubs: a, b',
    'a (wave 2, production)',
    'b (wave 2, production)',
    'new (wave 2, production)',
  ]);
  const page = planHtml(plan, NO_FRAME);
  const places = [...page.matchAll(/class="where">(?:<a href="#(.*?)">)?([^<(]*)/gu)];
  expect(places.map(([, to = '', title = '']) => [to, title.trim()])).toEqual([
    ['change-1', 'gone'],
    ['', 'in 2 hubs: a, b'],
    ['change-2', 'a'],
    ['change-3', 'b'],
    ['change-4', 'new'],
  ]);
  const sections = [...page.matchAll(/<section id="(.*?)">\n<h2>. (\S+)/gu)];
  expect(sections.map(([, id, title]) => [id, title])).toEqual([
    ['change-1', 'gone'],
    ['change-2', 'a'],
    ['change-3', 'b'],
    ['change-4', 'new'],
  ]);
});
