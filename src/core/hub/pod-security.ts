import { at, isObject, objectsIn, textAt } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { namedEntries } from './values/named-lists.ts';

/**
 * What Kubernetes holds the pods of a namespace to. Hubs pass `baseline`: `podFault` refuses at least what it refuses,
 * for rendered objects and for servers. Source: Pod Security Standards of Kubernetes 1.35.
 */
export type PodLevel = 'privileged' | 'baseline' | 'restricted';

/** The level of a hub's namespace: one container of the chart, which shuts the metadata service, passes none. */
export function podLevel(values: JsonObject): PodLevel {
  const path = '/jupyterhub/singleuser/cloudMetadata/blockWithIptables';
  return at(values, path) === true ? 'privileged' : 'baseline';
}

/** By its file's minor version, so that an upgrade of the cluster changes no hub's rules. */
export function securityLabels(level: PodLevel, kubernetes: string): JsonObject {
  return {
    'pod-security.kubernetes.io/enforce': level,
    'pod-security.kubernetes.io/enforce-version': `v${kubernetes}`,
  };
}

const SAFE_SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
];
const SAFE_SELINUX = ['container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];

/** What opens the node in a pod's specification, in words; undefined where nothing does. */
export function podFault(spec: JsonObject): string | undefined {
  const volumes = namedEntries(spec['volumes']);
  if (volumes.some((volume) => isObject(volume['hostPath'])))
    return 'a folder of the node is mounted';
  for (const key of ['hostNetwork', 'hostPID', 'hostIPC'])
    if (spec[key] === true) return `${key} opens the node`;
  const sysctl = objectsIn(at(spec, '/securityContext/sysctls'))
    .map((one) => textAt(one, '/name'))
    .find((name) => !SAFE_SYSCTLS.includes(name));
  if (sysctl !== undefined) return `the setting ${sysctl} of the kernel is changed`;
  if (at(spec, '/securityContext/runAsUser') === 0) return 'every container runs as root';
  const common = securityFault(at(spec, '/securityContext'));
  if (common !== undefined) return `every container ${common}`;
  for (const container of ['containers', 'initContainers', 'ephemeralContainers'].flatMap((list) =>
    namedEntries(spec[list]),
  )) {
    const fault = containerFault(container);
    if (fault !== undefined) return `the container ${JSON.stringify(container['name'])} ${fault}`;
  }
  return undefined;
}

function containerFault(container: JsonObject): string | undefined {
  const security = at(container, '/securityContext');
  if (at(security, '/privileged') === true) return 'is privileged';
  if (at(security, '/runAsUser') === 0) return 'runs as root';
  const added = at(security, '/capabilities/add');
  if (Array.isArray(added) && added.length > 0) return 'may do more than others';
  if (objectsIn(container['ports']).some((one) => (one['hostPort'] ?? 0) !== 0))
    return 'takes a port of the node';
  if (!['', 'Default'].includes(textAt(security, '/procMount'))) return 'sees all of /proc';
  if (namesHost(container)) return 'has a probe that names a host';
  return securityFault(security);
}

/** What a pod and a container may say alike. */
function securityFault(security: Json | undefined): string | undefined {
  if (textAt(security, '/seccompProfile/type') === 'Unconfined') return 'runs without seccomp';
  if (textAt(security, '/appArmorProfile/type') === 'Unconfined') return 'runs without AppArmor';
  if (at(security, '/windowsOptions/hostProcess') === true) return 'is a process of the node';
  const { type = '', user = '', role = '' } = selinux(security);
  return user !== '' || role !== '' || !['', ...SAFE_SELINUX].includes(type)
    ? 'changes what SELinux lets it do'
    : undefined;
}

function selinux(security: Json | undefined): Record<string, string> {
  const options = at(security, '/seLinuxOptions');
  return Object.fromEntries(
    ['type', 'user', 'role'].map((key) => [key, textAt(options, `/${key}`)]),
  );
}

/** The node's own agent makes a probe: it would reach what the pod may not. */
function namesHost(container: JsonObject): boolean {
  const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'].map((key) => container[key]);
  const hooks = ['postStart', 'preStop'].map((key) => at(container, `/lifecycle/${key}`));
  return [...probes, ...hooks].some((probe) =>
    ['httpGet', 'tcpSocket'].some((how) => textAt(probe, `/${how}/host`) !== ''),
  );
}
