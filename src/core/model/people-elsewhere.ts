import { onePerPlace } from '../finding.ts';
import { locate } from './layout.ts';
import type { Reading } from './platform.ts';
import { unread } from './stray.ts';
import type { Kind } from './types.ts';

const PEOPLE: readonly Kind[] = ['member', 'cohort', 'approvers', 'access-removals'];

/** People's files that lie beside a platform whose people's files are in another repository: they count for nothing. */
export function withoutOurPeople(reading: Reading): Reading {
  const { platform, findings } = reading;
  const repository = platform?.settings.data.access?.repository;
  if (!platform || repository === undefined) return reading;
  const unheard = [...platform.paths].filter(isOfPeople).map((path) => {
    const message = `nobody reads this file: people’s files are in ${repository}`;
    return unread(path, message, 'move it there, or take `access:` out of platform.yaml');
  });
  return {
    ...reading,
    platform: {
      ...platform,
      members: new Map(),
      cohorts: new Map(),
      approvers: undefined,
      accessRemovals: undefined,
      names: new Map([...platform.names].filter(([kind]) => !PEOPLE.includes(kind))),
    },
    findings: onePerPlace([...findings, ...unheard]),
  };
}

function isOfPeople(path: string): boolean {
  const located = locate(path);
  return located !== undefined && PEOPLE.includes(located.kind);
}
