import type { Fields, Note } from './fields.ts';
import type { DuplicateKeys } from './policy-record.ts';

/** An answer that could be read, ready to be taken apart. `note` records an item of it that is left out. */
export interface Answer {
  readonly fields: Fields;
  /** what the call was about, where it is made once per thing */
  readonly argument: string | null;
  readonly duplicates: DuplicateKeys;
  readonly note: Note;
}
