import { expect, test } from '@jest/globals';
import { RULES } from '../../../src/core/check/rules.ts';

test('what is a warning; everything else stops a deployment', () => {
  const warnings = RULES.filter(({ severity }) => severity === 'warning').map(({ id }) => id);
  expect(warnings.sort()).toEqual([
    'announcement-past',
    'capacity',
    'class-servers',
    'data-unlocked',
    'data-wait',
    'env-literal',
    'env-of-images',
    'env-overridden',
    'env-proxy',
    'event-memory',
    'event-overlap',
    'event-past',
    'event-spawn-rate',
    'extra-config',
    'image-additions',
    'image-env-literal',
    'image-rhythm',
    'image-unlocked',
    'image-unpromoted',
    'namespace-privileged',
    'no-admins',
    'no-approvers',
    'no-issuer',
    'not-yet',
    'oggm-memory',
    'small-home',
    'spot-servers',
    'stale-form',
  ]);
  expect(RULES.filter(({ severity }) => severity === 'error')).toHaveLength(
    RULES.length - warnings.length,
  );
});
