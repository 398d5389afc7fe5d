import { expect, test } from '@jest/globals';
import { said } from '../../support/written.ts';

const at = (repository: string, more: object = {}, name = 'jupyterhub') => {
  const right = { version: '4.4.0', repository: 'https://charts.example.org/' };
  const charts = { jupyterhub: right, [name]: { ...right, repository }, ...more };
  return said('chart-repository', { 'platform.yaml': { charts } });
};
const PLAIN = 'write https://, or set charts.allowPrivate: true for a mirror in your own network';
const SECRET =
  'remove it, and change the password where it was in use: whoever can read this file has it';

test.each(['jupyterhub', 'dask-gateway'])('%s comes over https', (name) => {
  expect(at('http://charts.example.org/', {}, name)).toEqual([
    [
      'platform.yaml http://charts.example.org/',
      `${name} would be fetched without https`,
      PLAIN,
    ],
  ]);
  expect(at('http://charts.example.org/', { allowPrivate: false }, name)).toHaveLength(1);
  expect(at('http://charts.example.org/', { allowPrivate: true }, name)).toEqual([]);
  expect(at('https://charts.example.org/', {}, name)).toEqual([]);
});

test('no name stands in an address, in that of a mirror neither', () => {
  for (const more of [{}, { allowPrivate: true }])
    expect(
      at('https://token@charts.example.org/', more).map(([, message, hint]) => [message, hint]),
    ).toEqual([['the address of jupyterhub has a name or password in it', SECRET]]);
});

test.each(['https://user:pw@charts.example.org/', 'http://:pw@charts.example.org/'])(
  'a password in %s is a credential, as in every other place',
  (repository) => {
    expect(() => at(repository)).toThrow('"rule":"credential"');
  },
);

test.each(['https://charts.example.org/@scope', 'https://charts.example.org?a@b', 'https://a.org#@'])(
  '%s has none',
  (repository) => {
    expect(at(repository)).toEqual([]);
  },
);
