import { formulaKey } from '../evaluator/formula-key.ts';
import type { Account, Subject } from '../matrix/account/account.ts';
import { assumeWith, type Reduce } from '../matrix/chains/assume-role.ts';
import { type Edge, edgesTo } from '../matrix/chains/chains.ts';
import { CLOSED, type Opening } from '../matrix/chains/codes.ts';
import { Recent } from '../memory/recent.ts';
import { remembered } from '../memory/remembered.ts';
import type { Organization } from '../snapshot/snapshot.ts';
import { AskingAccount, type AskingNode } from './asking-account.ts';
import type { Gate, PackedBorder } from './packed-border.ts';
import { accountOf } from './role-taking.ts';

/**
 * Number of accounts whose policies stay compiled: the last ones used, since chains go back and forth between
 * few accounts.
 */
const MOST_OPEN = 32;

/** A role of another account that can be assumed, before edges are made. */
interface End extends Opening {
  /** equal for equal ends of those who leave one account */
  readonly id: number;
  readonly to: number;
  readonly step: string;
}

/** The ends of one account, each once: dozens of its principals may take the same thousands of roles. */
class Ends {
  readonly #known = new Map<Gate, Map<string, End>>();
  #count = 0;

  of(gate: Gate, { open, codes }: Opening): End {
    const ofGate = remembered(this.#known, gate, () => new Map<string, End>());
    const name = codes.length === 0 ? formulaKey(open) : `${codes.join()} ${formulaKey(open)}`;
    return remembered(ofGate, name, () => ({
      ...{ id: this.#count++, to: gate.node, step: gate.arn, open, codes },
    }));
  }
}

type OfAccount = readonly [PackedBorder, Gate];

/** What roles answered the principals of one account, by the view of the principal. */
type Answers = Map<string, Map<Gate, Opening>>;

interface Asked {
  readonly into: PackedBorder;
  readonly gates: Iterable<Gate>;
  readonly answers: Answers;
}

/**
 * Decides who may assume which role of another account. The role's trust policy and the principal's own
 * policies must allow it, and no guardrail of either account may deny it. Accounts are handled one by one,
 * and only roles that name the account are evaluated.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 */
export class Crossings {
  readonly #reduce: Reduce;
  readonly #organizations: ReadonlyMap<PackedBorder, Organization | null>;
  /** roles by what their trust policies name: an ARN, an id, an account, or `*` for everybody */
  readonly #byName = new Map<string, OfAccount[]>();
  /** accounts that some trust policy names; `*`: some trust policy admits every account */
  readonly #named: ReadonlySet<string>;
  readonly #open = new Recent<PackedBorder, AskingAccount>(MOST_OPEN);
  /** number of requests evaluated so far */
  asked = 0;

  /** number of roles that trust everybody, and how many of them are asked for */
  readonly everybodys: { readonly roles: number; readonly asked: number };

  /**
   * `everybodys`: the most requests for roles that trust everybody, counted as one for each such role and account that
   * asks. Of more roles only those with the most production instances are asked for, the same for each account.
   */
  constructor(accounts: readonly PackedBorder[], reduce: Reduce, everybodys = Infinity) {
    this.#reduce = reduce;
    this.#organizations = knownOrganizations(accounts);
    for (const into of accounts)
      for (const gate of into.gates)
        for (const name of gate.names) remembered(this.#byName, name, () => []).push([into, gate]);
    const open = this.#byName.get('*') ?? [];
    const most = Math.floor(everybodys / Math.max(1, accounts.filter(({ asks }) => asks).length));
    const asked = open.length > most ? gravest(open, most) : open;
    this.everybodys = { roles: open.length, asked: asked.length };
    if (open.length > 0) this.#byName.set('*', asked);
    this.#named = new Set([...this.#byName.keys()].map((name) => accountOf(name) ?? '*'));
  }

  /** The edges out of an account, by node. Nodes without such an edge are left out. */
  from(account: PackedBorder): ReadonlyMap<number, readonly Edge[]> {
    const known = new Ends();
    const answers: Answers = new Map();
    const ends = new Map<AskingNode, End[]>();
    // the outer loop is over accounts, so that each is compiled once
    for (const [into, asked] of this.#gatesFor(account))
      for (const [one, gates] of asked)
        for (const [gate, opening] of this.#openGates(account, one, { into, gates, answers }))
          remembered(ends, one, () => []).push(known.of(gate, opening));
    // equal lists are one object: a search follows each list only once
    const alike = new Map<string, readonly Edge[]>();
    return new Map(
      [...ends].map(([{ node }, open]) => {
        const name = open.map(({ id }) => id).join();
        return [node, remembered(alike, name, () => edgesTo(open, { assumes: true }).map(tight))];
      }),
    );
  }

  #gatesFor(account: PackedBorder): ReadonlyMap<PackedBorder, ReadonlyMap<AskingNode, Set<Gate>>> {
    const found = new Map<PackedBorder, Map<AskingNode, Set<Gate>>>();
    if (!this.#mayTake(account)) return found;
    for (const one of this.#opened(account).askers())
      for (const name of [one.arn, one.id, account.accountId, '*'])
        for (const [into, gate] of this.#byName.get(name) ?? []) {
          if (into.accountId === account.accountId) continue;
          const asked = remembered(found, into, () => new Map<AskingNode, Set<Gate>>());
          remembered(asked, one, () => new Set<Gate>()).add(gate);
        }
    return found;
  }

  /** No trust policy names most accounts: their policies need not be read. */
  #mayTake({ asks, accountId }: PackedBorder): boolean {
    return asks && (this.#named.has('*') || this.#named.has(accountId));
  }

  #openGates(
    account: PackedBorder,
    one: AskingNode,
    { into, gates, answers }: Asked,
  ): readonly (readonly [Gate, Opening])[] {
    const [asking, asked] = [this.#opened(account), this.#opened(into)];
    const view = asking.view(one);
    if (view === null) return [];
    const alike = remembered(answers, view, () => new Map<Gate, Opening>());
    const answer = (gate: Gate): Opening => {
      this.asked += 1;
      return this.#isOpen(one, asking, { into: asked, gate });
    };
    return [...gates].flatMap((gate) => {
      const isNamed = gate.names.some((name) => [one.arn, one.id].includes(name));
      const isShared = !isNamed && asked.treatsAllAlike(gate);
      const opening = isShared ? remembered(alike, gate, () => answer(gate)) : answer(gate);
      return opening.open === false ? [] : [[gate, opening] as const];
    });
  }

  /** Resource control policies come from the role's account, everything else from the caller's. */
  #isOpen(
    one: AskingNode,
    asking: AskingAccount,
    { into, gate }: { readonly into: AskingAccount; readonly gate: Gate },
  ): Opening {
    const subject = asking.subject(one);
    const role = into.role(gate);
    const trust = into.account.policies.get(role.trust);
    if (!trust || subject === null) return CLOSED;
    const { resourceControlPolicies } = into.account.guardrails;
    const layers = { ...subject.layers, resourceControlPolicies };
    const keys = areOfOne(asking.account, into.account) ? subject.keys : withOwnSymbols(subject.keys);
    return assumeWith({ role, trust }, { ...subject, layers, keys }, into.account, this.#reduce);
  }

  #opened(packed: PackedBorder): AskingAccount {
    const organization = this.#organizations.get(packed) ?? null;
    return this.#open.of(packed, () => new AskingAccount(packed, organization));
  }
}

/** The roles whose sessions get onto the most production instances, then the most instances. */
function gravest(roles: readonly OfAccount[], most: number): OfAccount[] {
  const sized = roles.map((role) => ({ role, ...reachedBy(role) }));
  sized.sort((a, b) => b.production - a.production || b.count - a.count);
  return sized.slice(0, most).map(({ role }) => role);
}

function reachedBy([into, gate]: OfAccount): { readonly count: number; readonly production: number } {
  const classes = new Set((into.node(gate.node).holds ?? []).flatMap(({ on }) => on));
  const all = { count: 0, production: 0 };
  for (const at of classes) {
    all.count += into.instances[at]?.count ?? 0;
    all.production += into.instances[at]?.production ?? 0;
  }
  return all;
}

/** A list that grew by `push` has unused capacity, and there are many of these. */
const tight = (edge: Edge): Edge => ({ ...edge, to: edge.to.slice(), steps: edge.steps.slice() });

/**
 * True if both have the same management account: they are in the same organisation, even if its id was not
 * read.
 */
function areOfOne(...[one, other]: readonly [Account, Account]): boolean {
  const management = one.snapshot.organization?.managementAccountId ?? null;
  return management !== null && management === other.snapshot.organization?.managementAccountId;
}

/** Unread facts of two organisations may differ, so they get different symbols. */
function withOwnSymbols(keys: Subject['keys']): Subject['keys'] {
  const hidden = [...keys].filter(([key, state]) => key.startsWith('aws:principalorg') && state?.symbol);
  if (hidden.length === 0) return keys;
  return new Map([
    ...keys,
    ...hidden.map(([key]) => [key, { values: [], symbol: `${key} of another` }] as const),
  ]);
}

/** Accounts with one management account share an organisation, so its id is known for all if one audit read it. */
function knownOrganizations(
  borders: readonly PackedBorder[],
): ReadonlyMap<PackedBorder, Organization | null> {
  const ids = new Map(
    borders.flatMap(({ organization }) =>
      organization?.id && organization.managementAccountId
        ? [[organization.managementAccountId, organization.id] as const]
        : [],
    ),
  );
  return new Map(
    borders.map((border) => {
      const { organization } = border;
      const id = organization?.id ?? ids.get(organization?.managementAccountId ?? '');
      return [border, organization && id !== undefined ? { ...organization, id } : organization] as const;
    }),
  );
}
