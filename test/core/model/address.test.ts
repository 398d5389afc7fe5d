import { expect, test } from '@jest/globals';
import { plainAddress } from '../../../src/core/model/address.ts';
import { readDoc } from '../../../src/core/model/read.ts';
import { readSource } from '../../../src/core/source.ts';

test.each([
  ['https://hub.example.org', 'https://hub.example.org'],
  ['https://hub.example.org/', 'https://hub.example.org'],
  ['https://hub.example.org//', 'https://hub.example.org//'],
  ['https://Hub.Example.org:8443/Path/', 'https://hub.example.org:8443/Path'],
  ['http://127.0.0.1:30080/', 'http://127.0.0.1:30080'],
  ['https://Ada:Pass@hub.example.org/', 'https://Ada:Pass@hub.example.org/'],
  ['ftp://Hub/', 'ftp://Hub/'],
  ['', ''],
])('the address %s is %s', (url, plain) => {
  expect(plainAddress(url)).toBe(plain);
});

test('is read in one way from the file of a hub', () => {
  const text = `title: Hub
url: https://HUB.example.org/
cluster: main
wave: production
images: [science]
sizes: {small: {cpu: 2, memory: 4G}}
home: {size: 20Gi}
access: {allow: [all]}
capacity: {maxServers: 1}
`;
  const { doc } = readDoc('environment', 'hub', readSource('environments/hub.yaml', text));
  expect(doc?.data).toMatchObject({ title: 'Hub', url: 'https://hub.example.org' });
});
