import { makeAtom } from '../conditions/atom.ts';
import { compileClause } from '../conditions/clause.ts';
import { type Operator, variantOf } from '../conditions/operators.ts';
import type { ConditionTerm } from '../decision.ts';
import type { Atom } from '../formula.ts';
import { type Domain, holds, maskOf } from './domain.ts';

/** A term with the points of the domain where it holds, as bits. */
interface Candidate {
  readonly term: ConditionTerm;
  readonly points: bigint;
}

/**
 * A set of regions in IAM's own words: alternatives of terms that hold in exactly these regions, a missing key judged
 * as IAM does. One alternative wherever one conjunction can say it.
 */
export function express(domain: Domain, mask: bigint): readonly (readonly ConditionTerm[])[] {
  if (domain.opaque) {
    const atom = domain.atoms[0] as Atom;
    return mask === 2n ? [[termOf(atom)]] : [complementOf(atom).map(termOf)];
  }
  const wanted = maskOf(
    domain.region.flatMap((region, point) => ((mask >> BigInt(region)) & 1n ? [point] : [])),
  );
  const candidates = candidatesOf(domain, wanted);
  const one = conjunction(
    candidates.filter((candidate) => (wanted & ~candidate.points) === 0n),
    wanted,
  );
  if (one) return [one];
  const either = alternatives(candidates, wanted);
  if (either) return either.map((term) => [term]);
  return regionsOf(domain, mask).map((region) => exactly(domain, region, candidates));
}

/** The shortest conjunction (of at most three terms, each true wherever it must be) that holds in `wanted` and nowhere else. */
function conjunction(terms: readonly Candidate[], wanted: bigint): readonly ConditionTerm[] | null {
  for (const count of [1, 2, 3]) {
    const found = choose(terms, wanted, -1n, count);
    if (found) return found;
  }
  return null;
}

/** At most three single terms, each true only where it may be, that hold in all of `wanted` between them. */
function alternatives(terms: readonly Candidate[], wanted: bigint): readonly ConditionTerm[] | null {
  const outside = terms
    .filter(({ points }) => points !== 0n && (points & ~wanted) === 0n)
    .map(({ term, points }) => ({ term, points: ~points }));
  for (const count of [2, 3]) {
    const found = choose(outside, ~wanted, -1n, count);
    if (found) return found;
  }
  return null;
}

function choose(
  terms: readonly Candidate[],
  wanted: bigint,
  so: bigint,
  count: number,
): readonly ConditionTerm[] | null {
  for (const [i, { term, points }] of terms.entries()) {
    const left = so & points;
    if (count === 1) {
      if (left === wanted) return [term];
      continue;
    }
    const rest = choose(terms.slice(i + 1), wanted, left, count - 1);
    if (rest) return [term, ...rest];
  }
  return null;
}

function regionsOf(domain: Domain, mask: bigint): readonly number[] {
  return Array.from({ length: domain.regions }, (_, region) => region).filter(
    (region) => (mask >> BigInt(region)) & 1n,
  );
}

/** One region: shortest if it can be, else every condition of the domain as it comes out there. */
function exactly(domain: Domain, region: number, candidates: readonly Candidate[]): readonly ConditionTerm[] {
  const wanted = maskOf(domain.region.flatMap((other, point) => (other === region ? [point] : [])));
  const short = conjunction(
    candidates.filter((candidate) => (wanted & ~candidate.points) === 0n),
    wanted,
  );
  if (short) return short;
  return domain.atoms.flatMap((atom) => {
    const isTrue = ((domain.masks.get(atom.id) ?? 0n) >> BigInt(region)) & 1n;
    return (isTrue ? [atom] : complementOf(atom)).map(termOf);
  });
}

function candidatesOf(domain: Domain, wanted: bigint): readonly Candidate[] {
  const complements = domain.atoms.flatMap(complementOf);
  const own = [...domain.atoms, ...complements];
  const atoms = [...own, ...merged(domain, wanted), ...own.flatMap(otherIfExists), ...presence(domain)];
  const distinct = new Map(atoms.map((atom) => [atom.id, atom]));
  return [...distinct.values()].map((atom) => ({ term: termOf(atom), points: pointsWhere(domain, atom) }));
}

function pointsWhere(domain: Domain, atom: Atom): bigint {
  return maskOf(domain.points.flatMap((point, i) => (holds(atom, point) ? [i] : [])));
}

export function termOf(atom: Atom): ConditionTerm {
  return {
    key: atom.clause.key,
    operator: atom.clause.operatorText,
    values: atom.clause.values.map((value) => value.text),
  };
}

