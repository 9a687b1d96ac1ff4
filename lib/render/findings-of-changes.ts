import type { Finding } from '../findings/finding.ts';
import { worstFirst } from '../findings/order.ts';
import { remembered } from '../memory/remembered.ts';
import type { CauseChange, ChangeRow } from './changes.ts';
import { isNews } from './summary.ts';

/** The findings that each change caused; `others` has the rest. */
export interface Carried {
  readonly byChange: ReadonlyMap<string, readonly Finding[]>;
  readonly others: readonly Finding[];
}

/**
 * Assigns each finding to the change that caused it, so that one thing is reported once. A change caused it
 * if a holder gained the access of the finding by it. The other holders of a new finding also did so, or had
 * it before: none of them gained it by another change.
 */
export function carriedBy(changes: readonly CauseChange[], findings: readonly Finding[]): Carried {
  const byChange = new Map<string, Finding[]>();
  const others: Finding[] = [];
  for (const finding of findings.toSorted(worstFirst)) {
    const change = broughtAboutBy(changes, finding);
    if (change === undefined) others.push(finding);
    else byChange.set(change.id, [...(byChange.get(change.id) ?? []), finding]);
  }
  return { byChange, others };
}

function broughtAboutBy(changes: readonly CauseChange[], finding: Finding): CauseChange | undefined {
  const gains = (change: CauseChange): boolean =>
    finding.holders.some(({ principal }) => gainsAny(change, principal, finding));
  const [first, ...more] = changes.filter(gains);
  if (first === undefined || !isNews(finding)) return first;
  const isReported = ({ principal }: { readonly principal: string }): boolean =>
    gainsAny(first, principal, finding) || !more.some((change) => gainsAny(change, principal, finding));
  return finding.holders.every(isReported) ? first : undefined;
}

function gainsAny(change: CauseChange, principal: string, { paths }: Finding): boolean {
  const rows = remembered(gainedRows, change, () => gainedByPrincipal(change)).get(principal) ?? [];
  return rows.some((row) => row.paths.some((path) => paths.includes(path)));
}

const gainedRows = new WeakMap<CauseChange, ReadonlyMap<string, readonly ChangeRow[]>>();

/**
 * A change may have a thousand rows of a thousand principals each, and is checked for every holder of each
 * finding.
 */
function gainedByPrincipal({ rows }: CauseChange): ReadonlyMap<string, readonly ChangeRow[]> {
  const byPrincipal = new Map<string, ChangeRow[]>();
  for (const row of rows) {
    if (row.change !== 'gained') continue;
    for (const principal of row.principals) remembered(byPrincipal, principal, () => []).push(row);
  }
  return byPrincipal;
}

/**
 * The most severe older finding about access that somebody gained by the change. Accepting one about the whole account would
 * accept more than this.
 */
export function standingOfChange(change: CauseChange, findings: readonly Finding[]): Finding | null {
  const isAbout = (finding: Finding): boolean =>
    finding.status !== 'resolved' &&
    !isNews(finding) &&
    finding.cause.kind !== 'setting' &&
    finding.holders.some(({ principal }) => gainsAny(change, principal, finding));
  return findings.filter(isAbout).toSorted(worstFirst)[0] ?? null;
}
