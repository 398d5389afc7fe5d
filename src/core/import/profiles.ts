import { isObject, objectsIn, pointer } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { append } from '../lists.ts';
import { titleFrom } from './forms.ts';
import { Images, referenceText } from './images.ts';
import type { Ledger } from './ledger.ts';
import { Machines } from './machines.ts';
import { Offers, whoOf } from './offers.ts';
import type { Who } from './offers.ts';
import { OF_SIZE, Sizes } from './sizes.ts';
import type { Beside, Drafted } from './types.ts';

const LIST = '/singleuser/profileList';
/** What every server gets, unless a profile says otherwise; the chart's own guarantee of memory. */
const CHART: JsonObject = { mem_guarantee: '1G' };
const MOST = 12;

interface Desk {
  ledger: Ledger;
  images: Images;
  sizes: Sizes;
  offers: Offers;
  /** The image of servers without a profile. */
  own: string | undefined;
  base: JsonObject;
}

/** What people choose from. */
export function profilesPart(ledger: Ledger, beside: Beside): Drafted {
  const machines = new Machines(ledger, beside);
  const images = new Images(ledger, beside.images);
  const sizes = new Sizes(ledger, machines);
  const desk: Desk = { ledger, images, sizes, offers: new Offers(), own: undefined, base: {} };
  machines.ofCluster();
  const own = ownImage(desk);
  desk.own = own;
  desk.base = baseOf(ledger);
  const list = objectsIn(ledger.take(LIST));
  const marked = list.findIndex((one) => one['default'] === true);
  for (const [index, profile] of list.entries())
    offer(desk, { profile, path: LIST + pointer(index), isDefault: index === Math.max(0, marked) });
  if (own !== undefined && desk.offers.isEmpty) desk.offers.add(own, [], undefined);
  else if (own !== undefined && !desk.offers.hasImage(own)) images.drafted.delete(own);
  if (sizes.drafted.size === 0)
    sizes.add({ traits: desk.base, title: undefined, isDefault: true, path: '/singleuser/memory' });
  if (desk.offers.isEmpty) {
    const sample = images.named('quay.io/jupyter/base-notebook:latest', undefined, LIST) ?? '';
    desk.offers.add(sample, [], undefined);
    ledger.tell('/singleuser/image', `no image stands in the values: ${sample} is a draft`);
  }
  return {
    environment: desk.offers.environment(sizes.drafted, ledger),
    images: images.drafted,
    pools: machines.drafted,
  };
}

function ownImage({ ledger, images }: Desk): string | undefined {
  const image = ledger.take('/singleuser/image');
  if (!isObject(image)) return undefined;
  const name = images.named(referenceText(image), undefined, '/singleuser/image');
  if (name !== undefined) ledger.says('/singleuser/image', 'images');
  return name;
}

function baseOf(ledger: Ledger): JsonObject {
  const base: JsonObject = { ...CHART };
  const places = [
    ['cpu_limit', '/singleuser/cpu/limit'],
    ['cpu_guarantee', '/singleuser/cpu/guarantee'],
    ['mem_limit', '/singleuser/memory/limit'],
    ['mem_guarantee', '/singleuser/memory/guarantee'],
    ['extra_resource_limits', '/singleuser/extraResource/limits'],
    ['extra_resource_guarantees', '/singleuser/extraResource/guarantees'],
  ] as const;
  for (const [trait, path] of places) {
    const value = ledger.take(path);
    if (value === undefined) continue;
    base[trait] = value;
    ledger.says(path, 'sizes');
  }
  return base;
}

interface Offered {
  profile: JsonObject;
  path: string;
  isDefault: boolean;
}

/** One entry of the list: its image, its size, and what its choices make of them. */
function offer(desk: Desk, { profile, path, isDefault }: Offered): void {
  const { kubespawner_override: override, profile_options: options, ...about } = profile;
  const traits = isObject(override) ? override : {};
  const title = titleFrom(about['display_name']);
  const who = whoFor(desk.ledger, about, path);
  const choices = choicesOf(desk, options, path);
  untold(desk.ledger, traits, `${path}/kubespawner_override`);
  const own = choices.images.length > 0 ? undefined : title;
  const images = [
    ...choices.images,
    { choice: traits, title: own, isDefault: false, at: `${path}/kubespawner_override` },
  ].flatMap(({ choice, title: words, at }) => imageNamed(desk, choice, words, at));
  const sizes = sizesOf(desk, { traits, title, path, isDefault }, choices.sizes);
  const fallback = images.length > 0 || desk.own === undefined ? images : [desk.own];
  for (const image of fallback) desk.offers.add(image, sizes, who);
  for (const size of sizes) desk.offers.addSize(size, who);
}

