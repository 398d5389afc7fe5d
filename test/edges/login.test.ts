import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Login } from '../../src/core/doctor/login.ts';
import type { Json } from '../../src/core/json.ts';
import { kubeconfigLogin, loginOf } from '../../src/edges/login.ts';
import { doubleOf, failureOf } from '../support/program.ts';
import type { Double } from '../support/program.ts';
import { temporary } from '../support/sample.ts';

/** A certificate without a purpose; its key is gone. */
const CERTIFICATE =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJjVENDQVJlZ0F3SUJBZ0lVVWhpS2xpS3h1YkF5YXMrS2R4b1FWMEpNYmpvd0NnWUlLb1pJemowRUF3SXcKRGpFTU1Bb0dBMVVFQXd3RGJHRmlNQjRYRFRJMk1URXlOakV3TURBeE1Gb1hEVE0yTVRFeU16RXdNREF4TUZvdwpEakVNTUFvR0ExVUVBd3dEYkdGaU1Ga3dFd1lIS29aSXpqMENBUVlJS29aSXpqMERBUWNEUWdBRXRjcC9YbU4vCmdjRTkwRWdFbmlxTGowcldaam5OMUhEUjJ6WWZEZm9ibW1PMGVPK2pEb1NTZ05LNHlyOUJwZ2N5Q3Ezdi93aGEKWEhCamYvcHN5a1NSU2FOVE1GRXdIUVlEVlIwT0JCWUVGSU9WZnUxbkFsa1prdFRIUjZ5T3NxcUhaWjNUTUI4RwpBMVVkSXdRWU1CYUFGSU9WZnUxbkFsa1prdFRIUjZ5T3NxcUhaWjNUTUE4R0ExVWRFd0VCL3dRRk1BTUJBZjh3CkNnWUlLb1pJemowRUF3SURTQUF3UlFJaEFLaXp3T2ZaOGx6UzZTeVo2c3RMWml1VzhrU1hNRG9ZbEFSSU9GOTEKR2gxL0FpQWt3NmhvQ0FNQmthSVZEQTQ4OTVkR0FhSFdFSnYyRWJLcEk3YW1xbFJ4WVE9PQotLS0tLUVORCBDRVJUSUZJQ0FURS0tLS0tCg==';
const CERTIFICATE_ENDS = Date.parse('Nov 23 10:00:10 2036 GMT');

const part = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const jwt = (claims: unknown): string => `${part({ alg: 'RS256' })}.${part(claims)}.signature`;
const token = (more: Partial<Extract<Login, { kind: 'token' }>>): Login => ({
  kind: 'token',
  subject: undefined,
  issued: undefined,
  ends: undefined,
  ...more,
});
const NOTHING: Login = {
  kind: 'unclear',
  why: 'the kubeconfig has no credentials that are understood here',
};

describe('a user of a kubeconfig', () => {
  test.each<[string, Json | undefined, Login]>([
    [
      'with a token',
      { token: jwt({ sub: 'system:serviceaccount:ops:deployer', iat: 10, exp: 20 }) },
      token({ subject: 'system:serviceaccount:ops:deployer', issued: 10_000, ends: 20_000 }),
    ],
    ['with a token without an end', { token: jwt({ sub: 'a' }) }, token({ subject: 'a' })],
    ['with a token of other shapes', { token: jwt({ sub: 7, iat: '1', exp: null }) }, token({})],
    ['with a token of no claims', { token: jwt('[1]') }, token({})],
    ['with a token that is none', { token: 'secret' }, token({})],
    [
      'with a helper, whatever else it has',
      { exec: { command: 'aws' }, token: 'old' },
      { kind: 'helper', program: 'aws' },
    ],
    ['with a provider', { 'auth-provider': { name: 'gcp' } }, { kind: 'helper', program: 'gcp' }],
    [
      'with a certificate',
      { 'client-certificate-data': CERTIFICATE },
      { kind: 'certificate', ends: CERTIFICATE_ENDS },
    ],
    [
      'with a broken certificate',
      { 'client-certificate-data': 'AAAA' },
      { kind: 'unclear', why: 'the client certificate of the kubeconfig cannot be read' },
    ],
    ['with a password', { username: 'a', password: 'b' }, NOTHING],
    ['without anything', undefined, NOTHING],
  ])('%s', (_what, user, expected) => {
    expect(loginOf(user)).toEqual(expected);
  });
});

describe('a kubeconfig', () => {
  let folder: Awaited<ReturnType<typeof temporary>>;
  let kubectl: Double;
  const before = { ...process.env };
  beforeEach(async () => {
    folder = await temporary();
    kubectl = await doubleOf(folder.path, 'kubectl');
    process.env['GLACIOCLOUD_KUBECTL'] = kubectl.path;
  });
  afterEach(async () => {
    process.env = { ...before };
    await folder.remove();
  });

  test('is read by kubectl, for its current context only', async () => {
    await kubectl.says({ stdout: JSON.stringify({ users: [{ user: { token: 'a' } }] }) });
    expect(await kubeconfigLogin('/the/file')).toEqual(token({}));
    expect(await kubectl.calls()).toMatchObject([
      {
        args: ['config', 'view', '--minify', '--flatten', '--raw', '-o', 'json'],
        env: { KUBECONFIG: '/the/file' },
      },
    ]);
  });

  test('that kubectl refuses has no credentials', async () => {
    const stdout = JSON.stringify({ users: [{ user: { token: 'a' } }] });
    await kubectl.says({ stdout, code: 1 }, { stdout: 'no JSON' });
    expect(await kubeconfigLogin('/the/file')).toEqual(NOTHING);
    expect(await kubeconfigLogin('/the/file')).toEqual(NOTHING);
  });

  test('cannot be read without kubectl', async () => {
    process.env['GLACIOCLOUD_KUBECTL'] = `${folder.path}/none`;
    expect(await failureOf(kubeconfigLogin('/the/file'))).toMatchObject({
      message: 'kubectl not found',
      hint: 'install it, or run `npm run tools`',
    });
  });
});
