import { callsThat } from '../cloudtrail/calls-that.ts';
import { quoted } from '../policy/quoted.ts';
import type { Group, PolicyRecord, Role, Snapshot, User } from '../snapshot/snapshot.ts';
import { isUnlisted } from '../snapshot/unlisted.ts';
import { folds, lifeFolding, subjectsText } from './folding.ts';
import type { InputChange, InputSubject, Marks } from './input-change.ts';
import { namePolicy } from './policy-changes.ts';
import { listChanges, pairs } from './same.ts';
import { tagChanges } from './tag-changes.ts';
import type { OneThatMoved } from './turnover.ts';
import { undoAttachment, undoBoundary, undoInline, undoMembership } from './undo.ts';

interface Records {
  readonly before: ReadonlyMap<string, PolicyRecord>;
  readonly after: ReadonlyMap<string, PolicyRecord>;
}

/**
 * Changes of users and roles and of their groups, by ARN of the user or role; and of groups, by theirs: a
 * chain may lead through a group that somebody joins. `lifeOf`: for one that is in one of the two audits
 * only.
 */
export function principalChanges(
  before: Snapshot,
  after: Snapshot,
  lifeOf: (arn: string) => OneThatMoved | undefined,
): Map<string, InputChange[]> {
  const records = { before: byId(before), after: byId(after) };
  const groups = groupChanges(before, after, records);
  const found = new Map<string, InputChange[]>();
  const put = (arn: string, changes: InputChange[]) => {
    if (changes.length > 0) found.set(arn, changes);
  };
  for (const [arn, old, now] of pairs(before.users, after.users, (one) => one.arn)) {
    const inGroups = [...new Set([...(old?.groups ?? []), ...(now?.groups ?? [])])];
    const through = inGroups.flatMap((name) => groups.get(name) ?? []);
    put(arn, [
      ...holderChanges('user', [old, now], records, lifeOf(arn)),
      ...membership(old, now, before, after),
      ...through,
    ]);
  }
  for (const [arn, old, now] of pairs(before.roles, after.roles, (one) => one.arn)) {
    put(arn, holderChanges('role', [old, now], records, lifeOf(arn)));
  }
  for (const [arn, group] of pairs(before.groups, after.groups, (one) => one.arn))
    put(arn, groups.get(group?.name ?? '') ?? []);
  return found;
}

function byId(snapshot: Snapshot): Map<string, PolicyRecord> {
  return new Map(snapshot.policies.map((record) => [record.id, record]));
}

/** A user, a role or a group. */
export interface IdentitySubject extends InputSubject {
  readonly word: 'user' | 'role' | 'group';
}

function marksOf({ word, name }: IdentitySubject): Marks {
  if (word === 'user') return { users: [name] };
  return word === 'role' ? { roles: [name] } : { groups: [name] };
}

/** Created or deleted includes everything; else attachments, boundary and tags. */
function holderChanges(
  word: 'user' | 'role',
  [old, now]: readonly [old: User | Role | undefined, now: User | Role | undefined],
  records: Records,
  life: OneThatMoved | undefined,
): InputChange[] {
  const who = now ?? old;
  if (!who) return [];
  const owner: IdentitySubject = { word, name: who.name };
  if (!old || !now) return [lifeChange(owner, old === undefined, life)];
  const again = old.id !== now.id ? [againChange(owner)] : [];
  return [
    ...again,
    ...attachments(owner, old.policies, now.policies, records),
    ...boundaryChange(owner, old.boundary, now.boundary, records),
    ...tagChanges({
      ...{ subject: owner, before: old.tags, after: now.tags, marks: marksOf(owner) },
      ...{ events: TAGS, region: null },
    }),
  ];
}

function lifeChange(owner: IdentitySubject, isNew: boolean, life: OneThatMoved | undefined): InputChange {
  return {
    kind: 'principal',
    detail: `${subjectsText([owner])} is ${isNew ? 'new' : 'gone'}`,
    folding: lifeFolding('principal', owner, isNew, life),
    life: isNew ? 'new' : 'gone',
    policies: [],
    marks: marksOf(owner),
    events: LIFE,
  };
}

/** A user or role that was deleted and created again under the same name. */
export function againChange(owner: IdentitySubject): InputChange {
  const what = 'deleted and created again under the same name';
  const sentence = (who: string): string => `${who} were ${what}`;
  return {
    kind: 'principal',
    detail: `${subjectsText([owner])} was ${what}`,
    folding: folds('again', owner, { as: [], sentence }, { as: '', sentence }),
    life: 'again',
    policies: [],
    marks: marksOf(owner),
    events: LIFE,
  };
}

const LIFE = callsThat('principal');
const TAGS = callsThat('principal-tag', 'tag');
const ATTACHES = callsThat('attachment');
const WRITES_INLINE = callsThat('inline-policy');
const BOUNDS = callsThat('boundary');
const JOINS = callsThat('group');

