import { type Assumption, type Atom, type Branch, type Formula, partsOf } from '../formula.ts';
import type { Work } from '../work.ts';
import { type Cube, join, product } from './cubes.ts';
import { type Domain, domainsOf } from './domain.ts';

/** All states of the unknown keys: a variable for each domain, with a value for each of its regions. */
export interface Space {
  readonly domains: readonly Domain[];
  /** the cube of every state */
  readonly full: Cube;
  /** the index of the domain that an atom belongs to, by its id */
  readonly indexOf: ReadonlyMap<string, number>;
}

/**
 * Above this number of comparisons of texts with patterns and of values with conditions, the conditions on a key are
 * not compared with each other.
 */
const COMPARING = 3_000_000;

/** The space of the keys in a formula, without the states that `given` excludes. */
export function spaceOf(formula: Open, given: readonly Atom[]): Space {
  const atoms = new Map<string, Atom>();
  collect(formula, atoms);
  const sorted = [...atoms.keys()].sort().map((id) => atoms.get(id) as Atom);
  const domains = domainsOf(sorted, given, { left: COMPARING });
  const full = domains.map((domain) => (1n << BigInt(domain.regions)) - 1n);
  const indexOf = new Map(domains.flatMap(({ atoms: own }, i) => own.map((atom) => [atom.id, i] as const)));
  return { domains, full, indexOf };
}

function collect(formula: Open, atoms: Map<string, Atom>): void {
  if (formula.kind === 'places')
    throw new Error('a formula is split by places before it is asked what remains');
  if (formula.kind === 'atom') atoms.set(formula.id, formula);
  else if (formula.kind === 'not') collect(formula.part as Open, atoms);
  else for (const part of partsOf(formula)) collect(part as Open, atoms);
}

/** A formula without constants and assumptions, as `settle` returns it if it is neither true nor false. */
export type Open = Exclude<Formula, boolean | Assumption>;

/** A formula that must become `wanted`, by its outermost operator: one condition, all of several or any of them. */
export type Goal =
  | { readonly kind: 'atom'; readonly index: number; readonly mask: bigint }
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Open[]; readonly wanted: boolean };

export function goalOf(formula: Open, wanted: boolean, space: Space): Goal {
  if (formula.kind === 'not') return goalOf(formula.part as Open, !wanted, space);
  if (formula.kind === 'atom') {
    const index = space.indexOf.get(formula.id) as number;
    const mask = (space.domains[index] as Domain).masks.get(formula.id) as bigint;
    return { kind: 'atom', index, mask: wanted ? mask : (space.full[index] as bigint) & ~mask };
  }
  const parts = partsOf(formula as Branch) as readonly Open[];
  return { kind: (formula.kind === 'and') === wanted ? 'all' : 'any', parts, wanted };
}

/** Where the goal is met, exactly; null if that is more than `limit` cubes, or the work runs out. */
export function unionOf(goal: Goal, space: Space, limit: number, work: Work): readonly Cube[] | null {
  if (goal.kind === 'atom') return goal.mask === 0n ? [] : [space.full.with(goal.index, goal.mask)];
  let sum: readonly Cube[] | null = goal.kind === 'all' ? [space.full] : [];
  for (const part of goal.parts) {
    const union = unionOf(goalOf(part, goal.wanted, space), space, limit, work);
    sum = union && (goal.kind === 'all' ? product : join)(sum, union, limit, work);
    if (!sum) return null;
  }
  return sum;
}
