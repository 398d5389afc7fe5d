import { isCommand } from './arguments.ts';
import type { Inputs } from './arguments.ts';
import { bench } from './commands/bench.ts';
import { catchUp } from './commands/catch-up.ts';
import { check } from './commands/check.ts';
import { completion } from './commands/completion.ts';
import { data } from './commands/data.ts';
import { deploy } from './commands/deploy.ts';
import { doctor } from './commands/doctor.ts';
import { drift, driftIn } from './commands/drift.ts';
import type { Audience } from './commands/drift.ts';
import { explainRule } from './commands/explain.ts';
import { image } from './commands/image.ts';
import { importValues } from './commands/import-values.ts';
import { init } from './commands/init.ts';
import { createFile } from './commands/new.ts';
import { order } from './commands/order.ts';
import { outside } from './commands/outside.ts';
import { plan } from './commands/plan.ts';
import { render } from './commands/render.ts';
import { pullRequest, review } from './commands/review.ts';
import { isAboutImages, reviewImages } from './commands/review-images.ts';
import type { ReviewInputs } from './commands/review.ts';
import { rights } from './commands/rights.ts';
import { secrets } from './commands/secrets.ts';
import { status } from './commands/status.ts';
import type { AskedCluster } from './commands/status.ts';
import { showState } from './commands/state.ts';
import { tryOut } from './commands/try.ts';
import { waves } from './commands/waves.ts';
import { benchWorld, deployPorts, doctorPorts, imagePorts, kubeAt } from './compose.ts';
import { isTeam } from './core/access/teams.ts';
import { runAccess } from './dispatch-access.ts';
import { kubeconfigOf, timeOf } from './dispatch-inputs.ts';
import { systemClock } from './edges/clock.ts';
import { isInActions } from './edges/in-actions.ts';
import type { Report } from './edges/report.ts';
import { standardStreams } from './edges/terminal.ts';
import { UsageError } from './failure.ts';
import type { LockWorld } from './flow/data-lock.ts';
import type { DeployInputs } from './flow/deployment.ts';
import { confirmNamed, oneThere } from './gather/named-inputs.ts';
import type { NamedPath } from './gather/named-inputs.ts';
import { helpText } from './help.ts';
import { COMMANDS } from './inputs.ts';
import type { CommandName } from './inputs.ts';
import { OPTIONS } from './options.ts';
import { CHANGES, outcome } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import type { Forge } from './ports.ts';
import type { BuildArtifacts } from './ports/build-artifacts.ts';
import type { OwnPulls } from './ports/own-pulls.ts';
import type { Upstream } from './ports/upstream.ts';
import type { WorkflowStarts, WorkflowSwitch } from './ports/workflow-starts.ts';
import { VERSION } from './version.ts';

type Run = (inputs: Inputs, report: Report) => Outcome | Promise<Outcome>;

