import { quoted } from '../findings/quoted.ts';
import type { CoverageEntry } from '../snapshot/snapshot.ts';
import type { CellChange, Run } from './cell-changes.ts';
import type { Cause } from './drift.ts';

const IAM = 'iam.get-account-authorization-details';
const INSTANCES = 'ec2.describe-instances';

/**
 * Why a run holds no cell here although nobody can say that it is denied: IAM, or the instances of the region, were not
 * collected. Null where the run did look.
 */
export type FindGap = (principal: string, instance: string, region: string) => Cause | null;

export function gapFinder(run: Run, which: 'before' | 'after'): FindGap {
  const instances = new Set(run.matrix.instances.map((one) => one.id));
  const principals = new Set(run.matrix.principals.map((one) => one.arn));
  const collected = new Set(
    run.snapshot.regions.filter((one) => one.instances !== null).map((one) => one.region),
  );
  const iam = run.snapshot.coverage.find((one) => one.call === IAM && one.status !== 'collected');
  const when = which === 'before' ? 'last time' : 'this time';
  const known = new Map<string, Cause>();
  const inRegion = (region: string): Cause => {
    let cause = known.get(region);
    if (!cause) {
      const entry = run.snapshot.coverage.find((one) => one.call === INSTANCES && one.region === region);
      cause = {
        kind: 'coverage',
        detail: `${quoted(INSTANCES)} in ${region} was not collected ${when}${why(entry)}`,
      };
      known.set(region, cause);
    }
    return cause;
  };
  return (principal, instance, region) => {
    if (iam && !principals.has(principal)) {
      return { kind: 'coverage', detail: `${quoted(IAM)} was not collected ${when}${why(iam)}` };
    }
    return !instances.has(instance) && !collected.has(region) ? inRegion(region) : null;
  };
}

function why(entry: CoverageEntry | undefined): string {
  return entry?.detail ? `: ${entry.detail}` : '';
}

/** The cause of a cell that could be decided on one side only. */
export function undecidedCause(change: CellChange): Cause | null {
  const now = change.after?.verdict === 'unknown';
  if (!now && change.before?.verdict !== 'unknown') return null;
  const missing = (now ? change.after?.missing : change.before?.missing) ?? 'a call that decides it';
  return {
    kind: 'coverage',
    detail: `${quoted(missing)} was not collected ${now ? 'this time' : 'last time'}`,
  };
}
