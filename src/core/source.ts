import { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException } from 'js-yaml';
import type { Event, ScalarEvent } from 'js-yaml';
import type { Finding, Place } from './finding.ts';
import { escapeSegment, parentOf } from './json.ts';
import type { Json, JsonObject } from './json.ts';

/** A YAML file as data, where each value and key stands, and what is wrong with it as YAML. */
export interface Source {
  file: string;
  text: string;
  /** null as well when the file could not be read: look at `findings`. */
  data: Json;
  findings: Finding[];
  /** Where the value at a JSON pointer stands; for what is absent, its nearest parent that exists. */
  at: (path: string) => Place;
  /** Where the key of the value at a JSON pointer stands. */
  keyAt: (path: string) => Place;
  has: (path: string) => boolean;
}

/** Larger files are refused unread: nothing that a person writes here comes near it. */
export const MAX_FILE_BYTES = 1_000_000;

type Offsets = Map<string, { key: number; value: number }>;

interface Frame {
  path: string;
  value: Json[] | JsonObject;
  key: string | undefined;
}

/** The subset of YAML 1.2 that reads the same in every tool: no anchors, aliases, tags or merge keys, one document, plain keys. */
export function readSource(file: string, text: string): Source {
  const findings: Finding[] = [];
  const lines = lineStarts(text);
  const place = (offset: number): Place => placeOf(file, lines, Math.max(0, offset));
  const report = (offset: number, message: string, hint: string): void => {
    findings.push({ rule: 'yaml', severity: 'error', at: place(offset), message, hint });
  };
  const offsets: Offsets = new Map([['', { key: 0, value: 0 }]]);
  const data = parse(text, report, offsets);
  const find = (path: string): { key: number; value: number } =>
    offsets.get(path) ?? (path === '' ? { key: 0, value: 0 } : find(parentOf(path)));
  return {
    file,
    text,
    data,
    findings,
    at: (path) => place(find(path).value),
    keyAt: (path) => place(find(path).key),
    has: (path) => offsets.has(path),
  };
}

type Report = (offset: number, message: string, hint: string) => void;

function parse(text: string, report: Report, offsets: Offsets): Json {
  if (text.length > MAX_FILE_BYTES) {
    report(
      0,
      `the file is larger than ${MAX_FILE_BYTES / 1e6} MB`,
      'split it, or keep data out of the platform files',
    );
    return null;
  }
  if (text.startsWith('\u{FEFF}')) {
    report(0, 'the file starts with a byte order mark', 'save it as UTF-8 without BOM');
    return null;
  }
  const odd = /\r(?!\n)|[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F\u0085\u2028\u2029]/u.exec(
    text,
  );
  if (odd) {
    report(
      odd.index,
      'a control character or lone carriage return stands here',
      'remove it; lines end with LF or CRLF',
    );
    return null;
  }
  try {
    return build(text, parseEvents(text, {}), report, offsets);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const tab = /^[ ]*\t/mu.exec(text);
    if (tab) report(tab.index, 'a tab is used for indentation', 'indent with spaces');
    else
      report(
        error.mark?.position ?? 0,
        `this is not YAML: ${error.reason}`,
        'check quotes, indentation and colons near here',
      );
    return null;
  }
}

