import { digestOf } from '../digest.ts';
import { canonical } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import type { AnnouncementFile, EnvironmentFile, HubName, Platform } from '../model/types.ts';
import type { Decision, Family, ShownEffect, ShownReason, ShownStep } from '../plan/family.ts';
import { effectsText, riskOf, summaryOf } from '../plan/words.ts';

/** Files as they are proposed, and as the default branch has them; undefined where none is known. */
export interface NoticesFacts {
  platform: Platform;
  before: Platform | undefined;
}

/** Characters. */
const HEADLINE = 100;

type Switch = EnvironmentFile['spawn'];

/** An announcement that comes, changes or goes, or who may start servers on a hub from now on. */
export type NoticeChange =
  | { kind: 'announce'; name: string; from?: AnnouncementFile; to?: AnnouncementFile }
  | { kind: 'spawn'; hub: HubName; to: Switch };

/** What hubs tell people, and who may start servers: neither restarts a hub. `access apply` makes it true. */
export const noticesFamily: Family<NoticesFacts, NoticeChange, NoticeChange> = {
  name: 'notices',
  decide: decideNotices,
  idOf,
  explain: (change) => change,
  show: (change) => (change.kind === 'announce' ? showAnnouncement(change) : showSwitch(change)),
};

function idOf(change: NoticeChange): string {
  return change.kind === 'announce' ? `announce/${change.name}` : `spawn/${change.hub}`;
}

/** Hubs that are new say it themselves. */
function decideNotices({ platform, before }: NoticesFacts): Decision<NoticeChange> {
  const changes = before ? [...announced(before, platform), ...switched(before, platform)] : [];
  return { changes, unchanged: [], orphans: [] };
}

function announced(before: Platform, after: Platform): NoticeChange[] {
  const names = new Set([...before.announcements.keys(), ...after.announcements.keys()]);
  return [...names].sort().flatMap((name): NoticeChange[] => {
    const from = before.announcements.get(name)?.data;
    const to = after.announcements.get(name)?.data;
    if (textOf(from) === textOf(to)) return [];
    return [{ kind: 'announce', name, ...(from && { from }), ...(to && { to }) }];
  });
}

function switched(before: Platform, after: Platform): NoticeChange[] {
  return [...after.environments].flatMap(([hub, { data }]): NoticeChange[] => {
    const old = before.environments.get(hub);
    if (!old || textOf(old.data.spawn) === textOf(data.spawn)) return [];
    return [{ kind: 'spawn', hub, to: data.spawn }];
  });
}

function textOf(value: AnnouncementFile | Switch): string {
  return value === undefined ? '' : canonical({ ...value });
}

function showAnnouncement({
  name,
  from,
  to,
}: Extract<NoticeChange, { kind: 'announce' }>): ShownStep {
  const now = to ?? from;
  const hubs = now === undefined || now.hubs.length === 0 ? 'every hub' : now.hubs.join(', ');
  const verb = to ? 'announces' : 'no longer announces';
  const effect = {
    code: 'announce',
    text: `${hubs} ${verb}: ${headline(now?.text ?? '')}`,
    risk: 1,
  };
  const marker = changed(from, to);
  return step({
    id: `announce/${name}`,
    marker,
    title: `announcement ${name}`,
    noun: 'announcement',
    hubs: (to ?? from)?.hubs ?? [],
    reasons: [{ code: 'announce', text: to ? timeOf(to) : 'its file is gone' }],
    effects: [effect],
    identity: ['announce', name, to ? { ...to } : null],
    kind: 'announce',
  });
}

/** The first line, and not endless: a plan is read line by line. */
function headline(text: string): string {
  const [first = ''] = text.split('\n');
  const isWhole = first === text && text.length <= HEADLINE;
  return isWhole ? text : `${first.slice(0, HEADLINE)} …`;
}

function changed(from: unknown, to: unknown): ShownStep['marker'] {
  if (from === undefined) return '+';
  return to === undefined ? '−' : '~';
}

function timeOf({ severity, from, until }: AnnouncementFile): string {
  return `${severity}, ${from === undefined ? '' : `from ${from} `}until ${until}`;
}

function showSwitch({ hub, to }: Extract<NoticeChange, { kind: 'spawn' }>): ShownStep {
  const state = to?.state ?? 'open';
  return step({
    id: `spawn/${hub}`,
    marker: '~',
    title: `spawn switch of ${hub}`,
    noun: 'hub',
    hubs: [hub],
    reasons: [{ code: state, text: `spawn: ${state}` }],
    effects: [effectOf(to)],
    identity: ['spawn', hub, to ? { ...to } : null],
    kind: 'spawn-switch',
  });
}

function effectOf(to: Switch): ShownEffect {
  switch (to?.state) {
    case 'paused':
      return { code: 'paused', text: `nobody can start a server: ${to.reason}`, risk: 7 };
    case 'admins':
      return {
        code: 'admins',
        text: `only administrators can start a server: ${to.reason}`,
        risk: 6,
      };
    case 'open':
    case undefined:
      return { code: 'open', text: 'everybody can start servers', risk: 1 };
  }
}

/** What the views need of either. */
interface Shown extends Pick<
  ShownStep,
  'id' | 'marker' | 'title' | 'noun' | 'hubs' | 'reasons' | 'effects' | 'identity'
> {
  kind: 'announce' | 'spawn-switch';
}

function step({ kind, ...shown }: Shown): ShownStep {
  const { id, reasons, effects } = shown;
  return {
    ...shown,
    family: 'notices',
    wave: '',
    order: 8,
    risk: riskOf(effects),
    summary: summaryOf(reasons),
    touched: [],
    diff: undefined,
    detail: 'changes',
    shape: digestOf([shapeOf(reasons), effectsText(effects)]),
    reviewed: undefined,
    json: {
      kind,
      unit: { kind, name: id.slice(id.indexOf('/') + 1) },
      wave: null,
      from: null,
      to: null,
      restartsHub: false,
      why: shapeOf(reasons),
      effects: effects.map(({ text }) => text),
      diff: noObjects(),
    },
  };
}

function shapeOf(reasons: readonly ShownReason[]): Json[] {
  return reasons.map(({ text }) => text);
}

function noObjects(): JsonObject {
  return { added: [], removed: [], changed: [] };
}
