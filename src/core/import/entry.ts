import { isObject, objectsIn } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { textsOf } from './forms.ts';
import type { Ledger } from './ledger.ts';
import type { Beside, Drafted } from './types.ts';

const HOST = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/u;
const CALLBACK = /^(https?:\/\/([^/:]+)(?::\d+)?)\/(?:[^?#]*\/)?oauth_callback$/u;

/** Under which names people reach the hub. */
export function entryPart(ledger: Ledger, { name }: Beside): Drafted {
  const known = callbacks(ledger);
  const hosts = [
    ...named(ledger, '/ingress/hosts'),
    ...objectsIn(ledger.at('/ingress/tls')).flatMap((one) => textsOf(one['hosts'])),
    ...named(ledger, '/proxy/https/hosts'),
    ...known.map(({ host }) => host),
  ].filter((host) => HOST.test(host));
  const [first, ...others] = new Set(hosts);
  if (first === undefined)
    ledger.tell('/ingress/hosts', 'no address of the hub stands in the values: write url:');
  for (const path of ['/ingress/hosts', '/proxy/https/hosts'])
    if (ledger.take(path) !== undefined) ledger.says(path, 'url');
  theRest(ledger);
  return {
    environment: {
      url:
        known.find(({ host }) => host === first)?.origin ??
        `https://${first ?? `${name}.example.org`}`,
      ...(others.length > 0 && { hosts: others }),
    },
  };
}

function named(ledger: Ledger, path: string): string[] {
  const value = ledger.at(path);
  return [...textsOf(value), ...objectsIn(value).flatMap((one) => textsOf(one['host']))];
}

/** Logins come back to the hub's own address. */
function callbacks(ledger: Ledger): { origin: string; host: string }[] {
  const config = ledger.at('/hub/config');
  const sections = isObject(config) ? Object.values(config).filter(isObject) : [];
  const found = sections.flatMap((section: JsonObject) => textsOf(section['oauth_callback_url']));
  return found.flatMap((url) => {
    const [, origin, host] = CALLBACK.exec(url) ?? [];
    return origin === undefined || host === undefined ? [] : [{ origin, host }];
  });
}

function theRest(ledger: Ledger): void {
  ledger.drop('/ingress/enabled', 'the cluster’s ingress: says how people reach hubs');
  ledger.drop('/ingress/ingressClassName', 'the cluster’s ingress: says how people reach hubs');
  ledger.drop('/ingress/tls', 'the platform has a certificate for url:');
  ledger.drop('/ingress/pathType', 'the cluster’s ingress: says how people reach hubs');
  ledger.drop('/proxy/service', 'people reach hubs by the cluster’s ingress:');
  const manual = ['secret', 'manual', 'offload'].some(
    (type) => type === ledger.at('/proxy/https/type'),
  );
  if (manual)
    ledger.tell(
      '/proxy/https',
      'a certificate of one’s own: certificate: names two secrets; without it the cluster’s issuer is asked for one',
    );
  ledger.drop('/proxy/https', 'the platform has a certificate for url:');
  ledger.drop('/proxy/traefik', 'the cluster’s ingress takes its place');
  const base = ledger.take('/hub/baseUrl');
  if (typeof base === 'string' && base !== '/')
    ledger.tell(
      '/hub/baseUrl',
      'a hub has a host name of its own, and no folder: lead the old address to it',
    );
  const annotations = ledger.take('/ingress/annotations');
  if (isObject(annotations))
    for (const key of Object.keys(annotations)) {
      const path = `/ingress/annotations/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      if (/cert-manager|acme|ingress\.class/u.test(key))
        ledger.dropped.push({ path, what: 'the cluster’s ingress.issuer says who certifies' });
      else
        ledger.tell(
          path,
          'the platform writes the ingress: say it for the whole cluster, in its controller',
        );
    }
}
