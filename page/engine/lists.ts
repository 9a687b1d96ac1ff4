import { type Filter, instanceAsked, principalAsked } from './filter.ts';
import type { Model } from './model.ts';

/** How many instances a principal has by strength, or how many principals an instance has. */
export type Tally = readonly number[];

export interface PrincipalLine {
  readonly number: number;
  readonly arn: string;
  readonly kind: string;
  readonly tally: Tally;
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
  readonly tally: Tally;
}

/** Tallies by class, worked out once. */
export class Tallies {
  readonly #model: Model;
  readonly ofRow: readonly number[][];
  readonly ofColumn: readonly number[][];

  constructor(model: Model) {
    this.#model = model;
    const columns: number[][] = model.columnMembers.map(() => new Array<number>(7).fill(0));
    this.ofRow = model.strengths.map((strengths, row) => {
      const tally = new Array<number>(7).fill(0);
      const people = model.rowMembers[row]?.length ?? 0;
      for (let at = 0; at < strengths.length; at++) {
        const strength = strengths[at] as number;
        tally[strength] = (tally[strength] ?? 0) + (model.columnMembers[at]?.length ?? 0);
        const column = columns[at] as number[];
        column[strength] = (column[strength] ?? 0) + people;
      }
      return tally;
    });
    this.ofColumn = columns;
  }

  principal(number: number): PrincipalLine {
    const [arn, kind] = this.#model.principals.rows[number] ?? ['', ''];
    return { number, arn, kind, tally: this.ofRow[this.#model.rowOf[number] as number] ?? [] };
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

  /** The numbers of those that are asked for, the strongest or most exposed first. */
  principals(filter: Filter): Uint32Array {
    const asked = principalAsked(this.#model, filter);
    return ordered(
      this.#model.principals.rows.length,
      asked,
      (number) => this.ofRow[this.#model.rowOf[number] as number] ?? [],
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

/** Sorted by tally; classes have one each, so that ranks are worked out once a class. */
function ordered(
  count: number,
  asked: ((number: number) => boolean) | null,
  tallyOf: (number: number) => Tally,
): Uint32Array {
  const numbers: number[] = [];
  for (let number = 0; number < count; number++) if (!asked || asked(number)) numbers.push(number);
  const tallies = [...new Set(numbers.map(tallyOf))].sort(moreFirst);
  const ranks = new Map(tallies.map((tally, rank) => [tally, rank] as const));
  const rank = Uint32Array.from({ length: count }, (_, number) => ranks.get(tallyOf(number)) ?? 0);
  return Uint32Array.from(numbers.sort((a, b) => (rank[a] as number) - (rank[b] as number) || a - b));
}

function moreFirst(a: Tally, b: Tally): number {
  for (let strength = 6; strength > 0; strength--) {
    const less = (b[strength] ?? 0) - (a[strength] ?? 0);
    if (less !== 0) return less;
  }
  return 0;
}
