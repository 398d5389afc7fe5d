import type { Mirrors } from '../model/types.ts';

/** A hub's mirrors: its own where it names one, else the platform's, each by itself. */
export function mirrorsOf(platform: Mirrors | undefined, hub?: Mirrors): Mirrors {
  return { ...platform, ...hub };
}

/** Where `bake.py` is told the mirror of GitHub. */
export const GITHUB_MIRROR = 'GLACIOCLOUD_GITHUB';

/** Variables of a build's steps with which pip, git and `bake.py` ask at mirrors. */
export function mirrorVariables({ pypi, github }: Mirrors): Record<string, string> {
  const address = github?.replace(/\/$/u, '');
  return {
    ...(pypi === undefined ? {} : { PIP_INDEX_URL: pypi }),
    ...(address === undefined
      ? {}
      : {
          [GITHUB_MIRROR]: address,
          GIT_CONFIG_COUNT: '1',
          GIT_CONFIG_KEY_0: `url.${address}/.insteadOf`,
          GIT_CONFIG_VALUE_0: 'https://github.com/',
        }),
  };
}

/** Public addresses that a mirror stands for. Source: the defaults of pip, conda, apt and git. */
const PUBLIC: Readonly<Record<Exclude<keyof Mirrors, 'images'>, readonly string[]>> = {
  pypi: ['https://pypi.org/simple'],
  conda: ['https://conda.anaconda.org'],
  apt: [
    'http://archive.ubuntu.com/ubuntu',
    'http://security.ubuntu.com/ubuntu',
    'http://deb.debian.org/debian',
  ],
  github: ['https://github.com'],
};

/** Where to ask for an address instead: at the mirror, or where it is where no mirror stands for it. */
export function mirroredAddress(address: string, mirrors: Mirrors): string {
  for (const kind of ['pypi', 'conda', 'apt', 'github'] as const) {
    const mirror = mirrors[kind];
    const from = PUBLIC[kind].find((one) => address === one || address.startsWith(`${one}/`));
    if (mirror !== undefined && from !== undefined)
      return `${mirror.replace(/\/$/u, '')}${address.slice(from.length)}`;
  }
  return address;
}

/** `ghcr.io/x/y:1` is `MIRROR/ghcr.io/x/y:1`: a mirror of images keeps each registry below its name. */
export function mirroredImage(reference: string, mirrors: Mirrors): string {
  return mirrors.images === undefined ? reference : `${mirrors.images}/${reference}`;
}
