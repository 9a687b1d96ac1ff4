import { quoted } from '../policy/quoted.ts';
import { isAnswered } from '../snapshot/age.ts';
import { isReadable, readableIds, rolesOfUnreadTrust } from '../snapshot/readable.ts';
import type { CoverageEntry } from '../snapshot/snapshot.ts';
import type { ChangedOutcome } from './changed-outcome.ts';
import type { Cause } from './drift.ts';
import type { Run } from './run.ts';

const IAM = 'iam.get-account-authorization-details';
const INSTANCES = 'ec2.describe-instances';

/** The place of a cell that is missing in one of the two audits. */
export interface MissingPlace {
  /** ARN */
  readonly principal: string;
  readonly region: string;
  /** true if the audit has the instance */
  readonly instanceIsThere: boolean;
}

/**
 * Why a run has no cell here although it may not be denied: IAM, the trust policy of a role that may allow
 * outsiders, or the instances of the region were not collected. Null if the data was collected.
 */
export type FindGap = (place: MissingPlace) => Cause | null;

export function gapFinder(run: Run, which: 'before' | 'after'): FindGap {
  const principals = new Set(run.matrix.principals.map((one) => one.arn));
  const regions = new Map(run.snapshot.regions.map((one) => [one.region, one]));
  const iam = run.snapshot.coverage.find((one) => one.call === IAM && !isAnswered(one));
  // an unread trust policy may allow any outsider
  const [unread] = rolesOfUnreadTrust(run.snapshot, readableIds(run.snapshot.policies));
  const when = which === 'before' ? 'last time' : 'this time';
  const ofInstances = (region: string): Cause | null => {
    const { coverage } = run.snapshot;
    const entry = coverage.find(
      (one) => one.region === region && (one.call === INSTANCES || one.reason === 'not-asked'),
    );
    // an answer that was cut off has only a part
    const isWhole = !entry || isAnswered(entry);
    if (regions.get(region)?.instances && isWhole) return null;
    const detail = `${quoted(INSTANCES)} in ${region} was not collected ${when}${why(entry)}`;
    return { kind: 'coverage', detail, missing: [asInCells(INSTANCES)] };
  };
  const ofPrincipal = (principal: string): Cause | null => {
    if (iam) {
      const detail = `${quoted(IAM)} was not collected ${when}${why(iam)}`;
      return { kind: 'coverage', detail, missing: [asInCells(IAM)] };
    }
    if (!unread || isOwn(principal, run.snapshot.accountId)) return null;
    const call = `iam get-role of ${unread.arn}`;
    return { kind: 'coverage', detail: `${quoted(call)} was not collected ${when}`, missing: [call] };
  };
  return ({ principal, region, instanceIsThere }) => {
    const gap = principals.has(principal) ? null : ofPrincipal(principal);
    return gap ?? (instanceIsThere ? null : ofInstances(region));
  };
}

/** A call as `missing` of a cell names it, which is the CLI's form. */
const asInCells = (call: string): string => call.replace('.', ' ');

const isOwn = (principal: string, accountId: string): boolean =>
  /^arn:[^:]*:iam::(\d{12}):(user|role)\//.exec(principal)?.[1] === accountId;

function why(entry: CoverageEntry | undefined): string {
  return entry?.detail ? `: ${entry.detail}` : '';
}

/** Whether the missing data differs between two audits, for these calls. */
export type IsNewGap = (missing: readonly string[]) => boolean;

/** A gap in both audits cannot be the cause of a changed cell: something else made the cell depend on it. */
export function newGaps(before: Run, after: Run): IsNewGap {
  const [was, is] = [gapsOf(before), gapsOf(after)];
  const news = [...new Set([...was, ...is])].filter((gap) => was.has(gap) !== is.has(gap));
  return (missing) => news.some((gap) => missing.some((call) => call.includes(gap)));
}

/**
 * Owners of policies without a document, and calls without an answer, as the text of `missing` names them.
 */
function gapsOf({ snapshot }: Run): ReadonlySet<string> {
  const unread = snapshot.policies.filter((policy) => !isReadable(policy));
  const calls = snapshot.coverage.filter((entry) => !isAnswered(entry));
  const groups = new Set(snapshot.groups.map(({ name }) => name));
  const joined = snapshot.users.flatMap((user) => user.groups).filter((name) => !groups.has(name));
  return new Set([
    ...unread.map(({ id }) => id.split('#')[0] as string),
    ...calls.map(({ call }) => asInCells(call)),
    ...joined,
  ]);
}

/** The cause of a cell that could be decided on one side only; used if nothing else explains it. */
export function undecidedCause({
  before,
  after,
}: ChangedOutcome): (Cause & { readonly missing: readonly string[] }) | null {
  const now = after?.verdict === 'unknown';
  if (!now && before?.verdict !== 'unknown') return null;
  const missing = (now ? after?.missing : before?.missing) ?? 'a call that decides it';
  const detail = `${quoted(missing)} was not collected ${now ? 'this time' : 'last time'}`;
  return { kind: 'coverage', detail, missing: missing.split(', ') };
}
