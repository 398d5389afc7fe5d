import { REQUESTS_ENVIRONMENT } from '../access/request/environment.ts';
import type { Answers } from './answers.ts';
import { DISPATCH_PATH, dispatchWorkflow } from './dispatch.ts';
import { adminsTeam, template } from './scaffold.ts';

/** What the first hub lets people ask for. */
export const TIER = 'researcher';

type Words = 'base' | 'team' | 'pages' | 'environment' | 'dispatchPath' | 'dispatch';

const PAGE = template<Record<Words, string>>(`# Who may enter

Teams are named in \`environments/\`, and are enough to begin with. Single people and classes stand here, each with an end:
\`access apply\` makes hubs follow. Tiers are named in \`platform.yaml\`: \`tiers: {${TIER}: {until: 180d}}\`.
Numbers are GitHub ids, because a login can be renamed and taken by somebody else: \`api.github.com/users/LOGIN\` shows it.

\`access/members/583231.yaml\`, one person:

\`\`\`yaml
# yaml-language-server: $schema={{base}}member.schema.json
id: 583231
tier: ${TIER}
until: 2027-02-28
\`\`\`

\`access/approvers.yaml\`, who answers people that ask in an issue; without it nobody can approve:

\`\`\`yaml
# yaml-language-server: $schema={{base}}approvers.schema.json
approvers: [{id: 583231, login: octocat}]
teams: [{{team}}]
\`\`\`

\`access/cohorts/NAME.yaml\`, a class or workshop:

\`\`\`yaml
# yaml-language-server: $schema={{base}}cohort.schema.json
title: A workshop
leads: [583231]
tier: ${TIER}
from: 2027-02-01
until: 2027-02-05
capacity: 5 # no more than capacity.maxServers of the hub: all start at once
members: []
\`\`\`

People ask by the forms in \`.github/ISSUE_TEMPLATE/\`, and hubs' pages lead to them by
{{pages}} in \`platform.yaml\`. \`.github/workflows/request.yml\` answers, in the
environment \`{{environment}}\` on GitHub: limit it to the default branch. Where a team approves, it has the secret
MEMBERS_TOKEN, which may read the organisation's members. While these files are here, a person merges what was asked for.

Ids and days of these files are public where the repository is. In a private one they are not: move this folder there,
name it in \`platform.yaml\` (\`access: {repository: OWNER/REPO}\`), and give it this workflow as \`{{dispatchPath}}\`, so
that hubs follow a push at once. \`/approve\` merges there itself: \`{{environment}}\` then has the variables
ACCESS_REPOSITORY and REQUESTS_APP, and the secret REQUESTS_KEY of a GitHub App that may write contents and pull
requests, installed there and nowhere else. \`glaciocloud doctor\` says what is missing.

\`\`\`yaml
{{dispatch}}\`\`\`
`);

/** The page about access of a new platform. `base`: where the schemas are; `home`: `OWNER/NAME` on GitHub, if known. */
export function accessPage(answers: Answers, base: string, home = 'OWNER/REPO'): string {
  return PAGE({
    base,
    team: adminsTeam(answers.organization, answers.hub),
    pages: `\`pages: {repository: ${home}}\``,
    environment: REQUESTS_ENVIRONMENT,
    dispatchPath: DISPATCH_PATH,
    dispatch: dispatchWorkflow(home),
  });
}
