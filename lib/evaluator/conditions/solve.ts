import { offsetsAt, overChar, overWild, reachedOffsets } from '../../policy/offsets.ts';
import { isVariable, type Template, type Variable } from '../../policy/variables.ts';
import type { PatternPart } from '../../policy/wildcard.ts';
import { type Context, canonicalKey } from '../context.ts';
import { and, assume, type Formula, or } from '../formula.ts';
import { spend, type Work } from '../work.ts';
import { simpleAtom } from './atom.ts';
import type { Family } from './comparators.ts';
import { variableValue } from './resolve.ts';

/** How the text is compared once all variables are inserted: a family of operators, or resource ARNs. */
export type Compile = Pick<Family, 'name' | 'compile'>;

/** Above this, in characters read, no list of values is created; nor one longer than this. */
const READING = 300_000;
const MAX_VALUES = 500;

/**
 * The values of the unknown variables for which the template matches the text. There are finitely many, since
 * each must be a substring. `team-${aws:PrincipalTag/team}` against `team-red` gives `aws:PrincipalTag/team`
 * = `red`.
 */
export function solve(template: Template, text: string, family: Compile, context: Context): Formula {
  const fitting = fittingStates(template, text, family, context);
  if (!fitting || fitting.length > MAX_VALUES) return presence(template, text, context);
  let sum: Formula = false;
  for (const { chosen } of fitting) {
    const terms = [...chosen.values()].map((choice) => termOf(choice, family, context));
    sum = or(sum, terms.reduce<Formula>(and, true));
  }
  return family.name === 'bool' ? and(sum, assume('bool-variable', true)) : sum;
}

/** Subtracts its work from the request's budget. */
function fittingStates(
  template: Template,
  text: string,
  family: Compile,
  context: Context,
): readonly State[] | null {
  const { solving = { left: READING } } = context;
  const allowed = Math.min(READING, solving.left);
  const work = { left: allowed };
  const states = assignments(template, { text, family, context, work });
  spend(solving, allowed - work.left);
  return states?.filter(({ parts }) => family.compile(parts)(text)) ?? null;
}

/** For more values than can be listed: that the variable has a value at all. */
function presence(template: Template, text: string, context: Context): Formula {
  let sum: Formula = assume('too-many-values', true);
  for (const part of template.parts) {
    if (!isVariable(part) || variableValue(part, context) !== undefined) continue;
    const atom = simpleAtom('Null', part.key, ['false'], context.service);
    // another text or template is another question
    sum = and(sum, { ...atom, id: `${atom.id} ${JSON.stringify([template.parts, text])}`, opaque: true });
  }
  return sum;
}

/** A value inserted for an unknown variable; null: its default. */
interface Choice {
  readonly variable: Variable;
  readonly value: string | null;
}

function termOf({ variable, value }: Choice, family: Compile, context: Context): Formula {
  if (value === null) return simpleAtom('Null', variable.key, ['true'], context.service);
  const operator = hasNoCase(family) ? 'StringEqualsIgnoreCase' : 'StringEquals';
  return simpleAtom(operator, variable.key, [value], context.service);
}

interface State {
  readonly parts: readonly PatternPart[];
  readonly chosen: ReadonlyMap<string, Choice>;
  /** the offsets of the text that the parts so far can reach */
  readonly at: ReadonlySet<number>;
}

/** One template against one text. */
interface Puzzle {
  readonly text: string;
  readonly family: Compile;
  readonly context: Context;
  readonly work: Work;
}

/**
 * Every way to insert substrings of the text (or the defaults) for the unknown variables, from left to right;
 * null: too many.
 */
function assignments(template: Template, puzzle: Puzzle): readonly State[] | null {
  let states: readonly State[] = [{ parts: [], chosen: new Map(), at: new Set([0]) }];
  for (const [i, part] of template.parts.entries()) {
    const reached: State[] = [];
    for (const state of states) {
      for (const one of extend(state, part, template.parts[i + 1], puzzle)) reached.push(one);
      if (puzzle.work.left < 0) return null;
    }
    states = reached;
  }
  return states;
}

function extend(
  state: State,
  part: PatternPart | Variable,
  next: PatternPart | Variable | undefined,
  puzzle: Puzzle,
): readonly State[] {
  const states = isVariable(part) ? putIn(state, part, next, puzzle) : [step(state, part, puzzle)];
  return states.filter(({ at }) => at.size > 0);
}

function step(state: State, part: PatternPart, puzzle: Puzzle): State {
  spend(puzzle.work, state.parts.length);
  return { ...state, parts: [...state.parts, part], at: advance(state.at, part, puzzle) };
}

function putIn(
  state: State,
  variable: Variable,
  next: PatternPart | Variable | undefined,
  puzzle: Puzzle,
): readonly State[] {
  const key = canonicalKey(variable.key, puzzle.context.service);
  const before = state.chosen.get(key);
  const known = before ? (before.value ?? variable.fallback) : variableValue(variable, puzzle.context);
  if (known === null) return [];
  if (known !== undefined) return [step(state, { text: known, literal: true }, puzzle)];
  return choices(variable, state.at, next, puzzle).map((choice) =>
    step(
      { ...state, chosen: new Map(state.chosen).set(key, choice) },
      { text: (choice.value ?? variable.fallback) as string, literal: true },
      puzzle,
    ),
  );
}

function choices(
  variable: Variable,
  from: ReadonlySet<number>,
  next: PatternPart | Variable | undefined,
  { text, family, work }: Puzzle,
): readonly Choice[] {
  const values = new Set<string>();
  const ends = endsBefore(next, text, family);
  for (const at of from) {
    if (spend(work, ends.length)) break;
    for (const end of ends) {
      if (end < at) continue;
      spend(work, end - at);
      values.add(text.slice(at, end));
    }
  }
  const found: Choice[] = [...values].map((value) => ({ variable, value }));
  return variable.fallback === null ? found : [...found, { variable, value: null }];
}

/** Where a value can end, as far as the next part shows. */
function endsBefore(
  next: PatternPart | Variable | undefined,
  text: string,
  family: Compile,
): readonly number[] {
  if (!next) return [text.length];
  const all = Array.from({ length: text.length + 1 }, (_, end) => end);
  if (isVariable(next)) return all;
  const head = hasWildcards(next, family) ? next.text.slice(0, next.text.search(/[*?]/)) : next.text;
  return all.filter((end) => isAt(head, text, end, family));
}

function isAt(run: string, text: string, at: number, family: Compile): boolean {
  if (!hasNoCase(family)) return text.startsWith(run, at);
  return text.slice(at, at + run.length).toLowerCase() === run.toLowerCase();
}

function hasNoCase(family: Compile): boolean {
  return family.name === 'ignoreCase' || family.name === 'bool';
}

function hasWildcards(part: PatternPart, family: Compile): boolean {
  return !part.literal && (family.name === 'like' || family.name === 'arn') && /[*?]/.test(part.text);
}

const NO_STOPS: ReadonlySet<number> = new Set();

/** The offsets of the text after a part, from those before it. */
function advance(
  from: ReadonlySet<number>,
  part: PatternPart,
  { text, family, work }: Puzzle,
): ReadonlySet<number> {
  if (hasWildcards(part, family)) {
    spend(work, part.text.length * text.length);
    let reached = offsetsAt(from, text);
    for (const char of part.text.split(''))
      reached =
        char === '*' || char === '?' ? overWild(reached, char, NO_STOPS) : overChar(reached, char, text);
    return reachedOffsets(reached);
  }
  const next = new Set<number>();
  for (const at of from) if (isAt(part.text, text, at, family)) next.add(at + part.text.length);
  return next;
}
