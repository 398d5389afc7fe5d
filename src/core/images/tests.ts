import type { ImageFile, PlatformFile } from '../model/types.ts';
import type { NamedFile } from './folder.ts';

/** Scripts that run in an image; each ends with a line of JSON: `ok`, `detail`, and what else it found. */
export type TestScript =
  | 'check_server.py'
  | 'check_version.py'
  | 'check_puller.py'
  | 'check_kernel.py'
  | 'check_home.py'
  | 'check_notebook.py'
  | 'list_packages.py'
  | 'check_suite.py'
  | 'oggm_check.py';

export interface ImageTest {
  name: string;
  script: TestScript;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  /** Text of the notebook that the script runs. */
  notebook?: string;
  /** The hub that the image's version of JupyterHub must fit. */
  hub?: string;
  /** Longest that it may take. */
  seconds: number;
  network: 'none' | 'open';
}

/** Who asks for an image: `refresh`, at night, has time for OGGM's own tests. */
export type Occasion = 'build' | 'refresh';

/** `pytest.oggm` takes the better part of an hour, and downloads its data first. */
const SUITE_SECONDS = 2 * 3600;

/** What is installed. It runs without a home, because people add packages of their own there. */
export const PACKAGES: ImageTest = {
  name: 'packages',
  script: 'list_packages.py',
  args: [],
  env: {},
  seconds: 180,
  network: 'none',
};

/** Tests that run in one home, one after the other. */
export interface Stay {
  /** `image`: no volume, so that what the image has there is seen. */
  home: 'image' | 'empty' | 'full';
  tests: readonly ImageTest[];
}

export interface Tested {
  image: ImageFile;
  user: PlatformFile['user'];
  /** Texts of `tests.notebooks`. */
  notebooks: readonly NamedFile[];
  /** Version of JupyterHub in the chart's hub; undefined where the chart does not say it. */
  hub: string | undefined;
  occasion: Occasion;
}

/** What an image has to do before anybody gets it, as somebody with an empty home and without a network. */
export function imageTests({ image, user, hub, notebooks, occasion }: Tested): Stay[] {
  const test = (name: string, script: TestScript, more: Partial<ImageTest> = {}): ImageTest => ({
    name,
    script,
    args: [],
    env: {},
    seconds: 180,
    network: 'none',
    ...more,
  });
  const server = (name: string): ImageTest => test(name, 'check_server.py', { args: [hub ?? ''] });
  const stays: Stay[] = [
    {
      home: 'image',
      tests: [test('home', 'check_home.py', { args: [`/home/${user.name}`, String(user.uid)] })],
    },
    { home: 'empty', tests: [server('server'), server('second start')] },
    {
      home: 'empty',
      tests: [
        test('kernel', 'check_kernel.py'),
        test('nbgitpuller', 'check_puller.py'),
        test('hub version', 'check_version.py', hub === undefined ? {} : { hub }),
      ],
    },
    { home: 'full', tests: [server('full home')] },
    ...notebooks.map(({ path, text }): Stay => {
      const more = { notebook: text, seconds: 600 };
      return { home: 'empty', tests: [test(`notebook ${path}`, 'check_notebook.py', more)] };
    }),
  ];
  if (image.oggm === undefined || image.tests.oggm === 'none') return stays;
  const wanted = JSON.stringify({ version: image.oggm.version ?? null, smoke: true });
  const oggm = test('oggm', 'oggm_check.py', {
    env: { GLACIOCLOUD_CHECK: wanted },
    seconds: 600,
  });
  stays.push({ home: 'empty', tests: [oggm] });
  if (image.tests.oggm === 'minimal' || occasion === 'build') return stays;
  const suite = test('oggm suite', 'check_suite.py', { seconds: SUITE_SECONDS, network: 'open' });
  // A home of tests has no room for what it downloads.
  return [...stays, { home: 'image', tests: [suite] }];
}

/** A script as Python reads it: before it, the notebook that it runs. JSON of a text is a text of Python. */
export function scriptInput(script: string, { notebook }: Pick<ImageTest, 'notebook'>): string {
  return notebook === undefined ? script : `NOTEBOOK = ${JSON.stringify(notebook)}\n${script}`;
}
