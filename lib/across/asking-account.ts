import { allowing } from '../evaluator/allowing.ts';
import { type Account, compileAccount, type Subject, subjectOf } from '../matrix/account/account.ts';
import { withOwnTags } from '../matrix/account/own-tags.ts';
import { remembered } from '../memory/remembered.ts';
import type { Organization, Role } from '../snapshot/snapshot.ts';
import type { Asking, AskingNode, Gate, PackedBorder } from './packed-border.ts';

/** What a policy that nobody has read may allow. */
const UNREAD = allowing('a policy that nobody has read', 'sts:*');

/** One account with its policies, while roles are asked for. */
export class AskingAccount {
  readonly account: Account;
  readonly #packed: PackedBorder;
  readonly #asking: Asking;
  readonly #subjects = new Map<AskingNode, Subject | null>();

  constructor(packed: PackedBorder, organization: Organization | null) {
    this.#packed = packed;
    this.#asking = packed.ask();
    this.account = compileAccount({ ...this.#asking.iam, organization });
  }

  role({ role }: Gate): Role {
    return this.#asking.iam.roles[role] as Role;
  }

  /** Who asks for roles of other accounts. */
  subject(one: AskingNode): Subject | null {
    return remembered(this.#subjects, one, () => this.#subjectOf(one));
  }

  #subjectOf({ node }: AskingNode): Subject | null {
    const { leaves, ownTags, missing } = this.#asking.nodes[node - this.#packed.first] ?? {};
    if (leaves === undefined) return null;
    const { users, roles } = this.#asking.iam;
    const identity = 'user' in leaves ? users[leaves.user] : roles[leaves.role];
    const subject = identity ? subjectOf(identity, identity.policies, this.account) : null;
    if (subject === null) return null;
    const tagged = ownTags ? withOwnTags(subject, ownTags) : subject;
    if (missing === undefined) return tagged;
    const identityPolicies = [...tagged.layers.identityPolicies, UNREAD];
    return { ...tagged, layers: { ...tagged.layers, identityPolicies } };
  }
}
