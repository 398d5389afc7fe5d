import { ISSUER, needsIssuer } from './answers.ts';
import type { Answers } from './answers.ts';

/** What is left to a person after `init`, in order. */
export function nextSteps(answers: Pick<Answers, 'hub' | 'cluster' | 'url' | 'email'>): string[] {
  const { hub, cluster } = answers;
  const file = `secrets/${hub}.sops.yaml`;
  const issuer = `Certificates: cert-manager in the cluster, with a ClusterIssuer named ${ISSUER} for ${answers.email}.`;
  return [
    `A key: \`age-keygen -o ${hub}.agekey\`. Its public key goes into .sops.yaml; the file goes where passwords are ` +
      'kept, and never into this repository: who loses it loses the secrets, who has it reads them.',
    `Secrets: \`mkdir -p secrets && glaciocloud secrets template ${hub} > ${file}\`; ` +
      `fill it in, then \`sops encrypt --in-place ${file}\`. Only encrypted it may be committed.`,
    `On GitHub, an environment named ${cluster} (Settings, Environments) with the secrets KUBECONFIG and SOPS_AGE_KEY: ` +
      `the whole text of ${hub}.agekey.`,
    ...(needsIssuer(answers) ? [issuer] : []),
    'The first pull request, with these files: `check` runs at once, `plan` comments as soon as main has its ' +
      'workflow, and merging deploys.',
  ];
}
