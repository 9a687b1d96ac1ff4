import type { Outcome } from '../matrix/paths/matrix.ts';
import { remembered } from '../memory/remembered.ts';
import type { CellState, ChangeWord } from './drift.ts';

export const DENIED: CellState = { verdict: 'denied', condition: null, landsAs: [] };

/** A cell that could not be decided, because its data was not collected. */
export const UNDECIDED: CellState = { verdict: 'unknown', condition: null, landsAs: [] };

/** The state of a cell in drift: its grants and its chain are not part of it. */
export function cellStateOf(outcome: Outcome | null): CellState {
  if (!outcome || outcome.verdict === 'denied') return DENIED;
  return { verdict: outcome.verdict, condition: outcome.condition, landsAs: outcome.landsAs };
}

/** Equal for equal states, whatever the order of conditions, values and users. */
function stateKey(state: CellState): string {
  const alternatives = (state.condition?.anyOf ?? []).map(({ allOf }) =>
    JSON.stringify(
      allOf.map((term) => JSON.stringify([term.key, term.operator, [...term.values].sort()])).sort(),
    ),
  );
  const condition = state.condition === null ? null : alternatives.sort();
  return JSON.stringify([state.verdict, condition, [...state.landsAs].sort()]);
}

export function wordOf(before: CellState, after: CellState): ChangeWord {
  if (before.verdict === 'unknown' || after.verdict === 'unknown') return 'changed';
  if (before.verdict === DENIED.verdict) return 'gained';
  return after.verdict === DENIED.verdict ? 'lost' : 'changed';
}

/** States by number, equal ones by the same; if they differ in order, the first form is kept. */
export class States {
  readonly #numbers = new Map<string, number>();
  readonly #known = new Map<Outcome, number>();
  readonly #states: CellState[] = [];

  of(state: CellState): number {
    const key = stateKey(state);
    return remembered(this.#numbers, key, () => this.#states.push(state) - 1);
  }

  ofOutcome(outcome: Outcome): number {
    return remembered(this.#known, outcome, () => this.of(cellStateOf(outcome)));
  }

  at(number: number): CellState {
    return this.#states[number] as CellState;
  }
}
