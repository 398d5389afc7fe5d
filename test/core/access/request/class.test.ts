import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { answerText } from '../../../../src/core/access/request/answer.ts';
import { olderRequest, readBody } from '../../../../src/core/access/request/body.ts';
import { cohortText } from '../../../../src/core/access/request/change.ts';
import { classHubs } from '../../../../src/core/access/request/class-form.ts';
import { decideRequest } from '../../../../src/core/access/request/decide.ts';
import { formTexts } from '../../../../src/core/access/request/forms.ts';
import { isPlain } from '../../../../src/core/access/request/plain.ts';
import { readPlatform } from '../../../../src/core/model/platform.ts';
import { accessBody, classBody, requestPlatform } from '../../../support/request-body.ts';
import type { ClassFields } from '../../../support/request-body.ts';
import { APPROVER, ASKER, DAY, LEAD, NOON, comment } from '../../../support/request-facts.ts';
import { issue, pull, requestFacts } from '../../../support/request-facts.ts';
import { HUB, textsWith } from '../../../support/written.ts';
import type { Written } from '../../../support/written.ts';
import { fc } from '../../../support/property.ts';

const FORM = '.github/ISSUE_TEMPLATE/class.yml';
const FILE = 'access/cohorts/ice-27.yaml';
const TEXT = `# On the hub hub, with the image science.
title: "Ice, 2027"
leads:
  - 7
tier: "student"
from: "2027-01-10"
until: "2027-02-28"
capacity: 60
request: 12
members: []
`;
const ASKED = {
  kind: 'class',
  slug: 'ice-27',
  title: 'Ice, 2027',
  hub: 'hub',
  tier: 'student',
  image: 'science',
  from: '2027-01-10',
  until: '2027-02-28',
  people: 60,
} as const;

const platform = requestPlatform();
const read = (given: Partial<ClassFields>) => readBody(classBody(given), platform);

describe('the form for a class', () => {
  interface Field {
    type: string;
    attributes: { label?: string; value?: string; options?: unknown[] };
    validations?: { required: boolean };
  }
  const form = load(formTexts(platform).get(FORM) ?? '') as { body: Field[] };

  test('asks for these fields in this order, and for no member', () => {
    const fields = form.body.map(({ type, attributes, validations }) => [
      type,
      attributes.label,
      validations?.required,
    ]);
    expect(fields).toEqual([
      ['markdown', undefined, undefined],
      ['input', 'Short name of the class', true],
      ['input', 'Name of the class', true],
      ['dropdown', 'Hub', true],
      ['dropdown', 'Kind of access', true],
      ['dropdown', 'Image', true],
      ['input', 'First day', true],
      ['input', 'Last day', true],
      ['input', 'How many people', true],
      ['checkboxes', 'Rules', undefined],
      ['textarea', 'What the class is about', true],
    ]);
    expect(form.body[0]?.attributes.value).toMatch(/^This issue is public for ever: /u);
  });

  test('offers hubs that a tier opens, their tiers and images, each once', () => {
    const second = {
      ...(load(textsWith({}).get(HUB) ?? '') as object),
      url: 'https://b.example.org',
    };
    const written: Written = {
      'environments/b.yaml': { ...second, access: { allow: ['tier:student'], admins: [] } },
      'environments/c.yaml': {
        ...second,
        url: 'https://c.example.org',
        access: { allow: ['user:1'], admins: [] },
      },
    };
    const two = requestPlatform(written);
    expect(classHubs(two)).toEqual([
      { name: 'b', title: 'Hub', tiers: ['student'], images: ['science'] },
      { name: 'hub', title: 'Hub', tiers: ['researcher', 'student'], images: ['science'] },
    ]);
    const { body } = load(formTexts(two).get(FORM) ?? '') as { body: Field[] };
    const options = [3, 4, 5].map((index) => body[index]?.attributes.options);
    expect(options).toEqual([['b', 'hub'], ['student', 'researcher'], ['science']]);
    expect(readBody(classBody({ hub: 'b', tier: 'researcher' }), two)).toMatchObject({
      message: '“Kind of access” is not what the form offers',
    });
  });
});

