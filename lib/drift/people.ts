import { kindsOfSnapshot } from '../findings/principal-kinds.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Run } from './run.ts';

/**
 * Whether a principal is a person, by its number: in the later audit, or in the earlier one if it is gone.
 */
export function peopleAmong(
  before: Run,
  after: Run,
  principals: readonly string[],
): (principal: number) => boolean {
  const isGone = goneFrom(after.snapshot);
  const was = kindsOfSnapshot(before.snapshot);
  const is = kindsOfSnapshot(after.snapshot);
  return (principal) => {
    const arn = principals[principal] as string;
    return (isGone(arn) ? was(arn) : is(arn)) === 'person';
  };
}

function goneFrom({ users, roles }: Snapshot): (arn: string) => boolean {
  const there = new Set([...users, ...roles].map(({ arn }) => arn));
  return (arn) => !there.has(arn);
}
