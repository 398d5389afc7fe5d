import { ANSWERS } from './core/init/answers.ts';
import type { OptionName } from './options.ts';

/** Whom a command is for: the headings of `--help`. */
export const GROUPS = {
  files: 'Write the files, and see what they mean',
  run: 'What runs, and making it so',
  people: 'People',
  images: 'Images and input data',
  workflows: 'For workflows, which give them a token and an event',
  tool: 'This tool',
} as const;

/** One table for the action's inputs, the command line, help, completion and the reference docs. */
export interface CommandSpec {
  group: keyof typeof GROUPS;
  summary: string;
  /** Behind `glaciocloud`, as somebody would type it. */
  examples: readonly string[];
  /** What may follow the command; `?` is optional, `…` many. */
  target: string;
  options: readonly OptionName[];
}

export const COMMANDS = {
  check: {
    group: 'files',
    examples: ['check', 'check hub-staging', 'check --json'],
    summary: 'find every mistake in the files, or those of a hub',
    target: 'HUB…',
    options: ['root', 'charts-from', 'json', 'at'],
  },
  render: {
    group: 'files',
    examples: ['render hub --out rendered', 'render --all --out rendered'],
    summary: 'write values and Kubernetes objects of hubs',
    target: 'HUB?',
    options: ['root', 'charts-from', 'all', 'out'],
  },
  data: {
    group: 'images',
    examples: [
      'data lock tutorials',
      'data plan --kubeconfig FILE',
      'data verify --kubeconfig FILE',
    ],
    summary:
      '`data lock SET…` asks which files a set is, and writes data/<set>.lock.yaml; `data plan` says which input data of its hubs a cluster has, `data fill` fetches what is missing, `data verify` reads every byte again and repairs what is damaged',
    target: 'lock|plan|fill|verify SET…',
    options: ['root', 'charts-from', 'cluster', 'kubeconfig', 'json'],
  },
  image: {
    group: 'images',
    examples: [
      'image build oggm-1.6.3',
      'image build oggm-1.6.3 --push',
      'image promote oggm-1.6.3',
    ],
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
    group: 'run',
    examples: ['bench hub --kubeconfig FILE --out bench'],
    summary: 'measure the volumes of a hub that runs, and recommend where OGGM should work',
    target: 'HUB',
    options: ['kubeconfig', 'out', 'json'],
  },
  'pull-request': {
    group: 'workflows',
    examples: [],
    summary: 'in a workflow_run: find the pull request that the run belongs to',
    target: '',
    options: [],
  },
  review: {
    group: 'workflows',
    examples: ['review --root proposed --pull 12 --head SHA'],
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
    group: 'files',
    examples: [
      'plan',
      'plan hub',
      'plan --html plan.html',
      'plan --exit-code > /dev/null || echo "something changes"',
    ],
    summary: 'show what would change, compared with what is deployed',
    target: 'HUB…',
    options: ['root', 'charts-from', 'present', 'json', 'html', 'exit-code', 'at'],
  },
  deploy: {
    group: 'run',
    examples: [
      'deploy --kubeconfig FILE',
      'deploy hub --kubeconfig FILE --retry hub --reason "the registry is back"',
    ],
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
    group: 'people',
    examples: [
      'access plan --kubeconfig FILE',
      'access class uibk-2026 --logins FILE',
      'access history 583231',
    ],
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
    group: 'workflows',
    examples: [],
    summary: 'in an issue_comment event: which commit `/try SHA` asks for',
    target: '',
    options: ['root', 'charts-from'],
  },
  order: {
    group: 'workflows',
    examples: [],
    summary: 'in an issues event: what a label asks for',
    target: '',
    options: ['root'],
  },
  waves: {
    group: 'workflows',
    examples: ['waves --json'],
    summary: 'for the workflow: clusters of each wave, and where a person is asked',
    target: '',
    options: ['root', 'charts-from', 'json'],
  },
  'catch-up': {
    group: 'workflows',
    examples: [],
    summary:
      'for the workflow: by the clock, goes on with what waits, or switches catch-up.yml off; after a change, switches it on where something waits',
    target: '',
    options: ['root', 'charts-from'],
  },
  status: {
    group: 'run',
    examples: ['status', 'status --kubeconfig FILE', 'status hub --json'],
    summary:
      'each hub in a line: what runs, for how long, whether it is wanted so, what it waits for; of a cluster that is named health and drift',
    target: 'HUB…',
    options: ['root', 'charts-from', 'present', 'kubeconfig', 'at', 'json'],
  },
  state: {
    group: 'run',
    examples: ['state --kubeconfig FILE'],
    summary: 'show what the cluster knows of its hubs',
    target: 'HUB…',
    options: ['kubeconfig', 'json'],
  },
  drift: {
    group: 'run',
    examples: ['drift --kubeconfig FILE', 'drift hub --kubeconfig FILE --exit-code'],
    summary: 'show what somebody changed in the cluster behind our back',
    target: 'HUB…',
    options: ['kubeconfig', 'exit-code', 'json'],
  },
  doctor: {
    group: 'run',
    examples: ['doctor', 'doctor --cluster bremen --kubeconfig FILE'],
    summary:
      'say what GitHub, clusters and secrets must have and do not, with the command for each',
    target: '',
    options: ['root', 'cluster', 'kubeconfig', 'json', 'at'],
  },
  rights: {
    group: 'run',
    examples: ['rights', 'rights --cluster bremen | kubectl apply -f -'],
    summary: 'print the account that deploys to a cluster, with no right too many',
    target: '',
    options: ['root', 'cluster'],
  },
  outside: {
    group: 'run',
    examples: ['outside', 'outside hub'],
    summary: 'ask each hub’s public address, and hear whether its probe still speaks',
    target: 'HUB…',
    options: ['root', 'json', 'at'],
  },
  secrets: {
    group: 'run',
    examples: ['secrets template hub > secrets/hub.sops.yaml', 'secrets audit hub'],
    summary: 'compare a hub’s secrets with what it declares, or write the file to fill in',
    target: 'audit|template HUB',
    options: ['root', 'json'],
  },
  new: {
    group: 'files',
    examples: ['new hub workshop', 'new image oggm-2.0'],
    summary: 'write a commented file to begin with: new hub|image|cluster NAME',
    target: 'KIND NAME',
    options: ['root', 'json'],
  },
  import: {
    group: 'files',
    examples: [
      'import values values.yaml --hub workshop',
      'import values values.yaml --hub workshop --cluster main --out draft --json',
    ],
    summary:
      '`import values FILE…` drafts a hub from values of Zero to JupyterHub: keys where there are keys, the rest below values:, and a list of what could not be said',
    target: 'values FILE…',
    options: ['root', 'charts-from', 'hub', 'cluster', 'out', 'json'],
  },
  init: {
    group: 'files',
    examples: [
      'init',
      'init --organization Ice-Lab --url https://hub.example.org --email ice@example.org',
    ],
    summary: 'make an empty repository a platform, by questions or by options',
    target: '',
    options: ['root', ...ANSWERS, 'json'],
  },
  explain: {
    group: 'files',
    examples: ['explain', 'explain memory-suffix'],
    summary: 'say why a rule exists',
    target: 'RULE?',
    options: ['json'],
  },
  completion: {
    group: 'tool',
    examples: [
      'completion bash > ~/.local/share/bash-completion/completions/glaciocloud',
      'completion fish > ~/.config/fish/completions/glaciocloud.fish',
    ],
    summary: 'print a completion script: bash, zsh or fish',
    target: 'SHELL?',
    options: [],
  },
} as const satisfies Record<string, CommandSpec>;

export type CommandName = keyof typeof COMMANDS;
