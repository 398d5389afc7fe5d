import { terminal } from '../escape.ts';
import type { Json, JsonObject } from '../json.ts';
import { at, compareText, textAt } from '../json.ts';
import { quantityBytes } from '../model/quantities.ts';
import type { AuditLine } from './audit/line.ts';
import { MACHINES } from './door.ts';
import type { NameBook } from './names.ts';
import type { PresentHub } from './plan.ts';
import type { Detail } from './text.ts';

/** A volume claim that is somebody's home. */
export interface Claim {
  claim: string;
  /** What the hub calls its owner. */
  name: string;
  /** As Kubernetes writes it: `20Gi`. */
  size: string;
}

/** A home whose owner nothing lets in, and whom the hub does not know. */
export interface GoneHome extends Claim {
  /** GitHub's id, or `erased-…`; undefined where nobody can say it. */
  id: string | undefined;
  /** When it was written down that they went: ISO time. */
  since: string | undefined;
}

/** Homes of one hub. */
export interface HubHomes {
  hub: string;
  homes: readonly Claim[];
  gone: readonly GoneHome[];
}

/** What the cluster says of a claim. What it has counts before what was asked for. */
export function claimOf(object: JsonObject, name: string): Claim {
  const asked = textAt(object, '/spec/resources/requests/storage');
  const given = at(object, '/status/capacity/storage');
  const size = typeof given === 'string' ? given : asked;
  return { claim: textAt(object, '/metadata/name'), name, size };
}

export interface HomeFacts {
  hub: string;
  homes: readonly Claim[];
  present: PresentHub;
  book: NameBook;
  lines: readonly AuditLine[];
}

/** Homes of people gone, the longest gone first. Who is in the hub's file, or known to the hub, is not gone. */
export function homesOf({ hub, homes, present, book, lines }: HomeFacts): HubHomes {
  const here = new Set<string>([
    ...MACHINES,
    ...[...present.entries.values()].map(({ name }) => name),
    ...present.users.map(({ name }) => name),
  ]);
  const ids = new Map([...book].map(([id, { name }]) => [name, id]));
  const went = new Map(
    lines.flatMap((line): [string, string | undefined][] =>
      line.hub === hub && line.subject !== null
        ? [[line.subject, line.after === null ? line.at : undefined]]
        : [],
    ),
  );
  const gone = homes
    .filter(({ name }) => !here.has(name))
    .map((home): GoneHome => {
      const id = ids.get(home.name);
      return { ...home, id, since: id === undefined ? undefined : went.get(id) };
    });
  return { hub, homes, gone: gone.sort(longestFirst) };
}

function longestFirst(a: GoneHome, b: GoneHome): number {
  return compareText(a.since ?? '', b.since ?? '') || compareText(a.claim, b.claim);
}

const DAY_MS = 86_400_000;
const GIB = 1024 ** 3;

export function homesText(hubs: readonly HubHomes[], now: number, detail: Detail): string {
  const parts = hubs.map(({ hub, homes, gone }) => {
    const sum = Math.round(sizeOf(gone) / GIB);
    const head = terminal`${hub}: ${gone.length} of ${homes.length} homes are of people gone, ${sum} GiB\n`;
    if (detail === 'counts') return head;
    const rows = gone.map(
      (home) =>
        terminal`  ${home.claim}  ${home.size}  ${sinceText(home, now)}  ${home.id ?? '?'} ${home.name}\n`,
    );
    return terminal`${head}${rows}`;
  });
  return terminal`${parts}`.text;
}

function sinceText({ since }: GoneHome, now: number): string {
  if (since === undefined) return 'gone, not written down since when';
  const days = Math.floor((now - Date.parse(since)) / DAY_MS);
  return `gone since ${since.slice(0, 10)}, ${days} ${days === 1 ? 'day' : 'days'}`;
}

function sizeOf(homes: readonly Claim[]): number {
  return homes.reduce((sum, { size }) => sum + (quantityBytes(size) ?? 0), 0);
}

export function homesJson(hubs: readonly HubHomes[], detail: Detail): Json {
  return hubs.map(({ hub, homes, gone }): Json => {
    const shown = detail === 'everybody' ? gone : [];
    return {
      hub,
      counts: { homes: homes.length, gone: gone.length, bytes: sizeOf(gone) },
      gone: shown.map(({ claim, name, size, id, since }): Json => {
        return { claim, name, size, id: id ?? null, since: since ?? null };
      }),
    };
  });
}
