import { describe, expect, test } from '@jest/globals';
import { download } from '../../src/edges/chart-download.ts';
import type { Asked } from '../../src/edges/chart-download.ts';
import {
  addressFault,
  isPublic,
  publicLookup,
  resolvedFault,
  shownAddress,
} from '../../src/edges/public-address.ts';
import { failureOf } from '../support/program.ts';

const FROM = 'https://charts.example.org/index.yaml';
const PRIVATE =
  'charts come over https from public addresses: name such a repository, or set charts.allowPrivate: true on the default branch for a mirror of your own';
const NETWORK = 'check the network, or give a folder or mirror with --charts-from';

async function* bytes(...chunks: string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Promise.resolve(Buffer.from(chunk));
}
const page = (text: string, status = 200): Asked => ({
  status,
  location: undefined,
  body: bytes(text),
});
const leads = (location: string | undefined, status = 302): Asked => ({
  status,
  location,
  body: bytes(),
});

/** A double of the network: what it says by address, and what it was asked. */
function network(answers: Record<string, Asked>) {
  const asked: string[] = [];
  const ask = (url: URL): Promise<Asked> => {
    asked.push(url.href);
    const answer = answers[url.href];
    return answer ? Promise.resolve(answer) : Promise.reject(new Error('nobody is there'));
  };
  const get = (privateToo = false, most = 100): Promise<string> =>
    download(FROM, { most, privateToo, ask }).then((data) => data.toString('utf8'));
  return { asked, get };
}

describe('public addresses', () => {
  test.each([
    '8.8.8.8',
    '1.0.0.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '169.253.255.255',
    '169.255.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.0.1.0',
    '192.0.3.0',
    '192.88.98.255',
    '192.88.100.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '198.51.99.255',
    '198.51.101.0',
    '203.0.112.255',
    '203.0.114.0',
    '223.255.255.255',
    '2606:4700::1111',
    '2001:200::1',
    '2001:4860:4860::8888',
    '2003::1',
    '3ffe::1',
    '64:ff9b::8.8.8.8',
  ])('%s is one', (address) => {
    expect(isPublic(address)).toBe(true);
  });

  test.each([
    '0.0.0.0',
    '0.255.255.255',
    '10.0.0.0',
    '10.255.255.255',
    '100.64.0.0',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.255',
    '169.254.0.0',
    '169.254.169.254',
    '172.16.0.0',
    '172.31.255.255',
    '192.0.0.0',
    '192.0.0.255',
    '192.0.2.0',
    '192.0.2.255',
    '192.88.99.0',
    '192.88.99.255',
    '192.168.0.0',
    '192.168.255.255',
    '198.18.0.0',
    '198.19.255.255',
    '198.51.100.0',
    '198.51.100.255',
    '203.0.113.0',
    '203.0.113.255',
    '224.0.0.0',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    'fe80::1',
    'fc00::1',
    'fd00:ec2::254',
    'fec0::1',
    'ff02::1',
    '2001::1',
    '2001:1ff:ffff::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '3fff:fff::1',
    '64:ff9b::127.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b::10.1.2.3',
    '64:ff9b:1::1',
    '',
    'localhost',
    'example.org',
  ])('%s is none', (address) => {
    expect(isPublic(address)).toBe(false);
  });

  test.each<[string, string | undefined, string | undefined]>([
    ['https://charts.example.org/x', undefined, undefined],
    ['https://8.8.8.8/x', undefined, undefined],
    ['http://charts.example.org/', 'it is not https', undefined],
    ['ftp://charts.example.org/', 'it is not https', 'it is not https'],
    ['file:///etc/passwd', 'it is not https', 'it is not https'],
    ['data:text/plain,x', 'it is not https', 'it is not https'],
    ['https://127.0.0.1/', '127.0.0.1 is not public', undefined],
    ['https://2130706433/', '127.0.0.1 is not public', undefined],
    ['https://0x7f.1/', '127.0.0.1 is not public', undefined],
    ['https://0177.0.0.1/', '127.0.0.1 is not public', undefined],
    ['https://[::1]/', '::1 is not public', undefined],
    ['https://[::ffff:169.254.169.254]/', '::ffff:a9fe:a9fe is not public', undefined],
    [
      'https://user@example.org/',
      'a name or password stands in it',
      'a name or password stands in it',
    ],
    [
      'https://:pw@example.org/',
      'a name or password stands in it',
      'a name or password stands in it',
    ],
  ])('%s', (address, fault, ofMirror) => {
    expect(addressFault(new URL(address), false)).toBe(fault);
    expect(addressFault(new URL(address), true)).toBe(ofMirror);
  });

  test('a name is refused if one of its addresses is not public', () => {
    const of = (...addresses: string[]) =>
      resolvedFault(
        'a.example.org',
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )?.message;
    expect(of('8.8.8.8', '2606:4700::1111')).toBeUndefined();
    expect(of('8.8.8.8', '10.0.0.1')).toBe('a.example.org is 10.0.0.1, which is not public');
    expect(of('::1')).toBe('a.example.org is ::1, which is not public');
  });

  test('a name is resolved and looked at before anything is sent there', async () => {
    const error = await new Promise((resolve) =>
      publicLookup('localhost', { all: true }, (found) => resolve(found)),
    );
    expect(error).toMatchObject({
      name: 'Error',
      message: expect.stringMatching(
        /^localhost is (127\.0\.0\.1|::1), which is not public$/u,
      ) as unknown,
    });
    expect(
      await failureOf(download('https://localhost:1/', { most: 1, privateToo: false })),
    ).toMatchObject({
      name: 'ChartRefused',
      message: expect.stringMatching(
        /^nothing is fetched from https:\/\/localhost:1\/: localhost is .*, which is not public$/u,
      ) as unknown,
      hint: PRIVATE,
    });
  });

  test('a name that nobody has is an error, and no address', async () => {
    const error = await new Promise((resolve) =>
      publicLookup('nobody.invalid', {}, (found) => resolve(found)),
    );
    expect(error).toMatchObject({ syscall: 'getaddrinfo', hostname: 'nobody.invalid' });
  });

  test('what may be secret in an address is not shown', () => {
    expect(shownAddress(new URL('https://user:pw@example.org:8443/a/b?token=x#y'))).toBe(
      'https://example.org:8443/a/b',
    );
  });
});

