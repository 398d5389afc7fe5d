import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Asking } from '../test/support/asking.ts';
import type { Issue, User } from '../test/support/github-sim/state.ts';
import { accessBody } from '../test/support/request-body.ts';
import { ROOT } from '../test/support/sample.ts';
import { Chromium } from '../test/lab/chromium.ts';
import { findBrowser } from '../test/lab/door.ts';
import { HubObjects, runAccess } from '../test/lab/hub-access.ts';
import type { Lab } from '../test/lab/lab.ts';
import { Person } from '../test/lab/person.ts';
import { HUB, heading, indented, progress, say } from './demo-lab-steps.ts';
import type { Stage } from './demo-lab-steps.ts';

const PICTURE = join(ROOT, '.cache/demo/hub.png');
const NOTES = 'notes.txt';

/** Somebody who asks and who answers, with what is looked at. */
interface Scene {
  stage: Stage;
  lab: Lab;
  asking: Asking;
  asker: User;
  approver: User;
  person: Person;
}

/** Somebody asks in an issue, is let in and works; is put out while the server runs; asks again, and finds the files. */
export async function demoAccess(stage: Stage, lab: Lab, address: string): Promise<void> {
  heading('Somebody asks for access in an issue');
  if (findBrowser() === undefined) {
    say('There is no chromium on the PATH: this is left out.');
    return;
  }
  const { sim, repository: hubs, root, files: folder } = stage;
  const asking = new Asking({ sim, hubs, root, folder });
  const [asker, approver] = [asking.person('ice-researcher'), asking.person('maintainer')];
  const approvers = `approvers: [{id: ${approver.id}}]\n`;
  await asking.merge({ 'approvers.yaml': approvers }, 'who approves');
  const window = await Chromium.start(join(folder, 'browser'));
  try {
    const person = new Person(window, address, asker.login);
    sim.state.atBrowser = asker;
    const scene = { stage, lab, asking, asker, approver, person };
    const issue = await letIn(scene);
    await atWork(scene);
    await putOut(scene, issue);
    await letIn(scene);
    await person.signIn();
    await person.start();
    const found = (await person.read(NOTES)).toString();
    say(`Logged in again; in ${NOTES} of the home: ${found}`);
    await person.stop();
  } finally {
    await window.close();
  }
}

async function letIn({ stage, lab, asking, asker, approver }: Scene): Promise<Issue> {
  const issue = asking.ask(asker, accessBody());
  await asking.hear(asking.opened(issue));
  say(`\nIssue ${issue.number}, by ${asker.login}. The answer there:\n${answer(asking, issue)}`);
  await asking.hear(asking.comment(approver, issue, '/approve'));
  say(`\n${approver.login} writes /approve. The answer now:\n${answer(asking, issue)}`);
  await apply({ stage, lab, asking });
  return issue;
}

/** What the workflow `access` does that was started. */
async function apply({ stage, lab, asking }: Pick<Scene, 'stage' | 'lab' | 'asking'>) {
  progress('access apply');
  const api = stage.sim.url;
  const place = { lab, hub: HUB, root: stage.root, people: asking.people, api };
  const { code, output, steps } = await runAccess('apply', place);
  if (code !== 0) throw new Error(output);
  say(`\naccess apply: ${steps.map(([kind, id]) => `${kind} ${id ?? '?'}`).join(', ')}`);
}

async function atWork({ person, asker }: Scene): Promise<void> {
  progress('a researcher logs in with Chromium, through the simulated GitHub');
  const { path } = await person.signIn();
  await mkdir(join(PICTURE, '..'), { recursive: true });
  await person.window.picture(PICTURE);
  const bytes = (await readFile(PICTURE)).length;
  const isIn = path === '/hub/home' ? 'yes' : 'no';
  const seen = `what they see: .cache/demo/hub.png (${bytes} bytes)`;
  say(`Logged in as ${asker.login}: ${isIn}; ${seen}`);
  progress('they start a server, and leave a file');
  await person.start();
  await person.write(NOTES, Buffer.from('ice'));
}

async function putOut({ stage, lab, asking, asker, approver, person }: Scene, issue: Issue) {
  const objects = new HubObjects(lab, HUB);
  progress('a maintainer writes /revoke while the server runs');
  await asking.hear(asking.comment(approver, issue, '/revoke the project is over'));
  say(`\n${approver.login} writes /revoke. The answer now:\n${answer(asking, issue)}`);
  const began = performance.now();
  await apply({ stage, lab, asking });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const { path } = await person.open('/hub/home');
  const servers = (await objects.podsOf(asker.login)).length;
  const homes = (await objects.homesOf(asker.login)).length;
  say(`Out after ${seconds} s: servers ${servers}, homes ${homes}, the page leads to ${path}`);
}

/** Without the mark by which we know our comment again. */
function answer(asking: Asking, issue: Issue): string {
  return indented(asking.answer(issue).replace(/^<!--.*-->\n/u, ''));
}
