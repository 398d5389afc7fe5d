import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../../../src/core/finding.ts';
import { onePerPlace } from '../../../src/core/finding.ts';
import { readPlatform } from '../../../src/core/model/platform.ts';
import type { Text } from '../../../src/core/model/platform.ts';
import { runRules } from '../../../src/core/check/run.ts';
import { ROOT } from '../../support/sample.ts';

const NOW = Date.UTC(2026, 10, 24);

/** What the sample in the root of this repository has none of. */
const PEOPLE_AND_NOTICES: Readonly<Record<string, string>> = {
  'access/approvers.yaml':
    'approvers:\n  - id: 583231\n    login: octocat\nteams: [team:OGGM/hub-admins]\n',
  'access/removals.yaml':
    'removals:\n  - from: hub\n    count: 12\n    reason: the term is over\nprotected: [583231]\n',
  'access/members/583231.yaml':
    'id: 583231\nlogin: octocat\ntier: researcher\nfrom: 2026-11-01\nuntil: 2027-02-01\nrequest: 7\n',
  'access/cohorts/alps.yaml':
    'title: Glaciers of the Alps\nleads: [583231]\ntier: student\nfrom: 2026-11-20\nuntil: 2027-02-01\ncapacity: 20\nmembers: [1024025, 9919]\n',
  'announcements/move.md':
    '---\nhubs: [hub]\nseverity: warning\nfrom: 2026-11-20\nuntil: 2026-12-01\n---\nThe hub moves on 1 December.\n',
};

function sampleFiles(): Map<string, string> {
  const names = ['clusters', 'environments', 'images', 'data'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => `${folder}/${name}`),
  );
  return new Map(
    ['platform.yaml', ...names].map((name) => [name, readFileSync(join(ROOT, name), 'utf8')]),
  );
}

/** A platform with a file of every kind that people write, and no mistake in any. */
export const SOUND: ReadonlyMap<string, string> = new Map([
  ...sampleFiles(),
  ...Object.entries(PEOPLE_AND_NOTICES),
]);

export function findingsOf(texts: ReadonlyMap<string, string>): Finding[] {
  const files = [...texts].map(([path, text]): [string, Text] => [path, { kind: 'text', text }]);
  const { platform, findings } = readPlatform(new Map(files));
  const ruled = platform ? runRules({ platform, now: NOW, defaults: undefined }) : [];
  return onePerPlace([...findings, ...ruled]);
}

const said = ({ rule, at, message }: Finding): string => `${rule} ${at.file} ${message}`;
const BEFORE = new Set(findingsOf(SOUND).map(said));

/** What is found in the sound platform with these files in place of its own, and was not found before. */
export function newFindings(changed: Readonly<Record<string, string>>): Finding[] {
  return findingsOf(new Map([...SOUND, ...Object.entries(changed)])).filter(
    (one) => !BEFORE.has(said(one)),
  );
}
