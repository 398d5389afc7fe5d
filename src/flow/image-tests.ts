import { START } from '../core/hub/values/servers.ts';
import type { NamedFile } from '../core/images/folder.ts';
import { listedPackages } from '../core/images/listing.ts';
import { judged, judgedSize } from '../core/images/test-report.ts';
import type { TestResult, TestRun } from '../core/images/test-report.ts';
import { PACKAGES, imageTests, scriptInput } from '../core/images/tests.ts';
import type { ImageTest, Occasion, Stay } from '../core/images/tests.ts';
import type { Package } from '../core/model/package-list.ts';
import type { ImageFile, PlatformFile } from '../core/model/types.ts';
import type { ImagePorts } from '../ports/images.ts';
import { append } from '../core/lists.ts';

/** An image that is tested, by the digest that people would get. */
export interface UnderTest {
  reference: string;
  image: ImageFile;
  user: PlatformFile['user'];
  /** Version of JupyterHub in the chart's hub. */
  hub: string | undefined;
  memoryBytes: number;
  /** Texts of `tests.notebooks`. */
  notebooks: readonly NamedFile[];
  /** What pip had to install. */
  packages: readonly Package[];
  /** Everything that the image must have; undefined where that is not known. */
  exactly: readonly Package[] | undefined;
  occasion: Occasion;
}

export interface Tested {
  size: number;
  tests: TestResult[];
  packages: Package[];
}

/** Every test, also after one that failed: a person wants to know all of it. */
export async function testImage(
  ports: ImagePorts,
  under: UnderTest,
  progress: (text: string) => void,
): Promise<Tested> {
  const size = await ports.engine.size(under.reference);
  const run = await ran(ports, under, PACKAGES, undefined);
  const listed = listedPackages(judged(PACKAGES, run), run.stdout, under);
  const tests = [judgedSize(size, under.image.size), listed.result];
  for (const stay of imageTests(under)) append(tests, await stayed(ports, under, stay));
  for (const { name, ok, seconds, detail } of tests)
    progress(`${ok ? 'passed' : 'FAILED'} ${name} (${seconds.toFixed(1)} s): ${detail}`);
  return { size: size.bytes, tests, packages: listed.packages };
}

/** Tests that share a home, and the home's end. */
async function stayed(ports: ImagePorts, under: UnderTest, stay: Stay): Promise<TestResult[]> {
  const folder = `/home/${under.user.name}`;
  const results: TestResult[] = [];
  if (stay.home === 'image') {
    for (const test of stay.tests) results.push(await tested(ports, under, test, undefined));
    return results;
  }
  const { reference: image, user } = under;
  const volume = await ports.engine.makeHome({ image, user, folder, full: stay.home === 'full' });
  try {
    for (const test of stay.tests)
      results.push(await tested(ports, under, test, { volume, folder }));
  } finally {
    await ports.engine.removeHome(volume);
  }
  return results;
}

async function tested(
  ports: ImagePorts,
  under: UnderTest,
  test: ImageTest,
  home: { volume: string; folder: string } | undefined,
): Promise<TestResult> {
  return judged(test, await ran(ports, under, test, home));
}

/**
 * Started as a hub starts servers: through the image's entry point and the few lines of shell before a server. Where
 * the image's own home is looked at, nothing runs before that.
 */
async function ran(
  { engine, clock, script }: ImagePorts,
  { reference: image, user, memoryBytes }: UnderTest,
  test: ImageTest,
  home: { volume: string; folder: string } | undefined,
): Promise<TestRun> {
  const [measure, text] = await Promise.all([script('measure.py'), script(test.script)]);
  const command = ['python3', '-c', measure, 'python3', '-', ...test.args];
  const begin = clock.elapsed();
  const ended = await engine.run({
    image,
    home,
    user,
    memoryBytes,
    ...(home
      ? { entrypoint: undefined, command: ['/bin/sh', '-c', START, ...command] }
      : { entrypoint: 'python3', command: command.slice(1) }),
    input: scriptInput(text, test),
    env: test.env,
    network: test.network,
    timeoutMs: test.seconds * 1000,
  });
  return { ...ended, seconds: (clock.elapsed() - begin) / 1000 };
}