describe('redirects', () => {
  test('are followed by hand, five at most', async () => {
    const at = (index: number): string => `https://charts.example.org/${index}`;
    const chain = (length: number): Record<string, Asked> => ({
      [FROM]: leads(length === 0 ? undefined : at(1)),
      ...Object.fromEntries(
        Array.from({ length }, (_, index) => [
          at(index + 1),
          index + 1 === length ? page('found') : leads(`/${index + 2}`),
        ]),
      ),
    });
    const five = network(chain(5));
    expect(await five.get()).toBe('found');
    expect(five.asked).toEqual([FROM, ...[1, 2, 3, 4, 5].map(at)]);
    const six = network(chain(6));
    expect(await failureOf(six.get())).toMatchObject({
      name: 'ChartUnreachable',
      message: `${FROM} leads to more than 5 other addresses`,
      hint: NETWORK,
    });
    expect(six.asked).toHaveLength(6);
  });

  test.each([301, 302, 303, 307, 308])('%d is one', async (status) => {
    const to = 'https://other.example.org/x';
    expect(await network({ [FROM]: leads(to, status), [to]: page('found') }).get()).toBe('found');
  });

  test.each([201, 204, 300, 304, 404, 500])('%d is an answer of no use', async (status) => {
    expect(await failureOf(network({ [FROM]: page('x', status) }).get())).toMatchObject({
      name: 'ChartUnreachable',
      message: `${FROM} answers ${status}`,
      hint: NETWORK,
    });
  });

  test.each([
    ['http://charts.example.org/x', 'http://charts.example.org/x: it is not https'],
    ['https://169.254.169.254/meta', 'https://169.254.169.254/meta: 169.254.169.254 is not public'],
    ['//[::1]/', 'https://[::1]/: ::1 is not public'],
    ['https://u:secret@a.example.org/', 'https://a.example.org/: a name or password stands in it'],
    ['file:///etc/passwd', 'file:///etc/passwd: it is not https'],
  ])('to %s is refused', async (location, said) => {
    const { asked, get } = network({ [FROM]: leads(location) });
    expect(await failureOf(get())).toMatchObject({
      name: 'ChartRefused',
      message: `nothing is fetched from ${said}`,
      hint: PRIVATE,
    });
    expect(asked).toEqual([FROM]);
  });

  test.each([undefined, '', 'https://'])('to %j leads nowhere', async (location) => {
    expect(await failureOf(network({ [FROM]: leads(location) }).get())).toMatchObject({
      name: 'ChartUnreachable',
      message: `${FROM} leads to an address that is none`,
    });
  });

  test('of a mirror may go where it wants, but to nothing else than http', async () => {
    const to = 'http://10.0.0.7/x';
    expect(await network({ [FROM]: leads(to), [to]: page('found') }).get(true)).toBe('found');
    expect(await failureOf(network({ [FROM]: leads('file:///x') }).get(true))).toMatchObject({
      name: 'ChartRefused',
    });
  });
});

describe('what is read', () => {
  test('ends at the limit, whatever comes after it', async () => {
    let given = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        given += 1;
        yield await Promise.resolve(Buffer.alloc(10));
      }
    }
    const endlessly = network({ [FROM]: { status: 200, location: undefined, body: endless() } });
    expect(await failureOf(endlessly.get(false, 1e6))).toMatchObject({
      name: 'ChartRefused',
      message: `${FROM} is larger than 1 MB`,
      hint: 'no chart is: look at what the repository serves',
    });
    expect(given).toBe(100_001);
    expect(await network({ [FROM]: page('four') }).get(false, 4)).toBe('four');
    expect(await failureOf(network({ [FROM]: page('fives') }).get(false, 4))).toMatchObject({
      name: 'ChartRefused',
    });
  });

  test('is whole', async () => {
    const body = bytes('a', 'b', 'c');
    expect(await network({ [FROM]: { status: 200, location: undefined, body } }).get()).toBe('abc');
  });

  test('is nothing where nobody answers', async () => {
    expect(await failureOf(network({}).get())).toMatchObject({
      name: 'ChartUnreachable',
      message: `${FROM} cannot be reached: nobody is there`,
      hint: NETWORK,
    });
  });
});
