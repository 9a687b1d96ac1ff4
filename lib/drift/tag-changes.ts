import { quoted } from '../policy/quoted.ts';
import type { Tags } from '../snapshot/snapshot.ts';
import type { InputChange, Marks } from './input-change.ts';
import { pairs } from './same.ts';

/** Tags that were set, changed or removed, one change a key. */
export function tagChanges(
  subject: string,
  before: Tags,
  after: Tags,
  marks: Marks,
  events: RegExp,
): InputChange[] {
  const changes: InputChange[] = [];
  for (const [key, old, now] of pairs(before, after, (tag) => tag.key)) {
    if (old?.value === now?.value) continue;
    changes.push({
      kind: 'tag',
      detail: `tag ${quoted(key)} of ${subject} ${toldAs(old?.value, now?.value)}`,
      policies: [],
      tagKey: key,
      marks: { ...marks, tagKeys: [key] },
      events,
    });
  }
  return changes;
}

function toldAs(old: string | undefined, now: string | undefined): string {
  if (old === undefined) return `was set to ${quoted(now ?? '')}`;
  return now === undefined
    ? `was removed, it was ${quoted(old)}`
    : `changed from ${quoted(old)} to ${quoted(now)}`;
}
