import type { Finding, Severity } from '../findings/finding.ts';
import { worstFirst } from '../findings/order.ts';
import { kindsOfSnapshot } from '../findings/principal-kinds.ts';
import { STANDING, selectFindings } from '../findings/select.ts';
import { SEVERITIES } from '../findings/severities.ts';
import { count, thousands } from '../policy/counted.ts';
import { isAsked, isGap } from '../snapshot/age.ts';
import { type AuditState, auditStateOf, listsInPart } from '../snapshot/audit-state.ts';
import type { CoverageEntry } from '../snapshot/snapshot.ts';
import { type Access, accessOf, cellCount } from './access.ts';
import { type CauseChange, changesOf } from './changes.ts';
import { type KindCounts, kindCounts, kindsText } from './kind-counts.ts';
import type { Report } from './report.ts';
import { type Undecided, undecidedIn, undecidedText } from './undecided.ts';

/** The summary of an audit for every format. Sentences are plain text, not yet escaped. */
export interface Summary {
  readonly access: Access;
  readonly changes: readonly CauseChange[];
  /** open findings, worst first; resolved and excepted ones are counted separately */
  readonly standing: readonly Finding[];
  readonly severities: Readonly<Record<Severity, number>>;
  readonly newFindings: number;
  readonly excepted: number;
  readonly resolved: number;
  readonly principals: number;
  readonly withRoot: number;
  readonly withShell: number;
  readonly withShellIf: number;
  readonly cells: number;
  readonly instances: number;
  readonly regions: number;
  readonly gaps: readonly CoverageEntry[];
  /** `blind`: no principals or no instances could be read, and `why` */
  readonly state: AuditState['state'];
  readonly why: string;
  /** principals about whom something is unknown because of missing data */
  readonly undecided: Undecided;
  /** the list of principals or instances was not read in full */
  readonly isCut: boolean;
  /** who has a shell */
  readonly shellKinds: KindCounts;
  readonly verdict: string;
  readonly coverage: string;
}

export function summarize(report: Report): Summary {
  const access = accessOf(report.matrix);
  const standing = selectFindings(report.findings, { states: STANDING }).toSorted(worstFirst);
  const tally = principalTally(access);
  const facts = {
    ...tally,
    principals: report.matrix.principals.length,
    instances: report.matrix.instances.length,
    regions: report.snapshot.regions.length,
    gaps: report.snapshot.coverage.filter((entry) => entry.status !== 'collected'),
    ...auditStateOf(report.snapshot),
    undecided: undecidedIn(report.matrix),
    isCut: listsInPart(report.snapshot).length > 0,
    shellKinds: shellKinds(report, access),
  };
  return {
    ...facts,
    access,
    changes: changesOf(report.drift),
    standing,
    severities: severityCounts(standing),
    newFindings: report.findings.filter(isNews).length,
    excepted: report.findings.filter((finding) => finding.status === 'excepted').length,
    resolved: report.findings.filter((finding) => isResolvedNow(finding, report)).length,
    cells: cellCount(report.matrix),
    verdict: verdictSentence(facts),
    coverage: coverageSentence(report, facts),
  };
}

/** True if principals without a listed shell are known to have none. */
export const isNobodySure = ({ snapshot, matrix }: Pick<Report, 'snapshot' | 'matrix'>): boolean =>
  listsInPart(snapshot).length === 0 && undecidedIn(matrix).principals === 0;

interface Tally {
  readonly withRoot: number;
  readonly withShell: number;
  readonly withShellIf: number;
}

/** Principals by their strongest access: root, another shell, only a conditional shell. */
function principalTally(access: Access): Tally {
  const tally = { withRoot: 0, withShell: 0, withShellIf: 0 };
  for (const row of access.rows) {
    if (row.root > 0) tally.withRoot += row.members.length;
    if (row.shell > 0) tally.withShell += row.members.length;
    else if (row.shellIf > 0) tally.withShellIf += row.members.length;
  }
  return tally;
}

