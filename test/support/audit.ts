import { NO_ORIGIN } from '../../src/core/access/audit/line.ts';
import type { AuditLine, Held } from '../../src/core/access/audit/line.ts';

export const held = (more: Partial<Held> = {}): Held => ({
  admin: false,
  groups: ['tier:researcher'],
  from: null,
  until: '2027-01-31',
  ...more,
});

/** Ada (7) is let into a hub. */
export const auditLine = (more: Partial<AuditLine> = {}): AuditLine => ({
  v: 1,
  at: '2026-11-24T12:00:00.000Z',
  run: null,
  plan: 'a'.repeat(64),
  hub: 'science',
  kind: 'grant',
  subject: '7',
  name: null,
  before: null,
  after: held(),
  why: 'access/members/7.yaml',
  result: 'done',
  ...NO_ORIGIN,
  ...more,
});
