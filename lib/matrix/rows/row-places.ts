import { type Formula, placesOf } from '../../evaluator/formula.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import type { RequestRow } from '../access-path.ts';
import type { Account } from '../account.ts';
import { type PlaceKeys, placeKeys, type Target, targetsOf } from '../requests.ts';
import { emptyBits, setBit } from './bits.ts';
import { groupFeature, type Universe } from './universe.ts';

/** The requests of one row of a path on all instance classes at once: for each class at most one resource. */
export interface RowPlaces {
  readonly row: RequestRow;
  readonly width: number;
  /** the distinct resources with their keys */
  readonly targets: readonly { readonly arn: string; readonly keys: PlaceKeys }[];
  /** for each class, its resource as an index of `targets`; -1: none */
  readonly at: Int32Array;
  /** the classes that have a resource */
  readonly present: Formula;
}

/** Any of the targets of a row will do, so a row is one RowPlaces for the first target of every class, one for the second, ... */
export function rowPlaces(row: RequestRow, universe: Universe, account: Account): readonly RowPlaces[] {
  const lists = universe.representatives.map((instance) => distinct(row, instance, universe, account));
  const slots = lists.reduce((most, list) => Math.max(most, list.length), 0);
  return Array.from({ length: slots }, (_, slot) => onePlace(row, slot, lists, universe, account));
}

function onePlace(
  row: RequestRow,
  slot: number,
  lists: readonly (readonly Target[])[],
  universe: Universe,
  account: Account,
): RowPlaces {
  const width = lists.length;
  const at = new Int32Array(width).fill(-1);
  const present = emptyBits(width);
  const targets: { arn: string; keys: PlaceKeys }[] = [];
  const known = new Map<string, number>();
  for (const [i, list] of lists.entries()) {
    const target = list[slot];
    if (!target) continue;
    const { region } = universe.representatives[i] as Instance;
    const key = `${region} ${target.arn} ${JSON.stringify(target.context ?? null)}`;
    let index = known.get(key);
    if (index === undefined) {
      index = targets.length;
      known.set(key, index);
      targets.push({ arn: target.arn, keys: placeKeys(row, target, region, account) });
    }
    at[i] = index;
    setBit(present, i);
  }
  return { row, width, targets, at, present: placesOf(present, width) };
}

/** Of resources that no policy tells apart, the first. */
function distinct(
  row: RequestRow,
  instance: Instance,
  universe: Universe,
  account: Account,
): readonly Target[] {
  const targets = targetsOf(row.on, instance, account, null);
  if (targets.length < 2) return targets;
  const { features } = universe;
  const groups = account.regions.get(instance.region)?.securityGroups ?? [];
  const featureOf = (target: Target): string => {
    switch (row.on) {
      case 'volumes':
        return features.volume.of(target.arn);
      case 'network-interfaces':
        return features.networkInterface.of(target.arn);
      case 'security-groups':
        return groupFeature(target.arn, groups, target.arn.slice(target.arn.lastIndexOf('/') + 1), features);
      case 'endpoints':
        return features.privateAddress ? `${target.arn} ${JSON.stringify(target.context)}` : target.arn;
      case 'ec2-roles':
        return `${features.role.of(target.arn)} ${features.roleTags ? JSON.stringify(target.tags) : ''}`;
      default:
        return target.arn;
    }
  };
  return [...new Map(targets.toReversed().map((target) => [featureOf(target), target])).values()].reverse();
}
