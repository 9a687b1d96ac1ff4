import { isInEveryRequest } from '../../reference/session-keys.ts';
import { evaluateClause } from '../conditions/evaluate-clause.ts';
import type { KeyState } from '../context.ts';
import type { Uncertainty } from '../decision.ts';
import { type Atom, settle } from '../formula.ts';
import { spend, type Work } from '../work.ts';
import { pointsOf } from './points.ts';

/**
 * One key with all conditions on it: its states form regions, in each of which every condition has one
 * result. An atom is then a set of regions, as bits.
 */
export interface Domain {
  readonly atoms: readonly Atom[];
  readonly points: readonly KeyState[];
  /** the region of each point */
  readonly region: readonly number[];
  readonly regions: number;
  readonly masks: ReadonlyMap<string, bigint>;
  /** no points: the atom is used as it is, true in region 1 and false in region 0 */
  readonly opaque: boolean;
}

/**
 * The atoms grouped by key. Atoms that cannot be compared with others are separate, and so are all if the
 * work runs out. That is safe: an impossible combination then remains as a condition, and never makes one
 * true or false. States that `given` excludes are left out.
 */
export function domainsOf(atoms: readonly Atom[], given: readonly Atom[], work: Work): readonly Domain[] {
  const byKey = Map.groupBy(
    atoms.filter((atom) => !atom.opaque),
    (atom) => atom.canonical,
  );
  const domains = [...byKey.values()].flatMap((group) => {
    if (spend(work, PER_KEY)) return group.map(single);
    const about = given.filter((atom) => atom.canonical === (group[0] as Atom).canonical);
    // half of the rest for each, so that one key cannot use it all
    const half = { left: work.left / 2 };
    const domain = domainOf(group, about, half);
    work.left = work.left / 2 + Math.max(half.left, 0);
    return domain ? [domain] : group.map(single);
  });
  return [...domains, ...atoms.filter((atom) => atom.opaque).map(single)];
}

/** The cost of examining a key at all. */
const PER_KEY = 300;

const NONE: readonly never[] = [];

function single(atom: Atom): Domain {
  return {
    atoms: [atom],
    points: NONE,
    region: NONE,
    regions: 2,
    masks: new Map([[atom.id, 2n]]),
    opaque: true,
  };
}

function domainOf(atoms: readonly Atom[], given: readonly Atom[], work: Work): Domain | null {
  const both = [...atoms, ...given];
  const kindOf = (value: string): string => atoms.map((atom) => holds(atom, { values: [value] })).join();
  const all = pointsOf(both, kindOf, work);
  if (!all) return null;
  const isAlwaysThere =
    isInEveryRequest((atoms[0] as Atom).canonical) || atoms.every(({ there }) => there === true);
  const points = all.filter(
    (point) => !(point === null && isAlwaysThere) && given.every((atom) => holds(atom, point)),
  );
  const numbers = new Map<string, number>();
  const truths = points.map((point) => atoms.map((atom) => holds(atom, point)));
  const region = truths.map((truth) => {
    const key = truth.join();
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    return numbers.get(key) as number;
  });
  const masks = new Map(
    atoms.map((atom, i) => [
      atom.id,
      maskOf(region.filter((_, point) => (truths[point] as readonly boolean[])[i])),
    ]),
  );
  return { atoms, points, region, regions: numbers.size, masks, opaque: false };
}

export function maskOf(regions: readonly number[]): bigint {
  return regions.reduce((mask, region) => mask | (1n << BigInt(region)), 0n);
}

/** The result of the condition for that state of its key. */
export function holds(atom: Atom, state: KeyState): boolean {
  const context = { service: atom.service, lookup: () => state };
  return settle(evaluateClause(atom.clause, context), new Set<Uncertainty>()) === true;
}
