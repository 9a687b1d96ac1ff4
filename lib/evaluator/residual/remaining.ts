import type { Condition, ConditionTerm } from '../decision.ts';
import { type Atom, type Formula, settle } from '../formula.ts';
import type { Work } from '../work.ts';
import { absorb, type Cube, covers, minimise } from './cubes.ts';
import type { Domain } from './domain.ts';
import { express } from './express.ts';
import { type Found, search } from './search.ts';
import { sentenceOf } from './sentence.ts';
import { type Open, type Space, spaceOf, unionOf } from './space.ts';

/** What is known of keys although their values are not. */
export interface Known {
  /** canonical keys that the caller chooses: some value that does is as good as none needed */
  readonly chosen?: ReadonlySet<string>;
  /** conditions that hold in any case: a role's `aws:userid` begins with the role's id */
  readonly given?: readonly Atom[];
}

/** Beyond this many alternatives they are looked for one by one (2^30 ways out of 30 denies), */
const MAX_ALTERNATIVES = 500;
/** and this many are given: each is enough by itself, and the sentence says that there are more. */
const MAX_LISTED = 100;

/** Comparisons of masks (`Work`): to list the alternatives, to see whether they are all there is, to look for some, to put them into words. */
const LISTING = 10_000_000;
const DECIDING = 2_000_000;
const SEARCHING = 3_000_000;
const WORDING = 5_000_000;

const NO_KEYS: ReadonlySet<string> = new Set();

/**
 * What remains to be true, in minimal form: false when nothing can make it true, true when everything does. Conditions
 * on one key are compared with each other, so that `team` is `red` and is not `red` is a denial. What is too much to
 * work out stays a condition, whose alternatives are some of those there are: it is never taken for true or false.
 */
export function remaining(asked: Formula, known: Known = {}): boolean | Condition {
  const settled = settle(asked, new Set());
  if (typeof settled === 'boolean') return settled;
  const formula = settled as Open;
  const space = spaceOf(formula, known.given ?? []);
  const found = alternatives(formula, space);
  const deciding: Work = { left: DECIDING };
  const union = absorb(
    found.cubes.map((cube) => withoutChosen(cube, space, known.chosen ?? NO_KEYS)),
    deciding,
  );
  if (union.length === 0 && found.complete) return false;
  if (covers(union, space.full, deciding)) return true;
  if ((!found.complete || deciding.left < 0) && isAlways(formula, space)) return true;
  const work: Work = { left: WORDING };
  const listed = union.length === 0 ? [] : minimise(union, work);
  const worded = wordsOf(listed, space, work);
  const anyOf = worded.terms.map((allOf) => ({ allOf }));
  return { anyOf, text: sentenceOf(anyOf, found.complete && worded.complete) };
}

function alternatives(formula: Open, space: Space): Found {
  const cubes = unionOf(formula, true, space, MAX_ALTERNATIVES, { left: LISTING });
  return cubes ? { cubes, complete: true } : search(formula, true, space, MAX_LISTED, { left: SEARCHING });
}

/** Nothing makes it false; where that cannot be told, no. */
function isAlways(formula: Open, space: Space): boolean {
  const { cubes, complete } = search(formula, false, space, 1, { left: SEARCHING });
  return complete && cubes.length === 0;
}

function withoutChosen(cube: Cube, { domains, full }: Space, chosen: ReadonlySet<string>): Cube {
  return cube.map((mask, i) => (isAbout(domains[i] as Domain, chosen) ? (full[i] as bigint) : mask));
}

function isAbout(domain: Domain, keys: ReadonlySet<string>): boolean {
  return keys.has((domain.atoms[0] as Atom).canonical);
}

type Terms = readonly ConditionTerm[];

/** Terms, after which no further alternative is put into words. */
const MAX_TERMS = 20_000;

/** Cubes as alternatives of IAM terms: mostly one each, more where a set of values needs several. */
function wordsOf(
  cubes: readonly Cube[],
  space: Space,
  work: Work,
): { readonly terms: readonly Terms[]; readonly complete: boolean } {
  const terms: Terms[] = [];
  let count = 0;
  for (const cube of cubes) {
    for (const way of termsOf(cube, space, work)) {
      if (terms.length >= MAX_ALTERNATIVES || count >= MAX_TERMS) return { terms, complete: false };
      terms.push(way);
      count += way.length;
    }
  }
  return { terms, complete: true };
}

function termsOf(cube: Cube, { domains, full }: Space, work: Work): readonly Terms[] {
  let sum: ConditionTerm[][] = [[]];
  for (const [i, mask] of cube.entries()) {
    if (mask === full[i]) continue;
    const [first = [], ...others] = express(domains[i] as Domain, mask, work);
    const more = others.flatMap((way) => sum.map((terms) => [...terms, ...way]));
    for (const terms of sum) terms.push(...first);
    // one more than are listed, so that it shows that some are left out
    sum = [...sum, ...more].slice(0, MAX_ALTERNATIVES + 1);
  }
  return sum;
}
