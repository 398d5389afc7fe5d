import { SOPS_FILE } from '../credentials/placeholder.ts';
import { encryptionFindings } from '../credentials/encrypted.ts';
import type { SecretFinding } from '../hub/secrets.ts';
import { at, compareText, isObject, walk } from '../json.ts';
import type { Json } from '../json.ts';
import type { Doc, EnvironmentFile, Platform } from '../model/types.ts';
import { readSource } from '../source.ts';
import { missing, ok, quoted, unknown } from './check.ts';
import type { Asked, Check } from './check.ts';

export interface SecretsFacts {
  /** Text of .sops.yaml; undefined where there is none. */
  sops: string | undefined;
  /** Texts of `secrets/<hub>.sops.yaml`, encrypted as they are, by hub. */
  files: ReadonlyMap<string, string>;
  /** What decrypting each file that there is has shown. */
  opened: ReadonlyMap<string, Asked<Opened>>;
}

/** What a key at hand has made of a file: no value stands here. */
export type Opened =
  { kind: 'open'; secrets: readonly SecretFinding[] } | { kind: 'refused'; why: string };

/** Without declared secrets nothing need be encrypted. */
export function secretsChecks(platform: Platform, facts: SecretsFacts): Check[] {
  const hubs = [...platform.environments.values()].filter(
    ({ name, data }) => Object.keys(data.secrets).length > 0 || facts.files.has(name),
  );
  if (hubs.length === 0) return [];
  const recipients = recipientsOf(facts.sops ?? '');
  return [
    recipientsCheck(facts.sops, recipients),
    ...hubs.flatMap((hub) => hubChecks(hub, facts, recipients)),
  ];
}

/** Public keys of age, and names of keys that a cloud keeps. */
function recipientsOf(text: string): string[] {
  const { data, findings } = readSource(SOPS_FILE, text);
  // Sops reads more of YAML than files of a platform may have, such as anchors.
  if (findings.length > 0) return [...new Set(text.match(/\bage1[0-9a-z]{58}\b/gu) ?? [])];
  const rules = at(data, '/creation_rules');
  const lists = [...walk(rules ?? null)].flatMap(({ path, value }) =>
    /\/(?:age|pgp|kms|gcp_kms|azure_keyvault|hc_vault_transit_uri|hc_vault|arn|resource_id|vaultUrl)(?:\/|$)/u.test(
      path,
    )
      ? wordsOf(value)
      : [],
  );
  return [...new Set(lists)];
}

/** Several stand in one text with commas between, or in a list. */
function wordsOf(value: Json): string[] {
  if (typeof value !== 'string') return [];
  return value
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '' && word !== 'PUBLIC-KEY');
}

function recipientsCheck(text: string | undefined, recipients: readonly string[]): Check {
  const id = 'secrets/recipients';
  if (text !== undefined && recipients.length > 0)
    return ok(
      id,
      SOPS_FILE,
      `names ${recipients.length} ${recipients.length === 1 ? 'key' : 'keys'}`,
    );
  if (text !== undefined)
    return missing(
      id,
      SOPS_FILE,
      'names no key, so nothing can be encrypted',
      'age-keygen -o hubs.agekey # then its public key after `age:` in .sops.yaml; hubs.agekey is never committed',
    );
  const rule = String.raw`creation_rules:\n  - path_regex: secrets/[^/]+[.]sops[.]yaml$\n    age: %s\n`;
  return missing(
    id,
    SOPS_FILE,
    'is not there',
    `age-keygen -o hubs.agekey && printf '${rule}' "$(age-keygen -y hubs.agekey)" > .sops.yaml # hubs.agekey is never committed`,
  );
}

function hubChecks(
  hub: Doc<EnvironmentFile>,
  { files, opened }: SecretsFacts,
  recipients: readonly string[],
): Check[] {
  const file = `secrets/${hub.name}.sops.yaml`;
  const text = files.get(hub.name);
  const id = 'secrets/file';
  const encrypt = `sops encrypt --in-place ${quoted(file)}`;
  const fill = `glaciocloud secrets template ${quoted(hub.name)} > ${quoted(file)}`;
  const edit = '"${EDITOR:-vi}"';
  if (text === undefined)
    return [
      missing(
        id,
        file,
        `is not there: ${hub.name} declares ${Object.keys(hub.data.secrets).join(', ')}`,
        `mkdir -p secrets && ${fill} && ${edit} ${quoted(file)} && ${encrypt}`,
      ),
    ];
  const [open] = encryptionFindings(file, text);
  if (open) {
    const line = open.at.line;
    return [missing(id, `${file}:${line}`, `${open.message}; ${open.hint}`, encrypt)];
  }
  return [
    ok(id, file, 'is encrypted'),
    ...foreignKeys(file, text, recipients),
    ...openedChecks(hub, file, opened.get(hub.name)),
  ];
}

/** Who has a key that .sops.yaml no longer names still reads the file. */
function foreignKeys(file: string, text: string, recipients: readonly string[]): Check[] {
  const found = at(readSource(file, text).data, '/sops/age');
  const keys = Array.isArray(found)
    ? found.flatMap((one) => (isObject(one) ? wordsOf(one['recipient'] ?? null) : []))
    : [];
  const others = keys.filter((key) => !recipients.includes(key)).sort(compareText);
  if (others.length === 0 || recipients.length === 0) return [];
  return [
    missing(
      'secrets/recipients',
      file,
      `is encrypted for ${others.join(', ')}, which .sops.yaml does not name`,
      `sops updatekeys ${quoted(file)}`,
    ),
  ];
}

function openedChecks(
  hub: Doc<EnvironmentFile>,
  file: string,
  opened: Asked<Opened> | undefined,
): Check[] {
  const id = 'secrets/key';
  if (!opened) return [];
  if (opened.kind === 'not-asked') return [unknown(id, file, opened)];
  const { value } = opened;
  if (value.kind === 'refused')
    return [missing(id, file, value.why, 'export SOPS_AGE_KEY_FILE=FILE # the key of a recipient')];
  const edit = `sops edit ${quoted(file)}`;
  const audit = `${edit} # glaciocloud secrets audit ${hub.name} shows each`;
  const of = (...states: SecretFinding['state'][]): string[] =>
    value.secrets.filter(({ state }) => states.includes(state)).map(({ secret }) => secret);
  const wrong = [
    ...said('has no', of('missing')),
    ...said('holds no proper', of('malformed')),
    ...said('holds what is not declared:', of('unused')),
  ];
  const due = of('due');
  const complete = 'secrets/complete';
  return [
    ok(id, file, 'can be decrypted'),
    wrong.length === 0
      ? ok(complete, file, 'holds what is declared')
      : missing(complete, file, wrong.join('; '), audit),
    due.length === 0
      ? ok('secrets/age', file, 'nothing is due for renewal')
      : missing('secrets/age', file, `${due.join(', ')}: due for renewal`, audit),
  ];
}

function said(what: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${what} ${names.join(', ')}`];
}
