import {
  addBits,
  type Bits,
  difference,
  firstPlace,
  hasBit,
  intersection,
  intersects,
  isSubset,
  removeBits,
  without,
} from '../../evaluator/bits.ts';

/** Places with the same value. */
export interface Piece<T> {
  readonly bits: Bits;
  readonly value: T;
}

/** Places with the value of each of several lists there; null: the list has none. */
interface Overlap<T> {
  readonly bits: Bits;
  readonly values: (T | null)[];
}

/** Overlays lists of disjoint pieces. The result is disjoint too, and each piece has the values of all lists there. */
export function overlay<T>(lists: readonly (readonly Piece<T>[])[]): readonly Overlap<T>[] {
  const nothing = lists.map((): T | null => null);
  const found: Overlap<T>[] = [];
  let covered: Bits | null = null;
  for (const [at, list] of lists.entries()) {
    for (const { bits, value } of list) {
      const fresh = freshPart(bits, covered, (inside) => {
        for (const overlap of cut(found, inside)) overlap.values[at] = value;
      });
      if (fresh) found.push({ bits: fresh, values: nothing.with(at, value) });
    }
    covered = union(covered, list);
  }
  return found;
}

/** Places with the values of all lists so far. */
type Met<T> = Piece<readonly T[]>;

/** The same for places at which every list has a value. The order of places stays. */
export function meet<T>(lists: readonly (readonly Piece<T>[])[]): readonly Met<T>[] {
  const [first = [], ...others] = lists;
  const alone = first.map(({ bits, value }): Met<T> => ({ bits, value: [value] }));
  return others.reduce<readonly Met<T>[]>(narrowed, alone);
}

/** Restricts pieces with `count` values to places of the list, and adds its value. */
function narrowed<T>(pieces: readonly Met<T>[], list: readonly Piece<T>[], count: number): readonly Met<T>[] {
  const found = pieces.slice();
  const isMet = ({ value }: Met<T>): boolean => value.length > count + 1;
  for (const [i, { bits: set, value: more }] of list.entries()) {
    for (const { at, inside } of insideOf(found, set, isMet)) {
      const { bits, value } = found[at] as Met<T>;
      found[at] = { bits: inside, value: [...value, more] };
      const isLast = i === list.length - 1;
      if (!isLast && inside !== bits) found.push({ bits: difference(bits, inside), value });
    }
  }
  return found.filter(isMet);
}

/** The pieces with places in a set that were not returned yet, in the order of their first places. */
function insideOf<T>(
  pieces: readonly Met<T>[],
  set: Bits,
  isMet: (piece: Met<T>) => boolean,
): readonly { readonly at: number; readonly inside: Bits }[] {
  const found: { at: number; inside: Bits }[] = [];
  for (const [at, piece] of pieces.entries()) {
    const inside = isMet(piece) ? null : common(piece.bits, set);
    if (inside) found.push({ at, inside });
  }
  return found.length < 2 ? found : found.sort((a, b) => firstPlace(a.inside) - firstPlace(b.inside));
}

/** The places without a piece so far; null: none. The other places are passed to `onInside`. */
function freshPart(bits: Bits, covered: Bits | null, onInside: (inside: Bits) => void): Bits | null {
  const inside = covered && common(bits, covered);
  if (!inside) return bits;
  onInside(inside);
  return without(bits, inside);
}

function union(covered: Bits | null, list: readonly Piece<unknown>[]): Bits | null {
  const [first] = list;
  if (!first) return covered;
  const all = (covered ?? first.bits).slice();
  for (const { bits } of list) addBits(all, bits);
  return all;
}

/** Splits all places into parts, so that each set contains all of a part or nothing. */
export function splitBy(all: Bits, sets: Iterable<Bits>): readonly Bits[] {
  const parts: Overlap<never>[] = [{ bits: all, values: [] }];
  for (const set of sets) cut(parts, set);
  return parts.map(({ bits }) => bits);
}

/** Cuts parts along a set of places that they cover. The result: the parts inside the set. */
function cut<T>(parts: Overlap<T>[], set: Bits): readonly Overlap<T>[] {
  const inside: Overlap<T>[] = [];
  let left = set;
  for (let place = firstPlace(left); place !== -1; place = firstPlace(left)) {
    const at = parts.findIndex(({ bits }) => hasBit(bits, place));
    const { bits, values } = parts[at] as Overlap<T>;
    const part = { bits: common(bits, left) as Bits, values };
    if (part.bits !== bits) {
      parts[at] = part;
      parts.push({ bits: difference(bits, part.bits), values: values.slice() });
    }
    inside.push(part);
    if (part.bits === left) break;
    // the set belongs to the caller and must not change
    if (left === set) left = difference(set, bits);
    else removeBits(left, bits);
  }
  return inside;
}

/** The intersection of two sets, without a copy if one contains the other; null: empty. */
function common(a: Bits, b: Bits): Bits | null {
  if (!intersects(a, b)) return null;
  if (isSubset(a, b)) return a;
  if (isSubset(b, a)) return b;
  return intersection(a, b);
}

/** Pieces, restricted to some places. */
export function within<T>(pieces: readonly Piece<T>[], bits: Bits): readonly Piece<T>[] {
  return pieces.flatMap((piece) => {
    const inside = common(piece.bits, bits);
    return inside ? [{ bits: inside, value: piece.value }] : [];
  });
}

/** Merges pieces whose values have equal names: the first value, with all of their places. */
export function merge<T>(pieces: readonly Piece<T>[], nameOf: (value: T) => string): readonly Piece<T>[] {
  if (pieces.length < 2) return pieces;
  const alike = Map.groupBy(pieces, ({ value }) => nameOf(value));
  if (alike.size === pieces.length) return pieces;
  return [...alike.values()].map((group) => {
    const [first, ...others] = group as [Piece<T>, ...Piece<T>[]];
    if (others.length === 0) return first;
    const bits = first.bits.slice();
    for (const other of others) addBits(bits, other.bits);
    return { bits, value: first.value };
  });
}