/** One entry for each command: what it takes of the inputs, and what of the outside. */
const RUNS: Readonly<Record<Inputs['command'], Run>> = {
  help: ({ target }) => outcome({ exit: 0, text: helpText(commandNamed(target[0])) }),
  version: () => outcome({ exit: 0, text: `${VERSION}\n` }),
  check: ({ root, chartsFrom, at, target }, report) =>
    check({ root, chartsFrom, hubs: target, now: timeOf(at) }, report),
  render: ({ root, chartsFrom, at, out, all, target }, report) =>
    render({ root, chartsFrom, now: timeOf(at), out, hubs: all ? 'all' : target }, report),
  data: (inputs, report) =>
    data(inputs, {
      lock: () => lockWorld(report),
      run: () => ({
        ports: deployPorts({ root: inputs.root, kubeconfig: kubeconfigOf(inputs) }),
        report,
      }),
      github: async () => (await maybeAction())?.github,
    }),
  image: runImage,
  bench: (inputs, report) =>
    bench({ hubs: inputs.target, out: inputs.out }, benchWorld(kubeconfigOf(inputs)), report),
  'pull-request': async () => {
    const { github, runner } = await actionEdges();
    return pullRequest(runner.checkRun(), github);
  },
  review: runReview,
  plan: ({ root, chartsFrom, at, present, html, exitCode, target }, report) =>
    plan({ root, chartsFrom, now: timeOf(at), present, html, exitCode, hubs: target }, report),
  deploy: runDeploy,
  access: runAccess,
  try: async ({ root }) => {
    const { github, runner } = await actionEdges();
    return tryOut(root, runner.tryRequest(), github);
  },
  order: async ({ root }) => {
    const { labelOrder } = await import('./edges/runner.ts');
    return order(root, labelOrder());
  },
  waves: ({ root, chartsFrom }, report) => waves({ root, chartsFrom }, report),
  'catch-up': async ({ root, chartsFrom }, report) => {
    const { github, runner } = await actionEdges();
    const world = { github, branch: runner.runBranch(), by: runner.startedBy() };
    return catchUp({ root, chartsFrom }, world, report);
  },
  status: async ({ root, chartsFrom, present, kubeconfig, at, target }, report) =>
    status(
      { root, chartsFrom, present, hubs: target, now: timeOf(at) },
      kubeconfig === undefined ? undefined : askedAt(kubeconfig),
      report,
    ),
  state: (inputs) => showState(kubeconfigOf(inputs), inputs.target),
  drift: async (inputs, report) =>
    drift(kubeconfigOf(inputs), inputs.target, await driftAudience(inputs), report),
  doctor: async ({ root, cluster, kubeconfig, at }, report) =>
    doctor({ root, cluster, now: timeOf(at) }, await doctorPorts(root, kubeconfig), report),
  rights: ({ root, cluster }) => rights(root, cluster),
  outside: runOutside,
  secrets: ({ root, target, at }) => secrets(root, target, timeOf(at)),
  new: ({ root, target }) => createFile(root, target),
  import: ({ root, chartsFrom, target, answers, cluster, out, at }, report) =>
    importValues(
      { root, chartsFrom, target, hub: answers.hub, cluster, out, now: timeOf(at) },
      report,
    ),
  init: ({ root, answers }) => init({ root, given: answers }, standardStreams()),
  explain: ({ target }) => explainRule(target[0]),
  completion: ({ target }) => completion(target, { commands: COMMANDS, options: OPTIONS }),
};

function askedAt(kubeconfig: string): AskedCluster {
  return { kube: kubeAt(kubeconfig), drift: (known) => driftIn(kubeconfig, known) };
}

/** Inputs → the result of their command. */
export async function dispatch(inputs: Inputs, report: Report): Promise<Outcome> {
  await confirmNamed(await namedBy(inputs));
  return RUNS[inputs.command](inputs, report);
}

/** Every path that an option of the command names. */
async function namedBy(inputs: Inputs): Promise<NamedPath[]> {
  const { command, root, chartsFrom, present, logins, from, record, out, html, reviewed } = inputs;
  const there = { written: false } as const;
  const made = { written: true } as const;
  const charts = /^https?:\/\//u.test(chartsFrom ?? '') ? undefined : chartsFrom;
  return [
    { option: '--root', kind: 'folder', written: command === 'init', path: root },
    { option: '--charts-from', kind: 'folder', ...there, path: charts },
    { option: '--present', kind: 'folder', ...there, path: present },
    { option: '--logins', kind: 'file', ...there, path: logins },
    { option: '--from', kind: 'file', ...there, path: isTeam(from ?? '') ? undefined : from },
    { option: '--kubeconfig', kind: 'file', ...there, path: await kubeconfigFile(inputs) },
    { option: '--record', kind: 'folder', ...made, path: record },
    { option: '--out', kind: 'folder', ...made, path: out },
    { option: '--html', kind: 'file', ...made, path: html },
    { option: '--reviewed', kind: 'file', ...made, path: reviewed },
  ];
}

/** KUBECONFIG may be set for others: it matters to those commands only that go to a cluster. */
async function kubeconfigFile({ command, kubeconfig }: Inputs): Promise<string | undefined> {
  if (command === 'help' || command === 'version') return undefined;
  const takes: readonly string[] = COMMANDS[command].options;
  return takes.includes('kubeconfig') ? oneThere(kubeconfig) : undefined;
}

/** Loaded where servers are asked. */
async function lockWorld(report: Report): Promise<LockWorld> {
  const { fileServers } = await import('./edges/file-servers.ts');
  return { servers: fileServers, clock: systemClock, progress: (text) => report.progress(text) };
}

