import { isPackageList } from './package-list.ts';
import type { Kind } from './types.ts';
import { greatest } from '../lists.ts';

export interface Located {
  kind: Kind;
  /** The hub, cluster, image …: from the path, never from the content. */
  name: string;
}

const LAYOUT: readonly { kind: Kind; path: RegExp; example: string }[] = [
  { kind: 'platform', path: /^(platform)\.yaml$/u, example: 'platform.yaml' },
  { kind: 'cluster', path: /^clusters\/([^/]+)\.yaml$/u, example: 'clusters/<name>.yaml' },
  {
    kind: 'environment',
    path: /^environments\/([^/]+)\.yaml$/u,
    example: 'environments/<hub>.yaml',
  },
  { kind: 'image', path: /^images\/([^/]+)\/image\.yaml$/u, example: 'images/<image>/image.yaml' },
  {
    kind: 'image-lock',
    path: /^images\/([^/]+)\/image\.lock\.yaml$/u,
    example: 'images/<image>/image.lock.yaml',
  },
  { kind: 'data', path: /^data\/([^/]+)(?<!\.lock)\.yaml$/u, example: 'data/<set>.yaml' },
  {
    kind: 'data-lock',
    path: /^data\/([^/]+)\.lock\.yaml$/u,
    example: 'data/<set>.lock.yaml',
  },
  { kind: 'approvers', path: /^access\/(approvers)\.yaml$/u, example: 'access/approvers.yaml' },
  {
    kind: 'member',
    path: /^access\/members\/([^/]+)\.yaml$/u,
    example: 'access/members/<id>.yaml',
  },
  {
    kind: 'cohort',
    path: /^access\/cohorts\/([^/]+)\.yaml$/u,
    example: 'access/cohorts/<slug>.yaml',
  },
  {
    kind: 'access-removals',
    path: /^access\/(removals)\.yaml$/u,
    example: 'access/removals.yaml',
  },
  {
    kind: 'announcement',
    path: /^announcements\/(?!README\.md$)([^/]+)\.md$/u,
    example: 'announcements/<name>.md',
  },
];

/** Folders that the platform reads; everything else in the repository is none of its business. */
export const PLATFORM_FOLDERS = [
  'clusters',
  'environments',
  'images',
  'data',
  'access',
  'announcements',
  'secrets',
] as const;

/** Whether files of the platform would lie below a path: a file there stands in place of them all. */
export function isFolder(path: string): boolean {
  const below = `${path}/`;
  const folders: readonly string[] = PLATFORM_FOLDERS;
  return folders.includes(path) || LAYOUT.some(({ example }) => example.startsWith(below));
}

export function locate(path: string): Located | undefined {
  for (const { kind, path: pattern } of LAYOUT) {
    const name = pattern.exec(path)?.[1];
    if (name !== undefined) return { kind, name };
  }
  return undefined;
}

/** Where GitHub looks for forms of issues. */
export const FORM_FOLDER = '.github/ISSUE_TEMPLATE';

/** Forms by which people ask for access: made from the files, read to see whether they still say what files say. */
export function isForm(path: string): boolean {
  return ['access', 'renew', 'class'].some((name) => path === `${FORM_FOLDER}/${name}.yml`);
}

/** Whether the text of a file is looked at; of others the path is enough. */
export function isRead(path: string): boolean {
  const isOfOurs = locate(path) !== undefined || path.startsWith('secrets/');
  return isOfOurs || isPackageList(path) || isForm(path);
}

/** Files of secrets, their public keys, pages for people and what git keeps there. */
function isSecretsPlace(path: string): boolean {
  return /^secrets\/(?:[^/]+\.sops\.yaml|\.[^/]+|[^/]+\.(?:md|pub))$/u.test(path);
}

/** `environments/x.yml` or `clusters/sub/x.yaml`: looks like a platform file and would be passed over in silence. */
export function misplaced(path: string): string | undefined {
  const top = path.split('/')[0] ?? '';
  if (path === 'platform.yml') return 'platform.yaml';
  if (top === 'secrets') return isSecretsPlace(path) ? undefined : 'secrets/<hub>.sops.yaml';
  if (!/\.ya?ml$/u.test(path) || locate(path)) return undefined;
  if (top === 'images' && path.split('/').length > 3) return undefined;
  if (top === 'images' && !/\/image(\.lock)?\.ya?ml$/u.test(path)) return undefined;
  const examples = LAYOUT.map(({ example }) => example).filter((one) => one.startsWith(`${top}/`));
  const alike = greatest(examples.map((one) => sharedLength(one, path)));
  return examples.find((one) => sharedLength(one, path) === alike);
}

/** How many characters two paths have in common from the beginning. */
function sharedLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}
