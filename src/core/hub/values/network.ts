import ipaddr from 'ipaddr.js';
import { at } from '../../json.ts';
import type { ClusterFile } from '../../model/types.ts';
import type { HubContext, Part } from './part.ts';

/**
 * Networks that servers have no business in: private addresses, those of a link (every cloud's
 * metadata service is there, and its credentials of the node), and those shared by providers (pods
 * of some clouds, Alibaba's metadata service). Source: RFC 1918, 3927, 6598.
 */
const INSIDE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '100.64.0.0/10'];

/** Every node's own DNS cache, where a cluster has one. Source: kubernetes/dns, nodelocaldns. */
const NODE_DNS = '169.254.20.10/32';

/** Where clouds tell whoever asks the credentials of a node. */
const METADATA = ['169.254.169.254/32', '169.254.170.2/32', '100.100.100.200/32'];

type Networks = Pick<ClusterFile, 'networks'>;

/** Whether a rule for these addresses opens a metadata service, or a whole network inside. */
export function opensInside(cluster: Networks, cidr: string, except: readonly string[]): boolean {
  if (!isIpv4(cidr)) return cidr.endsWith('/0') && except.length === 0;
  return [...insideOf(cluster), ...METADATA].some(
    (network) =>
      contains(cidr, network) && !except.some((one) => isIpv4(one) && contains(one, network)),
  );
}

/** Whether user servers are kept from this address, or network, of the cluster. IPv6 is not open at all. */
export function isInside(cluster: Networks, network: string): boolean {
  return !isIpv4(network) || insideOf(cluster).some((one) => contains(one, network));
}

function insideOf({ networks }: Networks): string[] {
  return [...INSIDE, ...networks];
}

function contains(outer: string, inner: string): boolean {
  const [base, bits] = ipv4(outer);
  const [address, length] = ipv4(inner);
  return bits <= length && address.match(base, bits);
}

function isIpv4(network: string): boolean {
  const { IPv4 } = ipaddr;
  return IPv4.isValidFourPartDecimal(network) || IPv4.isValidCIDRFourPartDecimal(network);
}

function ipv4(network: string): [ipaddr.IPv4, number] {
  return ipaddr.IPv4.parseCIDR(network.includes('/') ? network : `${network}/32`);
}

/**
 * What user servers may reach: the internet, and nothing inside. The chart's own way to the internet
 * leaves out fewer networks, so a policy of ours takes its place (templates/servers-egress.yaml).
 */
export function networkPart({ hub, cluster }: HubContext): Part {
  const own = '/singleuser/networkPolicy/egressAllowRules/nonPrivateIPs';
  const stays = at(hub.data.values, own) === false;
  return {
    jupyterhub: {
      singleuser: {
        cloudMetadata: { blockWithIptables: metadataByIptables(cluster) },
        networkPolicy: {
          enabled: true,
          egressAllowRules: {
            cloudMetadataServer: false,
            dnsPortsCloudMetadataServer: cluster.provider === 'gke',
            nonPrivateIPs: false,
            privateIPs: false,
          },
        },
      },
    },
    glaciocloud: stays ? {} : { egress: { inside: insideOf(cluster), dns: NODE_DNS } },
  };
}

/**
 * The block by iptables needs a privileged container in every user pod. An enforcing network makes it needless,
 * and machines of one's own have no metadata service to protect.
 */
function metadataByIptables(cluster: ClusterFile): boolean {
  return (
    cluster.networkPolicy === 'none' &&
    cluster.provider !== 'k3s' &&
    cluster.provider !== 'existing'
  );
}
