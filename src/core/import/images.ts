import type { Json, JsonObject } from '../json.ts';
import { dottedFrom } from './forms.ts';
import type { Ledger } from './ledger.ts';

interface Reference {
  image: string;
  tag: string | undefined;
  digest: string | undefined;
}

const REFERENCE =
  /^([a-z0-9][a-z0-9.-]*(?::\d+)?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*)(?::([A-Za-z0-9_][\w.-]*))?(?:@(sha256:[0-9a-f]{64}))?$/u;
/** Tags that are known to move. */
const MOVING = /^(?:latest|main|master|stable|nightly|dev|edge|test)$/u;

/** Folders of images that the values name. */
export class Images {
  readonly drafted = new Map<string, JsonObject>();
  readonly #ledger: Ledger;
  readonly #there: readonly string[];
  readonly #names = new Map<string, string>();

  constructor(ledger: Ledger, there: readonly string[]) {
    this.#ledger = ledger;
    this.#there = there;
  }

  /** The name of an image's folder; undefined where the text names none. */
  named(text: Json | undefined, title: string | undefined, path: string): string | undefined {
    if (typeof text !== 'string' || text === '') return undefined;
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    const reference = referenceOf(text);
    if (!reference) {
      this.#ledger.tell(
        path,
        'it names no image by registry, repository and tag: write a folder of images/',
      );
      return undefined;
    }
    const name = this.#nameOf(reference);
    this.#names.set(text, name);
    this.drafted.set(name, { title: title ?? name, from: versionOf(reference) });
    return name;
  }

  #nameOf({ image, tag }: Reference): string {
    const last = image.split('/').at(-1) ?? '';
    const words =
      tag === undefined || MOVING.test(tag) || /^[0-9a-f]{7,}$/u.test(tag)
        ? last
        : `${last}-${tag}`;
    return dottedFrom(words, 'image', [...this.#there, ...this.drafted.keys()]);
  }
}

function referenceOf(text: string): Reference | undefined {
  const [, name, tag, digest] = REFERENCE.exec(text.trim()) ?? [];
  if (name === undefined) return undefined;
  return { image: name.includes('/') ? name : `docker.io/library/${name}`, tag, digest };
}

function versionOf({ image, tag, digest }: Reference): JsonObject {
  if (digest !== undefined) return { image, digest };
  return tag !== undefined && !MOVING.test(tag)
    ? { image, tag }
    : { image, track: tag ?? 'latest' };
}

/** `name` and `tag` of the chart as one text. */
export function referenceText(value: JsonObject): string {
  const { name, tag } = value;
  const version = typeof tag === 'string' || typeof tag === 'number' ? `:${tag}` : '';
  return typeof name === 'string' ? name + version : '';
}
