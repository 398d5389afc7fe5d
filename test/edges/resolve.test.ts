import { expect, jest, test } from '@jest/globals';
import { failureOf } from '../support/program.ts';

/* A double of the resolver: what it knows, and how it fails for the rest. */
let known: Record<string, string[]> = {};
let code = 'ENOTFOUND';
let asked: string[] = [];
jest.unstable_mockModule('node:dns/promises', () => ({
  lookup: (host: string) => {
    asked.push(host);
    const addresses = known[host];
    return addresses === undefined
      ? Promise.reject(Object.assign(new Error(`getaddrinfo ${code} ${host}`), { code }))
      : Promise.resolve(addresses.map((address) => ({ address, family: 4 })));
  },
}));
const { addressesOf } = await import('../../src/edges/address.ts');

const GITHUB = { 'github.com': ['192.0.2.1'] };

test('a name has addresses, and nothing else is asked', async () => {
  known = { 'hub.example.org': ['192.0.2.7', '192.0.2.8'] };
  asked = [];
  expect(await addressesOf('hub.example.org')).toEqual(['192.0.2.7', '192.0.2.8']);
  expect(asked).toEqual(['hub.example.org']);
});

test('a name does not resolve where another does', async () => {
  known = GITHUB;
  code = 'ENOTFOUND';
  expect(await addressesOf('hub.example.org')).toEqual([]);
});

test.each([
  ['no name resolves', {}, 'ENOTFOUND'],
  ['the resolver does not answer', GITHUB, 'EAI_AGAIN'],
])('nothing is known where %s', async (_what, others, how) => {
  known = others;
  code = how;
  expect(await failureOf(addressesOf('hub.example.org'))).toMatchObject({
    name: 'Failure',
    message: `hub.example.org cannot be looked up here: getaddrinfo ${how} hub.example.org`,
    hint: 'look at the DNS of this machine: no name may resolve at all',
  });
});
