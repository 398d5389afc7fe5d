import type { Pin } from './answers.ts';

/** Where a job has the tool, below the files of the platform. */
const FOLDER = '.glaciocloud';

/** A line that begins a step. Other lists are cut as well, which does no harm. */
const STEP =
  /(?<=\n)(?= *- (?:id|if|name|uses|run|env|with|shell|timeout-minutes|continue-on-error|working-directory):)/u;
const USES = /^( *(?:- )?uses: \.\/)(\S*)/mu;
const NPM = /^ *(?:- )?(?:run: )?npm (?:ci|run) ?/mu;

/**
 * A workflow of the tool's own repository, for one that holds nothing but a platform: each job
 * checks the tool out before the first step that needs it, installs there, and runs the action from
 * there.
 */
export function foreignWorkflow(text: string, pin: Pin): string {
  const checkout = /actions\/checkout@[0-9a-f]{40}.*/u.exec(text)?.[0] ?? '';
  let present = false;
  const steps = text.split(STEP).map((step) => {
    const needed = USES.test(step) || NPM.test(step);
    const before = needed && !present ? checkoutStep(marginOf(step), checkout, pin) : '';
    // What follows the last step of a job is the head of the next job, which has nothing yet.
    present = (present || needed) && !/^ *steps:/mu.test(step);
    return before + inFolder(step);
  });
  return (
    head(pin) +
    steps.join('').replaceAll(`${WORKSPACE}/node_modules/`, `${WORKSPACE}/${FOLDER}/node_modules/`)
  );
}

const WORKSPACE = '${{ github.workspace }}';

function head({ repository }: Pin): string {
  return [
    '# Written by `glaciocloud init`. Yours to change: times, runners, the branch. Leave `permissions` as narrow as they are.\n',
    `# Another version of GlacioCloud is another commit at each \`ref:\` below \`repository: ${repository}\`.\n`,
  ].join('');
}

function marginOf(step: string): string {
  return /^ */u.exec(step)?.[0] ?? '';
}

function checkoutStep(margin: string, checkout: string, { repository, commit }: Pin): string {
  const lines = [
    '- name: GlacioCloud',
    `  uses: ${checkout}`,
    '  with:',
    `    repository: ${repository}`,
    `    ref: "${commit}"`,
    `    path: ${FOLDER}`,
    '    persist-credentials: false',
  ];
  return lines.map((line) => `${margin}${line}\n`).join('');
}

/** A step that runs where the tool is, instead of at the root. */
function inFolder(step: string): string {
  const used = step.replace(
    USES,
    (_, uses: string, path: string) => `${uses}${FOLDER}${path === '' ? '' : `/${path}`}`,
  );
  if (!NPM.test(step)) return used;
  return used.replace(/^( *)(- )?run:/mu, (_, space: string, dash: string | undefined) => {
    const first = `${space}${dash ?? ''}working-directory: ${FOLDER}`;
    const run = `${space}${dash === undefined ? '' : '  '}run:`;
    return `${first}\n${run}`;
  });
}
