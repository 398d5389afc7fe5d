import { dump } from 'js-yaml';
import type {
  Author,
  RequestComment,
  RequestFacts,
  RequestIssue,
  ShownPull,
} from '../../src/core/access/request/facts.ts';
import { accessBody, requestPlatform } from './request-body.ts';
import type { Written } from './written.ts';

/** 24 November 2026, noon; the issue is of the day before. */
export const NOON = Date.UTC(2026, 10, 24, 12);
export const DAY = 86_400_000;

const person = (id: number, login = `login${id}`): Author => ({ id, login, isBot: false });
export const ASKER = person(7);
export const APPROVER = person(1);
export const LEAD = person(2);
export const TEAMMATE = person(3);
export const STRANGER = person(9);

const PEOPLE: Written = {
  'access/approvers.yaml': { approvers: [{ id: 1 }], teams: ['team:OGGM/approvers'] },
  'access/cohorts/course.yaml': {
    title: 'Course',
    leads: [2],
    tier: 'student',
    from: '2026-11-01',
    until: '2026-12-20',
    capacity: 2,
    members: [5],
  },
};

export const issue = (more: Partial<RequestIssue> = {}): RequestIssue => ({
  number: 12,
  author: ASKER,
  body: accessBody(),
  isOpen: true,
  isPull: false,
  createdAt: NOON - DAY,
  ...more,
});

export const comment = (body: string, more: Partial<RequestComment> = {}): RequestComment => ({
  author: APPROVER,
  body,
  createdAt: NOON - 60_000,
  updatedAt: NOON - 60_000,
  ...more,
});

export const MEMBER = 'access/members/7.yaml';
export const COURSE = 'access/cohorts/course.yaml';
/** What the request asks for: three months from the day of the issue. */
export const MEMBER_TEXT = `id: 7
login: "login7"
tier: "researcher"
until: "2027-02-21"
request: 12
`;

export const pull = (
  files: Record<string, string | null> = { [MEMBER]: MEMBER_TEXT },
): ShownPull => ({
  number: 40,
  url: 'https://github.com/example/access/pull/40',
  head: 'a'.repeat(40),
  headAt: NOON - 3_600_000,
  files: new Map(Object.entries(files)),
});

/** A proper request of somebody with an old account, with nothing done yet. */
export function requestFacts(more: Partial<RequestFacts> = {}, people: Written = {}): RequestFacts {
  const written = { ...PEOPLE, ...people };
  return {
    issue: issue(),
    comment: undefined,
    platform: requestPlatform(written),
    sources: new Map(
      Object.entries(written).map(([file, data]) => [file, { file, text: dump(data) }]),
    ),
    teams: new Map([
      ['team:oggm/approvers', { kind: 'complete', members: [{ id: '3', login: undefined }] }],
    ]),
    pull: undefined,
    older: undefined,
    accountSince: Date.UTC(2020, 0, 1),
    said: undefined,
    now: NOON,
    ...more,
  };
}