describe('the body of a request for a class', () => {
  test.each<[string, Partial<ClassFields>, object]>([
    ['as it is', {}, {}],
    ['of one day', { from: '2027-02-28' }, { from: '2027-02-28' }],
    ['as long as the tier allows', { from: '2026-10-31' }, { from: '2026-10-31' }],
    ['for one', { people: '1' }, { people: 1 }],
    ['for a thousand', { people: '1000' }, { people: 1000 }],
    ['of a long name', { title: '🧊'.repeat(80) }, { title: '🧊'.repeat(80) }],
    ['with headings of other forms', { about: '### For how long\n\n1 week' }, {}],
  ])('%s', (_name, given, more) => {
    expect(read(given)).toEqual({ kind: 'read', asked: { ...ASKED, ...more } });
  });

  test.each<[keyof ClassFields, string, string]>([
    ['slug', 'Ice', 'Short name of the class'],
    ['slug', '../x', 'Short name of the class'],
    ['slug', 'a'.repeat(33), 'Short name of the class'],
    ['slug', '_No response_', 'Short name of the class'],
    ['title', '', 'Name of the class'],
    ['title', '_No response_', 'Name of the class'],
    ['title', 'a\nb', 'Name of the class'],
    ['title', 'a\tb', 'Name of the class'],
    ['title', '🧊'.repeat(81), 'Name of the class'],
    ['hub', 'other', 'Hub'],
    ['hub', '', 'Hub'],
    ['tier', 'admin', 'Kind of access'],
    ['image', 'other', 'Image'],
    ['from', '10 January', 'First day'],
    ['from', '2027-02-29', 'First day'],
    ['from', '2027-1-10', 'First day'],
    ['until', '2027-02-30', 'Last day'],
    ['until', 'ever', 'Last day'],
    ['until', '2027-01-09', 'Last day'],
    ['until', '2027-05-11', 'Last day'],
    ['people', '0', 'How many people'],
    ['people', '1001', 'How many people'],
    ['people', '10000', 'How many people'],
    ['people', '6e1', 'How many people'],
    ['people', '-1', 'How many people'],
    ['rules', '- [ ] no', 'Rules'],
  ])('%s %j is refused', (field, value, label) => {
    expect(read({ [field]: value })).toEqual({
      kind: 'wrong',
      code: 'choice',
      message: `“${label}” is not what the form offers`,
    });
  });

  test.each([
    ['a second field in the text', { about: 'x\n\n### How many people\n\n900' }],
    ['no text', { about: '_No response_' }],
  ])('%s is refused as edited', (_name, given) => {
    expect(read(given)).toMatchObject({ kind: 'wrong', code: 'edited' });
  });
});

test('whatever is written into the fields, it is read as what the form gives or not at all', () => {
  const odd = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom(
      '9999-12-31',
      '0000-01-01',
      '2027-13-01',
      '__proto__',
      '### Hub',
      '\n\n',
      '../x',
    ),
    fc.constantFrom(...Object.values(ASKED).map(String)),
  );
  const names = ['slug', 'title', 'hub', 'tier', 'image', 'from', 'until', 'people'] as const;
  const given = fc.record(Object.fromEntries(names.map((name) => [name, odd])), {
    requiredKeys: [],
  });
  fc.assert(
    fc.property(given, (fields) => {
      const reading = read(fields);
      if (reading.kind !== 'read' || reading.asked.kind !== 'class') return;
      const { slug, from, until, people } = reading.asked;
      expect(slug).toMatch(/^[a-z][a-z0-9-]{0,31}$/u);
      expect([from <= until, people > 0, people <= 1000]).toEqual([true, true, true]);
      expect(reading.asked).toMatchObject({ hub: 'hub', image: 'science' });
    }),
    { numRuns: Number(process.env['REQUEST_FUZZ_RUNS'] ?? 500) },
  );
});

test('somebody may ask for several classes, and for access beside them', () => {
  const open = [{ number: 1, body: classBody() }];
  expect(olderRequest({ number: 2, body: classBody() }, open)).toBeUndefined();
  expect(olderRequest({ number: 2, body: accessBody() }, open)).toBeUndefined();
});

test('a class’s file reads as what was asked for, whatever its name', () => {
  expect(cohortText(ASKED, 7, 12)).toBe(TEXT);
  const title = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter(isPlain);
  fc.assert(
    fc.property(
      fc.oneof(title, fc.constantFrom('no', '"', '# x', "'", '\\', '{a: 1}', '---', '\u{FEFF}a')),
      (name) => {
        fc.pre(!/[\n\t]/u.test(name));
        const text = cohortText({ ...ASKED, title: name }, 7, 12);
        const files = new Map([...textsWith({}), [FILE, text]]);
        const texts = [...files].map(([path, one]) => [path, { kind: 'text', text: one }] as const);
        const cohort = readPlatform(new Map(texts)).platform?.cohorts.get('ice-27');
        expect(cohort?.data).toMatchObject({ title: name, leads: [7], capacity: 60, members: [] });
      },
    ),
  );
});

/** The class as it is once its pull request is merged, with members. */
const MERGED: Written = { [FILE]: { ...(load(TEXT) as object), members: [5, 6] } };
const facts = (more: Parameters<typeof requestFacts>[0] = {}, people: Written = {}) =>
  requestFacts({ issue: issue({ body: classBody() }), ...more }, people);
const approve = (more: Parameters<typeof comment>[1] = {}) => comment('/approve', more);

