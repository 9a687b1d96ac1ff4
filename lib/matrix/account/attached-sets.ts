import { type CompiledPolicy, type CompiledStatement, statementsFor } from '../../evaluator/compile.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Group } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from './account.ts';
import { isAnyResource } from './any-resource.ts';
import { type Attachable, attachableKinds } from './attachable-policies.ts';
import { ASKED_ACTIONS } from './denied-sessions.ts';
import { isNotCollected, missingFrom } from './not-collected.ts';

/** Policies that a principal attaches, or gets by joining a group. */
export interface AttachedSet {
  /** as a chain shows it: their ARNs, with spaces between, or that of the group */
  readonly step: string;
  readonly policies: readonly CompiledPolicy[];
  /** ARN of the group that it joins; left out: none */
  readonly group?: string;
}

/** Different for different sets. */
export const nameOfSet = ({ step, group = step }: Pick<AttachedSet, 'step' | 'group'>): string =>
  group === step ? step : `${step} ${group}`;

/** The policies of a group. */
export const setOfGroup = ({ arn, policies }: Group, account: Account): AttachedSet => ({
  step: arn,
  policies: policies.map((id) => account.policies.get(id)).filter((policy) => policy !== undefined),
  group: arn,
});

/** The policies of a group, and those that are attached to it. */
export const setInGroup = (set: AttachedSet, group: Group, account: Account): AttachedSet => ({
  step: set.step,
  policies: [...setOfGroup(group, account).policies, ...set.policies],
  group: group.arn,
});

/**
 * The largest number of managed policies of a user or role.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const MOST_ATTACHED = 20;

/** The largest number of policies with a Deny that are tried, each with all others. */
const MOST_DENYING = 4;

/** What a policy says of the requests of paths and escalations: the actions by their numbers. */
interface Said {
  /** allowed on everything without a condition */
  readonly full: ReadonlySet<string>;
  readonly allowed: ReadonlySet<string>;
  readonly denies: boolean;
}

const said = new WeakMap<CompiledPolicy, Said>();

function saidBy(policy: CompiledPolicy): Said {
  return remembered(said, policy, () => {
    const by = ASKED_ACTIONS.map((action) => ({ action, statements: statementsFor(policy, action) }));
    const having = (is: (one: CompiledStatement) => boolean): ReadonlySet<string> =>
      new Set(by.filter(({ statements }) => statements.some(is)).map(({ action }) => action));
    return {
      full: having(isFull),
      allowed: having(({ effect }) => effect === 'Allow'),
      denies: having(({ effect }) => effect !== 'Allow').size > 0,
    };
  });
}

const isFull = (statement: CompiledStatement): boolean =>
  statement.effect === 'Allow' &&
  statement.clauses.length === 0 &&
  !(statement.inert || statement.emptyOperators) &&
  isAnyResource(statement);

/**
 * Sets of policies that give what all of these give: without those of which others allow everything. One with a Deny, or
 * one that was not read, would spoil the others, so there is a set without it.
 */
export function attachedSets(all: readonly Attachable[]): readonly AttachedSet[] {
  const isPlain = ({ compiled }: Attachable): boolean =>
    !isNotCollected(compiled.name) && !saidBy(compiled).denies;
  const covered = new Set<string>();
  const kept = inOrder(all.filter(isPlain)).filter(({ compiled }) => adds(compiled, covered));
  const spoiling = all.filter((one) => !isPlain(one)).filter(({ compiled }) => adds(compiled, covered));
  const plain: (readonly Attachable[])[] = [];
  for (let at = 0; at < kept.length; at += MOST_ATTACHED) plain.push(kept.slice(at, at + MOST_ATTACHED));
  const first = (plain[0] ?? []).slice(0, MOST_ATTACHED - 1);
  return [...plain, ...spoiling.slice(0, MOST_DENYING).map((one) => [...first, one])].map((set) => ({
    step: set.map(({ arn }) => arn).join(' '),
    policies: set.map(({ compiled }) => compiled),
  }));
}

/** Those that allow most come first. */
const inOrder = (all: readonly Attachable[]): readonly Attachable[] =>
  [...all].sort(
    (a, b) =>
      saidBy(b.compiled).full.size - saidBy(a.compiled).full.size ||
      (a.arn < b.arn ? -1 : Number(a.arn > b.arn)),
  );

/** True if the policy allows something that is not covered; it is from then on. */
function adds(policy: CompiledPolicy, covered: Set<string>): boolean {
  const { full, allowed, denies } = saidBy(policy);
  if ([...allowed].every((action) => covered.has(action))) return false;
  if (!denies) for (const action of full) covered.add(action);
  return true;
}

const arns = new WeakMap<Account, ReadonlyMap<string, CompiledPolicy>>();

/** The policies that a step of a chain names; null: it is another kind of step. */
export function attachedAt(step: string, account: Account): AttachedSet | null {
  if (!isAttachedStep(step)) return null;
  const known = remembered(
    arns,
    account,
    () =>
      new Map(attachableKinds(account).flatMap((kind) => kind.map(({ arn, compiled }) => [arn, compiled]))),
  );
  const policies = step.split(' ').map((arn) => known.get(arn));
  const found = policies.filter((policy) => policy !== undefined);
  return found.length === policies.length ? { step, policies: found } : null;
}

/** True for ARNs of policies that are attached; not for versions of policies. */
export const isAttachedStep = (step: string): boolean =>
  /^arn:[^:]*:iam::[^:]*:policy\/[^:]*( arn:|$)/.test(step);

/** The principal with these policies added. */
export function withAttached(subject: Subject, { policies, group }: AttachedSet): Subject {
  const { layers } = subject;
  const identityPolicies = [...new Set([...layers.identityPolicies, ...policies])];
  const missing = missingFrom([...identityPolicies, layers.permissionsBoundary ?? undefined]);
  const joined = group === undefined ? {} : { joined: group };
  return { ...subject, ...joined, missing, layers: { ...layers, identityPolicies } };
}
