import { once } from '../../memory/once.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Role } from '../../snapshot/snapshot.ts';
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

const isServiceLinked = ({ path }: Role): boolean => path.startsWith('/aws-service-role/');

const isOfSessions = ({ becomes }: Escalation): boolean => becomes === 'trusted-session';

/**
 * The sessions of roles that whoever rewrites their trust policy could choose, as far as these may hold more than a
 * session under the present one. A role has no MFA device, so MFA is a choice of users.
 */
export class SessionsByRewriters {
  readonly #find: () => Readonly<Record<'user' | 'role', TrustedSessions>>;
  #isAdded = false;

  constructor(account: Account, subjects: readonly Subject[], hypotheticals: HypotheticalPrincipals) {
    this.#find = once(() => {
      const roles = [...subjects.entries()].filter(([, { role }]) => role !== null && !isServiceLinked(role));
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
    });
  }

  get isAdded(): boolean {
    return this.#isAdded;
  }

  /** Adds the sessions to the hypothetical principals, if this one may rewrite a trust policy. */
  addFor(by: Subject): void {
    if (this.#isAdded || !escalationRows(by).some(isOfSessions)) return;
    this.#find();
    this.#isAdded = true;
  }

  /** By ARN of the role. Empty for other rows, and until a principal is found that may rewrite a trust policy. */
  of({ by, becomes }: Escalation): TrustedSessions {
    return this.#isAdded && by !== 'both' && becomes === 'trusted-session' ? this.#find()[by] : NONE;
  }
}

const NONE: TrustedSessions = new Map();
