import type { CompiledPolicy } from '../evaluator/compile.ts';
import { compileRecord } from '../matrix/account/compile-record.ts';
import { hasAnyPolicy } from '../matrix/account/hypothetical-principals.ts';
import { policyOfVersion } from '../matrix/account/policy-versions.ts';
import type { BuiltRows } from '../matrix/build.ts';
import { remembered } from '../memory/remembered.ts';
import { isReadable } from '../snapshot/readable.ts';
import type { PolicyRecord, Snapshot } from '../snapshot/snapshot.ts';
import { Gains } from './gains-change.ts';
import type { PolicyPair } from './new-distinctions.ts';
import { type Compiled, type DifferingList, OwnDenies } from './own-denies-change.ts';
import type { OtherPolicies } from './policy-change.ts';
import { areEqualLists, differOnlyInPolicies, policyLists } from './policy-lists.ts';

/** `roughly`: ignores changes of what principals could make of themselves. */
export type Precision = 'exactly' | 'roughly';

/** The account with one policy's content replaced. */
export function withRecord(snapshot: Snapshot, record: PolicyRecord): Snapshot {
  return { ...snapshot, policies: snapshot.policies.map((one) => (one.id === record.id ? record : one)) };
}

/**
 * The identity policies of principals that differ between an account and one made from it by replacing things. Null if
 * anything else differs, or if a difference cannot be read; also, unless an estimate is wanted, if principals could
 * make something else of themselves or of others by them.
 */
export function otherPolicies(built: BuiltRows, after: Snapshot, how: Precision): OtherPolicies | null {
  const before = built.audited.account.snapshot;
  const compiled = differOnlyInPolicies(before, after) ? compiledIn(built, after) : null;
  if (!compiled) return null;
  const real = differingLists(built, after, compiled);
  if (real.some(({ own }) => own.some((id) => compiled.is(id) === undefined))) return null;
  const made = hypotheticalLists(built, after, compiled);
  const lists = [...real, ...made.filter((one) => one !== null)];
  if (how === 'exactly') {
    const denies = new OwnDenies(built, after, compiled);
    if (made.includes(null) || lists.some((one) => denies.differ(one))) return null;
    if (new Gains(built, after, compiled).differ(lists)) return null;
  }
  const pairs = [
    ...lists.flatMap(({ old, own }) => [...movedPairs(old, own, compiled)]),
    ...changedPairs(compiled),
    ...groupPairs(before, after, compiled),
  ];
  return { pairs: [...new Map(pairs).values()], policiesOf: policiesOf(built, lists, compiled) };
}

/**
 * Policies that affect principals in only one of the two accounts, or with different contents. Null if anything else
 * differs, or if a difference cannot be read.
 */
export function changedPolicies(built: BuiltRows, after: Snapshot): readonly CompiledPolicy[] | null {
  const { account } = built.audited;
  const compiled = differOnlyInPolicies(account.snapshot, after) ? compiledIn(built, after) : null;
  if (!compiled) return null;
  const had = new Set([...policyLists(account.snapshot).values()].flat());
  const have = [...policyLists(after).values(), ...after.groups.map((group) => group.policies)].flat();
  const given = [...new Set(have)].filter((id) => !had.has(id) && !compiled.changed.has(id));
  return [...compiled.changed.values(), ...given.flatMap((id) => compiled.is(id) ?? [])];
}

/** The ids of the policies of everybody with other policies, or with one of changed content. */
function differingLists(
  { audited, subjects }: BuiltRows,
  after: Snapshot,
  { changed }: Compiled,
): readonly DifferingList[] {
  const [was, is] = [policyLists(audited.account.snapshot), policyLists(after)];
  return subjects.flatMap(({ arn }, p) => {
    const [old, own] = [was.get(arn), is.get(arn)];
    if (!old || !own) return [];
    const isSame = areEqualLists(old, own) && !own.some((id) => changed.has(id));
    return isSame ? [] : [{ p, old, own }];
  });
}

/** Policies that were compiled before stay the same objects, so cached results about them are reused. */
const compiledFor = new WeakMap<BuiltRows['audited'], Map<string, CompiledPolicy>>();

function compiledIn({ audited }: BuiltRows, after: Snapshot): Compiled | null {
  const { policies, snapshot } = audited.account;
  const known = new Map(snapshot.policies.map((one) => [one.id, one]));
  const compiledBefore = remembered(compiledFor, audited, () => new Map<string, CompiledPolicy>());
  const changed = new Map<string, CompiledPolicy>();
  if (after.policies.filter(({ id }) => known.has(id)).length < known.size) return null;
  for (const record of after.policies) {
    if (known.get(record.id) === record) continue;
    if (!isReadable(record)) return null;
    const policy = remembered(compiledBefore, JSON.stringify(record), () => compileRecord(record));
    changed.set(record.id, policy);
  }
  return { was: (id) => policies.get(id), is: (id) => changed.get(id) ?? policies.get(id), changed };
}

