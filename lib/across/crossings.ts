import type { Formula } from '../evaluator/formula.ts';
import { formulaKey } from '../evaluator/formula-key.ts';
import type { Account, Subject } from '../matrix/account/account.ts';
import { assumeWith, type Reduce } from '../matrix/chains/assume-role.ts';
import { type Edge, edgesTo } from '../matrix/chains/chains.ts';
import { Recent } from '../memory/recent.ts';
import { remembered } from '../memory/remembered.ts';
import type { Organization } from '../snapshot/snapshot.ts';
import { AskingAccount, type AskingNode } from './asking-account.ts';
import type { Gate, PackedBorder } from './packed-border.ts';
import { accountOf } from './role-taking.ts';

/** Accounts whose policies stand ready: those that were asked last, as accounts that have to do with each other come together. */
const MOST_OPEN = 32;

/** A way into another account, as edges are made of them. */
interface End {
  readonly to: number;
  readonly step: string;
  readonly open: Formula;
}

/**
 * Who may take which role of another account: the role's trust policy and the principal's own policies have to allow it,
 * and neither account's guardrails deny it. One account after another is asked, and of each only the roles that name it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 */
export class Crossings {
  readonly #reduce: Reduce;
  readonly #organizations: ReadonlyMap<PackedBorder, Organization | null>;
  /** by what trust policies name: an ARN, an id, an account, or `*` for everybody */
  readonly #byName = new Map<string, (readonly [PackedBorder, Gate])[]>();
  /** accounts that trust policies name something of; `*`: somebody may be of any account */
  readonly #named: ReadonlySet<string>;
  readonly #open = new Recent<PackedBorder, AskingAccount>(MOST_OPEN);
  /** how many roles were asked for yet */
  asked = 0;

  constructor(accounts: readonly PackedBorder[], reduce: Reduce) {
    this.#reduce = reduce;
    this.#organizations = knownOrganizations(accounts);
    for (const into of accounts)
      for (const gate of into.gates)
        for (const name of gate.names) remembered(this.#byName, name, () => []).push([into, gate]);
    this.#named = new Set([...this.#byName.keys()].map((name) => accountOf(name) ?? '*'));
  }

  /** The edges of those who may leave an account, by their nodes; of those who have any. */
  from(account: PackedBorder): ReadonlyMap<number, readonly Edge[]> {
    const ends = new Map<AskingNode, End[]>();
    // an account is opened once, whoever asks for its roles
    for (const [into, asked] of this.#gatesFor(account))
      for (const [one, gates] of asked) {
        const open = this.#openEnds(account, one, { into, gates });
        if (open.length > 0) remembered(ends, one, () => []).push(...open);
      }
    // a search follows a list once, whoever has it
    const alike = new Map<string, readonly Edge[]>();
    return new Map(
      [...ends].map(([{ node }, open]) => {
        const name = open.map((end) => `${end.to} ${formulaKey(end.open)}`).join('\n');
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

  /** Most accounts are named by nobody: they need not be opened. */
  #mayTake({ asks, accountId }: PackedBorder): boolean {
    return asks && (this.#named.has('*') || this.#named.has(accountId));
  }

  #openEnds(
    account: PackedBorder,
    one: AskingNode,
    { into, gates }: { readonly into: PackedBorder; readonly gates: Iterable<Gate> },
  ): readonly End[] {
    const [asking, asked] = [this.#opened(account), this.#opened(into)];
    const subject = asking.subject(one);
    if (subject === null) return [];
    return [...gates].flatMap((gate) => {
      this.asked += 1;
      const open = this.#isOpen(subject, asking.account, { into: asked, gate });
      return open === false ? [] : [{ to: gate.node, step: gate.arn, open }];
    });
  }

  /** What bears on the role is of its account, and what bears on the one who asks is of his. */
  #isOpen(
    subject: Subject,
    of: Account,
    { into, gate }: { readonly into: AskingAccount; readonly gate: Gate },
  ): Formula {
    const role = into.role(gate);
    const trust = into.account.policies.get(role.trust);
    if (!trust) return false;
    const { resourceControlPolicies } = into.account.guardrails;
    const layers = { ...subject.layers, resourceControlPolicies };
    const keys = areOfOne(of, into.account) ? subject.keys : toldApart(subject.keys);
    return assumeWith({ role, trust }, { ...subject, layers, keys }, into.account, this.#reduce);
  }

  #opened(packed: PackedBorder): AskingAccount {
    const organization = this.#organizations.get(packed) ?? null;
    return this.#open.of(packed, () => new AskingAccount(packed, organization));
  }
}

/** A list that was filled one by one has room for more, and there are many that nobody adds to. */
const tight = (edge: Edge): Edge => ({ ...edge, to: edge.to.slice(), steps: edge.steps.slice() });

/** Below one management account, so that they are of the same organisation whatever its id is. */
function areOfOne(...[one, other]: readonly [Account, Account]): boolean {
  const management = one.snapshot.organization?.managementAccountId ?? null;
  return management !== null && management === other.snapshot.organization?.managementAccountId;
}

/** What nobody has read of an organisation need not be what nobody has read of another one. */
function toldApart(keys: Subject['keys']): Subject['keys'] {
  const hidden = [...keys].filter(([key, state]) => key.startsWith('aws:principalorg') && state?.symbol);
  if (hidden.length === 0) return keys;
  return new Map([
    ...keys,
    ...hidden.map(([key]) => [key, { values: [], symbol: `${key} of another` }] as const),
  ]);
}

/** Accounts below one management account are of one organisation, so that its id is known of all once one of them tells. */
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
