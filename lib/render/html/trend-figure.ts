import { thousands } from '../../policy/counted.ts';
import { type Html, html } from '../escape.ts';
import { dayOf, type TrendPoint } from '../trend.ts';

/** Days that a figure shows. */
const DAYS = 60;

/** Of the drawing, in its own units. */
const STEP = 10;
const HEIGHT = 48;

/** Root holders and grave findings, day by day; nothing if there is only one day. */
export function trendFigure(points: readonly TrendPoint[]): Html | null {
  const shown = points.filter(({ state }) => state !== 'blind').slice(-DAYS);
  const [first] = shown;
  if (first === undefined || shown.length < 2) return null;
  const people = shown.map(({ root }) => root.person);
  const critical = shown.map(({ findings }) => findings.critical);
  const high = shown.map(({ findings }) => findings.high);
  return html`<div class="figure trend">
<h2>Since ${dayOf(first.at)}</h2>
${bars('People with root', [{ css: 'low', values: people }])}
<p class="aside">${fromTo('people with root', people)}</p>
${bars('Critical and high findings', [
  { css: 'critical', values: critical },
  { css: 'high', values: high },
])}
<p class="aside">${fromTo('critical findings', critical)}; ${fromTo('high', high)}</p>
</div>`;
}

const fromTo = (what: string, values: readonly number[]): string =>
  `${what}: ${thousands(values[0] ?? 0)} → ${thousands(values.at(-1) ?? 0)}`;

interface Bars {
  readonly css: string;
  readonly values: readonly number[];
}

function bars(label: string, series: readonly Bars[]): Html {
  const days = series[0]?.values.length ?? 0;
  const sums = Array.from({ length: days }, (_, day) =>
    series.reduce((sum, { values }) => sum + (values[day] ?? 0), 0),
  );
  const scale = HEIGHT / Math.max(1, ...sums);
  const rects = sums.flatMap((_, day) => {
    let below = 0;
    return series.map(({ css, values }) => {
      const height = Math.round((values[day] ?? 0) * scale);
      below += height;
      return html`<rect class="${css}" x="${day * STEP}" y="${HEIGHT - below}" width="${STEP - 2}" height="${height}"></rect>`;
    });
  });
  return html`<svg class="bar days" viewBox="0 0 ${days * STEP} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${label}, day by day">${rects}</svg>`;
}
