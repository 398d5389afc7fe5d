import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { exec } from '../src/edges/exec.ts';
import { unpackedTool } from '../src/edges/tools.ts';
import { pinnedProgram } from './pinned-program.ts';

const VERSION = '1.32.0';

/** By `process.platform` and `process.arch`: SHA-256 of the wheel on PyPI, and of the program in it. */
const PINNED: Readonly<Record<string, { wheel: string; program: string }>> = {
  'linux-x64': {
    wheel: '84a6acb975accc13408786a2bd274b572537ca19c933ebbc13e78f3988562071',
    program: '5df116b420498d37362848d030f870f9804ea7fc289c3680de184cab3c276f67',
  },
  'linux-arm64': {
    wheel: '0cdd38fca6eb34ceb567548548d706332e3535ea66894b9168c048e03207b68c',
    program: '03d29314c3e35e94cc83ba5342e88bb785032507bcdc3a7b002ef6ffa487f4da',
  },
  'darwin-x64': {
    wheel: 'aa4b4e216321dd5cf202cd79fc83296468f0eed79d850cd65ac8187a6bbc5496',
    program: '87ed2f5e9c09687246e32bc0ddb5b9bf3a3548de099f198b161020742e03da4f',
  },
  'darwin-arm64': {
    wheel: '0a999c98015becd9f69919ce01febadfb1c2be9b8ec2ce9ef7eb13ff23ba8eba',
    program: '05cc668305902975988e444f39b5e2511aa18b456e0e70e125eb425c4cc137d7',
  },
  'win32-x64': {
    wheel: '9cd1dd7734042f40ca0faa2a31fb4e9033dede620d996af2f903744b8f04fca9',
    program: '03747fea2cc39cc4f282daee12391d7eab3bfb248bd6397444dd85cfd66db84c',
  },
};

/**
 * zizmor, which audits workflows: unpacked from its wheel, which pip gets from where this machine's
 * wheels come from.
 */
export async function pinnedZizmor(): Promise<string> {
  const pinned = PINNED[`${process.platform}-${process.arch}`];
  if (!pinned) throw new Error(`no zizmor is pinned for ${process.platform}-${process.arch}`);
  const name = process.platform === 'win32' ? 'zizmor.exe' : 'zizmor';
  const target = unpackedTool(name);
  await pinnedProgram(target, pinned.program, () => packed(name, pinned.wheel));
  return target;
}

async function packed(name: string, sha256: string): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'glaciocloud-zizmor-'));
  try {
    const wheel = await downloaded(folder, sha256);
    const path = `zizmor-${VERSION}.data/scripts/${name}`;
    const data = unzipSync(wheel, { filter: (file) => file.name === path })[path];
    if (!data) throw new Error(`the wheel of zizmor holds no ${path}`);
    return data;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** pip compares the hash before anything is kept, and knows mirrors, proxies and certificates of this machine. */
async function downloaded(folder: string, sha256: string): Promise<Uint8Array> {
  const requirements = join(folder, 'requirements.txt');
  await writeFile(requirements, `zizmor==${VERSION} --hash=sha256:${sha256}\n`);
  const options = ['--no-deps', '--only-binary=:all:', '--require-hashes', '--quiet'];
  const { code, stderr } = await exec(
    process.env['PYTHON'] ?? 'python3',
    ['-m', 'pip', 'download', ...options, '--dest', folder, '--requirement', requirements],
    { timeoutMs: 120_000, env: pipSettings() },
  );
  const wheel = (await readdir(folder)).find((file) => file.endsWith('.whl'));
  if (code !== 0 || wheel === undefined)
    throw new Error(`pip cannot get zizmor ${VERSION}: ${stderr.trim().slice(-300)}`);
  return readFile(join(folder, wheel));
}

/** What pip takes from its environment, such as PIP_INDEX_URL and PIP_CERT. */
function pipSettings(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      name.startsWith('PIP_') && value !== undefined ? [[name, value]] : [],
    ),
  );
}