describe('a request for a class', () => {
  test('becomes one file', () => {
    expect(decideRequest(facts())).toEqual({
      state: 'needs-review',
      command: undefined,
      refused: undefined,
      effect: { kind: 'propose', change: { path: FILE, text: TEXT } },
      until: '2027-02-28',
      cohort: 'ice-27',
    });
  });

  test('that is approved is merged, and the issue stays open', () => {
    const shown = pull({ [FILE]: TEXT });
    expect(decideRequest(facts({ comment: approve(), pull: shown }))).toEqual({
      state: 'active',
      command: 'approve',
      refused: undefined,
      effect: {
        kind: 'merge',
        change: { path: FILE, text: TEXT },
        by: APPROVER.id,
        ends: false,
      },
      until: '2027-02-28',
      cohort: 'ice-27',
    });
  });

  test('is not merged where the issue asks for more than what was looked at', () => {
    const shown = pull({ [FILE]: TEXT.replace('60', '20') });
    expect(decideRequest(facts({ comment: approve(), pull: shown }))).toMatchObject({
      state: 'needs-review',
      refused: { code: 'changed' },
      effect: { kind: 'propose', change: { path: FILE, text: TEXT } },
    });
  });

  test.each([
    ['who asks', ASKER, 'own-request'],
    ['a lead of another class', LEAD, 'not-approver'],
  ])('is not approved by %s', (_name, author, code) => {
    const shown = pull({ [FILE]: TEXT });
    expect(decideRequest(facts({ comment: approve({ author }), pull: shown }))).toMatchObject({
      refused: { code },
      effect: { kind: 'none' },
    });
  });

  test.each<[string, Written]>([
    ['another class', { [FILE]: { ...(load(TEXT) as object), request: 11 } }],
    [
      'a class that no issue has brought',
      { [FILE]: { ...(load(TEXT) as object), request: undefined } },
    ],
    [
      'what a hub says of its administrators',
      { [HUB]: { access: { allow: ['tier:student'], admins: ['cohort:ice-27'] } } },
    ],
  ])('does not take the name of %s', (_name, people) => {
    const given = facts({}, people);
    expect(decideRequest(given)).toMatchObject({
      state: 'invalid',
      refused: {
        code: 'class-name',
        reason: 'there is a class of that short name: write another one',
      },
      effect: { kind: 'none' },
    });
  });

  test('does not take the name of a class that cannot be read', () => {
    const given = facts();
    const names = new Map([...given.platform.names, ['cohort', new Set(['ice-27'])] as const]);
    const broken = { ...given, platform: { ...given.platform, names } };
    expect(decideRequest(broken).refused?.code).toBe('class-name');
  });

  test.each([
    [7 * DAY, undefined],
    [7 * DAY - 1, 'young-account'],
  ])('of an account of %i ms', (age, code) => {
    expect(decideRequest(facts({ accountSince: NOON - age })).refused?.code).toBe(code);
  });

  test('is active while the class lasts, whoever has come into it', () => {
    expect(decideRequest(facts({}, MERGED))).toMatchObject({
      state: 'active',
      until: '2027-02-28',
      effect: { kind: 'none' },
    });
  });

  test.each([
    ['2027-02-28T23:59Z', 'active', undefined],
    ['2027-03-01T00:00Z', 'invalid', 'over'],
  ])('at %s it is %s', (time, state, code) => {
    const result = decideRequest(facts({ now: Date.parse(time) }, MERGED));
    expect([result.state, result.refused?.code]).toEqual([state, code]);
  });

  test('that is approved once more is applied once more', () => {
    expect(decideRequest(facts({ comment: approve() }, MERGED))).toMatchObject({
      state: 'active',
      effect: { kind: 'apply', ends: false },
    });
  });

  test('an approver takes the class away', () => {
    expect(decideRequest(facts({ comment: comment('/revoke over') }, MERGED))).toMatchObject({
      state: 'revoked',
      effect: { kind: 'merge', change: { path: FILE, text: null }, ends: true },
    });
  });

  test.each([
    ['/renew', ASKER, 'there is no access that could be renewed'],
    ['/extend 2027-03-28', APPROVER, 'there is no access that could be extended'],
    ['/withdraw', ASKER, 'access has begun: an approver can end it with /revoke'],
  ])('%s does nothing to it', (body, author, reason) => {
    expect(decideRequest(facts({ comment: comment(body, { author }) }, MERGED))).toMatchObject({
      state: 'active',
      refused: { reason },
      effect: { kind: 'none' },
    });
  });

  test('its answer says how members come in', () => {
    const text = answerText(decideRequest(facts({}, MERGED)), 'active', { page: undefined });
    expect(text).toContain('`glaciocloud access class ice-27 --logins FILE`');
    expect(text).toContain('`issues/new?template=access.yml&cohort=ice-27`');
    expect(text).toContain('Approvers write /revoke WHY, which takes the class away.');
    expect(text).not.toContain('/renew');
    const before = answerText(decideRequest(facts()), 'needs-review', { page: undefined });
    expect(before).not.toContain('glaciocloud access class');
    expect(before).toContain('Approvers write /approve');
  });
});
