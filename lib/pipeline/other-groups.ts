import type { Touches } from '../cloudtrail/touches.ts';
import { ASSIGNMENTS_CALL, PROVISIONED_CALL } from '../snapshot/identity-center.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { OpenEvent } from './sort-events.ts';

/**
 * Events about groups of Identity Center without a permission set in the account. Every account receives them, but only
 * those with an assignment to the group have to read its members. Empty if not all assignments were read, or if an
 * event of the batch may have changed them: that event brings everything up to date.
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
  // an event that an earlier version stored has no such member
  const { directoryGroups = [] }: Partial<Touches> = event.touches;
  return (
    directoryGroups.length > 0 &&
    scopes.every(({ service }) => service === 'sso-admin') &&
    !directoryGroups.some((id) => assigned.has(id))
  );
}
