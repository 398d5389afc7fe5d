import type { Finding } from '../finding.ts';
import { canonical, merge } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { Platform } from '../model/types.ts';
import { fieldOf, originOf } from '../hub/values/build.ts';
import { meant } from '../hub/values/meant.ts';
import { valuesOf } from '../hub/release.ts';
import { isLookedAt } from '../hub/rules/objects.ts';
import { documentsIn, parseObject } from '../manifests.ts';
import type { Rendered } from '../unit.ts';
import { RULES } from './rules.ts';
import { findingOf } from '../rule.ts';
import type { HubFacts, Problem, Rule, ValuesFacts } from '../rule.ts';

export interface RuleInputs {
  platform: Platform;
  now: number;
  /** Default values of the chart, where it is at hand. */
  defaults: JsonObject | undefined;
}

/** Every rule about files and values, over everything that could be read. */
export function runRules({ platform, now, defaults }: RuleInputs): Finding[] {
  const findings: Finding[] = [];
  const add = (rule: Rule, problems: Iterable<Problem>): void => {
    // A setting of a parent's section stands where its class reads it, too.
    const told = new Set<string>();
    for (const problem of problems) {
      const said = canonical({ ...problem.at, message: problem.message });
      if (told.has(said)) continue;
      told.add(said);
      findings.push(findingOf(rule, problem));
    }
  };
  const hubs = [...platform.environments.values()].flatMap((hub) => hubFacts(platform, now, hub));
  const values = hubs.flatMap((facts) => valuesFacts(facts, defaults));
  for (const rule of RULES) {
    switch (rule.on) {
      case 'platform':
        add(rule, rule.check(platform, now));
        break;
      case 'hub':
        for (const facts of hubs) add(rule, rule.check(facts));
        break;
      case 'values':
        for (const facts of values) add(rule, rule.check(facts));
        break;
      case 'manifests':
        break;
    }
  }
  return findings;
}

/** Rules about rendered objects of one hub. */
export function runManifestRules(
  platform: Platform,
  now: number,
  hub: string,
  objects: readonly JsonObject[],
): Finding[] {
  const doc = platform.environments.get(hub);
  const [facts] = doc ? hubFacts(platform, now, doc) : [];
  if (!facts) return [];
  return RULES.flatMap((rule) =>
    rule.on === 'manifests'
      ? [...rule.check({ ...facts, objects })].map((problem) => findingOf(rule, problem))
      : [],
  );
}

/** The same of manifests as text. Parsing all would cost as much as rendering: only what a rule looks at is parsed. */
export function manifestFindings(
  { unit, manifests }: Rendered,
  { platform, now }: Pick<RuleInputs, 'platform' | 'now'>,
): Finding[] {
  const looked = documentsIn(manifests).filter(isLookedAt);
  return runManifestRules(platform, now, unit.name, looked.map(parseObject));
}

function hubFacts(platform: Platform, now: number, hub: HubFacts['hub']): HubFacts[] {
  const cluster = platform.clusters.get(hub.data.cluster);
  return cluster ? [{ hub, cluster, platform, now }] : [];
}

function valuesFacts(facts: HubFacts, defaults: JsonObject | undefined): ValuesFacts[] {
  const built = valuesOf(facts.platform, facts.hub, { codeDigest: '' });
  if (!built) return [];
  const { values, written } = meant(merge(defaults ?? {}, built.values.jupyterhub));
  return [
    {
      ...facts,
      values,
      ours: built.ours,
      field: (path) => fieldOf(built, path),
      place: (path) => facts.hub.at(originOf(built, facts.hub, written(path))),
    },
  ];
}
