import type { Account, Subject } from '../account/account.ts';
import { escalationRows } from '../account/escalation-actions.ts';
import type { HypotheticalPrincipals } from '../account/hypothetical-principals.ts';
import { type Newcomer, newcomers } from '../account/new-principals.ts';
import type { Escalation, NewPrincipal } from '../paths/escalation.ts';
import { ANY_USER } from '../paths/lands-as.ts';
import { assumeByOwnTrust, type Reduce } from './assume-role.ts';
import { type Edge, resting } from './chains.ts';
import { bothOpenings, OPEN } from './codes.ts';
import { type EscalationRequests, grantsIn } from './escalation-requests.ts';

/** The principals that somebody may create. */
export class NewcomerEdges {
  readonly #account: Account;
  readonly #requests: EscalationRequests;
  readonly #reduce: Reduce;
  #all: readonly (Newcomer & { readonly to: number })[] = [];
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
    this.#all = [...this.#known.values()].flat();
  }

  /** All newcomers. Empty until a principal is found that may create one. Asked for each end of many edges. */
  get all(): readonly (Newcomer & { readonly to: number })[] {
    return this.#all;
  }

  of(subject: Subject, row: Escalation, kind: NewPrincipal): readonly Edge[] {
    return (this.#known.get(kind) ?? []).flatMap(({ to, target, subject: { role } }) => {
      const asked = this.#requests.any(subject, row.requests, [target]);
      if (asked.open === false) return [];
      const taken = role
        ? assumeByOwnTrust({ role, choices: [] }, subject, this.#account, this.#reduce)
        : OPEN;
      const { open, codes } = bothOpenings(asked, taken);
      if (open === false) return [];
      // the writer of a trust policy admits itself, with tags as well
      const session = role ? ({ assumes: true, runAs: ANY_USER } as const) : {};
      return [
        {
          to: [to],
          by: row.action,
          steps: [target.arn],
          open,
          ...resting(codes),
          grants: grantsIn(asked),
          ...session,
        },
      ];
    });
  }
}

export function isNewPrincipal(becomes: Escalation['becomes']): becomes is NewPrincipal {
  return becomes === 'new-user' || becomes === 'new-role';
}
