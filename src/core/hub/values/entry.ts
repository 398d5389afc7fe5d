import type { HubContext, Part } from './part.ts';

/** Made by the cluster's issuer. */
export const TLS_SECRET = 'hub-tls';

/** How people reach the hub: one Ingress with a certificate, or nothing at all on a cluster without. */
export function entryPart({ hub, cluster }: HubContext): Part {
  const { class: ingressClass, issuer } = cluster.ingress;
  const proxy = { service: { type: 'ClusterIP' }, https: { enabled: false } };
  if (ingressClass === 'none') return { jupyterhub: { proxy, ingress: { enabled: false } } };
  const host = /^https?:\/\/([^/:]+)/u.exec(hub.data.url)?.[1] ?? '';
  return {
    jupyterhub: {
      proxy,
      ingress: {
        enabled: true,
        ingressClassName: ingressClass,
        annotations: issuer === null ? {} : { 'cert-manager.io/cluster-issuer': issuer },
        hosts: [host],
        tls: [{ hosts: [host], secretName: TLS_SECRET }],
      },
    },
    from: { '/ingress/hosts': '/url', '/ingress/tls': '/url' },
  };
}
