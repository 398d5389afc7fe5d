import { at, isObject, pointer } from '../../json.ts';
import type { Json } from '../../json.ts';
import type { Doc, ImageFile, Platform, PlatformFile } from '../../model/types.ts';
import type { Problem, Rule, ValuesFacts } from '../../rule.ts';
import { knownTexts, sizeEnv } from '../values/variables.ts';

const SERVERS = '/singleuser/extraEnv';
const HUB = '/hub/extraEnv';

/** What JupyterHub tells each server of itself. Source: `get_env` of JupyterHub 5.5 and KubeSpawner 7.0.0. */
const OF_EACH_SERVER = beginning(
  'JUPYTERHUB_(API|CLIENT|COOKIE|OAUTH|PUBLIC|SERVICE|SSL)_',
  'JUPYTERHUB_(ACTIVITY_URL|ADMIN_ACCESS|BASE_URL|HOST|SERVER_NAME|USER)$',
  'JPY_API_TOKEN$',
  '(MEM|CPU)_(LIMIT|GUARANTEE)$',
  'JUPYTER_IMAGE(_SPEC)?$',
);
/** What the chart and the platform tell the hub of itself. */
const OF_THE_HUB = beginning(
  'GLACIOCLOUD_',
  'CONFIGPROXY_AUTH_TOKEN$',
  'HELM_RELEASE_NAME$',
  'POD_NAMESPACE$',
  'PYTHONUNBUFFERED$',
  '(HUB|PROXY_API|PROXY_PUBLIC)_SERVICE_',
);

/** A name that begins with one of these, or is one. */
function beginning(...names: readonly string[]): RegExp {
  return new RegExp(`^(${names.join('|')})`, 'u');
}

type Fault = Pick<Problem, 'message' | 'hint'>;

/** Variables below `jupyterhub:`, each with its text where that is known. */
function* variablesOf(
  { values }: Pick<ValuesFacts, 'values'>,
  base: string,
): Generator<[name: string, text: string | undefined]> {
  const written: Json | undefined = at(values, base);
  const texts = knownTexts(values, base);
  for (const name of Object.keys(isObject(written) ? written : {})) yield [name, texts[name]];
}

export const envReserved: Rule = {
  id: 'env-reserved',
  severity: 'error',
  title: 'Variables without which nothing starts are left as they are.',
  why: 'A PATH for all hides the programs of each image, and nothing expands `$PATH` in it; the home is where people’s volumes are mounted; and what JupyterHub tells each server, or the platform the hub, belongs to it alone.',
  on: 'values',
  *check(facts) {
    const { user } = facts.platform.settings.data;
    for (const [name, text] of variablesOf(facts, SERVERS)) {
      const fault = programsFault(name) ?? homeFault(name, text, user) ?? toldFault(name);
      if (fault) yield { at: facts.place(SERVERS + pointer(name)), ...fault };
    }
    for (const [name] of variablesOf(facts, HUB)) {
      const fault = programsFault(name) ?? hubFault(name);
      if (fault) yield { at: facts.place(HUB + pointer(name)), ...fault };
    }
  },
};

function programsFault(name: string): Fault | undefined {
  return name === 'PATH' || name === 'PYTHONHOME'
    ? {
        message: `${name} says where an image’s own programs are`,
        hint: 'remove it; programs for everybody belong into the image, linked into a folder of its PATH',
      }
    : undefined;
}

function homeFault(
  name: string,
  text: string | undefined,
  user: PlatformFile['user'],
): Fault | undefined {
  const home = `/home/${user.name}`;
  return name === 'HOME' && text !== home
    ? { message: `people’s files are kept at ${home}, and nowhere else`, hint: 'remove it' }
    : undefined;
}

function toldFault(name: string): Fault | undefined {
  return OF_EACH_SERVER.test(name)
    ? { message: `JupyterHub gives each server its own ${name}`, hint: 'remove it' }
    : undefined;
}

function hubFault(name: string): Fault | undefined {
  return OF_THE_HUB.test(name)
    ? { message: `${name} is what the hub is told of itself`, hint: 'remove it' }
    : undefined;
}

/** `$NAME`, `${NAME}`, also with its braces doubled; `$(NAME)` is expanded by Kubernetes. */
const UNEXPANDED = /(?<!\$)\$(?:[A-Za-z_]\w*|\{{1,2}[A-Za-z_]\w*\}{1,2})/u;
/** Texts that a shell reads, and expands. */
const FOR_A_SHELL = /^PS\d$|COMMAND$|CMD$/u;

function unexpanded(name: string, text: string | undefined): string | undefined {
  if (text === undefined || FOR_A_SHELL.test(name)) return undefined;
  const [found] = UNEXPANDED.exec(text) ?? [];
  return found?.replace('{{', '{').replace('}}', '}');
}

export const envLiteral: Rule = {
  id: 'env-literal',
  severity: 'warning',
  title: 'A value of a variable is text, and no shell reads it.',
  why: 'Neither Kubernetes nor Docker’s quoted form expands `$HOME`: programs get these five letters, and make a folder of that name.',
  on: 'values',
  *check(facts) {
    for (const base of [SERVERS, HUB])
      for (const [name, text] of variablesOf(facts, base)) {
        const found = unexpanded(name, text);
        if (found !== undefined)
          yield { at: facts.place(base + pointer(name)), ...literalFault(name, found) };
      }
  },
};

function literalFault(name: string, found: string): Fault {
  return { message: `nothing expands ${found} in ${name}`, hint: 'write out what it stands for' };
}

/** Come before what an image brings, in every image. */
const BEFORE_IMAGES =
  /^(LD_PRELOAD|LD_LIBRARY_PATH|PYTHONPATH|CONDA_PREFIX|CONDA_DEFAULT_ENV|VIRTUAL_ENV)$/u;
