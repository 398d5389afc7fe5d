import { onePerPlace } from '../finding.ts';
import type { Finding } from '../finding.ts';
import { compareText } from '../json.ts';
import { readSource } from '../source.ts';
import type { Source } from '../source.ts';
import { locate, misplaced } from './layout.ts';
import { readDoc } from './read.ts';
import type { Doc, Kind, Kinds, Platform } from './types.ts';

/** A file's text, or why it cannot be had. */
export type Text = { kind: 'text'; text: string } | { kind: 'refused'; why: string; hint: string };

export interface Reading {
  /** Undefined only where `platform.yaml` cannot be read: nothing can be said about the rest then. */
  platform: Platform | undefined;
  findings: Finding[];
  sources: ReadonlyMap<string, Source>;
}

type Docs = { [K in Kind]: Map<string, Doc<Kinds[K]>> };

/** Files by path → the platform, and everything that is wrong with the files one by one. */
export function readPlatform(files: ReadonlyMap<string, Text>): Reading {
  const docs: Docs = {
    platform: new Map(),
    cluster: new Map(),
    environment: new Map(),
    image: new Map(),
    'image-lock': new Map(),
    data: new Map(),
    approvers: new Map(),
    member: new Map(),
    cohort: new Map(),
  };
  const names = new Map<Kind, Set<string>>();
  const findings: Finding[] = [];
  const sources = new Map<string, Source>();
  const report = (file: string, rule: string, message: string, hint: string): void => {
    findings.push({ rule, severity: 'error', at: { file, line: 1, column: 1 }, message, hint });
  };

  const read = <K extends Kind>(kind: K, name: string, source: Source): void => {
    const result = readDoc(kind, name, source);
    findings.push(...result.findings);
    if (result.doc) docs[kind].set(name, result.doc);
  };

  for (const [file, content] of [...files].sort(([a], [b]) => compareText(a, b))) {
    if (content.kind === 'refused') {
      report(file, 'file', content.why, content.hint);
      const located = locate(file);
      if (located) remember(names, located.kind, located.name);
      continue;
    }
    const located = locate(file);
    if (!located) {
      const right = misplaced(file);
      if (right !== undefined)
        report(file, 'file-place', 'this file is not read here', `platform files are ${right}`);
      continue;
    }
    remember(names, located.kind, located.name);
    const source = readSource(file, content.text);
    sources.set(file, source);
    read(located.kind, located.name, source);
  }
  if (!files.has('platform.yaml'))
    report(
      'platform.yaml',
      'file',
      'there is no platform.yaml',
      'run this in the root of a platform, or start one with `glaciocloud init`',
    );
  const settings = docs.platform.get('platform');
  const platform: Platform | undefined = settings && {
    settings,
    clusters: docs.cluster,
    environments: docs.environment,
    images: docs.image,
    locks: docs['image-lock'],
    data: docs.data,
    approvers: docs.approvers.get('approvers'),
    members: docs.member,
    cohorts: docs.cohort,
    names,
    paths: new Set(files.keys()),
  };
  return { platform, findings: onePerPlace(findings), sources };
}

function remember(names: Map<Kind, Set<string>>, kind: Kind, name: string): void {
  names.set(kind, (names.get(kind) ?? new Set()).add(name));
}

export function isNamed(platform: Platform, kind: Kind, name: string): boolean {
  return platform.names.get(kind)?.has(name) ?? false;
}
