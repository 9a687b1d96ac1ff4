import type { CellState } from '../drift/drift.ts';
import type { Condition } from '../evaluator/decision.ts';

/** The remaining condition, starting with `if`. */
export function conditionText(condition: Condition | null): string {
  const text = condition?.text ?? 'a condition holds';
  return text.startsWith('if ') ? text : `if ${text}`;
}

/** A cell's state in words: `none`, `always, as root`, `only if …`. */
export function stateText(state: CellState): string {
  const as = state.landsAs.length === 0 ? '' : `, ${landsAsText(state.landsAs)}`;
  if (state.verdict === 'denied') return 'none';
  if (state.verdict === 'unknown') return 'unknown';
  if (state.verdict === 'allowed') return `always${as}`;
  return `only ${conditionText(state.condition)}${as}`;
}

/** True if no user is named, or only a description such as `as the document says`. */
export const isVague = (landsAs: readonly string[]): boolean =>
  landsAs.length === 0 || landsAs.some((user) => /\s/.test(user));

/** OS users in words, `as root or ubuntu`; `*` is any user. Empty if none are known. */
export function landsAsText(landsAs: readonly string[]): string {
  const users = landsAs.map((user) => (user === '*' ? 'any OS user' : user)).join(' or ');
  if (users === '' || users.startsWith('as ')) return users;
  return users === 'console login' ? 'with a console login' : `as ${users}`;
}
