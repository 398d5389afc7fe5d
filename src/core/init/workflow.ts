import type { Pin } from './answers.ts';

/** Where a job has the tool, below the files of the platform. */
const FOLDER = '.glaciocloud';

/** A line that begins a step. Other lists are cut as well, which does no harm. */
const STEP =
  /(?<=\n)(?= *- (?:id|if|name|uses|run|env|with|shell|timeout-minutes|continue-on-error|working-directory):)/u;
const USES = /^( *(?:- )?uses: \.\/)(\S*)/mu;
const NPM = /^ *(?:- )?(?:run: )?npm (?:ci|run) ?/mu;

/**
 * A workflow of the tool's own repository, for one that holds nothing but a platform: each job checks the tool out before the
 * first step that needs it, installs there, and runs the action from there.
 */
export function foreignWorkflow(text: string, { repository, commit }: Pin): string {
  const checkout = /actions\/checkout@[0-9a-f]{40}.*/u.exec(text)?.[0] ?? '';
  let present = false;
  const steps = text.split(STEP).map((step) => {
    const needed = USES.test(step) || NPM.test(step);
    const margin = /^ */u.exec(step)?.[0] ?? '';
    const lines = [
      '- name: GlacioCloud',
      `  uses: ${checkout}`,
      '  with:',
      `    repository: ${repository}`,
      `    ref: "${commit}"`,
      `    path: ${FOLDER}`,
      '    persist-credentials: false',
    ];
    const before = needed && !present ? lines.map((line) => `${margin}${line}\n`).join('') : '';
    // What follows the last step of a job is the head of the next job, which has nothing yet.
    present = (present || needed) && !/^ *steps:/mu.test(step);
    return (
      before +
      (NPM.test(step)
        ? step.replace(
            /^( *)(- )?run:/mu,
            (_, space: string, dash = '') =>
              `${space}${String(dash)}working-directory: ${FOLDER}\n${space}${dash === '' ? '' : '  '}run:`,
          )
        : step
      ).replace(
        USES,
        (_, uses: string, path: string) => `${uses}${FOLDER}${path === '' ? '' : `/${path}`}`,
      )
    );
  });
  const head = `# Written by \`glaciocloud init\`. Yours to change: times, runners, the branch. Leave \`permissions\` as narrow as they are.\n# Another version of GlacioCloud is another commit at each \`ref:\` below \`repository: ${repository}\`.\n`;
  return (
    head +
    steps
      .join('')
      .replaceAll(
        '${{ github.workspace }}/node_modules/',
        `\${{ github.workspace }}/${FOLDER}/node_modules/`,
      )
  );
}
