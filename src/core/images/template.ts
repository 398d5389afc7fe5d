import Handlebars from 'handlebars';
import type { ImageFile, PlatformFile } from '../model/types.ts';

/** What the texts of a build folder are made from. */
export interface View extends Pick<ImageFile, 'title' | 'channels' | 'conda' | 'pip' | 'apt'> {
  name: string;
  /** The recipe's. */
  hash: string;
  user: PlatformFile['user'];
  bake: boolean;
  salem: boolean;
  sampleData: boolean;
  files: boolean;
  /** Whether it has a script of its own. */
  script: boolean;
  env: { name: string; value: string }[];
}

/**
 * Where the folder's own scripts lie in the image, whatever its kind: not in the home, which a volume hides.
 */
export const PLACE = '/opt/glaciocloud';

/** An image's own script in the folder: `postBuild` itself is repo2docker's. */
export const OWN_SCRIPT = 'own/postBuild';

/**
 * A value as Dockerfiles write it: the text itself, where a dollar sign would else be a variable. Schemas refuse
 * line breaks in it.
 */
function dockerQuoted(value: string): string {
  return `"${value.replaceAll(/["$\\]/gu, String.raw`\$&`)}"`;
}

Handlebars.registerHelper('json', (value: unknown) => JSON.stringify(value));
Handlebars.registerHelper('docker', (value: unknown) => dockerQuoted(String(value)));

/** A text with `{{names}}` as a function of its view. A name that is missing is a mistake of ours. */
export const template = <T>(text: string): ((view: T) => string) =>
  Handlebars.compile<T>(text, { strict: true, noEscape: true });

export const LABELS = template<View>(`LABEL org.opencontainers.image.title={{docker title}} \\
      org.glaciocloud.image="{{name}}" \\
      org.glaciocloud.recipe="{{hash}}"
`);

/** One line for each variable. */
export const VARIABLES = template<View>(`{{#each env}}ENV {{name}}={{docker value}}
{{/each}}`);
