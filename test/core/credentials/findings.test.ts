import { describe, expect, test } from '@jest/globals';
import { dump } from 'js-yaml';
import { holdsCredential } from '../../../src/core/credentials/find.ts';
import { shapedIn } from '../../../src/core/credentials/shapes.ts';
import { onePerPlace } from '../../../src/core/finding.ts';
import { readPlatform } from '../../../src/core/model/platform.ts';
import { runRules } from '../../../src/core/check/run.ts';
import { HUB, NOW, pointedAt, textsWith } from '../../support/written.ts';
import type { Written } from '../../support/written.ts';
import { SAMPLES } from './samples.ts';

const TOKEN = `ghp_${'a1B2c3'.repeat(6)}`;
const IMAGE = 'images/science/image.yaml';
const REVOKE = 'take it out and revoke it: whoever can read this file has it';

/** Everything that is found in these texts, as `check` finds it without a chart. */
function all(texts: ReadonlyMap<string, string>) {
  const files = [...texts].map(([path, text]) => [path, { kind: 'text', text }] as const);
  const { platform, findings } = readPlatform(new Map(files));
  const rules = platform ? runRules({ platform, now: NOW, defaults: undefined }) : [];
  // Tiers of the base have no effect yet, and say so.
  return onePerPlace([...findings, ...rules]).filter(({ rule }) => rule !== 'not-yet');
}

function found(changes: Written): string[][] {
  const texts = textsWith(changes);
  // That nothing built the image is another matter.
  const others = all(texts).filter(({ rule }) => rule !== 'image-additions');
  return others.map((finding) => [
    finding.rule,
    pointedAt(texts, finding),
    finding.message,
    finding.hint,
  ]);
}

const inEnv = (name: string, value: string): string[][] =>
  found({ [HUB]: { env: { [name]: value } } });

describe('env: of a hub', () => {
  test('a variable that is called like a secret', () => {
    expect(inEnv('AWS_SECRET_ACCESS_KEY', 'hunter2')).toEqual([
      [
        'credential',
        'hunter2',
        '"AWS_SECRET_ACCESS_KEY" is a secret by its name',
        `${REVOKE}; every user can read env:; if it is none, write "notSecret: [AWS_SECRET_ACCESS_KEY]"`,
      ],
    ]);
  });

  test.each(SAMPLES)('%s under a name that says nothing (%#)', (what, value) => {
    expect(inEnv('MODE', value).map(([rule, , message]) => [rule, message])).toEqual([
      ['credential', `"MODE" is ${what}`],
    ]);
    const base64 = Buffer.from(value).toString('base64');
    expect(inEnv('MODE', base64).map(([, , message]) => message)).toEqual([`"MODE" is ${what}`]);
  });

  test('what refers to one, switches, and other variables', () => {
    const env = {
      TOKEN: '$(TOKEN)',
      USE_TOKEN: 'true',
      GOOGLE_APPLICATION_CREDENTIALS: '/etc/gcp/key.json',
      PASSWORD: '',
      OMP_PROC_BIND: 'close',
    };
    expect(found({ [HUB]: { env } })).toEqual([]);
  });

  test('more than one of them, each at its own line', () => {
    const lines = found({ [HUB]: { env: { A_TOKEN: 'x', B: 'y', C_KEY: 'z' } } });
    expect(lines.map(([, place]) => place)).toEqual(['x', 'z']);
  });

  test('one that its schema refuses as well is not repeated', () => {
    expect(found({ [HUB]: { env: { DB_PASSWORD: 12345 } } }).map(([rule]) => rule)).toEqual([
      'credential',
    ]);
    expect(found({ [HUB]: { env: [`TOKEN=${TOKEN}`] } }).map(([rule]) => rule)).toEqual([
      'credential',
    ]);
    expect(found({ [HUB]: { env: ['TOKEN=hunter2'] } }).map(([rule]) => rule)).toEqual([
      'credential',
    ]);
    expect(found({ [HUB]: { env: 'TOKEN=hunter2' } }).map(([rule]) => rule)).toEqual([
      'credential',
    ]);
  });

  test('a number that YAML would change is not repeated', () => {
    const text = `${textsWith({}).get(HUB)!}env: {DB_PASSWORD: 007123}\n`;
    expect(all(new Map([...textsWith({}), [HUB, text]])).map(({ rule }) => rule)).toEqual([
      'credential',
    ]);
  });
});

