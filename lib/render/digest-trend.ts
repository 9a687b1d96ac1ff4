import type { Audited } from './digest-audited.ts';
import type { DigestTrend } from './digest-model.ts';
import { thousands } from './names.ts';
import { barPicture } from './picture.ts';
import { dayOf, type TrendPoint } from './trend.ts';

/** Days that a picture shows. */
const DAYS = 30;

const COLOURS = { people: '#3d5a80', critical: '#9f1239', high: '#d97706' } as const;

/** Who has root, and what is grave, over the last days; nothing while there is one day alone. */
export function trendsOf(audited: readonly Audited[]): readonly DigestTrend[] {
  const accounts = audited.flatMap(({ report }) => (report.trend ? [report.trend.points] : []));
  const days = [...new Set(accounts.flat().map(({ at }) => dayOf(at)))].sort().slice(-DAYS);
  if (days.length < 2) return [];
  const over = (number: (point: TrendPoint) => number): readonly number[] =>
    days.map((day) => accounts.reduce((sum, points) => sum + (valueAt(points, day, number) ?? 0), 0));
  const people = over(({ root }) => root.person);
  const critical = over(({ findings }) => findings.critical);
  const high = over(({ findings }) => findings.high);
  const first = days[0] ?? '';
  return [
    {
      id: 'trend-people',
      label: 'People with root',
      text: `${fromTo(people)} since ${first}`,
      picture: barPicture([{ values: people, colour: COLOURS.people }]),
    },
    {
      id: 'trend-findings',
      label: 'Critical and high findings',
      text: `critical ${fromTo(critical)}, high ${fromTo(high)} since ${first}`,
      picture: barPicture([
        { values: critical, colour: COLOURS.critical },
        { values: high, colour: COLOURS.high },
      ]),
    },
  ];
}

/** What was known of an account on a day: its last audit until then. */
function valueAt(
  points: readonly TrendPoint[],
  day: string,
  number: (point: TrendPoint) => number,
): number | undefined {
  // of a day on which nothing could be audited nothing is known
  const point = points.findLast(({ at, state }) => dayOf(at) <= day && state !== 'blind');
  return point === undefined ? undefined : number(point);
}

const fromTo = (values: readonly number[]): string =>
  `${thousands(values[0] ?? 0)} → ${thousands(values.at(-1) ?? 0)}`;