function attachments(
  owner: IdentitySubject,
  old: readonly string[],
  now: readonly string[],
  records: Records,
): InputChange[] {
  if (areUnlisted(old, now)) return [];
  const { added, removed } = listChanges(old, now);
  return [
    ...added.map((id) => attachment(owner, id, records.after.get(id), true)),
    ...removed.map((id) => attachment(owner, id, records.before.get(id), false)),
  ];
}

/** If a list is missing on one side, the entries on the other side need not be a change. */
const areUnlisted = (old: readonly string[], now: readonly string[]): boolean =>
  [...old, ...now].some(isUnlisted);

/** An inline policy is put and deleted, a managed one attached and detached. */
function attachment(
  owner: IdentitySubject,
  id: string,
  record: PolicyRecord | undefined,
  added: boolean,
): InputChange {
  if (record?.kind === 'inline') return inlineChange(owner, record, added);
  const name = record?.name ?? id;
  const policy = record ? namePolicy(record) : `policy ${quoted(id)}`;
  const done = added ? 'attached to' : 'detached from';
  const sentence = (who: string): string => `${policy} was ${done} ${who}`;
  return {
    kind: 'attachment',
    detail: sentence(subjectsText([owner])),
    folding: folds(
      'attachment',
      owner,
      { as: [id], sentence },
      { as: done, sentence: (who) => `policies were ${done} ${who}` },
    ),
    policies: [id],
    marks: { policies: [id, name], ...marksOf(owner) },
    events: ATTACHES,
    undo: undoAttachment(owner, id, added),
  };
}

/** Inline policies of one name are reported together if there are too many: their documents may differ. */
function inlineChange(owner: IdentitySubject, record: PolicyRecord, added: boolean): InputChange {
  const done = added ? 'added' : 'deleted';
  const sentence = (who: string): string => `inline policies of ${who} were ${done}`;
  return {
    kind: 'policy',
    detail: `${namePolicy(record)} was ${done}`,
    folding: folds('inline', owner, { as: [record.id], sentence }, { as: done, sentence }),
    policies: [record.id],
    marks: { policies: [record.name], ...marksOf(owner) },
    events: WRITES_INLINE,
    undo: undoInline(owner, record, added),
  };
}

function boundaryChange(
  owner: IdentitySubject,
  old: string | null,
  now: string | null,
  records: Records,
): InputChange[] {
  if (old === now) return [];
  const name = (id: string | null, from: ReadonlyMap<string, PolicyRecord>) =>
    id === null ? 'none' : quoted(from.get(id)?.name ?? id);
  const how = `changed from ${name(old, records.before)} to ${name(now, records.after)}`;
  const sentence = (who: string): string => `the permissions boundary of ${who} ${how}`;
  return [
    {
      kind: 'boundary',
      detail: sentence(subjectsText([owner])),
      folding: folds(
        'boundary',
        owner,
        { as: [old ?? '', now ?? ''], sentence },
        { as: '', sentence: (who) => `the permissions boundary of ${who} changed` },
      ),
      policies: [old, now].filter((id) => id !== null),
      marks: marksOf(owner),
      events: BOUNDS,
      undo: undoBoundary(owner, old),
    },
  ];
}

function membership(
  old: User | undefined,
  now: User | undefined,
  before: Snapshot,
  after: Snapshot,
): InputChange[] {
  if (!old || !now || areUnlisted(old.policies, now.policies)) return [];
  const { added, removed } = listChanges(old.groups, now.groups);
  const subject: InputSubject = { word: 'user', name: now.name };
  const change = (name: string, added: boolean, groups: readonly Group[]): InputChange => {
    const done = added ? 'added to' : 'removed from';
    const sentence = (who: string): string =>
      `${who} ${who.startsWith('user ') ? 'was' : 'were'} ${done} group ${quoted(name)}`;
    return {
      kind: 'group',
      detail: sentence(subjectsText([subject])),
      folding: folds(
        'group',
        subject,
        { as: [name], sentence },
        { as: done, sentence: (who) => `${who} were ${done} groups` },
      ),
      policies: groups.find((one) => one.name === name)?.policies ?? [],
      marks: { users: [now.name], groups: [name] },
      events: JOINS,
      undo: undoMembership(now.name, name, added),
    };
  };
  return [
    ...added.map((name) => change(name, true, after.groups)),
    ...removed.map((name) => change(name, false, before.groups)),
  ];
}

/** Policies attached to or detached from groups that exist on both sides, by group name. */
function groupChanges(before: Snapshot, after: Snapshot, records: Records): Map<string, InputChange[]> {
  const found = new Map<string, InputChange[]>();
  for (const [name, old, now] of pairs(before.groups, after.groups, (one) => one.name)) {
    if (!old || !now) continue;
    found.set(name, attachments({ word: 'group', name }, old.policies, now.policies, records));
  }
  return found;
}
