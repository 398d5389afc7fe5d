import { EVENT_ID, getScalarValue, SCALAR_STYLE } from 'js-yaml';
import type { Event, MappingEvent, ScalarEvent, SequenceEvent } from 'js-yaml';
import type { Finding, Place } from './finding.ts';
import { escapeSegment, parentOf } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { eventsOf } from './yaml/events.ts';

/** A YAML file as data, where each value and key stands, and what is wrong with it as YAML. */
export interface Source {
  file: string;
  text: string;
  /** null as well when the file could not be read: look at `findings`. */
  data: Json;
  findings: Finding[];
  /** Whether `data` is all that the file says, its mistakes mended as they are probably meant. */
  isWhole: boolean;
  /** Lines that were mended. */
  guessed: ReadonlySet<number>;
  /** Where the value at a JSON pointer stands; for what is absent, its nearest parent that exists. */
  at: (path: string) => Place;
  /** Where the key of the value at a JSON pointer stands. */
  keyAt: (path: string) => Place;
  has: (path: string) => boolean;
}

/** Larger files are refused unread: nothing that a person writes here comes near it. */
export const MAX_FILE_BYTES = 1_000_000;

type Offsets = Map<string, { key: number; value: number }>;

/** A list or mapping that is open: what comes next belongs into it. */
type Frame =
  | { kind: 'list'; path: string; value: Json[] }
  | { kind: 'mapping'; path: string; value: JsonObject; key: string | undefined };

/**
 * The subset of YAML 1.2 that reads the same in every tool: no anchors, aliases, tags or merge keys, one document,
 * plain keys.
 */
export function readSource(file: string, text: string): Source {
  const findings: Finding[] = [];
  const report = (at: Place, message: string, hint: string): void => {
    findings.push({ rule: 'yaml', severity: 'error', at, message, hint });
  };
  const strange = strangeIn(text);
  if (strange) report(placesIn(file, text)(strange.offset), strange.message, strange.hint);
  const parsed = eventsOf(strange ? strange.rest : text);
  for (const mistake of parsed.mistakes)
    report(placesIn(file, mistake.text)(mistake.offset), mistake.message, mistake.hint);
  const guessed = new Set(findings.map(({ at }) => at.line));
  const place = placesIn(file, parsed.text);
  const tree = new Tree(parsed.text, (offset, ...said) => report(place(offset), ...said));
  const { offsets } = tree;
  const isWhole = parsed.events?.every((event) => tree.take(event)) ?? false;
  const find = (path: string): { key: number; value: number } =>
    offsets.get(path) ?? find(parentOf(path));
  return {
    file,
    text,
    data: tree.root,
    findings,
    guessed,
    isWhole: isWhole && tree.isWhole && strange?.rest !== '',
    at: (path) => place(find(path).value),
    keyAt: (path) => place(find(path).key),
    has: (path) => offsets.has(path),
  };
}

type Report = (offset: number, message: string, hint: string) => void;

interface Strange {
  offset: number;
  message: string;
  hint: string;
  /** What can be read all the same; empty where nothing can. */
  rest: string;
}

const ODD = /\r(?!\n)|[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F\u0085\u2028\u2029]/u;

/** What no text of a person holds. */
function strangeIn(text: string): Strange | undefined {
  if (text.length > MAX_FILE_BYTES)
    return {
      offset: 0,
      message: `the file is larger than ${MAX_FILE_BYTES / 1e6} MB`,
      hint: 'split it, or keep data out of the platform files',
      rest: '',
    };
  if (text.startsWith('\u{FEFF}'))
    return {
      offset: 0,
      message: 'the file starts with a byte order mark',
      hint: 'save it as UTF-8 without BOM',
      rest: text.slice(1),
    };
  const odd = ODD.exec(text);
  return odd
    ? {
        offset: odd.index,
        message: 'a control character or lone carriage return stands here',
        hint: 'remove it; lines end with LF or CRLF',
        rest: odd[0] === '\r' ? '' : text.replaceAll(new RegExp(ODD, 'gu'), ' '),
      }
    : undefined;
}

/** Grows with each event of the parser into data, and notes where each value and key stands. */
class Tree {
  root: Json = null;
  /** False where something was written that is left out. */
  isWhole = true;
  readonly offsets: Offsets = new Map([['', { key: 0, value: 0 }]]);
  readonly #text: string;
  readonly #report: Report;
  readonly #open: Frame[] = [];
  #documents = 0;
  /** Where the last value ends. */
  #last = 0;

  constructor(text: string, report: Report) {
    this.#text = text;
    this.#report = report;
  }

