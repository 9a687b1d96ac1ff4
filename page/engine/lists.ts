import type { Bits } from '../../lib/evaluator/bits.ts';
import { STRENGTHS, STRONGEST } from '../../lib/render/strengths.ts';
import { type Filter, instanceAsked, principalAsked } from './filter.ts';
import type { Model } from './model.ts';

/** By strength, an index into `STRENGTHS`: the instances that a principal reaches, or the principals that reach an instance. */
export type StrengthCounts = readonly number[];

export interface PrincipalLine {
  readonly number: number;
  readonly arn: string;
  readonly kind: string;
  /** the holders of a permission set, if it is the role of one; else null */
  readonly heldBy: string | null;
  readonly tally: StrengthCounts;
}

export interface InstanceLine {
  readonly number: number;
  readonly id: string;
  readonly name: string | null;
  readonly region: string;
  readonly tags: readonly (readonly [string, string])[];
  readonly state: string;
  readonly platform: string;
  readonly agent: string;
  readonly isPublic: boolean;
  readonly tally: StrengthCounts;
}

/** The counts of each class, computed once. */
export class Tallies {
  readonly #model: Model;
  readonly ofRow: readonly number[][];
  readonly ofColumn: readonly number[][];

  constructor(model: Model) {
    this.#model = model;
    const sizes = Float64Array.from(model.columnMembers, ({ length }) => length);
    const all = sizes.reduce((sum, size) => sum + size, 0);
    const columns = new Float64Array(sizes.length * STRENGTHS.length);
    this.ofRow = model.strengths.map((strengths, row) => {
      const principals = model.rowMembers[row]?.length ?? 0;
      const tally = strengths.map((bits, strength) =>
        bits ? counted(bits, strength, principals, sizes, columns) : 0,
      );
      const reached = tally.reduce<number>((sum, count) => sum + (count ?? 0), 0);
      return STRENGTHS.map((_, at) => (at === 0 ? all - reached : (tally[at] ?? 0)));
    });
    this.ofColumn = model.columnMembers.map((_, at) => [
      ...columns.subarray(at * STRENGTHS.length, (at + 1) * STRENGTHS.length),
    ]);
  }

  principal(number: number): PrincipalLine {
    const [arn, kind] = this.#model.principals.rows[number] ?? ['', ''];
    const heldBy = this.#model.heldBy.get(number) ?? null;
    return { number, arn, kind, heldBy, tally: this.ofRow[this.#model.rowOf[number] as number] ?? [] };
  }

  instance(number: number): InstanceLine {
    const { ids, names, places, place, tags, tagLists, tagsOf, facts, factsOf, classOf } =
      this.#model.instances;
    const {
      state = '',
      platform = '',
      agent = '',
      isPublic = false,
    } = facts[factsOf[number] as number] ?? {};
    return {
      number,
      id: ids[number] ?? '',
      name: names[number] || null,
      region: places[place[number] as number]?.[0] ?? '',
      tags: (tagLists[tagsOf[number] as number] ?? []).flatMap((tag) => {
        const pair = tags[tag];
        return pair ? [pair] : [];
      }),
      ...{ state, platform, agent, isPublic },
      tally: this.ofColumn[classOf[number] as number] ?? [],
    };
  }

  /** The numbers of the principals that match, those with the strongest access first. */
  principals(filter: Filter): Uint32Array {
    const { principals, rowOf } = this.#model;
    const ranks = principals.rows.map(([, kind]) => KINDS.indexOf(kind));
    return ordered(
      principals.rows.length,
      principalAsked(this.#model, filter),
      (number) => this.ofRow[rowOf[number] as number] ?? [],
      (number) => ranks[number] as number,
    );
  }

  instances(filter: Filter): Uint32Array {
    const asked = instanceAsked(this.#model, filter);
    return ordered(
      this.#model.instances.ids.length,
      asked,
      (number) => this.ofColumn[this.#model.instances.classOf[number] as number] ?? [],
    );
  }
}

/** The number of instances in these classes. Adds `principals` to the count of the strength in each class of `columns`. */
function counted(
  bits: Bits,
  strength: number,
  principals: number,
  sizes: Float64Array,
  columns: Float64Array,
): number {
  let sum = 0;
  for (let i = 0; i < bits.length; i++) {
    for (let word = bits[i] as number; word !== 0; word &= word - 1) {
      const column = 32 * i + 31 - Math.clz32(word & -word);
      sum += sizes[column] as number;
      const at = column * STRENGTHS.length + strength;
      columns[at] = (columns[at] as number) + principals;
    }
  }
  return sum;
}

/** The order for equal access: readers look for people first. */
const KINDS: readonly string[] = ['person', 'outside', 'machine', 'aws'];

/**
 * Sorted by tally, then by kind. All members of a class share one tally, so only the tallies are compared with each
 * other. Equal tallies of different classes have one rank.
 */
function ordered(
  count: number,
  asked: ((number: number) => boolean) | null,
  tallyOf: (number: number) => StrengthCounts,
  kindOf: (number: number) => number = () => 0,
): Uint32Array {
  const numbers: number[] = [];
  for (let number = 0; number < count; number++) if (!asked || asked(number)) numbers.push(number);
  const tallies = [...new Set(numbers.map(tallyOf))].sort(moreFirst);
  const ranks = new Map<StrengthCounts, number>();
  for (const [at, tally] of tallies.entries()) {
    const before = tallies[at - 1];
    ranks.set(tally, before && moreFirst(before, tally) === 0 ? (ranks.get(before) ?? at) : at);
  }
  const rank = Uint32Array.from({ length: count }, (_, number) => ranks.get(tallyOf(number)) ?? 0);
  return Uint32Array.from(
    numbers.sort((a, b) => (rank[a] as number) - (rank[b] as number) || kindOf(a) - kindOf(b) || a - b),
  );
}

function moreFirst(a: StrengthCounts, b: StrengthCounts): number {
  for (let strength = STRONGEST; strength > 0; strength--) {
    const less = (b[strength] ?? 0) - (a[strength] ?? 0);
    if (less !== 0) return less;
  }
  return 0;
}
