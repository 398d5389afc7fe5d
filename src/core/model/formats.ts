import { unlessCredential } from '../credentials/shapes.ts';
import type { Json } from '../json.ts';
import { personMeant, withoutSpaces } from './entries.ts';
import { addressMeant, durationMeant, nameMeant, quantityMeant, timeMeant } from './meant.ts';

export interface Explanation {
  rule: string;
  message: string;
  hint: string;
}

function show(value: Json): string {
  if (value === null) return 'nothing';
  return typeof value === 'string'
    ? `"${clip(withoutLogin(unlessCredential(value)))}"`
    : withoutLogin(unlessCredential(JSON.stringify(value))).slice(0, 60);
}

/** Who asks, and what is asked for: package indexes take tokens as names, others take them behind a question mark. */
const LOGIN = /(:\/\/)(?!git@)[^\s/?#@"]+@/gu;
const QUERY = /(:\/\/[^\s?"]*\?)[^\s"]+/gu;

/** A refused address may hold a token that nothing gives away by its form. */
function withoutLogin(text: string): string {
  return text.replaceAll(LOGIN, '$1(hidden)@').replaceAll(QUERY, '$1(hidden)');
}

function clip(text: string): string {
  // Hostile text must not reach a terminal.
  const plain = text.replaceAll(/[\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/gu, '·');
  return plain.length > 60 ? `${plain.slice(0, 57)}...` : plain;
}

/** JupyterHub reads K, M, G and T, 1024-based; `4Gi` passes the chart's schema and breaks every server start. */
export function explainMemory(value: string): Explanation {
  const fixed = /^([0-9]+(?:\.[0-9]+)?)\s*([kmgt])i?b?$/iu.exec(value.replace(',', '.'));
  return {
    rule: 'memory-suffix',
    message: `${show(value)} is not understood by JupyterHub`,
    hint: fixed
      ? `write ${fixed[1] ?? ''}${(fixed[2] ?? '').toUpperCase()} (1024-based)`
      : 'write a number with K, M, G or T, such as 4G (1024-based)',
  };
}

/** What to say when a value does not have the form of a `$defs` entry of the schemas. */
export const FORMATS: Readonly<Record<string, (value: Json) => Explanation>> = {
  memory: (value) =>
    typeof value === 'string'
      ? explainMemory(value)
      : {
          rule: 'memory-suffix',
          message: `${show(value)} is bytes, or a mistake`,
          hint: `write a number with a unit, such as ${typeof value === 'number' && value > 0 && value < 1024 ? value : 4}G (1024-based)`,
        },
  cpu: (value) => {
    const milli = typeof value === 'string' ? /^([0-9]+)m$/u.exec(value) : null;
    return {
      rule: 'cpu-number',
      message: `${show(value)} is not a number of cores`,
      hint: milli
        ? `write ${Number(milli[1]) / 1000}`
        : 'write a number above 0, such as 2 or 0.5, without quotes',
    };
  },
  name: (value) => ({
    rule: 'name',
    message: `${show(value)} cannot be a name`,
    hint: nameMeant(
      value,
      'use lower-case letters, digits and single hyphens, at most 32, starting with a letter',
    ),
  }),
  dottedName: (value) => ({
    rule: 'name',
    message: `${show(value)} cannot be a name`,
    hint: nameMeant(value, 'use lower-case letters, digits, single hyphens and dots'),
  }),
  envName: (value) => ({
    rule: 'name',
    message: `${show(value)} cannot be the name of an environment variable`,
    hint: 'use letters, digits and underscores',
  }),
  duration: (value) => ({
    rule: 'duration',
    message: `${show(value)} is not a duration`,
    hint: durationMeant(value, 'write a whole number with s, m, h or d, such as 30m or 24h'),
  }),
  quantity: (value) => ({
    rule: 'quantity',
    message: `${show(value)} is not a Kubernetes quantity`,
    hint: quantityMeant(value, 'write a number with Mi, Gi or Ti, such as 20Gi'),
  }),
  instant: (value) => ({
    rule: 'time',
    message: `${show(value)} is not a moment in UTC`,
    hint: timeMeant(value, 'write it like 2026-11-30T08:00Z'),
  }),
  date: (value) => ({
    rule: 'time',
    message: `${show(value)} is not a day`,
    hint: timeMeant(value, 'write it like 2027-02-28'),
  }),
  when: (value) => ({
    rule: 'time',
    message: `${show(value)} is neither a day nor a moment in UTC`,
    hint: timeMeant(value, 'write it like 2026-11-30 or 2026-11-30T08:00Z'),
  }),
  hours: (value) => ({
    rule: 'time',
    message: `${show(value)} is not a span of hours`,
    hint: 'write it like 08:00-18:00',
  }),
  who: (value) => ({
    rule: 'who',
    message: `${show(value)} names nobody`,
    hint: personMeant(
      value,
      'write team:<org>/<slug>, tier:<tier>, cohort:<slug>, user:<GitHub id> or all',
    ),
  }),
  sha256: (value) => ({
    rule: 'digest',
    message: `${show(value)} is not a SHA-256`,
    hint: 'write 64 hex digits, or null until the archive was first seen',
  }),
  digest: (value) => ({
    rule: 'digest',
    message: `${show(value)} is not a registry digest`,
    hint: 'write sha256: and 64 hex digits',
  }),
  image: (value) => ({
    rule: 'image-reference',
    message: `${show(value)} is not an image address`,
    hint: 'write registry/name without tag or digest; those have keys of their own',
  }),
  httpsUrl: (value) => ({
    rule: 'url',
    message: `${show(value)} is not an address`,
    hint: addressMeant(value, 'write it with https://'),
  }),
  mirrorUrl: (value) => ({
    rule: 'url',
    message: `${show(value)} is not the address of a mirror`,
    hint: 'write it like https://mirror.example.org/pypi/simple, without a name or password',
  }),
  bucket: (value) => ({
    rule: 'bucket',
    message: `${show(value)} is not a bucket`,
    hint: 'write s3://NAME or s3://NAME/PREFIX, without a slash at the end',
  }),
  region: (value) => ({
    rule: 'region',
    message: `${show(value)} is not a region`,
    hint: 'write it like eu-central-1',
  }),
  repository: (value) => ({
    rule: 'repository',
    message: `${show(value)} is not a repository`,
    hint: 'write owner/name, without .git',
  }),
  githubId: (value) => ({
    rule: 'github-id',
    message: `${show(value)} is not a GitHub id`,
    hint: 'write the numeric id; api.github.com/users/<login> shows it',
  }),
  buildName: (value) => ({
    rule: 'build-name',
    message: `${show(value)} is not the name of a build`,
    hint: 'builds are named by the platform, such as 2026-11-21-9c1b77: restore the file',
  }),
  condaPackage: (value) => ({
    rule: 'package-name',
    message: `${show(value)} is not a package of conda`,
    hint: withoutSpaces(value, 'write rioxarray, rioxarray=0.19 or conda-forge::rioxarray'),
  }),
  pipPackage: (value) => ({
    rule: 'package-name',
    message: `${show(value)} is not a package of pip`,
    hint: withoutSpaces(
      value,
      'write motuclient, motuclient==3.0, or "NAME @ git+https://HOST/OWNER/REPO@COMMIT" with all 40 digits',
    ),
  }),
  aptPackage: (value) => ({
    rule: 'package-name',
    message: `${show(value)} is not a package of the distribution`,
    hint: withoutSpaces(value, 'write graphviz or graphviz=2.42.2-7'),
  }),
  condaChannel: (value) => ({
    rule: 'channel',
    message: `${show(value)} is not a channel`,
    hint: 'write its name, such as conda-forge; "defaults" needs a licence and is not taken',
  }),
  envValue: (value) => ({
    rule: 'env-value',
    message: `${show(value)} cannot be the value of an environment variable`,
    hint: 'write one line of text, in quotes',
  }),
  gitRef: (value) => ({
    rule: 'git-ref',
    message: `${show(value)} is not a branch, tag or commit`,
    hint: 'use letters, digits, dots, hyphens, underscores and slashes',
  }),
  path: (value) => ({
    rule: 'path',
    message: `${show(value)} is not a path`,
    hint: 'name a file of this folder',
  }),
  title: (value) => ({
    rule: 'title',
    message: `${show(value)} is not a title`,
    hint:
      typeof value === 'number' || typeof value === 'boolean'
        ? `write "${value}" in quotes`
        : 'write one line of 1 to 80 characters',
  }),
};

/** A value as it may be shown to people: quoted, short, without control characters. */
export const quoted = show;
