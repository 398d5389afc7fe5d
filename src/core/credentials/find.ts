import { isObject, pointer, segmentsOf } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Kind } from '../model/types.ts';
import { assignedIn, canBeSecret, namesCredential, namesMeasure } from './names.ts';
import { credentialIn, shapedIn } from './shapes.ts';

/** A credential in a file, without its value. */
export interface Found {
  path: string;
  /** The key or variable that holds it. */
  name: string;
  /** What it is, in a sentence: `a token of GitHub`. */
  what: string;
}

interface Written {
  path: string;
  name: string;
  value: null | boolean | number | string;
}

/** Every single value with the name that people would call it by: its key, or the `name` beside a `value`. */
function* written(value: Json, path: string, name: string): Generator<Written> {
  if (isEmpty(value)) yield { path, name, value: null };
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* written(item, `${path}/${index}`, name);
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value))
      yield* written(item, path + pointer(key), key === 'value' ? variable(value, name) : key);
  } else {
    yield { path, name, value };
  }
}

function isEmpty(value: Json): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function variable(entry: JsonObject, name: string): string {
  return typeof entry['name'] === 'string' ? entry['name'] : name;
}

/** Where a name alone makes a value a secret: elsewhere the format says what each key means. */
const FREE: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  environment: ['/env/', '/values/'],
  image: ['/env/'],
};

/** Every credential in what a file says, whether or not its schema accepts it. */
export function credentialsIn(kind: Kind, data: Json): Found[] {
  return [...written(data, '', '')].flatMap((one) => {
    const what = credentialAs(kind, one);
    return what === undefined ? [] : [{ path: one.path, name: one.name, what }];
  });
}

function credentialAs(kind: Kind, { path, name, value }: Written): string | undefined {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  const shaped = credentialIn(text) ?? shapedIn(path)[0]?.what;
  if (shaped !== undefined || text === '') return shaped;
  if (kind === 'environment' && isGivenBelowSecrets(path, text)) return 'the value of a secret';
  const free = FREE[kind]?.some((zone) => path.startsWith(zone)) === true || path === '/env';
  return free ? byName(path, name, value) : undefined;
}

function byName(path: string, name: string, value: Written['value']): string | undefined {
  const isKeeper = name === 'keys' && path.includes('/CryptKeeper/');
  const isNumber = typeof value === 'number';
  const isMeasure = /^\d+(\.\d+)?$/u.test(String(value)) && namesMeasure(name);
  if (isKeeper || (!isMeasure && namesCredential(name) && (isNumber || canBeSecret(String(value)))))
    return 'a secret by its name';
  const assigned = typeof value === 'string' ? assignedIn(value) : undefined;
  return assigned === undefined ? undefined : `a value for ${assigned}`;
}

/** Below `secrets:` there are names, and for each what it is for: anything else is the secret itself. */
function isGivenBelowSecrets(path: string, text: string): boolean {
  const [top, , key, ...deeper] = segmentsOf(path);
  if (top !== 'secrets') return false;
  if (key === undefined) return true;
  if (deeper.length === 0 && Object.hasOwn(WORDS_BELOW_SECRETS, key))
    return looksRandom(text) || WORDS_BELOW_SECRETS[key]?.test(text) === false;
  // A misspelt key below a name holds a few words, or a time.
  return /^(?!\d+[smhd]$)\S+$/u.test(text);
}

/** Keys below a name that hold words: what it is for, for whom, in which variable. */
const WORDS_BELOW_SECRETS: Readonly<Record<string, RegExp>> = {
  use: /./u,
  for: /^[a-z]{1,12}$/u,
  env: /^[A-Za-z_]\w*$/u,
};

/** One long word of letters and digits: nobody describes a use like that. */
function looksRandom(text: string): boolean {
  return /^(?=\D*\d)(?=[^A-Za-z]*[A-Za-z])[^\s]{16,}$/u.test(text);
}

/** Whether a value, or anything within it, must not be repeated to people. */
export function holdsCredential(value: Json, name: string): boolean {
  return [...written(value, '', name)].some(
    ({ name: own, value: one }) =>
      (typeof one === 'string' && credentialIn(one) !== undefined) ||
      byName('', own, one) !== undefined,
  );
}
