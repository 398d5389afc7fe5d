import { diffLines } from 'diff';
import { dump } from 'js-yaml';
import { digestOf } from '../digest.ts';
import { at, compareText, isObject, textAt } from '../json.ts';
import { append } from '../lists.ts';
import type { Json, JsonObject } from '../json.ts';
import { parseObject, splitDocuments } from '../manifests.ts';
import { compare } from './compare.ts';
import type { Diff, FieldChange, ObjectChange, ObjectRef } from './types.ts';

interface Item {
  ref: ObjectRef;
  object: JsonObject;
}

const LINES_SHOWN = 400;

/**
 * Two manifests as objects that came, went, changed or got another name. Only documents whose text differs are
 * parsed.
 */
export function diffManifests(before: string, after: string): Diff {
  const old = documents(before);
  const fresh = documents(after);
  const gone = parse([...old].filter((text) => !fresh.has(text)));
  const came = parse([...fresh].filter((text) => !old.has(text)));
  const changed: ObjectChange[] = [];
  const checksumOnly: ObjectRef[] = [];
  for (const [key, to] of came) {
    const from = gone.get(key);
    if (!from) continue;
    gone.delete(key);
    came.delete(key);
    const change = changeOf(from, to, 'changed');
    if (change.fields.length > 0) changed.push(change);
    else if (checksums(from.object) !== checksums(to.object)) checksumOnly.push(to.ref);
  }
  for (const [key, to] of came) {
    const from = [...gone.values()].find((one) => isRenamed(one, to));
    if (!from) continue;
    gone.delete(idOf(from.ref));
    came.delete(key);
    changed.push({ ...changeOf(from, to, 'renamed'), before: from.ref });
  }
  const whole = (item: Item, kind: 'added' | 'removed'): ObjectChange =>
    kind === 'added'
      ? changeOf({ ref: item.ref, object: {} }, item, 'added')
      : changeOf(item, { ref: item.ref, object: {} }, 'removed');
  const all = [
    ...changed,
    ...[...came.values()].map((item) => whole(item, 'added')),
    ...[...gone.values()].map((item) => whole(item, 'removed')),
  ];
  all.sort((a, b) => compareText(idOf(a.object), idOf(b.object)));
  return {
    added: [...came.values()].map(({ ref }) => ref),
    removed: [...gone.values()].map(({ ref }) => ref),
    changed: all,
    checksumOnly,
    plus: all.reduce((sum, { plus }) => sum + plus, 0),
    minus: all.reduce((sum, { minus }) => sum + minus, 0),
    shape: shapeOf(all),
  };
}

function documents(text: string): Set<string> {
  return new Set(splitDocuments(text).filter((part) => part.trim() !== ''));
}

function parse(texts: readonly string[]): Map<string, Item> {
  const items = texts.map((text): Item => {
    const object = parseObject(text);
    return { ref: refOf(object), object };
  });
  return new Map(items.map((item) => [idOf(item.ref), item]));
}

function refOf(object: JsonObject): ObjectRef {
  return {
    apiVersion: textAt(object, '/apiVersion'),
    kind: textAt(object, '/kind'),
    namespace: textAt(object, '/metadata/namespace'),
    name: textAt(object, '/metadata/name'),
  };
}

/** Group, kind, namespace and name: a new version of the same API is the same object. */
export function idOf(ref: ObjectRef): string {
  const group = ref.apiVersion.includes('/') ? ref.apiVersion.split('/')[0] : '';
  return [ref.kind, ref.name, ref.namespace, group].join('/');
}

function changeOf(from: Item, to: Item, kind: ObjectChange['kind']): ObjectChange {
  const left = readable(from.object);
  const right = readable(to.object);
  const lines: string[] = [];
  let plus = 0;
  let minus = 0;
  for (const part of diffLines(yaml(left), yaml(right))) {
    const texts = part.value.replace(/\n$/u, '').split('\n');
    if (part.added) plus += texts.length;
    else if (part.removed) minus += texts.length;
    if (part.added) append(lines, marked('+', texts));
    else if (part.removed) append(lines, marked('-', texts));
    else append(lines, around(texts, lines.length > 0));
  }
  while (isKept(lines.at(-1)) && isKept(lines.at(-4))) lines.pop();
  const shown =
    lines.length > LINES_SHOWN
      ? [...lines.slice(0, LINES_SHOWN), `… ${lines.length - LINES_SHOWN} more lines`]
      : lines;
  return {
    kind,
    object: to.ref,
    before: undefined,
    fields: compare(left, right),
    lines: shown,
    plus,
    minus,
  };
}

function marked(sign: '+' | '-', lines: readonly string[]): string[] {
  return lines.map((line) => `${sign} ${line}`);
}

function isKept(line: string | undefined): boolean {
  return line?.startsWith('  ') === true;
}

/** Three lines of what stays on each side of a change. */
function around(texts: readonly string[], hasBefore: boolean): string[] {
  if (texts.length <= 6) return texts.map((line) => `  ${line}`);
  const head = hasBefore ? texts.slice(0, 3).map((line) => `  ${line}`) : [];
  return [...head, '  …', ...texts.slice(-3).map((line) => `  ${line}`)];
}

function yaml(value: Json): string {
  return isObject(value) && Object.keys(value).length === 0
    ? ''
    : dump(value, { lineWidth: -1, noRefs: true, sortKeys: true });
}

/** The object as people compare it: without checksum annotations, and with JSON in a ConfigMap's text unfolded. */
function readable(value: Json, path = ''): Json {
  if (Array.isArray(value)) return value.map((item) => readable(item, `${path}/-`));
  if (isObject(value)) {
    const entries = Object.entries(value).filter(
      ([key]) => !(path.endsWith('/annotations') && isChecksum(key)),
    );
    return Object.fromEntries(
      entries.map(([key, item]) => [key, readable(item, `${path}/${key}`)]),
    );
  }
  if (typeof value === 'string' && path.startsWith('/data/') && /^\s*[[{]/u.test(value)) {
    try {
      return JSON.parse(value) as Json;
    } catch {
      return value;
    }
  }
  return value;
}

/** As `manifests.ts` masks the values of Secrets. Of a hub's own values it hides all, so that no two are alike. */
export function isMaskedValue(value: Json | undefined): boolean {
  return typeof value === 'string' && /^masked [0-9a-f]{16}$/u.test(value);
}

function isChecksum(key: string): boolean {
  return key.startsWith('checksum/');
}

function checksums(object: JsonObject): string {
  const annotations = at(object, '/spec/template/metadata/annotations');
  return isObject(annotations)
    ? JSON.stringify(Object.entries(annotations).filter(([key]) => isChecksum(key)))
    : '';
}

/** The same kind, and equal once each bears the other's name. */
function isRenamed(from: Item, to: Item): boolean {
  if (from.ref.kind !== to.ref.kind || from.ref.name === to.ref.name) return false;
  const text = (item: Item): string =>
    JSON.stringify(readable({ ...item.object, apiVersion: '' })).replaceAll(
      item.ref.name,
      '\u0000',
    );
  return text(from) === text(to);
}

/** Equal for equal changes in different hubs: names of the hub's own are not part of it, nor what is masked. */
function shapeOf(changes: readonly ObjectChange[]): string {
  const value = (one: Json | undefined): Json => (isMaskedValue(one) ? 'masked' : (one ?? null));
  const field = ({ path, from, to }: FieldChange): Json => [path, value(from), value(to)];
  return digestOf(
    changes.map(({ kind, object, fields }): Json => [
      kind,
      object.kind,
      object.name,
      fields.map(field),
    ]),
  );
}
