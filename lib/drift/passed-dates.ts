import { simpleAtom } from '../evaluator/conditions/atom.ts';
import type { Condition, ConditionTerm } from '../evaluator/decision.ts';
import { holds } from '../evaluator/residual/domain.ts';
import { taggedProd } from '../findings/expected/production.ts';
import { kindsOfSnapshot } from '../findings/principal-kinds.ts';
import type { CellGroup, Matrix } from '../matrix/paths/matrix.ts';
import { remembered } from '../memory/remembered.ts';
import { andMore } from '../policy/counted.ts';
import { quoted } from '../policy/quoted.ts';
import { instancesById } from '../snapshot/instances-of.ts';
import { causeIds } from './cause.ts';
import { cellStateOf, DENIED } from './cell-state.ts';
import type { Cause, Drift, DriftGroup } from './drift.ts';
import { NAMES } from './list-drift.ts';
import { namePolicy } from './policy-changes.ts';
import type { ProductionTest } from './production.ts';
import type { Run } from './run.ts';

/** What became of the routes of a condition between two audits. */
interface Passed {
  readonly opened: boolean;
  /** the terms that are now fulfilled, or no longer, as texts */
  readonly dates: string;
}

/**
 * Cells whose conditions are the same in both audits, and that opened or closed because a date has passed: nothing in
 * the account changed. A cause for each date, with the cells as they are in the later matrix.
 */
export function passedDates(
  before: Run,
  after: Run,
  isProduction: ProductionTest = taggedProd,
): readonly Drift[] {
  const [from, to] = [before, after].map(({ snapshot }) => Date.parse(snapshot.takenAt)) as [number, number];
  const old = Map.groupBy(
    before.matrix.groups.filter(({ outcome }) => datesIn(outcome.condition).length > 0),
    sameCell,
  );
  const groups = new Map<string, { readonly passed: Passed; readonly policies: Set<string>; all: Cells[] }>();
  for (const group of after.matrix.groups) {
    const passed = passedIn(group.outcome.condition, from, to);
    if (passed === null) continue;
    for (const other of old.get(sameCell(group)) ?? []) {
      const cells = inBoth([before.matrix, other], [after.matrix, group]);
      if (cells === null) continue;
      const key = JSON.stringify(passed);
      const one = remembered(groups, key, () => ({ passed, policies: new Set<string>(), all: [] }));
      for (const { policy } of group.outcome.grants) one.policies.add(policy);
      one.all.push(cells);
    }
  }
  const ids = causeIds();
  return [...groups.values()].map(({ passed, policies, all }) => {
    const cause: Cause = {
      kind: 'policy',
      detail: detailOf(passed, after, [...policies].sort()),
      dated: true,
    };
    return { id: ids(cause), cause, ...countsOf(all, passed, after, isProduction) };
  });
}

interface Cells {
  readonly principals: readonly string[];
  readonly instances: readonly string[];
  readonly group: CellGroup;
}

const sameCell = ({ path, outcome }: CellGroup): string =>
  JSON.stringify([path, outcome.verdict, outcome.condition?.text, outcome.landsAs]);

function inBoth(
  [was, old]: readonly [Matrix, CellGroup],
  [is, now]: readonly [Matrix, CellGroup],
): Cells | null {
  const before = new Set(old.principals.map((one) => was.principals[one]?.arn));
  const principals = now.principals
    .map((one) => is.principals[one]?.arn ?? '')
    .filter((arn) => before.has(arn));
  if (principals.length === 0) return null;
  const there = new Set([...old.instances].map((one) => was.instances[one]?.id));
  const instances = [...now.instances]
    .map((one) => is.instances[one]?.id ?? '')
    .filter((id) => there.has(id));
  return instances.length === 0 ? null : { principals, instances, group: now };
}

