import type { Answers } from '../../../src/core/init/answers.ts';
import type { Tool } from '../../../src/core/init/files.ts';
import { readPlatform } from '../../../src/core/model/platform.ts';
import type { Platform } from '../../../src/core/model/types.ts';

export const COMMIT = 'c'.repeat(40);

/** What a new platform takes from a repository of the tool, as small as it can be. */
export const TOOL: Tool = {
  settings: {
    user: { name: 'jovyan', uid: 1100, gid: 100 },
    charts: {
      jupyterhub: {
        version: '4.4.0',
        repository: 'https://hub.jupyter.org/helm-chart',
        sha256: 'a'.repeat(64),
      },
    },
  },
  image: {
    name: 'oggm-1.6.3',
    text: '# yaml-language-server: $schema=x\ntitle: OGGM 1.6.3\nfrom: {image: docker.io/oggm/oggm, tag: v1.6.3}\n',
  },
  workflows: new Map([
    ['.github/workflows/ci.yml', 'name: ci\n'],
    ['.github/workflows/plan.yml', 'name: plan\n'],
  ]),
};

export const ANSWERED: Answers = {
  organization: 'Ice-Lab',
  registry: 'ghcr.io/ice-lab',
  hub: 'ice',
  url: 'https://hub.example.net',
  cluster: 'north',
  provider: 'existing',
  email: 'ice@example.net',
  action: `somebody/hub-tool@${COMMIT}`,
};

/** The platform that files by their paths are; it must be one. */
export function platformOf(files: ReadonlyMap<string, string>): Platform {
  const { platform, findings } = readPlatform(
    new Map([...files].map(([path, text]) => [path, { kind: 'text', text }])),
  );
  if (!platform || findings.length > 0) throw new Error(JSON.stringify(findings));
  return platform;
}