/** The policies with changed content; a policy without holders may still limit somebody. */
function* changedPairs({ was, changed }: Compiled): Generator<readonly [string, PolicyPair]> {
  for (const [id, after] of changed) {
    const before = was(id);
    if (before) yield [`other ${id}`, { before, after }];
  }
}

/** The policies that holders lose or gain. */
function* movedPairs(
  old: readonly string[],
  own: readonly string[],
  { was, is }: Compiled,
): Generator<readonly [string, PolicyPair]> {
  for (const id of old.filter((one) => !own.includes(one)))
    yield [`less ${id}`, { before: was(id) ?? NOTHING, after: NOTHING }];
  for (const id of own.filter((one) => !old.includes(one)))
    yield [`more ${id}`, { before: NOTHING, after: is(id) ?? NOTHING }];
}

/** Policies of groups without members count as well: somebody may join them. */
function* groupPairs(
  before: Snapshot,
  after: Snapshot,
  compiled: Compiled,
): Generator<readonly [string, PolicyPair]> {
  const own = new Map(after.groups.map(({ arn, policies }) => [arn, policies]));
  for (const { arn, policies } of before.groups) yield* movedPairs(policies, own.get(arn) ?? [], compiled);
}

const NOTHING = compileRecord({
  ...{ id: '', name: '', kind: 'inline', problems: [] },
  document: { Version: '2012-10-17', Statement: [] },
});

/** The hypothetical principals without any policy: they follow the real ones. */
const hypotheticals = ({ rows, subjects }: BuiltRows) =>
  [...rows.subjects.entries()].slice(subjects.length).filter(([, subject]) => !hasAnyPolicy(subject));

/** The same for hypothetical principals; null: it does not have all that makes it one any more. */
function hypotheticalLists(
  built: BuiltRows,
  after: Snapshot,
  { changed }: Compiled,
): readonly (DifferingList | null)[] {
  const { rows, audited } = built;
  const [was, is] = [policyLists(audited.account.snapshot), policyLists(after)];
  const groups = new Map(after.groups.map(({ arn, policies }) => [arn, policies]));
  const { policies } = audited.account;
  const policiesAt = (step: string): readonly string[] =>
    groups.get(step) ?? (policies.has(step) ? [step] : NO_POLICIES);
  return hypotheticals(built).flatMap(([p, { arn, layers }]) => {
    const old = layers.identityPolicies.map(({ name }) => name);
    const before = was.get(arn) ?? NO_POLICIES;
    const given = givenTo(rows.escalations.joinedGroup(p), is.get(arn) ?? NO_POLICIES, policiesAt);
    if (given === null) return [null];
    // it may have removed some of them, and the service that uses it may be limited
    const kept = given.filter((id) => old.includes(id) || !before.includes(id));
    const more = old.filter((id) => !before.includes(id) && !policies.has(id));
    const own = [...new Set([...kept, ...more])];
    return areEqualLists(old, own) && !own.some((id) => changed.has(id)) ? [] : [{ p, old, own }];
  });
}

/**
 * Its own policies, with those of the group that it joins, those that it attaches, or the version that it activates.
 * Null: it has not the policy of that version.
 */
function givenTo(
  joined: string | null,
  own: readonly string[],
  policiesAt: (step: string) => readonly string[],
): readonly string[] | null {
  if (joined === null) return own;
  const policy = policyOfVersion(joined);
  if (policy === null) return [...own, ...joined.split(' ').flatMap(policiesAt)];
  return own.includes(policy) ? own.map((id) => (id === policy ? joined : id)) : null;
}

const NO_POLICIES: readonly string[] = [];

/** The policies of each list. A policy that is not of the account stays as it is. */
function policiesOf(
  { rows }: BuiltRows,
  lists: readonly DifferingList[],
  { is }: Compiled,
): ReadonlyMap<number, readonly CompiledPolicy[]> {
  return new Map(
    lists.map(({ p, own }) => {
      const { identityPolicies } = rows.subject(p).layers;
      const known = new Map(identityPolicies.map((policy) => [policy.name, policy]));
      return [p, own.flatMap((id) => is(id) ?? known.get(id) ?? [])];
    }),
  );
}
