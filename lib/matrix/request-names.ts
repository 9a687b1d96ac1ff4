import { type CompiledPolicy, statementsFor } from '../evaluator/compile.ts';
import { isVariable } from '../policy/variables.ts';
import type { Instance } from '../snapshot/snapshot.ts';
import type { Alternative, RequestRow } from './access-path.ts';
import type { Account, Subject } from './account.ts';
import type { Cell } from './cell.ts';
import { askRow } from './evaluate-path.ts';
import { type Target, targetsOf } from './requests.ts';

/** The key that tells for which instance a role is passed. */
const PASSED_FOR = 'iam:associatedresourcearn';

/**
 * The requests of a cell that is open: what `askAlternative` would name. A request is evaluated only where there are
 * several resources to choose from, and once for all instances where the choice cannot depend on the instance.
 */
export class RequestNames {
  readonly #account: Account;
  readonly #chosen = new WeakMap<Subject, Map<string, string | null>>();

  constructor(account: Account) {
    this.#account = account;
  }

  of(alternative: Alternative, instance: Instance, subject: Subject): Cell['requests'] {
    return alternative.requests.flatMap((row) => {
      const resource = this.#resource(row, instance, subject);
      return resource === null ? [] : [{ action: row.action, resource }];
    });
  }

  #resource(row: RequestRow, instance: Instance, subject: Subject): string | null {
    if (!isShared(row, subject)) return this.#choose(row, instance, subject);
    const known = this.#chosen.get(subject) ?? new Map<string, string | null>();
    this.#chosen.set(subject, known);
    const name = `${row.action} ${row.on} ${instance.region} ${JSON.stringify(row.context)}`;
    let resource = known.get(name);
    if (resource === undefined) {
      resource = this.#choose(row, instance, subject);
      known.set(name, resource);
    }
    return resource;
  }

  #choose(row: RequestRow, instance: Instance, subject: Subject): string | null {
    const targets: readonly Target[] = targetsOf(row.on, instance, this.#account, subject);
    if (targets.length < 2) return targets[0]?.arn ?? null;
    return askRow(row, targets, instance, subject, this.#account).chosen?.resource ?? null;
  }
}

/** Is the choice the same for all instances of a region? */
function isShared(row: RequestRow, { layers }: Subject): boolean {
  if (row.on === 'sessions' || row.on === 'own-session-documents') return true;
  if (row.on !== 'ec2-roles') return false;
  const deciding = [
    ...layers.identityPolicies,
    ...(layers.permissionsBoundary ? [layers.permissionsBoundary] : []),
    ...layers.serviceControlPolicies.flat(),
    ...layers.resourceControlPolicies.flat(),
  ];
  return !deciding.some((policy) => asksFor(policy, row.action.toLowerCase(), PASSED_FOR));
}

/** Does a statement on the action ask for the key, in a condition or as a variable? */
function asksFor(policy: CompiledPolicy, action: string, key: string): boolean {
  return statementsFor(policy, action).some(
    ({ clauses, resources }) =>
      clauses.some((clause) => clause.key.toLowerCase() === key) ||
      [...clauses.flatMap((clause) => clause.values), ...(resources ?? [])].some(({ template }) =>
        template.parts.some((part) => isVariable(part) && part.key.toLowerCase() === key),
      ),
  );
}
