import { digestOf } from '../digest.ts';
import { compareText } from '../json.ts';
import type { DataFile } from '../model/data-types.ts';
import type { Digest } from '../unit.ts';
import { CLIMATE_URLS, GLACIERS, RGI_SOURCES, TABLE_URLS } from './sources.ts';
import type { Source } from './sources.ts';

/** A file that a set asks for. */
export interface Wanted extends Source {
  /** Region whose bundles it is one of: how many there are says the server. */
  series?: string;
}

/** What a set asks for, each file once, sorted by address. */
export function wantedFiles(set: DataFile): Wanted[] {
  const listed: Wanted[] = [
    ...bundles(set.prepro),
    ...(set.rgi ?? []).flatMap((version) => RGI_SOURCES[version]),
    ...[
      ...(set.climate ?? []).flatMap((name) => CLIMATE_URLS[name]),
      ...(set.tables ?? []).flatMap((name) => TABLE_URLS[name]),
      ...(set.files ?? []),
    ].map((url) => ({ url })),
  ];
  // Of two with one address the first stays: it knows more.
  const byUrl = new Map(listed.map((one): [string, Wanted] => [one.url, one]).reverse());
  return [...byUrl.values()].sort((a, b) => compareText(a.url, b.url));
}

/** Tars of a thousand glaciers, as OGGM names them. Source: _get_prepro_gdir_unlocked of OGGM. */
function bundles(prepro: DataFile['prepro']): Wanted[] {
  if (prepro === undefined) return [];
  const { base, rgi, level, border, regions } = prepro;
  const folder = `${base.replace(/\/?$/u, '/')}RGI${rgi}/b_${String(border).padStart(3, '0')}/L${level}`;
  return regions.flatMap((region) => {
    const name = rgi === '62' ? `RGI60-${region}` : `RGI2000-v7.0-${rgi.slice(2)}-${region}`;
    const last = Math.floor((GLACIERS[rgi][Number(region) - 1] ?? 0) / 1000);
    return Array.from({ length: last + 1 }, (_, bundle) => ({
      url: `${folder}/${name}/${name}.${String(bundle).padStart(2, '0')}.tar`,
      series: name,
    }));
  });
}

/** Changes where a lock no longer says what its set asks for; title, size and mirrors ask for nothing. */
export function recipeOf(set: DataFile): Digest {
  return digestOf(wantedFiles(set).map((one) => ({ ...one })));
}

/**
 * Where OGGM looks for a file below its cache: host without port, and path without what follows. Undefined where that
 * is no plain path. Source: _get_url_cache_name of OGGM.
 */
export function cachePath(url: string): string | undefined {
  const [, written = ''] = /^https?:\/\/[^/?#]+\/([^?#]*)/u.exec(url) ?? [];
  const host = URL.parse(url)?.hostname ?? '';
  const path = `${host}/${written}`;
  const isPlain = path
    .split('/')
    .every((part) => part !== '.' && part !== '..' && /^[A-Za-z0-9~._+=@,%-]+$/u.test(part));
  return isPlain ? path : undefined;
}

/** Of a file in a lock, where `check` finds an address that has no place; its address there. */
export function placeOf(url: string): string {
  return cachePath(url) ?? url;
}

/** Addresses of one file in the order in which they are asked: mirrors, the longest beginning first, then its own. */
export function addressesOf(url: string, mirrors: DataFile['mirrors']): string[] {
  const fitting = Object.entries(mirrors)
    .filter(([beginning]) => url.startsWith(beginning))
    .sort(([a], [b]) => b.length - a.length || compareText(a, b));
  const others = fitting.flatMap(([beginning, places]) =>
    places.map((place) => place + url.slice(beginning.length)),
  );
  return [...new Set([...others, url])];
}