/** Null: the dates of the condition say the same at both times. */
function passedIn(condition: Condition | null, from: number, to: number): Passed | null {
  const dates = datesIn(condition);
  if (condition === null || dates.length === 0) return null;
  const isOpen = (at: number): boolean =>
    condition.anyOf.some(({ allOf }) => allOf.every((term) => holdsAt(term, at)));
  if (isOpen(from) === isOpen(to)) return null;
  const passed = dates.filter((term) => holdsAt(term, from) !== holdsAt(term, to)).map(termText);
  return { opened: isOpen(to), dates: [...new Set(passed)].sort().join(', ') };
}

const datesIn = (condition: Condition | null): readonly ConditionTerm[] =>
  (condition?.anyOf ?? []).flatMap(({ allOf }) => allOf.filter(isDate));

/** The keys of the time of a request, which every request has, with their values at a moment. */
const TIMES: Readonly<Record<string, (at: number) => string>> = {
  'aws:currenttime': (at) => new Date(at).toISOString(),
  'aws:epochtime': (at) => String(at / 1000),
};

const isDate = ({ key }: ConditionTerm): boolean => key.toLowerCase() in TIMES;

/** A term about anything but a date is not known, so that it is taken to hold at both times. */
function holdsAt({ key, operator, values }: ConditionTerm, at: number): boolean {
  const time = TIMES[key.toLowerCase()];
  if (time === undefined) return true;
  return holds(simpleAtom(operator, key, values, ''), { values: [time(at)] });
}

const termText = ({ key, operator, values }: ConditionTerm): string =>
  `${key} ${operator} ${values.join(' or ')}`;

function detailOf({ opened, dates }: Passed, { snapshot }: Run, policies: readonly string[]): string {
  const record = snapshot.policies.find(({ id }) => id === policies[0]);
  const where = record ? `, in ${namePolicy(record)}${andMore(policies.length - 1)}` : '';
  return `a date has passed and ${opened ? 'opened' : 'ended'} access: ${quoted(dates)}${where}`;
}

/** Principals with the same cells are one group: such groups share their list of instances. */
function joined(all: readonly Cells[]): readonly Cells[] {
  const lists = new Map<Iterable<number>, number>();
  const alike = Map.groupBy(all, ({ group, instances }) => {
    const isWhole = instances.length === group.instances.length;
    const list = isWhole ? remembered(lists, group.instances, () => lists.size) : `part ${instances.join()}`;
    return `${sameCell(group)} ${list}`;
  });
  return [...alike.values()].map((some) => {
    const [first] = some as [Cells];
    return { ...first, principals: [...new Set(some.flatMap(({ principals }) => principals))] };
  });
}

function countsOf(
  all: readonly Cells[],
  { opened }: Passed,
  { snapshot }: Run,
  isProduction: ProductionTest,
): Pick<Drift, 'counts' | 'groups'> {
  const principals = new Set(all.flatMap((one) => one.principals));
  const instances = new Set<string>();
  for (const list of all) for (const id of list.instances) instances.add(id);
  const kindOf = kindsOfSnapshot(snapshot);
  const byId = instancesById(snapshot);
  const alike = joined(all);
  const cells = alike.reduce((sum, one) => sum + one.principals.length * one.instances.length, 0);
  return {
    counts: {
      ...(opened ? { gained: cells, lost: 0 } : { gained: 0, lost: cells }),
      ...{ changed: 0, principals: principals.size, instances: instances.size },
      people: [...principals].filter((arn) => kindOf(arn) === 'person').length,
      production: [...instances].filter((id) => isProduction(byId.get(id))).length,
    },
    groups: alike.map((one): DriftGroup => {
      const state = cellStateOf(one.group.outcome);
      return {
        change: opened ? 'gained' : 'lost',
        principals: one.principals.toSorted().slice(0, NAMES),
        principalCount: one.principals.length,
        instances: one.instances.toSorted().slice(0, NAMES),
        instanceCount: one.instances.length,
        paths: [one.group.path],
        ...(opened ? { before: DENIED, after: state } : { before: state, after: DENIED }),
      };
    }),
  };
}
