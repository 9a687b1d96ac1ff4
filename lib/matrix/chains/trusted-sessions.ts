import { isServiceLinked } from '../../evaluator/principal.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Account, Subject } from '../account/account.ts';
import { choicesFor, type SessionChoice } from '../account/chosen-sessions.ts';
import { escalationRows } from '../account/escalation-actions.ts';
import type { HypotheticalPrincipals } from '../account/hypothetical-principals.ts';
import type { Escalation } from '../paths/escalation.ts';

/** A role in a session of its caller's choice. */
interface TrustedSession {
  /** its number among the principals */
  readonly to: number;
  readonly choices: readonly SessionChoice[];
}

export type TrustedSessions = ReadonlyMap<string, TrustedSession>;

/** True for a row that leads to a role in a session of the caller's choice. */
export const isOfSession = ({ becomes }: Escalation): boolean => becomes === 'trusted-session';

type ByKind = Readonly<Record<'user' | 'role', TrustedSessions>>;

/**
 * The sessions of roles that whoever rewrites their trust policy could choose, as far as these may hold more than a
 * session under the present one. A role has no MFA device, so MFA is a choice of users.
 */
export class SessionsByRewriters {
  readonly #find: () => ByKind;
  /** null: nobody is known that may rewrite a trust policy */
  #found: ByKind | null = null;

  constructor(account: Account, subjects: readonly Subject[], hypotheticals: HypotheticalPrincipals) {
    this.#find = () => findAll(account, subjects, hypotheticals);
  }

  get isAdded(): boolean {
    return this.#found !== null;
  }

  /** Adds the sessions to the hypothetical principals, if this one may rewrite a trust policy. */
  addFor(by: Subject): void {
    if (escalationRows(by).some(isOfSession)) this.#found ??= this.#find();
  }

  /** By ARN of the role. Empty for other rows, and until a principal is found that may rewrite a trust policy. */
  of(row: Escalation): TrustedSessions {
    return this.#found !== null && row.by !== 'both' && isOfSession(row) ? this.#found[row.by] : NONE;
  }
}

function findAll(
  account: Account,
  subjects: readonly Subject[],
  hypotheticals: HypotheticalPrincipals,
): ByKind {
  const roles = [...subjects.entries()].filter(([, one]) => one.role && !isServiceLinked(one.principal));
  const lacking = roles.map(([i, role]) => [i, role.arn, choicesFor(role, account)] as const);
  // equal choices are one list
  const known = new Map<string, readonly SessionChoice[]>();
  const withChoices = (isOne: (choice: SessionChoice) => boolean): TrustedSessions =>
    new Map(
      lacking.flatMap(([i, arn, all]) => {
        const some = all.filter(isOne);
        const choices = remembered(known, some.join(), () => some);
        return choices.length === 0 ? [] : [[arn, { to: hypotheticals.inSession(i, choices), choices }]];
      }),
    );
  return { user: withChoices(() => true), role: withChoices((choice) => choice !== 'sts:AssumeRole') };
}

const NONE: TrustedSessions = new Map();
