import { REQUESTS_ENVIRONMENT } from '../core/access/request/environment.ts';
import type { AccessSetup } from '../core/doctor/access.ts';
import { DISPATCH_PATH } from '../core/init/dispatch.ts';
import type { Platform } from '../core/model/types.ts';
import type { RepositorySetup } from '../ports/doctor.ts';
import { attempt } from './attempt.ts';

/** The platform's repository, and what else the same token reaches. */
export interface GithubPorts {
  repository: string;
  setup: RepositorySetup;
  /** Another repository, `OWNER/NAME`, with the same token. */
  beside: (repository: string) => RepositorySetup;
}

/** What access needs on GitHub; undefined where people's files are here. `may`: what a token needs for a right. */
export async function accessSetup(
  { settings }: Platform,
  { setup, beside }: GithubPorts,
  may: (right: string) => string,
): Promise<AccessSetup | undefined> {
  const people = settings.data.access?.repository;
  if (people === undefined) return undefined;
  const theirs = beside(people);
  const [environment, rules, dispatches] = await Promise.all([
    attempt(() => requestsEnvironment(setup), may('Environments')),
    attempt(() => theirs.mergeRules(), may('Metadata')),
    attempt(() => theirs.hasFile(DISPATCH_PATH), may('Contents')),
  ]);
  return { people, environment, rules, dispatches };
}

type Held = Extract<AccessSetup['environment'], { kind: 'answered' }>['value'];

async function requestsEnvironment(setup: RepositorySetup): Promise<Held> {
  const environment = await setup.environment(REQUESTS_ENVIRONMENT);
  if (environment.protection === undefined) return { environment, secrets: [], variables: [] };
  return {
    environment,
    secrets: await setup.secretNames(REQUESTS_ENVIRONMENT),
    variables: await setup.variableNames(REQUESTS_ENVIRONMENT),
  };
}
