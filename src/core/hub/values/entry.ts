import { hostsOf } from '../certificate.ts';
import type { HubContext, Part } from './part.ts';
import { SUPPLIED } from './supplied.ts';

/** Made by the cluster's issuer, where nobody supplies a certificate. */
export const TLS_SECRET = 'hub-tls';

/** How people reach the hub: one Ingress with a certificate, or nothing at all on a cluster without. */
export function entryPart({ hub, cluster }: HubContext): Part {
  const { class: ingressClass, issuer } = cluster.ingress;
  const proxy = { service: { type: 'ClusterIP' }, https: { enabled: false } };
  if (ingressClass === 'none') return { jupyterhub: { proxy, ingress: { enabled: false } } };
  const hosts = hostsOf(hub.data);
  const supplied = hub.data.certificate !== undefined;
  return {
    jupyterhub: {
      proxy,
      ingress: {
        enabled: true,
        ingressClassName: ingressClass,
        annotations:
          issuer === null || supplied ? {} : { 'cert-manager.io/cluster-issuer': issuer },
        hosts,
        tls: [{ hosts, secretName: supplied ? SUPPLIED.certificate : TLS_SECRET }],
      },
    },
    from: { '/ingress/hosts': '/url', '/ingress/tls': supplied ? '/certificate' : '/url' },
  };
}
