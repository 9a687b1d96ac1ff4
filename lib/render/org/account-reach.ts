import type { BorderPart } from '../../across/border.ts';
import type { OrganizationGraph, ReachedHold, ReachedRole, Start } from '../../across/organization-graph.ts';
import type { Condition, Uncertainty } from '../../evaluator/decision.ts';
import { ACCESS_PATHS } from '../../matrix/paths/access-paths.ts';
import type { PathId, Verdict } from '../../matrix/paths/cell.ts';
import { byText } from '../changes.ts';
import { strengthAt, strengthOf } from '../strength.ts';
import { NONE } from '../strengths.ts';
import type { PrincipalAccess } from './org-part.ts';

/** A principal's access in one account, and how it gets there. */
export interface AccountReach extends PrincipalAccess {
  readonly accountId: string;
  readonly production: number;
  /** that of the strongest access, by the chain in `via` */
  readonly verdict: Exclude<Verdict, 'denied'>;
  readonly condition: Condition | null;
  /** roles and IAM actions in order, like `via` of a cell; empty: the principal is of this account and needs no step */
  readonly via: readonly string[];
  /** the call without which the verdict is not known */
  readonly missing?: string;
  readonly uncertain: readonly Uncertainty[];
}

/** The most severe first. */
export function accountsReached(graph: OrganizationGraph, start: Start): readonly AccountReach[] {
  const accounts = new Map<string, InAccount>();
  for (const role of graph.reached(start)) {
    const known = accounts.get(role.accountId) ?? new InAccount(role);
    known.add(role);
    accounts.set(role.accountId, known);
  }
  return [...accounts.values()]
    .sort((a, b) => b.strength - a.strength || b.size - a.size || byText(a.accountId, b.accountId))
    .map((one) => one.reach());
}

type Best = Pick<AccountReach, 'verdict' | 'condition' | 'via' | 'missing' | 'uncertain'>;

/** Everything that leads into one account, by instance class. */
class InAccount {
  readonly accountId: string;
  readonly #instances: BorderPart['instances'];
  readonly #strengths: Uint8Array;
  readonly #paths = new Set<PathId>();
  strength = NONE;
  #best: Best | null = null;

  constructor({ accountId, instances }: ReachedRole) {
    this.accountId = accountId;
    this.#instances = instances;
    this.#strengths = new Uint8Array(instances.length);
  }

  get size(): number {
    return this.#sum(({ count }) => count);
  }

  add(role: ReachedRole): void {
    for (const one of role.holds) {
      const verdict = verdictOf(one);
      const strength = strengthOf(one.hold.path, verdict, one.hold.landsAs);
      this.#paths.add(one.hold.path);
      for (const at of one.hold.on) this.#strengths[at] = Math.max(this.#strengths[at] ?? NONE, strength);
      this.#keep(strength, () => bestOf(role, one, verdict));
    }
  }

  /** Keeps the strongest, and of equally strong ones the first, or a surer one. */
  #keep(strength: number, made: () => Best): void {
    const known = this.#best;
    if (strength < this.strength || strength === NONE) return;
    if (strength === this.strength && known?.uncertain.length === 0) return;
    const best = made();
    if (strength === this.strength && !isSurer(best, known)) return;
    this.strength = strength;
    this.#best = best;
  }

  reach(): AccountReach {
    const [strongest = ''] = strengthAt(this.strength).word.split(':');
    return {
      ...{ accountId: this.accountId, strongest, instances: this.size },
      production: this.#sum(({ production }) => production),
      paths: ACCESS_PATHS.map(({ id }) => id).filter((id) => this.#paths.has(id)),
      ...(this.#best as Best),
    };
  }

  #sum(of: (instances: BorderPart['instances'][number]) => number): number {
    return this.#instances.reduce((all, one, at) => all + (this.#strengths[at] === NONE ? 0 : of(one)), 0);
  }
}

/** Of equally long chains one without codes counts, as within an account. */
function isSurer(one: Best, other: Best | null): boolean {
  if (other === null) return true;
  return (
    one.verdict === other.verdict &&
    one.via.length === other.via.length &&
    one.uncertain.length === 0 &&
    other.uncertain.length > 0
  );
}

function verdictOf({ missing, residual }: ReachedHold): AccountReach['verdict'] {
  if (missing !== null) return 'unknown';
  return residual.remains === true ? 'allowed' : 'conditional';
}

function bestOf(
  { via, guardrailsAreWhole }: ReachedRole,
  { hold, residual, missing, uncertain }: ReachedHold,
  verdict: AccountReach['verdict'],
): Best {
  const codes = guardrailsAreWhole ? uncertain : [...uncertain, 'guardrails-not-collected' as const];
  return {
    ...{ verdict, via: [...via, ...hold.via.slice(1)] },
    condition: verdict === 'conditional' && typeof residual.remains !== 'boolean' ? residual.remains : null,
    ...(missing !== null && { missing }),
    uncertain: [...new Set(codes)].sort(),
  };
}
