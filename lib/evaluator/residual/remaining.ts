import type { Condition, ConditionTerm } from '../decision.ts';
import { type Atom, type Formula, settle } from '../formula.ts';
import { isSpent, type Work } from '../work.ts';
import { absorb, type Cube, covers, minimise } from './cubes.ts';
import type { Domain } from './domain.ts';
import { express } from './express.ts';
import { type FoundCubes, search } from './search.ts';
import { sentenceOf } from './sentence.ts';
import { goalOf, type Open, type Space, spaceOf, unionOf } from './space.ts';

/** What is known of keys although their values are not. */
export interface Known {
  /** canonical keys whose values the caller chooses: it is enough that some value meets the condition */
  readonly chosen?: ReadonlySet<string>;
  /** conditions that are always true: a role's `aws:userid` begins with the role's id */
  readonly given?: readonly Atom[];
}

/**
 * Limits of the computation; beyond them the answer is incomplete. Work (`Work`) is counted in comparisons of masks.
 */
export interface Limits {
  /** above this number of alternatives they are searched one by one (30 denies can have 2^30) */
  readonly alternatives: number;
  /** at most this many are reported: each is enough by itself, and the sentence says that there are more */
  readonly listed: number;
  /** number of terms after which no further alternative is put into words */
  readonly terms: number;
  /** work to list the alternatives */
  readonly listing: number;
  /** work to decide whether these are all */
  readonly deciding: number;
  /** work to search some alternatives */
  readonly searching: number;
  /** work to put them into words */
  readonly wording: number;
}

const LIMITS: Limits = {
  alternatives: 500,
  listed: 100,
  terms: 20_000,
  listing: 10_000_000,
  deciding: 2_000_000,
  searching: 3_000_000,
  wording: 5_000_000,
};

const NOTHING: Required<Known> = { chosen: new Set(), given: [] };

/**
 * The remaining condition in minimal form: false if nothing can make it true, true if it is always true. Conditions on
 * one key are compared with each other, so `team` is `red` and is not `red` is a denial. If the computation exceeds its
 * limits, the result is a condition with only some of its alternatives: never true or false.
 */
export function remaining(
  asked: Formula,
  known: Known = NOTHING,
  limits: Limits = LIMITS,
): boolean | Condition {
  const settled = settle(asked, new Set());
  if (typeof settled === 'boolean') return settled;
  const formula = settled as Open;
  const { chosen, given } = { ...NOTHING, ...known };
  const space = spaceOf(formula, given);
  const found = alternatives(formula, space, limits);
  const deciding: Work = { left: limits.deciding };
  const union = absorb(
    found.cubes.map((cube) => withoutChosen(cube, space, chosen)),
    deciding,
  );
  if (union.length === 0 && found.complete) return false;
  if (covers(union, space.full, deciding)) return true;
  if ((!found.complete || isSpent(deciding)) && isAlways(formula, space, limits)) return true;
  const worded = wordsOf(union, space, limits);
  const anyOf = sorted(worded.terms);
  return { anyOf, text: sentenceOf(anyOf, found.complete && worded.complete) };
}

function alternatives(formula: Open, space: Space, limits: Limits): FoundCubes {
  const cubes = unionOf(goalOf(formula, true, space), space, limits.alternatives, { left: limits.listing });
  if (cubes) return { cubes, complete: true };
  return search(goalOf(formula, true, space), space, limits.listed, { left: limits.searching });
}

/** True if nothing makes it false; false if that could not be decided. */
function isAlways(formula: Open, space: Space, limits: Limits): boolean {
  const { cubes, complete } = search(goalOf(formula, false, space), space, 1, { left: limits.searching });
  return complete && cubes.length === 0;
}

function withoutChosen(cube: Cube, { domains, full }: Space, chosen: ReadonlySet<string>): Cube {
  return cube.map((mask, i) => (isAbout(domains[i] as Domain, chosen) ? (full[i] as bigint) : mask));
}

function isAbout(domain: Domain, keys: ReadonlySet<string>): boolean {
  return keys.has((domain.atoms[0] as Atom).canonical);
}

type Terms = readonly ConditionTerm[];

/** Cubes as alternatives of IAM terms: usually one each, several if a set of values needs them. */
function wordsOf(
  cubes: readonly Cube[],
  space: Space,
  limits: Limits,
): { readonly terms: readonly Terms[]; readonly complete: boolean } {
  const work: Work = { left: limits.wording };
  const terms: Terms[] = [];
  let count = 0;
  for (const cube of minimise(cubes, work)) {
    for (const way of waysOf(cube, space, work)) {
      if (terms.length >= limits.alternatives || count >= limits.terms) return { terms, complete: false };
      terms.push(way);
      count += way.length;
    }
  }
  return { terms, complete: true };
}

/** The alternatives of a cube: one of each key, in every combination. A generator, because there may be many. */
function* waysOf(cube: Cube, { domains, full }: Space, work: Work): Generator<Terms> {
  const ways = cube.flatMap((mask, i) =>
    mask === full[i] ? [] : [express(domains[i] as Domain, mask, work)],
  );
  const count = ways.reduce((product, { length }) => product * length, 1);
  for (let n = 0; n < count; n++) {
    let rest = n;
    yield ways.flatMap((own) => {
      const way = own[rest % own.length] as Terms;
      rest = Math.floor(rest / own.length);
      return way;
    });
  }
}

/** Independent of the order of the statements. */
function sorted(terms: readonly Terms[]): Condition['anyOf'] {
  const byText = new Map(terms.map((allOf) => [JSON.stringify(allOf), { allOf }]));
  return [...byText.keys()].sort().map((text) => byText.get(text) as Condition['anyOf'][number]);
}
