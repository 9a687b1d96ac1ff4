import { and } from '../../evaluator/formula.ts';
import type { Account, Subject } from '../account/account.ts';
import { escalationRows } from '../account/escalation-actions.ts';
import type { HypotheticalPrincipals } from '../account/hypothetical-principals.ts';
import { type Newcomer, newcomers } from '../account/new-principals.ts';
import type { Escalation, NewPrincipal } from '../paths/escalation.ts';
import { ANY_USER } from '../paths/lands-as.ts';
import { assumeWith, type Reduce, trustIn } from './assume-role.ts';
import type { Edge } from './chains.ts';
import { type EscalationRequests, grantsIn } from './escalation-requests.ts';

/** Principals that somebody may create. */
export class NewcomerEdges {
  readonly #account: Account;
  readonly #requests: EscalationRequests;
  readonly #reduce: Reduce;
  readonly #known = new Map<NewPrincipal, readonly (Newcomer & { readonly to: number })[]>();

  constructor(account: Account, requests: EscalationRequests, reduce: Reduce) {
    this.#account = account;
    this.#requests = requests;
    this.#reduce = reduce;
  }

  /** Adds the principals that somebody may create to the hypothetical principals: users before roles. */
  addFor(by: Subject, hypotheticals: HypotheticalPrincipals): void {
    if (this.#known.size > 0 || !escalationRows(by).some(({ becomes }) => isNewPrincipal(becomes))) return;
    for (const kind of ['new-user', 'new-role'] as const) {
      const all = newcomers(kind, this.#account);
      this.#known.set(
        kind,
        all.map((one) => ({ ...one, to: hypotheticals.add(one.subject) })),
      );
    }
  }

  /** All of them; none before a principal may create any. */
  get all(): readonly (Newcomer & { readonly to: number })[] {
    return [...this.#known.values()].flat();
  }

  of(subject: Subject, row: Escalation, kind: NewPrincipal): readonly Edge[] {
    return (this.#known.get(kind) ?? []).flatMap(({ to, target, role }) => {
      const asked = this.#requests.any(subject, row.requests, [target]);
      if (asked.open === false) return [];
      const trust = trustIn(subject.principal.arn);
      const taken = role ? assumeWith({ role, trust }, subject, this.#account, this.#reduce) : true;
      const open = and(asked.open, taken);
      if (open === false) return [];
      // the writer of the trust policy lets itself tag the session
      const session = role ? ({ assumes: true, runAs: ANY_USER } as const) : {};
      return [{ to: [to], by: row.action, steps: [target.arn], open, grants: grantsIn(asked), ...session }];
    });
  }
}

export function isNewPrincipal(becomes: Escalation['becomes']): becomes is NewPrincipal {
  return becomes === 'new-user' || becomes === 'new-role';
}
