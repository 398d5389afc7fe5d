import { at } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { COUNT, readerOf } from '../shape.ts';

interface Told {
  computing: {
    computing: number;
    /** Seconds since 1970; null where nothing computes that counts. */
    longest: number | null;
    over: number;
  };
}

/** The last second that a date can have here. */
const LATEST = 253_402_300_799;
const read = readerOf<Told>(
  {
    type: 'object',
    required: ['computing'],
    properties: {
      computing: {
        type: 'object',
        required: ['computing', 'longest', 'over'],
        properties: {
          computing: COUNT,
          longest: { type: ['number', 'null'], minimum: 0, maximum: LATEST },
          over: COUNT,
        },
      },
    },
  },
  '/computing/v',
);

/** Whether a hub that runs keeps servers that compute, and so knows of them. */
export function keepsBusy(values: JsonObject): boolean {
  return at(values, '/glaciocloud/sessions/keepBusy') === true;
}

/** What a line of hub_people.py says of servers that compute, in words; undefined where none does. */
export function computingText(line: string): string | undefined {
  const told = read(line);
  if (told.kind !== 'read') return undefined;
  const { computing, longest, over } = told.value.computing;
  const longer = over === 0 ? '' : `; ${serversThat(over)} for longer than is kept`;
  if (computing === 0) return over === 0 ? undefined : longer.slice(2);
  const until = longest === null ? '' : `, the longest until ${minute(longest)} at the latest`;
  return `${serversThat(computing)}${until}${longer}`;
}

function serversThat(count: number): string {
  return count === 1 ? '1 server computes' : `${count} servers compute`;
}

function minute(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
