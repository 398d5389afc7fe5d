const SECRET = /(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|APIKEY|CREDENTIAL|PW)S?$|^CREDS$/u;
/** Only at the end, and only after another word: PWD alone is the working directory. */
const SECRET_LAST = /^(?:PWD|PASS|KEYS?)$/u;
const KINDS_OF_KEY =
  /(?:^|_)(?:API|ACCESS|PRIVATE|SECRET|SIGNING|ENCRYPTION|AUTH|LICENSE)_KEY(?:_|$)/u;
/** Names that end so say something about a secret: where it is, how long it lasts. */
const ABOUT_WORDS = [
  'FILE|PATH|DIR|FOLDER|NAMES?|UR[LI]|ENDPOINT|HOST',
  String.raw`TYPE|LENGTH|SIZE|TTL|TIMEOUT|AGE|EXPIR\w*|LIFETIME|SECONDS|MINUTES|HOURS|DAYS|INTERVAL`,
  'MAX|MIN|ENABLED|REQUIRED|HEADER|SCOPES?|CLASS|REF|ALGORITHM|ISSUER|AUDIENCE|POLICY',
  'COUNT|LIMIT|FORMAT|PREFIX|ID',
];
const ABOUT = new RegExp(`^(?:${ABOUT_WORDS.join('|')})$`, 'u');
/** Secrets of Kubernetes that are named, keys of labels, keys that everybody may have. */
const HARMLESS =
  /(?:^|_)(?:(?:EXISTING|PULL|TLS)_SECRETS?|(?:TOPOLOGY|LABEL|TAINT|ANNOTATION|PUBLIC)_KEYS?)$/u;

/** `clientSecret`, `client-secret` and `CLIENT_SECRET` are `CLIENT_SECRET`. */
function asWords(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/gu, '$1_$2')
    .replaceAll(/([A-Z])([A-Z][a-z])/gu, '$1_$2')
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/gu, '_')
    .replaceAll(/^_|_$/gu, '');
}

/** Whether something of this name is a secret. */
export function namesCredential(name: string): boolean {
  const joined = asWords(name);
  const words = joined.split('_');
  const last = words.at(-1) ?? '';
  if (ABOUT.test(last) || HARMLESS.test(joined)) return false;
  return (
    words.some((word) => SECRET.test(word)) ||
    (words.length > 1 && SECRET_LAST.test(last)) ||
    KINDS_OF_KEY.test(joined)
  );
}

/** Words of a measure: a number beside one says how much or how long. */
const MEASURE = /^(?:PER|NUM|BYTES|BITS|ROUNDS|RETRIES|VERSION|PORT|WINDOW|DELAY|GRACE|CACHE)$/u;

/** Whether a number of this name measures something: `oauth_token_expires_in`, `max_tokens`. */
export function namesMeasure(name: string): boolean {
  return asWords(name)
    .split('_')
    .some((word) => MEASURE.test(word) || ABOUT.test(word));
}

const SWITCH = /^(?:true|false|yes|no|on|off|none|null)?$/iu;
const REFERENCE = /^(?:\$|\{|<)/u;
const PLACE =
  /^(?:https?:\/\/|file:|(?:~|\.{1,2}|\/(?:etc|home|mnt|opt|run|secrets|srv|tmp|usr|var|data|scratch))\/)/u;

/** Whether a value can be a secret: neither a switch, nor a reference, nor a place where one lies. */
export function canBeSecret(value: string): boolean {
  const text = value.trim();
  return !SWITCH.test(text) && !REFERENCE.test(text) && !PLACE.test(text);
}

const ASSIGNMENTS: readonly RegExp[] = [
  // x.client_secret = "…", "password": "…", os.environ["TOKEN"] = '…'
  /([A-Za-z_][\w-]*)["']?\]?\s*[:=]\s*[bfr]?["']([^"'\n]+)["']/gu,
  // PASSWORD=…, as shells and container runtimes write it
  /(?<![\w.-])([A-Z_][A-Z0-9_]*)=([^\s"'(){}[\]$<>;,]{4,})/gu,
  // --token=…
  /--([A-Za-z][\w.-]*)[= ]([^\s"'(){}[\]$<>;,-][^\s"']{3,})/gu,
  // host=h password=…, ?token=…, password = … in a file within a file; what is called or named has no digit, or goes on
  /(?<=^|[\s;?&,])([A-Za-z_][\w.-]*)[ \t]*=[ \t]*(?=\S*\d)([^\s"'(){}[\]$<>&;,]{8,})(?=[\s&;,]|$)/gmu,
  // password: …, on a line of its own in a file within a file; a word alone is more often a type
  /^[ \t-]*([A-Za-z_][\w-]*):[ \t]+(?=\S*\d)([^\s"'(){}[\]$<>|&*!#]\S{3,})[ \t]*$/gmu,
];

/** The name of a secret that is given a value within a longer text, such as a piece of Python. */
export function assignedIn(text: string): string | undefined {
  for (const form of ASSIGNMENTS) {
    for (const [, name = '', value = ''] of text.matchAll(form))
      if (namesCredential(name) && canBeSecret(value)) return name;
  }
  return undefined;
}
