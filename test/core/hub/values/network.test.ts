import { describe, expect, test } from '@jest/globals';
import { isInside, networkPart, opensInside } from '../../../../src/core/hub/values/network.ts';
import { at } from '../../../../src/core/json.ts';
import { MAIN, contextWith } from './context.ts';

const NONE = { networks: [] };
const OWN = { networks: ['134.102.20.0/24'] };
const rules = '/singleuser/networkPolicy/egressAllowRules';

describe('the metadata service of a cloud', () => {
  test.each([
    ['gke', 'enforced', false, true],
    ['gke', 'none', true, true],
    ['eks', 'enforced', false, false],
    ['eks', 'none', true, false],
    ['digitalocean', 'none', true, false],
    ['k3s', 'none', false, false],
    ['existing', 'none', false, false],
    ['existing', 'enforced', false, false],
  ])('on %s with network policies %s', (provider, networkPolicy, iptables, dns) => {
    const values = networkPart(contextWith({}, { [MAIN]: { provider, networkPolicy } })).jupyterhub;
    expect(at(values, '/singleuser/cloudMetadata/blockWithIptables')).toBe(iptables);
    const rules = '/singleuser/networkPolicy/egressAllowRules';
    expect(at(values, `${rules}/dnsPortsCloudMetadataServer`)).toBe(dns);
    expect(at(values, `${rules}/cloudMetadataServer`)).toBe(false);
  });
});

test('the chart’s own way to the internet is shut, and ours is open', () => {
  const { jupyterhub, glaciocloud } = networkPart(
    contextWith({}, { [MAIN]: { networks: OWN.networks } }),
  );
  expect(at(jupyterhub, `${rules}/nonPrivateIPs`)).toBe(false);
  expect(at(glaciocloud, '/egress')).toEqual({
    inside: [
      '10.0.0.0/8',
      '172.16.0.0/12',
      '192.168.0.0/16',
      '169.254.0.0/16',
      '100.64.0.0/10',
      '134.102.20.0/24',
    ],
    dns: '169.254.20.10/32',
  });
});

test('a hub whose file shuts the internet gets no way of ours', () => {
  const values = (nonPrivateIPs: boolean) => ({
    values: { singleuser: { networkPolicy: { egressAllowRules: { nonPrivateIPs } } } },
  });
  expect(networkPart(contextWith(values(false))).glaciocloud).toEqual({});
  expect(networkPart(contextWith(values(true))).glaciocloud).toHaveProperty('egress');
});

test.each([
  [NONE, '10.4.0.0/14', true],
  [NONE, '172.31.255.255/32', true],
  [NONE, '172.32.0.1', false],
  [NONE, '100.64.0.0/10', true],
  [NONE, '100.0.0.0/8', false],
  [NONE, '134.102.20.7/32', false],
  [OWN, '134.102.20.7/32', true],
  [OWN, '134.102.21.7', false],
  [NONE, 'fd00::1', true],
  [NONE, 'node-1', true],
])('with %j, servers are kept from %s: %j', (cluster, network, inside) => {
  expect(isInside(cluster, network)).toBe(inside);
});

test('a network of the cluster’s own is one that no rule opens', () => {
  expect(opensInside(NONE, '134.102.20.0/24', [])).toBe(false);
  expect(opensInside(OWN, '134.102.20.0/24', [])).toBe(true);
  expect(opensInside(OWN, '134.102.0.0/16', ['134.102.20.0/24'])).toBe(false);
  expect(opensInside(OWN, '134.102.0.0/16', ['134.102.20.0/25'])).toBe(true);
  expect(opensInside(OWN, '::/0', ['fd00::/8'])).toBe(false);
});
