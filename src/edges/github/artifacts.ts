import { unzipSync } from 'fflate';
import type { ReviewedArtifacts } from '../../ports.ts';
import type { BuildArtifacts } from '../../ports/build-artifacts.ts';
import type { Answer } from './answer.ts';
import type { GithubClient } from './client.ts';

/** Only this workflow of the default branch shows plans; its runs follow a check, and no pull request can change it. */
const WORKFLOW = '.github/workflows/plan.yml';
const EVENT = 'workflow_run';

/** Bytes of an archive, and of the file in it. */
const LIMIT = 1_000_000;
/** Runs that are asked about: anybody's workflow may upload artifacts of any name. */
const CANDIDATES = 10;
/** Artifacts of a run that are fetched: more than a comment has room for. */
const FETCHED = 64;

export class GithubArtifacts implements ReviewedArtifacts, BuildArtifacts {
  readonly #client: GithubClient;

  constructor(client: GithubClient) {
    this.#client = client;
  }

  async reviewedFile(artifact: string, file: string): Promise<string | undefined> {
    const home = await this.#client.ask('the repository', 'GET ');
    const route = 'GET /actions/artifacts';
    const listed = await this.#client.all('artifacts', route, { name: artifact });
    const ours = listed
      .filter((one) => one.text('/name') === artifact && isFrom(one, home))
      .sort((a, b) => b.id('/id') - a.id('/id'))
      .slice(0, CANDIDATES);
    for (const one of ours) if (isPlan(await this.#run(one), home)) return this.#content(one, file);
    return undefined;
  }

  async filesOfRun(
    run: number,
    names: readonly string[],
    file: string,
  ): Promise<Map<string, string | undefined>> {
    const listed = await this.#client.all('artifacts', 'GET /actions/runs/{run}/artifacts', {
      run,
    });
    const files = new Map<string, string | undefined>();
    // A run that was repeated may have left several: the newest counts.
    const newest = listed.sort((a, b) => b.id('/id') - a.id('/id'));
    for (const one of newest) {
      const name = one.text('/name');
      if (!names.includes(name) || files.has(name)) continue;
      files.set(name, files.size < FETCHED ? await this.#content(one, file) : undefined);
    }
    return files;
  }

  #run(artifact: Answer): Promise<Answer> {
    const run = artifact.id('/workflow_run/id');
    return this.#client.ask('a workflow run', 'GET /actions/runs/{run}', { run });
  }

  /** Undefined where it has expired, is too large, or is no archive with this file. */
  async #content(artifact: Answer, file: string): Promise<string | undefined> {
    if (artifact.flag('/expired') || artifact.count('/size_in_bytes') > LIMIT) return undefined;
    const route = 'GET /actions/artifacts/{artifact}/zip';
    const zip = await this.#client.bytes('an artifact', route, { artifact: artifact.id('/id') });
    return zip === undefined || zip.length > LIMIT ? undefined : textIn(zip, file);
  }
}

/** Whether a run of the default branch of this very repository made an artifact: by ids, because names move. */
function isFrom(artifact: Answer, home: Answer): boolean {
  if (!artifact.has('/workflow_run/id')) return false;
  const id = home.id('/id');
  return (
    artifact.idOrNone('/workflow_run/repository_id') === id &&
    artifact.idOrNone('/workflow_run/head_repository_id') === id &&
    artifact.textOrNone('/workflow_run/head_branch') === home.text('/default_branch')
  );
}

function isPlan(run: Answer, home: Answer): boolean {
  const id = home.id('/id');
  return (
    run.text('/event') === EVENT &&
    // GitHub may add the branch: `plan.yml@main`.
    run.text('/path').split('@')[0] === WORKFLOW &&
    run.textOrNone('/head_branch') === home.text('/default_branch') &&
    run.id('/repository/id') === id &&
    run.idOrNone('/head_repository/id') === id
  );
}

/** The output never grows beyond what the archive says that it holds, and that has a limit. */
function textIn(zip: Uint8Array, file: string): string | undefined {
  try {
    const files = unzipSync(zip, {
      filter: ({ name, originalSize }) => name === file && originalSize <= LIMIT,
    });
    const content = files[file];
    return content && new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return undefined;
  }
}
