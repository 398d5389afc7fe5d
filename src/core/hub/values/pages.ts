import type { HubContext, Part } from './part.ts';

/** What the hub's pages say and link to; an empty address is no link. A change restarts nothing. */
export function pagesPart({ hub, platform }: HubContext): Part {
  const { repository, help, binder } = platform.pages;
  const ask =
    repository === undefined
      ? ''
      : `https://github.com/${repository}/issues/new?template=access.yml`;
  return {
    glaciocloud: {
      pages: { v: 1, title: hub.data.title, ask, help: help ?? '', binder: binder ?? '' },
    },
  };
}
