import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { choicesOf, daysOf, formTexts } from '../../../../src/core/access/request/forms.ts';
import { HUB, platformWith, textsWith } from '../../../support/written.ts';

const ACCESS = '.github/ISSUE_TEMPLATE/access.yml';
const RENEW = '.github/ISSUE_TEMPLATE/renew.yml';

const withTiers = (tiers: Record<string, { until: string }>, allow: string[]) =>
  platformWith({ 'platform.yaml': { tiers }, [HUB]: { access: { allow, admins: [] } } });
const hubKeys = load(textsWith({}).get(HUB) ?? '') as Record<string, unknown>;
const both = { researcher: { until: '180d' }, student: { until: '120d' } };

describe('what may be chosen', () => {
  test('tiers that a hub lets in, with what they open', () => {
    expect(choicesOf(withTiers(both, ['tier:student', 'user:1']))).toEqual({
      tiers: [{ name: 'student', days: 120, hubs: ['Hub'] }],
      times: ['1 week', '1 month', '3 months'],
    });
  });

  test('of several hubs the titles in order', () => {
    const allow = ['tier:student'];
    const platform = platformWith({
      'platform.yaml': { tiers: both },
      [HUB]: { access: { allow, admins: [] } },
      'environments/a.yaml': {
        ...hubKeys,
        title: 'A hub',
        url: 'https://a.example.org',
        access: { allow, admins: [] },
      },
    });
    expect(choicesOf(platform).tiers).toEqual([
      { name: 'student', days: 120, hubs: ['A hub', 'Hub'] },
    ]);
  });

  test.each([
    ['6d', ['1 week']],
    ['7d', ['1 week']],
    ['29d', ['1 week']],
    ['30d', ['1 week', '1 month']],
    ['89d', ['1 week', '1 month']],
    ['90d', ['1 week', '1 month', '3 months']],
    ['180d', ['1 week', '1 month', '3 months', '6 months']],
    ['364d', ['1 week', '1 month', '3 months', '6 months']],
    ['365d', ['1 week', '1 month', '3 months', '6 months', '1 year']],
  ])('times of a tier of %s', (until, times) => {
    expect(choicesOf(withTiers({ researcher: { until } }, ['tier:researcher'])).times).toEqual(
      times,
    );
  });

  test.each([
    ['1 week', 7],
    ['1 month', 30],
    ['3 months', 90],
    ['6 months', 180],
    ['1 year', 365],
    ['2 years', undefined],
  ])('%s are %s days', (time, days) => {
    expect(daysOf(time)).toBe(days);
  });

  test('where no tier opens a hub there is no form', () => {
    expect(formTexts(withTiers(both, ['user:1']))).toEqual(new Map());
    expect(formTexts(withTiers({}, ['user:1']))).toEqual(new Map());
  });
});

interface Field {
  type: string;
  id?: string;
  attributes: { label?: string; value?: string; options?: unknown[] };
  validations?: { required: boolean };
}
const fieldsOf = (path: string): Field[] => {
  const text = formTexts(withTiers(both, ['tier:student'])).get(path);
  return (load(text ?? '') as { body: Field[] }).body;
};

describe('the forms', () => {
  test('ask for these fields in this order, free text last, and for no login', () => {
    const shown = (path: string) =>
      fieldsOf(path).map(({ type, id, attributes, validations }) => [
        type,
        id,
        attributes.label,
        validations?.required,
      ]);
    expect(shown(ACCESS)).toEqual([
      ['markdown', undefined, undefined, undefined],
      ['dropdown', 'tier', 'Kind of access', true],
      ['dropdown', 'time', 'For how long', true],
      ['input', 'cohort', 'Class or workshop', undefined],
      ['checkboxes', 'rules', 'Rules', undefined],
      ['textarea', 'reason', 'What for', true],
    ]);
    expect(shown(RENEW)).toEqual([
      ['markdown', undefined, undefined, undefined],
      ['dropdown', 'more', 'For how much longer', true],
      ['checkboxes', 'rules', 'Rules', undefined],
      ['textarea', 'why', 'What for, still', true],
    ]);
  });

  test('offer what may be chosen, and the rules have to be accepted', () => {
    expect(fieldsOf(ACCESS)[1]?.attributes.options).toEqual(['student']);
    const times = ['1 week', '1 month', '3 months'];
    expect(fieldsOf(ACCESS)[2]?.attributes.options).toEqual(times);
    expect(fieldsOf(RENEW)[1]?.attributes.options).toEqual(times);
    const label = 'I use the hub for research or teaching, and keep my own copies of what matters.';
    expect(fieldsOf(ACCESS)[4]?.attributes.options).toEqual([{ label, required: true }]);
  });

  test.each([ACCESS, RENEW])('%s says first that the issue is public for ever', (path) => {
    expect(fieldsOf(path)[0]?.attributes.value?.split(':')[0]).toBe(
      'This issue is public for ever',
    );
  });

  test('say what each tier opens, with text of files as text', () => {
    const title = 'Ice <img src=x> @all';
    const platform = platformWith({
      'platform.yaml': { tiers: { student: { until: '36h' } } },
      [HUB]: { title, access: { allow: ['tier:student'], admins: [] } },
    });
    const text = formTexts(platform).get(ACCESS) ?? '';
    const { body } = load(text) as { body: Field[] };
    expect(body[0]?.attributes.value?.split('\n').at(-1)).toBe(
      '- **student** opens Ice &lt;img src=x&gt; @\u{200B}all, for at most 1 days at a time',
    );
  });
});
