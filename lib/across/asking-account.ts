import { allowing } from '../evaluator/allowing.ts';
import type { CompiledPolicy } from '../evaluator/compile.ts';
import { type Account, compileAccount, type Subject, subjectOf } from '../matrix/account/account.ts';
import { withOwnTags } from '../matrix/account/own-tags.ts';
import { PolicyViews } from '../matrix/classes/policy-views.ts';
import { PrincipalViews } from '../matrix/classes/principal-views.ts';
import { ASSUMING } from '../matrix/paths/assuming.ts';
import { once } from '../memory/once.ts';
import { remembered } from '../memory/remembered.ts';
import type { Organization, Role, User } from '../snapshot/snapshot.ts';
import type { Leaver } from './border.ts';
import type { Gate, PackedBorder, RoleRequestData } from './packed-border.ts';
import { asksWho } from './role-taking.ts';

/** Stands for a policy that was not read: it may allow these actions. */
const UNREAD = allowing('a policy that was not read', 'sts:*');

/** A principal that may request roles of other accounts. */
export interface AskingNode {
  readonly node: number;
  readonly arn: string;
  readonly id: string;
}

/** One account with its policies, while its principals request roles and its roles are requested. */
export class AskingAccount {
  readonly #account: () => Account;
  readonly #packed: PackedBorder;
  readonly #asking: RoleRequestData;
  readonly #subjects = new Map<AskingNode, Subject | null>();
  readonly #policyViews = new PolicyViews();
  readonly #views = new PrincipalViews(this.#policyViews, ASSUMING);
  /** by policies and boundary */
  readonly #viewsOfUsers = new Map<string, string>();
  readonly #policiesLikeAll = new Map<string, boolean>();
  /** by role */
  readonly #likeAll = new Map<number, boolean>();
  readonly #guardrailsAreLikeAll = once(() =>
    this.account.guardrails.resourceControlPolicies.flat().every((policy) => this.#isLikeAll(policy)),
  );

  constructor(packed: PackedBorder, organization: Organization | null) {
    this.#packed = packed;
    this.#asking = packed.ask();
    this.#account = once(() => compileAccount({ ...this.#asking.iam, organization }));
  }

  get account(): Account {
    return this.#account();
  }

  /** The principals that may request roles of other accounts. */
  *askers(): Generator<AskingNode> {
    for (const [at, { leaves }] of this.#asking.nodes.entries()) {
      const identity = this.#identityOf(leaves);
      if (identity) yield { node: this.#packed.first + at, arn: identity.arn, id: identity.id };
    }
  }

  role({ role }: Gate): Role {
    return this.#asking.iam.roles[role] as Role;
  }

  subject(one: AskingNode): Subject | null {
    return remembered(this.#subjects, one, () => this.#subjectOf(one));
  }

  /**
   * Principals of one account with equal views get equal answers from roles that treat all of them alike. Null: it may
   * assume no role.
   */
  view(one: AskingNode): string | null {
    const { leaves, missing } = this.#asking.nodes[one.node - this.#packed.first] ?? {};
    const identity = this.#identityOf(leaves);
    // most people have the same policies, which say the same to each: a subject for each would take most of the time
    const name = `${identity?.policies.join()} ${identity?.boundary} ${missing}`;
    if (leaves === undefined || !('user' in leaves) || !this.#areLikeAll(name, identity))
      return this.#viewOf(one);
    return remembered(this.#viewsOfUsers, name, () => this.#viewOf(one) ?? '') || null;
  }

  #viewOf(one: AskingNode): string | null {
    const subject = this.subject(one);
    return subject === null ? null : this.#views.keyOf(subject, ASSUMING);
  }

  /** True if these policies, and the guardrails of the account, say the same to each user. */
  #areLikeAll(name: string, identity: User | Role | undefined): boolean {
    return remembered(this.#policiesLikeAll, name, () => {
      const { policies, guardrails } = this.account;
      const named = [...(identity?.policies ?? []), identity?.boundary ?? []].flat();
      const own = named.flatMap((id) => policies.get(id) ?? []);
      return [...own, ...guardrails.serviceControlPolicies.flat()].every((policy) => this.#isLikeAll(policy));
    });
  }

  #isLikeAll(policy: CompiledPolicy): boolean {
    return ASSUMING.every((action) => this.#policyViews.isFixed(policy, action));
  }

  /**
   * True if the role gives the same answer to all principals with the same view, except to those that its trust policy
   * names themselves.
   */
  treatsAllAlike(gate: Gate): boolean {
    return remembered(this.#likeAll, gate.role, () => {
      const trust = this.account.policies.get(this.role(gate).trust);
      return trust !== undefined && !asksWho(trust) && this.#guardrailsAreLikeAll();
    });
  }

  #subjectOf({ node }: AskingNode): Subject | null {
    const { leaves, ownTags, missing } = this.#asking.nodes[node - this.#packed.first] ?? {};
    const identity = this.#identityOf(leaves);
    const subject = identity ? subjectOf(identity, identity.policies, this.account) : null;
    if (subject === null) return null;
    const tagged = ownTags ? withOwnTags(subject, ownTags) : subject;
    if (missing === undefined) return tagged;
    const identityPolicies = [...tagged.layers.identityPolicies, UNREAD];
    return { ...tagged, layers: { ...tagged.layers, identityPolicies } };
  }

  #identityOf(leaves: Leaver | undefined): User | Role | undefined {
    if (leaves === undefined) return undefined;
    const { users, roles } = this.#asking.iam;
    return 'user' in leaves ? users[leaves.user] : roles[leaves.role];
  }
}
