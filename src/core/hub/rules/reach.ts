import { at, isObject, pointer } from '../../json.ts';
import { quoted } from '../../model/formats.ts';
import type { Rule } from '../../rule.ts';
import { knownTexts } from '../values/variables.ts';
import { isLocalHost } from './environment.ts';
import { configOf, demand, namesNothing } from './values.ts';

export const baseUrl = demand({
  id: 'base-url',
  title: 'A hub is reached at the root of its host name.',
  why: 'The way back from GitHub’s login, the checks after a deployment, the probe and every link look for it there: below a path nobody could log in, and no deployment would be found healthy.',
  paths: ['/hub/baseUrl'],
  bad: (value) =>
    value === '/'
      ? undefined
      : {
          message: `below ${quoted(value)} nobody finds the hub`,
          hint: 'remove it; a hub has a host name of its own, url:',
        },
});

export const hubCommand = demand({
  id: 'hub-command',
  title: 'A hub is started as the chart starts it.',
  why: 'What is said on the command line wins over every file of settings, the door’s too, and no check loads it.',
  paths: ['/hub/command', '/hub/args'],
  bad: (value) =>
    namesNothing(value)
      ? undefined
      : {
          message: 'the hub would be started past its configuration',
          hint: 'remove it; write settings below hub.config',
        },
});

const ELSEWHERE = {
  message: 'another server than GitHub would say who somebody is',
  hint: 'remove it; access files name GitHub’s accounts',
};
const UNSEEN = {
  message: 'whoever is on the way to GitHub could say who somebody is',
  hint: 'remove it; name a certificate of your own by http_request_kwargs: {ca_certs: …}',
};
/** Settings of the login, and what is wrong with them; null where any value is. */
const OF_LOGIN: readonly (readonly [name: string, good: boolean | null, fault: typeof UNSEEN])[] = [
  ['authorize_url', null, ELSEWHERE],
  ['github_api', null, ELSEWHERE],
  ['github_url', null, ELSEWHERE],
  ['token_url', null, ELSEWHERE],
  ['userdata_url', null, ELSEWHERE],
  ['user_auth_state_key', null, ELSEWHERE],
  ['validate_server_cert', true, UNSEEN],
  ['http_request_kwargs/validate_cert', true, UNSEEN],
];
/** Variables that these settings have as their defaults. Source: oauthenticator 17. */
const LOGIN_VARIABLES: readonly string[] = [
  'GITHUB_HOST',
  'GITHUB_HTTP',
  'GITHUB_URL',
  ...['AUTHORIZE_URL', 'TOKEN_URL', 'USERDATA_URL', 'USERNAME_KEY', 'BASIC_AUTH'].map(
    (name) => `OAUTH2_${name}`,
  ),
  'OAUTH2_USERDATA_REQUEST_TYPE',
  ...['CALLBACK_URL', 'LOGOUT_REDIRECT_URL', 'TLS_VERIFY'].map((name) => `OAUTH_${name}`),
];

export const loginElsewhere: Rule = {
  id: 'login-elsewhere',
  severity: 'error',
  title: 'People log in at GitHub.',
  why: 'Access files name accounts by GitHub’s numbers: at another server somebody else has the same number, or chooses it. A hub on loopback or a private address may log people in at a stand-in for GitHub that is there, too.',
  on: 'values',
  *check({ values, hub, place }) {
    for (const [section, traits] of configOf(values))
      for (const [name, good, fault] of OF_LOGIN) {
        const value = at(traits, `/${name}`);
        if (value !== undefined && value !== good)
          yield { at: place(`${pointer('hub', 'config', section)}/${name}`), ...fault };
      }
    const texts = knownTexts(values, '/hub/extraEnv');
    const written = at(values, '/hub/extraEnv');
    for (const name of LOGIN_VARIABLES)
      if (at(written, pointer(name)) !== undefined && !isOnTrial(hub.data.url, name, texts[name]))
        yield {
          at: place(pointer('hub', 'extraEnv', name)),
          ...(name === 'OAUTH_TLS_VERIFY' ? UNSEEN : ELSEWHERE),
        };
  },
};

/** Whether a hub is tried out with a stand-in for GitHub: nobody outside reaches either. */
function isOnTrial(url: string, name: string, github: string | undefined): boolean {
  if (name !== 'GITHUB_URL') return false;
  return [url, github ?? ''].every((one) =>
    isLocalHost(/^https?:\/\/([^/:]+)/u.exec(one)?.[1] ?? ''),
  );
}

export const entry: Rule = {
  id: 'entry',
  severity: 'error',
  title: 'People reach a hub by the cluster’s entry alone, with a certificate.',
  why: 'Without one logins and tokens travel in clear; another path or route below the hub’s host name leads people to a program that gets their cookies.',
  on: 'values',
  *check({ values, place }) {
    if (at(values, '/ingress/enabled') === true && namesNothing(at(values, '/ingress/tls') ?? null))
      yield {
        at: place('/ingress/tls'),
        message: 'the entry would have no certificate',
        hint: 'remove it: the cluster’s issuer makes one',
      };
    for (const path of ['/ingress/extraPaths', '/ingress/pathSuffix', '/httpRoute/enabled'])
      if (!namesNothing(at(values, path) ?? null))
        yield {
          at: place(path),
          message: 'requests would go past the entry that the platform makes',
          hint: 'remove it; url: and the cluster’s ingress: say how people reach the hub',
        };
  },
};

/** Annotations by which others than the cluster's issuer make a certificate, or give their own. */
const CERTIFIES = /cert-manager\.io\/|tls-acme|certresolver|certificate-arn|pre-shared-cert/u;

export const noIssuer: Rule = {
  id: 'no-issuer',
  severity: 'warning',
  title: 'Somebody makes the certificate of a hub.',
  why: 'Without an issuer the entry waits for a Secret that nobody makes, and browsers warn of the hub or do not open it.',
  on: 'values',
  *check({ hub, cluster }) {
    const { class: entry, issuer } = cluster.data.ingress;
    if (entry === 'none' || issuer !== null || hub.data.certificate !== undefined) return;
    if (at(hub.data.values, '/ingress/tls') !== undefined) return;
    const annotations = at(hub.data.values, '/ingress/annotations');
    if (isObject(annotations) && Object.keys(annotations).some((name) => CERTIFIES.test(name)))
      return;
    yield {
      at: cluster.at('/ingress/issuer'),
      message: `nobody makes a certificate for ${hub.data.url}`,
      hint: `write issuer:, or in ${hub.file} certificate: with one of your own`,
    };
  },
};
