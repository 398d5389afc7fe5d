import { expect, test } from '@jest/globals';
import { packageName, pinnedVersion } from '../../../src/core/images/packages.ts';

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
