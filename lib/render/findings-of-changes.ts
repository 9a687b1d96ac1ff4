import type { Finding } from '../findings/finding.ts';
import { worstFirst } from '../findings/order.ts';
import { remembered } from '../memory/remembered.ts';
import type { Change, ChangeRow } from './changes.ts';
import { isNews } from './summary.ts';

/** What of the findings each change brought about; `others` is what no change explains. */
export interface Carried {
  readonly byChange: ReadonlyMap<string, readonly Finding[]>;
  readonly others: readonly Finding[];
}

/**
 * Puts each finding to the change that brought it about, so that one thing is told once: its holders gained by that
 * change what the finding is about.
 */
export function carriedBy(changes: readonly Change[], findings: readonly Finding[]): Carried {
  const byChange = new Map<string, Finding[]>();
  const others: Finding[] = [];
  for (const finding of findings.toSorted(worstFirst)) {
    const change = changes.find((one) => broughtAbout(one, finding));
    if (change === undefined) others.push(finding);
    else byChange.set(change.id, [...(byChange.get(change.id) ?? []), finding]);
  }
  return { byChange, others };
}

/** Of a new finding each holder, of one that grew some holder gained by it. */
function broughtAbout(change: Change, finding: Finding): boolean {
  const { holders, holderCount } = finding;
  if (holders.length === 0 || holders.length < holderCount) return false;
  const gained = (principal: string): boolean => gainsAny(change, principal, finding);
  return isNews(finding)
    ? holders.every(({ principal }) => gained(principal))
    : holders.some(({ principal }) => gained(principal));
}

function gainsAny(change: Change, principal: string, { paths }: Finding): boolean {
  const rows = remembered(gainedRows, change, () => gainedByPrincipal(change)).get(principal) ?? [];
  return rows.some((row) => row.paths.some((path) => paths.includes(path)));
}

const gainedRows = new WeakMap<Change, ReadonlyMap<string, readonly ChangeRow[]>>();

/** A change may have a thousand rows of a thousand principals each, and is asked about every holder of each finding. */
function gainedByPrincipal({ rows }: Change): ReadonlyMap<string, readonly ChangeRow[]> {
  const byPrincipal = new Map<string, ChangeRow[]>();
  for (const row of rows) {
    if (row.change !== 'gained') continue;
    for (const principal of row.principals) remembered(byPrincipal, principal, () => []).push(row);
  }
  return byPrincipal;
}

/** The gravest finding that stood before and is about what somebody gained by the change. */
export function standingOfChange(change: Change, findings: readonly Finding[]): Finding | null {
  const isAbout = (finding: Finding): boolean =>
    finding.status !== 'resolved' &&
    !isNews(finding) &&
    finding.holders.some(({ principal }) => gainsAny(change, principal, finding));
  return findings.filter(isAbout).toSorted(worstFirst)[0] ?? null;
}
