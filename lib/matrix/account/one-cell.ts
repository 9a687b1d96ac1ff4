import { allAnswers, type Combined, openOf } from '../../evaluator/combine.ts';
import { isGrant } from '../../evaluator/conclude.ts';
import type { Condition, Uncertainty } from '../../evaluator/decision.ts';
import { type Atom, and, assume, type Formula, not, or, settle } from '../../evaluator/formula.ts';
import type { Match } from '../../evaluator/match-statement.ts';
import { knownGiven } from '../../evaluator/residual/known-given.ts';
import { remaining } from '../../evaluator/residual/remaining.ts';
import type { Instance, SnapshotSettings } from '../../snapshot/snapshot.ts';
import { type Alternative, isJoint, type RequestRow } from '../paths/access-path.ts';
import type { AccessPath } from '../paths/access-paths.ts';
import type { Grant, Verdict } from '../paths/cell.ts';
import type { Account, Subject } from './account.ts';
import { decideWays } from './decide-ways.ts';
import { isNotCollected } from './not-collected.ts';
import { ask, type RequestWithPolicy } from './question.ts';
import { isKeyUnread } from './session-key.ts';
import type { Target } from './target.ts';
import { targetsOf } from './targets.ts';

/** One request of one alternative, and its result. */
export interface AskedRequest {
  readonly action: string;
  readonly resource: string;
  /** the row and its resource: two rows may have the same action with other keys */
  readonly asked: RequestWithPolicy;
  readonly combined: Combined;
  /** allowed and not denied */
  readonly open: Formula;
}

/** One alternative of a path for one principal on one instance. */
export interface AskedAlternative {
  readonly id: string;
  readonly requests: readonly AskedRequest[];
  readonly open: Formula;
  readonly chosen: readonly string[];
  readonly code?: Uncertainty;
  /** the missing call for a resource that it depends on; null: all are known */
  readonly missing: string | null;
}

/** A cell without its facts: the exact evaluator's decision for one principal, instance and path. */
export interface PathDecision {
  readonly verdict: Verdict;
  readonly condition: Condition | null;
  readonly alternative: AskedAlternative | null;
  readonly grants: readonly Grant[];
  readonly uncertain: readonly Uncertainty[];
  /** open or not, for chains that continue from here; settled */
  readonly open: Formula;
  /** the missing call, if no known alternative is open */
  readonly missing: string | null;
}

/** The alternatives that can apply to an instance of that platform, under these settings. */
export function alternativesOf(
  path: AccessPath,
  instance: Pick<Instance, 'platform' | 'state'>,
  settings: SnapshotSettings | undefined,
): readonly Alternative[] {
  return path.alternatives.filter((one) => isFor(one, instance) && isUnder(one, settings));
}

/** True if an alternative can apply to an instance. */
export function isFor(
  { platform, state }: Alternative,
  instance: Pick<Instance, 'platform' | 'state'>,
): boolean {
  return (
    (platform === undefined || platform === instance.platform) &&
    (state === undefined || state === instance.state)
  );
}

/** True if an alternative applies under these settings. */
export function isUnder({ under }: Alternative, settings: SnapshotSettings | undefined): boolean {
  return under === undefined || under.includes(settings?.defaultSessionDocument ?? 'either');
}

/**
 * An alternative with its requests evaluated. If one of several resources is meant, the first that is open, else the
 * first.
 */
export function askAlternative(
  alternative: Alternative,
  instance: Instance,
  subject: Subject,
  account: Account,
): AskedAlternative {
  const [first, ...others] = askAlternatives(alternative, instance, subject, account);
  const all = first ? [first, ...others] : [];
  return (
    all.find(({ open }) => open === true) ??
    all.find(({ open }) => open !== false) ??
    first ?? { id: alternative.id, requests: [], open: false, chosen: [], missing: null }
  );
}

/** The same for each resource if one of several is meant (`same`). */
export function askAlternatives(
  alternative: Alternative,
  instance: Instance,
  subject: Subject,
  account: Account,
): readonly AskedAlternative[] {
  const { same } = alternative;
  const asker = { instance, subject, account };
  const all = (row: RequestRow): readonly Target[] => targetsOf(row.on, instance, account, subject);
  if (same === undefined) return [askWith(alternative, asker, all)];
  const joint = new Map(
    alternative.requests.filter((row) => isJoint(row, alternative)).map((row) => [row, all(row)]),
  );
  return targetsOf(same, instance, account, subject).map((_, at) =>
    askWith(alternative, asker, (row) => joint.get(row)?.slice(at, at + 1) ?? all(row)),
  );
}

/** The caller and the instance. */
interface Asker {
  readonly instance: Instance;
  readonly subject: Subject;
  readonly account: Account;
}

function askWith(
  alternative: Alternative,
  { instance, subject, account }: Asker,
  targetsFor: (row: RequestRow) => readonly Target[],
): AskedAlternative {
  const { id, chosen = [], code } = alternative;
  const requests: AskedRequest[] = [];
  let open = assumedBy(alternative);
  let missing: string | null = null;
  for (const row of alternative.requests) {
    const targets = targetsFor(row);
    const asked = askRow(row, targets, { subject, region: instance.region }, account);
    if (asked.chosen) requests.push(asked.chosen);
    open = and(open, asked.open);
    missing ??= targets[0]?.missing ?? null;
  }
  return { id, requests, open, chosen, ...(code && { code }), missing };
}

