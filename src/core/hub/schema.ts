import { at, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';

/** What a hub runs, and of which schema its database is: as hub_schema.py says it. */
export interface RunningHub {
  version: string;
  schema: string;
}

/** What is to run: schemas that it can begin with, the newest first. As load_check.py says it. */
export interface NewHub {
  version: string;
  schemas: readonly string[];
}

/** Undefined where its database is no file, so that nobody knows. */
export function runningHub(said: JsonObject | undefined): RunningHub | undefined {
  const [version, schema] = [textAt(said, '/version'), textAt(said, '/schema')];
  return schema === '' ? undefined : { version, schema };
}

export function newHub(said: JsonObject | undefined): NewHub | undefined {
  const found = at(said, '/schemas');
  const schemas = Array.isArray(found) ? found.filter((one) => typeof one === 'string') : [];
  return schemas.length === 0 ? undefined : { version: textAt(said, '/version'), schemas };
}

export type SchemaStep =
  { kind: 'same' } | { kind: 'upgraded'; text: string } | { kind: 'refused'; reason: string };

/** What another JupyterHub makes of a database: it upgrades an older one, and cannot begin with a newer one. */
export function schemaStep(runs: RunningHub, to: NewHub): SchemaStep {
  if (!to.schemas.includes(runs.schema))
    return {
      kind: 'refused',
      reason:
        `the hub’s database is that of JupyterHub ${runs.version} (schema ${runs.schema}), and ` +
        `JupyterHub ${to.version} of this change is older and cannot begin with it: name a chart with ` +
        `JupyterHub ${runs.version} or newer in charts: of platform.yaml, or such an image where the hub’s ` +
        'file names one',
    };
  const [newest = ''] = to.schemas;
  if (runs.schema === newest) return { kind: 'same' };
  return {
    kind: 'upgraded',
    text:
      `JupyterHub ${runs.version} → ${to.version} upgrades the hub’s database when it starts (schema ` +
      `${runs.schema} → ${newest}), and the older one cannot begin with it then: it is copied first, and the ` +
      'way back puts the copy in its place',
  };
}
