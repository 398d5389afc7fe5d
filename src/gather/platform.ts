import { join } from 'node:path';
import { SOPS_FILE } from '../core/credentials/placeholder.ts';
import { SECRETS_RULE } from '../core/credentials/encrypted.ts';
import { FORM_FOLDER, PLATFORM_FOLDERS, isRead } from '../core/model/layout.ts';
import { withoutOurPeople } from '../core/model/people-elsewhere.ts';
import { readPlatform } from '../core/model/platform.ts';
import type { Reading, Text } from '../core/model/platform.ts';
import type { Platform } from '../core/model/types.ts';
import { looksOurs } from '../core/model/stray.ts';
import { namesIn, readTree } from '../edges/files.ts';
import { mainFiles } from '../edges/default-branch.ts';
import { unseenByGit } from '../edges/git.ts';
import { UsageError } from '../failure.ts';
import { isProposal } from './charts.ts';

/** Files below `root` → the platform and every finding about them. Throws nothing about their content. */
export async function gatherPlatform(root: string): Promise<Reading> {
  return withoutOurPeople(await readWhole(root, await platformFiles(root)));
}

/** The same with people's files from elsewhere: a checkout of the access repository. */
export async function gatherWithPeople(root: string, people: string): Promise<Reading> {
  const [files, theirs] = await Promise.all([platformFiles(root), peopleFiles(people)]);
  if (theirs.size === 0)
    throw new UsageError(
      `${people} holds no people’s files`,
      'name a checkout of the access repository, with members/, cohorts/ and approvers.yaml',
    );
  const ours = [...files].filter(([path]) => !path.startsWith('access/'));
  return readWhole(root, new Map([...ours, ...theirs]));
}

async function readWhole(root: string, files: ReadonlyMap<string, Text>): Promise<Reading> {
  const reading = readPlatform(files);
  const open = reading.findings.filter(({ rule }) => rule === SECRETS_RULE);
  if (open.length === 0) return reading;
  return readPlatform(files, await unseenByGit(root, new Set(open.map(({ at }) => at.file))));
}

async function platformFiles(root: string): Promise<ReadonlyMap<string, Text>> {
  const beside = (await namesIn(root)).filter((name) => looksOurs(name) || name === SOPS_FILE);
  const tree = await readTree(
    root,
    [...PLATFORM_FOLDERS, FORM_FOLDER, ...beside],
    (path) => isRead(path) || beside.includes(path),
  );
  return tree.files;
}

const PEOPLE = ['members', 'cohorts', 'approvers.yaml', 'removals.yaml'];

/** Where people's files lie in their repository: in a folder `access/`, or at the top. Fails where they lie in both. */
export async function peopleFolder(people: string): Promise<'access/' | ''> {
  const top = await namesIn(people);
  if (!top.includes('access')) return '';
  const atTop = top.filter((name) => PEOPLE.includes(name));
  if (atTop.length === 0) return 'access/';
  const below = (await namesIn(join(people, 'access'))).filter((name) => PEOPLE.includes(name));
  if (below.length === 0) return '';
  throw new UsageError(
    `${people} holds people’s files twice: ${atTop.join(', ')} beside the folder access/ with ${below.join(', ')}`,
    'keep them in one of the two places: what stands in the other would let nobody in',
  );
}

/** By their places in a platform, whether they lie in a folder `access` there or at the top. */
async function peopleFiles(people: string): Promise<Map<string, Text>> {
  const below = await peopleFolder(people);
  const place = (path: string): string => `access/${path.slice(below.length)}`;
  const tops = PEOPLE.map((name) => `${below}${name}`);
  const { files } = await readTree(people, tops, (path) => isRead(place(path)));
  const theirs = [...files].filter(([path]) => tops.some((top) => path.startsWith(top)));
  return new Map(theirs.map(([path, content]) => [place(path), content]));
}

/** The platform as the default branch has it: of its checkout beside a proposal, or of the clone that `root` is. */
export async function mainPlatform(
  root: string,
  repository: string | undefined,
): Promise<Platform | undefined> {
  if (isProposal(root, repository)) return (await gatherPlatform(repository)).platform;
  const files = await mainFiles(root, isRead);
  if (!files) return undefined;
  const texts = [...files].map(([path, text]) => [path, { kind: 'text', text }] as const);
  return withoutOurPeople(readPlatform(new Map(texts))).platform;
}
