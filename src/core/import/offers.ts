import type { Json, JsonObject } from '../json.ts';
import { textsOf } from './forms.ts';
import type { Ledger } from './ledger.ts';

const TEAM = /^([A-Za-z0-9][A-Za-z0-9-]*):([a-z0-9][a-z0-9_-]*)$/u;

/** `ORG:TEAM`, as logins by GitHub have it, in our grammar; none where it is something else. */
export function teamOf(text: string): string[] {
  const [, organization, slug] = TEAM.exec(text.trim()) ?? [];
  return organization === undefined || slug === undefined ? [] : [`team:${organization}/${slug}`];
}

/** Undefined is everybody. */
export type Who = readonly string[] | undefined;

/** For whom a profile is, by its groups. */
export function whoOf(ledger: Ledger, groups: Json | undefined, path: string): Who {
  if (groups === undefined) return undefined;
  const names = textsOf(groups);
  const teams = names.flatMap(teamOf);
  if (teams.length > 0) ledger.says(path, 'for');
  if (teams.length < names.length)
    ledger.tell(
      path,
      'groups of another login: write teams of GitHub below for: of sizes and images',
    );
  return teams.length > 0 ? teams : undefined;
}

interface Offer {
  who: Who;
  sizes: Set<string>;
}

/** Who may have which image with which size: what several profiles say of one is all of it. */
export class Offers {
  readonly #images = new Map<string, Offer>();
  readonly #sizes = new Map<string, Who>();

  get isEmpty(): boolean {
    return this.#images.size === 0;
  }

  hasImage(name: string): boolean {
    return this.#images.has(name);
  }

  add(image: string, sizes: readonly string[], who: Who): void {
    const before = this.#images.get(image);
    this.#images.set(image, {
      who: before ? both(before.who, who) : who,
      sizes: new Set([...(before?.sizes ?? []), ...sizes]),
    });
  }

  addSize(name: string, who: Who): void {
    this.#sizes.set(name, this.#sizes.has(name) ? both(this.#sizes.get(name), who) : who);
  }

  /** Keys of the environment. Who chooses nothing must find an image and a size: these are for everybody. */
  environment(sizes: ReadonlyMap<string, JsonObject>, ledger: Ledger): JsonObject {
    const [usualSize = ''] = [...sizes].find(([, one]) => one['default'] === true) ?? [
      ...sizes.keys(),
    ];
    const open = [...this.#images].find(([, { who }]) => who === undefined)?.[0];
    const usual = open ?? [...this.#images.keys()][0] ?? '';
    if (open === undefined || this.#sizes.get(usualSize) !== undefined)
      ledger.tell(
        '/singleuser/profileList',
        `who chooses nothing gets ${usual} with ${usualSize}: these two are for everybody who may enter`,
      );
    return {
      images: [...this.#images].map(([name, { who, sizes: own }]): Json => {
        if (name === usual) own.add(usualSize);
        const isAll = own.size === 0 || own.size === sizes.size;
        const forWhom = name === usual || who === undefined ? {} : { for: [...who] };
        const parts = { ...forWhom, ...(isAll ? {} : { sizes: [...own] }) };
        return Object.keys(parts).length === 0 ? name : { name, ...parts };
      }),
      sizes: Object.fromEntries(
        [...sizes].map(([name, size]) => {
          const who = this.#sizes.get(name);
          return [
            name,
            name === usualSize || who === undefined ? size : { ...size, for: [...who] },
          ];
        }),
      ),
    };
  }
}

function both(one: Who, other: Who): Who {
  return one && other ? [...new Set([...one, ...other])] : undefined;
}
