import type { CompiledPolicy } from '../evaluator/compile.ts';
import type { Formula } from '../evaluator/formula.ts';
import type { Account, Subject } from '../matrix/account/account.ts';
import { assumeWith, type Reduce } from '../matrix/chains/assume-role.ts';
import { type Edge, edgesTo } from '../matrix/chains/chains.ts';
import { remembered } from '../memory/remembered.ts';
import type { BorderEntry } from './border.ts';
import type { BorderAccount } from './border-account.ts';
import { accountOf } from './border-of.ts';
import { letInBy } from './role-taking.ts';

/** A role of an account that somebody of another one may take. */
interface Entry {
  readonly into: BorderAccount;
  /** its place among the entries of that account */
  readonly at: number;
}

/**
 * Who may take which role of another account: the role's trust policy and the principal's own policies have to allow it,
 * and neither account's guardrails deny it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 */
export class Crossings {
  readonly #reduce: Reduce;
  /** by what trust policies name: an ARN, an id, an account, or `*` for everybody */
  readonly #byName = new Map<string, Entry[]>();

  constructor(accounts: Iterable<BorderAccount>, reduce: Reduce) {
    this.#reduce = reduce;
    for (const into of accounts) {
      const entries = into.packed.hasEntries ? into.border.entries : [];
      for (const [at, entry] of entries.entries()) {
        const one = { into, at };
        for (const name of namesIn(trustOf(into, entry))) remembered(this.#byName, name, () => []).push(one);
      }
    }
  }

  /** The edges of one who may leave his account. */
  from(subject: Subject, { accountId, account }: BorderAccount): readonly Edge[] {
    const entries = new Set(
      [subject.arn, subject.principal.id ?? '', accountId, '*'].flatMap(
        (name) => this.#byName.get(name) ?? [],
      ),
    );
    const ends = [...entries]
      .filter(({ into }) => into.accountId !== accountId)
      .map((entry) => ({ ...this.#endOf(entry), open: this.#open(subject, account, entry) }))
      .filter(({ open }) => open !== false);
    return edgesTo(ends, { assumes: true });
  }

  #endOf({ into, at }: Entry): { readonly to: number; readonly step: string } {
    const entry = into.border.entries[at] as BorderEntry;
    return { to: into.first + entry.node, step: into.role(entry).arn };
  }

  /** What bears on the role is of its account, and what bears on the one who asks is of his. */
  #open(subject: Subject, of: Account, { into, at }: Entry): Formula {
    const entry = into.border.entries[at] as BorderEntry;
    const trust = trustOf(into, entry);
    if (!trust) return false;
    const { resourceControlPolicies } = into.account.guardrails;
    const layers = { ...subject.layers, resourceControlPolicies };
    const keys = areOfOne(of, into.account) ? subject.keys : toldApart(subject.keys);
    const asked = { ...subject, layers, keys };
    return assumeWith({ role: into.role(entry), trust }, asked, into.account, this.#reduce);
  }
}

const trustOf = (into: BorderAccount, entry: BorderEntry): CompiledPolicy | undefined =>
  into.account.policies.get(into.role(entry).trust);

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

/** Users and roles by their ARN or id; whoever is named otherwise is found by his account. */
function namesIn(trust: CompiledPolicy | undefined): ReadonlySet<string> {
  const letIn = letInBy(trust);
  const isOne = (entry: string): boolean => /^arn:[^:]*:iam::\d{12}:(user|role)\//.test(entry);
  return new Set(
    letIn.flatMap(({ any, aws }) => [
      ...(any ? ['*'] : []),
      ...aws.map((entry) => (isOne(entry) ? entry : (accountOf(entry) ?? entry))),
    ]),
  );
}
