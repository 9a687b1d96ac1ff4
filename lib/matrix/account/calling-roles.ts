import { allowsSome, type CompiledPolicy, compilePolicy } from '../../evaluator/compile.ts';
import { remembered } from '../../memory/remembered.ts';
import { parsePolicy } from '../../policy/document.ts';
import type { CallingRole } from '../paths/escalation.ts';
import { callingRole, ESCALATIONS } from '../paths/escalations.ts';
import type { Subject } from './account.ts';

/** Services that use a passed role for certain calls only. */
export const CALLERS: readonly CallingRole[] = ESCALATIONS.flatMap((row) => callingRole(row) ?? []);

/** By the action that passes the role. */
const BY_ACTION = new Map(ESCALATIONS.map((row) => [row.action, callingRole(row)]));

/** The service that gets the next role in a `via` by this action; null: no service with certain calls only. */
export const callerBy = (action: string): CallingRole | null => BY_ACTION.get(action) ?? null;

const limits = new Map<string, CompiledPolicy>();

/** A Deny of everything else, since the service makes no other calls. */
const limitOf = ({ passedTo, calls }: CallingRole): CompiledPolicy =>
  remembered(limits, passedTo, () => {
    const statement = { Effect: 'Deny', NotAction: calls, Resource: '*' };
    const document = parsePolicy({ Version: '2012-10-17', Statement: statement }, 'identity');
    return compilePolicy(document, `calls of ${passedTo}`, 'identity');
  });

const known = new WeakMap<Subject, Map<string, Subject>>();

/** The role with the permissions that the service uses. */
export function asCaller(role: Subject, by: CallingRole): Subject {
  const all = remembered(known, role, () => new Map<string, Subject>());
  return remembered(all, by.passedTo, () => ({
    ...role,
    layers: { ...role.layers, identityPolicies: [...role.layers.identityPolicies, limitOf(by)] },
  }));
}

/** True if the service can make one of its calls with the role. A policy that was not read may allow it. */
export function mayCall({ layers, missing }: Subject, { calls }: CallingRole): boolean {
  return (
    missing !== null ||
    layers.identityPolicies.some((policy) => calls.some((call) => allowsSome(policy, call.toLowerCase())))
  );
}
