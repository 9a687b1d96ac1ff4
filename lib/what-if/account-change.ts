import type { CompiledPolicy } from '../evaluator/compile.ts';
import type { Subject } from '../matrix/account/account.ts';
import { isAttachedStep } from '../matrix/account/attached-sets.ts';
import { compileRecord } from '../matrix/account/compile-record.ts';
import { escalationRows } from '../matrix/account/escalation-actions.ts';
import { hasAnyPolicy, isEverything } from '../matrix/account/hypothetical-principals.ts';
import type { BuiltRows } from '../matrix/build.ts';
import { remembered } from '../memory/remembered.ts';
import { isReadable } from '../snapshot/readable.ts';
import type { PolicyRecord, Snapshot } from '../snapshot/snapshot.ts';
import type { PolicyPair } from './new-distinctions.ts';
import { type Compiled, type DifferingList, OwnDenies } from './own-denies-change.ts';
import type { OtherPolicies } from './policy-change.ts';
import { areEqualLists, differOnlyInPolicies, haveSameLists, onlyGain, policyLists } from './policy-lists.ts';

/** `roughly`: ignores changes of what principals could make of themselves. */
export type Precision = 'exactly' | 'roughly';

/** The account with one policy's content replaced. */
export function withRecord(snapshot: Snapshot, record: PolicyRecord): Snapshot {
  return { ...snapshot, policies: snapshot.policies.map((one) => (one.id === record.id ? record : one)) };
}

/**
 * The identity policies of users and roles that differ between an account and one made from it by replacing things.
 * Null if anything else differs, or if a difference cannot be read.
 */
export function otherPolicies(built: BuiltRows, after: Snapshot, how: Precision): OtherPolicies | null {
  const before = built.audited.account.snapshot;
  const compiled = differOnlyInPolicies(before, after) ? compiledIn(built, after) : null;
  if (!compiled) return null;
  const lists = differingLists(built, after, compiled);
  const denies = new OwnDenies(built, after, compiled);
  if (how === 'exactly' && lists.some((one) => denies.differ(one))) return null;
  const policiesOf = new Map<number, readonly CompiledPolicy[]>();
  for (const { p, own } of lists) {
    const policies = own.map(compiled.is).filter((policy) => policy !== undefined);
    if (policies.length < own.length) return null;
    policiesOf.set(p, policies);
  }
  const attaches = hypotheticals(built).some(([p]) =>
    isAttachedStep(built.rows.escalations.joinedGroup(p) ?? ''),
  );
  if (attaches && how === 'exactly') return null;
  const isExact = haveSameLists(before, after)
    ? sayOtherwise(built, compiled, policiesOf)
    : areGivenOtherwise(built, after, compiled, policiesOf);
  if (!isExact && how === 'exactly') return null;
  const pairs = [
    ...lists.flatMap(({ old, own }) => [...movedPairs(old, own, compiled)]),
    ...changedPairs(compiled),
    ...groupPairs(before, after, compiled),
  ];
  return { pairs: [...new Map(pairs).values()], policiesOf };
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

/** The hypothetical principals, which follow the real ones. */
const hypotheticals = ({ rows, subjects }: BuiltRows) =>
  [...rows.subjects.entries()].slice(subjects.length).filter(([, subject]) => !hasAnyPolicy(subject));

/** Everybody has the same policies, and some have changed content. */
function sayOtherwise(
  built: BuiltRows,
  { was, changed }: Compiled,
  policiesOf: Map<number, readonly CompiledPolicy[]>,
): true {
  const next = new Map([...changed].map(([id, policy]) => [was(id), policy]));
  for (const [p, { layers }] of hypotheticals(built)) {
    const { identityPolicies } = layers;
    if (identityPolicies.some((policy) => next.has(policy)))
      policiesOf.set(
        p,
        identityPolicies.map((policy) => next.get(policy) ?? policy),
      );
  }
  return true;
}

/** Some have other policies. False if it cannot be decided what principals could then make of themselves. */
function areGivenOtherwise(
  built: BuiltRows,
  after: Snapshot,
  { is }: Compiled,
  policiesOf: Map<number, readonly CompiledPolicy[]>,
): boolean {
  const { audited, rows, subjects } = built;
  // a group that only denies more gives nobody anything, so nobody joins it who did not before
  const denies = (id: string): boolean =>
    is(id)?.statements.every(({ effect }) => effect === 'Deny') ?? false;
  if (!onlyGain(audited.account.snapshot, after, denies) && subjects.some(joinsGroups)) return false;
  const [was, lists] = [policyLists(audited.account.snapshot), policyLists(after)];
  const groups = new Map(after.groups.map((group) => [group.arn, group.policies]));
  for (const [p, { arn, layers }] of hypotheticals(built)) {
    const joined = rows.escalations.joinedGroup(p);
    // new principals, attached policies and versions
    const ofGroup = joined === null ? [] : groups.get(joined);
    if (!lists.has(arn) || !ofGroup) return false;
    const { identityPolicies: all } = layers;
    const before = new Set(was.get(arn));
    const has = new Set(all.map(({ name }) => name));
    const ids = [...(lists.get(arn) ?? []), ...ofGroup];
    // it may have removed some of them, and the service that uses it may be limited
    const kept = ids.filter((id) => has.has(id) || !before.has(id));
    const more = all.filter(({ name }) => !before.has(name) && !audited.account.policies.has(name));
    const next = [...new Set([...kept.flatMap((id) => is(id) ?? []), ...more])];
    if (next.length !== all.length || next.some((policy, i) => policy !== all[i])) policiesOf.set(p, next);
  }
  return true;
}

/** True if it may join a group, so that the groups' policies affect what it can make of itself. */
const joinsGroups = (subject: Subject): boolean =>
  !isEverything(subject.layers.identityPolicies) &&
  escalationRows(subject).some(({ becomes }) => becomes === 'group');
