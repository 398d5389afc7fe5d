import type { HubContext, Part } from './part.ts';

/** What the hub's pages say and link to; an empty address is no link. A change restarts nothing. */
export function pagesPart({ hub, platform }: HubContext): Part {
  const { repository, help, binder } = platform.pages;
  const { title, url, hosts } = hub.data;
  const form = (name: string): string =>
    repository === undefined ? '' : `https://github.com/${repository}/issues/new?template=${name}`;
  const ask = form('access.yml');
  const renew = repository === undefined ? '' : `${form('renew.yml')}&${titled(`Renew: ${title}`)}`;
  return {
    glaciocloud: {
      pages: {
        v: 1,
        title,
        ask,
        renew,
        help: help ?? '',
        binder: binder ?? '',
        ...(hosts.length > 0 && { hosts, url: url.replace(/\/$/u, '') }),
      },
    },
    ownFrom: {
      '/pages/title': '/title',
      '/pages/renew': '/title',
      '/pages/hosts': '/hosts',
      '/pages/url': '/url',
    },
  };
}

/** The form's title, filled in. */
function titled(title: string): string {
  return new URLSearchParams({ title }).toString();
}
