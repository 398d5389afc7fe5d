import { describe, expect, test } from '@jest/globals';
import { imageFolder, namedPaths } from '../../../src/core/images/folder.ts';
import type { NamedFile } from '../../../src/core/images/folder.ts';
import { platformWith } from '../../support/written.ts';

const IMAGE = 'images/science/image.yaml';
const base = 'registry.example.org/base';

interface Written {
  image?: Record<string, unknown>;
  user?: Record<string, unknown>;
  named?: NamedFile[];
  name?: string;
}

/** The base's image is on `registry.example.org/base` by digest, with OGGM 1.6.3. */
function folder({ image = {}, user = {}, named = [], name = 'science' }: Written) {
  const platform = platformWith({
    'platform.yaml': { user: { name: 'jovyan', uid: 1100, gid: 100, ...user } },
    [IMAGE]: image,
  });
  const doc = platform.images.get('science');
  if (!doc) throw new Error('there is no image');
  return imageFolder(name, doc.data, platform.settings.data, named);
}
const onConda = { from: undefined };
const full = {
  title: 'Science "now"',
  conda: ['rioxarray=0.19', 'ours::xarray'],
  pip: ['motuclient', 'icepyx>=1'],
  apt: ['git', 'less=590-2'],
  channels: ['ours', 'conda-forge'],
  postBuild: 'setup.sh',
  env: { A: 'one "two"', B: '$HOME/x' },
  bake: ['salem', 'sample-data'],
  files: ['data/x.txt'],
};

describe('an image on another', () => {
  test('with nothing of its own: two files', () => {
    const { files, hash } = folder({ image: { from: { image: base, tag: '1.0' } } });
    expect(Object.fromEntries(files)).toEqual({
      Dockerfile: `# Made by GlacioCloud from images/science/image.yaml.
FROM registry.example.org/base:1.0
LABEL org.opencontainers.image.title="Science" \\
      org.glaciocloud.image="science" \\
      org.glaciocloud.recipe="${hash}"
USER root
COPY --chmod=755 start /opt/glaciocloud/start
USER 1100:100
ENTRYPOINT ["/opt/glaciocloud/start"]
CMD ["jupyterhub-singleuser"]
`,
      start: `#!/bin/bash
# Made by GlacioCloud from images/science/image.yaml. Runs before the server, in a home that may be empty or full.
exec "$@"
`,
    });
  });

  test('with everything: each has its line, in this order', () => {
    const { files, hash } = folder({
      image: { ...full, oggm: { git: 'OGGM/oggm', ref: 'main' } },
      named: [
        { path: 'data/x.txt', text: 'x\n' },
        { path: 'setup.sh', text: 'true\n' },
      ],
    });
    expect([...files.keys()]).toEqual([
      'Dockerfile',
      'requirements.txt',
      'bake.py',
      'start',
      'files/data/x.txt',
      'own/postBuild',
    ]);
    expect(files.get('requirements.txt')).toBe(
      'motuclient\nicepyx>=1\noggm[full] @ git+https://github.com/OGGM/oggm@main\n',
    );
    expect(files.get('files/data/x.txt')).toBe('x\n');
    expect(files.get('own/postBuild')).toBe('true\n');
    expect(files.get('Dockerfile')).toBe(`# Made by GlacioCloud from images/science/image.yaml.
FROM registry.example.org/base@sha256:${'a'.repeat(64)}
LABEL org.opencontainers.image.title="Science \\"now\\"" \\
      org.glaciocloud.image="science" \\
      org.glaciocloud.recipe="${hash}"
USER root
RUN apt-get update \\
 && apt-get install --yes --no-install-recommends "git" "less=590-2" \\
 && rm -rf /var/lib/apt/lists/*
RUN mamba install --yes --override-channels --channel "ours" --channel "conda-forge" \\
     "rioxarray=0.19" "ours::xarray" \\
 && mamba clean --all --yes
RUN --mount=type=bind,source=requirements.txt,target=/run/glaciocloud/requirements.txt pip install --no-cache-dir --requirement /run/glaciocloud/requirements.txt
ENV A="one \\"two\\""
ENV B="\\$HOME/x"
COPY files/ /opt/science/
# Into /opt: a home volume hides what an image puts into the home.
COPY bake.py /tmp/bake.py
RUN mkdir -p /opt/oggm && HOME=/opt/oggm python3 /tmp/bake.py && chmod -R a+rX /opt/oggm && rm /tmp/bake.py
COPY --chmod=755 start /opt/glaciocloud/start
# With a home of its own: what it leaves in the user's would be root's, and hidden.
COPY --chmod=755 own/postBuild /opt/glaciocloud/own/postBuild
RUN mkdir /tmp/home && cd /opt/glaciocloud && HOME=/tmp/home own/postBuild && rm -rf /tmp/home
USER 1100:100
ENTRYPOINT ["/opt/glaciocloud/start"]
CMD ["jupyterhub-singleuser"]
`);
  });

  test.each([
    [{ digest: `sha256:${'c'.repeat(64)}`, tag: '1.0' }, `${base}@sha256:${'c'.repeat(64)}`],
    [{ tag: '1.0', track: 'main' }, `${base}:1.0`],
    [{ track: 'main' }, `${base}:main`],
    [{}, `${base}:`],
  ])('from %j', (from, reference) => {
    const text = folder({ image: { from: { image: base, ...from } } }).files.get('Dockerfile');
    expect(text?.split('\n')[1]).toBe(`FROM ${reference}`);
  });

  test('who runs it', () => {
    const text = folder({ user: { uid: 2000, gid: 200 } }).files.get('Dockerfile');
    expect(text).toContain('\nUSER 2000:200\n');
  });

  test('the base’s OGGM stays where a version is named', () => {
    const { files } = folder({ image: { oggm: { version: '1.6.2' } } });
    expect(files.get('Dockerfile')).not.toContain('pip install');
    expect(files.has('requirements.txt')).toBe(false);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['packages alone', { pip: ['motuclient'] }, 'motuclient\n'],
    [
      'OGGM from a repository alone',
      { oggm: { git: 'OGGM/oggm', ref: 'main' } },
      'oggm[full] @ git+https://github.com/OGGM/oggm@main\n',
    ],
  ])('pip is asked for %s', (_, image, wanted) => {
    const { files } = folder({ image });
    expect(files.get('requirements.txt')).toBe(wanted);
    expect(files.get('Dockerfile')).toContain('pip install');
  });
});

