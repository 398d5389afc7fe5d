import { at, canonical, isObject, isWithin, parentOf, pointer } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Doc, EnvironmentFile } from '../model/types.ts';
import { durationLike, seconds } from '../model/quantities.ts';
import type { FieldChange } from '../plan/types.ts';
import type { OtherField, Written } from '../unit.ts';
import { JUPYTERHUB, OWN_VALUES } from './charts.ts';
import { inFile } from './values/named-lists.ts';
import type { HubValues } from './values/part.ts';

const CHART = pointer(JUPYTERHUB);
const OWN = pointer(OWN_VALUES);

/** For the reasons of a plan: which field of a hub's file each value comes from. */
export function writtenIn(
  { from, ownFrom }: HubValues,
  hub: Doc<EnvironmentFile>,
): Omit<Written, 'besides'> {
  const below = (chart: string, origins: ReadonlyMap<string, string>): [string, string][] =>
    [...origins].map(([path, field]) => [`${chart}${path}`, field]);
  return {
    from: Object.fromEntries([...below(CHART, from), ...below(OWN, ownFrom)]),
    // A file is JSON by its schema; its interfaces only lack the index signature.
    file: hub.data as unknown as JsonObject,
  };
}

/** Fields of other files count where everything that they decide has changed: else the hub's file is why. */
export function withChanged(
  written: Written,
  values: JsonObject,
  changes: readonly FieldChange[],
): Written {
  const stays = (path: string): boolean =>
    at(values, path) !== undefined && !changes.some((one) => isWithin(one.path, path));
  const all = Object.entries(written.besides);
  const besides = all.filter(
    ([, { file, field }]) =>
      !all.some(([path, one]) => one.file === file && one.field === field && stays(path)),
  );
  return { ...written, besides: Object.fromEntries(besides) };
}

/** A field that decided a value; `file`: undefined for the hub's own. */
export type Behind = Omit<OtherField, 'file'> & { file: string | undefined };

/** The field that decided a value that changed; undefined where none did. */
export function fieldBehind(written: Written, change: FieldChange): Behind | undefined {
  const { from, file, besides } = written;
  const { path, to } = change;
  const own = (field: string): Behind => ({ file: undefined, field, to: at(file, field) });
  const raw = rawField(file, path);
  if (raw !== undefined) return own(raw);
  for (let prefix = path; prefix !== ''; prefix = parentOf(prefix)) {
    const [other, field] = [besides[prefix], from[prefix]];
    if (other) return other;
    if (field === '') return undefined;
    if (field === undefined) continue;
    const below = `${field}${path.slice(prefix.length)}`;
    return own(isWithin(path, OWN) ? deepest(file, field, below, to) : field);
  }
  return undefined;
}

/** What a file says below `values:` itself. */
function rawField(file: JsonObject, path: string): string | undefined {
  const { values } = file;
  if (!isObject(values) || !isWithin(path, CHART) || path === CHART) return undefined;
  const written = inFile(values, path.slice(CHART.length));
  return at(values, written) === undefined ? undefined : `/values${written}`;
}

/** From where something is written up to `field`; what is gone was written where there is a mapping. */
function deepest(file: JsonObject, field: string, path: string, to: Json | undefined): string {
  for (let one = path; one !== field; one = parentOf(one)) {
    if (at(file, one) !== undefined) return one;
    if (one === path && to === undefined && isObject(at(file, parentOf(one)))) return one;
  }
  return field;
}

/** How a value is written, given how the one that follows it is. */
interface Form {
  says: (written: Json, value: Json) => boolean;
  back: (value: Json, like: Json) => Json | undefined;
}

const FORMS: readonly Form[] = [
  { says: (written, value) => canonical(written) === canonical(value), back: (value) => value },
  {
    says: (written, value) => isDuration(written) && seconds(written) === count(value),
    back: (value, like) => {
      const total = count(value);
      return isDuration(like) && total !== undefined ? durationLike(total, like) : undefined;
    },
  },
];

/** A number, or one as a variable's text. */
function count(value: Json): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d+$/u.test(value) ? Number(value) : undefined;
}

function isDuration(value: Json): value is string {
  return typeof value === 'string' && /^\d+[smhd]$/u.test(value);
}

/** What the field said before, found in a value that says the same in another form. */
export function writtenBefore(
  written: Json | undefined,
  changes: readonly FieldChange[],
): { value: Json } | undefined {
  if (written === undefined) return undefined;
  for (const { from, to } of changes) {
    if (from === undefined || to === undefined) continue;
    const form: Form | undefined = FORMS.find(({ says }) => says(written, to));
    const value = form?.back(from, written);
    if (value !== undefined) return { value };
  }
  return undefined;
}