/** Principals with a shell in the tally, by kind. */
export function shellKinds(
  { snapshot, matrix }: Pick<Report, 'snapshot' | 'matrix'>,
  access: Access,
): KindCounts {
  const kind = kindsOfSnapshot(snapshot);
  const holders = access.rows.filter(({ shell }) => shell > 0).flatMap(({ members }) => members);
  return kindCounts(holders.map((member) => kind(matrix.principals[member]?.arn ?? '')));
}

function verdictSentence(
  facts: Tally &
    AuditState & {
      readonly principals: number;
      readonly instances: number;
      readonly undecided: Undecided;
      readonly isCut: boolean;
      readonly shellKinds: KindCounts;
    },
): string {
  if (facts.state === 'blind') return `NOT AUDITED: ${facts.why}.`;
  if (facts.instances === 0)
    return facts.isCut
      ? 'No instances were found in what was read.'
      : 'No instances were found, so there is nothing to get onto.';
  const open = undecidedText(facts.undecided);
  return `${shellSentence(facts)}${open === '' ? '' : ` ${open}.`}`;
}

function shellSentence(
  facts: Tally & {
    readonly principals: number;
    readonly instances: number;
    readonly undecided: Undecided;
    readonly isCut: boolean;
    readonly shellKinds: KindCounts;
  },
): string {
  if (facts.withShell === 0 && facts.withShellIf === 0) {
    return `None of ${count(facts.principals, 'principal')} ${facts.undecided.principals > 0 || facts.isCut ? 'is known to be able to' : 'can'} get a shell on any of ${count(facts.instances, 'instance')}.`;
  }
  const ifs =
    facts.withShellIf === 0 ? '' : `, and ${thousands(facts.withShellIf)} more only where a condition holds`;
  const root =
    facts.withRoot === 0
      ? ''
      : `, ${facts.withRoot === facts.withShell ? 'all' : thousands(facts.withRoot)} as root`;
  const text = kindsText(facts.shellKinds);
  const kinds = text === '' ? '' : ` (${text})`;
  return `${thousands(facts.withShell)} of ${count(facts.principals, 'principal')}${kinds} can get a shell on an instance${root}${ifs}.`;
}

function coverageSentence(
  report: Report,
  facts: Pick<Summary, 'regions' | 'instances' | 'gaps' | 'state'>,
): string {
  const { coverage } = report.snapshot;
  const calls = coverage.filter(isAsked).length;
  const left = coverage.length - calls;
  const counted = [
    [facts.regions, 'region', left > 0 ? ` (${thousands(left)} not asked)` : ''],
    [facts.instances, 'instance', ''],
    [report.matrix.principals.length, 'principal', ''],
  ] as const;
  // of a blind audit none means not read
  const scope = counted
    .filter(([n]) => n > 0 || facts.state !== 'blind')
    .map(([n, what, aside]) => `${count(n, what)}${aside}`)
    .join(', ');
  const gaps = facts.gaps.filter(isGap).length;
  const answered =
    gaps === 0
      ? `all ${count(calls, 'call')} answered`
      : `${thousands(gaps)} of ${count(calls, 'call')} gave no data`;
  const faults =
    report.problems.length === 0 ? '' : `; ${count(report.problems.length, 'fault')} in policy documents`;
  const covers = scope === '' ? '' : `${facts.state === 'partial' ? 'Partial: covers' : 'Covers'} ${scope}; `;
  return `${covers}${answered}${faults}.`;
}

function severityCounts(findings: readonly Finding[]): Record<Severity, number> {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const finding of findings) counts[finding.severity] += 1;
  return counts;
}

/** True if it did not exist in the previous audit. */
export function isNews({ status }: Finding): boolean {
  return status === 'new' || status === 'reopened';
}

/** Findings that were resolved earlier are in the file, and are not reported again. */
export function isResolvedNow(
  { status, resolvedAt }: Finding,
  { takenAt }: Pick<Report, 'takenAt'>,
): boolean {
  return status === 'resolved' && (resolvedAt ?? takenAt) === takenAt;
}

/** `2 critical, 5 high, 1 low`; empty where there are none. */
export function severityText(counts: Readonly<Record<Severity, number>>): string {
  return SEVERITIES.filter((severity) => counts[severity] > 0)
    .map((severity) => `${thousands(counts[severity])} ${severity}`)
    .join(', ');
}