/** Terms that hold, together, exactly where the atom does not; a key that is not there is judged as IAM does. */
function complementOf(atom: Atom): readonly Atom[] {
  const operator = atom.clause.operator as Operator;
  const { base, set, ifExists } = operator;
  const values = atom.clause.values.map((value) => value.text);
  if (base.name === 'Null') return [derive(atom, operator, flipped(values))];
  if (set === 'ForAllValues')
    return [
      derive(
        atom,
        variantOf(operator, { set: 'ForAnyValue', ifExists: false, name: base.complement }),
        values,
      ),
    ];
  if (set === 'ForAnyValue') {
    const none = derive(
      atom,
      variantOf(operator, { set: 'ForAllValues', ifExists: false, name: base.complement }),
      values,
    );
    return ifExists ? [isPresent(atom), none] : [none];
  }
  if (base.family.name === 'bool')
    return [derive(atom, variantOf(operator, { ifExists: !ifExists }), flipped(values))];
  const isOrdered =
    (base.family.name === 'numeric' || base.family.name === 'date') &&
    !/Equals$/.test(base.name.replace(/ThanEquals$/, 'Than'));
  if (isOrdered)
    // below neither 10 nor 20: one term for each value, as the values of one term are joined by OR
    return values.map((value) =>
      derive(atom, variantOf(operator, { ifExists: !ifExists, name: base.complement }), [value]),
    );
  const other = derive(atom, variantOf(operator, { ifExists: false, name: base.complement }), values);
  return ifExists && !base.negated ? [isPresent(atom), other] : [other];
}

function flipped(values: readonly string[]): readonly string[] {
  const lower = values.map((value) => value.toLowerCase());
  return ['true', 'false'].filter((value) => !lower.includes(value));
}

function derive(atom: Atom, operator: Operator, values: readonly string[]): Atom {
  return makeAtom(compileClause(operator.text, atom.clause.key, values, true), atom.service);
}

function made(atom: Atom, operator: string, values: readonly string[]): Atom {
  return makeAtom(compileClause(operator, atom.clause.key, values, true), atom.service);
}

/** There, even if empty: `Null` calls empty text absent, so for texts only a pattern says it. */
function isPresent(atom: Atom): Atom {
  const family = atom.clause.operator?.base.family.name;
  const isText = family === 'exact' || family === 'ignoreCase' || family === 'like' || family === 'arn';
  return isText && !atom.clause.operator?.set
    ? made(atom, 'StringLike', ['*'])
    : made(atom, 'Null', ['false']);
}

function otherIfExists(atom: Atom): readonly Atom[] {
  const operator = atom.clause.operator as Operator;
  if (operator.base.name === 'Null' || operator.set) return [];
  return [
    derive(
      atom,
      variantOf(operator, { ifExists: !operator.ifExists }),
      atom.clause.values.map((value) => value.text),
    ),
  ];
}

function presence(domain: Domain): readonly Atom[] {
  const atom = domain.atoms[0] as Atom;
  return [
    made(atom, 'Null', ['false']),
    made(atom, 'Null', ['true']),
    ...domain.atoms.slice(0, 1).map(isPresent),
  ];
}

const MERGED: readonly (readonly [string, string, string])[] = [
  ['exact', 'StringEquals', 'StringNotEquals'],
  ['ignoreCase', 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase'],
  ['like', 'StringLike', 'StringNotLike'],
  ['arn', 'ArnLike', 'ArnNotLike'],
  ['ip', 'IpAddress', 'NotIpAddress'],
  ['bool', 'Bool', 'Bool'],
];

/** The values of all conditions of a family in one term: those that lie wholly inside, and those wholly outside. */
function merged(domain: Domain, wanted: bigint): readonly Atom[] {
  // the values of a list need a set operator
  if (domain.points.some((point) => point?.list)) return [];
  const sample = domain.atoms[0] as Atom;
  return MERGED.flatMap(([family, positive, negative]) => {
    const ofFamily = domain.atoms.filter((atom) => atom.clause.operator?.base.family.name === family);
    const texts = [...new Set(ofFamily.flatMap((atom) => atom.clause.values.map((value) => value.text)))];
    const where = (text: string): bigint => pointsWhere(domain, made(sample, positive, [text]));
    const inside = texts.filter((text) => (where(text) & ~wanted) === 0n);
    const outside = texts.filter((text) => (where(text) & wanted) === 0n);
    return [
      ...(inside.length > 0
        ? [made(sample, positive, inside), made(sample, `${positive}IfExists`, inside)]
        : []),
      ...(outside.length > 0 && negative !== positive ? [made(sample, negative, outside)] : []),
    ];
  });
}
