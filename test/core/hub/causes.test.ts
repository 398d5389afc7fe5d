import { describe, expect, test } from '@jest/globals';
import {
  callFault,
  loginRefused,
  mayPass,
  pullFault,
  refusalFault,
} from '../../../src/core/hub/causes.ts';

type Facts = [fault: string, again: boolean, login: boolean];
const facts = (message: string): Facts => [
  callFault(message),
  mayPass(message),
  loginRefused(message),
];
/** In capitals or not: versions and languages differ. */
const inAnyCase = (message: string): string[] => [
  message,
  message.toUpperCase(),
  message.toLowerCase(),
];

describe('a call that failed', () => {
  test.each([
    'You must be logged in to the server (Unauthorized)',
    'error: the token has Expired',
    'You must be logged in to the server (the server has asked for the client to provide credentials)',
  ])('is not made again by whom the API server does not know: %s', (message) => {
    for (const said of inAnyCase(message))
      expect(facts(said)).toEqual(['infrastructure', false, true]);
  });

  test('is not made again where the login is to blame, whatever else is said', () => {
    expect(facts('Unauthorized: unexpected EOF')).toEqual(['infrastructure', false, true]);
  });

  test.each([
    'helm was killed by SIGKILL',
    'kubectl did not end within 60 s',
    'what Helm printed cannot be read: x',
  ])('is not made again at once: %s', (message) => {
    for (const said of inAnyCase(message))
      expect(facts(said)).toEqual(['infrastructure', false, false]);
  });

  test.each([
    'The connection to the server 192.0.2.1 was refused - did you specify the right host or port?',
    'pods cannot be listed: no connection to the cluster (x)',
    'connect: network is unreachable',
    'Error from server (TooManyRequests): the server is busy',
    'the server has received too many requests and has asked us to try again later',
    'dial tcp 192.0.2.1:6443: connect: connection refused',
    'read tcp 192.0.2.1:6443: read: connection reset by peer',
    'Get "https://192.0.2.1:6443/api": EOF',
    'dial tcp 192.0.2.1:6443: i/o timeout',
    'net/http: TLS handshake timeout',
    'Internal error occurred: failed calling webhook',
    'Error from server (InternalError): x',
    'an error on the server ("unknown") has prevented the request from succeeding',
    'Error from server (ServiceUnavailable): x',
    'the server is currently unable to handle the request',
    'http2: client connection lost',
    'etcdserver: request timed out',
    'connect: no route to host',
    'dial tcp: lookup api.example.org: no such host',
    'context deadline exceeded',
    'etcd: leader changed',
  ])('may be made again: %s', (message) => {
    for (const said of inAnyCase(message))
      expect(facts(said)).toEqual(['infrastructure', true, false]);
  });

  test.each([
    'Deployment.apps "hub" is invalid: spec.selector: field is immutable',
    'services "hub" is forbidden: User "x" cannot get resource',
    '',
  ])('for another reason is the change’s fault: %j', (message) => {
    expect(facts(message)).toEqual(['product', false, false]);
  });
});

describe('a refusal that was read', () => {
  test.each(['unreachable', 'login', 'forbidden', 'terminating', 'webhook', 'pending'] as const)(
    'is no matter of the change: %s',
    (kind) => {
      expect(refusalFault(kind)).toBe('infrastructure');
    },
  );

  test.each(['invalid', 'immutable', 'template', 'denied', 'quota'] as const)(
    'is the change’s: %s',
    (kind) => {
      expect(refusalFault(kind)).toBe('product');
    },
  );

  test.each(['unknown', undefined] as const)('is nobody’s yet: %s', (kind) => {
    expect(refusalFault(kind)).toBeUndefined();
  });
});

describe('an image that cannot be pulled', () => {
  test.each([
    'failed to resolve reference "example.org/x:1": not found',
    'manifest unknown',
    'pull access denied for x',
    'failed to authorize: Unauthorized',
    'unexpected status: Forbidden',
    'unexpected status code 401',
    'unexpected status code 403',
    'unexpected status code 404',
    'InvalidImageName',
    'invalid reference format',
  ])('is gone or refused: %s', (message) => {
    for (const said of inAnyCase(message)) expect(pullFault(said)).toBe('product');
  });

  test.each([
    'dial tcp: connect: connection refused',
    'unexpected status code 402',
    'unexpected status code 500',
    'read 4040 bytes',
    '',
  ])('is not at fault: %j', (message) => {
    expect(pullFault(message)).toBe('infrastructure');
  });
});
