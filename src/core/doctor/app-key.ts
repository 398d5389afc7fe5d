import type { DeployEnvironment } from '../hub/protection.ts';
import { judged, missing, quoted } from './check.ts';
import type { Asked, Check } from './check.ts';
import { environmentChecks } from './environments.ts';

/** The environment of the jobs that ask for pull requests, as their workflows name it. */
export const IMAGES_ENVIRONMENT = 'images';
/** Secret with the key of an App, where there is one. */
const KEY = 'APP_PRIVATE_KEY';

export interface AppKeyFacts {
  environment: DeployEnvironment;
  /** Names of the environment's secrets. */
  secrets: readonly string[];
}

/** Whether the key of an App is where no other branch gets at it. Without a key nothing is needed. */
export function appKeyChecks(
  repository: string,
  shared: Asked<{ secrets: readonly string[] }>,
  app: Asked<AppKeyFacts> | undefined,
): Check[] {
  if (!app) return [];
  const open = shared.kind === 'answered' && shared.value.secrets.includes(KEY);
  const where = `environment ${IMAGES_ENVIRONMENT}`;
  const held = judged('github/app-key', where, app, ({ environment, secrets }) =>
    secrets.includes(KEY) ? environmentChecks(repository, environment, 'asks') : [],
  );
  return [...(open ? [openKey(repository)] : []), ...held];
}

function openKey(repository: string): Check {
  return missing(
    'github/app-key',
    repository,
    `${KEY} of the repository itself is open to the workflow of every branch: it belongs into the environment ${IMAGES_ENVIRONMENT}`,
    `gh secret delete ${KEY} --repo ${quoted(repository)}`,
  );
}
