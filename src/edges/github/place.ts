import { originRepository } from '../repository.ts';
import type { GithubSettings } from './client.ts';

/** What is not known of GitHub here. */
export type Unplaced = 'token' | 'repository';

const PUBLIC_API = 'https://api.github.com';

/**
 * The repository of the folder `root` on GitHub: what the environment names, else where the clone came from. A token
 * goes to github.com, or to the address that the environment names, and nowhere else.
 */
export async function githubPlace(root: string): Promise<GithubSettings | Unplaced> {
  const anywhere = githubAnywhere();
  if (!anywhere) return 'token';
  const { GITHUB_REPOSITORY } = process.env;
  const named = isGiven(GITHUB_REPOSITORY) ? GITHUB_REPOSITORY : await originRepository(root);
  const [owner = '', repo = ''] = named?.split('/') ?? [];
  if (owner === '' || repo === '') return 'repository';
  return { ...anywhere, owner, repo };
}

/** For what belongs to no repository; undefined without a token. */
export function githubAnywhere(): GithubSettings | undefined {
  const { GITHUB_TOKEN, GH_TOKEN, GITHUB_API_URL } = process.env;
  const token = [GITHUB_TOKEN, GH_TOKEN].find(isGiven);
  if (token === undefined) return undefined;
  return { api: isGiven(GITHUB_API_URL) ? GITHUB_API_URL : PUBLIC_API, token, owner: '', repo: '' };
}

function isGiven(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}
