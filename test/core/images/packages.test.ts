import { expect, test } from '@jest/globals';
import { oggmIn, packageName, pinnedVersion } from '../../../src/core/images/packages.ts';

test.each([
  ['oggm', 'oggm', undefined],
  ['OGGM[full]==1.6.3', 'oggm', '1.6.3'],
  ['oggm=1.6.3', 'oggm', '1.6.3'],
  ['conda-forge::oggm=1.6.3=py_0', 'oggm', '1.6.3'],
  ['conda-forge/label/dev::scikit_image', 'scikit-image', undefined],
  ['Zope.Interface', 'zope-interface', undefined],
  ['a-._b', 'a-b', undefined],
  [`oggm @ git+https://github.com/OGGM/oggm@${'a'.repeat(40)}`, 'oggm', undefined],
  ['oggm>=1.6', 'oggm', undefined],
  ['oggm~=1.6', 'oggm', undefined],
  ['oggm!=1.6', 'oggm', undefined],
  ['oggm==1.6.*', 'oggm', undefined],
  ['oggm==1.6,<2', 'oggm', undefined],
  ['', '', undefined],
])('%s is %s, pinned to %s', (requirement, name, version) => {
  expect([packageName(requirement), pinnedVersion(requirement)]).toEqual([name, version]);
});

const COMMIT = 'a'.repeat(40);
test.each<[string, string, { version: string; commit: string | undefined } | undefined]>([
  ['OGGM', 'sha256:00', { version: '1.6.3', commit: undefined }],
  ['oggm', `git+https://github.com/OGGM/oggm@${COMMIT}`, { version: '1.6.3', commit: COMMIT }],
  [
    'oggm',
    `found-git+https://x.example/y@${COMMIT}#subdirectory=z`,
    { version: '1.6.3', commit: COMMIT },
  ],
  ['oggm', `git+https://github.com/OGGM/oggm@${COMMIT}a`, { version: '1.6.3', commit: undefined }],
  ['oggm', `https://github.com/OGGM/oggm@${COMMIT}`, { version: '1.6.3', commit: undefined }],
  ['oggm-edu', `git+https://github.com/OGGM/oggm-edu@${COMMIT}`, undefined],
])('OGGM among packages: %s from %s', (name, source, oggm) => {
  const numpy = { manager: 'pip', name: 'numpy', version: '2.1', source: 'md5:0' } as const;
  expect(oggmIn([numpy, { manager: 'pip', name, version: '1.6.3', source }])).toEqual(oggm);
});