async function runImage(inputs: Inputs, report: Report): Promise<Outcome> {
  const edges = inputs.pullRequest ? await actionEdges() : undefined;
  const asked = edges && { github: edges.github, run: edges.runner.runAddress() };
  return image({ ...inputs, now: timeOf(inputs.at) }, imagePorts(), report, asked);
}

async function runReview(inputs: Inputs, report: Report): Promise<Outcome> {
  const { root, chartsFrom, present, html, head = '', at } = inputs;
  const { github, runner } = await actionEdges();
  const pull = Number(inputs.pull);
  if (!Number.isInteger(pull) || pull < 1 || !/^[0-9a-f]{40}$/u.test(head))
    throw new UsageError(
      'review needs --pull N and --head SHA',
      'the command pull-request finds both',
    );
  if (isAboutImages(inputs.target))
    return reviewImages(
      { root, repository: '.', pull, head, run: runner.followedRun() },
      github,
      report,
    );
  const record = reviewedRecord(inputs);
  const full = runner.runAddress();
  const now = timeOf(at);
  return review(
    { root, repository: '.', chartsFrom, present, html, pull, head, record, full, now },
    github,
    report,
  );
}

function reviewedRecord({ reviewed, base = '', merge = '' }: Inputs): ReviewInputs['record'] {
  if (reviewed === undefined) return undefined;
  if (![base, merge].every((commit) => /^[0-9a-f]{40}$/u.test(commit)))
    throw new UsageError(
      'review --reviewed needs --base SHA and --merge SHA',
      'the command pull-request finds both',
    );
  return { file: reviewed, base, merge };
}

async function runDeploy(inputs: Inputs, report: Report): Promise<Outcome> {
  const { root, chartsFrom, wave, cluster, record } = inputs;
  const { now, approved, retry, again, hold, reason, pull } = inputs;
  // In GitHub Actions nobody deploys without asking what was reviewed, and who gets at the cluster.
  const action = isInActions() ? await actionEdges() : undefined;
  const asked: DeployInputs = {
    root,
    repository: '.',
    chartsFrom,
    hubs: inputs.target,
    wave,
    cluster,
    record,
    now,
    approved,
    retry,
    again,
    hold,
    reason,
    pull: pull === undefined ? undefined : Number(pull),
    actions: action && {
      github: action.github,
      run: action.runner.runAddress(),
      runId: action.runner.runId(),
      branch: action.runner.runBranch(),
    },
  };
  const ports = deployPorts({ root, kubeconfig: kubeconfigOf(inputs) });
  return deploy({ inputs: asked, ports, report });
}

async function runOutside({ root, target, at }: Inputs, report: Report): Promise<Outcome> {
  const action = await maybeAction();
  const actions = action && { github: action.github, run: action.runner.runAddress() };
  return outside({ root, hubs: target, now: timeOf(at), clock: systemClock, actions }, report);
}

/** Only what talks to GitHub loads its client: the other commands start without it. */
async function actionEdges(): Promise<{
  github: Forge & OwnPulls & WorkflowStarts & WorkflowSwitch & BuildArtifacts & Upstream;
  runner: typeof import('./edges/runner.ts');
}> {
  const [{ githubForge }, runner] = await Promise.all([
    import('./edges/github/forge.ts'),
    import('./edges/runner.ts'),
  ]);
  return { github: githubForge(runner.githubSettings()), runner };
}

/** In a workflow everybody reads, also where no token lets an issue be opened. */
async function driftAudience({ exitCode }: Inputs): Promise<Audience> {
  return isInActions()
    ? { kind: 'everybody', github: (await maybeAction())?.github }
    : { kind: 'who-asked', whenDrifted: exitCode ? CHANGES : 1 };
}

/** GitHub, where a run of GitHub Actions gives a token. */
async function maybeAction(): Promise<Awaited<ReturnType<typeof actionEdges>> | undefined> {
  return isInActions() && (process.env['GITHUB_TOKEN'] ?? '') !== '' ? actionEdges() : undefined;
}

function commandNamed(word: string | undefined): CommandName | undefined {
  return word !== undefined && isCommand(word) ? word : undefined;
}
