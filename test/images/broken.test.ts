import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  MINUTES,
  REGISTRY,
  SOUND,
  failedTests,
  notebook,
  pushBase,
  pushing,
  tags,
  testPlatform,
} from './support.ts';
import type { Built, TestPlatform } from './support.ts';

const SITE = '/opt/user/lib/python3.11/site-packages';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await testPlatform();
});
afterAll(() => platform.remove());

/** Bases that are wrong in one way, as lines of a Dockerfile on the sound one. */
const BASES: Record<string, string> = {
  segfault: `RUN echo 'import ctypes; ctypes.string_at(0)' > ${SITE}/numpy/__init__.py && rm -f ${SITE}/numpy/__pycache__/__init__.*`,
  baked:
    'RUN mkdir /home/jovyan/.oggm && touch /home/jovyan/.oggm/data && chown -R 1100:100 /home/jovyan',
  rooted:
    'RUN cp /etc/skel/.bashrc /home/jovyan/.bashrc && chown 0:0 /home/jovyan/.bashrc /home/jovyan',
  unpulled: `RUN rm -r /opt/user/bin/gitpuller ${SITE}/nbgitpuller`,
  online: atStart(
    'import urllib.request',
    'urllib.request.urlopen("https://example.org/settings")',
  ),
  hungry: atStart(
    'import pathlib',
    'pathlib.Path.home().joinpath(".wanted").write_text("x" * 9999)',
  ),
};

/** What the server's program does before anything else. */
function atStart(...lines: string[]): string {
  return `RUN sed -i '2i ${lines.join('; ')}' /opt/user/bin/jupyterhub-singleuser`;
}

interface Broken {
  name: string;
  file: Record<string, unknown>;
  /** The tests that fail, and what the first of them says. */
  failed: string[];
  says: RegExp;
}

const starts = ['server', 'second start', 'hub version', 'full home'];
const onBase = (name: string): Record<string, unknown> => ({
  from: { image: `${REGISTRY}/base/${name}`, tag: '1' },
});

const BROKEN: Broken[] = [
  {
    name: 'another-oggm',
    file: { ...SOUND, oggm: { version: '1.6.2' } },
    failed: ['oggm'],
    says: /^OGGM 1\.6\.3 answers, and the image should have 1\.6\.2$/u,
  },
  { name: 'segfault', file: onBase('segfault'), failed: ['oggm'], says: /^ended by SIGSEGV/u },
  {
    name: 'old-jupyterhub',
    file: { ...SOUND, pip: ['jupyterhub==4.1.6'] },
    failed: ['hub version'],
    says: /^the image has JupyterHub 4\.1\.6, and the chart’s hub is 5\.5\.0$/u,
  },
  {
    name: 'baked',
    file: onBase('baked'),
    failed: ['home'],
    says: /^\/home\/jovyan\/\.oggm, .*hidden/u,
  },
  {
    name: 'rooted',
    file: onBase('rooted'),
    failed: ['home'],
    says: /^\/home\/jovyan, \/home\/jovyan\/\.bashrc: owned by uid 0, and people are 1100$/u,
  },
  {
    name: 'unpulled',
    file: onBase('unpulled'),
    failed: ['nbgitpuller'],
    says: /^the image has no gitpuller$/u,
  },
  {
    name: 'online',
    file: onBase('online'),
    failed: starts,
    says: /^the server ended with code 1: /u,
  },
  {
    name: 'hungry',
    file: onBase('hungry'),
    failed: ['full home'],
    says: /No space left on device/u,
  },
  {
    name: 'deaf',
    file: { ...SOUND, pip: ['ipykernel==7.3.0'] },
    failed: ['kernel'],
    says: /^ipykernel 7\.3\.0 loses requests .*ipykernel issue 1554\); 7\.4\.0 mends it$/u,
  },
  {
    name: 'drifting',
    file: { ...SOUND, tests: { notebooks: ['third.ipynb'] } },
    failed: ['notebook third.ipynb'],
    says: /^cell 1: 0\.3334 has become 0\.33333/u,
  },
  {
    name: 'over-budget',
    // The base alone is larger.
    file: { ...SOUND, size: { max: '200M' } },
    failed: ['size'],
    says: /^[0-9.]+ MB is more than 200M$/u,
  },
];

describe('an image that is broken on purpose is caught by the test made for it, and nothing of it is pushed', () => {
  let built: Built;

  beforeAll(async () => {
    for (const [name, line] of Object.entries(BASES)) await pushBase(name, line);
    for (const { name, file } of BROKEN) await platform.image(name, file);
    await platform.edit('images/drifting/third.ipynb', notebook('a third is 0.3334'));
    built = await platform.build(pushing(...BROKEN.map(({ name }) => name)));
  }, 12 * MINUTES);

  test.each(BROKEN)('$name', async ({ name, failed, says }) => {
    const result = built.images.find((one) => one.image === name)!;
    const details = result.tests.filter(({ ok }) => !ok).map(({ detail }) => detail);
    expect([result.outcome, failedTests(result), result.reason]).toEqual([
      'failed',
      failed,
      `nothing is pushed: ${failed.join(', ')} failed`,
    ]);
    expect(details[0]).toMatch(says);
    expect(await tags(name)).toEqual([]);
  });

  test('all of them failed: exit 1', () => {
    expect(built.code).toBe(1);
  });
});
