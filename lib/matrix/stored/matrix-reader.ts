import { addBits, type Bits, emptyBits, hasBit } from '../../evaluator/bits.ts';
import type { CellFilter } from '../answers/find-groups.ts';
import { InstanceClasses, InstanceSet } from '../classes/instance-sets.ts';
import type { PathId } from '../paths/cell.ts';
import type { Matrix, MatrixInstance, MatrixPrincipal } from '../paths/matrix.ts';
import { RowGroup } from '../row-groups.ts';
import { type GroupRow, groupRows } from './group-reader.ts';
import { holdsPlace, loadSet } from './number-set.ts';
import { fail, isIndex, isText, isTextOrNull, type Row, type TableReader } from './table-reader.ts';
import { rowsWhere } from './tables.ts';

const KINDS: ReadonlyMap<unknown, MatrixPrincipal['kind']> = new Map([
  ['user', 'user'],
  ['role', 'role'],
  ['outside', 'outside'],
  // how older versions wrote it, when all outsiders were other accounts
  ['outside-account', 'outside'],
]);

/** The principals, paths and instances of a matrix. */
export interface MatrixNames {
  readonly accountId: string;
  readonly principals: readonly MatrixPrincipal[];
  /** read on demand */
  readonly instances: () => readonly MatrixInstance[];
}

/** The wanted cells, or a function that finds them once the names are known. */
export type WantedCells = CellFilter | ((names: MatrixNames) => CellFilter);

type Head = Omit<Matrix, 'instances' | 'groups'>;

/**
 * The matrix in these tables: all of it, or only groups with a wanted cell, and only the instances of these groups
 * and of their chains.
 */
export function matrixIn(tables: TableReader, asked: WantedCells): Matrix {
  const { accountId, takenAt, paths } = tables.head;
  if (!isText(accountId)) return fail('accountId');
  if (!isText(takenAt)) return fail('takenAt');
  if (!Array.isArray(paths) || !paths.every(isText)) return fail('paths');
  const principals = tables.rows('principals', 2, ([arn, written]) => {
    const kind = KINDS.get(written);
    return isText(arn) && kind ? { arn, kind } : null;
  });
  const head = { schemaVersion: 1, accountId, takenAt, paths: paths as PathId[], principals } as const;
  const instances = new InstanceReader(tables);
  const filter =
    typeof asked === 'function' ? asked({ accountId, principals, instances: () => instances.read() }) : asked;
  const one = filter.instance === undefined ? undefined : instances.find([filter.instance])[0];
  return one === undefined ? onAny(instances, head, filter) : onOne(instances, head, filter, one);
}

function onOne(instances: InstanceReader, head: Head, filter: CellFilter, one: number): Matrix {
  const place = instances.classOf(one, one + 1);
  const groups = groupRows(instances.tables, head, filter, (stored) => {
    const holds = holdsPlace(stored, place);
    return holds === null ? null : holds ? HERE : 'none';
  });
  const rows = ascending([one, ...instances.steps(groups)]);
  const at = [rows.indexOf(one)];
  return {
    ...head,
    instances: instances.read(rows),
    instanceCount: instances.count,
    groups: groups.map(({ path, held, outcome }) => ({ path, principals: held, instances: at, outcome })),
  };
}

const HERE = {};

/** For a filter without an instance, or with an unknown one: the groups on any instance. */
function onAny(instances: InstanceReader, head: Head, filter: CellFilter): Matrix {
  const isPart = filter.principal !== undefined && filter.instance === undefined;
  const { classOf, width } = instances.classes();
  const all = isPart ? null : instances.read();
  const rows = groupRows(instances.tables, head, filter, (stored, number) => {
    const bits = loadSet(stored, width);
    return bits && { number, bits };
  });
  if (all) return { ...head, instances: all, groups: groupsOver(new InstanceClasses(classOf, width), rows) };
  const read = ascending([...over(rows, classOf, width), ...instances.steps(rows)]);
  const classes = new InstanceClasses(
    Uint32Array.from(read, (row) => classOf[row] as number),
    width,
  );
  return {
    ...head,
    instances: instances.read(read),
    instanceCount: instances.count,
    groups: groupsOver(classes, rows),
  };
}

interface StoredBits {
  readonly number: number;
  readonly bits: Bits;
}

function groupsOver(classes: InstanceClasses, rows: readonly GroupRow<StoredBits>[]): readonly RowGroup[] {
  const sets: InstanceSet[] = [];
  return rows.map(({ path, held, on: { number, bits }, outcome }) => {
    sets[number] ??= new InstanceSet(number, bits, classes);
    return new RowGroup(path, outcome, sets[number], held);
  });
}

const ascending = (rows: Iterable<number>): readonly number[] => [...new Set(rows)].sort((a, b) => a - b);

/** The instances of any of these groups. */
function over(
  groups: readonly GroupRow<StoredBits>[],
  classOf: Uint32Array,
  width: number,
): readonly number[] {
  const any = emptyBits(width);
  for (const bits of new Set(groups.map(({ on }) => on.bits))) addBits(any, bits);
  return rowsWhere(classOf.length, (row) => hasBit(any, classOf[row] as number));
}

/** Reads the rows of `instances`. */
class InstanceReader {
  readonly tables: TableReader;
  readonly count: number;
  readonly #places: readonly { readonly region: string; readonly prefix: string }[];

  constructor(tables: TableReader) {
    this.tables = tables;
    this.count = tables.table('instances').length;
    this.#places = tables.rows('places', 2, ([region, prefix]) =>
      isText(region) && isText(prefix) ? { region, prefix } : null,
    );
  }

  /** The rows of these ids. */
  find(ids: readonly string[]): readonly number[] {
    return this.tables.table('instances').startingWith(new Set(ids.map((id) => JSON.stringify(id))));
  }

  /** All, or those of these rows. */
  read(rows?: readonly number[]): readonly MatrixInstance[] {
    return this.tables.rows('instances', 4, (row) => this.#instance(row), rows);
  }

  #instance([id, name, at, , arn = null]: Row): MatrixInstance | null {
    const place = isIndex(at, this.#places.length) ? this.#places[at] : undefined;
    if (!place || !isText(id) || !isTextOrNull(name) || !isTextOrNull(arn)) return null;
    return { id, arn: arn ?? place.prefix + id, region: place.region, name };
  }

  /** The class of an instance; `width`: the number of classes. */
  classOf(row: number, width: number): number {
    const number = this.tables.table('instances').fourthOf(row);
    return isIndex(number, width) ? number : fail('instances', row);
  }

  /** The class of each instance; they are numbered in the order of their first one. */
  classes(): { readonly classOf: Uint32Array; readonly width: number } {
    const classOf = new Uint32Array(this.count);
    let width = 0;
    for (let row = 0; row < this.count; row++) {
      const number = this.classOf(row, width + 1);
      if (number === width) width += 1;
      classOf[row] = number;
    }
    return { classOf, width };
  }

  /** The rows of the instances that the chains of these groups lead through. */
  steps(groups: readonly GroupRow<object>[]): readonly number[] {
    const steps = new Set(groups.flatMap(({ outcome }) => outcome.via));
    const ids = [...steps].flatMap((step) =>
      this.#places
        .filter(({ prefix }) => step.startsWith(prefix))
        .map(({ prefix }) => step.slice(prefix.length)),
    );
    return this.find(ids);
  }
}
