import { type Bits, eachPlace, emptyBits, fullBits, setBit } from '../../evaluator/bits.ts';
import type { Formula } from '../../evaluator/formula.ts';
import { once } from '../../memory/once.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import type { Account } from '../account/account.ts';
import { attachedTo, namesItself } from '../account/attached.ts';
import { type PlaceKeys, placeKeys } from '../account/request-context.ts';
import type { Target } from '../account/target.ts';
import { targetsOf } from '../account/targets.ts';
import type { ClassifiedInstances } from '../classes/instance-classes.ts';
import type { RequestRow } from '../paths/access-path.ts';
import { PASSED_TO } from '../paths/escalations.ts';
import { kindRow, type ResourceKind, sharedBy } from '../paths/resource-kinds.ts';
import type { SharedClauses } from './shared-clauses.ts';

/**
 * Shared by rows on one kind of resource, whatever the action. It has at most one resource for each instance class.
 * A place here is a distinct resource.
 */
interface SharedPlaces {
  /** the number of places */
  readonly width: number;
  readonly everywhere: Bits;
  readonly targets: readonly Target[];
  /** region of each resource */
  readonly regions: readonly string[];
  /** the instance classes that have one of these resources */
  readonly classesOf: (places: Bits) => Bits;
  /** true if any one of the resources is enough for all instance classes */
  readonly anyWillDo: boolean;
  /** places by the ARN of their resource */
  readonly byArn: () => ReadonlyMap<string, readonly number[]>;
  /** places by their ARN up to the last `:` or `/` */
  readonly byHead: () => ReadonlyMap<string, readonly number[]>;
  /** cache: the places that a pattern matches */
  readonly patterns: Map<string, Formula>;
  readonly byService: Map<string, SharedClauses>;
}

/** The requests of one row on all instance classes at once. */
export interface RowPlaces extends SharedPlaces {
  readonly row: RequestRow;
  /** the condition keys of a request on one of `targets` */
  readonly keysOf: (target: number) => PlaceKeys;
}

export type PlacesCache = Map<ResourceKind, readonly SharedPlaces[]>;

/**
 * Any target of a row is enough. There is one RowPlaces for the first target of every class, one for the second, and
 * so on.
 */
export function rowPlaces(
  row: RequestRow,
  classified: ClassifiedInstances,
  account: Account,
  cache: PlacesCache,
): readonly RowPlaces[] {
  const slots = remembered(cache, row.on, () => sharedPlaces(row.on, classified, account));
  return slots.map((shared) => {
    const known: PlaceKeys[] = [];
    const keysOf = (target: number): PlaceKeys => {
      known[target] ??= placeKeys(
        row,
        shared.targets[target] as Target,
        shared.regions[target] as string,
        account,
      );
      return known[target];
    };
    return { ...shared, row, keysOf };
  });
}

function sharedPlaces(
  on: ResourceKind,
  classified: ClassifiedInstances,
  account: Account,
): readonly SharedPlaces[] {
  const [first] = classified.representatives;
  if (on === 'ec2-roles' && !classified.features.asksWhatFor && first)
    return anyPlaces(passedRoles(first, classified, account), first.region, classified);
  const regional = new Map<string, readonly Target[]>();
  const sharing = sharedBy(on) ?? attachedAlike(on, classified, account);
  const lists = classified.representatives.map((instance) => {
    if (sharing === null) return distinct(on, instance, classified, account);
    return remembered(regional, sharing(instance), () => distinct(on, instance, classified, account));
  });
  // placeholders for resources that were not collected are evaluated separately; a list that classes share stays one
  // object
  const known = lists.map((list) => (list.some(isMissing) ? list.filter((one) => !isMissing(one)) : list));
  const missing = lists.map((list) => (list.some(isMissing) ? list.filter(isMissing) : NONE));
  return [known, missing].flatMap((some) => {
    const slots = some.reduce((most, list) => Math.max(most, list.length), 0);
    return Array.from({ length: slots }, (_, slot) => slotPlaces(slot, some, classified));
  });
}

const NONE: readonly Target[] = [];

const isMissing = ({ missing }: Target): boolean => missing !== undefined;

/**
 * A text for each instance: equal texts mean resources that policies treat alike, although each resource carries its
 * instance. Null: this does not apply.
 */
function attachedAlike(
  on: ResourceKind,
  { features }: ClassifiedInstances,
  account: Account,
): ((instance: Instance) => string) | null {
  const [fact, ...others] = kindRow(on).observes;
  if (fact === undefined || others.length > 0 || !namesItself(fact)) return null;
  return (instance) => `${instance.region} ${attachedTo(fact, instance, account, features.asksFor)}`;
}

/** Resources that are the same for all classes. */
function anyPlaces(
  targets: readonly Target[],
  region: string,
  classified: ClassifiedInstances,
): readonly SharedPlaces[] {
  if (targets.length === 0) return [];
  const classes = fullBits(classified.representatives.length);
  return [
    {
      ...{ width: targets.length, everywhere: fullBits(targets.length), anyWillDo: true },
      ...{ targets, regions: targets.map(() => region) },
      classesOf: () => classes,
      byArn: once(() => placesBy(targets, ({ arn }) => arn)),
      byHead: once(() => placesBy(targets, ({ arn }) => headOfArn(arn))),
      patterns: new Map(),
      byService: new Map(),
    },
  ];
}

