import { type Combined, openOf } from '../../evaluator/combine.ts';
import { and, type Formula, or, settle } from '../../evaluator/formula.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Role, User } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from '../account/account.ts';
import { escalationRows } from '../account/escalation-actions.ts';
import {
  ANY_POLICY_NAME,
  allowsEverything,
  type HypotheticalPrincipal,
  HypotheticalPrincipals,
} from '../account/hypothetical-principals.ts';
import { grantsOf } from '../account/one-cell.ts';
import { ask } from '../account/question.ts';
import type { Target } from '../account/target.ts';
import { letsIn } from '../account/targets.ts';
import { type Kind, kindsOf } from '../classes/target-classes.ts';
import type { Grant } from '../paths/cell.ts';
import { type Escalation, type EscalationRequest, inPartition } from '../paths/escalations.ts';
import { assumeWith, type Reduce, reduced, trustIn } from './assume-role.ts';
import { bestEdges, type Edge } from './chains.ts';
import { missingToPass } from './passed-roles.ts';

interface Asked {
  readonly open: Formula;
  readonly combined: readonly Combined[];
}

/** Somebody whom a principal may become. */
interface TargetClass extends Target {
  readonly role: Role | null;
}

const CLOSED: Asked = { open: false, combined: [] };

/**
 * What principals can make of themselves and others through IAM. A principal that may give itself any policy leads to a
 * hypothetical principal that has it; these are numbered behind all principals.
 */
export class Escalations {
  readonly #account: Account;
  readonly #reduce: Reduce;
  readonly #each: boolean;
  readonly #hypotheticals: HypotheticalPrincipals;
  readonly #users: ReadonlyMap<string, User>;
  readonly #index: ReadonlyMap<string, number>;
  readonly #own: readonly (readonly Edge[])[];
  readonly #others = new Map<string, readonly Edge[]>();
  readonly #targetClassesOf = new Map<string, readonly TargetClass[]>();
  readonly #ends = new WeakMap<readonly TargetClass[], Pick<Edge, 'to' | 'steps'>>();
  #carried: ReadonlySet<string> | null = null;

