import { and } from '../../evaluator/formula.ts';
import { once } from '../../memory/once.ts';
import { remembered } from '../../memory/remembered.ts';
import type { User } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from '../account/account.ts';
import { wideningRows } from '../account/escalation-actions.ts';
import type { HypotheticalPrincipals } from '../account/hypothetical-principals.ts';
import { isOfAws } from '../account/own-denies.ts';
import type { Target } from '../account/target.ts';
import { type Kind, kindsOf } from '../classes/target-classes.ts';
import type { Escalation } from '../paths/escalations.ts';
import { bestEdges, type Edge } from './chains.ts';
import { EqualWidenings, type FoundWidening, type Widening } from './equal-widenings.ts';
import type { Asked, EscalationRequests } from './escalation-requests.ts';

/** What a request may be made on, and who is stronger by it. */
interface Step {
  readonly action: string;
  readonly ends: readonly number[];
  readonly ask: () => Asked;
}

interface Given {
  readonly account: Account;
  readonly requests: EscalationRequests;
  readonly hypotheticals: HypotheticalPrincipals;
  readonly users: ReadonlyMap<string, User>;
  readonly index: ReadonlyMap<string, number>;
  readonly each: boolean;
}

/** How somebody is made stronger yet. */
const UNDER_CONDITION = 1;
const SURE = 2;

/**
 * What principals can make of others: whoever may write the policies of somebody that he can become holds any policy.
 * Each row of the table by which one gives oneself any policy counts, asked about the other.
 */
export class Widenings {
  readonly #given: Given;
  readonly #known = new Map<string, readonly Widening[]>();
  readonly #equal = new EqualWidenings();
  readonly #edges = new WeakMap<readonly Widening[], WeakMap<readonly Edge[], readonly Edge[]>>();
  readonly #parts = new WeakMap<
    ReadonlySet<number>,
    WeakMap<readonly number[], Pick<Edge, 'to' | 'steps'>>
  >();
  /** the hypothetical principals that those made stronger are */
  readonly #stronger = new Map<number, number>();
  readonly #ends = new WeakMap<readonly Target[], readonly number[]>();
  readonly #targets = new Map<string, readonly Target[]>();
  #holders: ReadonlyMap<string, readonly number[]> | null = null;

  constructor(given: Given) {
    this.#given = given;
  }

