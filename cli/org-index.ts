import type { Finding, Severity } from '../lib/findings/finding.ts';
import { STANDING, selectFindings } from '../lib/findings/select.ts';
import type { PathId } from '../lib/matrix/paths/cell.ts';
import type { Audit } from '../lib/pipeline/load.ts';
import { type KindCounts, kindCounts } from '../lib/render/kind-counts.ts';
import { SHELL, STRENGTHS } from '../lib/render/strength.ts';
import { type AuditState, auditStateOf } from '../lib/snapshot/audit-state.ts';
import { type GroupedRow, groupedBy } from './grouped.ts';
import { accountOf, permissionSetOf } from './names.ts';

/** One account of the index. */
export interface OrgAccount extends AuditState {
  readonly accountId: string;
  readonly folder: string;
  /** `runs/<time>` */
  readonly run: string;
  readonly takenAt: string;
  /** its page; null: the run was of a check, which writes none */
  readonly report: string | null;
  readonly principals: number;
  readonly instances: number;
  /** principals with a shell on some instance, by kind */
  readonly shells: KindCounts;
  readonly findings: Readonly<Record<Severity, number>>;
}

/** What somebody who is in several accounts has in one of them. */
export interface Reach {
  readonly accountId: string;
  readonly strongest: string;
  readonly instances: number;
  readonly paths: readonly PathId[];
}

/** What the audits of several accounts say together. */
export interface OrgIndex {
  readonly accounts: readonly OrgAccount[];
  /** folders that could not be read, and why */
  readonly failed: readonly { readonly folder: string; readonly problem: string }[];
  /** the permission sets of Identity Center, and where each reaches what */
  readonly permissionSets: readonly { readonly name: string; readonly accounts: readonly Reach[] }[];
  /** who comes from one account into another; `audited`: its own audit is in the index */
  readonly across: readonly (Reach & { readonly from: string; readonly audited: boolean })[];
}

/** Gathers one account after another, and keeps of each what the index says. */
export class OrgIndexer {
  readonly #accounts: OrgAccount[] = [];
  readonly #failed: { readonly folder: string; readonly problem: string }[] = [];
  readonly #sets = new Map<string, Reach[]>();
  readonly #across: (Reach & { readonly from: string })[] = [];

  add(audit: Audit, findings: readonly Finding[], from: Pick<OrgAccount, 'folder' | 'run' | 'report'>): void {
    const { snapshot, matrix } = audit;
    const { accountId, takenAt } = matrix;
    const twin = this.#accounts.find((one) => one.accountId === accountId);
    if (twin) {
      const why = `it is of account \`${accountId}\`, as \`${twin.folder}\` is: name one of them`;
      this.fail(from.folder, why);
      return;
    }
    const rows = groupedBy('principal', audit, {});
    this.#accounts.push({
      ...{ accountId, ...from, takenAt },
      ...auditStateOf(snapshot),
      principals: matrix.principals.length,
      instances: matrix.instances.length,
      shells: kindCounts(rows.filter(hasShell).flatMap(({ kind }) => kind ?? [])),
      findings: countsOf(findings),
    });
    for (const row of rows) this.#note(accountId, row);
  }

  fail(folder: string, problem: string): void {
    this.#failed.push({ folder, problem });
  }

  #note(accountId: string, { principal = '', strongest, instances = 0, paths }: GroupedRow): void {
    const reach = { accountId, strongest, instances, paths };
    const set = permissionSetOf(principal);
    if (set !== null) this.#sets.set(set, [...(this.#sets.get(set) ?? []), reach]);
    const from = accountOf(principal);
    if (from !== null) this.#across.push({ from, ...reach });
  }

  /** Accounts of which nothing is known come first, then the gravest. */
  index(): OrgIndex {
    const audited = new Set(this.#accounts.map(({ accountId }) => accountId));
    return {
      failed: this.#failed,
      accounts: this.#accounts.toSorted(
        (a, b) => gravity(b) - gravity(a) || compare(a.accountId, b.accountId),
      ),
      permissionSets: [...this.#sets]
        .map(([name, accounts]) => ({ name, accounts }))
        .sort((a, b) => compare(a.name, b.name)),
      across: this.#across.map((one) => ({ ...one, audited: audited.has(one.from) })),
    };
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

const gravity = ({ state, findings, shells }: OrgAccount): number =>
  (state === 'blind' ? 1e9 : 0) + findings.critical * 1e5 + findings.high * 1e3 + shells.person;

const SHELL_WORDS = new Set<string>(STRENGTHS.slice(SHELL).map(({ word }) => word));
const hasShell = ({ strongest }: GroupedRow): boolean => SHELL_WORDS.has(strongest);

function countsOf(findings: readonly Finding[]): OrgAccount['findings'] {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const { severity } of selectFindings(findings, { states: STANDING })) counts[severity] += 1;
  return counts;
}
