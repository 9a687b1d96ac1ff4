import type { Fields } from '../policy/fields.ts';
import type { Problem } from '../policy/problem.ts';
import type { Answer } from './answer.ts';
import { answerPlace, cutOff, quotedKeys } from './answer-words.ts';
import { type AwsCall, callName } from './aws-call.ts';
import type { Note } from './fields.ts';
import { type About, type IdsOfCalls, idsIn } from './found-ids.ts';
import { duplicatesByDocument } from './policy-record.ts';

/** How an answer is read: page by page, so that a very large one is never in memory as a whole. */
export interface Taking<Page, T> {
  /** the content of a page: null is unreadable; `gap` says which part of the answer is missing */
  readonly take: (answer: Answer) => {
    readonly value: Page | null;
    readonly items: number | null;
    readonly gap?: string | null;
  };
  /** of at least one page */
  readonly join: (pages: readonly Page[]) => T;
  /** what shows in the whole answer that a part of it is missing; null: nothing */
  readonly lacks?: (pages: readonly Page[], whole: T) => string | null;
}

/** How an answer of one page is read. */
export const onePage = <T>(take: Taking<T, T>['take']): Taking<T, T> => ({
  take,
  join: ([only]) => only as T,
});

/** Collects the pages of one answer, in order. */
export class Pages<Page, T> {
  count = 0;
  /** it is not an answer of this call */
  isForeign = false;
  readonly #call: AwsCall;
  readonly #about: About;
  readonly #taking: Taking<Page, T>;
  readonly #values: (Page | null)[] = [];
  readonly #gaps = new Set<string>();
  readonly #problems: Problem[] = [];
  readonly #ids: IdsOfCalls[] = [];
  readonly #seen = new Set<string>();
  readonly #before = new Map<string, number>();
  #items: number | null = null;

  constructor(call: AwsCall, about: About, taking: Taking<Page, T>) {
    this.#call = call;
    this.#about = about;
    this.#taking = taking;
  }

  add(fields: Fields | null, duplicateKeys: readonly string[] = []): void {
    this.count += 1;
    const { lists } = this.#call;
    const missing = lists.filter((key) => !Array.isArray(fields?.[key]));
    if (fields === null || (missing.length > 0 && missing.length === lists.length)) {
      this.isForeign = true;
      return;
    }
    const { inDocuments, elsewhere } = duplicatesByDocument(duplicateKeys);
    const note = this.#note();
    for (const path of elsewhere) note(path, 'the key stands twice in the file: the last one was taken');
    const { argument } = this.#about;
    const answer = { fields, argument, duplicates: inDocuments, note, seen: this.#seen };
    const { value, items, gap = null } = this.#taking.take(answer);
    this.#values.push(value);
    if (items !== null) this.#items = (this.#items ?? 0) + items;
    const absent = missing.length > 0 ? `${quotedKeys(missing)} is not in the answer` : null;
    for (const one of [absent, cutOff(fields, this.#call), gap]) if (one !== null) this.#gaps.add(one);
    this.#ids.push(idsIn(this.#call, this.#about, fields));
    this.#countItems(fields);
  }

  #countItems(fields: Fields): void {
    for (const key of this.#call.lists) {
      const list = fields[key];
      if (Array.isArray(list)) this.#before.set(key, (this.#before.get(key) ?? 0) + list.length);
    }
  }

  end() {
    const values = this.#values.filter((value) => value !== null);
    const isWhole = values.length === this.#values.length;
    const value = isWhole ? this.#taking.join(values) : null;
    const lacks = value === null ? null : (this.#taking.lacks?.(values, value) ?? null);
    return {
      ...{ value, items: this.#items, gaps: [...this.#gaps, ...(lacks === null ? [] : [lacks])] },
      ...{ problems: this.#problems, ids: this.#ids },
    };
  }

  /** Paths as they are in the whole answer, on whatever page. */
  #note(): Note {
    const place = answerPlace(callName(this.#call), this.#about.region, this.#about.argument ?? undefined);
    const before = new Map(this.#before);
    return (path, message) => {
      const inWhole = path.replace(/^\$\.(\w+)\[(\d+)\]/, (said, key, index) =>
        before.has(key) ? `$.${key}[${Number(index) + (before.get(key) ?? 0)}]` : said,
      );
      this.#problems.push({ path: `${place} ${inWhole}`, message });
    };
  }
}
