import type { Answers } from './answers.ts';

/** What is left to a person after `init`, in order. */
export function nextSteps({ hub, cluster }: Pick<Answers, 'hub' | 'cluster'>): string[] {
  return [
    `Secrets: \`mkdir -p secrets && glaciocloud secrets template ${hub} > secrets/${hub}.sops.yaml\`; fill it in and encrypt it as its first line says.`,
    `On GitHub, an environment named ${cluster} (Settings, Environments) with the secrets KUBECONFIG and SOPS_AGE_KEY.`,
    'The first pull request, with these files: `check` runs at once, `plan` comments as soon as main has its workflow, and merging deploys.',
  ];
}
