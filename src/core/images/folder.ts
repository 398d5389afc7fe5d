import Handlebars from 'handlebars';
import { digestOf } from '../digest.ts';
import type { Json } from '../json.ts';
import type { ImageFile, PlatformFile } from '../model/types.ts';

/** Raised when the same image.yaml gives another folder: every image is then built again. */
const FORMAT = 1;

export interface ImageFolder {
  /** Texts by path; `start` and `postBuild` are executable. */
  files: Map<string, string>;
  /** Hash of image.yaml and the files that it names: the lock's `recipe`. */
  hash: string;
}

export interface NamedFile {
  path: string;
  text: string;
}

/**
 * A folder that repo2docker builds: a thin Dockerfile on an existing image, or an environment from
 * conda-forge.
 */
export function imageFolder(
  name: string,
  image: ImageFile,
  platform: PlatformFile,
  named: readonly NamedFile[],
): ImageFolder {
  // What looks like a credential and is none decides nothing about the image.
  const recipe = Object.entries(image).filter(([key]) => key !== 'notSecret');
  const hash = digestOf([
    FORMAT,
    Object.fromEntries(recipe),
    platform.user,
    named.map(({ path, text }): Json => [path, text]),
  ]);
  const view = viewOf(name, image, platform, hash);
  const files = image.from ? new Map([['Dockerfile', DOCKERFILE(view)]]) : condaFiles(view, image);
  if (image.bake.length > 0) files.set('bake.py', BAKE(view));
  files.set('start', START(view));
  for (const { path, text } of named) files.set(`files/${path}`, text);
  return { files, hash };
}

interface View extends Pick<ImageFile, 'title' | 'apt' | 'conda' | 'pip'> {
  name: string;
  hash: string;
  base: string;
  user: PlatformFile['user'];
  oggm: string;
  bake: boolean;
  salem: boolean;
  sampleData: boolean;
  files: boolean;
  env: { name: string; value: string }[];
}

function viewOf(name: string, image: ImageFile, platform: PlatformFile, hash: string): View {
  const { from, oggm, bake } = image;
  return {
    name,
    title: image.title,
    hash,
    apt: image.apt,
    conda: image.conda,
    pip: image.pip,
    base: from === undefined ? '' : baseReference(from),
    user: platform.user,
    // Built on an existing image its own OGGM stays, unless a repository is named: then the newest
    // commit of the reference.
    oggm:
      oggm?.git === undefined ? '' : `oggm[full] @ git+https://github.com/${oggm.git}@${oggm.ref}`,
    bake: bake.length > 0,
    salem: bake.includes('salem'),
    sampleData: bake.includes('sample-data'),
    files: image.files.length > 0,
    env: Object.entries(image.env).map(([key, value]) => ({ name: key, value })),
  };
}

function baseReference({ image, digest, tag, track }: NonNullable<ImageFile['from']>): string {
  if (digest !== undefined) return `${image}@${digest}`;
  return `${image}:${tag ?? track ?? ''}`;
}

function condaFiles(view: View, image: ImageFile): Map<string, string> {
  const python = image.python ?? '3.13';
  const pipAll = view.oggm === '' ? image.pip : [...image.pip, view.oggm];
  const files = new Map([['environment.yml', ENVIRONMENT({ ...view, python, pipAll })]]);
  if (image.apt.length > 0) files.set('apt.txt', `${image.apt.join('\n')}\n`);
  files.set('postBuild', POST_BUILD(view));
  return files;
}

Handlebars.registerHelper('json', (value: unknown) => JSON.stringify(value));
const template = <T>(text: string): ((view: T) => string) =>
  Handlebars.compile<T>(text, { strict: true, noEscape: true });

const DOCKERFILE = template<View>(`# Made by GlacioCloud from images/{{name}}/image.yaml.
FROM {{base}}
LABEL org.opencontainers.image.title={{{json title}}} \\
      org.glaciocloud.image="{{name}}" \\
      org.glaciocloud.recipe="{{hash}}"
USER root
{{#if apt.length}}RUN apt-get update \\
 && apt-get install --yes --no-install-recommends{{#each apt}} {{this}}{{/each}} \\
 && rm -rf /var/lib/apt/lists/*
{{/if}}{{#if conda.length}}RUN mamba install --yes --channel conda-forge{{#each conda}} {{{json this}}}{{/each}} && mamba clean --all --yes
{{/if}}{{#if pip.length}}RUN pip install --no-cache-dir{{#each pip}} {{{json this}}}{{/each}}
{{/if}}{{#if oggm}}RUN pip install --no-cache-dir {{{json oggm}}}
{{/if}}{{#each env}}ENV {{name}}={{{json value}}}
{{/each}}{{#if files}}COPY files/ /opt/{{name}}/
{{/if}}{{#if bake}}# Into /opt: a home volume hides what an image puts into the home.
COPY bake.py /tmp/bake.py
RUN mkdir -p /opt/oggm && HOME=/opt/oggm python3 /tmp/bake.py && chmod -R a+rX /opt/oggm && rm /tmp/bake.py
{{/if}}COPY --chmod=755 start /opt/glaciocloud/start
USER {{user.uid}}:{{user.gid}}
ENTRYPOINT ["/opt/glaciocloud/start"]
CMD ["jupyterhub-singleuser"]
`);

const ENVIRONMENT = template<
  View & { python: string; pipAll: string[] }
>(`# Made by GlacioCloud from images/{{name}}/image.yaml.
name: {{name}}
channels: [conda-forge, nodefaults]
dependencies:
  - python={{python}}
  - pip
{{#each conda}}  - {{{json this}}}
{{/each}}{{#if pipAll.length}}  - pip:
{{#each pipAll}}      - {{{json this}}}
{{/each}}{{/if}}`);

const POST_BUILD = template<View>(`#!/bin/bash
# Made by GlacioCloud from images/{{name}}/image.yaml. Recipe {{hash}}.
set -euo pipefail
{{#if bake}}# Into the environment's prefix: a home volume hides what an image puts into the home.
mkdir -p "$CONDA_PREFIX/opt/oggm"
HOME="$CONDA_PREFIX/opt/oggm" python3 bake.py
chmod -R a+rX "$CONDA_PREFIX/opt/oggm"
{{/if}}`);

const BAKE =
  template<View>(`"""Downloads once, at build time, what OGGM otherwise downloads for every user. HOME says where to."""
{{#if salem}}
import salem

salem.get_demo_file("world_borders.shp")
{{/if}}{{#if sampleData}}
from oggm import cfg, utils

cfg.initialize(logging_level="WARNING")
utils.get_demo_file("Hintereisferner_RGI5.shp")
{{/if}}`);

const START = template<View>(`#!/bin/bash
# Made by GlacioCloud from images/{{name}}/image.yaml. Runs before the server, in a home that may be empty or full.
{{#if bake}}for opt in /opt/oggm "\${CONDA_PREFIX:-/nonexistent}/opt/oggm"; do
  [ -d "$opt" ] || continue
  # Only what is missing, and never an error: a full home must not lock its owner out.
  mkdir -p "$HOME/.oggm" 2>/dev/null || true
  for data in "$opt"/.oggm/*; do
    [ -e "$HOME/.oggm/\${data##*/}" ] || ln -s "$data" "$HOME/.oggm/" 2>/dev/null || true
  done
  [ -e "$HOME/.salem_cache" ] || ln -s "$opt/.salem_cache" "$HOME/.salem_cache" 2>/dev/null || true
done
{{/if}}exec "$@"
`);
