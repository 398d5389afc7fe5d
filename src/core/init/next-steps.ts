import { hostOf } from '../hub/certificate.ts';
import { REQUESTS_ENVIRONMENT } from '../access/request/environment.ts';
import { ISSUER, needsIssuer, pinOf, pinnedCall } from './answers.ts';
import type { Answers } from './answers.ts';
import type { Scaffold } from './scaffold.ts';

/** What is left to a person after `init`, in order. `home`: `OWNER/NAME` on GitHub, if that is known. */
export function nextSteps(
  answers: Pick<Answers, 'action' | 'organization' | 'hub' | 'cluster' | 'url' | 'email'>,
  { inGit, home }: { inGit: boolean; home: string | undefined },
): string[] {
  const { organization, hub, cluster, url } = answers;
  const issuer = `Certificates: cert-manager in the cluster, with a ClusterIssuer named ${ISSUER} for ${answers.email}.`;
  const address = url.replace(/\/$/u, '');
  return [
    ...(inGit
      ? []
      : ['This folder is in no git repository: `git init`, and a repository on GitHub.']),
    `The command: \`alias glaciocloud='${pinnedCall(pinOf(answers))}'\` is the commit that your workflows run.`,
    `DNS: a record by which ${hostOf({ url })} leads to the entry of the cluster.`,
    `An OAuth app: https://github.com/organizations/${organization}/settings/applications/new with the homepage ` +
      `${address} and the callback ${address}/hub/oauth_callback. Its id and secret are asked for below.`,
    `Teams of ${organization} on GitHub: ${hub}-users and ${hub}-admins, or those that you name in environments/${hub}.yaml.`,
    'A key: `age-keygen -o hubs.agekey`. Its public key goes into .sops.yaml; the file goes where passwords are ' +
      'kept, and never into this repository: who loses it loses the secrets, who has it reads them.',
    secretsStep(hub),
    `${environmentStep(cluster)}: the whole text of hubs.agekey.`,
    ...(needsIssuer(answers) ? [issuer] : []),
    'Approvers: access/approvers.yaml, as access/README.md shows. Until it is there people can ask for access in an ' +
      'issue, and nobody can approve.',
    REQUESTS,
    ...(home === undefined ? [PAGES] : []),
    'These files to the default branch, which deploys; from then on pull requests: `check` and `plan` say what ' +
      'they change, and merging deploys.',
    DOCTOR,
  ];
}

/** The page that goes through all of it, at the commit that was chosen. */
export function setupPage(answers: Pick<Answers, 'action'>): string {
  const { repository, commit } = pinOf(answers);
  return `https://github.com/${repository}/blob/${commit}/docs/setup.md`;
}

/** What is left to a person after `new`, in order. */
export function nextAfter(kind: Scaffold, name: string): string[] {
  switch (kind) {
    case 'hub':
      return [
        'Read it through and write its address, `url:`. Then `glaciocloud check`.',
        'A DNS record for that address, and an OAuth app on GitHub with the callback ' +
          '`https://HOST/hub/oauth_callback`.',
        'The teams that `access:` names.',
        secretsStep(name),
        DOCTOR,
      ];
    case 'image':
      return [
        'Read it through. Then `glaciocloud check`.',
        `\`glaciocloud image build ${name} --push\` builds and tests it, and writes its lock: commit both. It needs ` +
          'Docker and repo2docker.',
        'Name it below `images:` of a hub. Hubs of waves with `images: stable` offer it when a build is promoted.',
      ];
    case 'cluster':
      return [
        'Read it through. Then `glaciocloud check`.',
        `${environmentStep(name)}.`,
        `A hub in it, with \`cluster: ${name}\`: \`glaciocloud new hub NAME\`.`,
        DOCTOR,
      ];
  }
}

/** As they are printed. */
export function numbered(steps: readonly string[]): string[] {
  return steps.map((step, index) => `  ${index + 1}. ${step}`);
}

const REQUESTS =
  `Requests: on GitHub, an environment named ${REQUESTS_ENVIRONMENT}, limited to the default branch. Where people’s ` +
  'files are in a private repository, as access/README.md says, it has the variables ACCESS_REPOSITORY and ' +
  'REQUESTS_APP and the secret REQUESTS_KEY of a GitHub App that may write contents and pull requests there and ' +
  'nowhere else.';

const PAGES =
  'Where people ask: `pages: {repository: OWNER/REPO}` in platform.yaml, with this repository on GitHub. Without it ' +
  'the hub’s pages lead to no form.';

const DOCTOR =
  '`glaciocloud doctor` says what of all this is still missing, with the command for it.';

function secretsStep(hub: string): string {
  const file = `secrets/${hub}.sops.yaml`;
  return (
    `Secrets: \`mkdir -p secrets && glaciocloud secrets template ${hub} > ${file}\`; ` +
    `fill it in, then \`sops encrypt --in-place ${file}\`. Only encrypted it may be committed.`
  );
}

function environmentStep(cluster: string): string {
  return (
    `On GitHub, an environment named ${cluster} (Settings, Environments), limited to the default branch, with the ` +
    'secrets KUBECONFIG (of the account that `glaciocloud rights` prints), MEMBERS_TOKEN (may read the members of ' +
    'teams) and SOPS_AGE_KEY'
  );
}
