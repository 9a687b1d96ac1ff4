import { remembered } from '../../memory/remembered.ts';
import { variantOf } from '../conditions/operators.ts';
import type { ConditionTerm } from '../decision.ts';
import type { Atom } from '../formula.ts';
import { spend, type Work } from '../work.ts';
import { complementOf, derive, derivedAtom, isPresent, operatorOf, valuesOf } from './complement.ts';
import { type Domain, holds, maskOf } from './domain.ts';

/** A term with the points of the domain in which it is true, as bits. */
interface Candidate {
  readonly term: ConditionTerm;
  readonly points: bigint;
}

/** All terms that are available for a domain. */
interface Vocabulary {
  /** by the id of their conditions */
  readonly candidates: ReadonlyMap<string, Candidate>;
  readonly lists: readonly List[];
}

/** The values of all conditions of a family, to be combined in one term, each with its points. */
interface List {
  readonly positive: string;
  readonly negative: string;
  readonly values: readonly { readonly text: string; readonly points: bigint }[];
}

/**
 * A set of regions in IAM's own operators: alternatives of terms that are true in exactly these regions, with
 * a missing key treated as IAM does. One alternative if one conjunction is enough; longer ones if the work
 * runs out.
 */
export function express(domain: Domain, mask: bigint, work: Work): readonly (readonly ConditionTerm[])[] {
  if (domain.opaque) {
    const atom = domain.atoms[0] as Atom;
    return [(mask === 2n ? [atom] : complementOf(atom)).map((one) => termOf(one, domain))];
  }
  const wanted = pointsOf(domain, mask);
  const candidates = candidatesOf(domain, wanted);
  const one = conjunction(candidates, wanted, work);
  if (one) return [one];
  const either = alternatives(candidates, wanted, work);
  if (either) return either.map((term) => [term]);
  return regionsOf(domain, mask).map(
    (region) =>
      conjunction(candidates, pointsOf(domain, 1n << BigInt(region)), work) ?? exactly(domain, region),
  );
}

/** The points of these regions, as bits. */
function pointsOf(domain: Domain, mask: bigint): bigint {
  return maskOf(domain.region.flatMap((region, point) => ((mask >> BigInt(region)) & 1n ? [point] : [])));
}

/**
 * The shortest conjunction (of at most three terms, each true wherever it must be) that is true exactly in
 * `wanted`.
 */
function conjunction(all: readonly Candidate[], wanted: bigint, work: Work): readonly ConditionTerm[] | null {
  const terms = all.filter(({ points }) => (wanted & ~points) === 0n);
  const aim: Aim = { wanted, work };
  return choose(terms, -1n, 1, aim) ?? choose(terms, -1n, 2, aim) ?? choose(terms, -1n, 3, aim);
}

/** At most three single terms, each true only where it may be, that together cover `wanted`. */
function alternatives(
  all: readonly Candidate[],
  wanted: bigint,
  work: Work,
): readonly ConditionTerm[] | null {
  const outside = all
    .filter(({ points }) => (points & ~wanted) === 0n)
    .map(({ term, points }) => ({ term, points: ~points }));
  const aim: Aim = { wanted: ~wanted, work };
  return choose(outside, -1n, 2, aim) ?? choose(outside, -1n, 3, aim);
}

/** The points in which a conjunction must be true, and the work that finding it may cost. */
interface Aim {
  readonly wanted: bigint;
  readonly work: Work;
}

/** `count` of the terms that together are true exactly in the wanted points, within the points `so`. */
function choose(
  terms: readonly Candidate[],
  so: bigint,
  count: number,
  aim: Aim,
): readonly ConditionTerm[] | null {
  if (spend(aim.work, terms.length)) return null;
  for (const [i, { term, points }] of terms.entries()) {
    const left = so & points;
    if (count === 1) {
      if (left === aim.wanted) return [term];
      continue;
    }
    const rest = choose(terms.slice(i + 1), left, count - 1, aim);
    if (rest) return [term, ...rest];
  }
  return null;
}

function regionsOf(domain: Domain, mask: bigint): readonly number[] {
  return Array.from({ length: domain.regions }, (_, region) => region).filter(
    (region) => (mask >> BigInt(region)) & 1n,
  );
}

/**
 * Every condition of the domain with its result in the region, except those with the same result everywhere.
 */