  /** Principals with an equal `alike` have the same; of those who can do the same to the same it is one list. */
  of(from: number, alike: () => string): readonly Widening[] {
    const { subject } = this.#given.hypotheticals.at(from);
    const rows = wideningRows(subject);
    if (rows.length === 0) return NONE;
    return remembered(this.#known, alike(), () => {
      const ways = this.#equal.of(this.#findAll(subject, rows));
      for (const { ends } of ways) this.#makeStronger(ends);
      return ways;
    });
  }

  /** The edges of a list, to those who were made stronger before. */
  edges(ways: readonly Widening[], list: readonly Edge[]): readonly Edge[] {
    const known = remembered(this.#edges, ways, () => new WeakMap<readonly Edge[], readonly Edge[]>());
    return remembered(known, list, () =>
      bestEdges(list.flatMap((edge) => ways.flatMap((way) => this.#edgeTo(edge, way)))),
    );
  }

  #edgeTo(edge: Edge, { ends, action, open, grants }: Widening): readonly Edge[] {
    const both = and(edge.open, open);
    if (both === false) return [];
    const part = this.#partOf(edge, ends);
    if (part.to.length === 0) return [];
    return [{ ...edge, ...part, open: both, after: action, grants: [...(edge.grants ?? []), ...grants] }];
  }

  /** Edges share what they lead to, and so do those to the stronger ones. */
  #partOf({ to, steps }: Edge, ends: ReadonlySet<number>): Pick<Edge, 'to' | 'steps'> {
    const known = remembered(this.#parts, ends, () => new WeakMap());
    return remembered(known, to, () => {
      const at = [...to.keys()].filter((i) => ends.has(to[i] as number));
      return {
        to: at.map((i) => this.#stronger.get(to[i] as number) as number),
        steps: at.map((i) => steps[i] as string),
      };
    });
  }

  #makeStronger(ends: ReadonlySet<number>): void {
    const { hypotheticals } = this.#given;
    for (const end of ends) remembered(this.#stronger, end, () => hypotheticals.of(end, 'any-policy'));
  }

  /** Of those by which one and the same becomes stronger the first, and the first without a condition: no other is taken. */
  #findAll(subject: Subject, rows: readonly Escalation[]): readonly FoundWidening[] {
    const found: FoundWidening[] = [];
    const how = new Uint8Array(this.#given.hypotheticals.size);
    for (const { action, ends: all, ask } of rows.flatMap((row) => this.#steps(subject, row))) {
      if (all.every((end) => how[end] === SURE)) continue;
      const asked = ask();
      if (asked.open === false) continue;
      const mark = asked.open === true ? SURE : UNDER_CONDITION;
      const ends = all.filter((end) => (how[end] as number) < mark);
      if (ends.length === 0) continue;
      for (const end of ends) how[end] = mark;
      found.push({ action, asked, all, ends });
    }
    return found;
  }

  #steps(subject: Subject, row: Escalation): readonly Step[] {
    const { requests } = this.#given;
    const { action } = row;
    const isSelf = row.requests[0]?.on === 'self';
    const targets = remembered(this.#targets, `${row.by} ${row.requests[0]?.on}`, () => this.#targetsOf(row));
    const kinds = this.#kindsOf(targets, subject, row);
    const ask = (target: Target) => (): Asked => requests.any(subject, row.requests, [target]);
    if (isSelf) return kinds.map((kind) => ({ action, ends: this.#endsOf(kind), ask: ask(kind[0]) }));
    const asks = new Map(
      kinds.flatMap((kind) => {
        const asked = once(ask(kind[0]));
        return kind.map((target) => [target, asked] as const);
      }),
    );
    return targets.flatMap((target) => {
      const asked = asks.get(target);
      return asked ? [{ action, ends: this.#holdersOf(target.arn), ask: asked }] : [];
    });
  }

  /** Targets that the principal's policies do not tell apart. */
  #kindsOf(targets: readonly Target[], subject: Subject, row: Escalation): readonly Kind<Target>[] {
    const { account, each } = this.#given;
    if (each) return targets.map((one) => [one] as const);
    const on = row.requests[0]?.on;
    const own = row.by === 'user' ? 'user/' : 'role/';
    const type = on === 'self' ? own : on === 'own-group' ? 'group/' : 'policy/';
    return kindsOf(targets, { type, actions: [row.action] }, subject, account);
  }

  /** Users, roles, groups or policies that somebody can be made stronger by. */
  #targetsOf({ by, requests }: Escalation): readonly Target[] {
    const { account, index } = this.#given;
    const { users, roles, groups, policies } = account.snapshot;
    const on = requests[0]?.on;
    if (on === 'self') {
      const all: readonly Target[] = by === 'user' ? users : roles.filter((role) => !isOfAws(role));
      return all.filter(({ arn }) => index.has(arn));
    }
    const all =
      on === 'own-group'
        ? groups.map(({ arn }) => ({ arn, tags: [] }))
        : policies
            .filter(({ kind }) => kind === 'customer-managed')
            .map(({ id }) => ({ arn: id, tags: null }));
    return all.filter(({ arn }) => this.#holdersOf(arn).length > 0);
  }

  /** Those of them who would be more than they are. */
  #endsOf(kind: Kind<Target>): readonly number[] {
    const { index } = this.#given;
    return remembered(this.#ends, kind, () =>
      kind.map(({ arn }) => index.get(arn) as number).filter((end) => this.#gains(end)),
    );
  }

  #gains(end: number): boolean {
    const { hypotheticals } = this.#given;
    return hypotheticals.gains(hypotheticals.at(end), 'any-policy');
  }

  /** Who has a managed policy, or is in a group, and would be more than he is. */
  #holdersOf(arn: string): readonly number[] {
    this.#holders ??= this.#findHolders();
    return this.#holders.get(arn) ?? [];
  }

  #findHolders(): ReadonlyMap<string, readonly number[]> {
    const { account, index, users } = this.#given;
    const groups = new Map(account.snapshot.groups.map(({ name, arn }) => [name, arn]));
    const holders = new Map<string, number[]>();
    for (const { arn, layers, role } of account.subjects) {
      const end = index.get(arn);
      if (end === undefined || (role && isOfAws(role)) || !this.#gains(end)) continue;
      const joined = (users.get(arn)?.groups ?? []).flatMap((name) => groups.get(name) ?? []);
      for (const held of [...layers.identityPolicies.map(({ name }) => name), ...joined])
        remembered(holders, held, () => []).push(end);
    }
    return holders;
  }
}

const NONE: readonly Widening[] = [];