describe('an image from conda-forge', () => {
  test('with nothing of its own', () => {
    const { files, hash } = folder({ image: { ...onConda, oggm: undefined } });
    expect([...files.keys()]).toEqual([
      'environment.yml',
      'postBuild',
      'start',
      'repo2docker_config.json',
    ]);
    expect(files.get('environment.yml')).toBe(`# Made by GlacioCloud from images/science/image.yaml.
name: science
channels: ["conda-forge", nodefaults]
dependencies:
  - python=3.13
  - pip
`);
    expect(files.get('postBuild')).toBe(`#!/bin/bash
# Made by GlacioCloud from images/science/image.yaml. Recipe ${hash}.
set -euo pipefail
`);
  });

  test('with everything', () => {
    const { files, hash } = folder({
      image: { ...full, ...onConda, python: '3.12', oggm: { git: 'OGGM/oggm', ref: 'v1.6.3' } },
      named: [
        { path: 'data/x.txt', text: 'x\n' },
        { path: 'setup.sh', text: 'true\n' },
      ],
    });
    expect([...files.keys()]).toEqual([
      'environment.yml',
      'apt.txt',
      'postBuild',
      'bake.py',
      'start',
      'repo2docker_config.json',
      'files/data/x.txt',
      'own/postBuild',
    ]);
    expect(files.get('apt.txt')).toBe('git\nless=590-2\n');
    expect(files.get('environment.yml')).toBe(`# Made by GlacioCloud from images/science/image.yaml.
name: science
channels: ["ours", "conda-forge", nodefaults]
dependencies:
  - python=3.12
  - pip
  - "rioxarray=0.19"
  - "ours::xarray"
  - pip:
      - "motuclient"
      - "icepyx>=1"
      - "oggm[full] @ git+https://github.com/OGGM/oggm@v1.6.3"
`);
    expect(files.get('postBuild')).toBe(`#!/bin/bash
# Made by GlacioCloud from images/science/image.yaml. Recipe ${hash}.
set -euo pipefail
# Into the environment's prefix: a home volume hides what an image puts into the home.
mkdir -p "$NB_PYTHON_PREFIX/opt/oggm"
HOME="$NB_PYTHON_PREFIX/opt/oggm" python3 bake.py
chmod -R a+rX "$NB_PYTHON_PREFIX/opt/oggm"
`);
  });

  test('its settings: the folder outside the home, and what repo2docker has no file for', () => {
    const { files, hash } = folder({
      image: { ...full, ...onConda },
      user: { name: 'ada', uid: 2000, gid: 200 },
    });
    expect(JSON.parse(files.get('repo2docker_config.json') ?? '')).toEqual({
      Repo2Docker: {
        base_image: 'docker.io/library/buildpack-deps:24.04',
        user_id: 2000,
        user_name: 'ada',
        target_repo_dir: '/opt/glaciocloud',
        appendix: `LABEL org.opencontainers.image.title="Science \\"now\\"" \\
      org.glaciocloud.image="science" \\
      org.glaciocloud.recipe="${hash}"
ENV A="one \\"two\\""
ENV B="\\$HOME/x"
USER root
RUN mkdir -p /opt/science && cp -R /opt/glaciocloud/files/. /opt/science/ && chmod -R a+rX /opt/science
USER 2000:200
RUN chmod +x own/postBuild && own/postBuild
CMD ["jupyterhub-singleuser"]
`,
      },
    });
  });

  test('its settings where there is nothing of its own', () => {
    const { files, hash } = folder({ image: { ...onConda, oggm: undefined } });
    const read: unknown = JSON.parse(files.get('repo2docker_config.json') ?? '');
    expect(read).toHaveProperty(
      'Repo2Docker.appendix',
      `LABEL org.opencontainers.image.title="Science" \\
      org.glaciocloud.image="science" \\
      org.glaciocloud.recipe="${hash}"
USER 1100:100
CMD ["jupyterhub-singleuser"]
`,
    );
  });

  test.each([
    [{ version: '1.6.3' }, { pip: ['motuclient'] }, ['motuclient', 'oggm[full]==1.6.3']],
    [{ version: '1.6.3' }, { pip: ['OGGM==1.6.3'] }, ['OGGM==1.6.3']],
    [{ version: '1.6.3' }, { pip: [], conda: ['conda-forge::oggm=1.6.3'] }, []],
    [undefined, { pip: ['motuclient'] }, ['motuclient']],
  ])('OGGM %j beside %j: pip installs %j', (oggm, packages, installed) => {
    const text = folder({ image: { ...onConda, oggm, ...packages } }).files.get('environment.yml');
    const lines = text?.split('\n').filter((line) => line.startsWith('      - '));
    expect(lines).toEqual(installed.map((one) => `      - "${one}"`));
  });

  test('OGGM alone is a package of pip', () => {
    const { files } = folder({ image: { ...onConda, oggm: { git: 'OGGM/oggm' } } });
    expect(files.get('environment.yml')?.split('\n').slice(5)).toEqual([
      '  - pip',
      '  - pip:',
      expect.stringMatching(/^ {6}- "oggm\[full\] @ git\+https:\/\/github\.com\/OGGM\/oggm@.+"$/u),
      '',
    ]);
  });
});

