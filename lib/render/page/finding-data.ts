import { type Finding, MOST_LISTED } from '../../findings/finding.ts';
import { worstFirst } from '../../findings/order.ts';
import { remembered } from '../../memory/remembered.ts';
import { acceptedText } from '../accepted-text.ts';
import { remedyText } from '../finding-text.ts';
import type { Report } from '../report.ts';
import { isResolvedNow } from '../summary.ts';
import type { FindingBlock, FindingData, FindingDetail } from './page-data.ts';

const BLOCK = 100;
const RANKS = { new: 0, reopened: 0, open: 0, resolved: 1, excepted: 2 } as const;

/** Findings, the worst first: one line each, with their details in blocks. */
export function findingData(report: Report): {
  readonly data: FindingData;
  readonly blocks: readonly FindingBlock[];
} {
  const all = report.findings
    .filter((finding) => finding.status !== 'resolved' || isResolvedNow(finding, report))
    .sort((a, b) => RANKS[a.status] - RANKS[b.status] || worstFirst(a, b));
  const numberOf = new Map(report.matrix.principals.map(({ arn }, number) => [arn, number] as const));
  const paths = new Map<string, number>();
  const lists: (readonly number[])[] = [];
  const pathsOf = (ids: readonly string[]): number =>
    remembered(paths, ids.join(), () => {
      const numbers = ids.map((id) => report.matrix.paths.indexOf(id as never));
      return lists.push(numbers.filter((number) => number >= 0)) - 1;
    });
  const details = all.map((finding) => detailOf(finding, numberOf, (ids) => lists[pathsOf(ids)] ?? []));
  const blocks: FindingDetail[][] = [];
  for (let at = 0; at < details.length; at += BLOCK) blocks.push(details.slice(at, at + BLOCK));
  return {
    data: { rows: all.map((finding, at) => rowOf(finding, Math.floor(at / BLOCK))), paths: lists },
    blocks,
  };
}

const rowOf = (finding: Finding, block: number): FindingData['rows'][number] => ({
  id: finding.id,
  rules: finding.rules,
  severity: finding.severity,
  status: finding.status,
  title: finding.title,
  kind: finding.cause.kind,
  resource: finding.cause.resource,
  holders: finding.holderCount,
  people: finding.peopleCount,
  instances: finding.instanceCount,
  production: finding.productionCount,
  isFixed: finding.fix !== null,
  accepted: acceptedText(finding),
  acceptedBy: finding.accepted?.by ?? '',
  block,
});

function detailOf(
  finding: Finding,
  numberOf: ReadonlyMap<string, number>,
  pathsOf: (ids: readonly string[]) => readonly number[],
): FindingDetail {
  const { remedy, example } = remedyText(finding);
  return {
    id: finding.id,
    statements: finding.cause.statements.map(({ policy, statement, sid }) => [policy, statement, sid]),
    ...(finding.cause.statements.length >= MOST_LISTED && { hasMore: true as const }),
    holders: finding.holders.map(({ principal, kind, instances, paths }) => [
      numberOf.get(principal) ?? principal,
      kind,
      instances,
      pathsOf(paths),
    ]),
    paths: pathsOf(finding.paths),
    regions: finding.regions,
    evidence: finding.evidence,
    remedy,
    example,
    fix: finding.fix,
    ...(finding.whyNoFix !== undefined && { whyNoFix: finding.whyNoFix }),
    firstSeen: finding.firstSeen,
    lastSeen: finding.lastSeen,
  };
}
