import type { Package } from '../model/package-list.ts';

/** `oggm` of `oggm[full]==1.6.3`, `conda-forge::oggm=1.6` or `OGGM @ git+https://…`, as indexes compare names. */
export function packageName(requirement: string): string {
  const alone = requirement.replace(/^.*::/u, '');
  const name = /^[A-Za-z0-9][A-Za-z0-9._-]*/u.exec(alone)?.[0] ?? '';
  return name.toLowerCase().replaceAll(/[-_.]+/gu, '-');
}

/** OGGM among the packages of an image; its commit where it was installed from git. */
export function oggmIn(
  packages: readonly Package[],
): { version: string; commit: string | undefined } | undefined {
  const oggm = packages.find(({ name }) => packageName(name) === 'oggm');
  const commit = /git\+.*@([0-9a-f]{40})(?:#.*)?$/u.exec(oggm?.source ?? '')?.[1];
  return oggm && { version: oggm.version, commit };
}

/** `1.6.3` of `oggm==1.6.3`, `oggm=1.6.3` or `oggm=1.6.3=py_0`; undefined where several versions would do. */
export function pinnedVersion(requirement: string): string | undefined {
  return /^[^=<>!~]+==?([^=<>!~,*]+)(?:=[^=<>!~,]+)?$/u.exec(requirement)?.[1];
}
