import { canonical, compareText } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { withdrawnFor } from '../images/withdrawn.ts';
import type { Withdrawn } from '../images/withdrawn.ts';
import { isReadable } from './times.ts';
import type { ClassEvent, EnvironmentFile, Platform, HubName } from '../model/types.ts';

/** The ConfigMap that the hub's pages read. */
export const NOTICES_MAP = 'hub-notices';
const NOTICES_FILE = 'notices.json';
/** Who owns it. It is never Helm's: a rollback must not undo a pause. */
export const NOTICES_MANAGER = 'glaciocloud-notices';
const KEEP = { 'helm.sh/resource-policy': 'keep' };

/** What a hub's pages announce, with from and until, and who may start servers. The hub's own clock decides. */
export function noticesText(platform: Platform, hub: HubName): string {
  const announced = [...platform.announcements.values()]
    .filter(({ data }) => data.hubs.length === 0 || data.hubs.includes(hub))
    .filter(({ data }) => isReadable(data))
    .sort((a, b) => compareText(a.name, b.name))
    .map(({ data: { severity, text, from, until } }): Json => {
      return { severity, text, from: from ?? null, until };
    });
  const file = platform.environments.get(hub);
  const withdrawn = file ? withdrawnFor(platform, file) : [];
  const classes = (file?.data.capacity.events ?? [])
    .filter(isReadable)
    .map((one) => classOf(one, platform));
  return textOf([...withdrawn.map(withdrawal), ...announced, ...classes], file?.data.spawn);
}

/** It is told from its first day on: who belongs to it sees what to choose, and others why the hub is full. */
function classOf({ name, from, until, hours, image }: ClassEvent, platform: Platform): Json {
  const title = image === undefined ? undefined : platform.images.get(image)?.data.title;
  const daily = hours === undefined ? '' : `, each day ${hours} UTC`;
  const choose = title === undefined ? '' : `. Choose the image “${title}”`;
  const end = until.slice(0, 'YYYY-MM-DDThh:mm'.length).replace('T', ' ');
  const text = `Class: ${name}, until ${end} UTC${daily}${choose}.`;
  return { severity: 'info', text, from: from.slice(0, 'YYYY-MM-DD'.length), until };
}

/** It is told until the hub's channel names a newer build. */
function withdrawal({ title, build, why, isOffered }: Withdrawn): Json {
  const next = isOffered
    ? 'stop yours and start it again to get the last good one'
    : 'until there is another, no server starts with this image';
  const what = `The image “${title}” of ${build.slice(0, 10)} was withdrawn (${why})`;
  const text = `${what}: servers that run it go on; ${next}.`;
  return { severity: 'warning', text, from: null, until: null };
}

/** Before anybody has announced anything: the switch alone. */
export function firstNotices(spawn: EnvironmentFile['spawn']): string {
  return textOf([], spawn);
}

function textOf(notices: Json[], spawn: EnvironmentFile['spawn']): string {
  return `${canonical({ v: 1, notices, spawning: spawning(spawn) })}\n`;
}

/** As the hub reads it: machines that prove it healthy may always start servers. */
function spawning(spawn: EnvironmentFile['spawn']): JsonObject {
  if (spawn === undefined || spawn.state === 'open') return { open: true };
  return { open: false, admins: spawn.state === 'admins', reason: spawn.reason };
}

/** Helm leaves alone what bears the annotation, also where an earlier release of the chart had made it. */
export function noticesMap(namespace: string, text: string): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: NOTICES_MAP, namespace, annotations: KEEP },
    data: { [NOTICES_FILE]: text },
  };
}

/** Where the text stands in the object, and what says that it is no longer Helm's. */
export const NOTICES_PATH = `/data/${NOTICES_FILE}`;
export const KEPT_PATH = '/metadata/annotations/helm.sh~1resource-policy';