function exactly(domain: Domain, region: number): readonly ConditionTerm[] {
  const full = (1n << BigInt(domain.regions)) - 1n;
  return domain.atoms.flatMap((atom) => {
    const mask = domain.masks.get(atom.id) as bigint;
    if (mask === 0n || mask === full) return [];
    const found = (mask >> BigInt(region)) & 1n ? [atom] : complementOf(atom);
    return found.map((one) => termOf(one, domain));
  });
}

/** If a key is certainly present, its term has no IfExists. */
function termOf(atom: Atom, { points, atoms }: Domain): ConditionTerm {
  const mayBeAbsent = points.length === 0 ? !atoms[0]?.there : points.includes(null);
  const { key, operatorText } = atom.clause;
  const operator = mayBeAbsent ? operatorText : operatorText.replace(/IfExists$/, '');
  return { key, operator, values: valuesOf(atom) };
}

const vocabularies = new WeakMap<Domain, Vocabulary>();

function candidatesOf(domain: Domain, wanted: bigint): readonly Candidate[] {
  const known = remembered(vocabularies, domain, () => vocabularyOf(domain));
  const sample = domain.atoms[0] as Atom;
  const merged = known.lists.flatMap((list) => mergedOf(list, wanted, sample));
  const fresh = merged.filter((atom) => !known.candidates.has(atom.id));
  return [...known.candidates.values(), ...fresh.map((atom) => candidateOf(domain, atom))];
}

function vocabularyOf(domain: Domain): Vocabulary {
  const own = [...domain.atoms, ...domain.atoms.flatMap(complementOf)];
  const atoms = [...own, ...own.flatMap(otherIfExists), ...presence(domain)];
  const distinct = new Map(atoms.map((atom) => [atom.id, atom]));
  const candidates = [...distinct].map(([id, atom]) => [id, candidateOf(domain, atom)] as const);
  return { candidates: new Map(candidates), lists: listsOf(domain) };
}

function candidateOf(domain: Domain, atom: Atom): Candidate {
  return { term: termOf(atom, domain), points: pointsWhere(domain, atom) };
}

function pointsWhere(domain: Domain, atom: Atom): bigint {
  return maskOf(domain.points.flatMap((point, i) => (holds(atom, point) ? [i] : [])));
}

function otherIfExists(atom: Atom): readonly Atom[] {
  const operator = operatorOf(atom);
  // what a set operator with IfExists returns for an absent key is not documented
  if (operator.base.name === 'Null' || operator.set) return [];
  return [derive(atom, variantOf(operator, { ifExists: !operator.ifExists }), valuesOf(atom))];
}

function presence(domain: Domain): readonly Atom[] {
  const atom = domain.atoms[0] as Atom;
  return [derivedAtom(atom, 'Null', ['false']), derivedAtom(atom, 'Null', ['true']), isPresent(atom)];
}

const MERGED: readonly (readonly [string, string, string])[] = [
  ['exact', 'StringEquals', 'StringNotEquals'],
  ['ignoreCase', 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase'],
  ['like', 'StringLike', 'StringNotLike'],
  ['arn', 'ArnLike', 'ArnNotLike'],
  ['ip', 'IpAddress', 'NotIpAddress'],
];

function listsOf(domain: Domain): readonly List[] {
  // the values of a list need a set operator
  if (domain.points.some((point) => point?.list)) return [];
  const sample = domain.atoms[0] as Atom;
  return MERGED.map(([family, positive, negative]) => {
    const ofFamily = domain.atoms.filter((atom) => operatorOf(atom).base.family.name === family);
    const texts = [...new Set(ofFamily.flatMap(valuesOf))];
    const values = texts.map((text) => ({
      text,
      points: pointsWhere(domain, derivedAtom(sample, positive, [text])),
    }));
    return { positive, negative, values };
  });
}

/** One term for the values that lie wholly inside, and one for those wholly outside. */
function mergedOf({ positive, negative, values }: List, wanted: bigint, sample: Atom): readonly Atom[] {
  const inside = values.filter(({ points }) => (points & ~wanted) === 0n).map(({ text }) => text);
  const outside = values.filter(({ points }) => (points & wanted) === 0n).map(({ text }) => text);
  return [
    ...(inside.length > 0
      ? [derivedAtom(sample, positive, inside), derivedAtom(sample, `${positive}IfExists`, inside)]
      : []),
    ...(outside.length > 0 ? [derivedAtom(sample, negative, outside)] : []),
  ];
}
