import { compareText } from '../json.ts';
import type { Package } from '../model/package-list.ts';
import { TEXT, fields, listOf, readerOf } from '../shape.ts';
import { CERTIFICATES } from './build-plan.ts';

/** Every package that pip has to install, and no other: what it is asked instead of what image.yaml says. */
export function pinnedText(resolved: readonly Package[]): string {
  // pip compares hashes only where every line has one, and a commit has none.
  const hashed = resolved.every(({ source }) => source.startsWith(HASH));
  const lines = resolved.map(({ name, version, source }) => {
    if (source.startsWith(COMMIT)) return `${name} @ ${source}\n`;
    return hashed ? `${name}==${version} --hash=${source}\n` : `${name}==${version}\n`;
  });
  return lines.join('');
}

const HASH = 'sha256:';
const COMMIT = 'git+';

/** Those of an image's list that were resolved for it; the others came with its base. */
export function resolvedIn(packages: readonly Package[]): Package[] {
  return packages.filter(
    ({ manager, source }) =>
      manager === 'pip' && (source.startsWith(HASH) || source.startsWith(COMMIT)),
  );
}

/** What a solve is made from. */
export interface Question {
  /** Lines for pip. */
  wanted: string;
  /** Packages that keep their version where that is possible. */
  held: readonly Package[];
  /** What the machine knows of indexes: lines of shell. */
  machine: string;
  /** Text of the certificates that it trusts; undefined where it names none. */
  certificates: string | undefined;
}

/** Shell that asks pip, in the base, what it would install. Its last line is for `solved`. */
export function solveScript({ wanted, held, machine, certificates }: Question): string {
  const keep = held.map(({ name, version }) => `${name}==${version}\n`).join('');
  const [folder = ''] = /^.*(?=\/)/u.exec(CERTIFICATES) ?? [];
  return [
    'set -eu\n',
    `mkdir -p ${folder} && cd ${folder}\n`,
    fileText('wanted.txt', wanted),
    fileText('held.txt', keep),
    certificates === undefined ? '' : fileText(CERTIFICATES, certificates),
    machine,
    'ask() { pip install --quiet --no-input --dry-run --report report.json --requirement wanted.txt "$@" >&2; }\n',
    keep === '' ? 'ask\n' : 'ask --constraint held.txt 2>/dev/null || ask\n',
    `exec python3 -c '${REPORT}'\n`,
  ].join('');
}

/** The end of the text is a line that no certificate, requirement or version is. */
function fileText(path: string, text: string): string {
  return `cat > ${path} <<'END OF FILE'\n${text}${text.endsWith('\n') ? '' : '\n'}END OF FILE\n`;
}

/** The report without the descriptions of packages, which are long. */
const REPORT = `import json
report = json.load(open("report.json"))
print(json.dumps({"install": [
    {"name": one["metadata"]["name"], "version": one["metadata"]["version"], "from": one["download_info"]}
    for one in report["install"]
]}))`;

interface Reported {
  name: string;
  version: string;
  from: {
    url: string;
    archive_info?: { hashes?: { sha256?: string } };
    vcs_info?: { commit_id: string };
    subdirectory?: string;
  };
}

const read = readerOf<{ install: Reported[] }>(
  fields({
    install: listOf(
      fields({
        name: TEXT,
        version: TEXT,
        from: fields(
          { url: TEXT },
          {
            archive_info: fields({}, { hashes: fields({}, { sha256: TEXT }) }),
            vcs_info: fields({ commit_id: TEXT }),
            subdirectory: TEXT,
          },
        ),
      }),
    ),
  }),
);

/** What pip would install, sorted by name; or what is wrong with its answer. */
export function solved(stdout: string): { packages: Package[] } | { fault: string } {
  const reading = read(stdout.trimEnd().split('\n').at(-1) ?? '');
  if (reading.kind !== 'read') return { fault: `pip’s report: ${reading.reason}` };
  const packages: Package[] = [];
  for (const { name, version, from } of reading.value.install) {
    const source = sourceOf(from);
    if (source === undefined) return { fault: `pip does not say the hash of ${name} ${version}` };
    packages.push({ manager: 'pip', name, version, source });
  }
  return { packages: packages.sort((a, b) => compareText(a.name, b.name)) };
}

function sourceOf({
  url,
  archive_info,
  vcs_info,
  subdirectory,
}: Reported['from']): string | undefined {
  if (vcs_info) {
    const part = subdirectory === undefined ? '' : `#subdirectory=${subdirectory}`;
    return `${COMMIT}${url}@${vcs_info.commit_id}${part}`;
  }
  const hash = archive_info?.hashes?.sha256;
  return hash === undefined ? undefined : `${HASH}${hash}`;
}

/** Why pip found no answer, in at most three lines. */
export function solveFault(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const errors = lines.filter((line) => line.startsWith('ERROR: '));
  const chosen = errors.length > 0 ? errors.slice(0, 3) : lines.slice(-1);
  return chosen.join('\n');
}
