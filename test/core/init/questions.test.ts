import { describe, expect, test } from '@jest/globals';
import { ANSWERS } from '../../../src/core/init/answers.ts';
import type { AnswerName } from '../../../src/core/init/answers.ts';
import { QUESTIONS, STAND_INS, answered, complete } from '../../../src/core/init/questions.ts';
import { ANSWERED, TOOL } from './tool.ts';

const unnamed = (name: string): object => ({
  message: `"${name}" cannot be a name`,
  hint: 'use lower-case letters, digits and single hyphens, at most 32, starting with a letter',
});

describe('questions', () => {
  test('come in an order in which each can use the answers before it', () => {
    expect(ANSWERS).toEqual([
      'organization',
      'registry',
      'hub',
      'url',
      'cluster',
      'provider',
      'email',
      'action',
    ]);
  });

  test.each<[AnswerName, string, string | undefined]>([
    ['organization', 'GitHub organisation', undefined],
    ['registry', 'Registry for images', 'ghcr.io/ice-lab'],
    ['hub', 'Name of the first hub', 'hub'],
    ['url', 'Its address, such as https://hub.example.org', undefined],
    ['cluster', 'Name of its cluster', 'main'],
    [
      'provider',
      'Who runs the cluster: digitalocean, gke, aks, eks, ovh, k3s, existing',
      'existing',
    ],
    ['email', 'E-mail address for certificates', undefined],
    ['action', 'GlacioCloud to use, as OWNER/REPOSITORY@COMMIT', undefined],
  ])('about %s: what is asked, and what is taken without an answer', (name, ask, usual) => {
    expect(QUESTIONS[name].ask).toBe(ask);
    expect(QUESTIONS[name].fallback?.(ANSWERED)).toBe(usual);
  });

  test.each([
    ['https://hub.example.org', true],
    ['http://hub.example.org', false],
  ])('for the address %s: an e-mail address is asked for: %j', (url, expected) => {
    expect(QUESTIONS.email.applies?.({ ...ANSWERED, url })).toBe(expected);
  });
});

describe('an answer', () => {
  test.each(ANSWERS)('about %s that is right is taken, and the others stay', (name) => {
    expect(answered(STAND_INS, name, ANSWERED[name], TOOL)).toEqual({
      kind: 'fine',
      answers: { ...STAND_INS, [name]: ANSWERED[name] },
    });
  });

  test.each<[AnswerName, string, object]>([
    ['hub', 'My Hub', unnamed('My Hub')],
    ['cluster', '../x', unnamed('../x')],
    [
      'hub',
      'default',
      { message: 'the name "default" is reserved', hint: 'choose another name for the file' },
    ],
    [
      'action',
      'octo-org/tool@main',
      {
        message: 'this is not a commit of a repository',
        hint: 'write OWNER/REPOSITORY@ and the 40 hex digits of a commit',
      },
    ],
  ])('about %s cannot be %s', (name, text, wrong) => {
    expect(answered(STAND_INS, name, text, TOOL)).toEqual({ kind: 'wrong', wrong });
  });

  test.each<[AnswerName, string]>([
    ['organization', 'Ice Lab'],
    ['registry', 'not a registry'],
    ['url', 'hub.example.org'],
    ['url', 'https://hub.example.org/path'],
    ['provider', 'myself'],
    ['email', 'nobody'],
  ])('about %s cannot be %s, as check would say', (name, text) => {
    const result = answered(STAND_INS, name, text, TOOL);
    expect(result).toEqual({
      kind: 'wrong',
      wrong: expect.objectContaining({
        message: expect.stringMatching(/\S/u),
        hint: expect.stringMatching(/\S/u),
      }),
    });
  });
});

describe('what is given', () => {
  const least = {
    organization: 'Ice-Lab',
    url: 'https://hub.example.net',
    email: 'ice@example.net',
    action: ANSWERED.action,
  };

  test('is completed with what is usual', () => {
    expect(complete(least, TOOL)).toEqual({
      kind: 'complete',
      answers: { ...ANSWERED, hub: 'hub', cluster: 'main' },
    });
  });

  test('is taken as it is', () => {
    expect(complete(ANSWERED, TOOL)).toEqual({ kind: 'complete', answers: ANSWERED });
  });

  test('needs no e-mail address where nobody issues certificates', () => {
    const { organization, action } = ANSWERED;
    const result = complete({ organization, action, url: 'http://127.0.0.1:8080' }, TOOL);
    expect(result).toMatchObject({ kind: 'complete', answers: { email: STAND_INS.email } });
  });

  test('is told with everything that is missing or wrong, at once', () => {
    const result = complete({ hub: 'My Hub', action: 'x' }, TOOL);
    expect(result).toMatchObject({
      kind: 'incomplete',
      missing: ['organization', 'url', 'email'],
      wrong: [
        { name: 'hub', ...unnamed('My Hub') },
        { name: 'action', message: 'this is not a commit of a repository' },
      ],
    });
  });

  test('is incomplete where only something is missing, or only something wrong', () => {
    const { organization, url, action } = least;
    expect(complete({ organization, url, action }, TOOL)).toEqual({
      kind: 'incomplete',
      missing: ['email'],
      wrong: [],
    });
    expect(complete({ organization, url, action, hub: 'X' }, TOOL).kind).toBe('incomplete');
    expect(complete({ ...least, hub: 'X' }, TOOL)).toMatchObject({
      kind: 'incomplete',
      missing: [],
      wrong: [{ name: 'hub' }],
    });
  });
});
