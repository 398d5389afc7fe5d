import { at, isObject } from '../../json.ts';
import { quoted } from '../../model/formats.ts';
import type { Rule } from '../../rule.ts';
import { demand, namesNothing, traitDemand } from './values.ts';

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

export const loginElsewhere = traitDemand({
  id: 'login-elsewhere',
  title: 'People log in at GitHub.',
  why: 'Access files name accounts by GitHub’s numbers: at another server somebody else has the same number, or chooses it.',
  names: [
    'authorize_url',
    'github_api',
    'github_url',
    'token_url',
    'userdata_url',
    'user_auth_state_key',
  ],
  bad: () => ({
    message: 'another server than GitHub would say who somebody is',
    hint: 'remove it; access files name GitHub’s accounts',
  }),
});

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
    if (entry === 'none' || issuer !== null || at(hub.data.values, '/ingress/tls') !== undefined)
      return;
    const annotations = at(hub.data.values, '/ingress/annotations');
    if (isObject(annotations) && Object.keys(annotations).some((name) => CERTIFIES.test(name)))
      return;
    yield {
      at: cluster.at('/ingress/issuer'),
      message: `nobody makes a certificate for ${hub.data.url}`,
      hint: `write issuer:, or in ${hub.file} values: {ingress: {tls: …}} with a Secret of your own`,
    };
  },
};
