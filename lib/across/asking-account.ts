import { allowing } from '../evaluator/allowing.ts';
import { type Account, compileAccount, type Subject, subjectOf } from '../matrix/account/account.ts';
import { withOwnTags } from '../matrix/account/own-tags.ts';
import { once } from '../memory/once.ts';
import { remembered } from '../memory/remembered.ts';
import type { Organization, Role, User } from '../snapshot/snapshot.ts';
import type { Leaver } from './border.ts';
import type { Gate, PackedBorder, RoleRequestData } from './packed-border.ts';

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
