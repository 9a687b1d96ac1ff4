import { compilePolicy } from '../evaluator/compile.ts';
import type { Formula } from '../evaluator/formula.ts';
import { type Account, compileAccount, type Subject, subjectOf } from '../matrix/account/account.ts';
import { withOwnTags } from '../matrix/account/own-tags.ts';
import type { Edge } from '../matrix/chains/chains.ts';
import { remembered } from '../memory/remembered.ts';
import { parsePolicy } from '../policy/document.ts';
import type { Organization, Role } from '../snapshot/snapshot.ts';
import type { Border, BorderEdge, BorderEntry, BorderNode, Leaver } from './border.ts';
import { type ConditionRef, readFormula } from './formula-pool.ts';

/** What a policy that nobody has read may allow. */
const UNREAD = compilePolicy(
  parsePolicy(
    { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'sts:*', Resource: '*' } },
    'identity',
  ),
  'a policy that nobody has read',
  'identity',
);

/** One account of the organisation, with its nodes numbered behind those of the accounts before it. */
export class BorderAccount {
  readonly border: Border;
  readonly first: number;
  readonly #organization: Organization | null;
  readonly #conditions = new Map<number, Formula>();
  readonly #lists = new Map<number, readonly Edge[]>();
  readonly #ends = new Map<number, Pick<Edge, 'to' | 'steps'>>();
  readonly #leavers = new Map<number, Subject | null>();
  #account: Account | null = null;

  constructor(border: Border, first: number, organization: Organization | null) {
    this.border = border;
    this.first = first;
    this.#organization = organization;
  }

  get accountId(): string {
    return this.border.accountId;
  }

  get account(): Account {
    this.#account ??= compileAccount({ ...this.border.iam, organization: this.#organization });
    return this.#account;
  }

  /** `number`: among those of the organisation. */
  node(number: number): BorderNode {
    return this.border.nodes[number - this.first] as BorderNode;
  }

  role({ role }: BorderEntry): Role {
    return this.border.iam.roles[role] as Role;
  }

  condition(ref: ConditionRef): Formula {
    if (ref === null) return true;
    return remembered(this.#conditions, ref, () => readFormula(this.border.conditions[ref] ?? false));
  }

  /** The edges of the account itself. */
  listsOf(number: number): readonly (readonly Edge[])[] {
    return this.node(number).lists.map((list) => this.#list(list));
  }

  #list(list: number): readonly Edge[] {
    return remembered(this.#lists, list, () =>
      (this.border.lists[list] ?? []).map((edge) => this.#edge(edge)),
    );
  }

  #edge({ open, ends, ...edge }: BorderEdge): Edge {
    return { ...edge, ...this.#endsOf(ends), open: this.condition(open) };
  }

  #endsOf(number: number): Pick<Edge, 'to' | 'steps'> {
    return remembered(this.#ends, number, () => {
      const { to, steps } = this.border.ends[number] ?? { to: [], steps: [] };
      return { to: to.map((node) => node + this.first), steps };
    });
  }

  /** Who asks for roles of other accounts; null: the node may not. */
  leaver(number: number): Subject | null {
    const { leaves } = this.node(number);
    if (leaves === undefined) return null;
    let subject = this.#leavers.get(number);
    if (subject === undefined) {
      subject = this.#leaver(this.node(number), leaves);
      this.#leavers.set(number, subject);
    }
    return subject;
  }

  #leaver({ ownTags, missing }: BorderNode, leaves: Leaver): Subject | null {
    const { users, roles } = this.border.iam;
    const identity = 'user' in leaves ? users[leaves.user] : roles[leaves.role];
    const subject = identity ? subjectOf(identity, identity.policies, this.account) : null;
    if (subject === null) return null;
    const tagged = ownTags ? withOwnTags(subject, ownTags) : subject;
    if (missing === undefined) return tagged;
    const identityPolicies = [...tagged.layers.identityPolicies, UNREAD];
    return { ...tagged, layers: { ...tagged.layers, identityPolicies } };
  }
}
