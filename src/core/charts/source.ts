import type { ChartSettings, PlatformFile } from '../model/types.ts';

type Settings = PlatformFile['charts'];

/** What is known of the settings that were reviewed: those of the default branch. */
export type Reviewed =
  | { kind: 'main'; charts: Settings }
  /** No default branch is known here: whoever runs us wrote the file, and what it names is their own wish. */
  | { kind: 'own' }
  /** The files are somebody's proposal, and the default branch names no charts yet. */
  | { kind: 'none' };

/** Where a chart comes from. */
export type ChartSource =
  | { kind: 'as-written'; settings: ChartSettings; privateToo: boolean }
  /** A proposal that nobody has reviewed names another chart: the reviewed one stands in. */
  | {
      kind: 'as-reviewed';
      settings: ChartSettings;
      privateToo: boolean;
      /** Field of the file that differs, why nothing is fetched, and what to do. */
      field: 'repository' | 'version';
      why: string;
      hint: string;
    };

/**
 * Decides where a chart comes from. A repository is asked only if the default branch names it, because whoever names
 * it decides what runs; and for a version that the default branch does not name, only if its content is pinned.
 */
export function chartSource(
  name: 'jupyterhub',
  charts: Settings,
  reviewed: Reviewed,
): ChartSource {
  const settings = charts[name];
  switch (reviewed.kind) {
    case 'own':
      return { kind: 'as-written', settings, privateToo: charts.allowPrivate === true };
    case 'none':
      return { kind: 'as-written', settings, privateToo: false };
    case 'main': {
      const main = reviewed.charts[name];
      const privateToo = reviewed.charts.allowPrivate === true;
      if (base(settings.repository) !== base(main.repository))
        return {
          kind: 'as-reviewed',
          settings: main,
          privateToo,
          field: 'repository',
          why: `${name} is not fetched from there: the default branch names another repository`,
          hint: 'look at the other chart with --charts-from on your own machine, and change the repository in a pull request of its own',
        };
      if (settings.version !== main.version && settings.sha256 === null)
        return {
          kind: 'as-reviewed',
          settings: main,
          privateToo,
          field: 'version',
          why: `${name} ${settings.version} is not fetched: the default branch names ${main.version}, and no sha256 says what must be in another one`,
          hint: 'write the SHA-256 of its archive beside it, as sha256:',
        };
      return { kind: 'as-written', settings, privateToo };
    }
  }
}

function base(repository: string): string {
  return repository.endsWith('/') ? repository : `${repository}/`;
}

/** A chart of a unit that runs, as the record has it. */
export interface SeenChart {
  name: string;
  version: string;
  digest: string;
}

/**
 * Whether the record knows this version of a chart, but never with this content: then somebody changed what is
 * published, and only a pin can say that it is right.
 */
export function isAnother(chart: SeenChart, seen: readonly SeenChart[]): boolean {
  const same = seen.filter(
    ({ name, version }) => name === chart.name && version === chart.version,
  );
  return same.length > 0 && same.every(({ digest }) => digest !== chart.digest);
}
