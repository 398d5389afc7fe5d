import { accessFamily } from '../core/access/family.ts';
import { manifestFindings } from '../core/check/run.ts';
import { clusterFamily } from '../core/cluster/family.ts';
import type { Finding } from '../core/finding.ts';
import { hubFamily } from '../core/hub/family.ts';
import { immutableFindings } from '../core/hub/immutable.ts';
import { noticesFamily } from '../core/notices/family.ts';
import { diffManifests } from '../core/plan/diff.ts';
import type { ReleaseChange, ReleaseFacts } from '../core/plan/release.ts';
import type { Diff } from '../core/plan/types.ts';
import { recordFamily } from '../core/record/family.ts';
import { removalFamily } from '../core/removal/family.ts';
import { unitId } from '../core/unit.ts';
import type { Rendered } from '../core/unit.ts';
import { register } from './family.ts';
import type { PlanWorld, RegisteredFamily, RenderedChanges } from './family.ts';
import { renderAll } from './render.ts';
import { append } from '../core/lists.ts';

/** Every family, in the order of their steps in the plan's digest. A new one is a line here. */
export const FAMILIES: readonly RegisteredFamily[] = [
  register(clusterFamily, {
    gather: releaseFacts,
    render: (changes, world) => renderChanges(changes, world, () => []),
  }),
  register(hubFamily, {
    gather: releaseFacts,
    render: (changes, world) =>
      renderChanges(changes, world, (rendered, diff) => [
        ...immutableFindings(world.platform, rendered.unit.name, diff),
        ...manifestFindings(rendered, world),
      ]),
  }),
  register(removalFamily, {
    gather: (world) => ({
      ...releaseFacts(world),
      removals: world.platform.settings.data.removals,
    }),
  }),
  register(recordFamily, {
    gather: ({ wanted, deployed }) => ({ wanted, unreadable: deployed.unreadable }),
  }),
  register(accessFamily, {
    gather: async ({ platform, main, now }) => ({ platform, before: await main(), now }),
  }),
  register(noticesFamily, {
    gather: async ({ platform, main }) => ({ platform, before: await main() }),
  }),
];

/** Without the units of which nobody can read what runs. */
function releaseFacts({ wanted, deployed }: PlanWorld): ReleaseFacts {
  const unreadable = new Set(deployed.unreadable.map(({ unit }) => unitId(unit)));
  return {
    wanted: wanted.filter(({ unit }) => !unreadable.has(unitId(unit))),
    present: deployed.releases,
  };
}

async function renderChanges(
  changes: readonly ReleaseChange[],
  { platform, charts, report, deployed }: PlanWorld,
  findingsOf: (rendered: Rendered, diff: Diff) => Finding[],
): Promise<RenderedChanges> {
  const before = new Map(changes.map(({ from, to }) => [unitId(to.unit), from?.unit]));
  const results = await renderAll({
    wanted: changes.map(({ to }) => to),
    platform,
    charts,
    report,
    use: async (rendered) => {
      const from = before.get(unitId(rendered.unit));
      const present = from ? await deployed.manifests(from) : '';
      const diff = diffManifests(present, rendered.manifests);
      return { diff, findings: findingsOf(rendered, diff) };
    },
  });
  const diffs = new Map<string, Diff>();
  const findings: Finding[] = [];
  for (const one of results) {
    if (one.kind === 'failed') throw one.failure;
    diffs.set(unitId(one.unit.unit), one.result.diff);
    append(findings, one.result.findings);
  }
  return { diffs, findings };
}
