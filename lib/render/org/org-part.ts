import type { Severity } from '../../findings/finding.ts';
import { STANDING, selectFindings } from '../../findings/select.ts';
import type { PathId } from '../../matrix/paths/cell.ts';
import { type AuditState, auditStateOf } from '../../snapshot/audit-state.ts';
import { permissionSetOf } from '../../snapshot/permission-set.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { accessOf } from '../access.ts';
import { type GroupedRow, groupedBy } from '../grouped.ts';
import type { KindCounts } from '../kind-counts.ts';
import { shortPrincipal } from '../names.ts';
import type { Report } from '../report.ts';
import { shellKinds } from '../summary.ts';
import { rootKinds } from '../trend-of.ts';

/** The access in one account of a principal that is in several. */
export interface PrincipalAccess {
  readonly strongest: string;
  readonly instances: number;
  readonly paths: readonly PathId[];
}

/**
 * `summary.json` of a run: the data of one account for an index over many, so that the run itself need not be opened.
 */
export interface OrgPart extends AuditState {
  readonly schemaVersion: 1;
  readonly accountId: string;
  readonly takenAt: string;
  /** its name in the organisation, and the unit that it is in; null: not known */
  readonly name: string | null;
  readonly unit: string | null;
  readonly principals: number;
  readonly instances: number;
  /** number of principals by kind: with a shell on some instance, and with unconditional root */
  readonly shells: KindCounts;
  readonly root: KindCounts;
  readonly findings: Readonly<Record<Severity, number>>;
  readonly permissionSets: readonly (PrincipalAccess & { readonly name: string })[];
  /** principals from other accounts; `from` is the account's number */
  readonly across: readonly (PrincipalAccess & { readonly from: string })[];
}

export function orgPart(report: Pick<Report, 'snapshot' | 'matrix' | 'findings'>): OrgPart {
  const { snapshot, matrix, findings } = report;
  const isAsked = (arn: string): boolean => permissionSetOf(arn) !== null || accountOf(arn) !== null;
  const rows = groupedBy('principal', report, {}, isAsked);
  const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const { severity } of selectFindings(findings, { states: STANDING })) counts[severity] += 1;
  return {
    schemaVersion: 1,
    ...{ accountId: matrix.accountId, takenAt: matrix.takenAt },
    ...placeOf(snapshot),
    ...auditStateOf(snapshot),
    ...{ principals: matrix.principals.length, instances: matrix.instances.length },
    shells: shellKinds(report, accessOf(matrix)),
    root: rootKinds(report),
    findings: counts,
    permissionSets: rows.flatMap((row) => {
      const name = permissionSetOf(row.principal ?? '');
      return name === null ? [] : [{ name, ...reached(row) }];
    }),
    across: rows.flatMap((row) => {
      const from = accountOf(row.principal ?? '');
      return from === null ? [] : [{ from, ...reached(row) }];
    }),
  };
}

const reached = ({ strongest, instances = 0, paths }: GroupedRow): PrincipalAccess => ({
  strongest,
  instances,
  paths,
});

const accountOf = (arn: string): string | null => /^account (\d{12})$/.exec(shortPrincipal(arn))?.[1] ?? null;

/** The last level is the account itself, the one before it its unit. */
function placeOf({ organization }: Snapshot): Pick<OrgPart, 'name' | 'unit'> {
  const [account, unit] = (organization?.levels ?? []).toReversed();
  return { name: account?.name ?? null, unit: unit?.name ?? unit?.targetId ?? null };
}
