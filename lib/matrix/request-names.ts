import { type CompiledPolicy, statementsFor } from '../evaluator/compile.ts';
import { isVariable } from '../policy/variables.ts';
import type { Instance } from '../snapshot/snapshot.ts';
import type { Alternative, RequestRow } from './access-path.ts';
import type { Account, Subject } from './account.ts';
import type { Cell } from './cell.ts';
import { askRow } from './evaluate-path.ts';
import { sessionArn, type Target, targetsOf } from './requests.ts';
import { relevantTo } from './rows/relevant.ts';
import { SessionRows } from './rows/session-rows.ts';

/** The key that tells for which instance a role is passed. */
const PASSED_FOR = 'iam:associatedresourcearn';

/**
 * The requests of a cell that is open: what `askAlternative` would name. A request is evaluated only where there are
 * several resources to choose from, and once for all instances where the choice cannot depend on the instance.
 */
export class RequestNames {
  readonly #account: Account;
  readonly #chosen = new WeakMap<Subject, Map<string, string | null>>();

  #sessions: SessionRows | null = null;

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
    if (row.on === 'sessions') {
      const asked = askRow(row, this.#someSessions(row, instance, subject), instance, subject, this.#account);
      // a variable may pick out a session that is not among these
      if (asked.open === true || (asked.open !== false && !hasVariables(row, subject)))
        return asked.chosen?.resource ?? null;
    }
    const targets: readonly Target[] = targetsOf(row.on, instance, this.#account, subject);
    if (targets.length < 2) return targets[0]?.arn ?? null;
    return askRow(row, targets, instance, subject, this.#account).chosen?.resource ?? null;
  }

  /** There are as many sessions as principals: those that policies tell apart, in the order of all. */
  #someSessions(row: RequestRow, { region }: Instance, subject: Subject): readonly Target[] {
    this.#sessions ??= new SessionRows(this.#account, relevantTo(this.#account));
    const names = this.#sessions.candidates(subject, row).toSorted();
    return names.map((name) => ({ arn: sessionArn(this.#account, region, name), tags: null }));
  }
}

/** Is the choice the same for all instances of a region? */
function isShared(row: RequestRow, subject: Subject): boolean {
  if (row.on === 'sessions' || row.on === 'own-session-documents') return true;
  if (row.on !== 'ec2-roles') return false;
  return !deciding(subject).some((policy) => asksFor(policy, row.action.toLowerCase(), PASSED_FOR));
}

/** Does a resource of a statement on the action depend on who asks? */
function hasVariables(row: RequestRow, subject: Subject): boolean {
  return deciding(subject).some((policy) =>
    statementsFor(policy, row.action.toLowerCase()).some(({ resources }) =>
      resources?.some(({ template }) => template.hasVariables),
    ),
  );
}

function deciding({ layers }: Subject): readonly CompiledPolicy[] {
  return [
    ...layers.identityPolicies,
    ...(layers.permissionsBoundary ? [layers.permissionsBoundary] : []),
    ...layers.serviceControlPolicies.flat(),
    ...layers.resourceControlPolicies.flat(),
  ];
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
