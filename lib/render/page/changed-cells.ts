import type { Drift } from '../../drift/drift.ts';
import type { Report } from '../report.ts';
import type { ChangeData, ChangedRow, ChangedRun } from './page-data.ts';

/** The largest total of numbers in all rows; the page says that the rest is left out. */
const MOST = 200_000;

/** The existing cells that runs changed, by number, the newest run first: the matrix can be filtered by them. */
export function changedCells({ takenAt, drift, timeline = [], matrix }: Report): ChangeData['changed'] {
  const number = (names: readonly string[]): ReadonlyMap<string, number> =>
    new Map(names.map((name, at) => [name, at]));
  const numbers = {
    principals: number(matrix.principals.map(({ arn }) => arn)),
    instances: number(matrix.instances.map(({ id }) => id)),
    paths: number(matrix.paths),
  };
  let room = MOST;
  return [{ at: takenAt, drift }, ...timeline].map(({ at, drift: changes }): ChangedRun => {
    const { rows, isCut } = rowsOf(changes, numbers);
    const kept = rows.filter(([principals, instances]) => {
      room -= principals.length + instances.length;
      return room >= 0;
    });
    return { at, rows: kept, isCut: isCut || kept.length < rows.length };
  });
}

interface Numbers {
  readonly principals: ReadonlyMap<string, number>;
  readonly instances: ReadonlyMap<string, number>;
  readonly paths: ReadonlyMap<string, number>;
}

/** `isCut`: not every name is listed. */
function rowsOf(
  drift: readonly Drift[],
  { principals, instances, paths }: Numbers,
): { readonly rows: readonly ChangedRow[]; readonly isCut: boolean } {
  const groups = drift.flatMap((one) => one.groups).filter(({ after }) => after.verdict !== 'denied');
  const numbered = (names: readonly string[], by: ReadonlyMap<string, number>): readonly number[] =>
    names.flatMap((name) => by.get(name) ?? []);
  return {
    rows: groups.map((group) => [
      numbered(group.principals, principals),
      numbered(group.instances, instances),
      numbered(group.paths, paths),
    ]),
    isCut: groups.some(
      (group) =>
        group.principals.length < group.principalCount || group.instances.length < group.instanceCount,
    ),
  };
}
