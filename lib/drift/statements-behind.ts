import { addBits, type Bits, eachPlace, emptyBits, intersection, isEmpty } from '../evaluator/bits.ts';
import type { Grant, PathId, Verdict } from '../matrix/paths/cell.ts';
import type { CellGroup } from '../matrix/paths/matrix.ts';
import { remembered } from '../memory/remembered.ts';
import type { Changes } from './changes.ts';
import type { Cause } from './drift.ts';
import type { NumberedGroup } from './gather.ts';

/** Cells that depend on one statement: opened or closed by a change, or unchanged. */
export interface StatementCells {
  /** null: nothing changed them */
  readonly cause: Cause | null;
  /** null: no statement is known, since a policy is missing */
  readonly grant: Grant | null;
  readonly verdicts: ReadonlySet<Verdict>;
  readonly paths: ReadonlySet<PathId>;
  /** numbers */
  readonly principals: ReadonlySet<number>;
  readonly columns: Bits;
}

interface Gathering extends StatementCells {
  readonly verdicts: Set<Verdict>;
  readonly paths: Set<PathId>;
  readonly principals: Set<number>;
}

const STRENGTH: Readonly<Record<Verdict, number>> = { denied: 0, unknown: 1, conditional: 2, allowed: 3 };

/** True if more is open than before. */
export const isWider = ({ states }: Changes, { before, after }: NumberedGroup): boolean =>
  STRENGTH[states.at(after).verdict] > STRENGTH[states.at(before).verdict];

const isNarrower = ({ states }: Changes, { before, after }: NumberedGroup): boolean =>
  STRENGTH[states.at(after).verdict] < STRENGTH[states.at(before).verdict];

/** Whether a statement gives access. */
type IsMeant = (grant: Grant) => boolean;

/** What opens, by the statements that grant it after the change. */
export const openedBy = (changes: Changes, isMeant: IsMeant): readonly StatementCells[] =>
  behind(changes, 'after', { isMeant, isChanged: (group) => isWider(changes, group) });

/** What closes, by the statements that granted it before the change. */
export const closedBy = (changes: Changes, isMeant: IsMeant): readonly StatementCells[] =>
  behind(changes, 'before', { isMeant, isChanged: (group) => isNarrower(changes, group) });

/** Everything that is open after the change and depends on one of these statements. */
export function heldBy(changes: Changes, isMeant: IsMeant): readonly StatementCells[] {
  const side = changes.sides.after;
  const found = new Map<string, Gathering>();
  for (const [i, group] of side.groups.entries()) {
    const grants = group.outcome.grants.filter(isMeant);
    if (grants.length === 0) continue;
    const columns = changes.columnsOf.after[i] as Bits;
    for (const grant of grants) {
      const gathering = gatheringOf(found, { cause: null, key: '', grant, width: columns.length });
      for (const one of group.principals) gathering.principals.add(side.principals[one] as number);
      addTo(gathering, group, columns);
    }
  }
  return [...found.values()];
}

/** One group of changed cells, and what changed them. */
interface Changed {
  readonly cause: Cause;
  readonly key: string;
  readonly group: NumberedGroup;
}

function behind(
  changes: Changes,
  word: 'before' | 'after',
  { isMeant, isChanged }: { isMeant: IsMeant; isChanged: (group: NumberedGroup) => boolean },
): readonly StatementCells[] {
  const side = changes.sides[word];
  const changedOf = indexed(changes, isChanged);
  const found = new Map<string, Gathering>();
  const common = new WeakMap<Bits, WeakMap<Bits, Bits>>();
  for (const [i, group] of side.groups.entries()) {
    const byPrincipal = changedOf.get(group.path);
    if (!byPrincipal) continue;
    const columns = changes.columnsOf[word][i] as Bits;
    const grants = groupGrants(group, isMeant);
    const add = (number: number, { cause, key, group: changed }: Changed): void => {
      const both = commonOf(common, changed.columns, columns);
      if (isEmpty(both)) return;
      for (const grant of grants) {
        const gathering = gatheringOf(found, { cause, key, grant, width: columns.length });
        gathering.principals.add(number);
        addTo(gathering, group, both);
      }
    };
    for (const one of group.principals) {
      const number = side.principals[one] as number;
      for (const changed of byPrincipal.get(number) ?? []) add(number, changed);
    }
  }
  return [...found.values()];
}

function groupGrants({ outcome }: CellGroup, isMeant: IsMeant): readonly (Grant | null)[] {
  const grants = outcome.grants.filter(isMeant);
  return grants.length === 0 ? [null] : grants;
}

/** By path and the number of the principal. */
function indexed(
  { causes }: Changes,
  isChanged: (group: NumberedGroup) => boolean,
): ReadonlyMap<PathId, ReadonlyMap<number, readonly Changed[]>> {
  const byPath = new Map<PathId, Map<number, Changed[]>>();
  for (const { id: key, cause, groups } of causes) {
    for (const group of groups.filter(isChanged)) {
      for (const path of group.paths) {
        const byPrincipal = remembered(byPath, path, () => new Map<number, Changed[]>());
        for (const one of group.principals)
          remembered(byPrincipal, one, (): Changed[] => []).push({ cause, key, group });
      }
    }
  }
  return byPath;
}

const commonOf = (known: WeakMap<Bits, WeakMap<Bits, Bits>>, a: Bits, b: Bits): Bits =>
  remembered(
    remembered(known, a, () => new WeakMap<Bits, Bits>()),
    b,
    () => intersection(a, b),
  );

function gatheringOf(
  found: Map<string, Gathering>,
  { cause, key, grant, width }: Pick<StatementCells, 'cause' | 'grant'> & { key: string; width: number },
): Gathering {
  const place = grant === null ? '' : `${grant.policy}\n${grant.statement}`;
  return remembered(found, `${key}\n${place}`, () => ({
    ...{ cause, grant, verdicts: new Set<Verdict>(), paths: new Set<PathId>() },
    ...{ principals: new Set<number>(), columns: emptyBits(width * 32) },
  }));
}

function addTo(gathering: Gathering, { path, outcome }: CellGroup, columns: Bits): void {
  gathering.verdicts.add(outcome.verdict);
  gathering.paths.add(path);
  addBits(gathering.columns, columns);
}

/** Numbers of the instances of columns. */
export function instancesIn({ columnMembers }: Changes, columns: Bits): readonly number[] {
  const all: number[] = [];
  eachPlace(columns, (column) => {
    for (const one of columnMembers[column] ?? []) all.push(one);
  });
  return all;
}
