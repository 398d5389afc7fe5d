import { isCommand } from './arguments.ts';
import type { Inputs } from './arguments.ts';
import { accessApply, accessPlan } from './commands/access.ts';
import { accessClass } from './commands/access-class.ts';
import { accessForms } from './commands/access-forms.ts';
import { accessNotices } from './commands/access-notices.ts';
import { accessRequest } from './commands/access-request.ts';
import { check } from './commands/check.ts';
import { deploy } from './commands/deploy.ts';
import { doctor } from './commands/doctor.ts';
import { drift } from './commands/drift.ts';
import { explainRule } from './commands/explain.ts';
import { image } from './commands/image.ts';
import { init } from './commands/init.ts';
import { createFile } from './commands/new.ts';
import { order } from './commands/order.ts';
import { outside } from './commands/outside.ts';
import { plan } from './commands/plan.ts';
import { render } from './commands/render.ts';
import { pullRequest, review } from './commands/review.ts';
import { isAboutImages, reviewImages } from './commands/review-images.ts';
import type { ReviewInputs } from './commands/review.ts';
import { secrets } from './commands/secrets.ts';
import { showState } from './commands/state.ts';
import { tryOut } from './commands/try.ts';
import { waves } from './commands/waves.ts';
import { accessSources, accessWorld, loginsOnGithub, requestWorld } from './compose.ts';
import { deployPorts, doctorPorts, imagePorts } from './compose.ts';
import type { Detail } from './core/access/text.ts';
import { instant } from './core/model/quantities.ts';
import { completionScript } from './core/show/completion.ts';
import { systemClock } from './edges/clock.ts';
import type { Report } from './edges/report.ts';
import { standardStreams } from './edges/terminal.ts';
import { UsageError } from './failure.ts';
import type { DeployInputs } from './flow/deployment.ts';
import { confirmNamed, oneThere } from './gather/named-inputs.ts';
import type { NamedPath } from './gather/named-inputs.ts';
import { helpText } from './help.ts';
import { COMMANDS } from './inputs.ts';
import type { CommandName } from './inputs.ts';
import { outcome } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import type { Forge } from './ports.ts';
import type { BuildArtifacts } from './ports/build-artifacts.ts';
import type { OwnPulls } from './ports/own-pulls.ts';
import type { Upstream } from './ports/upstream.ts';
import type { WorkflowStarts } from './ports/workflow-starts.ts';
import { VERSION } from './version.ts';

type Run = (inputs: Inputs, report: Report) => Outcome | Promise<Outcome>;

/** One entry for each command: what it takes of the inputs, and what of the outside. */
const RUNS: Readonly<Record<Inputs['command'], Run>> = {
  help: ({ target }) => outcome({ exit: 0, text: helpText(commandNamed(target[0])) }),
  version: () => outcome({ exit: 0, text: `${VERSION}\n` }),
  check: ({ root, chartsFrom, at }, report) => check({ root, chartsFrom, now: timeOf(at) }, report),
  render: ({ root, chartsFrom, at, out, all, target }, report) =>
    render({ root, chartsFrom, now: timeOf(at), out, hubs: all ? 'all' : target }, report),
  image: runImage,
  'pull-request': async () => {
    const { github, runner } = await actionEdges();
    return pullRequest(runner.checkRun(), github);
  },
  review: runReview,
  plan: ({ root, chartsFrom, at, present, html }, report) =>
    plan({ root, chartsFrom, now: timeOf(at), present, html }, report),
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
  state: (inputs) => showState(kubeconfigOf(inputs), inputs.target),
  drift: async (inputs, report) =>
    drift(kubeconfigOf(inputs), inputs.target, await maybeAction(), report),
  doctor: async ({ root, cluster, kubeconfig, at }, report) =>
    doctor({ root, cluster, now: timeOf(at) }, await doctorPorts(root, kubeconfig), report),
  outside: runOutside,
  secrets: ({ root, target, at }) => secrets(root, target, timeOf(at)),
  new: ({ root, target }) => createFile(root, target),
  init: ({ root, answers }) => init({ root, given: answers }, standardStreams()),
  explain: ({ target }) => explainRule(target[0]),
  completion: () => outcome({ exit: 0, text: completionScript(COMMANDS) }),
};

/** Inputs → the result of their command. */
export async function dispatch(inputs: Inputs, report: Report): Promise<Outcome> {
  await confirmNamed(await namedBy(inputs));
  return RUNS[inputs.command](inputs, report);
}

