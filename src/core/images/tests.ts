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
}

/** What is installed. It runs without a home, because people add packages of their own there. */
export const PACKAGES: ImageTest = {
  name: 'packages',
  script: 'list_packages.py',
  args: [],
  env: {},
  seconds: 180,
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
}

/** What an image has to do before anybody gets it, as somebody with an empty home and without a network. */
export function imageTests({ image, user, hub, notebooks }: Tested): Stay[] {
  const test = (name: string, script: TestScript, more: Partial<ImageTest> = {}): ImageTest => ({
    name,
    script,
    args: [],
    env: {},
    seconds: 180,
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
  return [...stays, { home: 'empty', tests: [oggm] }];
}

/** A script as Python reads it: before it, the notebook that it runs. JSON of a text is a text of Python. */
export function scriptInput(script: string, { notebook }: Pick<ImageTest, 'notebook'>): string {
  return notebook === undefined ? script : `NOTEBOOK = ${JSON.stringify(notebook)}\n${script}`;
}