/** What an alternative assumes before any request. */
export function assumedBy({ code, asks }: Alternative): Formula {
  return and(openWith(code), asks ?? true);
}

/**
 * A row is met if one of its resources is authorised. Shown is the first that is open without a condition, else the
 * first that is open.
 */
export function askRow(
  row: RequestRow,
  targets: readonly Target[],
  { subject, region }: Pick<RequestWithPolicy, 'subject' | 'region'>,
  account: Account,
): { readonly open: Formula; readonly chosen: AskedRequest | null } {
  if (row.ifAny && targets.length === 0)
    return { open: openWith(codeIfNone(row, region, account)), chosen: null };
  if (row.unasked) return { open: targets.length > 0, chosen: null };
  let open: Formula = false;
  let chosen: AskedRequest | null = null;
  for (const target of targets) {
    const asked = askTarget({ subject, row, target, region }, account);
    open = or(open, asked.open);
    if (!chosen || (chosen.open === false && asked.open !== false) || asked.open === true) chosen = asked;
    if (asked.open === true) break;
  }
  // a denied request also has the code: the policy that was not read may grant it
  if (row.policyUnread && open === false && chosen?.combined.denied === false)
    open = assume(row.policyUnread, false);
  return { open, chosen };
}

/** The code of a request with `ifAny` in a region where no such resource is known; null: there is certainly none. */
export function codeIfNone({ ifUnread }: RequestRow, region: string, account: Account): Uncertainty | null {
  return ifUnread && isKeyUnread(account.regions.get(region)) ? ifUnread : null;
}

/** Open, with the code if there is one. */
export const openWith = (code: Uncertainty | null | undefined): Formula => (code ? assume(code, true) : true);

function askTarget(asked: RequestWithPolicy, account: Account): AskedRequest {
  const { row, target } = asked;
  const combined = ask(account, asked);
  return { action: row.action, resource: target.arn, asked, combined, open: openIn(row, combined) };
}

/** True if a request of a path is met. */
export function openIn({ undenied, ungranted, policyUnread }: RequestRow, combined: Combined): Formula {
  if (undenied) {
    const granted = ungranted ? or(combined.allowed, assume(ungranted, true)) : true;
    return and(not(combined.denied), granted);
  }
  const open = openOf(combined);
  return policyUnread ? and(open, assume(policyUnread, true)) : open;
}

/** The path is open if any of the alternatives is. */
export function decide(alternatives: readonly AskedAlternative[], given: readonly Atom[]): PathDecision {
  const all = new Set(alternatives.flatMap(({ chosen }) => chosen));
  const { remains, open, named } = decideWays<AskedAlternative, boolean | Condition>(alternatives, {
    of: (formula, one) =>
      remaining(settle(formula, new Set()), { chosen: one ? new Set(one.chosen) : all, given }),
    isSame: sameResidual,
    isClosed: (residual) => residual === false,
  });
  const codes = new Set<Uncertainty>();
  const settled = settle(open, codes);
  const uncertain = [...codes].sort();
  if (!named) return { ...DENIED, uncertain };
  const { missing } = named;
  const condition = typeof remains === 'boolean' || missing !== null ? null : remains;
  const verdict = condition ? 'conditional' : 'allowed';
  return {
    verdict: missing === null ? verdict : 'unknown',
    condition,
    alternative: named,
    grants: requestGrants(named.requests.map(({ combined }) => combined)),
    uncertain,
    open: remains === true ? true : knownGiven(settled, given),
    missing,
  };
}

const DENIED = {
  verdict: 'denied',
  condition: null,
  alternative: null,
  grants: [],
  open: false,
  missing: null,
} as const;

function sameResidual(one: boolean | Condition, other: boolean | Condition): boolean {
  if (typeof one === 'boolean' || typeof other === 'boolean') return one === other;
  return JSON.stringify(one.anyOf) === JSON.stringify(other.anyOf);
}

/**
 * The statements that grant the requests, and statements of other layers that add to the condition. Placeholders are
 * left out.
 */
export function requestGrants(requests: readonly Combined[]): readonly Grant[] {
  return grantsAmong(
    requests.flatMap(({ answers }) => allAnswers(answers).flatMap(({ matches }) => matches)),
  );
}

/** The same for matched statements; `here` evaluates a formula at this place. */
export function grantsAmong(
  matches: readonly Match[],
  here: (formula: Formula) => Formula = (formula) => formula,
): readonly Grant[] {
  const grants = new Map<string, Grant>();
  const codes = new Set<Uncertainty>();
  for (const { ref, applies } of matches) {
    const settled = settle(here(applies), codes);
    const bears = isGrant(ref) ? settled !== false : typeof settled !== 'boolean';
    if (!bears || isNotCollected(ref.policy)) continue;
    const { policy, statement, sid, layer } = ref;
    grants.set(`${layer} ${policy} ${statement}`, { policy, statement, sid, layer });
  }
  return [...grants.values()];
}
