import { type Bits, emptyBits, hasBit, setBit } from '../evaluator/bits.ts';
import type { FoldedInstances } from '../matrix/fold-instances.ts';
import { remembered } from '../memory/remembered.ts';
import type { InputChange } from './input-change.ts';
import { InternedLists } from './interned.ts';
import type { OwnInputs } from './own-inputs.ts';
import type { AuditSide, Sides } from './sides.ts';
import type { Turnover } from './turnover.ts';

/** Instances with the same changed inputs, in one region. */
export interface Zone {
  readonly region: string;
  /** in the audit before, in the audit after */
  readonly wasThere: boolean;
  readonly isThere: boolean;
  /** those of its first instance; the others have inputs with the same causes, by position */
  readonly inputs: readonly InputChange[];
}

/**
 * Instances that are equal in both audits and share a zone, matched by id: nothing is compared one by one.
 */
export interface Columns {
  /** the column of each instance, by its number */
  readonly columnOf: Int32Array;
  /** numbers of the instances of each column, ascending */
  readonly members: readonly (readonly number[])[];
  readonly zones: readonly Zone[];
  /** the zone of each column */
  readonly zoneOf: readonly number[];
  /** the columns of each group of either side, equal sets as one object */
  readonly before: readonly Bits[];
  readonly after: readonly Bits[];
  /**
   * for each group of either side, the columns that exist only on the other side and whose similar instances
   * it has
   */
  readonly likes: Readonly<Record<'before' | 'after', readonly Bits[]>>;
  readonly sets: InternedLists<Bits>;
}

const ABSENT = -1;

export function columnsOf(sides: Sides, own: OwnInputs, turnover: Turnover): Columns {
  const { names, before, after } = sides;
  const left = classes(before, names.instances.length);
  const right = classes(after, names.instances.length);
  const zones = new Numbered<Zone>();
  const columns = new Numbered<Column>();
  const columnOf = new Int32Array(names.instances.length);
  for (let number = 0; number < names.instances.length; number++) {
    const pair = { left: left[number] as number, right: right[number] as number };
    const region = names.regions[number] as string;
    const [wasThere, isThere] = [pair.left !== ABSENT, pair.right !== ABSENT];
    const zone = zones.of(`${region} ${wasThere} ${isThere} ${own.instanceKey(number)}`, () => ({
      ...{ region, wasThere, isThere },
      inputs: own.ofInstance(number),
    }));
    const counterpart = turnover.instances.get(number)?.counterpart ?? ABSENT;
    const column = columns.of(`${pair.left} ${pair.right} ${zone} ${counterpart}`, () => ({
      ...pair,
      zone,
      counterpart,
      members: [],
    }));
    columns.all[column]?.members.push(number);
    columnOf[number] = column;
  }
  const sets = new InternedLists<Bits>();
  const over = ({ sets: own, setOf }: FoldedInstances, classOf: readonly number[]): readonly Bits[] => {
    const columnsOfSets = own.map((bits) => sets.of(columnsIn(bits, classOf)));
    return setOf.map((set) => columnsOfSets[set] as Bits);
  };
  const classOf = (which: 'left' | 'right') => columns.all.map((column) => column[which]);
  // columns that exist only on the other side
  const likes = (which: 'left' | 'right') =>
    columns.all.map((column) => (column[which] === ABSENT ? column.counterpart : ABSENT));
  return {
    columnOf,
    members: columns.all.map(({ members }) => members),
    zones: zones.all,
    zoneOf: columns.all.map(({ zone }) => zone),
    before: over(before.folded, classOf('left')),
    after: over(after.folded, classOf('right')),
    likes: { before: over(before.folded, likes('left')), after: over(after.folded, likes('right')) },
    sets,
  };
}

/** A column with the classes that its instances have on either side. */
interface Column {
  readonly left: number;
  readonly right: number;
  readonly zone: number;
  /** for a column that came or went: the class of similar instances on the other side */
  readonly counterpart: number;
  readonly members: number[];
}

/** Values by number, made once for a key. */
class Numbered<T> {
  readonly all: T[] = [];
  readonly #numbers = new Map<string, number>();

  of(key: string, make: () => T): number {
    return remembered(this.#numbers, key, () => this.all.push(make()) - 1);
  }
}

/** The side's own class of each instance, by its number. */
function classes({ folded, instances }: AuditSide, count: number): Int32Array {
  const classOf = new Int32Array(count).fill(ABSENT);
  instances.forEach((number, index) => {
    classOf[number] = folded.classOf[index] as number;
  });
  return classOf;
}

/** `classOf`: the side's own class of each column. */
function columnsIn(bits: Bits, classOf: readonly number[]): Bits {
  const columns = emptyBits(classOf.length);
  for (let column = 0; column < classOf.length; column++) {
    const own = classOf[column] as number;
    if (own !== ABSENT && hasBit(bits, own)) setBit(columns, column);
  }
  return columns;
}
