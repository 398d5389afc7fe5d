import { describe, expect, test } from '@jest/globals';
import { LOGIN_DAYS, loginCheck, serviceAccount } from '../../../src/core/doctor/login.ts';
import type { Login } from '../../../src/core/doctor/login.ts';
import { brief } from '../../support/doctor.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-24T12:00Z');
const shown = (login: Login): string[] => brief(loginCheck('here', 'main', login, NOW));
const token = (more: Partial<Extract<Login, { kind: 'token' }>>): Login => ({
  kind: 'token',
  subject: 'system:serviceaccount:ops:deployer',
  issued: undefined,
  ends: undefined,
  ...more,
});
const RENEW =
  `kubectl config set-credentials "$(kubectl config view --minify -o jsonpath='{.users[0].name}')" ` +
  '--token "$(kubectl create token deployer --namespace ops --duration 8760h)" && gh secret set KUBECONFIG --env main < "$KUBECONFIG"';
const ASK = 'kubectl config view --minify --raw # ask who made it for another';

describe('how a kubeconfig logs in', () => {
  test.each<[string, Login, string[]]>([
    ['a token without an end', token({}), ['✓ here: token, without an end']],
    [
      'an old token without an end',
      token({ issued: NOW - 400.5 * DAY }),
      ['✓ here: token, 400 days old, without an end'],
    ],
    [
      'a token for long',
      token({ issued: NOW - DAY, ends: NOW + LOGIN_DAYS * DAY }),
      ['✓ here: token, 1 days old, good for 14 days'],
    ],
    [
      'a token for a short time',
      token({ ends: NOW + LOGIN_DAYS * DAY - 1 }),
      ['✗ here: token, good for 13 days only', RENEW],
    ],
    [
      'a token for a moment',
      token({ ends: NOW + 1 }),
      ['✗ here: token, good for 0 days only', RENEW],
    ],
    ['a token that ends now', token({ ends: NOW }), ['✗ here: token, which has ended', RENEW]],
    [
      'a token of somebody else',
      token({ subject: 'somebody', ends: 0 }),
      [
        '✗ here: token, which has ended',
        RENEW.replace('deployer', 'NAME').replace('ops', 'NAMESPACE'),
      ],
    ],
    [
      'a token of nobody known',
      token({ subject: undefined, ends: 0 }),
      [
        '✗ here: token, which has ended',
        RENEW.replace('deployer', 'NAME').replace('ops', 'NAMESPACE'),
      ],
    ],
    [
      'a certificate',
      { kind: 'certificate', ends: NOW + 20 * DAY },
      ['✓ here: client certificate, good for 20 days'],
    ],
    [
      'a certificate of yesterday',
      { kind: 'certificate', ends: NOW - DAY },
      ['✗ here: client certificate, which has ended', ASK],
    ],
    [
      'a helper',
      { kind: 'helper', program: 'aws' },
      ['✓ here: aws logs in, for a short time each'],
    ],
    [
      'nothing known',
      { kind: 'unclear', why: 'why' },
      ['? here: not asked: why', 'kubectl config view --minify'],
    ],
  ])('%s', (_what, login, expected) => {
    expect(shown(login)).toEqual(expected);
  });

  test('is of the cluster’s login', () => {
    expect(loginCheck('here', 'main', token({ ends: 0 }), NOW).id).toBe('cluster/login');
    expect(loginCheck('here', 'main', token({}), NOW).id).toBe('cluster/login');
  });
});

test.each([
  ['system:serviceaccount:ops:deployer', { namespace: 'ops', name: 'deployer' }],
  ['x:system:serviceaccount:ops:deployer', undefined],
  ['system:serviceaccount:ops:deployer:x', undefined],
  ['system:serviceaccount:ops', undefined],
  [undefined, undefined],
])('%s is an account of a cluster: %j', (subject, expected) => {
  expect(serviceAccount(subject)).toEqual(expected);
});
