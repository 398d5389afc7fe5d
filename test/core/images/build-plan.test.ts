import { describe, expect, test } from '@jest/globals';
import {
  atDigest,
  baseOf,
  buildFolder,
  contentHash,
  labelsOf,
  machineScript,
  smallestMemory,
} from '../../../src/core/images/build-plan.ts';
import { platformWith } from '../../support/written.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const mounts =
  '--mount=type=secret,id=machine,target=/run/glaciocloud/machine --mount=type=secret,id=certificates,target=/run/glaciocloud/certificates.crt [ ! -e /run/glaciocloud/machine ] || . /run/glaciocloud/machine;';

test.each([
  [
    'the base of a Dockerfile',
    { Dockerfile: '# Made\nFROM example.org/base:1\nRUN x' },
    'example.org/base:1',
  ],
  ['none where repo2docker chooses it', { 'environment.yml': 'FROM x' }, undefined],
  [
    'the base in the settings of repo2docker',
    {
      'repo2docker_config.json':
        '{\n  "base_image": "example.org/base:2",\n  "b": "\\"base_image\\": \\"c\\""\n}',
    },
    'example.org/base:2',
  ],
  ['none in a comment', { Dockerfile: '# FROM example.org/base:1\n' }, undefined],
])('%s', (_, files, base) => {
  expect(baseOf(new Map(Object.entries(files)))).toBe(base);
});

test.each([
  ['example.org/base:1', 'example.org/base'],
  ['example.org:5000/base:1', 'example.org:5000/base'],
  ['example.org:5000/base', 'example.org:5000/base'],
  [`example.org:5000/base@sha256:${'b'.repeat(64)}`, 'example.org:5000/base'],
])('%s at a digest', (reference, name) => {
  expect(atDigest(reference, digest)).toBe(`${name}@${digest}`);
});

describe('the folder that is built', () => {
  const files = new Map([
    ['Dockerfile', 'FROM example.org/base:1\nRUN pip install x \\\n && RUN y\nCOPY a b\nRUN z\n'],
    ['start', 'RUN no'],
  ]);

  test('has its base by digest, and steps that may read what the machine knows', () => {
    expect(Object.fromEntries(buildFolder(files, `example.org/base@${digest}`))).toEqual({
      Dockerfile: `FROM example.org/base@${digest}\nRUN ${mounts} pip install x \\\n && RUN y\nCOPY a b\nRUN ${mounts} z\n`,
      start: 'RUN no',
    });
  });

  test('has its base by digest in the settings of repo2docker', () => {
    const settings = (base: string): Map<string, string> =>
      new Map([['repo2docker_config.json', `{\n  "base_image": "${base}"\n}`]]);
    expect(buildFolder(settings('example.org/base:2'), 'b@c')).toEqual(settings('b@c'));
    expect(buildFolder(settings('example.org/base:2'), undefined)).toEqual(
      settings('example.org/base:2'),
    );
  });

  test('has steps that keep their own mounts', () => {
    const own = new Map([['Dockerfile', 'FROM x\nRUN --mount=a --mount=b pip install y\n']]);
    expect(buildFolder(own, 'z').get('Dockerfile')).toBe(
      `FROM z\nRUN --mount=a --mount=b ${mounts} pip install y\n`,
    );
  });

  test('keeps its base where nobody says another', () => {
    expect(buildFolder(files, undefined).get('Dockerfile')).toMatch(
      /^FROM example\.org\/base:1\n/u,
    );
  });

  test('is as it was where repo2docker writes the steps', () => {
    const conda = new Map([['environment.yml', 'RUN x']]);
    expect(buildFolder(conda, undefined)).toEqual(conda);
  });
});

describe('the hash of the content', () => {
  const hash = (files: Record<string, string>): string =>
    contentHash(new Map(Object.entries(files)));

  test('does not depend on the order of files', () => {
    expect(hash({ a: '1', b: '2', c: '3' })).toBe(hash({ c: '3', a: '1', b: '2' }));
    expect(hash({ a: '1' })).toMatch(/^[0-9a-f]{40}$/u);
  });

  test.each([
    ['a text', { a: '2', b: '2' }],
    ['a path', { a: '1', c: '2' }],
    ['a file less', { a: '1' }],
  ])('depends on %s', (_, other) => {
    expect(hash(other)).not.toBe(hash({ a: '1', b: '2' }));
  });
});

