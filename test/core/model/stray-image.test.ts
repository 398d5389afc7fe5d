import { describe, expect, test } from '@jest/globals';
import { strayInImages } from '../../../src/core/model/stray-image.ts';
import { platformWith } from '../../support/written.ts';

const IMAGE = 'images/science/image.yaml';
const said = (files: readonly string[], image: Record<string, unknown> = {}): string[] => {
  const { images } = platformWith({ [IMAGE]: image });
  const paths = new Set([IMAGE, ...files.map((file) => `images/science/${file}`)]);
  return strayInImages({ images, paths }).map(
    ({ rule, severity, at, message, hint }) =>
      `${severity} ${rule} ${at.file}:${at.line}:${at.column} ${message} | ${hint}`,
  );
};
const stray = (file: string, hint: string): string =>
  `warning unread-file images/science/${file}:1:1 ${IMAGE} does not name this file | ${hint}`;
const under = (fields: string): string => `${IMAGE} says this, under ${fields}`;

describe('a file in the folder of an image', () => {
  test.each([
    ['requirements.txt', under('`pip:`')],
    ['Pipfile', under('`pip:`')],
    ['pyproject.toml', under('`pip:`')],
    ['setup.py', under('`pip:`')],
    ['environment.yml', under('`conda:` and `pip:`')],
    ['install.R', under('`conda:`')],
    ['apt.txt', under('`apt:`')],
    ['runtime.txt', under('`python:`')],
    ['Dockerfile', under('`from:`')],
    ['postBuild', under('`postBuild:`, which names a script')],
    ['start', under('`env:`')],
  ])('%s is known from repo2docker', (file, hint) => {
    expect(said([file])).toEqual([stray(file, hint)]);
  });

  test.each([
    ['requirement.txt', `did you mean requirements.txt? ${under('`pip:`')}`],
    ['enviroment.yml', `did you mean environment.yml? ${under('`conda:` and `pip:`')}`],
    ['environment.yaml', `did you mean environment.yml? ${under('`conda:` and `pip:`')}`],
    ['postbuild', `did you mean postBuild? ${under('`postBuild:`, which names a script')}`],
    ['dockerfile', `did you mean Dockerfile? ${under('`from:`')}`],
    ['APT.txt', `did you mean apt.txt? ${under('`apt:`')}`],
    ['imag.yaml', `did you mean ${IMAGE}?`],
    ['image.lock.yam', 'did you mean images/science/image.lock.yaml?'],
    ['packages/x.json', 'remove it: lists of packages are written by the platform'],
    ['act.txt', `name it under \`files:\` in ${IMAGE}, or remove it`],
    ['stars', `name it under \`files:\` in ${IMAGE}, or remove it`],
    ['files/a.ipynb', `name it under \`files:\` in ${IMAGE}, or remove it`],
  ])('%s: %s', (file, hint) => {
    expect(said([file])).toEqual([stray(file, hint)]);
  });

  test('is near to one that image.yaml names and that is not there', () => {
    const image = { files: ['notebook.ipynb'], postBuild: 'own.sh' };
    expect(said(['notebok.ipynb', 'own.sh'], image)).toEqual([
      stray('notebok.ipynb', 'did you mean images/science/notebook.ipynb?'),
    ]);
    expect(said(['notebok.ipynb', 'own.sh', 'notebook.ipynb'], image)).toEqual([
      stray('notebok.ipynb', `name it under \`files:\` in ${IMAGE}, or remove it`),
    ]);
  });

  test('is named, written by the platform, for people, or refused elsewhere', () => {
    const image = {
      files: ['a.py', 'b/c.py'],
      postBuild: 'own',
      tests: { notebooks: ['n.ipynb'] },
    };
    const files = ['a.py', 'b/c.py', 'own', 'n.ipynb', 'image.lock.yaml', 'README.md', '.gitkeep'];
    expect(said([...files, 'packages/2026-11-24-abcdef.txt', 'image.yml'], image)).toEqual([]);
  });

  test('is told of once for each folder', () => {
    const hint = `name it under \`files:\` in ${IMAGE}, or remove it`;
    expect(said(['data/a', 'data/b', 'other', 'data/c/d'])).toEqual([
      stray('data/a', hint),
      stray('other', hint),
    ]);
  });
});

test('files of other folders are not an image’s', () => {
  const { images } = platformWith({});
  const paths = new Set(['images/science-2/a', 'images/a', 'science/a']);
  expect(strayInImages({ images, paths })).toEqual([]);
});
