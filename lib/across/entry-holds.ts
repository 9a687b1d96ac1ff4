import { type Bits, eachPlace, emptyBits } from '../evaluator/bits.ts';
import type { BuiltRows } from '../matrix/build.ts';
import { allLevels } from '../matrix/chains/chain-search.ts';
import { anywhereIn, IndirectRows, type ReachedCell } from '../matrix/chains/indirect-rows.ts';
import type { PathId } from '../matrix/paths/cell.ts';
import { remembered } from '../memory/remembered.ts';
import type { Instance } from '../snapshot/snapshot.ts';
import type { BorderPart, Hold } from './border.ts';
import type { FormulaPool } from './formula-pool.ts';

/** The access of a role, for callers from outside, on places of the matrix. */
interface Held extends ReachedCell {
  readonly path: PathId;
}

/** The access that callers from outside get by assuming these roles (indexes of principals). */
export function heldByEntries(
  { audited, rows }: BuiltRows,
  entries: readonly number[],
): ReadonlyMap<number, readonly Held[]> {
  const indirect = new IndirectRows(rows, anywhereIn(rows, audited.paths));
  const nothing = [emptyBits(rows.width)];
  return new Map(
    entries.map((entry) => {
      const { arn, runAs } = rows.subject(entry);
      const taken = { to: [entry], steps: [arn], open: true, assumes: true, runAs } as const;
      const levels = allLevels(rows.search(entry, [[taken]], (from) => rows.listsOf(from)));
      const held = audited.paths.flatMap((path) =>
        indirect.reached(path, levels, nothing).map((cell) => ({ ...cell, path: path.id })),
      );
      return [entry, held];
    }),
  );
}

/** Instances in classes that no entry distinguishes. */
class EntryClasses {
  readonly instances: BorderPart['instances'];
  /** the class of each place of the matrix; undefined: no entry reaches it */
  readonly #of: readonly (number | undefined)[];

  constructor(
    { rows, instances }: BuiltRows,
    held: Iterable<readonly Held[]>,
    isProduction: (instance: Instance) => boolean,
  ) {
    const numbers = new Map<string, number>();
    this.#of = namesOfPlaces(rows.width, held).map((name) =>
      name === '' ? undefined : remembered(numbers, name, () => numbers.size),
    );
    const counts = Array.from({ length: numbers.size }, () => ({ count: 0, production: 0 }));
    for (const [at, instance] of instances.entries()) {
      const counted = counts[this.#of[rows.placeOf(at)] ?? -1];
      if (counted === undefined) continue;
      counted.count += 1;
      counted.production += Number(isProduction(instance));
    }
    this.instances = counts;
  }

  in(bits: Bits): readonly number[] {
    const found = new Set<number>();
    eachPlace(bits, (place) => found.add(this.#of[place] as number));
    return [...found].sort((a, b) => a - b);
  }
}

/** Equal for places that the same entries reach. */
function namesOfPlaces(width: number, held: Iterable<readonly Held[]>): readonly string[] {
  const names = new Array<string>(width).fill('');
  const sets = new Set([...held].flatMap((list) => list.map(({ bits }) => bits)));
  for (const [number, bits] of [...sets].entries()) {
    eachPlace(bits, (place) => {
      names[place] += ` ${number}`;
    });
  }
  return names;
}

/** The access of each entry by class of instances. */
export function holdsByClass(
  built: BuiltRows,
  held: ReadonlyMap<number, readonly Held[]>,
  isProduction: (instance: Instance) => boolean,
  pool: FormulaPool,
): { readonly instances: BorderPart['instances']; readonly holds: ReadonlyMap<number, readonly Hold[]> } {
  const classes = new EntryClasses(built, held.values(), isProduction);
  const holdOf = ({ bits, cell, via, path }: Held): Hold => ({
    ...{ path, landsAs: cell.landsAs, open: pool.of(cell.residual.open) },
    ...(cell.verdict === 'unknown' && { missing: cell.missing ?? '' }),
    ...{ uncertain: cell.residual.uncertain, via, on: classes.in(bits) },
  });
  return {
    instances: classes.instances,
    holds: new Map([...held].map(([entry, list]) => [entry, list.map(holdOf)])),
  };
}
