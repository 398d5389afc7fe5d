import { expect, test } from '@jest/globals';
import { exec } from '../../src/edges/exec.ts';
import { ROOT } from '../support/sample.ts';

test('the demo: a hub that changes, an image from its file to its first hub, mistakes, somebody who is let in', async () => {
  const { code, stdout, stderr } = await exec(process.execPath, ['scripts/demo.ts'], {
    cwd: ROOT,
    timeoutMs: 110_000,
  });
  if (code !== 0) process.stderr.write(stdout + stderr);
  expect(code).toBe(0);
  const parts = [
    'Pull request 1: ',
    '\n### Plan · 3 hubs change · 1 image\n',
    'Pull request 2: ',
    '\n  - pip: [oggm-edu]\n  + pip: [oggm-edu, scikit-learn]\n',
    'No image is built here: packages, seconds and sizes of its build are made up.',
    '\n### ✓ `oggm-latest`: tested, not pushed\n',
    '\n| ✓ | nbgitpuller | 6.3 s | 118 MB | a course and its next version |\n',
    '\n| changed | [numpy](https://pypi.org/project/numpy/) | 2.3.4 | 2.3.5 |\n',
    '\n| added | [scikit-learn](https://pypi.org/project/scikit-learn/) |  | 1.7.2 |\n',
    '\nWho gets it: hub-staging when it is merged; hub when it is promoted.\n',
    'Pull request 3: Image oggm-latest: candidate 2026-11-26-b7e94f.',
    '\n### Plan · 1 hub changes · 1 image\n',
    '\n| ~ | hub-staging (wave 1, staging) | image oggm-latest ',
    '| new servers get the new oggm-latest; running ones stay |\n',
    '\n| = | classroom, hub | nothing | |\n',
    'Pull request 4: A few mistakes. The check fails (exit code 2)',
    'environments/hub-staging.yaml,line=5,col=10::there is no clusters/bremne.yaml; did you mean "bremen"?',
    'Issue 5, by ice-researcher:',
    '**This request waits for somebody who decides.**',
    '\nmaintainer writes: /approve\nPull request 1 of example/access, merged: Access, request 5: writes members/',
    '\n  + tier: "researcher"\n',
    '\n  Approved-by: ',
    '**You have access.**',
    'The workflow access was started: yes. Its plan:\n\nhub: 1 comes in\n  + ',
    ' ice-researcher until ',
  ];
  let from = 0;
  for (const part of parts) {
    const found = stdout.indexOf(part, from);
    expect({ part, found: found >= from }).toEqual({ part, found: true });
    from = found;
  }
}, 120_000);