function slotPlaces(
  slot: number,
  lists: readonly (readonly Target[])[],
  classified: ClassifiedInstances,
): SharedPlaces {
  const targets: Target[] = [];
  const regions: string[] = [];
  /** by class: its resource as an index of `targets`; -1: none */
  const at = new Int32Array(lists.length).fill(-1);
  const known = new Map<string, number>();
  const byList = new Map<readonly Target[], number>();
  for (const [i, list] of lists.entries()) {
    const target = list[slot];
    if (!target) continue;
    const index = remembered(byList, list, () =>
      place(target, (classified.representatives[i] as Instance).region),
    );
    at[i] = index;
  }
  return {
    ...{ width: targets.length, everywhere: fullBits(targets.length), anyWillDo: false },
    ...{ targets, regions },
    classesOf: classesOf(at, targets.length),
    byArn: once(() => placesBy(targets, ({ arn }) => arn)),
    byHead: once(() => placesBy(targets, ({ arn }) => headOfArn(arn))),
    patterns: new Map(),
    byService: new Map(),
  };

  function place(target: Target, region: string): number {
    let key = `${region} ${target.arn} ${target.context ? JSON.stringify(target.context) : ''}`;
    let index = known.get(key);
    // a single instance, with other tags (`answers/tag-changes`)
    if (index !== undefined && targets[index]?.tags !== target.tags) {
      key = `${key} ${JSON.stringify(target.tags)}`;
      index = known.get(key);
    }
    if (index !== undefined) return index;
    known.set(key, targets.length);
    regions.push(region);
    return targets.push(target) - 1;
  }
}

/** For few resources, for example one document in each region, the classes of each set are computed once. */
function classesOf(at: Int32Array, width: number): (places: Bits) => Bits {
  if (width === at.length && at.every((place, i) => place === i)) return (places) => places;
  const members = once(() => membersOf(at, width));
  const spread = (places: Bits): Bits => {
    const bits = emptyBits(at.length);
    const { starts, classes } = members();
    eachPlace(places, (place) => {
      for (let i = starts[place] as number; i < (starts[place + 1] as number); i++)
        setBit(bits, classes[i] as number);
    });
    return bits;
  };
  if (width > 32) return spread;
  const known = new Map<number, Bits>();
  return (places) => {
    return remembered(known, places[0] as number, () => spread(places));
  };
}

/** The classes of all places in one list, and where each place begins in it. */
function membersOf(
  at: Int32Array,
  width: number,
): { readonly starts: Int32Array; readonly classes: Int32Array } {
  const starts = new Int32Array(width + 1);
  for (const place of at) if (place !== -1) starts[place + 1] = (starts[place + 1] as number) + 1;
  for (let place = 0; place < width; place++)
    starts[place + 1] = (starts[place + 1] as number) + (starts[place] as number);
  const next = starts.slice();
  const classes = new Int32Array(starts[width] as number);
  for (const [i, place] of at.entries()) {
    if (place === -1) continue;
    classes[next[place] as number] = i;
    next[place] = (next[place] as number) + 1;
  }
  return { starts, classes };
}

/** Lists of numbers, not sets of places: most keys have one place, and there are as many keys as instances. */
function placesBy(
  targets: readonly Target[],
  nameOf: (target: Target) => string,
): ReadonlyMap<string, readonly number[]> {
  const index = new Map<string, number[]>();
  for (const [place, target] of targets.entries()) remembered(index, nameOf(target), () => []).push(place);
  return index;
}

const headOfArn = (arn: string): string =>
  arn.slice(0, Math.max(arn.lastIndexOf(':'), arn.lastIndexOf('/')) + 1);

/** If no condition reads the instance that a role is passed for, roles are the same for all instances. */
function passedRoles(
  instance: Instance,
  classified: ClassifiedInstances,
  account: Account,
): readonly Target[] {
  const roles = targetsOf('ec2-roles', instance, account, null);
  return firstOfEach(
    roles.map(({ arn, tags, context }) => ({ arn, tags, context: passedTo(context?.[PASSED_TO] ?? '') })),
    (target) => classified.features.of('ec2-roles', target),
  );
}

const passedToKnown = new Map<string, NonNullable<Target['context']>>();

/** Always the same object, since it is a cache key. */
function passedTo(service: string): NonNullable<Target['context']> {
  return remembered(passedToKnown, service, () => ({ [PASSED_TO]: service }));
}

function firstOfEach(targets: readonly Target[], featureOf: (target: Target) => string): readonly Target[] {
  return [...new Map(targets.toReversed().map((target) => [featureOf(target), target])).values()].reverse();
}

/** The first of each group of resources that policies treat alike. */
function distinct(
  on: ResourceKind,
  instance: Instance,
  classified: ClassifiedInstances,
  account: Account,
): readonly Target[] {
  const targets = targetsOf(on, instance, account, null);
  if (targets.length < 2 || kindRow(on).paired) return targets;
  return firstOfEach(targets, (target) => classified.features.of(on, target));
}
