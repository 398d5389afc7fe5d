import { describe, expect, test } from '@jest/globals';
import {
  assignedIn,
  canBeSecret,
  namesCredential,
  namesMeasure,
} from '../../../src/core/credentials/names.ts';

test.each([
  'PASSWORD',
  'password',
  'DB_PASSWORD',
  'PGPASSWORD',
  'DB_PW',
  'userpw',
  'CREDS',
  'DB_PASSWORD_PROD',
  'passwords',
  'MYSQL_PWD',
  'DB_PASS',
  'passphrase',
  'SECRET',
  'mysecret',
  'clientSecret',
  'client_secret',
  'client-secret',
  'cookieSecret',
  'SECRET_ACCESS_KEY',
  'TOKEN',
  'GITHUB_TOKEN',
  'apiToken',
  'APIToken',
  'secrettoken',
  'auth_token',
  'TOKEN_B64',
  'AWS_SECRET_ACCESS_KEY',
  'S3_KEY',
  'api-key',
  'apiKey',
  'APIKEY',
  'APIKEY_2',
  'API_KEY_PROD',
  'privateKey',
  'private_key',
  'SIGNING_KEY',
  'AUTH_KEYS',
  'CDS_CREDENTIALS',
  'credential',
  'ENCRYPTION_KEY_OLD',
  'passwd',
])('%s names a credential', (name) => {
  expect(namesCredential(name)).toBe(true);
});

test.each([
  '',
  'key',
  'keys',
  'PWD',
  'pass',
  'monkey',
  'KEYBOARD',
  'tokenizer',
  'TOKENIZERS_PARALLELISM',
  'secretary',
  'client_id',
  'secretName',
  'PASSWORD_FILE',
  'TOKEN_URL',
  'access_token_url',
  'TOKEN_EXPIRY',
  'token_expires',
  'tokenExpirationSeconds',
  'TOKEN_TTL',
  'SECRET_PATH',
  'SECRETS_DIR',
  'API_KEY_NAME',
  'existingSecret',
  'pullSecrets',
  'imagePullSecrets',
  'tls_secret',
  'topologyKey',
  'matchLabelKeys',
  'PUBLIC_KEY',
  'secretKeyRef',
  'AWS_ACCESS_KEY_ID',
  'cookie_secret_file',
  'KEY_OF_MAP',
  'COMPASS',
  'PASS_THROUGH',
])('%s names none', (name) => {
  expect(namesCredential(name)).toBe(false);
});

test.each([
  'hunter2',
  '123456',
  'changeme',
  '/wJalrXUtnFEMI',
  'no-way',
  'nullable',
  'x',
  'x/etc/y',
  'x https://y',
])('%s can be a secret', (value) => {
  expect(canBeSecret(value)).toBe(true);
});

test.each([
  '',
  ' ',
  'true',
  'False',
  'yes',
  'no',
  'on',
  'OFF',
  'None',
  'null',
  '$TOKEN',
  '${TOKEN}',
  '$(TOKEN)',
  '{username}',
  '<token>',
  '/etc/gcp/key.json',
  '/run/secrets/x',
  '~/x',
  './x',
  '../x',
  'https://example.org/token',
  'file:x',
  '/var/run/x',
])('%j cannot', (value) => {
  expect(canBeSecret(value)).toBe(false);
});

describe('a secret that is given within a longer text', () => {
  test.each([
    ['client_secret', 'c.GitHubOAuthenticator.client_secret = "hunter2"'],
    ['client_secret', "c.X.client_secret='hunter2'"],
    ['client_secret', 'x = 1\nclient_secret = b"hunter2"'],
    ['password', '{"user": "x", "password": "hunter2"}'],
    ['TOKEN', 'os.environ["TOKEN"] = "hunter2"'],
    ['DB_PASSWORD', 'A=1 DB_PASSWORD=hunter2'],
    ['DB_PASSWORD', 'DB_PASSWORD=hunter2'],
    ['token', 'start --token=hunter2'],
    ['ServerApp.token', '--ServerApp.token=hunter2'],
    ['password', '--password hunter2'],
    ['password', 'user: x\n  password: hunter2\n'],
    ['api_key', '- api_key: hunter2'],
    ['password', 'host=h user=bob password=hunter2Xq9z'],
    ['password', 'Server=h;password=hunter2Xq9z;Database=d'],
    ['token', 'https://example.org/?token=abcd1234efgh5678'],
    ['token', 'https://example.org/?a=b&token=abcd1234efgh5678&c=d'],
    ['password', '[db]\npassword = hunter2Xq9z\n'],
  ])('%s: %j', (name, text) => {
    expect(assignedIn(text)).toBe(name);
  });

  test.each([
    'c.X.client_secret = os.environ["CLIENT_SECRET"]',
    'client_secret = get_secret_value("hub.config.x")',
    'f(token=token, b=2)',
    'f(a=1, token=my_token)',
    'def login(token: str, password: bytes) -> None: ...',
    'token: string',
    'token = ""',
    'password = "$(PASSWORD)"',
    'TOKEN=$TOKEN run',
    'a token = a right',
    'token = get_token_2(a)',
    'token = tokens2[0]',
    'password = short1',
    'password = without_digits',
    'x.password2x = hunter2Xq9z',
    'https://example.org/?page=abcd1234efgh5678',
    '--token --verbose',
    'title = "hunter2"',
    'password: see the wiki 2',
  ])('none: %j', (text) => {
    expect(assignedIn(text)).toBeUndefined();
  });
});

test.each([
  'oauth_token_expires_in',
  'cookie_secret_bytes',
  'max_tokens',
  'tokensPerMinute',
  'PASSWORD_HASH_ROUNDS',
  'access_token_refresh_window',
])('%s is a measure, where it is a number', (name) => {
  expect(namesMeasure(name)).toBe(true);
});

test.each(['password', 'API_TOKEN', 'pin_secret', 'client_secret'])('%s is none', (name) => {
  expect(namesMeasure(name)).toBe(false);
});
