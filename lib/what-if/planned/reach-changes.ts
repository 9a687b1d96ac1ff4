import { compileAccount } from '../../matrix/account/account.ts';
import { AgentChannels } from '../../matrix/account/agent-channels.ts';
import { regionFor } from '../../matrix/account/whole-lists.ts';
import type { FactKind } from '../../matrix/paths/access-path.ts';
import { ACCESS_PATHS } from '../../matrix/paths/access-paths.ts';
import type { PathId } from '../../matrix/paths/cell.ts';
import { isReachable } from '../../matrix/paths/reachable.ts';
import { instancesById, instancesOf } from '../../snapshot/instances-of.ts';
import type { Instance, Snapshot } from '../../snapshot/snapshot.ts';

/** Whether a path would work on an instance, before and after. The permissions are the same. */
export interface ReachChange {
  readonly instance: string;
  readonly path: PathId;
  readonly before: boolean | null;
  readonly after: boolean | null;
}

/** The paths that would start or stop working on instances in another state of the account. */
export function reachChanges(before: Snapshot, after: Snapshot): readonly ReachChange[] {
  const [was, is] = [reachIn(before), reachIn(after)];
  const old = instancesById(before);
  return instancesOf(after).flatMap((instance) => {
    const same = old.get(instance.id);
    if (!same) return [];
    return ACCESS_PATHS.flatMap(({ id, fact }) => {
      const change = { before: was(fact, same), after: is(fact, instance) };
      return change.before === change.after ? [] : { instance: instance.id, path: id, ...change };
    });
  });
}

function reachIn(snapshot: Snapshot): (fact: FactKind, instance: Instance) => boolean | null {
  const account = compileAccount(snapshot);
  const agents = new AgentChannels(account);
  return (fact, instance) => isReachable(fact, instance, regionFor(instance, account), agents);
}
