import { describe, expect, test } from '@jest/globals';
import { CORE_SCHEMA, dump } from 'js-yaml';
import { imageFolder } from '../../src/core/images/folder.ts';
import { runRules } from '../../src/core/check/run.ts';
import { readPlatform } from '../../src/core/model/platform.ts';
import { NOW, textsWith } from '../support/written.ts';
import { fc } from '../support/property.ts';

/* What a stranger may write into image.yaml: it is refused with a finding, or is only text in what is built. */
const IMAGE = 'images/science/image.yaml';

function read(text: string) {
  const texts = new Map([...textsWith({}), [IMAGE, text]]);
  const files = new Map(
    [...texts].map(([path, one]) => [path, { kind: 'text' as const, text: one }]),
  );
  const { platform, findings } = readPlatform(files);
  const ruled = platform ? runRules({ platform, now: NOW, defaults: undefined }) : [];
  const errors = [...findings, ...ruled].filter(({ severity }) => severity === 'error');
  const image = platform?.images.get('science')?.data;
  return { errors, image, settings: platform?.settings.data };
}

const written = (keys: object): string =>
  dump({ title: 'T', ...keys }, { schema: CORE_SCHEMA, lineWidth: -1, skipInvalid: true });
const from = { image: 'registry.example.org/base', tag: '1' };

describe('is refused, with the rule that says why', () => {
  const commit = 'a'.repeat(40);
  test.each<[string, object, string]>([
    ['shell in a name of pip', { pip: ['x; rm -rf /'] }, 'package-name'],
    ['a substitution', { pip: ['$(id)'] }, 'package-name'],
    ['backquotes in conda', { conda: ['`id`'] }, 'package-name'],
    ['a quote that ends', { conda: ['a" && id "'] }, 'package-name'],
    ['a line break in apt', { apt: ['git\nRUN id'] }, 'package-name'],
    ['a line break at the end', { pip: ['x\n'] }, 'package-name'],
    ['an option of pip', { pip: ['--index-url=https://evil.example.org'] }, 'package-name'],
    ['an option of apt', { apt: ['-o=x'] }, 'package-name'],
    ['a package that apt would remove', { apt: ['bash-'] }, 'package-name'],
    ['an address as package', { pip: ['https://evil.example.org/x.whl'] }, 'package-name'],
    ['an address after a name', { pip: ['x @ https://evil.example.org/x.whl'] }, 'package-name'],
    ['an address of conda', { conda: ['https://evil.example.org/x.conda'] }, 'package-name'],
    ['a branch', { pip: ['x @ git+https://github.com/a/b@main'] }, 'package-name'],
    [
      'half a commit',
      { pip: [`x @ git+https://github.com/a/b@${'a'.repeat(39)}`] },
      'package-name',
    ],
    ['a password', { pip: [`x @ git+https://u:p@github.com/a/b@${commit}`] }, 'credential'],
    [
      'git without encryption',
      { pip: [`x @ git+http://github.com/a/b@${commit}`] },
      'package-name',
    ],
    ['git on the machine', { pip: [`x @ git+file:///a/b@${commit}`] }, 'package-name'],
    ['a path', { pip: ['./x'] }, 'package-name'],
    ['a channel by address', { channels: ['https://evil.example.org'] }, 'channel'],
    ['a channel that ends the list', { channels: ['a"], x: ["b'] }, 'channel'],
    ['a line break in a value', { env: { A: 'b\nRUN id' } }, 'env-value'],
    ['half a character', { env: { A: '\uD800' } }, 'env-value'],
    ['a variable that is none', { env: { 'A B': 'c' } }, 'name'],
    ['a title of two lines', { title: 'T\nRUN id' }, 'title'],
    ['a base with an instruction', { from: { image: 'a/b\nRUN id', tag: '1' } }, 'image-reference'],
    ['a tag with a space', { from: { ...from, tag: '1 AS x' } }, 'schema'],
    ['a reference of git', { oggm: { git: 'a/b', ref: '--upload-pack=id' } }, 'git-ref'],
    ['a way up', { oggm: { git: 'a/..', ref: 'main' } }, 'repository'],
    ['a way to nowhere', { oggm: { git: 'a/.', ref: 'main' } }, 'repository'],
    ['an address that git takes and links do not', { oggm: { git: 'a/b.git' } }, 'repository'],
    ['a version', { oggm: { version: '1.6;id' } }, 'schema'],
    ['a file elsewhere', { files: ['../../secrets/hub.sops.yaml'] }, 'image-files'],
    ['a script elsewhere', { postBuild: '/etc/passwd' }, 'image-files'],
    ['a path of two lines', { files: ['a\nb'] }, 'path'],
    ['a path of Windows', { files: ['..\\x'] }, 'path'],
  ])('%s', (_what, keys, rule) => {
    const { errors } = read(written({ from, ...keys }));
    expect(errors.map((one) => one.rule)).toContain(rule);
    expect(new Set(errors.map(({ at }) => at.file))).toEqual(new Set([IMAGE]));
  });

  test('10 MB, unread', () => {
    const { errors } = read(`title: T\ndescription: ${'x'.repeat(10_000_000)}\n`);
    expect(errors.map(({ message }) => message)).toContain('the file is larger than 1 MB');
  });

  test('more packages than anybody names', () => {
    const { errors } = read(
      written({ pip: Array.from({ length: 501 }, (_, index) => `p${index}`) }),
    );
    expect(errors.map(({ rule }) => rule)).toEqual(['schema']);
  });
});

