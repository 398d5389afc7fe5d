import { compareText } from '../json.ts';
import type { Doc, ImageFile, PlatformFile } from '../model/types.ts';
import { PROVIDERS, clusterText, hubText, schemaComment } from './scaffold.ts';
import { template, usersTeam } from './scaffold.ts';
import { formTexts } from '../access/request/forms.ts';
import { readPlatform } from '../model/platform.ts';
import { ISSUER, needsIssuer, pinOf } from './answers.ts';
import type { Answers, Pin } from './answers.ts';
import { TIER, accessPage } from './access-page.ts';
import { foreignWorkflow } from './workflow.ts';

/**
 * What a new platform takes from the repository of the tool: the charts it is tested with, an
 * image, the workflows.
 */
export interface Tool {
  settings: Pick<PlatformFile, 'user' | 'charts'>;
  image: { name: string; text: string };
  /** By path, `.github/workflows/…`. */
  workflows: ReadonlyMap<string, string>;
}

/** Workflows that test the tool itself: no platform has them. */
export const OWN = ['.github/workflows/ci.yml'];

/** The newest image with a release of OGGM that needs no build. */
export function firstImage(images: Iterable<Doc<ImageFile>>): string | undefined {
  const age = ({ data }: Doc<ImageFile>): string =>
    (data.oggm?.version ?? '').replaceAll(/\d+/gu, (digits) => digits.padStart(6, '0'));
  const ready = [...images].filter(
    ({ data }) =>
      data.oggm?.version !== undefined && data.from?.tag !== undefined && data.files.length === 0,
  );
  return ready.sort((a, b) => compareText(age(b), age(a)))[0]?.name;
}

const PLATFORM = template<
  Record<'organization' | 'registry' | 'user' | 'chart' | 'pages', string>
>(`# The platform. Everything may be changed; editors show what each key means, by the schema above.
glaciocloud: 1 # format of these files; stays
organization: {{organization}} # on GitHub; its teams are named in environments/
registry: {{registry}} # where images of the platform go
user: {{user}} # owner of the files in every home; change it only before the first user
charts:
  jupyterhub: {{chart}} # what this version of GlacioCloud is tested with
waves: # hubs of a wave change together, and after the wave before; at most four
  # - {name: staging, images: candidate} # for a second hub, where changes are tried first
  - {name: production, images: stable}
tiers: {${TIER}: {until: 180d}} # what people may ask for by issue, and for how long at most
{{pages}}
removals: [] # hubs whose files are gone, and what happens to their homes
`);

/** Until its key is put in, sops refuses to encrypt: nothing is encrypted to nobody. */
const SOPS = `# Who can decrypt the files in secrets/. Safe to publish: it holds public keys only.
creation_rules:
  - path_regex: secrets/[^/]+\\.sops\\.yaml$
    age: PUBLIC-KEY # the line "public key: age1..." of \`age-keygen\`; several are separated by commas
`;

const IGNORED = `# Keys and secrets in clear are never committed.
*.agekey
keys.txt
.env
kubeconfig*
/secrets/*
!/secrets/*.sops.yaml
!/secrets/*.md
# What the tool writes while it works.
/.glaciocloud/
`;

/** A word as YAML reads it back, whatever it holds. */
const scalar = (text: string): string =>
  /^[A-Za-z][A-Za-z0-9./@_+-]*(:\/\/[A-Za-z0-9./_:-]*[A-Za-z0-9/])?$/u.test(text) &&
  !/^(true|false|null|yes|no|on|off)$/iu.test(text)
    ? text
    : JSON.stringify(text);

/**
 * The files of a new platform, by path: what a person would write, and nothing that only a program
 * understands. `home`: where they will be on GitHub, `OWNER/NAME`, if that is known.
 */
export function platformFiles(
  answers: Answers,
  { settings, image }: Tool,
  home?: string,
): Map<string, string> {
  const { hub, cluster } = answers;
  const base = schemas(pinOf(answers));
  const { name, uid, gid } = settings.user;
  const { version, repository, sha256 } = settings.charts.jupyterhub;
  const words = {
    organization: scalar(answers.organization),
    registry: scalar(answers.registry),
    user: `{name: ${name}, uid: ${uid}, gid: ${gid}}`,
    chart: `{version: ${version}, repository: ${repository}, sha256: ${sha256 ?? 'null'}}`,
    pages: pagesLine(home),
  };
  const { storage, ingress, startTime } =
    Object.entries(PROVIDERS).find(([provider]) => provider === answers.provider)?.[1] ??
    PROVIDERS.existing;
  const entry = needsIssuer(answers) ? `{class: ${ingress}, issuer: ${ISSUER}}` : '{class: none}';
  const path = {
    cluster: `clusters/${cluster}.yaml`,
    hub: `environments/${hub}.yaml`,
    image: `images/${image.name}/image.yaml`,
  };
  return new Map([
    ['platform.yaml', schemaComment('platform', 'platform.yaml', base) + PLATFORM(words)],
    [
      path.cluster,
      schemaComment('cluster', path.cluster, base) +
        clusterText({
          name: cluster,
          provider: scalar(answers.provider),
          storage,
          ingress: entry,
          startTime,
        }),
    ],
    [
      path.hub,
      schemaComment('environment', path.hub, base) +
        hubText({
          name: hub,
          url: scalar(answers.url),
          organization: answers.organization,
          allow: `${usersTeam(answers.organization, hub)}, "tier:${TIER}"`,
          cluster,
          wave: 'production',
          image: image.name,
        }),
    ],
    [path.image, schemaComment('image', path.image, base) + imageText(image.text)],
  ]);
}

/** Where the hub's pages lead people who ask for access. */
function pagesLine(repository: string | undefined): string {
  const why = 'people ask for access there; the pages of hubs lead to its forms';
  return repository === undefined
    ? `# pages: {repository: OWNER/REPO} # ${why}`
    : `pages: {repository: ${scalar(repository)}} # ${why}`;
}

const IMAGE_HEAD =
  '# An image. Everything may be changed; give another release of OGGM a folder of its own, so that old work still runs.\n';

/** An image of the tool's repository, with a comment for its new owners instead of the schema's. */
function imageText(text: string): string {
  return IMAGE_HEAD + text.replace(/^# yaml-language-server:.*\n/u, '');
}

/** All that `init` writes: the platform, forms, a page about access, what keeps secrets secret, and workflows. */
export function starterFiles(
  answers: Answers,
  tool: Tool,
  repository?: string,
): Map<string, string> {
  const pin = pinOf(answers);
  const workflows = [...tool.workflows].filter(([path]) => !OWN.includes(path));
  const files = platformFiles(answers, tool, repository);
  return new Map([
    ...files,
    ...formsOf(files),
    ['access/README.md', accessPage(answers, schemas(pin), repository)],
    ['.sops.yaml', SOPS],
    ['.gitignore', IGNORED],
    ...workflows.map(([path, text]): [string, string] => [path, foreignWorkflow(text, pin)]),
  ]);
}

/** Forms by which people ask for access to the first hub. */
function formsOf(files: ReadonlyMap<string, string>): Map<string, string> {
  const texts = [...files].map(([path, text]) => [path, { kind: 'text', text }] as const);
  const { platform } = readPlatform(new Map(texts));
  return platform ? formTexts(platform) : new Map<string, string>();
}

/** The tool's schemas at its commit: a platform has no schemas of its own. */
function schemas({ repository, commit }: Pin): string {
  return `https://raw.githubusercontent.com/${repository}/${commit}/schemas/`;
}
