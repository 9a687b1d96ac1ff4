import { withUnasked } from '../snapshot/with-unasked.ts';
import type { Audit } from './load.ts';
import { matrixWithOpens } from './matrix-with-opens.ts';
import type { RunRecord } from './run-record.ts';

/** An audit and the record of its run; null: it has none. */
interface OfRun extends Audit {
  readonly record: RunRecord | null;
}

/**
 * Two audits as one release judges them. Those of two releases are evaluated again, each with the answers of calls that
 * only the other one made: what only one of the releases sees is no change.
 */
export function judgedAlike(before: OfRun, after: OfRun): readonly [before: Audit, after: Audit] {
  const [one, other] = [before.record?.judging, after.record?.judging];
  if (one !== undefined && one === other) return [before, after];
  const again = (a: Audit, b: Audit): Audit => {
    const snapshot = withUnasked(a.snapshot, b.snapshot);
    return { snapshot, matrix: matrixWithOpens(snapshot) };
  };
  return [again(before, after), again(after, before)];
}
