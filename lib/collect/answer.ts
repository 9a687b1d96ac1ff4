import type { Fields } from '../policy/fields.ts';
import { type Note, objectsOf, text } from './fields.ts';
import type { DuplicateKeys } from './policy-record.ts';

/** A parsed answer. `note` records an item that is left out. */
export interface Answer {
  readonly fields: Fields;
  /** the subject of the call, if it is made once per thing */
  readonly argument: string | null;
  readonly duplicates: DuplicateKeys;
  readonly note: Note;
  /** ids of the items so far, of earlier pages as well: a duplicate is used once */
  readonly seen: Set<string>;
}

/** The items of a list that have every needed member; the others are noted. */
export function itemsOf<const Needed extends readonly string[], One>(
  answer: Answer,
  key: string,
  needed: Needed,
  take: (item: Fields, at: string, found: { readonly [I in keyof Needed]: string }) => One,
): One[] {
  const items: One[] = [];
  for (const { item, at } of objectsOf(answer.fields, key, '$', answer.note)) {
    const found = needed.map((member) => text(item, member));
    const missing = found.indexOf(null);
    if (missing >= 0) answer.note(at, `left out: it has no \`${needed[missing]}\``);
    else items.push(take(item, at, found as unknown as { readonly [I in keyof Needed]: string }));
  }
  return items;
}
