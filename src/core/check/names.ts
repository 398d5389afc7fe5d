import { quoted } from '../model/formats.ts';
import { PLATFORM_FOLDERS } from '../model/layout.ts';
import { imagePath } from '../model/offers.ts';
import { slug } from '../model/quantities.ts';
import type { Doc, EnvironmentFile } from '../model/types.ts';
import type { Problem, Rule } from '../rule.ts';

const NAME = /^[a-z](-?[a-z0-9])*$/u;
const DOTTED = /^[a-z0-9]([-.]?[a-z0-9])*$/u;

const RESERVED = /^(default|kube-.*|glaciocloud-.*|.*-probe)$/u;

const TAKEN: readonly string[] = ['charts', ...PLATFORM_FOLDERS];

type Wrong = Pick<Problem, 'message' | 'hint'>;

/** What is wrong with the name of a hub or cluster. */
export function unitNameProblem(name: string): Wrong | undefined {
  if (!NAME.test(name) || name.length > 32)
    return {
      message: `${quoted(name)} cannot be a name`,
      hint: 'use lower-case letters, digits and single hyphens, at most 32, starting with a letter',
    };
  // What is rendered goes into a folder named for its hub, which must not be one of the platform's.
  if (RESERVED.test(name) || TAKEN.includes(name))
    return { message: `the name "${name}" is reserved`, hint: 'choose another name for the file' };
  return undefined;
}

/** What is wrong with the name of an image or data set. */
export function dottedNameProblem(name: string): Wrong | undefined {
  return DOTTED.test(name) && name.length <= 63
    ? undefined
    : {
        message: `${quoted(name)} cannot be a name`,
        hint: 'use lower-case letters, digits, single hyphens and dots',
      };
}

export const unitName: Rule = {
  id: 'unit-name',
  severity: 'error',
  title:
    'Names of hubs and clusters are short and plain, and none is taken by Kubernetes or by us.',
  why: 'A hub’s name is its namespace, its release and a label; a namespace that the system uses would be overwritten, and a path trick in a name would write elsewhere.',
  on: 'platform',
  *check(platform) {
    for (const doc of [...platform.environments.values(), ...platform.clusters.values()]) {
      const wrong = unitNameProblem(doc.name);
      if (wrong) yield { at: doc.at(''), ...wrong };
    }
    for (const doc of [...platform.images.values(), ...platform.data.values()]) {
      const wrong = dottedNameProblem(doc.name);
      if (wrong) yield { at: doc.at(''), ...wrong };
    }
  },
};

export const slugTaken: Rule = {
  id: 'slug-taken',
  severity: 'error',
  title: 'No two images are written alike in the hub.',
  why: 'Dots become hyphens in links and labels: two images with one slug would be one image to the hub.',
  on: 'platform',
  *check(platform) {
    for (const docs of [platform.images, platform.data] as ReadonlyMap<string, Doc<unknown>>[]) {
      const seen = new Map<string, string>();
      for (const doc of docs.values()) {
        const other = seen.get(slug(doc.name));
        if (other !== undefined)
          yield {
            at: doc.at(''),
            message: `"${doc.name}" and "${other}" are both "${slug(doc.name)}" in the hub`,
            hint: 'rename one of them',
          };
        seen.set(slug(doc.name), doc.name);
      }
    }
  },
};

function* twice(
  doc: Pick<Doc<unknown>, 'at'>,
  list: readonly string[],
  path: string,
  suffix = '',
): Generator<Problem> {
  for (const [index, item] of list.entries()) {
    if (list.indexOf(item) < index) yield standsTwice(item, doc.at(`${path}/${index}${suffix}`));
  }
}

function standsTwice(item: string, at: Problem['at']): Problem {
  return { at, message: `"${item}" stands twice`, hint: 'keep one of the two' };
}

export const duplicate: Rule = {
  id: 'duplicate',
  severity: 'error',
  title: 'Nothing is listed twice.',
  why: 'Of two entries one is silently without effect, and the next change goes to the wrong one.',
  on: 'platform',
  *check(platform) {
    const { waves, removals } = platform.settings.data;
    yield* twice(
      platform.settings,
      waves.map(({ name }) => name),
      '/waves',
      '/name',
    );
    yield* twice(
      platform.settings,
      removals.map(({ hub }) => hub),
      '/removals',
      '/hub',
    );
    for (const hub of platform.environments.values()) {
      const { images, data, access } = hub.data;
      for (const [index, name] of images.map((one) => one.name).entries())
        if (images.findIndex((one) => one.name === name) < index)
          yield standsTwice(name, hub.at(imagePath(hub, index)));
      yield* twice(hub, data, '/data');
      yield* twice(hub, access.allow, '/access/allow');
      yield* twice(hub, access.admins, '/access/admins');
    }
  },
};

export const addressTaken: Rule = {
  id: 'address-taken',
  severity: 'error',
  title: 'Each hub has an address of its own.',
  why: 'Two hubs with one host name answer by chance.',
  on: 'platform',
  *check(platform) {
    const seen = new Map<string, { hub: string; address: Address }[]>();
    for (const hub of platform.environments.values())
      for (const address of addressesOf(hub)) {
        const others = seen.get(address.host) ?? [];
        const other = others.find((one) => isSame(one.address, address))?.hub;
        if (other !== undefined)
          yield {
            at: hub.at(address.path),
            message:
              other === hub.name
                ? 'the hub has this address already'
                : `the hub ${other} has this address already`,
            hint: other === hub.name ? 'remove it' : 'give each hub its own host name',
          };
        else seen.set(address.host, [...others, { hub: hub.name, address }]);
      }
  },
};

interface Address {
  path: string;
  host: string;
  /** Empty where the address says none; undefined where any is meant. */
  port: string | undefined;
}

/** Where a hub says its addresses. A further host leads to its `url` from every port: by the same name, in a circle. */
function addressesOf({ data }: Doc<EnvironmentFile>): Address[] {
  const [, host = '', port = ''] =
    /^https?:\/\/([^/:]+)(?::(\d+))?/u.exec(data.url.toLowerCase()) ?? [];
  return [
    { path: '/url', host, port },
    ...data.hosts.map((name, index) => ({
      path: `/hosts/${index}`,
      host: name,
      port: undefined,
    })),
  ];
}

function isSame(one: Address, other: Address): boolean {
  return one.port === undefined || other.port === undefined || one.port === other.port;
}
