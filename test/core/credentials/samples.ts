/* Made up, and put together here, so that nobody's scanner takes this file for a leak. */
const chars = (length: number): string => 'a1B2c3D4e5'.repeat(10).slice(0, length);
const segment = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** One credential of each shape, with the words for it. */
export const SAMPLES: readonly [what: string, text: string][] = [
  ['a private key', ['-----BEGIN', 'PRIVATE KEY-----'].join(' ')],
  ['a private key', ['-----BEGIN OPENSSH', 'PRIVATE KEY-----'].join(' ')],
  ['a private key', ['-----BEGIN PGP', 'PRIVATE KEY BLOCK-----'].join(' ')],
  ['a key of age', `AGE-SECRET-KEY-1${'Q7'.repeat(29)}`],
  ['a key of AWS', `AKIA${'B2'.repeat(8)}`],
  ['a key of AWS', `ASIA${'B2'.repeat(8)}`],
  ['a token of GitHub', `ghp_${chars(36)}`],
  ['a token of GitHub', `gho_${chars(36)}`],
  ['a token of GitHub', `ghs_${chars(36)}`],
  ['a token of GitHub', `github_pat_${chars(22)}_${chars(59)}`],
  ['a token of GitLab', `glpat-${chars(20)}`],
  ['a token of Slack', `xoxb-${'1'.repeat(12)}-${chars(24)}`],
  ['a token of Slack', `xapp-1-${chars(24)}`],
  [
    'a webhook of Slack',
    `https://hooks.slack.com/services/T0${chars(8)}/B0${chars(8)}/${chars(24)}`,
  ],
  ['a key of Google', `AIza${chars(35)}`],
  ['a secret of Google', `GOCSPX-${chars(28)}`],
  ['a secret of Google', `ya29.${chars(40)}`],
  ['a token (JWT)', `${segment({ alg: 'RS256' })}.${segment({ sub: 'somebody' })}.${chars(43)}`],
  ['a token of Docker', `dckr_pat_${chars(27)}`],
  ['a login of a registry', `{"auths":{"r.example.org":{"auth":"${chars(16)}"}}}`],
  ['a token of DigitalOcean', `dop_v1_${'a1'.repeat(32)}`],
  ['a token of Hugging Face', `hf_${chars(34)}`],
  ['a token of npm', `npm_${chars(36)}`],
  ['a token of PyPI', `pypi-${chars(60)}`],
  ['a key of Stripe', `sk_live_${chars(24)}`],
  ['a key of an AI service', `sk-ant-${chars(40)}`],
  ['a key of Azure', `AccountName=x;AccountKey=${chars(64)}`],
  ['a signed address', `https://x.example.org/a?sv=1&sig=${chars(43)}`],
  ['a signed address', `https://x.example.org/a?X-Amz-Signature=${chars(64)}`],
  ['an authorization header', `Bearer ${chars(32)}`],
  ['an authorization header', `Basic ${chars(24)}==`],
  ['an address with a password', `postgres://hub:${chars(9)}@db.example.org/hub`],
  ['an address with a password', `https://:${chars(9)}@example.org`],
  ['an address with a password', `redis://x:p/${chars(9)}@db`],
];
