import { join } from 'node:path';
import { readPresent } from '../core/access/present.ts';
import type { PresentHubs } from '../core/access/present.ts';
import type { PresentHub } from '../core/access/plan.ts';
import { objectOf } from '../core/json.ts';
import { UsageError } from '../failure.ts';
import { fileText, namesIn } from './files.ts';

/** What a folder says of each hub, in `<hub>.json`; a hub without a file has nobody in it. */
export async function presentPeople(folder: string, hubs: readonly string[]): Promise<PresentHubs> {
  const names = new Set(await namesIn(folder));
  const present = new Map<string, PresentHub>();
  for (const hub of hubs) {
    const name = `${hub}.json`;
    if (!names.has(name)) continue;
    const object = objectOf(await fileText(join(folder, name)));
    if (!object) throw new UsageError(`${join(folder, name)} is no JSON object`);
    present.set(hub, readPresent(object));
  }
  return { present, unread: [] };
}
