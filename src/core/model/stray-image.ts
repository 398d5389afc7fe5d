import type { Finding } from '../finding.ts';
import { locate, misplaced } from './layout.ts';
import { isPackageList } from './package-list.ts';
import { nearest } from './nearest.ts';
import { NOT_OURS, unread } from './stray.ts';
import type { Platform } from './types.ts';

/** What repo2docker would read in a folder, and the fields of image.yaml that say it here. */
const REPO2DOCKER: readonly { name: string; fields: string }[] = [
  { name: 'requirements.txt', fields: '`pip:`' },
  { name: 'Pipfile', fields: '`pip:`' },
  { name: 'pyproject.toml', fields: '`pip:`' },
  { name: 'setup.py', fields: '`pip:`' },
  { name: 'environment.yml', fields: '`conda:` and `pip:`' },
  { name: 'install.R', fields: '`conda:`' },
  { name: 'apt.txt', fields: '`apt:`' },
  { name: 'runtime.txt', fields: '`python:`' },
  { name: 'Dockerfile', fields: '`from:`' },
  { name: 'postBuild', fields: '`postBuild:`, which names a script' },
  { name: 'start', fields: '`env:`' },
];
const IMAGE_FILE = 'image.yaml';
const LONG = 8;

/** Files in the folders of images that no image.yaml names; of a folder in them the first. */
export function strayInImages({ images, paths }: Pick<Platform, 'images' | 'paths'>): Finding[] {
  const mayBeStray = [...paths].filter((path) => !isKnown(path));
  return [...images.values()].flatMap(({ name, data }) => {
    const folder = `images/${name}/`;
    const named = [...data.files, ...data.tests.notebooks, data.postBuild ?? IMAGE_FILE];
    const missing = named.filter((path) => !paths.has(`${folder}${path}`));
    const strays = mayBeStray
      .filter((path) => path.startsWith(folder))
      .map((path) => path.slice(folder.length))
      .filter((path) => !named.includes(path));
    return firstOfEach(strays).map((path) =>
      unread(
        `${folder}${path}`,
        `${folder}${IMAGE_FILE} does not name this file`,
        meant(path, folder, missing),
      ),
    );
  });
}

function isKnown(path: string): boolean {
  return (
    locate(path) !== undefined ||
    misplaced(path) !== undefined ||
    isPackageList(path) ||
    NOT_OURS.test(path)
  );
}

/** Of a folder the first file. */
function firstOfEach(paths: readonly string[]): string[] {
  const tops = paths.map((path) => path.split('/')[0]);
  return paths.filter((_, index) => tops.indexOf(tops[index]) === index);
}

function meant(path: string, folder: string, missing: readonly string[]): string {
  const near = nearest(path, [...missing, IMAGE_FILE, 'image.lock.yaml']);
  if (near !== undefined) return `did you mean ${folder}${near}?`;
  const known = REPO2DOCKER.find(({ name }) => isNear(path, name));
  if (known !== undefined) {
    const asked = known.name === path ? '' : `did you mean ${known.name}? `;
    return `${asked}${folder}${IMAGE_FILE} says this, under ${known.fields}`;
  }
  if (path.startsWith('packages/'))
    return 'remove it: lists of packages are written by the platform';
  return `name it under \`files:\` in ${folder}${IMAGE_FILE}, or remove it`;
}

/** Of short names nearly every word is near. */
function isNear(path: string, name: string): boolean {
  return name.length < LONG
    ? path.toLowerCase() === name.toLowerCase()
    : nearest(path, [name]) !== undefined;
}
