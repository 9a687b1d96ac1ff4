import type { PathId } from '../cell.ts';
import type { CellFilter } from '../find-groups.ts';
import type { CellGroup, Matrix, MatrixInstance, MatrixPrincipal } from '../matrix.ts';
import { placesIn } from '../rows/bits.ts';
import { InstanceClasses, InstanceSet } from '../rows/instance-sets.ts';
import { RowGroup } from '../rows/row-groups.ts';
import { holdsPlace, loadSet } from './number-set.ts';
import { readOutcomes } from './outcome-reader.ts';
import { fail, isIndex, isText, isTextOrNull, type Row, type TableReader } from './table-reader.ts';

const KINDS = new Set<unknown>(['user', 'role', 'outside-account'] satisfies MatrixPrincipal['kind'][]);

interface Place {
  readonly region: string;
  readonly prefix: string;
}

/** The instances of a matrix, and how groups name them. */
interface Instances {
  readonly list: readonly MatrixInstance[];
  /** what a row of `sets` holds of them; null: it is no set */
  readonly setOf: (stored: unknown, number: number) => InstanceSet | readonly number[] | null;
}

/**
 * The matrix of these tables. Of its groups those that hold a cell which is asked for; where one instance is asked for,
 * it and those that such groups lead through are the only instances.
 */
export function matrixIn(tables: TableReader, filter: CellFilter): Matrix {
  const { accountId, takenAt, paths } = tables.head;
  if (!isText(accountId)) return fail('accountId');
  if (!isText(takenAt)) return fail('takenAt');
  if (!Array.isArray(paths) || !paths.every(isText)) return fail('paths');
  const principals = tables.rows('principals', 2, ([arn, kind]) =>
    isText(arn) && KINDS.has(kind) ? { arn, kind: kind as MatrixPrincipal['kind'] } : null,
  );
  const places = tables.rows('places', 2, ([region, prefix]) =>
    isText(region) && isText(prefix) ? { region, prefix } : null,
  );
  const one = filter.instance === undefined ? undefined : rowsOf(tables, [filter.instance])[0];
  const instances = one === undefined ? allInstances(tables, places) : oneInstance(tables, places, one);
  const groups = groupsIn(tables, paths as PathId[], principals, instances, filter);
  const matrix = {
    schemaVersion: 1,
    accountId,
    takenAt,
    paths: paths as PathId[],
    principals,
    groups,
  } as const;
  if (one === undefined) return { ...matrix, instances: instances.list };
  return {
    ...matrix,
    instances: [...instances.list, ...stepsIn(groups, tables, places, one)],
    instanceCount: tables.table('instances').length,
  };
}

/** The rows of the instances of these ids. */
const rowsOf = (tables: TableReader, ids: readonly string[]): readonly number[] =>
  tables.table('instances').startingWith(new Set(ids.map((id) => JSON.stringify(id))));

function instanceOf([id, name, at, , arn = null]: Row, places: readonly Place[]): MatrixInstance | null {
  const place = isIndex(at, places.length) ? places[at] : undefined;
  if (!place || !isText(id) || !isTextOrNull(name) || !isTextOrNull(arn)) return null;
  return { id, arn: arn ?? place.prefix + id, region: place.region, name };
}

function allInstances(tables: TableReader, places: readonly Place[]): Instances {
  const numbers: number[] = [];
  let width = 0;
  const list = tables.rows('instances', 4, (row) => {
    const number = row[3];
    // classes are numbered in the order of their first instance
    if (!isIndex(number, width + 1)) return null;
    if (number === width) width += 1;
    numbers.push(number);
    return instanceOf(row, places);
  });
  const classes = new InstanceClasses(Uint32Array.from(numbers), width);
  return {
    list,
    setOf: (stored, number) => {
      const bits = loadSet(stored, width);
      return bits && new InstanceSet(number, bits, classes);
    },
  };
}

const FIRST: readonly number[] = [0];
const NONE: readonly number[] = [];

function oneInstance(tables: TableReader, places: readonly Place[], one: number): Instances {
  let place = 0;
  const list = tables.rows(
    'instances',
    4,
    (row) => {
      if (!isIndex(row[3], one + 1)) return null;
      place = row[3];
      return instanceOf(row, places);
    },
    [one],
  );
  return {
    list,
    setOf: (stored) => {
      const holds = holdsPlace(stored, place);
      return holds === null ? null : holds ? FIRST : NONE;
    },
  };
}

/** The instances that chains lead through, but for one that is there already. */
function stepsIn(
  groups: readonly CellGroup[],
  tables: TableReader,
  places: readonly Place[],
  one: number,
): readonly MatrixInstance[] {
  const steps = new Set(groups.flatMap(({ outcome }) => outcome.via));
  const ids = [...steps].flatMap((step) =>
    places.filter(({ prefix }) => step.startsWith(prefix)).map(({ prefix }) => step.slice(prefix.length)),
  );
  const rows = rowsOf(tables, ids).filter((row) => row !== one);
  return tables.rows('instances', 4, (row) => instanceOf(row, places), rows);
}

/** What groups share is read when the first of them asks for it. */
function groupsIn(
  tables: TableReader,
  paths: readonly PathId[],
  principals: readonly MatrixPrincipal[],
  instances: Instances,
  filter: CellFilter,
): readonly CellGroup[] {
  const outcomes = readOutcomes(tables);
  const holders = tables.shared('holders', holdersIn(principals, filter.principal));
  const sets = tables.shared('sets', instances.setOf);
  const path = filter.path === undefined ? -1 : paths.indexOf(filter.path);
  const numbers =
    filter.path === undefined ? undefined : tables.table('groups').startingWith(new Set([String(path)]));
  const groups = tables.rows<CellGroup | 'other'>(
    'groups',
    4,
    ([at, holder, set, number]) => {
      if (!isIndex(at, paths.length) || !isIndex(holder, holders.size)) return null;
      if (!isIndex(set, sets.size) || !isIndex(number, outcomes.size)) return null;
      const held = holders.at(holder);
      if (filter.principal !== undefined && held.length === 0) return 'other';
      const on = sets.at(set);
      if (on === NONE) return 'other';
      const [id, outcome] = [paths[at] as PathId, outcomes.at(number)];
      return on instanceof InstanceSet
        ? new RowGroup(id, outcome, on, held)
        : { path: id, outcome, principals: held, instances: on };
    },
    numbers,
  );
  return groups.filter((group) => group !== 'other');
}

/** Whom a row of `holders` names: everybody, or of them the one that is asked for. */
function holdersIn(
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
