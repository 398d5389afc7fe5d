import { short, terminal } from '../escape.ts';
import type { Json } from '../json.ts';
import type { FieldChange } from '../plan/types.ts';
import type { Drift, Foreign } from './drift.ts';

export interface HubDrift {
  hub: string;
  drift: Drift[];
  foreign: Foreign[];
}

/**
 * Who reads what is told. Issues and logs of workflows are read by everybody: they get names of
 * objects and fields, never a value, because a value in the cluster may be a secret wherever it
 * stands (a variable, an annotation, a ConfigMap).
 */
export type Readers = 'everybody' | 'who-asked';

/** What has drifted of a hub, line by line. */
export function driftText({ hub, drift: all, foreign }: HubDrift, readers: Readers): string {
  const lines = all.flatMap(({ object, kind, fields }) =>
    kind === 'missing'
      ? [terminal`  ✗ ${object} is gone\n`]
      : fields.map((field) => {
          const secret = readers === 'everybody' || object.startsWith('Secret ');
          const how = secret ? withoutValues(field) : withValues(field);
          return terminal`  ✗ ${object} ${field.path}: ${how}\n`;
        }),
  );
  const notes = foreign.map(
    ({ object, manager, time }) => terminal`  ⚠ ${object}: ${manager} owns fields since ${time}\n`,
  );
  const state = all.length === 0 ? 'as deployed' : 'drifted';
  return terminal`${hub}: ${state}\n${lines}${notes}`.text;
}

function withoutValues({ from, to }: FieldChange): string {
  if (from === undefined) return 'is gone';
  return to === undefined ? 'was added' : 'differs';
}

function withValues({ from, to }: FieldChange): string {
  return `is ${show(from)}, should be ${show(to)}`;
}

function show(value: Json | undefined): string {
  return value === undefined ? 'absent' : short(JSON.stringify(value), 80);
}
