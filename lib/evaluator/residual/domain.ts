import { evaluateClause } from '../conditions/evaluate-clause.ts';
import type { KeyState } from '../context.ts';
import type { Uncertainty } from '../decision.ts';
import { type Atom, settle } from '../formula.ts';
import { pointsOf } from './points.ts';

/**
 * One key with all conditions on it: its states fall into regions, in each of which every condition comes out the
 * same. An atom is then a set of regions, as bits.
 */
export interface Domain {
  readonly atoms: readonly Atom[];
  readonly points: readonly KeyState[];
  /** the region of each point */
  readonly region: readonly number[];
  readonly regions: number;
  readonly masks: ReadonlyMap<string, bigint>;
  /** no points: the atom is taken as it is, true in region 1 and false in region 0 */
  readonly opaque: boolean;
}

/** The atoms grouped by key; those that cannot be compared with others stand alone. States that `given` rules out are left out. */
export function domainsOf(atoms: readonly Atom[], given: readonly Atom[]): readonly Domain[] {
  const byKey = Map.groupBy(
    atoms.filter((atom) => !atom.opaque),
    (atom) => atom.canonical,
  );
  const domains = [...byKey.values()].flatMap((group) => {
    const domain = domainOf(
      group,
      given.filter((atom) => atom.canonical === group[0]?.canonical),
    );
    return domain ? [domain] : group.map(single);
  });
  return [...domains, ...atoms.filter((atom) => atom.opaque).map(single)];
}

function single(atom: Atom): Domain {
  return { atoms: [atom], points: [], region: [], regions: 2, masks: new Map([[atom.id, 2n]]), opaque: true };
}

function domainOf(atoms: readonly Atom[], given: readonly Atom[]): Domain | null {
  const kindOf = (value: string): string =>
    atoms.map((atom) => holds(atom, { values: [value], list: false })).join();
  const all = pointsOf([...atoms, ...given], kindOf);
  if (!all) return null;
  const points = all.filter((point) => given.every((atom) => holds(atom, point)));
  const numbers = new Map<string, number>();
  const truths = points.map((point) => atoms.map((atom) => holds(atom, point)));
  const region = truths.map((truth) => {
    const key = truth.join();
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    return numbers.get(key) as number;
  });
  const masks = new Map(
    atoms.map((atom, i) => [atom.id, maskOf(region.filter((_, point) => truths[point]?.[i]))]),
  );
  return { atoms, points, region, regions: numbers.size, masks, opaque: false };
}

export function maskOf(regions: readonly number[]): bigint {
  return regions.reduce((mask, region) => mask | (1n << BigInt(region)), 0n);
}

/** How the condition comes out when its key is in that state. */
export function holds(atom: Atom, state: KeyState): boolean {
  const context = { service: atom.service, lookup: (key: string) => (key === atom.canonical ? state : null) };
  return settle(evaluateClause(atom.clause, context), new Set<Uncertainty>()) === true;
}
