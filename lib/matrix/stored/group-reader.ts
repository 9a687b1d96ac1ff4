import { placesIn } from '../../evaluator/bits.ts';
import { type CellFilter, pathsIn } from '../answers/find-groups.ts';
import type { PathId } from '../paths/cell.ts';
import type { Matrix, MatrixPrincipal, Outcome } from '../paths/matrix.ts';
import { holdsPlace, loadSet } from './number-set.ts';
import { readOutcomes } from './outcome-reader.ts';
import { isIndex, type TableReader } from './table-reader.ts';

/** A stored group with its shared parts. `on`: its instances. */
export interface GroupRow<On> {
  readonly path: PathId;
  /** its wanted principals */
  readonly held: number[];
  readonly on: On;
  readonly outcome: Outcome;
}

/**
 * The wanted groups of a path and a principal, with the instances of their row of `sets`. A shared row is read when
 * the first group needs it.
 */
export function groupRows<On extends object>(
  tables: TableReader,
  { paths, principals }: Pick<Matrix, 'paths' | 'principals'>,
  filter: CellFilter,
  setOf: (stored: unknown, number: number) => On | 'none' | null,
): readonly GroupRow<On>[] {
  const wanted = pathsIn(filter) ?? undefined;
  const outcomes = readOutcomes(tables);
  const holders = tables.shared('holders', heldBy(principals, filter.principal));
  const sets = tables.shared('sets', setOf);
  const rows = tables.rows<GroupRow<On> | 'other'>(
    'groups',
    4,
    ([path, holder, set, outcome]) => {
      if (!isIndex(path, paths.length) || !isIndex(holder, holders.size)) return null;
      if (!isIndex(set, sets.size) || !isIndex(outcome, outcomes.size)) return null;
      const held = holders.at(holder);
      if (filter.principal !== undefined && held.length === 0) return 'other';
      const on = sets.at(set);
      return on === 'none'
        ? 'other'
        : { path: paths[path] as PathId, held, on, outcome: outcomes.at(outcome) };
    },
    wanted &&
      tables.table('groups').startingWith(new Set([...wanted].map((id) => String(paths.indexOf(id))))),
  );
  return rows.filter((row) => row !== 'other');
}

/** The principals of a row of `holders`: all of them, or only the wanted one. */
function heldBy(
  principals: readonly MatrixPrincipal[],
  wanted: string | undefined,
): (stored: unknown) => number[] | null {
  if (wanted === undefined)
    return (stored) => {
      const bits = loadSet(stored, principals.length);
      return bits && placesIn(bits);
    };
  const place = principals.findIndex(({ arn }) => arn === wanted);
  return (stored) => {
    const holds = holdsPlace(stored, place);
    return holds === null ? null : holds ? [place] : [];
  };
}
