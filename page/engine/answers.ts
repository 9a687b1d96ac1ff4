import { hasBit } from '../../lib/evaluator/bits.ts';
import type { PageObstacle } from '../../lib/render/page/page-data.ts';
import { isVague } from '../../lib/render/state-text.ts';
import type { PageGroup } from './group.ts';
import type { Model } from './model.ts';

/** One way of a principal onto an instance. `group`, `path`: their numbers; `strength`: 1 to 6, 6 is the strongest. */
export interface HeldPath {
  readonly group: number;
  readonly path: number;
  readonly strength: number;
  readonly verdict: string;
  readonly condition: string | null;
  readonly landsAs: readonly string[];
  readonly via: readonly string[];
  readonly uncertain: readonly string[];
  readonly missing: string | null;
  /** 1: reachable now, 0: not, -1: not known; null: the path depends on no such fact, or the instances differ */
  readonly reach: number | null;
  /** why it does not work now */
  readonly inTheWay: readonly PageObstacle[];
}

function wayOf({ head, instances, groups }: Model, group: number, instance: number | null): HeldPath {
  const { path, strength, outcome } = groups[group] as PageGroup;
  const fact = head.paths[path]?.fact ?? -1;
  const facts = instance === null ? undefined : instances.facts[instances.factsOf[instance] as number];
  const { verdict, condition, landsAs, via, uncertain, missing } = outcome;
  return {
    ...{ group, path, strength, verdict, condition, landsAs, via, uncertain, missing },
    reach: fact < 0 || !facts ? null : (facts.reach[fact] ?? -1),
    inTheWay: facts?.inTheWay[fact] ?? [],
  };
}

/** The strongest first, then direct ones, then those with fewer doubts: works now, OS user known, nothing uncertain. */
const strongestWayFirst = (a: HeldPath, b: HeldPath): number =>
  b.strength - a.strength ||
  a.via.length - b.via.length ||
  doubts(a) - doubts(b) ||
  a.path - b.path ||
  a.group - b.group;

const doubts = ({ reach, landsAs, uncertain }: HeldPath): number =>
  (reach === 0 ? 4 : 0) + (isVague(landsAs) ? 2 : 0) + (uncertain.length > 0 ? 1 : 0);

/** The numbers of the groups that hold a principal. */
function groupsOfPrincipal({ holders, groups }: Model, principal: number): readonly number[] {
  const held = holders.map((list) => includes(list, principal));
  return [...groups.keys()].filter((at) => held[(groups[at] as PageGroup).holders]);
}

/** Binary search in an ascending list. */
function includes(list: readonly number[], wanted: number): boolean {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle] as number) < wanted) low = middle + 1;
    else high = middle;
  }
  return list[low] === wanted;
}

/** The numbers of the groups that hold an instance. */
export function groupsOfInstance({ sets, groups, instances }: Model, instance: number): readonly number[] {
  const column = instances.classOf[instance] as number;
  const on = sets.map((bits) => hasBit(bits, column));
  return [...groups.keys()].filter((at) => on[(groups[at] as PageGroup).set]);
}

/** One principal on one instance: every way, and the principals and instances with the same access. */
export interface CellAnswer {
  readonly principal: number;
  readonly instance: number;
  readonly ways: readonly HeldPath[];
  /** numbers of the closed paths */
  readonly closed: readonly number[];
  /** principals that are in the same groups as this one, itself included; the same of instances */
  readonly principals: AlikeMembers;
  readonly instances: AlikeMembers;
}

export interface AlikeMembers {
  readonly count: number;
  readonly first: readonly number[];
}

const MOST_ALIKE = 50;

/** The numbers of the groups that hold a principal on an instance. */
export function groupsOfCell(model: Model, principal: number, instance: number): readonly number[] {
  const on = new Set(groupsOfInstance(model, instance));
  return groupsOfPrincipal(model, principal).filter((group) => on.has(group));
}

export function cellAnswer(model: Model, principal: number, instance: number): CellAnswer {
  const ways = groupsOfCell(model, principal, instance)
    .map((group) => wayOf(model, group, instance))
    .sort(strongestWayFirst);
  const open = new Set(ways.map(({ path }) => path));
  return {
    principal,
    instance,
    ways,
    closed: [...model.head.paths.keys()].filter((path) => !open.has(path)),
    principals: alike(model.rowMembers[model.rowOf[principal] as number] ?? []),
    instances: alike(model.columnMembers[model.instances.classOf[instance] as number] ?? []),
  };
}

const alike = (members: readonly number[]): AlikeMembers => ({
  count: members.length,
  first: members.slice(0, MOST_ALIKE),
});

/** Principals with the same ways onto an instance, or instances onto which a principal has the same ways. */
export interface Holding {
  readonly members: AlikeMembers;
  readonly ways: readonly HeldPath[];
}

/** Who gets onto an instance, the strongest first. */
export function holdersOf(model: Model, instance: number): readonly Holding[] {
  const waysOf = new Map<number, number[]>();
  for (const group of groupsOfInstance(model, instance)) {
    for (const row of model.holderClasses[(model.groups[group] as PageGroup).holders] ?? [])
      add(waysOf, row, group);
  }
  return holdings(model, waysOf, model.rowMembers, instance);
}

/** What a principal reaches, the strongest first. */
export function instancesOf(model: Model, principal: number): readonly Holding[] {
  const waysOf = new Map<number, number[]>();
  for (const group of groupsOfPrincipal(model, principal)) {
    const bits = model.sets[(model.groups[group] as PageGroup).set];
    if (!bits) continue;
    for (let column = 0; column < model.columnMembers.length; column++)
      if (hasBit(bits, column)) add(waysOf, column, group);
  }
  return holdings(model, waysOf, model.columnMembers, null);
}

function add(lists: Map<number, number[]>, key: number, value: number): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

function holdings(
  model: Model,
  waysOf: ReadonlyMap<number, readonly number[]>,
  members: Model['rowMembers'],
  instance: number | null,
): Holding[] {
  const isPerson = (one: number): boolean => model.principals.rows[one]?.[1] === 'person';
  const sorted = (list: readonly number[]): readonly number[] =>
    instance === null ? list : list.toSorted((a, b) => Number(isPerson(b)) - Number(isPerson(a)) || a - b);
  // people before machines: readers look for people first
  const rank = ({ members: { first } }: Holding): number =>
    instance === null || isPerson(first[0] ?? -1) ? 0 : 1;
  const byWays = Map.groupBy(waysOf, ([, groups]) => groups.join());
  return [...byWays.values()]
    .map((entries) => ({
      members: alike(sorted(entries.flatMap(([one]) => members[one] ?? []))),
      ways: (entries[0]?.[1] ?? []).map((group) => wayOf(model, group, instance)).sort(strongestWayFirst),
    }))
    .sort(
      (a, b) =>
        (b.ways[0]?.strength ?? 0) - (a.ways[0]?.strength ?? 0) ||
        rank(a) - rank(b) ||
        b.members.count - a.members.count ||
        (a.members.first[0] ?? 0) - (b.members.first[0] ?? 0),
    );
}