/** Every path that an option of the command names. */
async function namedBy(inputs: Inputs): Promise<NamedPath[]> {
  const { command, root, chartsFrom, present, logins, record, out, html, reviewed } = inputs;
  const there = { written: false } as const;
  const made = { written: true } as const;
  const charts = /^https?:\/\//u.test(chartsFrom ?? '') ? undefined : chartsFrom;
  return [
    { option: '--root', kind: 'folder', written: command === 'init', path: root },
    { option: '--charts-from', kind: 'folder', ...there, path: charts },
    { option: '--present', kind: 'folder', ...there, path: present },
    { option: '--logins', kind: 'file', ...there, path: logins },
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

async function runAccess(inputs: Inputs, report: Report): Promise<Outcome> {
  const { root, people, present, directory, at, target } = inputs;
  const [verb = '', ...hubs] = target;
  if (verb === 'forms') return accessForms(root);
  if (verb === 'request') return runRequest(inputs);
  if (verb === 'notices') {
    const { desk } = await requestWorld(directory);
    return accessNotices({ root, people, now: timeOf(at) }, desk);
  }
  const detail = await detailOfRun();
  if (verb === 'class') {
    const { logins } = inputs;
    const asked = { root, people, slug: hubs[0], logins, now: timeOf(at), detail };
    return accessClass(asked, loginsOnGithub);
  }
  const asked = { root, people, hubs, now: timeOf(at), detail };
  const kubeconfig = present === undefined ? kubeconfigOf(inputs) : undefined;
  const place = { root, people, present, directory, kubeconfig };
  if (verb === 'plan') return accessPlan(asked, accessSources(place));
  if (verb !== 'apply')
    throw new UsageError(
      `access knows no "${verb}"`,
      'write access plan, apply, request, class, notices or forms',
    );
  if (present !== undefined) throw new UsageError('access apply compares with the cluster itself');
  const run = isInActions() ? (await import('./edges/runner.ts')).runId() : undefined;
  const world = await accessWorld(place, run, (text) => report.progress(text));
  return accessApply(asked, accessSources(place), world);
}

async function runRequest({ root, people, directory, at }: Inputs): Promise<Outcome> {
  const { requestEvent } = await import('./edges/runner.ts');
  const asked = { root, people, event: requestEvent(), now: timeOf(at) };
  return accessRequest(asked, await requestWorld(directory));
}

/** Where anybody may read along, numbers only. */
async function detailOfRun(): Promise<Detail> {
  if (process.env['GITHUB_ACTIONS'] !== 'true') return 'everybody';
  const { isPrivateRun } = await import('./edges/runner.ts');
  return isPrivateRun() ? 'everybody' : 'counts';
}

async function runOutside({ root, target, at }: Inputs, report: Report): Promise<Outcome> {
  const action = await maybeAction();
  const actions = action && { github: action.github, run: action.runner.runAddress() };
  return outside({ root, hubs: target, now: timeOf(at), clock: systemClock, actions }, report);
}

/** Only what talks to GitHub loads its client: the other commands start without it. */
async function actionEdges(): Promise<{
  github: Forge & OwnPulls & WorkflowStarts & BuildArtifacts & Upstream;
  runner: typeof import('./edges/runner.ts');
}> {
  const [{ githubForge }, runner] = await Promise.all([
    import('./edges/github/forge.ts'),
    import('./edges/runner.ts'),
  ]);
  return { github: githubForge(runner.githubSettings()), runner };
}

/** GitHub, where a run of GitHub Actions gives a token. */
async function maybeAction(): Promise<Awaited<ReturnType<typeof actionEdges>> | undefined> {
  return isInActions() && (process.env['GITHUB_TOKEN'] ?? '') !== '' ? actionEdges() : undefined;
}

function isInActions(): boolean {
  return process.env['GITHUB_ACTIONS'] === 'true';
}

function commandNamed(word: string | undefined): CommandName | undefined {
  return word !== undefined && isCommand(word) ? word : undefined;
}

function kubeconfigOf({ kubeconfig }: Inputs): string {
  if (kubeconfig === undefined || kubeconfig === '')
    throw new UsageError('no kubeconfig is named', 'give --kubeconfig FILE, or set KUBECONFIG');
  return kubeconfig;
}

/** Milliseconds since 1970: of `--at`, or now. */
function timeOf(at: string | undefined): number {
  if (at === undefined) return systemClock.now().getTime();
  const time = instant(at);
  if (Number.isNaN(time))
    throw new UsageError(`"${at}" is not a time`, 'write it like 2026-11-30T08:00Z');
  return time;
}
