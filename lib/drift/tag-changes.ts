import type { CallNames } from '../cloudtrail/calls-that.ts';
import { quoted } from '../policy/quoted.ts';
import type { Tags } from '../snapshot/snapshot.ts';
import { folds, subjectsText } from './folding.ts';
import type { InputChange, InputSubject, Marks } from './input-change.ts';
import { pairs } from './same.ts';
import { undoTag } from './undo.ts';

interface TagSides {
  readonly subject: InputSubject;
  readonly before: Tags;
  readonly after: Tags;
  readonly marks: Marks;
  readonly events: CallNames;
  /** of an instance; null: of a user or role */
  readonly region: string | null;
}

/** Tags that were set, changed or removed, one change per key. */
export function tagChanges({ subject, before, after, marks, events, region }: TagSides): InputChange[] {
  const changes: InputChange[] = [];
  for (const [key, old, now] of pairs(before, after, (tag) => tag.key)) {
    if (old?.value === now?.value) continue;
    const how = toldAs(old?.value, now?.value);
    const sentence = (who: string): string => `tag ${quoted(key)} of ${who} ${how}`;
    changes.push({
      kind: 'tag',
      detail: sentence(subjectsText([subject])),
      folding: folds(
        'tag',
        subject,
        { as: [how], sentence },
        { as: key, sentence: (who) => `tag ${quoted(key)} of ${who} changed` },
      ),
      policies: [],
      tagKey: key,
      marks: { ...marks, tagKeys: [key] },
      events,
      undo: undoTag(subject, key, old ?? null, region),
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
