import { describe, expect, test } from '@jest/globals';
import { entryPart } from '../../../../src/core/hub/values/entry.ts';
import { MAIN, contextWith } from './context.ts';

describe('entry', () => {
  const proxy = { service: { type: 'ClusterIP' }, https: { enabled: false } };
  const from = { '/ingress/hosts': '/url', '/ingress/tls': '/url' };
  const ingress = (annotations: object) => ({
    enabled: true,
    ingressClassName: 'nginx',
    annotations,
    hosts: ['hub.example.org'],
    tls: [{ hosts: ['hub.example.org'], secretName: 'hub-tls' }],
  });

  test('one Ingress with a certificate', () => {
    expect(entryPart(contextWith({}))).toEqual({
      jupyterhub: { proxy, ingress: ingress({ 'cert-manager.io/cluster-issuer': 'letsencrypt' }) },
      from,
    });
  });

  test('without an issuer nobody is asked for a certificate', () => {
    const cluster = { [MAIN]: { ingress: { class: 'nginx', issuer: null } } };
    expect(entryPart(contextWith({ url: 'http://hub.example.org:81/x' }, cluster))).toEqual({
      jupyterhub: { proxy, ingress: ingress({}) },
      from,
    });
  });

  test('a certificate of one’s own is asked of nobody', () => {
    const secrets = { chain: { use: 'entry' }, private: { use: 'entry' } };
    const hub = { secrets, certificate: { cert: 'chain', key: 'private' } };
    const tls = [{ hosts: ['hub.example.org'], secretName: 'hub-certificate' }];
    expect(entryPart(contextWith(hub))).toEqual({
      jupyterhub: { proxy, ingress: { ...ingress({}), tls } },
      from: { ...from, '/ingress/tls': '/certificate' },
    });
  });

  test('a cluster without an entry', () => {
    const cluster = { [MAIN]: { ingress: { class: 'none' } } };
    expect(entryPart(contextWith({}, cluster))).toEqual({
      jupyterhub: { proxy, ingress: { enabled: false } },
    });
  });
});
