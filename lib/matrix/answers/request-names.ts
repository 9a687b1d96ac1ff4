import { type CompiledPolicy, statementsFor } from '../../evaluator/compile.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Instance } from '../../snapshot/snapshot.ts';
import { type Account, limitsOf, policiesOf, type Subject } from '../account/account.ts';
import { asksForKey } from '../account/asks-for-key.ts';
import { decidingPolicies } from '../account/gating-tags.ts';
import { askAlternative, askRow } from '../account/one-cell.ts';
import { sessionTarget } from '../account/sessions.ts';
import type { Target } from '../account/target.ts';
import { targetsOf } from '../account/targets.ts';
import { PolicyViews } from '../classes/policy-views.ts';
import { PrincipalViews } from '../classes/principal-views.ts';
import { type Relevant, relevantClause } from '../classes/relevant.ts';
import type { Alternative, RequestRow } from '../paths/access-path.ts';
import type { Cell } from '../paths/cell.ts';
import { DATA_CHANNEL } from '../paths/requests-of-paths.ts';
import { PASSED_FOR, sharedBy } from '../paths/resource-kinds.ts';
import { SessionRows } from '../rows/session-rows.ts';

/**
 * Names the requests of an open cell, as `askAlternative` would. A request is evaluated only if there are several
 * resources to choose from. If the choice does not depend on the instance, it is made once for all principals that
 * policies treat alike.
 */
export class RequestNames {
  readonly #account: Account;
  readonly #principalViews = new PrincipalViews(new PolicyViews());
  readonly #chosen = new Map<string, string | null>();
  /** by principal and action */
  readonly #views = new WeakMap<Subject, Map<string, string>>();
  #sessions: SessionRows | null = null;

  constructor(account: Account) {
    this.#account = account;
  }

  of(alternative: Alternative, instance: Instance, subject: Subject): Cell['requests'] {
    if (alternative.same !== undefined) {
      const { requests } = askAlternative(alternative, instance, subject, this.#account);
      const named = requests.filter(({ action }) => action !== DATA_CHANNEL.action);
      return named.map(({ action, resource }) => ({ action, resource }));
    }
    return alternative.requests.flatMap((row) => {
      if (row.undenied) return [];
      const resource = this.#resource(row, instance, subject);
      return resource === null ? [] : [{ action: row.action, resource }];
    });
  }

  #resource(row: RequestRow, instance: Instance, subject: Subject): string | null {
    if (row.on === 'sessions') return this.#session(row, instance, subject);
    const choose = (): string | null =>
      this.#choose(row, targetsOf(row.on, instance, this.#account, subject), instance, subject);
    return isShared(row, subject) ? this.#shared(row, instance, subject, { among: '', choose }) : choose();
  }

  /**
   * There may be as many sessions as principals, so only those that policies distinguish are tried, in the order of
   * all. A variable in another layer may select a session that is not among these.
   */
  #session(row: RequestRow, instance: Instance, subject: Subject): string | null {
    if (limitsHaveVariables(row, subject)) {
      const all = targetsOf('sessions', instance, this.#account, subject);
      return this.#choose(row, all, instance, subject);
    }
    this.#sessions ??= new SessionRows(this.#account, this.#relevant(row));
    const owners = this.#sessions.candidates(subject, row).toSorted((a, b) => a.order - b.order);
    const targets = (): readonly Target[] =>
      owners.map((owner) => sessionTarget(this.#account, instance.region, owner));
    return this.#shared(row, instance, subject, {
      among: owners.map(({ order }) => order).join(),
      choose: () => this.#choose(row, targets(), instance, subject),
    });
  }

  /** `among`: what the choice of a resource depends on besides the row and the region. */
  #shared(
    row: RequestRow,
    { region, platform }: Instance,
    subject: Subject,
    { among, choose }: { readonly among: string; readonly choose: () => string | null },
  ): string | null {
    const view = this.#viewOf(subject, row.action);
    const name = [view, row.action, row.on, region, platform, JSON.stringify(row.context), among].join('\t');
    return remembered(this.#chosen, name, () => choose());
  }

  /** Cached: every group of cells of a principal asks for it. */
  #viewOf(subject: Subject, action: string): string {
    const views = remembered(this.#views, subject, () => new Map<string, string>());
    return remembered(views, action, () => this.#principalViews.keyOf(subject, [action.toLowerCase()]));
  }

  #choose(row: RequestRow, targets: readonly Target[], instance: Instance, subject: Subject): string | null {
    if (targets.length < 2) return targets[0]?.arn ?? null;
    return askRow(row, targets, { subject, region: instance.region }, this.#account).chosen?.resource ?? null;
  }

  /** What distinguishes sessions: all resources that policies name for the row's action, and all conditions. */
  #relevant({ action, on }: RequestRow): Relevant {
    const service = action.slice(0, action.indexOf(':'));
    const statements = [...decidingPolicies(this.#account)].flatMap((policy) =>
      statementsFor(policy, action.toLowerCase()),
    );
    return {
      clauses: statements.flatMap(({ clauses }) => clauses.map((clause) => relevantClause(clause, service))),
      patterns: statements.flatMap(({ resources }) => resources ?? []),
      kinds: new Set([on]),
    };
  }
}

/** True if all instances of a region and a platform have the same choice. */
function isShared(row: RequestRow, subject: Subject): boolean {
  if (sharedBy(row.on) !== null) return true;
  if (row.on !== 'ec2-roles') return false;
  return !policiesOf(subject).some((policy) => asksFor(policy, row.action.toLowerCase(), PASSED_FOR));
}

/** True if a statement on the action, in a layer that only limits, has a resource that depends on the caller. */
function limitsHaveVariables(row: RequestRow, subject: Subject): boolean {
  return limitsOf(subject).some((policy) =>
    statementsFor(policy, row.action.toLowerCase()).some(({ resources }) =>
      resources?.some(({ template }) => template.hasVariables),
    ),
  );
}

/** True if a statement on the action reads the key, in a condition or as a variable. */
function asksFor(policy: CompiledPolicy, action: string, key: string): boolean {
  return statementsFor(policy, action).some((statement) => asksForKey(statement, (one) => one === key));
}