describe('values: of a hub', () => {
  const inValues = (values: object): string[][] =>
    found({ [HUB]: { values } }).map((line) => line.slice(0, 3));
  const hidden = (place: string, name: string, what = 'a secret by its name') => [
    ['credential', place, `"${name}" is ${what}`],
  ];

  test.each([
    'client_secret',
    'secret',
    'apiToken',
    'cookieSecret',
    'secretToken',
    'password',
    'privateKey',
    'token',
  ])('%s', (key) => {
    expect(inValues({ custom: { a: { [key]: 'hunter2' } } })).toEqual(hidden('hunter2', key));
    expect(inValues({ custom: { a: { [key]: ['hunter2'] } } })).toEqual(hidden('hunter2', key));
    expect(inValues({ custom: { a: { [key]: 123456 } } })).toEqual(hidden('123456', key));
    for (const value of ['', [], true, { name: 'x' }])
      expect(inValues({ custom: { a: { [key]: value } } })).toEqual([]);
  });

  test('says what to do instead', () => {
    expect(found({ [HUB]: { values: { hub: { cookieSecret: 'x' } } } })[0]?.[3]).toBe(
      `${REVOKE}; declare its name below secrets:, the value goes to secrets/, encrypted with sops; ` +
        'if it is none, write "notSecret: [cookieSecret]"',
    );
  });

  test('variables, in each way that they are written', () => {
    expect(inValues({ hub: { extraEnv: { S3_KEY: 'x' } } })).toEqual(hidden('x', 'S3_KEY'));
    expect(inValues({ hub: { extraEnv: { S3_KEY: { value: 'x' } } } })).toEqual(
      hidden('x', 'S3_KEY'),
    );
    expect(inValues({ hub: { extraEnv: [{ name: 'S3_KEY', value: 'x' }] } })).toEqual(
      hidden('x', 'S3_KEY'),
    );
    const reference = { valueFrom: { secretKeyRef: { name: 'hub-secrets', key: 's3-key' } } };
    expect(inValues({ hub: { extraEnv: { S3_KEY: reference } } })).toEqual([]);
    expect(inValues({ hub: { extraEnv: [{ name: 'S3_KEY', ...reference }] } })).toEqual([]);
    expect(inValues({ singleuser: { extraEnv: [{ value: 'x' }] } })).toEqual([]);
  });

  test('keys that the hub encrypts with', () => {
    expect(inValues({ hub: { config: { CryptKeeper: { keys: ['abc'] } } } })).toEqual(
      hidden('abc', 'keys'),
    );
    expect(inValues({ hub: { config: { Other: { keys: ['abc'] } } } })).toEqual([]);
  });

  test('Python, files and tokens at any depth', () => {
    expect(inValues({ hub: { extraConfig: { a: 'c.X.client_secret = "hunter2"' } } })).toEqual(
      hidden('c.X.client_secret = "hunter2"', 'a', 'a value for client_secret'),
    );
    expect(inValues({ a: [[{ b: `x ${TOKEN}` }]] })).toEqual(
      hidden(`x ${TOKEN}`, 'b', 'a token of GitHub'),
    );
    expect(inValues({ a: { [TOKEN]: 'b' } })).toEqual(hidden('b', '(hidden)', 'a token of GitHub'));
  });
});

describe('below secrets:', () => {
  const secret = (written: unknown): string[][] => {
    const login = {
      'github-client-id': { use: 'login' },
      'github-client-secret': { use: 'login' },
    };
    return found({ [HUB]: { secrets: { ...login, s3: written } } }).map(
      ([rule, place, message]) => [rule!, place!, message!],
    );
  };
  const given = (place: string, name: string) => [
    ['credential', place, `"${name}" is the value of a secret`],
  ];

  test.each(['hunter2', '0123456789abcdef', TOKEN])(
    'a value instead of what it is for: %s',
    (value) => {
      const what = value === TOKEN ? 'a token of GitHub' : 'the value of a secret';
      expect(secret(value).map(([rule, , message]) => [rule, message])).toEqual([
        ['credential', `"s3" is ${what}`],
      ]);
    },
  );

  test('a value beside what it is for', () => {
    expect(secret({ use: 'storage', key: 'hunter2' })).toEqual([
      ['unknown-key', 'key: hunter2', 'the key "key" is not known here'],
      ...given('hunter2', 'key'),
    ]);
    expect(secret({ use: { a: 'hunter2' } })).toEqual(given('hunter2', 'a'));
    expect(secret({ use: 'x', rotate: ['hunter2'] }).at(-1)).toEqual(given('hunter2', 'rotate')[0]);
    expect(secret({ usex: 'object storage of ours' }).map(([rule]) => rule)).toEqual([
      'unknown-key',
    ]);
    expect(secret({ use: 'x', rotat: '365d' }).map(([rule]) => rule)).toEqual(['unknown-key']);
    expect(secret([12]).at(-1)).toEqual(given('12', 's3')[0]);
  });

  test('a value as what it is for', () => {
    expect(secret({ use: '0123456789abcdef' })).toEqual(given('0123456789abcdef', 'use'));
    expect(secret({ use: TOKEN })).toEqual([['credential', TOKEN, '"use" is a token of GitHub']]);
    for (const use of [
      '0123456789abcde',
      'the-object-storage-of-us',
      '1234567890123456',
      'storage of year 2026',
    ])
      expect(secret({ use })).toEqual([]);
    expect(secret({ use: 'x', rotate: '365d' })).toEqual([]);
  });

  test('says where it belongs', () => {
    expect(found({ [HUB]: { secrets: { 'github-client-secret': 'hunter2' } } })[0]?.[3]).toBe(
      `${REVOKE}; here stands only what it is for, the value goes to secrets/, encrypted with sops`,
    );
  });
});

