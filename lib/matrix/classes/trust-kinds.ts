import type { CompiledPolicy } from '../../evaluator/compile.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Role } from '../../snapshot/snapshot.ts';
import type { Account } from '../account/account.ts';
import { isIdentityKey } from '../account/subject-keys.ts';
import { relevantClause } from './relevant.ts';

/** Numbers roles by what their trust policies say. */
export class TrustKinds {
  readonly #account: Account;
  readonly #byRole = new Map<Role, number | null>();
  readonly #numbers = new Map<string, number | null>();

  constructor(account: Account) {
    this.#account = account;
  }

  /** Null: the trust policy has a condition on the principal, so principals cannot share answers. */
  of(role: Role): number | null {
    const known = this.#byRole.get(role);
    if (known !== undefined) return known;
    const trust = this.#account.policies.get(role.trust);
    const name = JSON.stringify(trust?.document.statements ?? null);
    const number = remembered(this.#numbers, name, () =>
      trust && asksWho(trust, this.#account.snapshot.accountId) ? null : this.#numbers.size,
    );
    this.#byRole.set(role, number);
    return number;
  }
}

/**
 * True if it has a condition on the principal. A principal that is named beside the whole account counts too: its
 * boundary does not limit it, so it may have more rights than others.
 */
function asksWho({ statements, document }: CompiledPolicy, accountId: string): boolean {
  const isNamed = (entry: string): boolean => entry !== accountId && !entry.endsWith(`:${accountId}:root`);
  const keys = statements.flatMap(({ clauses }) =>
    clauses.flatMap((clause) => relevantClause(clause, 'sts').keys),
  );
  return (
    // each role has its own tags; whether they count follows from how its sessions are started
    keys.some((key) => isIdentityKey(key) || key.includes('resourcetag/')) ||
    document.statements.some(
      ({ effect, principals }) =>
        principals?.not || principals?.aws.some(isNamed) || (effect !== 'Allow' && !principals?.any),
    )
  );
}