  /** False where reading on makes no sense. */
  take(event: Event): boolean {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        return this.#document();
      case EVENT_ID.ALIAS:
        this.#report(event.anchorStart - 1, 'aliases are not read here', 'write the value out');
        this.#put(null, event.anchorStart - 1);
        return true;
      case EVENT_ID.POP:
        this.#open.pop();
        return true;
      case EVENT_ID.MAPPING:
      case EVENT_ID.SEQUENCE:
        return this.#begin(event);
      case EVENT_ID.SCALAR:
        this.#scalar(event);
        return true;
    }
  }

  #document(): boolean {
    this.#documents += 1;
    if (this.#documents === 1) return true;
    const hint = 'one file, one document: remove "---"';
    const next = this.#text.slice(this.#last).search(/^---(?=\s|$)/mu);
    const offset = next < 0 ? this.#text.length : this.#last + next;
    this.#report(offset, 'the file holds several documents', hint);
    return false;
  }

  #begin(event: MappingEvent | SequenceEvent): boolean {
    refuseProperties(event, this.#report);
    if (this.#needsKey()) {
      this.#report(event.start, 'a key must be plain text', 'use a word as the key');
      return false;
    }
    if (event.type === EVENT_ID.MAPPING) {
      const value: JsonObject = {};
      const path = this.#put(value, event.start);
      this.#open.push({ kind: 'mapping', path, value, key: undefined });
    } else {
      const value: Json[] = [];
      this.#open.push({ kind: 'list', path: this.#put(value, event.start), value });
    }
    return true;
  }

  #scalar(event: ScalarEvent): void {
    refuseProperties(event, this.#report);
    const isQuoted =
      event.style === SCALAR_STYLE.DOUBLE_QUOTED || event.style === SCALAR_STYLE.SINGLE_QUOTED;
    const offset = isQuoted ? event.valueStart - 1 : event.valueStart;
    const raw = getScalarValue(this.#text, event);
    const mapping = this.#needsKey();
    if (mapping) {
      this.#key(mapping, raw, offset);
      return;
    }
    const value = scalar(raw, event, (message, hint) => this.#report(offset, message, hint));
    this.#put(value, offset);
  }

  /** The mapping that waits for its next key. */
  #needsKey(): (Frame & { kind: 'mapping' }) | undefined {
    const frame = this.#open.at(-1);
    return frame?.kind === 'mapping' && frame.key === undefined ? frame : undefined;
  }

  #key(mapping: Frame & { kind: 'mapping' }, name: string, offset: number): void {
    mapping.key = name;
    if (name === '<<') {
      this.#report(offset, 'merge keys are not read here', 'write the keys out');
      this.isWhole = false;
    } else if (name === '__proto__')
      this.#report(offset, 'this key is not allowed', 'choose another name');
    else if (Object.hasOwn(mapping.value, name))
      this.#report(offset, `the key "${name}" stands twice`, 'keep one of the two');
    else {
      const path = `${mapping.path}/${escapeSegment(name)}`;
      this.offsets.set(path, { key: offset, value: offset });
    }
  }

  /** Puts a value where it belongs, and answers its path. */
  #put(value: Json, offset: number): string {
    this.#last = Math.max(this.#last, offset);
    const frame = this.#open.at(-1);
    if (!frame) {
      this.root = value;
      this.offsets.set('', { key: offset, value: offset });
      return '';
    }
    if (frame.kind === 'list') {
      const path = `${frame.path}/${frame.value.length}`;
      frame.value.push(value);
      this.offsets.set(path, { key: offset, value: offset });
      return path;
    }
    const key = frame.key ?? '';
    const path = `${frame.path}/${escapeSegment(key)}`;
    frame.key = undefined;
    if (key !== '__proto__') frame.value[key] = value;
    const known = this.offsets.get(path);
    // An empty value stands nowhere: its key has to do.
    if (known) known.value = offset < 0 ? known.key : offset;
    return path;
  }
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

/** Numbers of YAML 1.2 core. */
const NUMBERS = [
  /^[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/u,
  /^0o[0-7]+$/u,
  /^0x[0-9a-fA-F]+$/u,
  /^[-+]?\.(?:inf|Inf|INF)$/u,
  /^\.(?:nan|NaN|NAN)$/u,
];

/**
 * YAML 1.2 core, except that a number which does not print back as it was written is refused: 1.10 would become 1.1.
 */
function scalar(
  raw: string,
  event: ScalarEvent,
  report: (message: string, hint: string) => void,
): Json {
  if (event.style !== SCALAR_STYLE.PLAIN) return raw;
  if (/^(?:|~|null|Null|NULL)$/u.test(raw)) return null;
  if (/^(?:true|True|TRUE)$/u.test(raw)) return true;
  if (/^(?:false|False|FALSE)$/u.test(raw)) return false;
  if (!NUMBERS.some((form) => form.test(raw))) return raw;
  const value = Number(raw);
  if (String(value) === raw) return value;
  report(
    `${raw} would be read as the number ${value}`,
    `write "${raw}" in quotes if it is text, or ${value}`,
  );
  return Number.isFinite(value) ? value : raw;
}

/** Where a text's offsets lie. */
function placesIn(file: string, text: string): (offset: number) => Place {
  const starts = [0];
  for (let index = text.indexOf('\n'); index >= 0; index = text.indexOf('\n', index + 1))
    starts.push(index + 1);
  return (offset) => placeOf(file, starts, Math.max(0, offset));
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
