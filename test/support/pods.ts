import type { JsonObject } from '../../src/core/json.ts';

/*
 * Parts of pods' specifications, asked of our rule by the quick tests and of a real API server by the lab: what ours lets
 * pass, the baseline of Kubernetes must, or a pod would be refused when somebody starts a server.
 */

/** What our rule refuses beside the baseline. */
export const STRICTER = ['runs as root', 'may do more than others', 'sees all of /proc'];

/** What a pod may not have, and what is said of it. */
export const FAULTS: [spec: JsonObject, said: string][] = [
  [
    {
      volumes: [
        { name: 'a', emptyDir: {} },
        { name: 'b', hostPath: { path: '/' } },
      ],
    },
    'a folder of the node is mounted',
  ],
  [{ hostNetwork: true }, 'hostNetwork opens the node'],
  [{ hostPID: true }, 'hostPID opens the node'],
  [{ hostIPC: true }, 'hostIPC opens the node'],
  [
    { containers: [{ name: 'a' }, { name: 'b', securityContext: { privileged: true } }] },
    'the container "b" is privileged',
  ],
  [
    { initContainers: [{ name: 'c', securityContext: { privileged: true } }] },
    'the container "c" is privileged',
  ],
  [
    { containers: [{ name: 'd', securityContext: { runAsUser: 0 } }] },
    'the container "d" runs as root',
  ],
  [
    { initContainers: [{ name: 'e', securityContext: { runAsUser: 0 } }] },
    'the container "e" runs as root',
  ],
  [{ securityContext: { runAsUser: 0 } }, 'every container runs as root'],
  [
    { containers: [{ name: 'f', securityContext: { capabilities: { add: ['NET_ADMIN'] } } }] },
    'the container "f" may do more than others',
  ],
  [
    { securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } },
    'the setting kernel.msgmax of the kernel is changed',
  ],
  [
    { securityContext: { seccompProfile: { type: 'Unconfined' } } },
    'every container runs without seccomp',
  ],
  [
    { securityContext: { appArmorProfile: { type: 'Unconfined' } } },
    'every container runs without AppArmor',
  ],
  [
    { securityContext: { seLinuxOptions: { type: 'spc_t' } } },
    'every container changes what SELinux lets it do',
  ],
  [
    { containers: [{ name: 'g', securityContext: { seLinuxOptions: { user: 'root' } } }] },
    'the container "g" changes what SELinux lets it do',
  ],
  [
    { containers: [{ name: 'h', securityContext: { seLinuxOptions: { role: 'sysadm_r' } } }] },
    'the container "h" changes what SELinux lets it do',
  ],
  [
    { containers: [{ name: 'i', securityContext: { seccompProfile: { type: 'Unconfined' } } }] },
    'the container "i" runs without seccomp',
  ],
  [
    {
      initContainers: [{ name: 'j', securityContext: { appArmorProfile: { type: 'Unconfined' } } }],
    },
    'the container "j" runs without AppArmor',
  ],
  [
    { containers: [{ name: 'k', ports: [{ containerPort: 80, hostPort: 80 }] }] },
    'the container "k" takes a port of the node',
  ],
  [
    { hostUsers: false, containers: [{ name: 'l', securityContext: { procMount: 'Unmasked' } }] },
    'the container "l" sees all of /proc',
  ],
  [
    {
      containers: [
        { name: 'm', livenessProbe: { httpGet: { host: '169.254.169.254', port: 80 } } },
      ],
    },
    'the container "m" has a probe that names a host',
  ],
  [
    {
      containers: [
        { name: 'n', lifecycle: { preStop: { tcpSocket: { host: '10.0.0.1', port: 80 } } } },
      ],
    },
    'the container "n" has a probe that names a host',
  ],
  [
    {
      hostNetwork: true,
      securityContext: {
        windowsOptions: { hostProcess: true, runAsUserName: 'a' },
        runAsNonRoot: true,
      },
      os: { name: 'windows' },
    },
    'hostNetwork opens the node',
  ],
  [
    { containers: [{ name: 'o', startupProbe: { tcpSocket: { host: '127.0.0.1', port: 80 } } }] },
    'the container "o" has a probe that names a host',
  ],
];

/** Neighbours of them that are right. */
export const SOUND: JsonObject[] = [
  { volumes: [{ name: 'a', emptyDir: {} }, 'hostPath'] },
  { volumes: [{ name: 'a', hostPath: null }] },
  { hostNetwork: false, hostPID: false, hostIPC: false },
  { containers: [{ name: 'a', securityContext: { privileged: false, runAsUser: 1000 } }] },
  { initContainers: [{ name: 'a', securityContext: { privileged: false, runAsUser: 1 } }] },
  { containers: [{ name: 'a', privileged: true, runAsUser: 0 }] },
  { containers: [{ name: 'a', securityContext: 'privileged' }] },
  { securityContext: { runAsUser: 1000 } },
  { containers: [{ name: 'a', securityContext: { capabilities: { drop: ['ALL'], add: [] } } }] },
  { securityContext: { sysctls: [{ name: 'net.ipv4.tcp_rmem', value: '1' }] } },
  {
    securityContext: {
      seccompProfile: { type: 'RuntimeDefault' },
      appArmorProfile: { type: 'RuntimeDefault' },
    },
  },
  { securityContext: { seLinuxOptions: { type: 'container_t', level: 's0:c1' } } },
  {
    containers: [
      { name: 'a', ports: [{ containerPort: 80 }], securityContext: { procMount: 'Default' } },
    ],
  },
  { containers: [{ name: 'a', readinessProbe: { httpGet: { path: '/', port: 80 } } }] },
];
