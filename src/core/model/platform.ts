import { credentialFindings, notSecretIn } from '../credentials/findings.ts';
import { encryptionFindings, hubOfSecrets, sealedDigest } from '../credentials/encrypted.ts';
import { SOPS_FILE, keyPlaceholders } from '../credentials/placeholder.ts';
import { isPackageList, packagesHash, readPackages } from './package-list.ts';
import { onePerPlace } from '../finding.ts';
import type { Finding } from '../finding.ts';
import { compareText } from '../json.ts';
import { append } from '../lists.ts';
import { frontMatterYaml, keysFault, textFault } from '../notices/front-matter.ts';
import { readSource } from '../source.ts';
import type { Source } from '../source.ts';
import { isFolder, isForm, locate, misplaced } from './layout.ts';
import type { Located } from './layout.ts';
import { readDoc } from './read.ts';
import { looksOurs, strayFindings } from './stray.ts';
import { strayInImages } from './stray-image.ts';
import type { Doc, Kind, Kinds, Platform } from './types.ts';

/** A file's text, or why it cannot be had. */
export type Text = { kind: 'text'; text: string } | { kind: 'refused'; why: string; hint: string };

export interface Reading {
  /** Undefined only where `platform.yaml` cannot be read: nothing can be said about the rest then. */
  platform: Platform | undefined;
  findings: Finding[];
  /** Files that could not be read: no rule has looked at what they say. */
  unread: readonly string[];
  sources: ReadonlyMap<string, Source>;
}

type Docs = { [K in Kind]: Map<string, Doc<Kinds[K]>> };

/**
 * Files by path → the platform, and everything that is wrong with the files one by one. `unseen`: those that git
 * does not know.
 */
export function readPlatform(
  files: ReadonlyMap<string, Text>,
  unseen: ReadonlySet<string> = new Set(),
): Reading {
  const reader = new Reader(unseen);
  for (const [file, content] of [...files].sort(([a], [b]) => compareText(a, b)))
    reader.take(file, content);
  append(reader.findings, strayFindings(textsOf(files)));
  if (!files.has('platform.yaml'))
    reader.report('platform.yaml', {
      rule: 'file',
      message: 'there is no platform.yaml',
      hint: 'run this in the root of a platform, or start one with `glaciocloud init`',
    });
  reader.findCredentials();
  const { findings, sources, unread } = reader;
  const platform = reader.platform(files);
  if (platform) append(findings, strayInImages(platform));
  return { platform, findings: onePerPlace(findings), unread, sources };
}

/** What is not ours to refuse, such as a link beside platform.yaml, is left out. */
function textsOf(files: ReadonlyMap<string, Text>): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [file, content] of files) {
    if (content.kind === 'text') texts.set(file, content.text);
    else if (!looksOurs(file.split('/')[0] ?? '')) texts.set(file, '');
  }
  return texts;
}

