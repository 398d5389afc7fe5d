import { credentialsIn } from '../credentials/find.ts';
import { canBeSecret, namesCredential } from '../credentials/names.ts';
import {
  at,
  compareText,
  isObject,
  isWithin,
  parentOf,
  pointer,
  segmentsOf,
  walk,
} from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { dottedFrom } from './forms.ts';
import { dotted } from './ledger.ts';
import type { Ledger } from './ledger.ts';

const LOGIN = {
  'github-client-id': { use: 'OAuth application of this hub, rotated each year', rotate: '365d' },
  'github-client-secret': {
    use: 'OAuth application of this hub, rotated each year',
    rotate: '365d',
  },
};

/** Keys of the hub's own, which the platform makes anew. */
const MADE = ['/proxy/secretToken', '/hub/cookieSecret', '/hub/config/JupyterHub/cookie_secret'];
const CRYPT_KEEPER = '/hub/config/CryptKeeper';
/** What the login with GitHub has as secrets of the hub. */
const OF_LOGIN =
  /^\/hub\/config\/(?:GitHubOAuthenticator|[A-Z]\w*OAuthenticator|Authenticator)\/client_(?:id|secret)$/u;
/** Secrets that nothing here asks for. */
const NEEDLESS: readonly (readonly [RegExp, string])[] = [
  [/^\/hub\/services\/[^/]+\/(?:apiToken|api_token)$/u, 'the chart makes the tokens of services'],
  [/^\/auth\//u, 'people log in by GitHub'],
  [/^\/hub\/config\/(?!GitHubOAuth)\w*Authenticator\//u, 'people log in by GitHub'],
];
const SERVER_VARIABLE = /^\/singleuser\/extraEnv\/([A-Za-z_]\w*)$/u;
const HUB_VARIABLE = /^\/hub\/extraEnv\/([A-Za-z_]\w*)$/u;

/** Takes out whatever is a secret, before anything else is looked at: only names go on. */
export function secretsPart(ledger: Ledger): JsonObject {
  const secrets: JsonObject = { ...LOGIN };
  for (const path of MADE) ledger.drop(path, 'the platform makes the hub’s keys');
  ledger.drop(CRYPT_KEEPER, 'the platform keeps no state of logins');
  for (const path of loginKeys(ledger.rest)) {
    ledger.take(path);
    ledger.tell(
      path,
      'a secret, which is not copied: github-client-id and github-client-secret of secrets: hold it',
    );
  }
  pullSecrets(ledger, secrets);
  for (const { path, isList } of found(ledger.rest)) {
    ledger.take(path);
    const [, needless] = NEEDLESS.find(([form]) => form.test(path)) ?? [];
    if (needless !== undefined) {
      ledger.dropped.push({ path, what: needless });
      continue;
    }
    const given = isList ? undefined : declared(path, secrets);
    if (given === undefined)
      ledger.tell(
        path,
        'a secret stood in it, so none of it is here: write the part without the secret below values:, and the secret below secrets:',
      );
    else {
      secrets[given.name] = given.entry;
      ledger.tell(
        path,
        `a secret stood here: put it into secrets/<hub>.sops.yaml as ${given.name}, ${given.where}`,
      );
    }
  }
  return { secrets };
}

function loginKeys(values: JsonObject): string[] {
  return [...walk(values)].map(({ path }) => path).filter((path) => OF_LOGIN.test(path));
}

/** Where a secret stands, as far out as it has to go: last in a list first, so that the others keep their places. */
function found(values: JsonObject): { path: string; isList: boolean }[] {
  const paths = new Set<string>();
  for (const { path } of credentialsIn('environment', { values }))
    paths.add(whole(values, path.slice('/values'.length)));
  for (const { path, value } of walk(values))
    if (isSealed(path, value)) paths.add(whole(values, path));
  const outer = [...paths].filter(
    (path) => ![...paths].some((other) => other !== path && isWithin(path, other)),
  );
  return outer
    .sort((a, b) => compareText(padded(b), padded(a)))
    .map((path) => ({ path, isList: Array.isArray(at(values, parentOf(path))) }));
}

/** What sops or a template left in place of a secret, and what a name alone gives away. */
function isSealed(path: string, value: Json): boolean {
  if (typeof value !== 'string') return false;
  const name = segmentsOf(path).at(-1) ?? '';
  return /^ENC\[/u.test(value) || (namesCredential(name) && canBeSecret(value));
}

/** The entry of a list that holds it, where it has one: half an entry means nothing. */
function whole(values: JsonObject, path: string): string {
  const segments = segmentsOf(path);
  for (let depth = 1; depth < segments.length; depth++) {
    const list = pointer(...segments.slice(0, depth));
    if (Array.isArray(at(values, list)) && !list.startsWith('/singleuser/profileList'))
      return pointer(...segments.slice(0, depth + 1));
  }
  const outer = parentOf(path);
  const parent = at(values, outer);
  return isObject(parent) && typeof parent['name'] === 'string' && segments.at(-1) === 'value'
    ? outer
    : path;
}

function padded(path: string): string {
  return path.replaceAll(/\d+/gu, (digits) => digits.padStart(8, '0'));
}

/** Variables keep their names; others are named by their place. */
function declared(
  path: string,
  taken: JsonObject,
): { name: string; entry: JsonObject; where: string } | undefined {
  const variable = SERVER_VARIABLE.exec(path)?.[1] ?? HUB_VARIABLE.exec(path)?.[1];
  const segments = segmentsOf(path);
  if (variable === undefined && /\/(?:extraConfig|extraFiles|templateVars)\//u.test(path))
    return undefined;
  const words = (variable ?? segments.slice(-2).join('-')).replaceAll(/([a-z])([A-Z])/gu, '$1-$2');
  // The hub has it as a variable, and none begins with a digit.
  const named = words.replaceAll('.', '-').replace(/^(?=[0-9])/u, 'secret-');
  const name = dottedFrom(named, 'secret', Object.keys(taken));
  const use = `stood at ${dotted(path)}`;
  return SERVER_VARIABLE.test(path)
    ? {
        name,
        entry: { use, for: 'servers', env: variable ?? name },
        where: 'which servers have as the same variable',
      }
    : {
        name,
        entry: { use },
        where: `which the hub has as the variable ${name.toUpperCase().replaceAll(/[^A-Z0-9]/gu, '_')}`,
      };
}

/** Logins of registries, and Secrets of the namespace that hold one. */
function pullSecrets(ledger: Ledger, secrets: JsonObject): void {
  for (const path of [
    '/imagePullSecret',
    '/imagePullSecrets',
    '/singleuser/image/pullSecrets',
    '/hub/image/pullSecrets',
  ]) {
    const value = ledger.take(path);
    const isUsed = Array.isArray(value)
      ? value.length > 0
      : isObject(value) && value['create'] === true;
    if (!isUsed) continue;
    secrets['pull'] = { use: 'login of the registry that images come from', for: 'pull' };
    ledger.says(path, 'secrets.pull');
    ledger.tell(
      path,
      'its content does not stand here: put the docker config (JSON with auths) into secrets/<hub>.sops.yaml as pull',
    );
  }
}