  /** `each`: every way is asked about by itself, even where no policy tells it from another or another leads to more. */
  constructor(account: Account, subjects: readonly Subject[], reduce: Reduce = reduced, each = false) {
    this.#account = account;
    this.#each = each;
    this.#reduce = reduce;
    this.#hypotheticals = new HypotheticalPrincipals(account, subjects);
    this.#users = new Map(account.snapshot.users.map((user) => [user.arn, user]));
    this.#index = new Map(subjects.map((subject, i) => [subject.arn, i]));
    const own: (readonly Edge[])[] = [];
    // the list grows with every hypothetical principal that is made
    for (let i = 0; i < this.#hypotheticals.size; i++) {
      const edges = this.#ownEdges(i);
      own.push([...edges, ...this.#joins(i, edges)]);
    }
    this.#own = own;
  }

  get hypotheticals(): readonly Subject[] {
    return this.#hypotheticals.made;
  }

  /** What it makes of itself, groups that it joins included. */
  own(from: number): readonly Edge[] {
    return this.#own[from] ?? [];
  }

  /** Others that it may become. Principals with an equal `alike` share the list; they may be in it themselves. */
  others(from: number, alike: string = String(from)): readonly Edge[] {
    return remembered(this.#others, alike, () => bestEdges(this.#otherEdges(from)));
  }

  /** Nothing that it could become may do more: it may do everything that the guardrails leave to anybody. */
  mayDoEverything(from: number): boolean {
    return this.#hypotheticals.mayDoEverything(from);
  }

  /** False, too, where it can give itself everything in one step, as becoming others takes two. */
  mayBecomeOthers(from: number): boolean {
    if (this.mayDoEverything(from)) return false;
    // joining a group takes two as well
    const isEnough = ({ to, open, by }: Edge): boolean =>
      by === undefined && open === true && to.some((end) => this.mayDoEverything(end));
    if (this.own(from).some(isEnough)) return false;
    return escalationRows(this.#hypotheticals.at(from).subject).some((row) => !isOwn(row));
  }

  #ownEdges(from: number): readonly Edge[] {
    const one = this.#hypotheticals.at(from);
    return escalationRows(one.subject).flatMap((row) => {
      if (row.becomes !== 'any-policy' && row.becomes !== 'no-boundary') return [];
      if (!this.#hypotheticals.gains(one, row.becomes)) return [];
      const asked = this.#askAny(one.subject, row.requests, this.#ownTargets(one.subject, row));
      if (asked.open === false) return [];
      const to = this.#hypotheticals.of(from, row.becomes);
      return [{ to: [to], steps: [row.action], open: asked.open, grants: grants(asked) }];
    });
  }

  /** None for whom a group could only deny more, or who can give itself everything at once, of which a group gives a part. */
  #joins(from: number, own: readonly Edge[]): readonly Edge[] {
    const one = this.#hypotheticals.at(from);
    const isMuch = allowsEverything(one.subject.layers.identityPolicies);
    if (!this.#each && (isMuch || own.some((edge) => this.#givesAnything(edge)))) return [];
    return escalationRows(one.subject).flatMap((row) =>
      row.becomes === 'group' ? this.#groupEdges(from, row) : [],
    );
  }

  #givesAnything({ to, open }: Edge): boolean {
    return open === true && to.some((end) => this.#hypotheticals.at(end).anyPolicy);
  }

  #otherEdges(from: number): Edge[] {
    const one = this.#hypotheticals.at(from);
    return escalationRows(one.subject)
      .filter((row) => !isOwn(row))
      .flatMap((row) => inPartition(row, this.#account.snapshot.partition))
      .flatMap((row) => this.#principalEdges(one, row));
  }

  #groupEdges(from: number, row: Escalation): readonly Edge[] {
    const one = this.#hypotheticals.at(from);
    const groups = this.#users.get(one.subject.arn)?.groups ?? [];
    return this.#account.snapshot.groups.flatMap((group) => {
      if (groups.includes(group.name) || !this.#hypotheticals.gainsGroup(one, group)) return [];
      const asked = this.#askAny(one.subject, row.requests, [{ arn: group.arn, tags: [] }]);
      if (asked.open === false) return [];
      const to = this.#hypotheticals.inGroup(from, group);
      return [{ to: [to], by: row.action, steps: [group.arn], open: asked.open, grants: grants(asked) }];
    });
  }

  #principalEdges({ subject }: HypotheticalPrincipal, row: Escalation): readonly Edge[] {
    const type = row.becomes === 'user' ? 'user/' : 'role/';
    const actions = row.requests.filter(({ on }) => !on.startsWith('new:')).map(({ action }) => action);
    if (row.becomes === 'trusted-role') actions.push('sts:AssumeRole');
    const targetClasses = this.#targetClasses(row);
    const unsure = targetClasses.filter(({ role }) => missingToPass(row, role, this.#account) !== null);
    const sure = unsure.length === 0 ? targetClasses : targetClasses.filter((one) => !unsure.includes(one));
    const kinds = this.#each
      ? targetClasses.map((targetClass) => [targetClass] as const)
      : [...kindsOf(sure, type, actions, subject, this.#account), ...unsure.map((one) => [one] as const)];
    return kinds.flatMap((kind) => this.#kindEdges(subject, row, kind));
  }

  #kindEdges(subject: Subject, row: Escalation, kind: Kind<TargetClass>): readonly Edge[] {
    const [first] = kind;
    const asked = this.#askAny(subject, row.requests, [first]);
    const open =
      row.becomes === 'trusted-role' && asked.open !== false && first.role
        ? and(asked.open, this.#assume(subject, first.role))
        : asked.open;
    if (open === false) return [];
    // whoever writes the trust policy lets himself tag the session
    const tags = row.becomes === 'trusted-role';
    const assumes = tags ? { assumes: true as const } : {};
    const missing = missingToPass(row, first.role, this.#account);
    const gap = missing === null ? {} : { missing };
    return [{ ...this.#endsOf(kind), by: row.action, open, ...assumes, grants: grants(asked), tags, ...gap }];
  }

  /** Thousands of principals may become the same thousands of others: that list is shared. */
  #endsOf(kind: readonly TargetClass[]): Pick<Edge, 'to' | 'steps'> {
    return remembered(this.#ends, kind, () => ({
      to: kind.map(({ arn }) => this.#index.get(arn) as number),
      steps: kind.map(({ arn }) => arn),
    }));
  }

  #targetClasses(row: Escalation): readonly TargetClass[] {
    const name = JSON.stringify(row.becomes);
    return remembered(this.#targetClassesOf, name, () => this.#findTargetClasses(row));
  }

  #findTargetClasses({ becomes }: Escalation): readonly TargetClass[] {
    const { users, roles } = this.#account.snapshot;
    const isKnown = ({ arn }: { readonly arn: string }): boolean => this.#index.has(arn);
    if (becomes === 'user') return users.filter(isKnown).map(({ arn, tags }) => ({ arn, tags, role: null }));
    return roles
      .filter((role) => isKnown(role) && !role.path.startsWith('/aws-service-role/'))
      .filter(
        (role) =>
          typeof becomes === 'string' ||
          (letsIn(role, becomes.passedTo, this.#account) && this.#canCarry(role, becomes.passedTo)),
      )
      .map((role) => ({ arn: role.arn, tags: role.tags, role }));
  }

  /** An instance takes a role only out of an instance profile. */
  #canCarry(role: Role, service: string): boolean {
    if (service !== 'ec2.amazonaws.com') return true;
    this.#carried ??= new Set(this.#account.snapshot.instanceProfiles.flatMap(({ roles }) => roles));
    return this.#carried.has(role.arn);
  }

  /** With a trust policy that names the caller. */
  #assume(subject: Subject, role: Role): Formula {
    const trust = trustIn(subject.principal.arn);
    return assumeWith(trust, subject, role, this.#account, this.#reduce);
  }

  #ownTargets(subject: Subject, row: Escalation): readonly Target[] {
    const on = row.requests[0]?.on;
    if (on === 'self') return [{ arn: subject.arn, tags: subject.tags }];
    if (on === 'own-policy')
      return subject.layers.identityPolicies
        .filter((policy) => this.#hypotheticals.isCustomerManaged(policy))
        .map((policy) => ({ arn: policy.name, tags: null }));
    const groups = this.#users.get(subject.arn)?.groups ?? [];
    return this.#account.snapshot.groups
      .filter((group) => groups.includes(group.name))
      .map(({ arn }) => ({ arn, tags: [] }));
  }

  /** All requests of a row on any one of the targets. */
  #askAny(subject: Subject, requests: readonly EscalationRequest[], targets: readonly Target[]): Asked {
    let all: Asked = CLOSED;
    for (const target of targets) {
      const asked = this.#askAll(subject, requests, target);
      if (asked.open === false) continue;
      if (asked.open === true) return asked;
      all = all === CLOSED ? asked : { ...all, open: or(all.open, asked.open) };
    }
    return all;
  }

  #askAll(subject: Subject, requests: readonly EscalationRequest[], target: Target): Asked {
    const combined: Combined[] = [];
    let open: Formula = true;
    for (const request of requests) {
      const asked = request.on.startsWith('new:')
        ? this.#askNew(subject, request)
        : this.#ask(subject, request, target, '');
      combined.push(...asked.combined);
      open = and(open, asked.open);
      if (open === false) return CLOSED;
    }
    return { open: this.#reduce(open, [], subject.given), combined };
  }

  /** What is made may be made in any region. */
  #askNew(subject: Subject, request: EscalationRequest): Asked {
    const [, service = '', ...rest] = request.on.split(':');
    const { partition, accountId } = this.#account.snapshot;
    let all: Asked = CLOSED;
    for (const region of this.#account.regions.keys()) {
      const arn = `arn:${partition}:${service}:${region}:${accountId}:${rest.join(':')}`;
      const asked = this.#ask(subject, request, { arn, tags: [] }, region);
      if (asked.open === true) return asked;
      if (asked.open !== false) all = all === CLOSED ? asked : { ...all, open: or(all.open, asked.open) };
    }
    return all;
  }

  #ask(subject: Subject, { action, context }: EscalationRequest, target: Target, region: string): Asked {
    const row = { action, on: 'any' as const, ...(context ? { context } : {}) };
    const combined = ask(this.#account, { subject, row, target, region });
    return { open: settle(openOf(combined), new Set()), combined: [combined] };
  }
}

/** About the principal itself. */
function isOwn({ becomes }: Escalation): boolean {
  return becomes === 'any-policy' || becomes === 'no-boundary' || becomes === 'group';
}

function grants({ combined }: Asked): readonly Grant[] {
  return grantsOf(combined).filter(({ policy }) => policy !== ANY_POLICY_NAME);
}
