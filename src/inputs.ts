import { ANSWERS } from './core/init/answers.ts';

/** One table for the action's inputs, the command line, help, completion and the reference docs. */
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
    help: 'what is there, as a folder: of `plan` and `review` of the shape that `render` writes (default: the branch `deployed`); of `access` with <hub>.json for each hub that has people (README, Access; default: the cluster)',
  },
  people: {
    type: 'string',
    value: 'DIR',
    help: 'people’s files: a checkout of the repository that `access:` of platform.yaml names',
  },
  directory: {
    type: 'string',
    value: 'FILE',
    help: 'the organisation’s teams and their members, as JSON (README, Access; default: GitHub, by GITHUB_API_URL)',
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
  hub: { type: 'string', value: 'NAME', help: 'the first hub (default: hub)' },
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

export interface CommandSpec {
  summary: string;
  /** What may follow the command; `?` is optional, `…` many. */
  target: string;
  options: readonly OptionName[];
}

export const COMMANDS = {
  check: {
    summary: 'find every mistake in the files',
    target: '',
    options: ['root', 'charts-from', 'json', 'at'],
  },
  render: {
    summary: 'write values and Kubernetes objects of hubs',
    target: 'HUB?',
    options: ['root', 'charts-from', 'all', 'out'],
  },
  data: {
    summary:
      '`data lock SET…` asks which files a set is, and writes data/<set>.lock.yaml; `data plan` says which input data of its hubs a cluster has, `data fill` fetches what is missing, `data verify` reads every byte again and repairs what is damaged',
    target: 'lock|plan|fill|verify SET…',
    options: ['root', 'charts-from', 'cluster', 'kubeconfig', 'json'],
  },
  image: {
    summary:
      'work on images: `image render` writes their build folders, `image build` builds and tests them, and pushes with --push; `image refresh` does it for what is due, `image promote` makes tried candidates stable, `image yank IMAGE BUILD` withdraws a build; `image changed`, for the workflow: which ones a change touches',
    target: 'render|build|refresh|promote|yank|changed IMAGE…',
    options: [
      'root',
      'charts-from',
      'all',
      'out',
      'push',
      'registry',
      'locked',
      'pull-request',
      'present',
      'reason',
      'base',
      'at',
      'json',
    ],
  },
  bench: {
    summary: 'measure the volumes of a hub that runs, and recommend where OGGM should work',
    target: 'HUB',
    options: ['kubeconfig', 'out', 'json'],
  },
  'pull-request': {
    summary: 'in a workflow_run: find the pull request that the run belongs to',
    target: '',
    options: [],
  },
  review: {
    summary:
      'put the plan of a pull request into its comment; `review images`, in a workflow_run: what became of its images',
    target: 'images?',
    options: [
      'root',
      'charts-from',
      'present',
      'html',
      'pull',
      'head',
      'base',
      'merge',
      'reviewed',
      'at',
    ],
  },
  plan: {
    summary: 'show what would change, compared with what is deployed',
    target: '',
    options: ['root', 'charts-from', 'present', 'json', 'html', 'at'],
  },
  deploy: {
    summary: 'make what is merged run, wave by wave, and prove it healthy',
    target: 'HUB…',
    options: [
      'root',
      'charts-from',
      'wave',
      'cluster',
      'kubeconfig',
      'record',
      'approved',
      'now',
      'retry',
      'again',
      'hold',
      'pull',
      'reason',
      'json',
    ],
  },
  access: {
    summary:
      'show, or make true, who enters which hub: access plan|apply HUB…; `access history ID|HUB` says who let whom in, when and until when, `access homes` lists homes of people gone; `access forms` writes the forms by which people ask, and `access request`, in an issues or issue_comment event, answers them; `access notices` tells people in their issues that access ends; `access class COHORT` writes the members of a class, `access import` a file for each person of a team or list; `access erase ID` takes somebody who is out from names and audit',
    target:
      'plan|apply|homes|import|request|notices|forms HUB… | history ID|HUB | erase ID | class COHORT',
    options: [
      'root',
      'people',
      'present',
      'kubeconfig',
      'directory',
      'logins',
      'from',
      'tier',
      'until',
      'at',
      'json',
    ],
  },
  try: {
    summary: 'in an issue_comment event: which commit `/try SHA` asks for',
    target: '',
    options: ['root', 'charts-from'],
  },
  order: { summary: 'in an issues event: what a label asks for', target: '', options: ['root'] },
  waves: {
    summary: 'for the workflow: clusters of each wave, and where a person is asked',
    target: '',
    options: ['root', 'charts-from', 'json'],
  },
  state: {
    summary: 'show what the cluster knows of its hubs',
    target: 'HUB…',
    options: ['kubeconfig', 'json'],
  },
  drift: {
    summary: 'show what somebody changed in the cluster behind our back',
    target: 'HUB…',
    options: ['kubeconfig', 'json'],
  },
  doctor: {
    summary:
      'say what GitHub, clusters and secrets must have and do not, with the command for each',
    target: '',
    options: ['root', 'cluster', 'kubeconfig', 'json', 'at'],
  },
  outside: {
    summary: 'ask each hub’s public address, and hear whether its probe still speaks',
    target: 'HUB…',
    options: ['root', 'json', 'at'],
  },
  secrets: {
    summary: 'compare a hub’s secrets with what it declares, or write the file to fill in',
    target: 'audit|template HUB',
    options: ['root', 'json'],
  },
  new: {
    summary: 'write a commented file to begin with: new hub|image|cluster NAME',
    target: 'KIND NAME',
    options: ['root', 'json'],
  },
  init: {
    summary: 'make an empty repository a platform, by questions or by options',
    target: '',
    options: ['root', ...ANSWERS, 'json'],
  },
  explain: { summary: 'say why a rule exists', target: 'RULE?', options: ['json'] },
  completion: { summary: 'print a completion script for bash', target: '', options: [] },
} as const satisfies Record<string, CommandSpec>;

export type CommandName = keyof typeof COMMANDS;
