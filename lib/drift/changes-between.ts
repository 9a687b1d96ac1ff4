import type { ChangeEvent } from '../cloudtrail/change-event.ts';
import { indexPolicies } from '../findings/statements.ts';
import { eventFinder } from './attribute.ts';
import { Attributor } from './attributor.ts';
import { causeKeys } from './cause.ts';
import { DENIED, States } from './cell-state.ts';
import type { Changes } from './changes.ts';
import { columnsOf } from './columns.ts';
import { differencesOf } from './differences.ts';
import { inputFinder } from './find-input.ts';
import { holdersOf } from './holders.ts';
import { allInputs, inputChanges } from './inputs.ts';
import { instanceRoles } from './instance-roles.ts';
import { casesOf, weigher } from './likelihood.ts';
import { ownInputs } from './own-inputs.ts';
import { passedRoles } from './passed-roles.ts';
import { peopleAmong } from './people.ts';
import { type ProductionTest, productionAmong } from './production.ts';
import { relevanceOf } from './relevance.ts';
import type { Run } from './run.ts';
import { sidesOf } from './sides.ts';
import { turnoverOf } from './turnover.ts';

/** Compares classes of principals with sets of instances; no loop runs once per cell. */
export function changesBetween(
  before: Run,
  after: Run,
  events: readonly ChangeEvent[],
  production?: ProductionTest,
): Changes {
  const states = new States();
  const sides = sidesOf(before, after, states);
  const turnover = turnoverOf(before, after, sides);
  const inputs = inputChanges(before, after, sides.names, turnover);
  const eventFor = eventFinder(events, { from: before.snapshot.takenAt, to: after.snapshot.takenAt });
  const keys = causeKeys(allInputs(inputs), eventFor);
  const own = ownInputs({
    ...{ inputs, names: sides.names, keys },
    ...{ holders: holdersOf(before, after), relevance: relevance(before, after) },
  });
  const columns = columnsOf(sides, own, turnover);
  const find = inputFinder({
    ...{ inputs, holders: own.holders, passed: passedRoles(before, after, inputs), eventFor },
    weigh: weigher(own.relevance, own.holders),
  });
  const { names } = sides;
  const attributor = new Attributor(before, after, {
    ...{ states, names, columns, own, keys, find },
    caseOf: casesOf(instanceRoles(before, after)),
  });
  for (const difference of differencesOf(sides, columns, states.of(DENIED))) attributor.add(difference);
  const isPerson = peopleAmong(before, after, names.principals);
  const isProduction = productionAmong(before, after, names.instances, production);
  const { columnOf, members: columnMembers, before: was, after: is } = columns;
  const places = { names, columnOf, columnMembers, sides, columnsOf: { before: was, after: is } };
  return { ...places, states, isPerson, isProduction, causes: attributor.causes() };
}

const relevance = (before: Run, after: Run) =>
  relevanceOf({ before: indexPolicies(before.snapshot), after: indexPolicies(after.snapshot) });