describe('is only text where it is taken', () => {
  const nasty = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.stringMatching(/^[a-z0-9$`"'\\;&|(){}\n =<>!~:@\/.+#-]{0,20}$/u),
  );
  /** Mostly what is allowed, or else hardly any file would be taken. */
  const mostly = (...allowed: string[]) =>
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...allowed) },
      { weight: 1, arbitrary: nasty },
    );
  const list = (...allowed: string[]) => fc.array(mostly(...allowed), { maxLength: 2 });
  const keys = fc.record(
    {
      title: mostly('T', 'a "b" $HOME', '\\', '$(id)', '`id`"', '{{name}}', '${x}\\"'),
      channels: fc.uniqueArray(mostly('conda-forge', 'a/label/b'), { minLength: 1, maxLength: 2 }),
      conda: list('a', 'c::a', 'a=1=b_0', 'a>=1,<2'),
      pip: list('a', 'a[b]==1,<2', `a @ git+https://h/o/r@${'a'.repeat(40)}`),
      apt: list('git', 'g++', 'git=1:2~x'),
      env: fc.dictionary(
        fc.constantFrom('A', 'B'),
        mostly('', 'b', '"$HOME" \\', "'", '`id`', '$(id)', '{{x}}', '${A}\\"'),
      ),
      from: fc.constantFrom(from, undefined),
    },
    { requiredKeys: ['title'] },
  );
  /** Instructions and continuations that we write, with what was written taken out. */
  const LINES = [
    /^(FROM registry\.example\.org\/base:1|USER \S+|ENTRYPOINT \[.*\]|CMD \["jupyterhub-singleuser"\])$/u,
    /^(LABEL| {5}) org\.[a-z.]+=Q( \\)?$/u,
    /^ENV [AB]=Q$/u,
    /^RUN apt-get update \\$/u,
    /^RUN --mount=type=bind,source=requirements\.txt,target=(\S+) pip install --no-cache-dir --requirement \1$/u,
    /^ && apt-get install --yes --no-install-recommends( Q)+ \\$/u,
    /^ && (rm -rf \/var\/lib\/apt\/lists\/\*|mamba clean --all --yes)$/u,
    /^RUN mamba install --yes --override-channels( --channel Q)+ \\$/u,
    /^ {4}( Q)+ \\$/u,
    /^COPY --chmod=755 start \/opt\/glaciocloud\/start$/u,
  ];
  const QUOTED = /"(?:[^"\\$]|\\["\\$])*"/gu;

  test('whatever stands in it', () => {
    let taken = 0;
    fc.assert(
      fc.property(keys, (one) => {
        const { errors, image, settings } = read(written(one));
        // An image of conda that is in a hub is not there before its first build: another's business.
        const own = errors.filter(({ at }) => at.file === IMAGE);
        if (own.length > 0 || !image || !settings) return;
        taken += 1;
        const { files } = imageFolder('science', image, settings, []);
        const config = JSON.parse(files.get('repo2docker_config.json') ?? 'null') as {
          Repo2Docker: { appendix: string };
        } | null;
        const text = files.get('Dockerfile') ?? config?.Repo2Docker.appendix ?? '';
        const lines = text
          .replace(/^#.*\n/u, '')
          .trimEnd()
          .split('\n');
        const strange = lines
          .map((line) => (/^(ENTRYPOINT|CMD)/u.test(line) ? line : line.replaceAll(QUOTED, 'Q')))
          .filter((line) => !LINES.some((form) => form.test(line)));
        expect(strange).toEqual([]);
        const asked = files.get('requirements.txt')?.split('\n') ?? [''];
        expect(asked).toEqual(image.from && image.pip.length > 0 ? [...image.pip, ''] : ['']);
        for (const package_ of [...image.pip, ...image.conda, ...image.apt])
          expect(package_).not.toMatch(/["$`\\;&|(){}'\n]/u);
      }),
      { numRuns: 300 },
    );
    expect(taken).toBeGreaterThan(50);
  });
});
