/** What may stand behind commands: beside `inputs.ts`, which says behind which. */
interface OptionSpec {
  type: 'string' | 'boolean';
  value?: string;
  help: string;
}

export const OPTIONS = {
  root: { type: 'string', value: 'DIR', help: 'the platform’s folder (default: the current one)' },
  'charts-from': {
    type: 'string',
    value: 'DIR|URL',
    help: 'take charts from here instead of their repositories; trusted, and reported as not verified',
  },
  json: { type: 'boolean', help: 'print the result as JSON' },
  all: { type: 'boolean', help: 'everything instead of one' },
  push: { type: 'boolean', help: 'put what passed its tests into the registry' },
  'pull-request': {
    type: 'boolean',
    help: 'ask for what changes in a pull request, and tell failures in issues; needs GITHUB_TOKEN',
  },
  out: { type: 'string', value: 'DIR', help: 'write into this folder' },
  present: {
    type: 'string',
    value: 'DIR',
    help: 'what is there, as a folder: of `plan` and `review` of the shape that `render` writes (default: the branch `deployed`); of `access` with <hub>.json for each hub that has people (docs/access.md; default: the cluster)',
  },
  people: {
    type: 'string',
    value: 'DIR',
    help: 'people’s files: a checkout of the repository that `access:` of platform.yaml names',
  },
  directory: {
    type: 'string',
    value: 'FILE',
    help: 'the organisation’s teams and their members, as JSON (docs/access.md; default: GitHub, by GITHUB_API_URL)',
  },
  logins: {
    type: 'string',
    value: 'FILE',
    help: 'of `access class`: logins on GitHub, one a line; of a table its first column',
  },
  from: {
    type: 'string',
    value: 'TEAM|FILE',
    help: 'of `access import`: team:ORG/SLUG, or a file with logins as of --logins',
  },
  tier: { type: 'string', value: 'TIER', help: 'of `access import`: what everybody gets' },
  until: { type: 'string', value: 'DAY', help: 'of `access import`: everybody’s last day' },
  html: { type: 'string', value: 'FILE', help: 'write the whole plan as one HTML page' },
  'exit-code': { type: 'boolean', help: 'end with 4 where something changes, or has drifted' },
  at: {
    type: 'string',
    value: 'TIME',
    help: 'plan as if it were this time, such as 2026-11-30T08:00Z (default: now)',
  },
  pull: { type: 'string', value: 'N', help: 'number of the pull request' },
  head: { type: 'string', value: 'SHA', help: 'commit that the comment is about' },
  base: {
    type: 'string',
    value: 'SHA',
    help: 'commit that the pull request is merged into; of `image changed`: the one to compare with',
  },
  merge: { type: 'string', value: 'SHA', help: 'what merging the pull request gives' },
  reviewed: {
    type: 'string',
    value: 'FILE',
    help: 'write what the plan showed, for the deployment that follows; needs --base and --merge',
  },
  wave: { type: 'string', value: 'WAVE', help: 'only hubs of this wave' },
  cluster: {
    type: 'string',
    value: 'NAME',
    help: 'the cluster to work on (needed where the platform has several); of `init`, its name (default: main)',
  },
  kubeconfig: {
    type: 'string',
    value: 'FILE',
    help: 'how to reach the cluster (default: KUBECONFIG)',
  },
  record: {
    type: 'string',
    value: 'DIR',
    help: 'keep the public record of what runs in this folder',
  },
  now: { type: 'boolean', help: 'pass freezes and soaks; needs --reason' },
  approved: { type: 'boolean', help: 'a person has approved the waves that ask for it' },
  retry: {
    type: 'string',
    value: 'HUB',
    help: 'try what is quarantined once more; needs --reason',
  },
  again: {
    type: 'boolean',
    help: 'apply the named hubs once more, though nothing changed; needs --reason',
  },
  hold: {
    type: 'string',
    value: 'TIME',
    help: 'try files that are not merged on the first wave for so long, such as 2h; needs --reason',
  },
  reason: { type: 'string', value: 'TEXT', help: 'why, for those who read it later' },
  organization: {
    type: 'string',
    value: 'ORG',
    help: 'GitHub organisation that the platform belongs to',
  },
  registry: {
    type: 'string',
    value: 'HOST/PATH',
    help: 'where images go (default: the platform’s; of `init`, ghcr.io/ORG)',
  },
  locked: {
    type: 'string',
    value: 'BUILD',
    help: 'install exactly the packages of this build once more',
  },
  hub: {
    type: 'string',
    value: 'NAME',
    help: 'name of the hub (default: of `init`, hub; of `import`, the file’s)',
  },
  url: { type: 'string', value: 'URL', help: 'address of the first hub' },
  provider: { type: 'string', value: 'PROVIDER', help: 'who runs the cluster (default: existing)' },
  email: { type: 'string', value: 'ADDRESS', help: 'contact for certificates of https' },
  action: {
    type: 'string',
    value: 'OWNER/REPO@SHA',
    help: 'GlacioCloud at the commit that the workflows use',
  },
  help: { type: 'boolean', help: 'show this' },
  version: { type: 'boolean', help: 'show the version' },
} as const satisfies Record<string, OptionSpec>;

export type OptionName = keyof typeof OPTIONS;