/** Read by start scripts of Jupyter's docker stacks that begin as root. */
const FOR_ROOT = /^(NB_(USER|UID|GID|GROUP)|CHOWN_\w+|GRANT_SUDO)$/u;

export const envOfImages: Rule = {
  id: 'env-of-images',
  severity: 'warning',
  title: 'Variables that an image depends on are set in the image.',
  why: 'What is set for a hub is set in each of its images: a search path of one hides or breaks libraries of another, and no test of an image sees it.',
  on: 'values',
  *check(facts) {
    for (const [name] of variablesOf(facts, SERVERS)) {
      const fault = ofImagesFault(name);
      if (fault) yield { at: facts.place(SERVERS + pointer(name)), ...fault };
    }
  },
};

function ofImagesFault(name: string): Fault | undefined {
  if (BEFORE_IMAGES.test(name))
    return {
      message: `${name} comes before what each image brings`,
      hint: 'write it below env: of the image that needs it',
    };
  if (FOR_ROOT.test(name))
    return {
      message: `${name} has no effect: no server begins as root`,
      hint: 'remove it; user: in platform.yaml says who owns homes',
    };
  return undefined;
}

const PROXY = /^(https?|all)_proxy$/iu;
const NO_PROXY = /^no_proxy$/iu;

/** Names that are asked for inside the cluster, and how a list of exceptions says each. */
const INSIDE: readonly (readonly [name: string, forms: RegExp])[] = [
  ['hub', /^(hub|\*)$/u],
  ['.svc', /^(\.?svc(\..+)?|\.?cluster\.local|\*)$/u],
];
const FROM_HUB: typeof INSIDE = [...INSIDE, ['proxy-api', /^(proxy-api|\*)$/u]];

export const envProxy: Rule = {
  id: 'env-proxy',
  severity: 'warning',
  title: 'What is inside the cluster is not asked for through a proxy.',
  why: 'Servers and hub call each other by names that no proxy outside can reach: servers start and are given up, because the hub never hears of them.',
  on: 'values',
  *check(facts) {
    for (const [base, inside] of [
      [SERVERS, INSIDE],
      [HUB, FROM_HUB],
    ] as const) {
      const all = [...variablesOf(facts, base)];
      const proxy = all.find(([name, text]) => PROXY.test(name) && text !== '');
      const except = all.filter(([name]) => NO_PROXY.test(name));
      // What a Secret or ConfigMap says is not known here.
      if (!proxy || except.some(([, text]) => text === undefined)) continue;
      const named = except.flatMap(([, text = '']) => text.split(/[\s,]+/u));
      const missing = inside.filter(([, form]) => !named.some((one) => form.test(one)));
      if (missing.length === 0) continue;
      yield {
        at: facts.place(base + pointer(proxy[0])),
        message: `${proxy[0]} is without NO_PROXY for ${missing.map(([name]) => name).join(', ')}`,
        hint: `add NO_PROXY: "${inside.map(([name]) => name).join(',')},localhost,127.0.0.1", and the networks of pods and services`,
      };
    }
  },
};

/** Variables that images set. */
function* variablesOfImages({
  images,
}: Platform): Generator<[image: Doc<ImageFile>, name: string, text: string]> {
  for (const image of images.values())
    for (const [name, text] of Object.entries(image.data.env)) yield [image, name, text];
}

const OF_SIZES = Object.keys(sizeEnv(1));

/** The same variables in images, which each hub's own come after. */
export const envOverridden: Rule = {
  id: 'env-overridden',
  severity: 'warning',
  title: 'An image sets nothing that a hub sets for each server.',
  why: 'The size that somebody chose says how many cores there are, and JupyterHub who somebody is: what an image says of it is lost without a word.',
  on: 'platform',
  *check(platform) {
    for (const [image, name] of variablesOfImages(platform)) {
      const isOfSizes = OF_SIZES.includes(name);
      if (!isOfSizes && !OF_EACH_SERVER.test(name)) continue;
      yield {
        at: image.at(pointer('env', name)),
        message: `${name} has no effect in hubs: ${isOfSizes ? 'each size sets it' : 'JupyterHub gives each server its own'}`,
        hint: isOfSizes ? 'write it below env: of the hub, which counts' : 'remove it',
      };
    }
  },
};

export const imageEnv: Rule = {
  id: 'image-env',
  severity: 'error',
  title: 'An image leaves PATH its programs, and the home where it is.',
  why: 'Values are quoted in the Dockerfile, so that a dollar sign is one: with `PATH: "/opt/bin:$PATH"` an image has no programs any more. With another HOME people’s files lie where no volume keeps them.',
  on: 'platform',
  *check(platform) {
    const { user } = platform.settings.data;
    for (const [image, name, text] of variablesOfImages(platform)) {
      const literal = name === 'PATH' ? unexpanded(name, text) : undefined;
      const fault = literal === undefined ? homeFault(name, text, user) : PATH_FAULT;
      if (fault) yield { at: image.at(pointer('env', name)), ...fault };
    }
  },
};

const PATH_FAULT: Fault = {
  message: 'nothing expands $PATH: the image would have no programs',
  hint: 'remove it; link programs into a folder of its PATH in postBuild:',
};

export const imageEnvLiteral: Rule = {
  id: 'image-env-literal',
  severity: 'warning',
  title: 'A value of a variable in an image is text, too.',
  why: 'Values are quoted in the Dockerfile, so that a dollar sign is one.',
  on: 'platform',
  *check(platform) {
    for (const [image, name, text] of variablesOfImages(platform)) {
      const found = unexpanded(name, text);
      if (found !== undefined)
        yield { at: image.at(pointer('env', name)), ...literalFault(name, found) };
    }
  },
};
