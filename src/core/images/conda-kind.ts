import type { ImageFile } from '../model/types.ts';
import { pretty } from '../json.ts';
import { oggmFromGit } from './base-kind.ts';
import { ENVIRONMENT_BASE, SETTINGS } from './build-plan.ts';
import { packageName } from './packages.ts';
import { BAKE, START } from './scripts.ts';
import { LABELS, OWN_SCRIPT, PLACE, VARIABLES, template } from './template.ts';
import type { View } from './template.ts';

interface CondaView extends View {
  python: string;
}

const NEWEST_PYTHON = '3.13';

/**
 * An environment that repo2docker builds. Run in the folder, it finds its settings there: the repository outside the
 * home, so that `start` is there when a volume hides the home, and what it has no file for as an appendix.
 */
export function condaFiles(view: View, image: ImageFile): Map<string, string> {
  const pip = [...image.pip, ...oggmRequirement(image)];
  const python = image.python ?? NEWEST_PYTHON;
  const files = new Map([['environment.yml', ENVIRONMENT({ ...view, python, pip })]]);
  if (image.apt.length > 0) files.set('apt.txt', `${image.apt.join('\n')}\n`);
  files.set('postBuild', POST_BUILD(view));
  if (view.bake) files.set('bake.py', BAKE(view));
  files.set('start', START(view));
  files.set(SETTINGS, pretty(settings(view)));
  return files;
}

/** What is said below `oggm:`, unless the packages name it themselves. */
function oggmRequirement({ oggm, conda, pip }: ImageFile): string[] {
  if (oggm?.git !== undefined) return [oggmFromGit(oggm.git, oggm.ref)];
  const isNamed = [...conda, ...pip].some((one) => packageName(one) === 'oggm');
  return oggm?.version === undefined || isNamed ? [] : [`oggm[full]==${oggm.version}`];
}

function settings(view: View) {
  return {
    Repo2Docker: {
      base_image: ENVIRONMENT_BASE,
      user_id: view.user.uid,
      user_name: view.user.name,
      target_repo_dir: PLACE,
      appendix: `${LABELS(view)}${VARIABLES(view)}${APPENDIX(view)}`,
    },
  };
}

const APPENDIX = template<View>(`{{#if files}}USER root
RUN mkdir -p /opt/{{name}} && cp -R ${PLACE}/files/. /opt/{{name}}/ && chmod -R a+rX /opt/{{name}}
{{/if}}USER {{user.uid}}:{{user.gid}}
{{#if script}}RUN chmod +x ${OWN_SCRIPT} && ${OWN_SCRIPT}
{{/if}}CMD ["jupyterhub-singleuser"]
`);

const ENVIRONMENT = template<CondaView>(`# Made by GlacioCloud from images/{{name}}/image.yaml.
name: {{name}}
channels: [{{#each channels}}{{{json this}}}, {{/each}}nodefaults]
dependencies:
  - python={{python}}
  - pip
{{#each conda}}  - {{{json this}}}
{{/each}}{{#if pip.length}}  - pip:
{{#each pip}}      - {{{json this}}}
{{/each}}{{/if}}`);

const POST_BUILD = template<View>(`#!/bin/bash
# Made by GlacioCloud from images/{{name}}/image.yaml. Recipe {{hash}}.
set -euo pipefail
{{#if bake}}# Into the environment's prefix: a home volume hides what an image puts into the home.
mkdir -p "$NB_PYTHON_PREFIX/opt/oggm"
HOME="$NB_PYTHON_PREFIX/opt/oggm" python3 bake.py
chmod -R a+rX "$NB_PYTHON_PREFIX/opt/oggm"
{{/if}}`);
