import type { Condition, ConditionTerm } from '../decision.ts';
import type { Atom, Formula } from '../formula.ts';
import { absorb, type Cube, covers, intersect, minimise } from './cubes.ts';
import { type Domain, domainsOf } from './domain.ts';
import { express } from './express.ts';
import { sentenceOf } from './sentence.ts';

/** What is known of keys although their values are not. */
export interface Known {
  /** canonical keys that the caller chooses: some value that does is as good as none needed */
  readonly chosen?: ReadonlySet<string>;
  /** conditions that hold in any case: a role's `aws:userid` begins with the role's id */
  readonly given?: readonly Atom[];
}

/**
 * What remains to be true, in minimal form: false when nothing can make it true, true when everything does. Conditions
 * on one key are compared with each other, so that `team` is `red` and is not `red` is a denial.
 */
export function remaining(formula: Formula, known: Known = {}): boolean | Condition {
  if (typeof formula === 'boolean') return formula;
  const atoms = new Map<string, Atom>();
  collect(formula, atoms);
  const domains = domainsOf(
    [...atoms.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    known.given ?? [],
  );
  const full = domains.map((domain) => (1n << BigInt(domain.regions)) - 1n);
  const free = domains.map((domain) => known.chosen?.has(domain.atoms[0]?.canonical ?? ''));
  const union = absorb(
    unionOf(formula, true, { domains, full }).map((cube) =>
      cube.map((mask, i) => (free[i] ? (full[i] as bigint) : mask)),
    ),
  );
  if (union.length === 0) return false;
  if (covers(union, full)) return true;
  const terms = minimise(union).flatMap((cube) => termsOf(cube, full, domains));
  const anyOf = terms.map((allOf) => ({ allOf }));
  return { anyOf, text: sentenceOf(anyOf) };
}

function collect(formula: Formula, atoms: Map<string, Atom>): void {
  if (typeof formula === 'boolean' || formula.kind === 'assumption' || formula.kind === 'places') return;
  if (formula.kind === 'atom') atoms.set(formula.id, formula);
  else if (formula.kind === 'not') collect(formula.part, atoms);
  else for (const part of formula.parts) collect(part, atoms);
}

/**
 * A condition with more alternatives than this keeps the first of them: each is enough by itself, so that the cell stays
 * conditional and nothing opens, but no machine can list what policies may ask for (2^30 ways out of 30 denies).
 */
const MAX_ALTERNATIVES = 500;

interface Space {
  readonly domains: readonly Domain[];
  readonly full: Cube;
}

/** The formula (or with `wanted` false, its opposite) as a union of cubes. */
function unionOf(formula: Formula, wanted: boolean, space: Space): readonly Cube[] {
  if (typeof formula === 'boolean') return formula === wanted ? [space.full] : [];
  switch (formula.kind) {
    case 'assumption':
      return unionOf(formula.value, wanted, space);
    case 'not':
      return unionOf(formula.part, !wanted, space);
    case 'atom':
      return atomCubes(formula, wanted, space);
    case 'places':
      throw new Error('a formula is split by places before it is asked what remains');
    default: {
      const parts = formula.parts.map((part) => unionOf(part, wanted, space));
      if ((formula.kind === 'or') === wanted) return absorb(parts.flat());
      return parts.reduce<readonly Cube[]>((sum, part) => product(sum, part), [space.full]);
    }
  }
}

function product(a: readonly Cube[], b: readonly Cube[]): readonly Cube[] {
  const cubes = absorb(
    a.flatMap((one) => b.map((other) => intersect(one, other)).filter((cube) => cube !== null)),
  );
  return cubes.length > MAX_ALTERNATIVES ? cubes.slice(0, MAX_ALTERNATIVES) : cubes;
}

function atomCubes(atom: Atom, wanted: boolean, { domains, full }: Space): readonly Cube[] {
  const index = domains.findIndex((domain) => domain.masks.has(atom.id));
  const mask = domains[index]?.masks.get(atom.id) ?? 0n;
  const chosen = wanted ? mask : (full[index] as bigint) & ~mask;
  return chosen === 0n ? [] : [full.with(index, chosen)];
}

/** One cube as alternatives of IAM terms: mostly one, more where a set of values needs several. */
function termsOf(cube: Cube, full: Cube, domains: readonly Domain[]): readonly (readonly ConditionTerm[])[] {
  return cube.reduce<readonly (readonly ConditionTerm[])[]>(
    (sum, mask, i) => {
      if (mask === full[i]) return sum;
      const ways = express(domains[i] as Domain, mask);
      return sum.flatMap((terms) => ways.map((way) => [...terms, ...way]));
    },
    [[]],
  );
}
