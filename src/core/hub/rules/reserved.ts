import { parentOf } from '../../json.ts';
import type { Rule } from '../../rule.ts';
import { replaced } from '../values/ownership.ts';
import { byName, inFile } from '../values/named-lists.ts';

export const valuesReserved: Rule = {
  id: 'values-reserved',
  severity: 'error',
  title: 'Raw values add to what the platform writes, and replace none of it.',
  why: 'A list that takes the place of ours takes away the login’s secrets, the hub’s code or people’s homes, and nothing says so.',
  on: 'values',
  *check({ hub, ours, place, field }) {
    const own = hub.data.values;
    for (const { path, instead } of replaced(ours, byName(own))) {
      const written = writtenAt(hub.has, inFile(own, path));
      const by = field(path);
      yield {
        at: place(written),
        message: `"${written.slice(1).replaceAll('/', '.')}" is what the platform writes`,
        hint: by === undefined ? instead : `remove it, and use ${by}:`,
      };
    }
  },
};

/** The nearest path that the file itself has: what it replaces may lie below. */
function writtenAt(has: (path: string) => boolean, path: string): string {
  let here = path;
  while (here !== '' && !has(`/values${here}`)) here = parentOf(here);
  return here;
}
