import { describe, expect, test } from '@jest/globals';
import { listedPackages } from '../../../src/core/images/listing.ts';
import type { Package } from '../../../src/core/model/package-list.ts';

const result = { name: 'packages', ok: true, seconds: 1, memory_mb: 9, detail: '2 packages' };
const numpy = ['pip', 'NumPy', '2.3.4', 'files-sha256:ab'];
const curl = ['apt', 'curl', '8.1', 'files-sha256:cd'];
const said = (packages: unknown): string => `noise\n${JSON.stringify({ packages })}\n`;
const packageOf = ([manager, name = '', version = '', source = '']: string[]): Package => ({
  manager: manager as Package['manager'],
  name,
  version,
  source,
});
const nothing = { packages: [], exactly: undefined };
const archive = 'sha256:ef';
const UNLISTED = 'a package has a name or a version that no list can hold';

describe('what an image has', () => {
  test('is what its script says in its last line', () => {
    expect(listedPackages(result, said([numpy, curl]), nothing)).toEqual({
      result,
      packages: [numpy, curl].map(packageOf),
    });
  });

  test('comes from the archives that were resolved, whatever way the name is written', () => {
    const resolved = { manager: 'pip', name: 'numpy', version: '2.3.4', source: archive } as const;
    expect(
      listedPackages(result, said([numpy, curl]), { packages: [resolved], exactly: undefined }),
    ).toEqual({
      result,
      packages: [resolved, packageOf(curl)],
    });
  });

  test.each<[string, Partial<Package>]>([
    ['another version', { version: '2.3.5' }],
    ['another name', { name: 'num' }],
    ['another manager', { manager: 'conda' }],
  ])('is not what was resolved: %s', (_, more) => {
    const resolved: Package = { ...packageOf(['pip', 'numpy', '2.3.4', archive]), ...more };
    const { name, version } = resolved;
    const detail = `resolved, and something else is installed: ${name} ${version}, x 1`;
    const other = packageOf(['pip', 'x', '1', archive]);
    expect(
      listedPackages(result, said([numpy]), { packages: [resolved, other], exactly: undefined }),
    ).toEqual({
      result: { ...result, ok: false, detail },
      packages: [],
    });
  });

  test.each<[string, string, string]>([
    ['nothing', '', 'no list of packages: it is no JSON object'],
    [
      'no list',
      said(7),
      'no list of packages: its field /packages is missing or is something else',
    ],
    ['a line of its own', said([['pip', 'x\npip', '1', 'y']]), UNLISTED],
    ['three words', said([['pip', 'x', '1']]), UNLISTED],
    ['another manager', said([numpy, ['npm', 'x', '1', 'y']]), UNLISTED],
  ])('is %s', (_, stdout, detail) => {
    expect(listedPackages(result, stdout, nothing)).toEqual({
      result: { ...result, ok: false, detail },
      packages: [],
    });
  });

  test('is exactly what is asked, or the differences are named, the first five', () => {
    const exactly = [numpy, curl].map(packageOf);
    expect(listedPackages(result, said([curl, numpy]), { packages: [], exactly })).toEqual({
      result,
      packages: [curl, numpy].map(packageOf),
    });
    const found = ['8.2', '8.3', '8.4', '8.5'].map((version) => ['apt', 'curl', version, 'x:y']);
    const listed = listedPackages(result, said(found), { packages: [], exactly });
    const differences = [
      '- apt curl 8.1 files-sha256:cd',
      '- pip NumPy 2.3.4 files-sha256:ab',
      '+ apt curl 8.2 x:y',
      '+ apt curl 8.3 x:y',
      '+ apt curl 8.4 x:y',
    ];
    const detail = `not the list: ${differences.join(', ')}`;
    expect(listed).toEqual({ result: { ...result, ok: false, detail }, packages: [] });
  });

  test('is not read where the script failed', () => {
    const failed = { ...result, ok: false, detail: 'no python' };
    expect(listedPackages(failed, said([numpy]), nothing)).toEqual({
      result: failed,
      packages: [],
    });
  });
});