describe('labels', () => {
  const image = (oggm?: Record<string, unknown>) => {
    const platform = platformWith({ 'images/science/image.yaml': { oggm } });
    return platform.images.get('science')!.data;
  };

  test('say where an image comes from', () => {
    const origin = { hash: 'h', base: `example.org/base@${digest}`, commit: 'c' };
    expect(labelsOf({ image: image({ version: '1.6.3' }), ...origin })).toEqual({
      'org.opencontainers.image.revision': 'c',
      'org.opencontainers.image.base.name': 'example.org/base',
      'org.opencontainers.image.base.digest': digest,
      'org.glaciocloud.content': 'h',
      'org.glaciocloud.oggm': '1.6.3',
    });
  });

  test('name a repository and its reference', () => {
    const labels = labelsOf({
      image: image({ git: 'OGGM/oggm', ref: 'master' }),
      hash: 'h',
      base: undefined,
      commit: undefined,
    });
    expect(labels).toEqual({
      'org.glaciocloud.content': 'h',
      'org.glaciocloud.oggm': 'OGGM/oggm@master',
    });
  });

  test('say nothing of a model that an image does not have', () => {
    const origin = { hash: 'h', base: undefined, commit: undefined };
    expect(labelsOf({ image: image(), ...origin })).toEqual({ 'org.glaciocloud.content': 'h' });
  });
});

describe('what a step may read of this machine', () => {
  test.each<[string, Record<string, string>, boolean, string]>([
    ['nothing', {}, false, ''],
    [
      'an index',
      { PIP_INDEX_URL: 'https://a:b@example.org/simple' },
      false,
      `export PIP_INDEX_URL='https://a:b@example.org/simple'\n`,
    ],
    [
      'a quote stays text',
      { NO_PROXY: "a'; rm -rf /" },
      false,
      `export NO_PROXY='a'\\''; rm -rf /'\n`,
    ],
    ['what is empty is not said', { https_proxy: '' }, false, ''],
    ['nothing else of the environment', { GITHUB_TOKEN: 'x', PATH: '/bin' }, false, ''],
    [
      'certificates',
      {},
      true,
      ['PIP_CERT', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'GIT_SSL_CAINFO']
        .map((name) => `export ${name}=/run/glaciocloud/certificates.crt\n`)
        .join(''),
    ],
  ])('%s', (_, environment, certificates, script) => {
    expect(machineScript({ environment, mirrors: {}, certificates })).toBe(script);
  });

  test.each([
    'PIP_INDEX_URL',
    'PIP_EXTRA_INDEX_URL',
    'PIP_TRUSTED_HOST',
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'NO_PROXY',
    'http_proxy',
    'https_proxy',
    'no_proxy',
  ])('%s is passed on', (name) => {
    const known = { environment: { [name]: 'x' }, mirrors: {}, certificates: false };
    expect(machineScript(known)).toBe(`export ${name}='x'\n`);
  });

  const mirrors = { pypi: 'https://m.example.org/simple/', github: 'https://m.example.org/hub/' };
  test('mirrors of the platform, for pip, git and what is baked in', () => {
    const known = { environment: { PIP_INDEX_URL: '' }, mirrors, certificates: false };
    expect(machineScript(known)).toBe(`export PIP_INDEX_URL='https://m.example.org/simple/'
export GLACIOCLOUD_GITHUB='https://m.example.org/hub'
export GIT_CONFIG_COUNT='1'
export GIT_CONFIG_KEY_0='url.https://m.example.org/hub/.insteadOf'
export GIT_CONFIG_VALUE_0='https://github.com/'
`);
  });

  test('its own index comes before a mirror', () => {
    const environment = { PIP_INDEX_URL: 'https://mine.example.org' };
    const known = { environment, mirrors: { pypi: mirrors.pypi }, certificates: false };
    expect(machineScript(known)).toBe(`export PIP_INDEX_URL='https://mine.example.org'\n`);
  });
});

describe('the memory of the smallest size', () => {
  const sizes = { large: { cpu: 2, memory: '8G', default: true }, small: { cpu: 1, memory: '1G' } };
  const memory = (image: string): number =>
    smallestMemory(platformWith({ 'environments/hub.yaml': { sizes } }), image);

  test('that a hub offers it with', () => {
    expect(memory('science')).toBe(2 ** 30);
  });

  test('is 2 GiB where no hub offers it', () => {
    expect(memory('other')).toBe(2 * 2 ** 30);
  });
});
