interface Shape {
  /** As it is called in a sentence, with its article. */
  what: string;
  form: RegExp;
}

/**
 * What gives itself away wherever it stands. Sources: the issuers' own descriptions of their tokens, and the patterns
 * that GitHub's secret scanning publishes.
 */
const SHAPES: readonly Shape[] = [
  { what: 'a private key', form: /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----/u },
  { what: 'a key of age', form: /AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{50,}/iu },
  {
    what: 'a key of AWS',
    form: /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])/u,
  },
  {
    what: 'a token of GitHub',
    form: /(?<![A-Za-z0-9])(?:gh[opusr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{22,})/u,
  },
  {
    what: 'a token of GitLab',
    form: /(?<![A-Za-z0-9])gl(?:pat|dt|rt|cbt|ptt|ft|soat|oas)-[\w-]{20,}/u,
  },
  { what: 'a token of Slack', form: /(?<![A-Za-z0-9])xox[a-z](?:-\d+)*-[A-Za-z0-9-]{10,}/u },
  { what: 'a token of Slack', form: /(?<![A-Za-z0-9])xapp-\d-[A-Za-z0-9-]{10,}/u },
  {
    what: 'a webhook of Slack',
    form: /hooks\.slack\.com\/(?:services|workflows)\/[A-Za-z0-9/_-]{20,}/u,
  },
  { what: 'a key of Google', form: /(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{35}/u },
  {
    what: 'a secret of Google',
    form: /(?<![A-Za-z0-9])(?:GOCSPX-[A-Za-z0-9_-]{20,}|ya29\.[A-Za-z0-9_-]{20,})/u,
  },
  {
    what: 'a token (JWT)',
    form: /(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/u,
  },
  { what: 'a token of Docker', form: /(?<![A-Za-z0-9])dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}/u },
  { what: 'a login of a registry', form: /"auth"\s*:\s*"[A-Za-z0-9+/]{8,}={0,2}"/u },
  { what: 'a token of DigitalOcean', form: /(?<![A-Za-z0-9])do[opr]_v1_[a-f0-9]{64}/u },
  { what: 'a token of Hugging Face', form: /(?<![A-Za-z0-9])hf_[A-Za-z0-9]{30,}/u },
  { what: 'a token of npm', form: /(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36}/u },
  { what: 'a token of PyPI', form: /(?<![A-Za-z0-9])pypi-[A-Za-z0-9_-]{50,}/u },
  { what: 'a key of Stripe', form: /(?<![A-Za-z0-9])[rs]k_(?:live|test)_[A-Za-z0-9]{16,}/u },
  { what: 'a key of an AI service', form: /(?<![A-Za-z0-9])sk-(?:ant-|proj-)[A-Za-z0-9_-]{20,}/u },
  { what: 'a key of Azure', form: /AccountKey=[A-Za-z0-9+/]{40,}/u },
  {
    what: 'a signed address',
    form: /[?&](?:sig|X-Amz-Signature|X-Goog-Signature)=[A-Za-z0-9%+/]{16,}/u,
  },
  {
    what: 'an authorization header',
    form: /(?:\b(?:Bearer|Basic)|[Aa]uthorization["']?\s*[:=]\s*["']?[A-Za-z]+)\s+(?=[^\s]*\d)[A-Za-z0-9+/._~-]{16,}={0,2}/u,
  },
  {
    what: 'an address with a password',
    // A port before a path is none, and neither is what only refers to a password.
    form: /:\/\/[^\s/?#:@]*:(?!\d{1,5}[/?#])(?![${<*%])[^\s@]+@/u,
  },
];

/** A piece of a text that is a credential by its form. */
interface Shaped {
  what: string;
  text: string;
  index: number;
}

/** Nearly every text holds nothing: one look tells. */
const ANY = new RegExp(SHAPES.map(({ form }) => form.source).join('|'), 'iu');
const EVERY = SHAPES.map(({ what, form }) => ({ what, form: new RegExp(form, `${form.flags}g`) }));

/** Every credential that a text holds in clear. */
export function shapedIn(text: string): Shaped[] {
  if (!ANY.test(text)) return [];
  return EVERY.flatMap(({ what, form }) =>
    [...text.matchAll(form)].map((found) => ({ what, text: found[0], index: found.index })),
  );
}

/**
 * What a text holds, in clear or as base64, once or twice: a Secret of Kubernetes is base64 around a file that may be
 * so, too.
 */
export function credentialIn(text: string, depth = 2): string | undefined {
  const clear = shapedIn(text)[0]?.what;
  if (clear !== undefined || depth === 0) return clear;
  for (const run of base64Runs(text)) {
    const inside = [0, 1, 2, 3]
      .map((skip) => credentialIn(decoded(run.slice(skip)), depth - 1))
      .find((one) => one !== undefined);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

/** Folded base64 is one run: what lies between its lines is left out. */
function base64Runs(text: string): string[] {
  const whole = /\s/u.test(text) ? [text, text.replaceAll(/\s+/gu, '')] : [text];
  return whole.flatMap((one) => one.match(/[A-Za-z0-9+/_-]{16,}/gu) ?? []);
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 of either alphabet as Latin-1; a rest of fewer than eight bits is dropped. */
function decoded(run: string): string {
  let bits = 0;
  let held = 0;
  const bytes: string[] = [];
  for (const char of run.replaceAll('-', '+').replaceAll('_', '/')) {
    bits = ((bits << 6) | ALPHABET.indexOf(char)) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push(String.fromCharCode((bits >> held) & 0xff));
  }
  return bytes.join('');
}

/** A text as it may be shown: not at all, where it holds a credential. */
export function unlessCredential(text: string): string {
  return credentialIn(text) === undefined ? text : '(hidden)';
}

/** The text without the credentials in it, for messages. */
export function withoutCredentials(text: string): string {
  return shapedIn(text).reduce((rest, found) => rest.replaceAll(found.text, '(hidden)'), text);
}
