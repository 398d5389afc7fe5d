import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { exec } from '../../src/edges/exec.ts';
import { CACHE } from './lab.ts';
import { ROOT } from '../support/sample.ts';

/** Seven minutes for what other files show one by one. */
const slowTest = process.env['GLACIOCLOUD_LAB_ALL'] === '1' ? test : test.skip;

slowTest(
  'the demo goes on in the lab: a hub, a request and a login, a bad image, the way back, an image that is built',
  async () => {
    const { code, stdout, stderr } = await exec(process.execPath, ['scripts/demo.ts', '--lab'], {
      cwd: ROOT,
      timeoutMs: 1_790_000,
      env: { GLACIOCLOUD_LAB_CACHE: CACHE },
    });
    if (code !== 0) process.stderr.write(stdout + stderr);
    expect(code).toBe(0);
    const parts = [
      'demo: done (',
      '✓ kernel',
      'OGGM 1.6.3',
      'Somebody asks for access in an issue',
      '**This request waits for somebody who decides.**',
      'maintainer writes /approve. The answer now:',
      'access apply: grant ',
      'Logged in as ice-researcher: yes',
      'maintainer writes /revoke. The answer now:',
      '**Access has ended.**',
      'access apply: revoke ',
      ': servers 0, homes 1, the page leads to /hub/login\n',
      'access apply: grant ',
      'Logged in again; in notes.txt of the home: ice\n',
      'demo: rolled-back (',
      '✗ kernel',
      '**demo: the change was rolled back.**',
      'Tracking issue, open: demo: the change was rolled back',
      'meanwhile: 200',
      'Tracking issue, closed: demo runs again',
      'Hubs that change now: 0.',
      '✓ oggm built sha256:',
      'tested and pushed (resolve ',
      '✓ second start',
      '✓ nbgitpuller',
      'demo: done (',
      '✓ kernel',
      "A person's server has oggm and tabulate 1.6.3 0.9.0",
    ];
    let from = 0;
    for (const part of parts) {
      const found = stdout.indexOf(part, from);
      expect({ part, found: found >= from }).toEqual({ part, found: true });
      from = found;
    }
    const [, tested, runs] = /^Tested (sha256:[0-9a-f]{64})\nruns {3}(\S*)$/mu.exec(stdout) ?? [];
    expect([tested, tested === runs]).toEqual([expect.any(String), true]);
    const picture = await readFile(join(ROOT, '.cache/demo/hub.png'));
    expect([picture.subarray(1, 4).toString(), picture.length > 10_000]).toEqual(['PNG', true]);
  },
  1_800_000,
);
