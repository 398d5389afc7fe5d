import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A platform with so many images, each on another one and with packages of its own. */
export async function platformOfImages(root: string, count: number, from: string): Promise<void> {
  await mkdir(root, { recursive: true });
  await writeFile(join(root, 'platform.yaml'), await readFile(join(from, 'platform.yaml'), 'utf8'));
  for (let index = 0; index < count; index += 1) {
    const folder = join(root, `images/image-${index}`);
    await mkdir(folder, { recursive: true });
    const lines = [
      `title: Image ${index}`,
      'oggm: {version: 1.6.3}',
      'from: {image: registry.example.org/base, tag: "1"}',
      `pip: [package-${index}]`,
      'bake: [salem]',
    ];
    await writeFile(join(folder, 'image.yaml'), `${lines.join('\n')}\n`);
  }
}

/**
 * A stand-in for Docker, which answers at once: what is measured is ours, and the processes that are started. Every image
 * is in its registry, and pip has nothing to install.
 */
export async function dockerStandIn(folder: string): Promise<string> {
  const path = join(folder, 'docker');
  const digest = `sha256:${'a'.repeat(64)}`;
  const text = `#!/bin/sh
case "$1" in
  info) echo '[["driver-type","io.containerd.snapshotter.v1"]]';;
  buildx) echo '"${digest}"';;
  run) echo '{"install": []}';;
  ps | volume | image) ;; # a killed run has left nothing
  *) exit 1;;
esac
`;
  await writeFile(path, text, { mode: 0o755 });
  return path;
}
