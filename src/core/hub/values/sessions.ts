import { seconds } from '../../model/quantities.ts';
import type { HubContext, Part } from './part.ts';

/**
 * When servers stop. Never for their age, and never the users themselves: that would delete what
 * belongs to them.
 */
export function sessionsPart({ hub }: HubContext): Part {
  const timeout = seconds(hub.data.sessions.idle);
  return {
    jupyterhub: {
      cull: {
        enabled: true,
        timeout,
        every: Math.min(600, Math.max(60, Math.floor(timeout / 4))),
        maxAge: 0,
        users: false,
      },
    },
    from: { '/cull/timeout': '/sessions/idle', '/cull/every': '/sessions/idle' },
  };
}
