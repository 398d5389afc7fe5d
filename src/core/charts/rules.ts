import type { Rule } from '../rule.ts';

export const chartRepository: Rule = {
  id: 'chart-repository',
  severity: 'error',
  title: 'Charts come over https, and no password stands in their address.',
  why: 'Whoever sits on the way could put another chart in its place; and files of a platform are read by many.',
  on: 'platform',
  *check({ settings }) {
    const { charts } = settings.data;
    for (const name of ['jupyterhub', 'dask-gateway'] as const) {
      const repository = charts[name]?.repository ?? '';
      const at = settings.at(`/charts/${name}/repository`);
      if (/^\w+:\/\/[^/?#]*@/u.test(repository))
        yield {
          at,
          message: `the address of ${name} has a name or password in it`,
          hint: 'remove it, and change the password where it was in use: whoever can read this file has it',
        };
      else if (repository.startsWith('http://') && charts.allowPrivate !== true)
        yield {
          at,
          message: `${name} would be fetched without https`,
          hint: 'write https://, or set charts.allowPrivate: true for a mirror in your own network',
        };
    }
  },
};
