import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Asking } from '../test/support/asking.ts';
import type { Stage } from '../test/support/pull-request.ts';
import { accessBody } from '../test/support/request-body.ts';
import { CLI, copyPlatform, edit } from '../test/support/sample.ts';
import { exec } from '../src/edges/exec.ts';
import { framed } from './demo-image.ts';
import type { Told } from './demo-image.ts';

/*
 * Somebody asks for access in an issue, and is let in: the bundle answers as the workflow `request` runs it. Both repositories are on
 * the simulated GitHub, the one with people's files is private.
 */
const WHY = 'Mass balance of the glaciers of the Ötztal, for my thesis.';
const HUB = 'hub';
/** Teams that this hub names: nobody is in them. */
const TEAMS = ['hub-users', 'hub-admins', 'developers'].map((slug) => ({
  organization: 'OGGM',
  slug,
  members: [],
}));

/** From the issue to the plan of who comes into the hub. */
export async function demoRequest({ folder, sim }: Stage, { say, progress }: Told): Promise<void> {
  progress('somebody asks for access to the hub in an issue');
  const [hubs] = sim.state.repositories.values();
  if (!hubs) throw new Error('the stage has no repository');
  const root = join(folder, 'asked');
  await copyPlatform(root);
  await edit(root, 'platform.yaml', 'removals: []', 'access: {repository: example/access}');
  const asking = new Asking({ sim, hubs, root, folder });
  const [asker, approver] = [asking.person('ice-researcher'), asking.person('maintainer')];
  const approvers = `approvers: [{id: ${approver.id}}]\n`;
  await asking.merge({ 'approvers.yaml': approvers }, 'who approves');

  const issue = asking.ask(asker, accessBody({ reason: WHY }));
  say(`\nIssue ${issue.number}, by ${asker.login}:\n${framed(issue.body)}`);
  await asking.hear(asking.opened(issue));
  say(`The answer there:\n${framed(shown(asking.answer(issue)))}`);

  progress('an approver writes /approve');
  const { pull } = await asking.hear(asking.comment(approver, issue, '/approve'));
  say(`\n${approver.login} writes: /approve`);
  const merged = asking.access.issues.get(pull ?? 0);
  say(`Pull request ${pull ?? '?'} of example/access, merged: ${merged?.title ?? 'none'}`);
  const path = `members/${asker.id}.yaml`;
  say((asking.file(path) ?? '').trim().replaceAll(/^/gmu, '  + '));
  say(`  ${asking.lastMessage().split('\n').at(-1) ?? ''}`);
  say(`\nThe answer in issue ${issue.number} now:\n${framed(shown(asking.answer(issue)))}`);
  say(`The workflow access was started: ${asking.isStarted() ? 'yes' : 'no'}. Its plan:\n`);
  say(await accessPlan(asking, root, folder));
}

/** What `access apply` would do on a hub that knows nobody yet. */
async function accessPlan(asking: Asking, root: string, folder: string): Promise<string> {
  const [present, directory] = [join(folder, 'present'), join(folder, 'teams.json')];
  await mkdir(present);
  await writeFile(directory, JSON.stringify({ v: 1, teams: TEAMS }));
  const where = ['--root', root, '--people', asking.people, '--present', present];
  const args = [CLI, 'access', 'plan', HUB, ...where, '--directory', directory];
  const { code, stdout, stderr } = await exec(process.execPath, args);
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

/** Without the mark by which we know our comment again. */
function shown(comment: string): string {
  return comment.replace(/^<!--.*-->\n/u, '');
}
