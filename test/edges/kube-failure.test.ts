import { describe, expect, test } from '@jest/globals';
import { kubeFailure } from '../../src/edges/kube-failure.ts';

const READ = 'look at the cluster, then run this again';
const WRITE = 'look at the cluster; the next run goes on where this one ended';

describe('what kubectl refused, in a sentence', () => {
  test.each<[string, string, string]>([
    [
      'nobody answers',
      'The connection to the server 127.0.0.1:8080 was refused - did you specify the right host or port?',
      'see that it is up, that this machine reaches it, and that the kubeconfig names it; then run this again',
    ],
    [
      'the login is refused',
      'error: You must be logged in to the server (Unauthorized)',
      'log in again, or get the kubeconfig anew; then run this again',
    ],
  ])('has a cure where it is known: %s', (_what, stderr, hint) => {
    expect(kubeFailure('pods', stderr, 'read')).toMatchObject({ hint, exit: 1 });
    expect(kubeFailure('pods', stderr, 'write')).toMatchObject({ hint, exit: 1 });
  });

  test('says whose words they are where nobody knows it', () => {
    const message = 'pods: kubectl says “no idea”';
    expect(kubeFailure('pods', 'no idea\n', 'read')).toMatchObject({ message, hint: READ });
    expect(kubeFailure('pods', 'no idea\n', 'write')).toMatchObject({ message, hint: WRITE });
  });

  test('says every object that is refused, with the cure of the first', () => {
    const said = `The Deployment "hub" is invalid: spec.a: Required value
Error from server (AlreadyExists): services "hub" already exists`;
    expect(kubeFailure('objects', said, 'write')).toMatchObject({
      message: 'objects: Deployment hub: spec.a: it is required; service hub: it is there already',
      refusal: 'invalid',
      invalid: true,
      conflict: true,
    });
  });
});

test('a refusal repeats no value of the object, which may be a secret, and is still known', () => {
  const stderr = 'The Deployment "hub" is invalid: spec.a: Invalid value: "ghp_by-hand": no';
  expect(kubeFailure('hub', stderr, 'write')).toMatchObject({
    message: 'hub: Deployment hub: spec.a: no',
    invalid: true,
  });
});
