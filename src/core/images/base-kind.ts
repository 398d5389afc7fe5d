import { BAKE, START } from './scripts.ts';
import { LABELS, OWN_SCRIPT, PLACE, VARIABLES, template } from './template.ts';
import type { View } from './template.ts';
import type { ImageFile } from '../model/types.ts';

/** What pip is asked: by image.yaml, until it is resolved. */
export const REQUIREMENTS = 'requirements.txt';
const ASKED = `/run/glaciocloud/${REQUIREMENTS}`;

interface BaseView extends View {
  base: string;
  requirements: boolean;
  labels: string;
  variables: string;
}

/** An image on another one: a thin Dockerfile. */
export function baseFiles(
  view: View,
  from: NonNullable<ImageFile['from']>,
  oggm: ImageFile['oggm'],
): Map<string, string> {
  const wanted = requirementsText(view, oggm);
  const dockerfile = DOCKERFILE({
    ...view,
    base: baseReference(from),
    requirements: wanted !== '',
    labels: LABELS(view),
    variables: VARIABLES(view),
  });
  const files = new Map([['Dockerfile', dockerfile]]);
  if (wanted !== '') files.set(REQUIREMENTS, wanted);
  if (view.bake) files.set('bake.py', BAKE(view));
  files.set('start', START(view));
  return files;
}

/** For pip, one a line; empty where it has nothing to do, and the base's OGGM stays. */
function requirementsText({ pip }: View, oggm: ImageFile['oggm']): string {
  const model = oggm?.git === undefined ? [] : [oggmFromGit(oggm.git, oggm.ref)];
  return [...pip, ...model].map((line) => `${line}\n`).join('');
}

export function oggmFromGit(repository: string, ref: string): string {
  return `oggm[full] @ git+https://github.com/${repository}@${ref}`;
}

function baseReference({ image, digest, tag, track }: NonNullable<ImageFile['from']>): string {
  if (digest !== undefined) return `${image}@${digest}`;
  return `${image}:${tag ?? track ?? ''}`;
}

const DOCKERFILE = template<BaseView>(`# Made by GlacioCloud from images/{{name}}/image.yaml.
FROM {{base}}
{{labels}}USER root
{{#if apt.length}}RUN apt-get update \\
 && apt-get install --yes --no-install-recommends{{#each apt}} {{{json this}}}{{/each}} \\
 && rm -rf /var/lib/apt/lists/*
{{/if}}{{#if conda.length}}RUN mamba install --yes --override-channels{{#each channels}} --channel {{{json this}}}{{/each}} \\
    {{#each conda}} {{{json this}}}{{/each}} \\
 && mamba clean --all --yes
{{/if}}{{#if requirements}}RUN --mount=type=bind,source=${REQUIREMENTS},target=${ASKED} pip install --no-cache-dir --requirement ${ASKED}
{{/if}}{{variables}}{{#if files}}COPY files/ /opt/{{name}}/
{{/if}}{{#if bake}}# Into /opt: a home volume hides what an image puts into the home.
COPY bake.py /tmp/bake.py
RUN mkdir -p /opt/oggm && HOME=/opt/oggm python3 /tmp/bake.py && chmod -R a+rX /opt/oggm && rm /tmp/bake.py
{{/if}}COPY --chmod=755 start ${PLACE}/start
{{#if script}}# With a home of its own: what it leaves in the user's would be root's, and hidden.
COPY --chmod=755 ${OWN_SCRIPT} ${PLACE}/${OWN_SCRIPT}
RUN mkdir /tmp/home && cd ${PLACE} && HOME=/tmp/home ${OWN_SCRIPT} && rm -rf /tmp/home
{{/if}}USER {{user.uid}}:{{user.gid}}
ENTRYPOINT ["${PLACE}/start"]
CMD ["jupyterhub-singleuser"]
`);
