import type { Handler } from './call.ts';
import { CONTENTS } from './contents.ts';
import { GIT } from './git.ts';
import { ISSUES } from './issues.ts';
import { ORGANIZATIONS } from './organizations.ts';
import { PULLS } from './pulls.ts';
import { REACTIONS } from './reactions.ts';
import { RUNS } from './runs.ts';
import { SETTINGS } from './settings.ts';
import { USERS } from './users.ts';
import type { OperationId } from './operations.ts';

/** What the double answers, by GitHub's name of the operation; each subject has a file of its own. */
export const HANDLERS: Readonly<Partial<Record<OperationId, Handler>>> = {
  ...CONTENTS,
  ...GIT,
  ...ISSUES,
  ...ORGANIZATIONS,
  ...PULLS,
  ...REACTIONS,
  ...RUNS,
  ...SETTINGS,
  ...USERS,
};