describe('elsewhere', () => {
  test('env: of an image, which everybody can read', () => {
    expect(found({ [IMAGE]: { env: { CDS_KEY: 'hunter2' } } })).toEqual([
      [
        'credential',
        `${IMAGE} hunter2`,
        '"CDS_KEY" is a secret by its name',
        `${REVOKE}; everybody can read an image; if it is none, write "notSecret: [CDS_KEY]"`,
      ],
    ]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    [HUB, { title: TOKEN }, '"title" is a token of GitHub'],
    [HUB, { url: 'https://u:p1@hub.example.org' }, '"url" is an address with a password'],
    [HUB, { url: 'ftp://u:p1@hub.example.org' }, '"url" is an address with a password'],
    [IMAGE, { description: TOKEN }, '"description" is a token of GitHub'],
    [IMAGE, { pip: [`git+https://u:${TOKEN}@github.com/a/b`] }, '"pip" is a token of GitHub'],
    ['clusters/main.yaml', { title: TOKEN }, '"title" is a token of GitHub'],
    [
      'data/rgi.yaml',
      { title: 'x', size: '1Gi', files: ['https://u:p1@x.org/a'] },
      '"files" is an address with a password',
    ],
    [
      'access/members/1.yaml',
      { id: 1, tier: 'researcher', until: '2027-02-28', login: TOKEN },
      '"login" is a token of GitHub',
    ],
  ])('%s %j', (file, keys, message) => {
    const findings = found({ [file]: keys });
    expect(findings.map(([rule, , said]) => [rule, said])).toEqual([['credential', message]]);
  });

  test('names say nothing where the format says what a key means', () => {
    expect(found({ 'clusters/main.yaml': { title: 'password: x1y2' } })).toEqual([]);
  });

  test('an exemption that is missing goes to platform.yaml, where the file has none', () => {
    expect(found({ 'clusters/main.yaml': { title: TOKEN } })[0]?.[3]).toBe(
      `${REVOKE}; if it is none, write "notSecret: [title]" in platform.yaml`,
    );
  });

  test('comments, and files that are no YAML', () => {
    const texts = textsWith({});
    const hub = texts.get(HUB)!;
    const lines = hub.split('\n').length;
    const at = (line: number, column: number) => [
      {
        rule: 'credential',
        severity: 'error',
        at: { file: HUB, line, column },
        message: 'a token of GitHub stands here',
        hint: REVOKE,
      },
    ];
    expect(all(new Map([...texts, [HUB, `${hub}# old: ${TOKEN}\n`]]))).toEqual(at(lines, 8));
    const broken = all(new Map([...texts, [HUB, `a: |x\n  ${TOKEN}`]]));
    expect(broken.filter(({ rule }) => rule === 'credential')).toEqual(at(2, 3));
    expect(JSON.stringify(broken)).not.toContain(TOKEN);
  });
});

describe('notSecret', () => {
  test('exempts a name in its own file, and nothing else', () => {
    const env = { MAP_TOKEN: 'x', OTHER_TOKEN: 'y' };
    expect(found({ [HUB]: { env, notSecret: ['MAP_TOKEN'] } }).map(([, place]) => place)).toEqual([
      'y',
    ]);
    expect(found({ [HUB]: { env: { A: TOKEN }, notSecret: ['A'] } })).toEqual([]);
    expect(found({ [IMAGE]: { env: { A_KEY: 'x' }, notSecret: ['A_KEY'] } })).toEqual([]);
    expect(
      found({ [HUB]: { env: { A_KEY: 'x' } }, [IMAGE]: { notSecret: ['A_KEY'] } }),
    ).toHaveLength(1);
  });

  test('of platform.yaml exempts it everywhere', () => {
    const notSecret = ['A_KEY', 'title'];
    expect(
      found({
        'platform.yaml': { notSecret },
        [HUB]: { env: { A_KEY: 'x' } },
        [IMAGE]: { env: { A_KEY: 'x' } },
        'clusters/main.yaml': { title: TOKEN },
      }),
    ).toEqual([]);
  });

  test('that is no list of texts exempts nothing', () => {
    for (const notSecret of ['A_KEY', { A_KEY: true }, [1]]) {
      const rules = found({ [HUB]: { env: { A_KEY: 'x' }, notSecret } }).map(([rule]) => rule);
      expect(rules.sort()).toEqual(['credential', 'schema']);
    }
  });
});

test('a value, or anything in it, that must not be repeated', () => {
  expect(holdsCredential('x', 'password')).toBe(true);
  expect(holdsCredential('x', 'title')).toBe(false);
  expect(holdsCredential({ a: [{ password: 'x' }] }, 'title')).toBe(true);
  expect(holdsCredential(['x', TOKEN], 'title')).toBe(true);
  expect(holdsCredential(null, 'password')).toBe(false);
});

describe('wherever a credential is put', () => {
  const PLACES: ((value: string) => Record<string, unknown>)[] = [
    (value) => ({ title: value }),
    (value) => ({ title: [value] }),
    (value) => ({ title: { a: value } }),
    (value) => ({ url: value }),
    (value) => ({ cluster: value }),
    (value) => ({ wave: value }),
    (value) => ({ images: [value] }),
    (value) => ({ images: value }),
    (value) => ({ sizes: { [value]: { cpu: 1, memory: '2G' } } }),
    (value) => ({ sizes: { small: { cpu: value, memory: value } } }),
    (value) => ({ home: value }),
    (value) => ({ home: { size: value } }),
    (value) => ({ data: [value] }),
    (value) => ({ env: value }),
    (value) => ({ env: { [value]: 'x' } }),
    (value) => ({ env: { A: { b: value } } }),
    (value) => ({ access: { allow: [value] } }),
    (value) => ({ secrets: value }),
    (value) => ({ secrets: [value] }),
    (value) => ({ secrets: { [value]: value } }),
    (value) => ({ secrets: { a: { use: 'x', [value]: value } } }),
    (value) => ({ capacity: { maxServers: value } }),
    (value) => ({ kind: value }),
    (value) => ({ [value]: value }),
    (value) => ({ values: value }),
    (value) => ({ values: { hub: { config: { JupyterHub: { authenticator_class: value } } } } }),
    (value) => ({ values: { singleuser: { memory: { limit: value }, cpu: { limit: value } } } }),
    (value) => ({ values: { singleuser: { extraEnv: { OGGM_USE_MULTIPROCESSING: value } } } }),
    (value) => ({
      values: { hub: { loadRoles: { [value]: { scopes: ['admin:users', value] } } } },
    }),
    (value) => ({ values: { hub: { config: { [value]: { a: value } } } } }),
    (value) => ({ values: { [value]: null } }),
    (value) => ({ notSecret: value }),
  ];

  test.each(PLACES.map((place) => [JSON.stringify(place('X')), place] as const))(
    '%s: it is an error, and nobody repeats it',
    (_name, place) => {
      for (const [, value] of SAMPLES) {
        const findings = all(textsWith({ [HUB]: place(value) }));
        expect(findings.map(({ rule }) => rule)).toContain('credential');
        const said = findings.map(({ message, hint }) => `${message} ${hint}`).join('\n');
        // Messages cut long values: no part of the secret may stay.
        for (const { text } of shapedIn(value))
          for (let index = 0; index + 16 <= text.length; index += 1)
            expect(said).not.toContain(text.slice(index, index + 16));
      }
    },
  );
});

test('the text of a file and its YAML hold the same credentials once', () => {
  const text = dump({ a: TOKEN });
  const findings = all(new Map([...textsWith({}), ['data/x.yaml', text]]));
  expect(findings.filter(({ rule }) => rule === 'credential')).toHaveLength(1);
});
