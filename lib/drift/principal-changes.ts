import { quoted } from '../policy/quoted.ts';
import type { Group, PolicyRecord, Role, Snapshot, User } from '../snapshot/snapshot.ts';
import type { CauseKind, InputChange, Marks } from './input-change.ts';
import { namePolicy } from './policy-changes.ts';
import { listChanges, pairs } from './same.ts';
import { tagChanges } from './tag-changes.ts';

interface Records {
  readonly before: ReadonlyMap<string, PolicyRecord>;
  readonly after: ReadonlyMap<string, PolicyRecord>;
}

/** What differs about users and roles and about the groups that they are in, by ARN of the user or role. */
export function principalChanges(before: Snapshot, after: Snapshot): Map<string, InputChange[]> {
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
      ...holderChanges('user', old, now, records),
      ...membership(old, now, before, after),
      ...through,
    ]);
  }
  for (const [arn, old, now] of pairs(before.roles, after.roles, (one) => one.arn)) {
    put(arn, holderChanges('role', old, now, records));
  }
  return found;
}

function byId(snapshot: Snapshot): Map<string, PolicyRecord> {
  return new Map(snapshot.policies.map((record) => [record.id, record]));
}

type Word = 'user' | 'role' | 'group';

function marksOf(word: Word, name: string): Marks {
  if (word === 'user') return { users: [name] };
  return word === 'role' ? { roles: [name] } : { groups: [name] };
}

/** Created or deleted says all; else attachments, boundary and tags. */
function holderChanges(
  word: 'user' | 'role',
  old: User | Role | undefined,
  now: User | Role | undefined,
  records: Records,
): InputChange[] {
  const who = now ?? old;
  if (!who) return [];
  const subject = `${word} ${quoted(who.name)}`;
  const marks = marksOf(word, who.name);
  const life = (what: string): InputChange[] => [
    { kind: 'principal', detail: `${subject} ${what}`, policies: [], marks, events: LIFE },
  ];
  if (!old) return life('is new');
  if (!now) return life('is gone');
  const again = old.id !== now.id ? life('was deleted and created again under the same name') : [];
  return [
    ...again,
    ...attachments(subject, marks, old.policies, now.policies, records),
    ...boundaryChange(subject, marks, old.boundary, now.boundary, records),
    ...tagChanges(subject, old.tags, now.tags, marks, /^(Tag|Untag)(User|Role)$|^(Tag|Untag)Resources$/),
  ];
}

const LIFE =
  /^(Create|Delete|Update)(User|Role)$|^CreateServiceLinkedRole$|^DeleteServiceLinkedRole$|^AcquireRole$/;

function attachments(
  subject: string,
  marks: Marks,
  old: readonly string[],
  now: readonly string[],
  records: Records,
): InputChange[] {
  const { added, removed } = listChanges(old, now);
  return [
    ...added.map((id) => attachment(subject, marks, id, records.after.get(id), true)),
    ...removed.map((id) => attachment(subject, marks, id, records.before.get(id), false)),
  ];
}

/** An inline policy is put and deleted, a managed one attached and detached. */
function attachment(
  subject: string,
  marks: Marks,
  id: string,
  record: PolicyRecord | undefined,
  added: boolean,
): InputChange {
  const name = record?.name ?? id;
  const inline = record?.kind === 'inline';
  const done = inline
    ? added
      ? 'was added'
      : 'was deleted'
    : added
      ? `was attached to ${subject}`
      : `was detached from ${subject}`;
  const kind: CauseKind = inline ? 'policy' : 'attachment';
  return {
    kind,
    detail: `${record ? namePolicy(record) : `policy ${quoted(id)}`} ${done}`,
    policies: [id],
    marks: { policies: inline ? [name] : [id, name], ...marks },
    events: inline ? /^(Put|Delete)(User|Role|Group)Policy$/ : /^(Attach|Detach)(User|Role|Group)Policy$/,
  };
}

function boundaryChange(
  subject: string,
  marks: Marks,
  old: string | null,
  now: string | null,
  records: Records,
): InputChange[] {
  if (old === now) return [];
  const name = (id: string | null, from: ReadonlyMap<string, PolicyRecord>) =>
    id === null ? 'none' : quoted(from.get(id)?.name ?? id);
  return [
    {
      kind: 'boundary',
      detail: `the permissions boundary of ${subject} changed from ${name(old, records.before)} to ${name(now, records.after)}`,
      policies: [old, now].filter((id) => id !== null),
      marks,
      events: /PermissionsBoundary$/,
    },
  ];
}

function membership(
  old: User | undefined,
  now: User | undefined,
  before: Snapshot,
  after: Snapshot,
): InputChange[] {
  if (!old || !now) return [];
  const { added, removed } = listChanges(old.groups, now.groups);
  const change = (name: string, what: string, groups: readonly Group[]): InputChange => ({
    kind: 'group',
    detail: `user ${quoted(now.name)} was ${what} group ${quoted(name)}`,
    policies: groups.find((one) => one.name === name)?.policies ?? [],
    marks: { users: [now.name], groups: [name] },
    events: /^(Add|Remove)User(To|From)Group$/,
  });
  return [
    ...added.map((name) => change(name, 'added to', after.groups)),
    ...removed.map((name) => change(name, 'removed from', before.groups)),
  ];
}

/** What was attached to or detached from groups that stand on both sides, by group name. */
function groupChanges(before: Snapshot, after: Snapshot, records: Records): Map<string, InputChange[]> {
  const found = new Map<string, InputChange[]>();
  for (const [name, old, now] of pairs(before.groups, after.groups, (one) => one.name)) {
    if (!old || !now) continue;
    found.set(
      name,
      attachments(`group ${quoted(name)}`, marksOf('group', name), old.policies, now.policies, records),
    );
  }
  return found;
}
