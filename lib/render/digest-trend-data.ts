import { dayOf, type TrendPoint } from './trend.ts';

/** Days that a picture shows. */
export const TREND_DAYS = 30;

/**
 * The increase of the numbers of one account, or of many together, on each known day: people with root,
 * critical and high findings. A value holds until the next known day.
 */
export type TrendSteps = Readonly<Record<string, readonly [people: number, critical: number, high: number]>>;

type Step = TrendSteps[string];

const FLAT: Step = [0, 0, 0];

const added = (a: Step, b: Step): Step => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];

/** The steps of one account; days before those of a picture are one step. A blind day is unknown. */
export function trendSteps(points: readonly TrendPoint[]): TrendSteps {
  const steps = new Map<string, Step>();
  const from = points.length - TREND_DAYS;
  let [people, critical, high] = FLAT;
  for (const [at, point] of points.entries()) {
    const day = dayOf((points[Math.max(at, from - 1)] ?? point).at);
    const isKnown = point.state !== 'blind';
    const now: Step = isKnown
      ? [point.root.person, point.findings.critical, point.findings.high]
      : [people, critical, high];
    const step: Step = [now[0] - people, now[1] - critical, now[2] - high];
    steps.set(day, added(steps.get(day) ?? FLAT, step));
    [people, critical, high] = now;
  }
  return Object.fromEntries(steps);
}

export function joinedSteps(a: TrendSteps, b: TrendSteps): TrendSteps {
  const all: Record<string, Step> = { ...a };
  for (const [day, step] of Object.entries(b)) all[day] = added(all[day] ?? FLAT, step);
  return all;
}
