import type { Account, Subject } from '../account/account.ts';
import { CALLERS, mayCall } from '../account/calling-roles.ts';
import type { HypotheticalPrincipals } from '../account/hypothetical-principals.ts';
import { letsIn } from '../account/lets-in.ts';

export const NO_CALLERS: ReadonlyMap<string, number> = new Map();

/**
 * Adds hypothetical principals for roles that a service uses for certain calls only. The result: their numbers, by
 * service and ARN.
 */
export function callingRoles(
  subjects: readonly Subject[],
  account: Account,
  hypotheticals: HypotheticalPrincipals,
): ReadonlyMap<string, ReadonlyMap<string, number>> {
  return new Map(
    CALLERS.map((by) => [
      by.passedTo,
      new Map(
        subjects.flatMap((subject, i) => {
          const { role } = subject;
          if (!role || !letsIn(role, by.passedTo, account) || !mayCall(subject, by)) return [];
          return [[subject.arn, hypotheticals.calling(i, by)] as const];
        }),
      ),
    ]),
  );
}
