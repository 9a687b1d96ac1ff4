import { callsThat } from '../cloudtrail/calls-that.ts';
import type { ChangeEvent } from '../cloudtrail/change-event.ts';
import { IDENTITY_CENTER_SOURCES } from '../cloudtrail/identity-center-events.ts';
import { taggedProd } from '../findings/expected/production.ts';
import { sha256 } from '../findings/sha256.ts';
import type { CellGroup } from '../matrix/paths/matrix.ts';
import { shortList } from '../policy/counted.ts';
import { quoted } from '../policy/quoted.ts';
import { SetHolders, type SetPerson } from '../snapshot/held-by.ts';
import { instancesOf } from '../snapshot/instances-of.ts';
import { permissionSetOf } from '../snapshot/permission-set.ts';
import { byEvent } from './by-event.ts';
import { firstCalls } from './cause.ts';
import type { Assigned, Drift } from './drift.ts';
import type { ProductionTest } from './production.ts';
import type { Run } from './run.ts';
import { undoAssignment } from './undo-assignment.ts';

/** Names of each kind in one sentence. */
const MOST = 5;
/** The number of ways in of one role that are distinguished. */
const MOST_HELD = 200;

/**
 * Changes of the holders of a permission set, and of the groups: a separate cause for each set, without
 * changed cells, since its role may do the same. Data that was not read on one side is not a change. A new or
 * removed role is reported by its cells.
 */
export function assignmentDrift(
  before: Run,
  after: Run,
  events: readonly ChangeEvent[],
  isProduction: ProductionTest = taggedProd,
): readonly Drift[] {
  const [old, now] = [new SetHolders(before.snapshot), new SetHolders(after.snapshot)];
  const event = onlyEvent(events);
  return after.matrix.principals.flatMap(({ arn }, number): Drift | readonly Drift[] => {
    const permissionSet = permissionSetOf(arn);
    const [was, is] = [old.people(arn), now.people(arn)];
    if (permissionSet === null || was === null || is === null) return [];
    const came = [...is.values()].filter(({ id }) => !was.has(id));
    const left = [...was.values()].filter(({ id }) => !is.has(id));
    const groups = [old.groupNames(arn), now.groupNames(arn)] as const;
    const says = saysOf({ came, left, groups });
    if (says.length === 0) return [];
    const detail = `permission set ${quoted(permissionSet)}: ${says.join('; ')}`;
    const people = came.length;
    const held = after.matrix.groups.filter(({ principals }) => principals.includes(number));
    return {
      id: `assignment-${sha256(`${arn}\n${detail}`).slice(0, 16)}`,
      cause: {
        kind: 'assignment',
        detail,
        assigned: {
          principal: arn,
          came: came.length,
          left: left.length,
          holds: heldBy(held),
          reach: reachOf(held, after, isProduction),
        },
        ...undoOf({ before, after }, permissionSet),
        ...(event ? byEvent(event) : {}),
      },
      counts: { gained: 0, lost: 0, changed: 0, principals: 0, people, instances: 0, production: 0 },
      groups: [],
    };
  });
}

/** The calls that undo it, the first ones, as those of other causes. */
function undoOf(
  { before, after }: { readonly before: Run; readonly after: Run },
  permissionSet: string,
): Pick<Drift['cause'], 'undo'> {
  const [was, is] = [before.snapshot.identityCenter, after.snapshot.identityCenter];
  if (was === undefined || is === undefined) return {};
  const lines = undoAssignment({ accountId: after.snapshot.accountId, permissionSet, was, is });
  return lines.length === 0 ? {} : { undo: firstCalls(lines, lines.length) };
}

const SOURCES: ReadonlySet<string> = IDENTITY_CENTER_SOURCES;
const CALLS = callsThat('assignment');

/** An event does not show the people of a group: it is named if it is the only one. */
function onlyEvent(events: readonly ChangeEvent[]): ChangeEvent | null {
  const found = events.filter(
    ({ eventSource, eventName, errorCode }) =>
      errorCode === null && SOURCES.has(eventSource) && CALLS.test(eventName),
  );
  return found.length === 1 ? (found[0] ?? null) : null;
}

function saysOf({
  came,
  left,
  groups: [was, is],
}: {
  readonly came: readonly SetPerson[];
  readonly left: readonly SetPerson[];
  readonly groups: readonly [readonly string[], readonly string[]];
}): readonly string[] {
  const names = (people: readonly SetPerson[]) => people.map(({ name }) => name).sort();
  const lists = [
    [names(came), 'added'],
    [names(left), 'removed'],
    [is.filter((name) => !was.includes(name)), 'assigned', 'group '],
    [was.filter((name) => !is.includes(name)), 'unassigned', 'group '],
  ] as const;
  return lists.flatMap(([all, verb, word = '']) =>
    all.length === 0
      ? []
      : [
          `${shortList(all, MOST, { text: (name) => `${word}${quoted(name)}` })} ${all.length === 1 ? 'was' : 'were'} ${verb}`,
        ],
  );
}

/** The role's ways in, each once, on whatever instances. */
function heldBy(groups: readonly CellGroup[]): Assigned['holds'] {
  const held = new Map<string, Assigned['holds'][number]>();
  for (const { path, outcome } of groups) {
    if (held.size === MOST_HELD) break;
    const { verdict, landsAs } = outcome;
    held.set(JSON.stringify([path, verdict, landsAs]), { path, verdict, landsAs });
  }
  return [...held.values()];
}

/** The instances that they reach, each once: many groups share one list of them. */
function reachOf(
  groups: readonly CellGroup[],
  { matrix, snapshot }: Run,
  isProduction: ProductionTest,
): NonNullable<Assigned['reach']> {
  const lists = new Set(groups.map(({ instances }) => instances));
  const reached = new Set<number>();
  for (const list of lists) for (const one of list) reached.add(one);
  const ids = new Set([...reached].map((one) => matrix.instances[one]?.id));
  const there = instancesOf(snapshot).filter(({ id }) => ids.has(id));
  return {
    instances: reached.size,
    production: there.filter(isProduction).length,
    regions: [...new Set(there.map(({ region }) => region))].sort(),
  };
}
