import { callsThat } from '../cloudtrail/calls-that.ts';
import { plain, quoted } from '../policy/quoted.ts';
import type { OrganizationLevel, PolicyRecord, Snapshot } from '../snapshot/snapshot.ts';
import type { InputChange } from './input-change.ts';
import { namePolicy } from './policy-changes.ts';
import { listChanges, pairs } from './same.ts';
import { undoGuardrail } from './undo.ts';

const EVENTS = callsThat('guardrail');

/**
 * Guardrails that were attached to or detached from a level above the account, and levels that came or went.
 * Their documents are policy changes.
 */
export function guardrailChanges(before: Snapshot, after: Snapshot): InputChange[] {
  const levels = (snapshot: Snapshot) => snapshot.organization?.levels ?? [];
  const records = new Map([...before.policies, ...after.policies].map((record) => [record.id, record]));
  const changes: InputChange[] = [];
  for (const [target, old, now] of pairs(levels(before), levels(after), (one) => one.targetId)) {
    const name = nameOf(target, now ?? old);
    if (!old || !now) changes.push(levelChange(name, old ?? now, now !== undefined));
    else changes.push(...attached({ name, target }, old, now, records));
  }
  return changes;
}

function nameOf(target: string, level: OrganizationLevel | undefined): string {
  return level?.name === undefined ? quoted(target) : `${quoted(level.name)} (${plain(target)})`;
}

function levelChange(name: string, level: OrganizationLevel | undefined, added: boolean): InputChange {
  return {
    kind: 'guardrail',
    detail: `the account is ${added ? 'now' : 'no longer'} under ${name}`,
    policies: level ? policiesOf(level) : [],
    marks: {},
    events: EVENTS,
  };
}

function attached(
  { name, target }: { readonly name: string; readonly target: string },
  old: OrganizationLevel,
  now: OrganizationLevel,
  records: ReadonlyMap<string, PolicyRecord>,
): InputChange[] {
  const { added, removed } = listChanges(policiesOf(old), policiesOf(now));
  const change = (id: string, isNew: boolean): InputChange => {
    const record = records.get(id);
    const what = isNew ? 'attached to' : 'detached from';
    return {
      kind: 'guardrail',
      detail: `${record ? namePolicy(record) : `policy ${quoted(id)}`} was ${what} ${name}`,
      policies: [id],
      marks: { policies: [id] },
      events: EVENTS,
      undo: undoGuardrail(id, target, isNew),
    };
  };
  return [...added.map((id) => change(id, true)), ...removed.map((id) => change(id, false))];
}

function policiesOf(level: OrganizationLevel): readonly string[] {
  return [...(level.serviceControlPolicies ?? []), ...(level.resourceControlPolicies ?? [])];
}
