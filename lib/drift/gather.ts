import { type Bits, placesIn, union } from '../evaluator/bits.ts';
import type { PathId } from '../matrix/paths/cell.ts';
import { remembered } from '../memory/remembered.ts';
import { InternedLists } from './interned.ts';

/** Cells that changed alike, by number: principals ascending, columns of instances, and their states. */
export interface NumberedGroup {
  readonly principals: Int32Array;
  readonly columns: Bits;
  readonly paths: readonly PathId[];
  readonly before: number;
  readonly after: number;
}

interface Piece {
  readonly path: PathId;
  readonly principals: readonly number[];
  readonly before: number;
  readonly after: number;
  columns: Bits;
}

/** Collects the cells of one cause: principals, instances and paths that changed alike are one group. */
export class Gathered {
  /** for the same principals, by path and states */
  readonly #pieces = new Map<readonly number[], Map<string, Piece>>();
  readonly #sets: InternedLists<Bits>;

  constructor(sets: InternedLists<Bits>) {
    this.#sets = sets;
  }

  /** A cell must not be added twice. */
  add(
    path: PathId,
    principals: readonly number[],
    columns: Bits,
    { before, after }: Pick<NumberedGroup, 'before' | 'after'>,
  ): void {
    const pieces = remembered(this.#pieces, principals, () => new Map<string, Piece>());
    const key = `${path} ${before} ${after}`;
    const piece = pieces.get(key);
    if (piece) piece.columns = this.#sets.of(union(piece.columns, columns));
    else pieces.set(key, { path, principals, before, after, columns: this.#sets.of(columns) });
  }

  groups(): readonly NumberedGroup[] {
    const lists = new InternedLists<Int32Array>();
    const all = [...this.#pieces.values()].flatMap((pieces) => [...pieces.values()]);
    const alike = Map.groupBy(all, (one) => `${one.path} ${this.#key(one)}`);
    const joined = [...alike.values()].map((pieces) => {
      const [first] = pieces as [Piece];
      const principals = pieces.flatMap((piece) => piece.principals);
      return { ...first, principals: lists.of(Int32Array.from(principals).sort()) };
    });
    const byPath = Map.groupBy(joined, (one) => `${lists.numberOf(one.principals)} ${this.#key(one)}`);
    return [...byPath.values()].map((pieces) => {
      const [{ principals, columns, before, after }] = pieces as [(typeof joined)[number]];
      return { principals, columns, paths: pieces.map(({ path }) => path).sort(), before, after };
    });
  }

  #key({ before, after, columns }: Pick<Piece, 'before' | 'after' | 'columns'>): string {
    return `${before} ${after} ${this.#sets.numberOf(columns)}`;
  }
}

/** A set of columns, divided by what each of them belongs to; computed once per set. */
export function splitter(partOf: readonly number[], sets: InternedLists<Bits>) {
  const known = new Map<Bits, readonly (readonly [part: number, columns: Bits])[]>();
  return (columns: Bits): readonly (readonly [part: number, columns: Bits])[] => {
    const set = sets.of(columns);
    let parts = known.get(set);
    if (!parts) {
      const byPart = Map.groupBy(placesIn(set), (column) => partOf[column] as number);
      parts = [...byPart].map(([part, places]) => [part, sets.of(bitsOf(places, set.length))] as const);
      known.set(set, parts);
    }
    return parts;
  };
}

function bitsOf(places: readonly number[], words: number): Bits {
  const bits = new Uint32Array(words);
  for (const at of places) bits[at >>> 5] = (bits[at >>> 5] as number) | (1 << (at & 31));
  return bits;
}
