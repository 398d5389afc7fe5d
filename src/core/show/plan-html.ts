import Handlebars from 'handlebars';
import { oneLine } from '../escape.ts';
import type { ShownStep } from '../plan/family.ts';
import type { Plan } from '../plan/plan.ts';
import type { ObjectChange } from '../plan/types.ts';
import { effectsText } from '../plan/words.ts';
import { byPlace, findingLine, findingLines } from './findings.ts';
import { against } from './frame.ts';
import type { PlanFrame } from './frame.ts';
import { byRisk, groupEqual } from './groups.ts';

// Handlebars escapes every {{value}}, and `seen` what is in it unseen: what stands in files stays text.
const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Plan {{digest}}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } .meta { opacity: .7; }
section { border: 1px solid var(--line); border-radius: .6rem; padding: .8rem 1.2rem; margin: 1rem 0; }
h2 { font-size: 1.05rem; margin: .2rem 0; } h2 span { font-weight: 400; opacity: .7; }
pre { overflow-x: auto; font: 12.5px/1.45 ui-monospace, monospace; border-left: 3px solid var(--line); padding-left: .8rem; }
.add { background: color-mix(in srgb, #2da44e 22%, transparent); } .del { background: color-mix(in srgb, #cf222e 20%, transparent); }
pre span { display: block; } summary { cursor: pointer; } .warn { border-left: 4px solid #d4a72c; padding-left: .7rem; }
</style></head><body>
<h1>Plan: {{count}}</h1>
<p class="meta">{{head}} {{base}} · plan {{digest}}</p>
{{#each notes}}<p class="warn">{{this}}</p>{{/each}}
{{#each groups}}<section>
<h2>{{marker}} {{title}} <span>{{wave}}</span></h2>
<p>Users notice: {{effects}}</p>
<ul>{{#each reasons}}<li>{{this}}</li>{{/each}}</ul>
{{#each objects}}<details><summary>{{kind}} {{name}}: {{how}}, +{{plus}} −{{minus}}</summary>
<pre>{{#each lines}}<span class="{{class}}">{{text}}</span>{{/each}}</pre></details>
{{/each}}</section>
{{/each}}
{{#if unchanged}}<p>Unchanged: {{unchanged}}</p>{{/if}}
</body></html>
`;

/** The whole plan as one page without scripts. */
export function planHtml(plan: Plan, frame: PlanFrame): string {
  const count = plan.steps.length;
  const page = {
    digest: plan.digest.slice(0, 12),
    count: count === 0 ? 'nothing changes' : `${count} of ${count + plan.unchanged.length} change`,
    head: frame.head?.slice(0, 7) ?? '',
    base: against(plan, frame),
    notes: notes(plan),
    groups: groupEqual(byRisk(plan.steps)).map(({ first, steps }) => section(first, steps)),
    unchanged: plan.unchanged.map(({ title }) => title).join(', '),
  };
  return Handlebars.compile(PAGE, { strict: true })(seen(page));
}

type Shown = string | number | readonly Shown[] | { readonly [name: string]: Shown };

/** Every text of the page, without characters that act unseen. */
function seen(value: Shown): Shown {
  if (typeof value === 'string') return oneLine(value);
  if (typeof value === 'number') return value;
  if (isList(value)) return value.map(seen);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, seen(one)]));
}

function isList(value: Shown): value is readonly Shown[] {
  return Array.isArray(value);
}

function notes({ orphans, charts, findings }: Plan): string[] {
  const { above, below } = byPlace(findings);
  return [
    ...above.map(findingLine),
    ...orphans.map(({ title }) => `${title} runs, but no file names it any more.`),
    ...charts
      .filter(({ double }) => double)
      .map(({ name }) => `Made with a test double of the chart ${name}.`),
    ...findingLines(below),
  ];
}

function section(first: ShownStep, steps: readonly ShownStep[]): Shown {
  return {
    marker: first.marker,
    title: steps.map(({ title }) => title).join(', '),
    wave: first.wave,
    effects: effectsText(first.effects),
    reasons: first.reasons.map(({ text }) => text),
    objects: first.diff?.changed.map(shownObject) ?? [],
  };
}

function shownObject({ kind, object, lines, plus, minus }: ObjectChange): Shown {
  return {
    kind: object.kind,
    name: object.name,
    how: kind,
    plus,
    minus,
    lines: lines.map((text) => ({ text, class: lineClass(text) })),
  };
}

function lineClass(line: string): string {
  if (line.startsWith('+')) return 'add';
  return line.startsWith('-') ? 'del' : '';
}
