import { describe, expect, test } from '@jest/globals';
import { kubeFailure } from '../../src/edges/kube-failure.ts';

const LOG =
  'E1126 12:32:58.658997    5865 memcache.go:265] "Unhandled Error" err="dial tcp 127.0.0.1:8080: connect: connection refused"';
const REFUSED =
  'The connection to the server 127.0.0.1:8080 was refused - did you specify the right host or port?';
const UNREACHED =
  'see that it is up, that this machine reaches it, and that the kubeconfig names it; then run this again';
const WEBHOOK =
  'Error from server (InternalError): failed calling webhook "x": dial tcp 10.0.0.1:443: connect: connection refused';

describe('what kubectl refused, in a sentence', () => {
  test.each<[string, string, string, string, string]>([
    [
      'nobody answers: its log is left out',
      `${LOG}\n${LOG}\n${REFUSED}\n`,
      `pods: no connection to the cluster (${REFUSED})`,
      UNREACHED,
      UNREACHED,
    ],
    [
      'nobody answers, and there is only its log: the last line',
      `E1126 12:32:58.1 1 a.go:1] x\n${LOG}`,
      `pods: no connection to the cluster (${LOG})`,
      UNREACHED,
      UNREACHED,
    ],
    [
      'the login is refused',
      `${LOG}\nerror: You must be logged in to the server (Unauthorized)`,
      'pods: error: You must be logged in to the server (Unauthorized)',
      'the credentials of the cluster are refused: log in again',
      'the credentials of the cluster are refused: log in again',
    ],
    [
      'the cluster answers that it does not reach another',
      WEBHOOK,
      `pods: ${WEBHOOK}`,
      'look at the cluster, then run this again',
      'look at the cluster; the next run goes on where this one ended',
    ],
    [
      'of many lines the last three',
      'a\nb\nW1126 12:32:58.1 1 a.go:1] x\nc\nd\n',
      'pods: b c d',
      'look at the cluster, then run this again',
      'look at the cluster; the next run goes on where this one ended',
    ],
  ])('%s', (_what, stderr, message, read, write) => {
    expect(kubeFailure('pods', stderr, 'read')).toMatchObject({ message, hint: read, exit: 1 });
    expect(kubeFailure('pods', stderr, 'write')).toMatchObject({ message, hint: write, exit: 1 });
  });

  test.each([
    [400, 400],
    [401, 400],
  ])('of %i characters %i', (length, kept) => {
    const { message } = kubeFailure('pods', 'x'.repeat(length), 'read');
    expect(message).toBe(`pods: ${'x'.repeat(kept)}`);
  });
});

test('a refusal repeats no value of the object, which may be a secret, and is still known', () => {
  const stderr = 'The Deployment "hub" is invalid: spec.a: Invalid value: "ghp_by-hand": no';
  expect(kubeFailure('hub', stderr, 'write')).toMatchObject({
    message: 'hub: The Deployment "hub" is invalid: spec.a: Invalid value: no',
    invalid: true,
  });
});