describe('what is baked', () => {
  const whole = (bake: string[]) => folder({ image: { bake } }).files.get('bake.py');
  /** Without what sends it to a mirror. */
  const baked = (bake: string[]) => whole(bake)?.replace(/^\nimport os\n[^]*environ\[.*\n/mu, '');
  const head =
    '"""Downloads once, at build time, what OGGM otherwise downloads for every user. HOME says where to."""\n';
  const salem = 'import salem\n\nsalem.get_demo_file("world_borders.shp")\n';
  const sample = `
from oggm import cfg, utils

cfg.initialize(logging_level="WARNING")
utils.get_demo_file("Hintereisferner_RGI5.shp")
`;

  test('each by itself, and both', () => {
    expect(whole([])).toBeUndefined();
    expect(baked(['salem'])).toBe(head + salem);
    expect(baked(['sample-data'])).toBe(head + sample);
    expect(baked(['sample-data', 'salem'])).toBe(head + salem + sample);
  });

  test('from the mirror of GitHub that the build is told, before anything is asked for', () => {
    const mirrored =
      'if os.environ.get("GLACIOCLOUD_GITHUB"):\n    ask_at(os.environ["GLACIOCLOUD_GITHUB"])\n';
    for (const bake of [['salem'], ['sample-data']]) {
      const [before = '', after = ''] = whole(bake)?.split(mirrored) ?? [];
      expect(before).toContain('def ask_at(mirror):');
      expect(after).toMatch(/^\n?(import salem|from oggm)/u);
    }
  });
});

test('files to be read: those that go in, and the script, each once', () => {
  const paths = (image: object) => {
    const doc = platformWith({ [IMAGE]: { ...image } }).images.get('science');
    return doc && namedPaths(doc.data);
  };
  expect(paths({})).toEqual([]);
  expect(paths({ files: ['a', 'b'] })).toEqual(['a', 'b']);
  expect(paths({ files: ['a', 'b'], postBuild: 'a' })).toEqual(['a', 'b']);
  expect(paths({ files: ['a'], postBuild: 'c' })).toEqual(['a', 'c']);
});

test('a script that is also a file lies in both places; one that is none is not copied', () => {
  const named = [{ path: 'a', text: 'x' }];
  const both = folder({ image: { files: ['a'], postBuild: 'a' }, named }).files;
  expect([both.get('files/a'), both.get('own/postBuild')]).toEqual(['x', 'x']);
  const script = folder({ image: { postBuild: 'a' }, named }).files;
  expect([script.get('files/a'), script.get('own/postBuild')]).toEqual([undefined, 'x']);
});

describe('the hash', () => {
  const named = [{ path: 'a', text: 'x' }];

  test('is 40 hex digits, the same for the same image, whatever its folder is called', () => {
    const { hash } = folder({ named });
    expect(hash).toMatch(/^[0-9a-f]{40}$/u);
    expect(folder({ named }).hash).toBe(hash);
    expect(folder({ named, name: 'other' }).hash).toBe(hash);
  });

  test('stays as it is from release to release: another one builds every image again', () => {
    expect(folder({}).hash).toBe('38419d669a41dca014af29d5b209aa75422cdbb4');
  });

  test.each<[string, Written]>([
    ['title', { named, image: { title: 'Other' } }],
    ['base', { named, image: { from: { image: base, tag: '1.0' } } }],
    ['OGGM', { named, image: { oggm: { version: '1.6.2' } } }],
    ['conda', { named, image: { conda: ['xarray'] } }],
    ['channels', { named, image: { channels: ['bioconda'] } }],
    ['its own script', { named, image: { postBuild: 'a' } }],
    ['env', { named, image: { env: { A: 'b' } } }],
    ['the user’s name', { named, user: { name: 'ada' } }],
    ['the user’s uid', { named, user: { uid: 1101 } }],
    ['the user’s gid', { named, user: { gid: 101 } }],
    ['a named file’s text', { named: [{ path: 'a', text: 'y' }] }],
    ['a named file’s path', { named: [{ path: 'b', text: 'x' }] }],
    ['one more named file', { named: [...named, { path: 'b', text: 'y' }] }],
    ['no named file', {}],
  ])('changes with %s', (_what, written) => {
    expect(folder(written).hash).not.toBe(folder({ named }).hash);
  });
});
