import type { Inputs } from './arguments.ts';
import { check } from './commands/check.ts';
import { deploy } from './flow/deploy.ts';
import { drift } from './commands/drift.ts';
import { explainRule } from './commands/explain.ts';
import { init } from './commands/init.ts';
import { createFile } from './commands/new.ts';
import { order } from './commands/order.ts';
import { outside } from './commands/outside.ts';
import { plan } from './commands/plan.ts';
import { renderImage } from './commands/render-image.ts';
import { render } from './commands/render.ts';
import { pullRequest, review } from './commands/review.ts';
import { secrets } from './commands/secrets.ts';
import { showState } from './commands/state.ts';
import { tryOut } from './commands/try.ts';
import { waves } from './commands/waves.ts';
import { instant } from './core/model/quantities.ts';
import { completionScript } from './core/show/completion.ts';
import { systemClock } from './edges/clock.ts';
import type { Report } from './edges/report.ts';
import { standardStreams } from './edges/terminal.ts';
import { Failure, UsageError } from './failure.ts';
import type { ExitCode } from './failure.ts';
import { helpText } from './help.ts';
import { COMMANDS } from './inputs.ts';
import type { CommandName } from './inputs.ts';
import { outcome } from './outcome.ts';
import type { Outcome } from './outcome.ts';
import type { Forge } from './ports.ts';
import { VERSION } from './version.ts';

/** Composition root: inputs → command → result → exit code. The only place that catches. */
export async function main(read: () => Inputs, report: Report): Promise<ExitCode> {
  try {
    const inputs = read();
    const result = await run(inputs, report);
    await report.result(result, inputs.json);
    return result.exit;
  } catch (error) {
    if (error instanceof Failure) {
      report.failure(error.message, error.hint);
      return error.exit;
    }
    report.failure(
      error instanceof Error ? (error.stack ?? error.message) : String(error),
      'this is a bug of GlacioCloud: please report it with the lines above',
    );
    return 1;
  }
}

async function run(inputs: Inputs, report: Report): Promise<Outcome> {
  const { root, chartsFrom, target, out } = inputs;
  const now = timeOf(inputs.at);
  switch (inputs.command) {
    case 'help':
      return outcome({
        exit: 0,
        text: helpText(
          target[0] !== undefined && Object.hasOwn(COMMANDS, target[0])
            ? (target[0] as CommandName)
            : undefined,
        ),
      });
    case 'version':
      return outcome({ exit: 0, text: `${VERSION}\n` });
    case 'check':
      return check({ root, chartsFrom, now }, report);
    case 'render':
      return render({ root, chartsFrom, now, out, hubs: inputs.all ? 'all' : target }, report);
    case 'pull-request': {
      const { github, runner } = await actionEdges();
      return pullRequest(runner.checkRun(), github);
    }
    case 'review': {
      const { github, runner } = await actionEdges();
      const pull = Number(inputs.pull);
      if (!Number.isInteger(pull) || pull < 1 || !/^[0-9a-f]{40}$/u.test(inputs.head ?? ''))
        throw new UsageError(
          'review needs --pull N and --head SHA',
          'the command pull-request finds both',
        );
      return review(
        {
          root,
          repository: '.',
          chartsFrom,
          present: inputs.present,
          html: inputs.html,
          pull,
          head: inputs.head ?? '',
          full: runner.runAddress(),
          now,
        },
        github,
        report,
      );
    }
    case 'plan':
      return plan({ root, chartsFrom, now, present: inputs.present, html: inputs.html }, report);
    case 'render-image':
      return renderImage({ root, out, now, images: inputs.all ? 'all' : target });
    case 'deploy': {
      const { wave, cluster, record, retry, again, hold, reason } = inputs;
      const action = await maybeAction();
      return deploy(
        {
          actions: action && {
            github: action.github,
            run: action.runner.runAddress(),
            branch: action.runner.runBranch(),
          },
          root,
          chartsFrom,
          hubs: target,
          wave,
          cluster,
          kubeconfig: kubeconfigOf(inputs),
          record,
          approved: inputs.approved,
          now: inputs.now,
          retry,
          again,
          hold,
          pull: inputs.pull === undefined ? undefined : Number(inputs.pull),
          reason,
          clock: () => new Date(),
        },
        report,
      );
    }
    case 'try': {
      const { github, runner } = await actionEdges();
      return tryOut(root, runner.tryRequest(), github);
    }
    case 'order': {
      const { labelOrder } = await import('./edges/runner.ts');
      return order(root, labelOrder());
    }
    case 'waves':
      return waves({ root, chartsFrom }, report);
    case 'outside': {
      const action = await maybeAction();
      return outside(
        {
          root,
          hubs: target,
          now,
          clock: systemClock,
          actions: action && { github: action.github, run: action.runner.runAddress() },
        },
        report,
      );
    }
    case 'secrets':
      return secrets(root, target, now);
    case 'drift':
      return drift(kubeconfigOf(inputs), target, await maybeAction(), report);
    case 'state':
      return showState(kubeconfigOf(inputs), target);
    case 'init':
      return init({ root, given: inputs.answers }, standardStreams());
    case 'new':
      return createFile(root, target);
    case 'explain':
      return explainRule(target[0]);
    case 'completion':
      return outcome({ exit: 0, text: completionScript(COMMANDS) });
  }
}

/** Only what talks to GitHub loads its client: the other commands start without it. */
async function actionEdges(): Promise<{
  github: Forge;
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
  return process.env['GITHUB_ACTIONS'] === 'true' && (process.env['GITHUB_TOKEN'] ?? '') !== ''
    ? actionEdges()
    : undefined;
}

function kubeconfigOf({ kubeconfig }: Inputs): string {
  if (kubeconfig === undefined || kubeconfig === '')
    throw new UsageError('no cluster is named', 'give --kubeconfig FILE, or set KUBECONFIG');
  return kubeconfig;
}

function timeOf(at: string | undefined): number {
  if (at === undefined) return Date.now();
  const time = instant(at);
  if (Number.isNaN(time))
    throw new UsageError(`"${at}" is not a time`, 'write it like 2026-11-30T08:00Z');
  return time;
}
