import { digestOf } from '../digest.ts';
import { canonical, compareText } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import type { ImageBuild, ImageLockFile } from '../model/types.ts';

/**
 * Day and the first digits of the content, such as `2026-11-21-9c1b77`. Where another build of that day has the name,
 * the digits after them.
 */
export function buildName(now: number, content: string, taken: ReadonlySet<string>): string {
  const day = new Date(now).toISOString().slice(0, 10);
  for (let start = 0; start + 6 <= content.length; start += 6) {
    const name = `${day}-${content.slice(start, start + 6)}`;
    if (!taken.has(name)) return name;
  }
  throw new Error(`every name for ${content} on ${day} is taken`);
}

/** Of everything in a lock but itself and what people add, `keep:` of a build; whatever the order of its keys. */
export function lockChecksum({
  recipe,
  builds,
  channels,
}: Omit<ImageLockFile, 'checksum'>): string {
  const named = Object.entries(builds).map(([name, build]): Json => [name, ourPart(build)]);
  named.sort((a, b) => compareText(canonical(a), canonical(b)));
  return digestOf([recipe, named, { ...channels }]);
}

function ourPart(build: ImageBuild): JsonObject {
  return Object.fromEntries(Object.entries(asJson(build)).filter(([key]) => key !== 'keep'));
}

function asJson({ oggm, tests, ...rest }: ImageBuild): JsonObject {
  return {
    ...rest,
    ...(oggm && { oggm: { ...oggm } }),
    ...(tests && { tests: { ...tests } }),
  };
}

const HEAD = `# yaml-language-server: $schema=../../schemas/image-lock.schema.json
# Written by GlacioCloud: what was built of image.yaml, tested and pushed. Changed by \`image\` commands only, but that
# \`keep: "REASON"\` of a build is for people to write: why it is never deleted, such as the paper that names it.
`;

/** The order in which a build is written: what people look for comes first. */
const KEYS = [
  'digest',
  'content',
  'registry',
  'base',
  'oggm',
  'size',
  'tests',
  'packages',
  'promoted',
  'keep',
  'yanked',
] as const satisfies readonly (keyof ImageBuild)[];

/**
 * A lock as its file. Hashes stand in quotes, because some read as numbers; builds from the oldest to the newest, each
 * in one line, so that a change is one line.
 */
export function lockText(lock: Omit<ImageLockFile, 'checksum'>): string {
  const builds = Object.entries(lock.builds).sort(([a], [b]) => compareText(a, b));
  const { candidate, stable } = lock.channels;
  const channels = [
    ...(candidate === undefined ? [] : [`  candidate: ${candidate}\n`]),
    ...(stable === undefined ? [] : [`  stable: ${stable}\n`]),
  ];
  return [
    HEAD,
    `checksum: "${lockChecksum(lock)}"\n`,
    `recipe: "${lock.recipe}"\n`,
    builds.length === 0 ? 'builds: {}\n' : 'builds:\n',
    ...builds.map(([name, build]) => `  ${name}: ${buildText(build)}\n`),
    channels.length === 0 ? 'channels: {}\n' : 'channels:\n',
    ...channels,
  ].join('');
}

function buildText(build: ImageBuild): string {
  const all = asJson(build);
  const parts = KEYS.flatMap((key) => {
    const value = all[key];
    return value === undefined ? [] : [`${key}: ${quotedJson(value)}`];
  });
  return `{${parts.join(', ')}}`;
}

/** JSON is YAML, but for what the readers of files refuse unless it is written as an escape. */
function quotedJson(value: Json): string {
  return canonical(value).replaceAll(
    /[\u007F-\u009F\u2028\u2029\uFEFF]/gu,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
