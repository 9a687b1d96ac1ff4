import { compilePolicy } from '../evaluator/compile.ts';
import type { Formula } from '../evaluator/formula.ts';
import { type Account, compileAccount, type Subject, subjectOf } from '../matrix/account/account.ts';
import { withOwnTags } from '../matrix/account/own-tags.ts';
import type { Edge } from '../matrix/chains/chains.ts';
import { remembered } from '../memory/remembered.ts';
import { parsePolicy } from '../policy/document.ts';
import type { Organization, Role } from '../snapshot/snapshot.ts';
import type { Border, BorderEdge, BorderEntry, BorderNode } from './border.ts';
import { type ConditionRef, readFormula } from './formula-pool.ts';
import type { PackedBorder } from './packed-border.ts';

/** What a policy that nobody has read may allow. */
const UNREAD = compilePolicy(
  parsePolicy(
    { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'sts:*', Resource: '*' } },
    'identity',
  ),
  'a policy that nobody has read',
  'identity',
);

/** What is read of an account, and what is made of it. */
class OpenBorder {
  readonly border: Border;
  readonly account: Account;
  readonly entries: ReadonlyMap<number, BorderEntry>;
  readonly #first: number;
  readonly #conditions = new Map<number, Formula>();
  readonly #lists = new Map<number, readonly Edge[]>();
  readonly #ends = new Map<number, Pick<Edge, 'to' | 'steps'>>();

  constructor(border: Border, first: number, organization: Organization | null) {
    this.border = border;
    this.#first = first;
    this.account = compileAccount({ ...border.iam, organization });
    this.entries = new Map(border.entries.map((entry) => [first + entry.node, entry]));
  }

  condition(ref: ConditionRef): Formula {
    if (ref === null) return true;
    return remembered(this.#conditions, ref, () => readFormula(this.border.conditions[ref] ?? false));
  }

  list(list: number): readonly Edge[] {
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
      return { to: to.map((node) => node + this.#first), steps };
    });
  }
}

/**
 * One account of the organisation, with its nodes numbered behind those of the accounts before it. What is made of it is
 * forgotten when memory is short, and made again.
 */
export class BorderAccount {
  readonly packed: PackedBorder;
  readonly first: number;
  readonly #organization: Organization | null;
  #open: WeakRef<OpenBorder> | null = null;

  constructor(packed: PackedBorder, first: number, organization: Organization | null) {
    this.packed = packed;
    this.first = first;
    this.#organization = organization;
  }

  get accountId(): string {
    return this.packed.accountId;
  }

  get #opened(): OpenBorder {
    const known = this.#open?.deref();
    if (known) return known;
    const opened = new OpenBorder(this.packed.open(), this.first, this.#organization);
    this.#open = new WeakRef(opened);
    return opened;
  }

  get border(): Border {
    return this.#opened.border;
  }

  get account(): Account {
    return this.#opened.account;
  }

  /** The role that a node is (its number among those of the organisation), if somebody from outside may take it. */
  entry(number: number): BorderEntry | undefined {
    return this.packed.hasEntries ? this.#opened.entries.get(number) : undefined;
  }

  node(number: number): BorderNode {
    return this.border.nodes[number - this.first] as BorderNode;
  }

  role({ role }: BorderEntry): Role {
    return this.border.iam.roles[role] as Role;
  }

  condition(ref: ConditionRef): Formula {
    return this.#opened.condition(ref);
  }

  /** The edges of the account itself. */
  listsOf(number: number): readonly (readonly Edge[])[] {
    const opened = this.#opened;
    return this.node(number).lists.map((list) => opened.list(list));
  }

  /** Who asks for roles of other accounts; null: the node may not. */
  leaver(number: number): Subject | null {
    const { leaves, ownTags, missing } = this.node(number);
    if (leaves === undefined) return null;
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
