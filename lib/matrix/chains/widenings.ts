import { and, type Formula } from '../../evaluator/formula.ts';
import { remembered } from '../../memory/remembered.ts';
import type { User } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from '../account/account.ts';
import { wideningRows } from '../account/escalation-actions.ts';
import type { HypotheticalPrincipals } from '../account/hypothetical-principals.ts';
import type { Target } from '../account/target.ts';
import { kindsOf } from '../classes/target-classes.ts';
import type { Grant } from '../paths/cell.ts';
import type { Escalation } from '../paths/escalations.ts';
import { bestEdges, type Edge } from './chains.ts';
import { type EscalationRequests, grantsIn } from './escalation-requests.ts';

/** One way to give others any policy, before one becomes them. */
interface Widening {
  /** whom, and the hypothetical principal that each of them is then */
  readonly ends: ReadonlyMap<number, number>;
  readonly action: string;
  readonly open: Formula;
  readonly grants: readonly Grant[];
}

interface Given {
  readonly account: Account;
  readonly requests: EscalationRequests;
  readonly hypotheticals: HypotheticalPrincipals;
  readonly users: ReadonlyMap<string, User>;
  readonly index: ReadonlyMap<string, number>;
  readonly each: boolean;
}

/**
 * What principals can make of others: whoever may write the policies of somebody that he can become holds any policy.
 * Each row of the table by which one gives oneself any policy counts, asked about the other.
 */
export class Widenings {
  readonly #given: Given;
  readonly #known = new Map<string, readonly Widening[]>();
  readonly #edges = new WeakMap<readonly Widening[], WeakMap<readonly Edge[], readonly Edge[]>>();
  #holders: ReadonlyMap<string, readonly number[]> | null = null;

  constructor(given: Given) {
    this.#given = given;
  }

  /** Principals with an equal `alike` have the same. */
  of(from: number, alike: () => string): readonly Widening[] {
    const { subject } = this.#given.hypotheticals.at(from);
    const rows = wideningRows(subject);
    if (rows.length === 0) return NONE;
    return remembered(this.#known, alike(), () => this.#findAll(subject, rows));
  }

  /** The edges of a list, to those who were made stronger before. */
  edges(ways: readonly Widening[], list: readonly Edge[]): readonly Edge[] {
    const known = remembered(this.#edges, ways, () => new WeakMap<readonly Edge[], readonly Edge[]>());
    return remembered(known, list, () =>
      bestEdges(list.flatMap((edge) => ways.flatMap((way) => edgeTo(edge, way)))),
    );
  }

  /** Of those by which one and the same becomes stronger the first, and the first without a condition: no other is taken. */
  #findAll(subject: Subject, rows: readonly Escalation[]): readonly Widening[] {
    const { requests, hypotheticals } = this.#given;
    const found: Widening[] = [];
    const sure = new Map<number, boolean>();
    for (const row of rows) {
      for (const { target, ends } of this.#targets(subject, row)) {
        const left = ends.filter(
          (end) => sure.get(end) !== true && hypotheticals.gains(hypotheticals.at(end), 'any-policy'),
        );
        if (left.length === 0) continue;
        const asked = requests.any(subject, row.requests, [target]);
        const isSure = asked.open === true;
        const news = asked.open === false ? [] : left.filter((end) => isSure || !sure.has(end));
        if (news.length === 0) continue;
        for (const end of news) sure.set(end, isSure);
        const stronger = new Map(news.map((end) => [end, hypotheticals.of(end, 'any-policy')]));
        found.push({ ends: stronger, action: row.action, open: asked.open, grants: grantsIn(asked) });
      }
    }
    return found;
  }

  /** What the request may be made on, and who is stronger by it. */
  #targets(
    subject: Subject,
    row: Escalation,
  ): readonly { readonly target: Target; readonly ends: readonly number[] }[] {
    const on = row.requests[0]?.on;
    if (on === 'self') return this.#kinds(subject, row);
    const { groups, policies } = this.#given.account.snapshot;
    const arns =
      on === 'own-group'
        ? groups.map(({ arn }) => ({ arn, tags: [] }))
        : policies
            .filter(({ kind }) => kind === 'customer-managed')
            .map(({ id }) => ({ arn: id, tags: null }));
    return arns.map((target) => ({ target, ends: this.#holdersOf(target.arn) }));
  }

  /** Users or roles that the principal's policies do not tell apart. */
  #kinds(
    subject: Subject,
    row: Escalation,
  ): readonly { readonly target: Target; readonly ends: readonly number[] }[] {
    const { account, index, each } = this.#given;
    const { users, roles } = account.snapshot;
    const all: readonly Target[] = row.by === 'user' ? users : roles.filter(isOurs);
    const known = all.filter(({ arn }) => index.has(arn));
    const kinds = each
      ? known.map((one) => [one] as const)
      : kindsOf(known, row.by === 'user' ? 'user/' : 'role/', [row.action], subject, account);
    return kinds.map((kind) => ({
      target: { arn: kind[0].arn, tags: kind[0].tags },
      ends: kind.map(({ arn }) => index.get(arn) as number),
    }));
  }

  /** Who has a managed policy, or is in a group. */
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
      if (end === undefined || (role && !isOurs(role))) continue;
      const joined = (users.get(arn)?.groups ?? []).flatMap((name) => groups.get(name) ?? []);
      for (const held of [...layers.identityPolicies.map(({ name }) => name), ...joined])
        remembered(holders, held, () => []).push(end);
    }
    return holders;
  }
}

const NONE: readonly Widening[] = [];

/**
 * AWS alone writes the policies of service-linked roles and of those that Identity Center makes.
 * https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
 */
function isOurs({ path }: { readonly path: string }): boolean {
  return !path.startsWith('/aws-service-role/') && !path.startsWith('/aws-reserved/');
}

function edgeTo(edge: Edge, { ends, action, open, grants }: Widening): readonly Edge[] {
  const at = [...edge.to.keys()].filter((i) => ends.has(edge.to[i] as number));
  const both = and(edge.open, open);
  if (at.length === 0 || both === false) return [];
  const to = at.map((i) => ends.get(edge.to[i] as number) as number);
  const steps = at.map((i) => edge.steps[i] as string);
  return [{ ...edge, to, steps, open: both, after: action, grants: [...(edge.grants ?? []), ...grants] }];
}