interface Sized {
  traits: JsonObject;
  title: string | undefined;
  path: string;
  isDefault: boolean;
}

/** The sizes of a profile, by name. */
function sizesOf(
  { ledger, sizes, base }: Desk,
  { traits, title, path, isDefault }: Sized,
  options: readonly Choice[][],
): string[] {
  const variants = combined(options);
  if (variants.length > MOST)
    ledger.tell(
      `${path}/profile_options`,
      `more than ${MOST} sizes: the first ${MOST} are drafted`,
    );
  const own = OF_SIZE.some((trait) => traits[trait] !== undefined) ? (title ?? '') : '';
  return variants.slice(0, MOST).map((variant) =>
    sizes.add({
      traits: { ...base, ...traits, ...variant.traits },
      title: titleFrom(variant.title === '' ? own : variant.title),
      isDefault: isDefault && variant.isDefault,
      path,
    }),
  );
}

const GROUPS = ['allowed_groups', 'allowed_teams'];
const READ = ['display_name', 'description', 'slug', 'default', ...GROUPS];

function whoFor(ledger: Ledger, about: JsonObject, path: string): Who {
  for (const key of Object.keys(about))
    if (!READ.includes(key))
      ledger.tell(path + pointer(key), 'the platform’s choices have nothing of the kind');
  const key = GROUPS.find((one) => about[one] !== undefined) ?? '';
  return whoOf(ledger, about[key], path + pointer(key));
}

/** The folder of the image that a part of the list names. */
function imageNamed(
  { images, ledger }: Desk,
  traits: JsonObject,
  title: string | undefined,
  path: string,
): string[] {
  const name = images.named(traits['image'], title, path);
  if (name === undefined) return [];
  ledger.says(`${path}/image`, 'images');
  return [name];
}

/** What a profile changes beside image and size holds for every server here, or for none. */
function untold(ledger: Ledger, traits: JsonObject, path: string): void {
  for (const key of Object.keys(traits))
    if (key !== 'image' && !OF_SIZE.some((one) => one === key))
      ledger.tell(
        path + pointer(key),
        'is of one profile: what differs between servers is image and size; write it for all below values:, or into the image',
      );
}

interface Choice {
  choice: JsonObject;
  title: string | undefined;
  isDefault: boolean;
  at: string;
}

/** Choices that name images, and options whose choices are sizes. */
function choicesOf(
  { ledger }: Desk,
  options: Json | undefined,
  path: string,
): { images: Choice[]; sizes: Choice[][] } {
  const images: Choice[] = [];
  const sizes: Choice[][] = [];
  for (const [key, option] of Object.entries(isObject(options) ? options : {})) {
    const at = path + pointer('profile_options', key);
    if (!isObject(option)) continue;
    const choices = choicesIn(option, at);
    append(
      images,
      choices.filter(({ choice }) => choice['image'] !== undefined),
    );
    if (choices.some(({ choice }) => OF_SIZE.some((trait) => choice[trait] !== undefined)))
      sizes.push(choices);
    for (const { choice, at: place } of choices) untold(ledger, choice, place);
    if (option['unlisted_choice'] !== undefined)
      ledger.tell(
        `${at}/unlisted_choice`,
        'an image that a person names: each is a folder of images/ here, which is tested before anybody gets it',
      );
  }
  return { images, sizes };
}

function choicesIn(option: JsonObject, at: string): Choice[] {
  const choices = Object.entries(isObject(option['choices']) ? option['choices'] : {});
  const marked = choices.findIndex(([, one]) => isObject(one) && one['default'] === true);
  return choices.flatMap(([key, one], index) => {
    if (!isObject(one)) return [];
    const override = one['kubespawner_override'];
    return {
      choice: isObject(override) ? override : {},
      title: titleFrom(one['display_name']) ?? key,
      isDefault: index === Math.max(0, marked),
      at: `${at}/choices${pointer(key)}/kubespawner_override`,
    };
  });
}

interface Variant {
  traits: JsonObject;
  title: string;
  isDefault: boolean;
}

/** Every choice of one option with every choice of the others. */
function combined(options: readonly Choice[][]): Variant[] {
  return options.reduce<Variant[]>(
    (before, choices) =>
      before.slice(0, MOST + 1).flatMap((variant) =>
        choices.map(({ choice, title = '', isDefault }) => ({
          traits: { ...variant.traits, ...choice },
          title: [variant.title, title].filter((words) => words !== '').join(', '),
          isDefault: variant.isDefault && isDefault,
        })),
      ),
    [{ traits: {}, title: '', isDefault: true }],
  );
}