function build(text: string, events: readonly Event[], report: Report, offsets: Offsets): Json {
  const stack: Frame[] = [];
  let root: Json = null;
  let documents = 0;

  const put = (value: Json, offset: number): string => {
    const frame = stack.at(-1);
    if (frame === undefined) {
      root = value;
      offsets.set('', { key: offset, value: offset });
      return '';
    }
    if (Array.isArray(frame.value)) {
      const path = `${frame.path}/${frame.value.length}`;
      frame.value.push(value);
      offsets.set(path, { key: offset, value: offset });
      return path;
    }
    const key = frame.key ?? '';
    const path = `${frame.path}/${escapeSegment(key)}`;
    frame.key = undefined;
    if (key !== '__proto__') frame.value[key] = value;
    const known = offsets.get(path);
    if (known) known.value = offset < 0 ? known.key : offset;
    return path;
  };

  const key = (frame: Frame & { value: JsonObject }, name: string, offset: number): void => {
    frame.key = name;
    if (name === '<<') report(offset, 'merge keys are not read here', 'write the keys out');
    else if (name === '__proto__') report(offset, 'this key is not allowed', 'choose another name');
    else if (Object.hasOwn(frame.value, name))
      report(offset, `the key "${name}" stands twice`, 'keep one of the two');
    else offsets.set(`${frame.path}/${escapeSegment(name)}`, { key: offset, value: offset });
  };

  for (const event of events) {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        documents += 1;
        if (documents === 2)
          report(
            text.length,
            'the file holds several documents',
            'one file, one document: remove "---"',
          );
        if (documents > 1) return root;
        break;
      case EVENT_ID.ALIAS:
        report(event.anchorStart - 1, 'aliases are not read here', 'write the value out');
        put(null, event.anchorStart - 1);
        break;
      case EVENT_ID.POP:
        stack.pop();
        break;
      case EVENT_ID.MAPPING:
      case EVENT_ID.SEQUENCE: {
        refuseProperties(event, report);
        const frame = stack.at(-1);
        if (frame && !Array.isArray(frame.value) && frame.key === undefined) {
          report(event.start, 'a key must be plain text', 'use a word as the key');
          return root;
        }
        const value: Json[] | JsonObject = event.type === EVENT_ID.MAPPING ? {} : [];
        stack.push({ path: put(value, event.start), value, key: undefined });
        break;
      }
      case EVENT_ID.SCALAR: {
        refuseProperties(event, report);
        const quoted =
          event.style === SCALAR_STYLE.DOUBLE_QUOTED || event.style === SCALAR_STYLE.SINGLE_QUOTED;
        const offset = quoted ? event.valueStart - 1 : event.valueStart;
        const frame = stack.at(-1);
        const raw = event.valueStart < 0 ? '' : getScalarValue(text, event);
        if (frame && !Array.isArray(frame.value) && frame.key === undefined)
          key(frame as Frame & { value: JsonObject }, raw, offset);
        else
          put(
            scalar(raw, event, (message, hint) => report(offset, message, hint)),
            offset,
          );
        break;
      }
    }
  }
  return root;
}

function refuseProperties(event: { anchorStart: number; tagStart: number }, report: Report): void {
  if (event.anchorStart >= 0)
    report(
      event.anchorStart - 1,
      'anchors are not read here',
      'write the value out where it is needed',
    );
  if (event.tagStart >= 0)
    report(
      event.tagStart,
      'tags are not read here',
      'write plain text, quoted if it must stay text',
    );
}

/** YAML 1.2 core, except that a number which does not print back as it was written is refused: 1.10 would become 1.1. */
function scalar(
  raw: string,
  event: ScalarEvent,
  report: (message: string, hint: string) => void,
): Json {
  if (event.style !== SCALAR_STYLE.PLAIN) return raw;
  if (/^(?:|~|null|Null|NULL)$/u.test(raw)) return null;
  if (/^(?:true|True|TRUE)$/u.test(raw)) return true;
  if (/^(?:false|False|FALSE)$/u.test(raw)) return false;
  if (!/^(?:[-+]?(?:\.?[0-9]|\.(?:inf|Inf|INF))[0-9a-zA-Z.+_-]*|\.(?:nan|NaN|NAN))$/u.test(raw))
    return raw;
  const value = Number(raw);
  if (String(value) === raw) return value;
  const numeric =
    /^(?:[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/u;
  if (!numeric.test(raw)) return raw;
  report(
    `${raw} would be read as the number ${value}`,
    `write "${raw}" in quotes if it is text, or ${value}`,
  );
  return Number.isFinite(value) ? value : raw;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let index = text.indexOf('\n'); index >= 0; index = text.indexOf('\n', index + 1))
    starts.push(index + 1);
  return starts;
}

function placeOf(file: string, starts: readonly number[], offset: number): Place {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { file, line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}
