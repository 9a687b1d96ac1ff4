import { openOf } from '../evaluator/combine.ts';
import { allowsSome } from '../evaluator/compile.ts';
import type { Subject } from '../matrix/account/account.ts';
import { limitsAttaching } from '../matrix/account/attachable-policies.ts';
import { escalationRows, wideningRows } from '../matrix/account/escalation-actions.ts';
import { attachesNewPolicy } from '../matrix/account/new-policies.ts';
import { customerManaged } from '../matrix/account/own-targets.ts';
import { plainRow } from '../matrix/account/plain-row.ts';
import { ask } from '../matrix/account/question.ts';
import type { BuiltRows } from '../matrix/build.ts';
import type { Escalation, EscalationTarget } from '../matrix/paths/escalation.ts';
import { remembered } from '../memory/remembered.ts';

const ON_POLICIES: ReadonlySet<EscalationTarget | undefined> = new Set(['own-policy', 'own-version']);

const known = new WeakMap<BuiltRows, Changers>();

/** Who may change policies and groups that others have. */
export class Changers {
  /** true if somebody may put users into groups */
  readonly join: boolean;
  /** true if somebody may attach policies */
  readonly attach: boolean;
  /** true if somebody may attach some policies only */
  readonly attachSome: boolean;
  /** true if somebody may attach a policy that it creates */
  readonly create: boolean;
  readonly #built: BuiltRows;
  /** by action: the principals that may write a policy, or activate another version of it */
  readonly #onPolicies = new Map<string, Subject[]>();
  readonly #written = new Map<string, boolean>();

  private constructor(built: BuiltRows) {
    this.#built = built;
    const { rows } = built;
    const all = [...rows.subjects.entries()].flatMap(([p, subject]) =>
      rows.escalations.mayDoEverything(p) ? [] : rowsOf(subject).map((row) => ({ subject, row })),
    );
    for (const { subject, row } of all)
      if (ON_POLICIES.has(row.requests[0]?.on))
        remembered(this.#onPolicies, row.action, () => []).push(subject);
    this.join = all.some(({ row }) => row.becomes === 'group');
    this.create = all.some(({ row }) => attachesNewPolicy(row));
    const attaching = all.filter(({ row }) => row.becomes === 'attached');
    this.attach = attaching.length > 0 || this.create;
    this.attachSome = attaching.some(({ subject }) => limitsAttaching(subject));
  }

  static of(built: BuiltRows): Changers {
    return remembered(known, built, () => new Changers(built));
  }

  /** True if somebody may write this policy, or activate another version of it. */
  write(id: string): boolean {
    if (!customerManaged(this.#built.audited.account).has(id)) return false;
    return remembered(this.#written, id, () =>
      [...this.#onPolicies].some(([action, all]) => all.some((one) => this.#mayCall(one, action, id))),
    );
  }

  #mayCall(subject: Subject, action: string, arn: string): boolean {
    const limit = subject.layers.permissionsBoundary;
    // cheap, and true for thousands
    if (limit !== null && !allowsSome(limit, action.toLowerCase())) return false;
    const { account } = this.#built.audited;
    const target = { arn, tags: null };
    return openOf(ask(account, { subject, row: plainRow(action), target, region: '' })) !== false;
  }
}

const rowsOf = (subject: Subject): readonly Escalation[] => [
  ...new Set([...escalationRows(subject), ...wideningRows(subject)]),
];
