import { remembered } from '../../memory/remembered.ts';
import { isOfEntries } from '../account/access-entries.ts';
import type { SubjectClass } from '../classes/principal-classes.ts';
import { actionNumber, NO_VIEW } from '../classes/principal-views.ts';
import { Sequences } from '../classes/sequences.ts';
import { isNeeded, type PathRow, type RequestRow } from '../paths/access-path.ts';
import type { RowAsker } from './ask-row.ts';
import type { Piece } from './pieces.ts';
import type { RowAnswer } from './row-answer.ts';
import type { RowCell } from './row-cell.ts';

/** One request row of the path table, with its answers by view. Rows with equal requests share them. */
export interface RowCache {
  /** index in ASKED_ACTIONS */
  readonly action: number;
  readonly asked: Map<number | string, readonly Piece<RowAnswer>[]>;
  /** for each resource of an instance separately */
  readonly bySlot: Map<number, readonly Piece<RowAnswer>[]>[];
  askers: readonly RowAsker[] | null;
}

/** The answers about one resource of each instance, by view. */
export function slotOf({ bySlot }: RowCache, slot: number): Map<number, readonly Piece<RowAnswer>[]> {
  bySlot[slot] ??= new Map();
  return bySlot[slot];
}

/** A text of everything that the answers to a row depend on. */
export function cacheKey(
  { on }: RequestRow,
  view: number,
  { sessions, ownSession, entries }: SubjectClass,
): number | string {
  if (on === 'sessions') return `${view} ${sessions}`;
  if (on === 'own-access-entry') return `${view} ${entries}`;
  return on === 'own-session' ? `${view} ${ownSession}` : view;
}

const NONE: readonly RowCell[] = [];

/** Finds cached cells of a path by the principal's views of the path's actions. */
export class PathCache {
  readonly #actions: readonly number[];
  /** indexes of views; without any of these the path is denied */
  readonly #needed: readonly number[];
  readonly #sessions: boolean;
  readonly #ownSession: boolean;
  /** true if access entries matter: one opens the path, or a request is on one */
  readonly #entries: boolean;
  readonly #runAs: boolean;
  readonly #cells = new Map<number, readonly RowCell[]>();
  readonly #sequences = new Sequences();
  /** numbers for the parts of a class's key that are no views */
  readonly #words = new Map<string, number>();

  constructor(path: PathRow, numberOf: (action: string) => number = actionNumber) {
    const rows = path.alternatives.flatMap((alternative) => alternative.requests);
    const asked = rows.filter(({ unasked }) => !unasked);
    this.#actions = [...new Set(asked.map((row) => numberOf(row.action)))];
    this.#needed = [...new Set(asked.filter(isNeeded).map((row) => numberOf(row.action)))];
    this.#entries = rows.some((row) => isOfEntries(row.on));
    this.#ownSession = rows.some((row) => row.on === 'own-session');
    this.#sessions = rows.some((row) => row.on === 'sessions');
    this.#runAs = path.landsAs === 'session-user';
  }

  of(one: SubjectClass, decide: () => readonly RowCell[]): readonly RowCell[] {
    const key = this.keyOf(one);
    if (key === null) return NONE;
    return remembered(this.#cells, key, () => decide());
  }

  /** Equal keys mean equal cells. Null: no request of the path is allowed. */
  keyOf({ principalViews, first, runAs, sessions, ownSession, entries }: SubjectClass): number | null {
    const held = this.#entries ? entries : '';
    if (held === '' && this.#needed.every((action) => principalViews[action] === NO_VIEW)) return null;
    let key = 0;
    for (const action of this.#actions) key = this.#sequences.after(key, principalViews[action] as number);
    const own = [this.#runAs && runAs, this.#sessions && sessions, this.#ownSession && ownSession];
    const word = `${first.missing ?? ''}|${own.map((part) => part || '').join('|')}|${held}`;
    return this.#sequences.after(
      key,
      remembered(this.#words, word, () => this.#words.size),
    );
  }
}
