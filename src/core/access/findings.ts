import type { Finding } from '../finding.ts';

/** What anybody may read: a file of people's bears an id in its name, and a mistake in it is shown word for word. */
export function withoutPeople(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ at }) => !at.file.startsWith('access/'));
}

/** By the places of people's files in their own repository. `below`: the folder there, or nothing for its top. */
export function placedBelow(findings: readonly Finding[], below: 'access/' | ''): Finding[] {
  return findings.map((finding) => {
    const { file } = finding.at;
    if (!file.startsWith('access/')) return finding;
    return { ...finding, at: { ...finding.at, file: placeBelow(file, below) } };
  });
}

/** `access/members/7.yaml` as it is called there. */
export function placeBelow(file: string, below: 'access/' | ''): string {
  return `${below}${file.slice('access/'.length)}`;
}
