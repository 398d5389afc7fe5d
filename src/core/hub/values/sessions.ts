import { seconds } from '../../model/quantities.ts';
import type { EnvironmentFile } from '../../model/types.ts';
import type { HubContext, Part } from './part.ts';

/**
 * When servers stop. Never for their age, and never the users themselves: that would delete what
 * belongs to them.
 */
export function sessionsPart({ hub }: HubContext): Part {
  const { idle, keepBusy } = hub.data.sessions;
  const timeout = seconds(idle);
  const busy = keepBusy === undefined ? {} : busyEnv(timeout, keepBusy);
  return {
    jupyterhub: {
      cull: {
        enabled: true,
        timeout,
        every: Math.min(600, Math.max(60, Math.floor(timeout / 4))),
        maxAge: 0,
        users: false,
      },
      ...(keepBusy && { singleuser: { extraEnv: busy } }),
    },
    glaciocloud: { sessions: { keepBusy: keepBusy !== undefined } },
    from: {
      '/cull/timeout': '/sessions/idle',
      '/cull/every': '/sessions/idle',
      ...Object.fromEntries(
        Object.entries(BUSY_FIELDS).map(([name, field]) => [
          `/singleuser/extraEnv/${name}`,
          `/sessions${field}`,
        ]),
      ),
    },
    ownFrom: { '/sessions/keepBusy': '/sessions/keepBusy' },
  };
}

/** Below `/sessions`; the first of them is there with `keepBusy`, and says what `idle` says. */
const BUSY_FIELDS = {
  GLACIOCLOUD_BUSY_IDLE: '',
  GLACIOCLOUD_BUSY_MAX: '/keepBusy',
  GLACIOCLOUD_BUSY_WARN: '/keepBusy',
} as const;

/** What `charts/oggm-hub/files/servers/glaciocloud_busy.py` reads. */
function busyEnv(
  idle: number,
  { max, warn }: NonNullable<EnvironmentFile['sessions']['keepBusy']>,
): Record<keyof typeof BUSY_FIELDS, string> {
  return {
    GLACIOCLOUD_BUSY_IDLE: String(idle),
    GLACIOCLOUD_BUSY_MAX: String(seconds(max)),
    GLACIOCLOUD_BUSY_WARN: warn.map((one) => String(seconds(one))).join(','),
  };
}
