import type { ChangeEvent } from '../cloudtrail/change-event.ts';
import type { Role, User } from '../snapshot/snapshot.ts';
import { eventFinder, type FindEvent } from './attribute.ts';
import { causeIds, causeKeys, MOST_RECREATED } from './cause.ts';
import type { Changes } from './changes.ts';
import type { Drift } from './drift.ts';
import type { InputChange } from './input-change.ts';
import { againChange, type IdentitySubject } from './principal-changes.ts';
import type { Run } from './run.ts';
import { pairs } from './same.ts';

interface Recreated {
  readonly principal: number;
  readonly input: InputChange;
}

/**
 * Users and roles that were deleted and created again under the same name, and have the access that they had: a cause
 * without changed cells, reported as one line for all users and one for all roles, or one for each event. Those whose
 * access differs are causes with cells.
 */
export function recreatedDrift(
  before: Run,
  after: Run,
  changes: Changes,
  events: readonly ChangeEvent[],
): readonly Drift[] {
  const all = recreated(before, after, changes);
  if (all.length === 0) return [];
  const named: FindEvent = eventFinder(events, {
    from: before.snapshot.takenAt,
    to: after.snapshot.takenAt,
  });
  const eventFor: FindEvent = all.length > MOST_RECREATED ? () => null : named;
  const keys = causeKeys(
    all.map(({ input }) => input),
    eventFor,
  );
  const ids = causeIds();
  return [...Map.groupBy(all, ({ input }) => keys.keyOf(input)).values()].map((some) => {
    const cause = keys.causeOf(
      some.map(({ input }) => input),
      true,
    );
    const people = some.filter(({ principal }) => changes.isPerson(principal)).length;
    return {
      id: ids(cause),
      cause,
      counts: {
        ...{ gained: 0, lost: 0, changed: 0, principals: some.length, people },
        ...{ instances: 0, production: 0 },
      },
      groups: [],
    };
  });
}

function recreated({ snapshot: old }: Run, { snapshot: now }: Run, changes: Changes): readonly Recreated[] {
  const came = [...newIds(old.users, now.users, 'user'), ...newIds(old.roles, now.roles, 'role')];
  if (came.length === 0) return [];
  const touched = new Set<number>();
  for (const { groups } of changes.causes)
    for (const list of new Set(groups.map(({ principals }) => principals)))
      for (const one of list) touched.add(one);
  const holding = new Set<number>();
  const { principals, groups } = changes.sides.after;
  for (const list of new Set(groups.map((group) => group.principals)))
    for (const one of list) holding.add(principals[one] as number);
  const numbers = new Map(changes.names.principals.map((arn, number) => [arn, number]));
  return came.flatMap(({ arn, owner }): readonly Recreated[] => {
    const principal = numbers.get(arn);
    if (principal === undefined || touched.has(principal) || !holding.has(principal)) return [];
    return [{ principal, input: againChange(owner) }];
  });
}

/** Those that are in both snapshots, under different ids. */
function newIds(
  were: readonly (User | Role)[],
  are: readonly (User | Role)[],
  word: 'user' | 'role',
): readonly { readonly arn: string; readonly owner: IdentitySubject }[] {
  return [...pairs(were, are, ({ arn }) => arn)].flatMap(([arn, was, is]) =>
    was && is && was.id !== is.id ? [{ arn, owner: { word, name: is.name } }] : [],
  );
}
