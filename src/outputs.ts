import { WAVE_NUMBERS } from './core/hub/wave-rows.ts';

/** Outputs of the action, by name: `action.yml` lists them, and a command can set no other. */
const FIXED = {
  result: 'the result as JSON, as the CLI prints it with --json',
  digest: 'digest of the plan',
  has_changes: 'true or false: whether the plan changes anything, or the deployment did something',
  waiting: 'of deploy: true or false: whether something waits for time or for a person',
  number: 'of pull-request: number of the pull request, or empty',
  head: 'of pull-request: commit that was checked',
  base: 'of pull-request: commit that it would be merged into',
  merge: 'of pull-request: commit that merging would give',
  images: 'of image changed: names of images, as JSON',
  clusters: 'of waves and try: names of clusters, as JSON',
  data: 'of waves: names of clusters whose hubs have input data, as JSON',
  commit: 'of try: the commit that is tried',
  pull: 'of try: number of its pull request',
  hub: 'of order: the hub that a label is about',
  cluster: 'of order: its cluster',
  retry: 'of order: the hub that is tried once more, or empty',
  again: 'of order: true or false: whether what is merged is applied once more',
  reason: 'of try and order: why, in words',
  state: 'of access request: where the request is now, or empty',
} as const;

const OF_WAVE = {
  name: 'name of the wave, or empty',
  clusters: 'clusters that it reaches, as JSON',
  waiting: 'clusters where the branch `deployed` is not what is wanted, as JSON',
  approve: 'clusters where a person is asked first, as JSON',
} as const;

type WaveOutput = `${keyof typeof OF_WAVE}_${(typeof WAVE_NUMBERS)[number]}`;
export type Outputs = Readonly<Partial<Record<keyof typeof FIXED | WaveOutput, string>>>;

/** Every output with what it is. */
export const OUTPUTS: Readonly<Record<string, string>> = {
  ...FIXED,
  ...Object.fromEntries(
    WAVE_NUMBERS.flatMap((number) =>
      Object.entries(OF_WAVE).map(([name, text]) => [
        `${name}_${number}`,
        `of waves, wave ${number}: ${text}`,
      ]),
    ),
  ),
};
