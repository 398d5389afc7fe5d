import { isNamed } from '../../model/platform.ts';
import type { Rule } from '../../rule.ts';
import { formTexts } from './forms.ts';

export const staleForm: Rule = {
  id: 'stale-form',
  severity: 'warning',
  title: 'The forms by which people ask for access offer what the files offer.',
  why: 'What a form offers is compared, word for word, with tiers and hubs: a request for what is no longer there is refused, and the person has to write it again.',
  on: 'platform',
  *check(platform) {
    const texts = formTexts(platform);
    for (const [file, text] of platform.forms) {
      const wanted = texts.get(file);
      if (text === wanted) continue;
      yield {
        at: { file, line: 1, column: 1 },
        message: 'the form does not offer what platform.yaml and environments/ offer',
        hint:
          wanted === undefined
            ? 'delete it: no tier opens a hub'
            : 'run `glaciocloud access forms`, which writes it anew',
      };
    }
  },
};

export const noApprovers: Rule = {
  id: 'no-approvers',
  severity: 'warning',
  title: 'Where people can ask for access, somebody can approve it.',
  why: 'Without access/approvers.yaml a request is taken and answered, and then nothing happens: nobody may write /approve.',
  on: 'platform',
  *check(platform) {
    const { settings, forms } = platform;
    // People's files in a repository of their own are not at hand here.
    if (settings.data.access !== undefined || isNamed(platform, 'approvers', 'approvers')) return;
    const texts = formTexts(platform);
    if (![...forms.keys()].some((file) => texts.has(file))) return;
    yield {
      at: settings.keyAt('/tiers'),
      message: 'people can ask for these, and nobody can approve it',
      hint: 'write access/approvers.yaml, such as `approvers: [{id: 583231, login: octocat}]`',
    };
  },
};
