import Handlebars from 'handlebars';
import { scaleBand, scaleLinear, scaleLog } from 'd3-scale';
import { oneLine } from '../escape.ts';
import { greatest, least } from '../lists.ts';
import { shown } from './table.ts';

/*
 * Pictures of a report: names and figures in, SVG out. Colours are classes of the page, so that they suit light and
 * dark.
 */

const WIDTH = 640;
const LEFT = 90;
const RIGHT = 64;
const TOP = 6;
const BOTTOM = 36;
const BAR = 20;
const GAP = 16;
const LINE_HEIGHT = 190;

export interface Bar {
  /** Of equal bars in all groups: they have one colour. */
  name: string;
  value: number | null;
  /** What another program says of the same: a line across the bar. */
  mark?: number | null;
}

export interface BarChart {
  /** What it shows, for who cannot see it. */
  title: string;
  unit: string;
  /** By tens, where figures are of several magnitudes. */
  log: boolean;
  groups: readonly { name: string; bars: readonly Bar[] }[];
}

/** As much as we use of a scale of d3. */
type Axis = ((value: number) => number) & { ticks: (count: number) => number[] };

/** Lying bars, each with its figure at its end; empty where there is no figure. */
export function barChart({ title, unit, log, groups }: BarChart): string {
  const values = groups.flatMap(({ bars }) => bars.flatMap(numbersOf));
  if (values.length === 0) return '';
  const x = log ? logAxis(values) : linearAxis(values, [LEFT, WIDTH - RIGHT]);
  const names = namesOf(groups);
  const size = names.length * BAR;
  const within = scaleBand().domain(names).range([0, size]).padding(0.15);
  const drawn = groups.map(({ name, bars }, index) => {
    const y = TOP + index * (size + GAP);
    const each = bars.map((bar) =>
      barOf(bar, x, {
        y: y + (within(bar.name) ?? 0),
        height: within.bandwidth(),
        color: names.indexOf(bar.name),
      }),
    );
    return label(LEFT - 8, y + size / 2, name, 'end') + each.join('');
  });
  const bottom = TOP + groups.length * (size + GAP);
  const body = upright(x, bottom, unit) + drawn.join('');
  return picture(title, bottom + BOTTOM, body) + legend(names);
}

/** A line through points, with the figure above each. */
export function lineChart(
  title: string,
  unit: string,
  points: readonly { name: string; value: number }[],
): string {
  if (points.length === 0) return '';
  const bottom = TOP + LINE_HEIGHT;
  const y = linearAxis(
    points.map(({ value }) => value),
    [bottom, TOP + 24],
  );
  const x = scaleBand()
    .domain(points.map(({ name }) => name))
    .range([LEFT, WIDTH - RIGHT]);
  const places = points.map(({ name, value }) => ({
    name,
    value,
    x: (x(name) ?? 0) + x.bandwidth() / 2,
    y: y(value),
  }));
  const path = places.map((one) => `${fixed(one.x)},${fixed(one.y)}`).join(' ');
  const dots = places.map(
    (one) =>
      `<circle class="c0" cx="${fixed(one.x)}" cy="${fixed(one.y)}" r="4"/>` +
      label(one.x, one.y - 14, shown(one.value), 'middle') +
      label(one.x, bottom + 16, one.name, 'middle'),
  );
  const lines = y.ticks(4).map((tick) => {
    const at = fixed(y(tick));
    return (
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/>` +
      label(LEFT - 8, y(tick), shown(tick), 'end')
    );
  });
  const body = `${lines.join('')}<polyline class="l0" points="${path}"/>${dots.join('')}`;
  return picture(title, bottom + BOTTOM, body + label(LEFT - 8, bottom + 16, unit, 'end'));
}

function namesOf(groups: BarChart['groups']): string[] {
  return [...new Set(groups.flatMap(({ bars }) => bars.map(({ name }) => name)))];
}

function numbersOf({ value, mark }: Bar): number[] {
  return [value, mark].filter((one) => typeof one === 'number' && one > 0) as number[];
}

function linearAxis(values: readonly number[], range: readonly [number, number]): Axis {
  const scale = scaleLinear()
    .domain([0, greatest(values)])
    .range(range);
  return Object.assign((value: number) => scale(value), {
    ticks: (count: number) => scale.ticks(count),
  });
}

/** From the tens below the least figure, so that each has a length. */
function logAxis(values: readonly number[]): Axis {
  const scale = scaleLog()
    .domain([10 ** Math.floor(Math.log10(least(values) / 1.5)), greatest(values)])
    .range([LEFT, WIDTH - RIGHT])
    .clamp(true);
  const isTen = (value: number): boolean =>
    Number.isInteger(Math.round(Math.log10(value) * 1e6) / 1e6);
  return Object.assign((value: number) => scale(value), {
    ticks: () => scale.ticks().filter(isTen),
  });
}

interface Place {
  y: number;
  height: number;
  color: number;
}

function barOf({ name, value, mark }: Bar, x: Axis, { y, height, color }: Place): string {
  if (value === null) return label(LEFT + 6, y + height / 2, '–', 'start');
  const end = Math.max(x(value), LEFT + 1);
  const other = typeof mark === 'number' && mark > 0 ? x(mark) : undefined;
  const tick =
    other === undefined
      ? ''
      : `<line class="mark" x1="${fixed(other)}" x2="${fixed(other)}" ` +
        `y1="${fixed(y - 1)}" y2="${fixed(y + height + 1)}"/>`;
  const beside = Math.max(end, other ?? 0) + 6;
  return (
    `<rect class="c${color}" x="${LEFT}" y="${fixed(y)}" width="${fixed(end - LEFT)}" ` +
    `height="${fixed(height)}"><title>${escaped(name)}: ${shown(value)}</title></rect>` +
    tick +
    label(beside, y + height / 2, shown(value), 'start')
  );
}

function upright(x: Axis, bottom: number, unit: string): string {
  const lines = x.ticks(5).map((tick) => {
    const at = fixed(x(tick));
    return (
      `<line class="grid" x1="${at}" x2="${at}" y1="${TOP}" y2="${bottom}"/>` +
      label(x(tick), bottom + 12, shown(tick), 'middle')
    );
  });
  return lines.join('') + label(WIDTH - RIGHT + 8, bottom + 12, unit, 'start');
}

function legend(names: readonly string[]): string {
  if (names.length < 2) return '';
  const items = names.map((name, index) => `<li><i class="c${index}"></i>${escaped(name)}</li>`);
  return `<ul class="legend">${items.join('')}</ul>`;
}

function picture(title: string, height: number, body: string): string {
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">${body}</svg>`;
}

function label(x: number, y: number, text: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}" text-anchor="${anchor}" dy=".35em">${escaped(text)}</text>`;
}

function escaped(text: string): string {
  return Handlebars.escapeExpression(oneLine(text));
}

function fixed(value: number): string {
  return value.toFixed(1);
}
