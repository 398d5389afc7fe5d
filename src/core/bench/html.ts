import Handlebars from 'handlebars';
import { oneLine } from '../escape.ts';
import type { Figures, VolumeFigures } from './figures.ts';
import type { BenchReport } from './report.ts';
import { barChart, lineChart } from './svg.ts';
import type { Bar } from './svg.ts';
import { changeText, notes, tables } from './table.ts';
import type { Subject } from './table.ts';

// Handlebars escapes every {{value}}; pictures escape what they are given.
const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Volumes of {{hub}}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent);
  --c0: light-dark(#1f6fb4, #6cb2f0); --c1: light-dark(#c8701a, #f0a557); --c2: light-dark(#2f8558, #6ccb97); }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin-bottom: 0; } .meta { opacity: .75; margin-top: .2rem; }
section, .advice { border: 1px solid var(--line); border-radius: .6rem; padding: .8rem 1.2rem; margin: 1rem 0; }
.advice { border-left: 5px solid var(--c0); font-size: 1.1rem; }
h2 { font-size: 1.05rem; margin: .2rem 0 .6rem; }
svg { width: 100%; height: auto; display: block; } svg text { font: 12px system-ui, sans-serif; fill: currentColor; }
.grid { stroke: var(--line); } .mark { stroke: currentColor; stroke-width: 2; }
.c0 { fill: var(--c0); background: var(--c0); } .c1 { fill: var(--c1); background: var(--c1); }
.c2 { fill: var(--c2); background: var(--c2); } .l0 { fill: none; stroke: var(--c0); stroke-width: 2; }
.legend { list-style: none; padding: 0; margin: .2rem 0; display: flex; gap: 1.2rem; font-size: 13px; }
.legend i { display: inline-block; width: .8em; height: .8em; margin-right: .4em; border-radius: 2px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--line); }
li { overflow-wrap: anywhere; } .wide { overflow-x: auto; } .beside { font-size: 13px; opacity: .8; margin: .2rem 0; }
</style></head><body>
<h1>Volumes of {{hub}}</h1>
<p class="meta">Measured at {{at}} by glaciocloud bench</p>
<p class="advice">Recommended: {{recommendation}}</p>
{{#if changes}}<section><h2>Others than in the run before</h2>
<ul>{{#each changes}}<li>{{this}}</li>{{/each}}</ul></section>
{{/if}}{{#each parts}}<section><h2>{{title}}</h2>
{{{picture}}}
{{#if beside}}<p class="beside">{{beside}}</p>{{/if}}<div class="wide"><table>
<thead><tr>{{#each head}}<th scope="col">{{this}}</th>{{/each}}</tr></thead>
<tbody>{{#each rows}}<tr>{{#each this}}<td>{{this}}</td>{{/each}}</tr>{{/each}}</tbody></table></div></section>
{{/each}}<section><h2>About these figures</h2><ul>{{#each notes}}<li>{{this}}</li>{{/each}}</ul></section>
</body></html>
`;

/** The report as one page with pictures and without scripts. */
export function benchHtml(report: BenchReport): string {
  const { figures, recommendation, comparison } = report;
  const page = {
    hub: oneLine(figures.hub),
    at: oneLine(figures.at),
    recommendation: oneLine(recommendation),
    changes: (comparison?.changes ?? []).map((one) => oneLine(changeText(one))),
    parts: tables(figures).map(({ subject, title, head, rows }) => ({
      title,
      head,
      rows: rows.map((row) => row.map(oneLine)),
      picture: PICTURES[subject](figures),
      beside: BESIDE[subject],
    })),
    notes: notes(report).map(oneLine),
  };
  return Handlebars.compile(PAGE, { strict: true })(page);
}

const PICTURES: Readonly<Record<Subject, (figures: Figures) => string>> = {
  latencies: ({ volumes }) =>
    barChart({
      title: 'Milliseconds for one file, by volume',
      unit: 'ms',
      log: true,
      groups: [
        { name: 'look up', bars: bars(volumes, 'stat_ms') },
        { name: 'make', bars: bars(volumes, 'create_ms') },
        { name: 'sync', bars: bars(volumes, 'fsync_ms') },
      ],
    }),
  rates: ({ volumes }) =>
    barChart({
      title: 'Megabytes a second, by volume',
      unit: 'MB/s',
      log: false,
      groups: [
        { name: 'read', bars: bars(volumes, 'read_mb_s', 'dd_read_mb_s') },
        { name: 'write', bars: bars(volumes, 'write_mb_s', 'dd_write_mb_s') },
      ],
    }),
  oggm: ({ oggm }) =>
    barChart({
      title: 'Seconds of OGGM for one glacier, by volume',
      unit: 's',
      log: false,
      groups: [
        { name: 'cold', bars: oggm.map((one) => ({ name: one.volume, value: one.cold_s })) },
        { name: 'warm', bars: oggm.map((one) => ({ name: one.volume, value: one.warm_s })) },
      ],
    }),
  readers: ({ readers }) =>
    lineChart(
      'Megabytes a second, by the number of readers',
      'readers',
      readers.map((one) => ({ name: `${one.readers}`, value: one.mb_s })),
    ),
};

const BESIDE: Readonly<Record<Subject, string>> = {
  latencies: 'From one line to the next it is ten times as long.',
  rates: 'The line across a bar is what dd says.',
  oggm: '',
  readers: '',
};

type Measure = {
  [Key in keyof VolumeFigures]: VolumeFigures[Key] extends number | null ? Key : never;
}[keyof VolumeFigures];

function bars(volumes: readonly VolumeFigures[], value: Measure, mark?: Measure): Bar[] {
  return volumes.map((one) => ({
    name: one.name,
    value: one[value],
    mark: mark === undefined ? null : one[mark],
  }));
}
