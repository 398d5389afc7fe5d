import { lookup } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import type { LookupFunction } from 'node:net';

/** IPv4 ranges that are nobody's on the internet (IANA's registry of special addresses). */
const SPECIAL_V4: readonly (readonly [net: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16], // link-local, and the metadata of clouds
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3], // multicast and reserved
];

/** The same within the global part of IPv6: tunnels into IPv4, documentation. */
const SPECIAL_V6: readonly (readonly [net: string, prefix: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const special = new BlockList();
const global = new BlockList();
for (const [net, prefix] of SPECIAL_V4) {
  special.addSubnet(net, prefix);
  special.addSubnet(`64:ff9b::${net}`, 96 + prefix, 'ipv6'); // IPv4 as networks without it write it (NAT64)
}
for (const [net, prefix] of SPECIAL_V6) special.addSubnet(net, prefix, 'ipv6');
global.addSubnet('2000::', 3, 'ipv6');
global.addSubnet('64:ff9b::', 96, 'ipv6');

/** Whether an IP address can be somebody's on the internet; false for what is no address. */
export function isPublic(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !special.check(address);
    case 6:
      return global.check(address, 'ipv6') && !special.check(address, 'ipv6');
    default:
      return false;
  }
}

export class NotPublic extends Error {}

/** Why nothing is fetched from an address, in words; names are looked at once more when they are resolved. */
export function addressFault(url: URL, privateToo: boolean): string | undefined {
  if (url.username !== '' || url.password !== '') return 'a name or password stands in it';
  if (url.protocol !== 'https:' && !(privateToo && url.protocol === 'http:'))
    return 'it is not https';
  const host = url.hostname.replace(/^\[|\]$/gu, '');
  if (!privateToo && isIP(host) !== 0 && !isPublic(host)) return `${host} is not public`;
  return undefined;
}

/** The address without what may be secret in it. */
export function shownAddress(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/** Resolves a name for one connection, which goes to exactly the addresses that were looked at. */
export const publicLookup: LookupFunction = (host, options, done) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error) {
      done(error, '');
      return;
    }
    const fault = resolvedFault(host, addresses);
    if (fault) done(fault, '');
    else if (options.all === true) done(null, addresses);
    else done(null, addresses[0]?.address ?? '', addresses[0]?.family);
  });
};

/** One address that is not public among several is enough: which one is taken is not ours to say. */
export function resolvedFault(
  host: string,
  addresses: readonly LookupAddress[],
): NotPublic | undefined {
  const bad = addresses.find(({ address }) => !isPublic(address));
  return bad && new NotPublic(`${host} is ${bad.address}, which is not public`);
}
