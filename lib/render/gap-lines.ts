import { count } from '../policy/counted.ts';
import { isAsked } from '../snapshot/age.ts';
import { GUARDRAIL_ADVICE } from '../snapshot/guardrails.ts';
import type { CoverageEntry } from '../snapshot/snapshot.ts';
import { byText } from './changes.ts';

/** Calls that returned no data for one reason, as one line. */
export interface GapLine extends Pick<CoverageEntry, 'status' | 'detail'> {
  /** a call by its name, or how many */
  readonly what: string;
  /** sorted; empty: global services */
  readonly regions: readonly string[];
  readonly calls: number;
}

/** Calls of one region that are one line if a guardrail denies them. */
const REGION_AT_LEAST = 3;

/**
 * Gaps by remedy: a region that a guardrail closes is one line, and so is a call that lacks one grant in
 * every region. The order is that of the coverage.
 */
export function gapLines(gaps: readonly CoverageEntry[]): readonly GapLine[] {
  const closed = Map.groupBy(gaps.filter(isClosed), ({ region }) => region);
  const isWhole = (gap: CoverageEntry): boolean =>
    isClosed(gap) && (closed.get(gap.region)?.length ?? 0) >= REGION_AT_LEAST;
  const groups = Map.groupBy(gaps, (gap) => (isWhole(gap) ? (gap.region ?? '') : keyOf(gap)));
  return [...groups.values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    return [isWhole(first) ? closedLine(first, alike) : callLine(first, alike)];
  });
}

const isClosed = ({ region, reason }: CoverageEntry): boolean => region !== null && reason === 'guardrail';

/** The text of a service besides its reason differs between regions, and so does the name of a file. */
const keyOf = (entry: CoverageEntry): string => {
  const { call, status, reason } = entry;
  return JSON.stringify([call, status, isAsked(entry) && reason ? reason : anyRegion(entry)]);
};

/** What happened, with a placeholder for the region. */
const anyRegion = ({ region, detail }: CoverageEntry): string =>
  region === null ? detail : detail.replaceAll(region, '<region>');

const closedLine = ({ region, status }: CoverageEntry, alike: readonly CoverageEntry[]): GapLine => ({
  what: count(alike.length, 'call'),
  regions: region === null ? [] : [region],
  ...{ status, calls: alike.length },
  detail: `a guardrail of the organisation denies them: ${GUARDRAIL_ADVICE}`,
});

const callLine = (first: CoverageEntry, alike: readonly CoverageEntry[]): GapLine => ({
  what: first.call,
  regions: alike.flatMap(({ region }) => region ?? []).sort(byText),
  ...{ status: first.status, calls: alike.length },
  detail: alike.every(({ detail }) => detail === first.detail) ? first.detail : anyRegion(first),
});

const NAMED_REGIONS = 4;

/** ` in us-east-1, us-west-2`, ` in 17 regions`; empty for global services. */
export function inRegions({ regions }: GapLine): string {
  if (regions.length === 0) return '';
  return ` in ${regions.length > NAMED_REGIONS ? count(regions.length, 'region') : regions.join(', ')}`;
}
