import type { Touches } from '../cloudtrail/touches.ts';
import { ASSIGNMENTS_CALL, PROVISIONED_CALL } from '../snapshot/identity-center.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { OpenEvent } from './sort-events.ts';

/**
 * Events about groups of Identity Center that hold no permission set in the account. Every account hears of them, and only
 * those that such a group is assigned to have to ask who is in it. None, if assignments were not all read, or if one of the
 * batch may have changed them: that one brings everything up to date.
 */
export function ofOtherGroups(snapshot: Snapshot, events: readonly OpenEvent[]): readonly OpenEvent[] {
  const assigned = assignedGroups(snapshot);
  if (assigned === null) return [];
  const others = new Set(events.filter((one) => isOfOthers(one, assigned)));
  const asks = ({ scopes }: OpenEvent): boolean => scopes.some(({ service }) => service === 'sso-admin');
  return events.some((one) => asks(one) && !others.has(one)) ? [] : [...others];
}

/** Null: not known. */
function assignedGroups({ identityCenter, coverage }: Snapshot): ReadonlySet<string> | null {
  const isWhole = [PROVISIONED_CALL, ASSIGNMENTS_CALL].every((call) =>
    coverage.some((entry) => entry.call === call && entry.status === 'collected'),
  );
  const lists = identityCenter?.permissionSets.map(({ groups }) => groups) ?? [null];
  if (!isWhole || lists.includes(null)) return null;
  return new Set(lists.flatMap((groups) => groups ?? []));
}

function isOfOthers({ event, scopes }: OpenEvent, assigned: ReadonlySet<string>): boolean {
  // one that an earlier version put aside does not say
  const { directoryGroups = [] }: Partial<Touches> = event.touches;
  return (
    directoryGroups.length > 0 &&
    scopes.every(({ service }) => service === 'sso-admin') &&
    !directoryGroups.some((id) => assigned.has(id))
  );
}