/** Collects what the files say, one after the other. */
class Reader {
  readonly findings: Finding[] = [];
  readonly unread: string[] = [];
  readonly sources = new Map<string, Source>();
  readonly #names = new Map<Kind, Set<string>>();
  readonly #forms = new Map<string, string>();
  readonly #encrypted = new Map<string, string>();
  readonly #unseen: ReadonlySet<string>;
  readonly #lists = new Map<string, string>();
  readonly #docs: Docs = {
    platform: new Map(),
    cluster: new Map(),
    environment: new Map(),
    image: new Map(),
    'image-lock': new Map(),
    data: new Map(),
    'data-lock': new Map(),
    'access-removals': new Map(),
    approvers: new Map(),
    member: new Map(),
    cohort: new Map(),
    announcement: new Map(),
  };

  constructor(unseen: ReadonlySet<string>) {
    this.#unseen = unseen;
  }

  take(file: string, content: Text): void {
    const located = locate(file);
    if (located) this.#remember(located);
    if (content.kind === 'refused') {
      if (file === SOPS_FILE || looksOurs(file.split('/')[0] ?? '')) return;
      this.report(file, { rule: 'file', message: content.why, hint: content.hint });
      return;
    }
    if (!located) {
      this.#passOver(file, content.text);
      return;
    }
    const isPage = located.kind === 'announcement';
    const source = readSource(file, isPage ? frontMatterYaml(content.text) : content.text);
    this.sources.set(file, source);
    if (!isPage || this.#isPage(file, content.text)) this.#read(located.kind, located.name, source);
  }

  #isPage(file: string, text: string): boolean {
    const fault = keysFault(text);
    for (const { line, ...said } of [fault ?? textFault(text) ?? []].flat())
      this.findings.push({
        rule: 'yaml',
        severity: 'error',
        at: { file, line, column: 1 },
        ...said,
      });
    return fault === undefined;
  }

  /** When all is read, because platform.yaml may exempt names for every file. */
  findCredentials(): void {
    const settings = this.sources.get('platform.yaml');
    const notSecret = settings ? notSecretIn(settings.data) : [];
    for (const [file, source] of this.sources) {
      const located = locate(file);
      if (located) append(this.findings, credentialFindings(located.kind, source, notSecret));
    }
  }

  /** About the file as a whole. */
  report(file: string, said: Pick<Finding, 'rule' | 'message' | 'hint'>): void {
    this.findings.push({ severity: 'error', at: { file, line: 1, column: 1 }, ...said });
  }

  platform(files: ReadonlyMap<string, Text>): Platform | undefined {
    const settings = this.#docs.platform.get('platform');
    return (
      settings && {
        settings,
        clusters: this.#docs.cluster,
        environments: this.#docs.environment,
        images: this.#docs.image,
        locks: this.#docs['image-lock'],
        data: this.#docs.data,
        dataLocks: this.#docs['data-lock'],
        approvers: this.#docs.approvers.get('approvers'),
        accessRemovals: this.#docs['access-removals'].get('removals'),
        members: this.#docs.member,
        cohorts: this.#docs.cohort,
        announcements: this.#docs.announcement,
        names: this.#names,
        forms: this.#forms,
        encrypted: this.#encrypted,
        paths: new Set(files.keys()),
        lists: this.#lists,
      }
    );
  }

  #passOver(file: string, text: string): void {
    if (isFolder(file)) {
      const hint = 'put a folder of this name here, with the files that belong into it';
      this.report(file, { rule: 'file', message: 'this is a file', hint });
      return;
    }
    if (isForm(file)) this.#forms.set(file, text);
    if (file === SOPS_FILE) {
      append(this.findings, keyPlaceholders(text));
      return;
    }
    const hub = hubOfSecrets(file);
    if (hub !== undefined) {
      this.#encrypted.set(hub, sealedDigest(text));
      append(this.findings, encryptionFindings(file, text, !this.#unseen.has(file)));
      return;
    }
    if (isPackageList(file)) {
      this.#lists.set(file, packagesHash(text));
      append(this.findings, readPackages(file, text).findings);
      return;
    }
    const right = misplaced(file);
    if (right === undefined) return;
    this.report(file, {
      rule: 'file-place',
      message: 'this file is not read here',
      hint: file.startsWith('secrets/')
        ? `secrets are ${right}, encrypted; what stands here in clear has to be revoked`
        : `platform files are ${right}`,
    });
  }

  #remember({ kind, name }: Located): void {
    this.#names.set(kind, (this.#names.get(kind) ?? new Set()).add(name));
  }

  #read<K extends Kind>(kind: K, name: string, source: Source): void {
    const { doc, findings } = readDoc(kind, name, source);
    append(this.findings, findings);
    if (doc) this.#docs[kind].set(name, doc);
    else this.unread.push(source.file);
  }
}

export function isNamed(platform: Platform, kind: Kind, name: string): boolean {
  return platform.names.get(kind)?.has(name) ?? false;
}
