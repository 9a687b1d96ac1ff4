import { thousands } from '../policy/counted.ts';
import type { Audited } from './digest-audited.ts';
import type { DigestTrend } from './digest-model.ts';
import { TREND_DAYS } from './digest-trend-data.ts';
import { barPicture } from './picture.ts';

const COLOURS = { people: '#3d5a80', critical: '#9f1239', high: '#d97706' } as const;

/** Root holders and grave findings over the last days; nothing if there is only one day. */
export function trendsOf({ trend }: Audited): readonly DigestTrend[] {
  const all = Object.keys(trend).sort();
  const days = all.slice(-TREND_DAYS);
  if (days.length < 2) return [];
  const over = (which: 0 | 1 | 2): readonly number[] => {
    let sum = 0;
    const values = all.map((day) => {
      sum += trend[day]?.[which] ?? 0;
      return sum;
    });
    return values.slice(-TREND_DAYS);
  };
  const [people, critical, high] = [over(0), over(1), over(2)];
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

const fromTo = (values: readonly number[]): string =>
  `${thousands(values[0] ?? 0)} → ${thousands(values.at(-1) ?? 0)}`;
