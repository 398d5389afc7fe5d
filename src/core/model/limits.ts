/*
 * Every formula and constant of the platform, with its source. A number that appears anywhere else is a mistake.
 */

/** CPU guarantee as a share of the limit: people compute in bursts. */
export const CPU_GUARANTEE_SHARE = 0.25;

/**
 * Servers that JupyterHub starts at once; more people get a 429 and try again.
 * Source: Zero to JupyterHub 4.4.0, hub.concurrentSpawnLimit.
 */
export const CONCURRENT_SPAWN_LIMIT = 64;

/**
 * JupyterHub gives up on a server after this many seconds; images of several GB on a new node need more than the
 * default 300.
 */
export const SPAWN_TIMEOUT_SECONDS = 900;

/** Shortest idle time that does not stop people between two thoughts. */
export const MIN_IDLE_SECONDS = 600;

/** A server may be stopped for its age only after a week: shorter ends running computations. */
export const MIN_MAX_AGE_SECONDS = 7 * 86_400;

/**
 * Memory of the proxy that a number of people with open servers needs.
 * Source: incident LEAP 2026-01-13 (OOM loops at 128 Mi), proxy idle 31 MiB measured.
 */
export function proxyMemoryMiB(servers: number): number {
  return 128 + 2 * servers;
}

/** Memory of the hub. Source: 184 MB measured with few users; the largest hubs of other operators need 1-2 GiB. */
export function hubMemoryMiB(servers: number): number {
  return 512 + 4 * servers;
}

/**
 * Home below this size fills on the first day: one preprocessed region alone takes 3-4 GB, and a full home locks its
 * owner out.
 * Source: OGGM shop docs, jupyterhub-home-nfs#33.
 */
export const MIN_HOME_BYTES = 5 * 2 ** 30;

/**
 * Memory of one OGGM process beside its data.
 * Source: measured, 0.4 GB for the parent and 0.15-0.2 GB for each worker.
 */
export const OGGM_BASE_BYTES = 0.4 * 2 ** 30;
export const OGGM_WORKER_BYTES = 0.15 * 2 ** 30;

/**
 * Share of a node that user servers can have; the rest belongs to the system and to agents.
 * Source: 2i2c's measured overheads, rounded up.
 */
export const NODE_USABLE_SHARE = 0.9;

/** GitHub: a comment, pull request or issue body has at most this many characters; we count code points. */
export const COMMENT_LIMIT = 65_536;

/** GitHub shows at most this many annotations of each severity for a step. */
export const ANNOTATION_LIMIT = 10;

/**
 * Days before its end at which a certificate is looked at.
 * Source: Let's Encrypt gives 90, and cert-manager renews 30 before the end.
 */
export const CERTIFICATE_DAYS = 14;

/** A probe that has missed this many of its rounds is silent. */
export const HEARTBEAT_INTERVALS = 3;

/**
 * Seconds without login while a hub restarts; running servers stay.
 * Source: measured at 0.5 s polling on a live hub, 5.0-5.7 s.
 */
export const HUB_RESTART_SECONDS = 6;

/**
 * Day of the week (0 is Sunday, UTC) on which `rebuild: weekly` is done: the day after OGGM rebuilds its base images.
 * Source: OGGM/OGGM-Docker, Sundays at 04:00.
 */
export const WEEKLY_REBUILD_DAY = 1;

/** Days after its soak for which a candidate holds newer builds back: longer, and nothing would be secured any more. */
export const HOLD_DAYS = 7;
