import { isVariable, type Template, type Variable } from '../../policy/variables.ts';
import { globOf, matches, type PatternPart } from '../../policy/wildcard.ts';
import type { Context } from '../context.ts';
import { and, assume, type Formula, or } from '../formula.ts';
import { simpleAtom } from './atom.ts';
import type { Family } from './comparators.ts';
import { variableValue } from './resolve.ts';

/** How the text is compared once all variables are in: a family of operators, or resource ARNs. */
export type Compile = Pick<Family, 'name' | 'compile'>;

/**
 * Which values of the unknown variables make the template match the text: there are finitely many, as each must be a
 * run of the text. `team-${aws:PrincipalTag/team}` against `team-red` leaves `aws:PrincipalTag/team` = `red`.
 */
export function solve(template: Template, text: string, family: Compile, context: Context): Formula {
  let sum: Formula = false;
  for (const { parts, chosen } of assignments(template, family, context, text)) {
    if (!family.compile(parts)(text)) continue;
    const terms = [...chosen.values()].map((choice) => termOf(choice, family, context));
    sum = or(sum, terms.reduce<Formula>(and, true));
  }
  return family.name === 'bool' ? and(sum, assume('bool-variable', true)) : sum;
}

/** A value put in for an unknown variable; null: its default. */
interface Choice {
  readonly variable: Variable;
  readonly value: string | null;
}

function termOf({ variable, value }: Choice, family: Compile, context: Context): Formula {
  if (value === null) return simpleAtom('Null', variable.key, ['true'], context.service);
  const operator = family.name === 'ignoreCase' ? 'StringEqualsIgnoreCase' : 'StringEquals';
  return simpleAtom(operator, variable.key, [value], context.service);
}

interface State {
  readonly parts: readonly PatternPart[];
  readonly chosen: ReadonlyMap<string, Choice>;
  /** the offsets of the text that the parts so far reach */
  readonly at: ReadonlySet<number>;
}

/** Every way to put runs of the text (or the defaults) in for the unknown variables, found from left to right. */
function assignments(template: Template, family: Compile, context: Context, text: string): readonly State[] {
  let states: readonly State[] = [{ parts: [], chosen: new Map(), at: new Set([0]) }];
  const step = (state: State, part: PatternPart): State => ({
    ...state,
    parts: [...state.parts, part],
    at: advance(state.at, part, family, text),
  });
  for (const part of template.parts) {
    states = states
      .flatMap((state) => (isVariable(part) ? putIn(state, part, context, text, step) : [step(state, part)]))
      .filter((state) => state.at.size > 0);
  }
  return states;
}

function putIn(
  state: State,
  variable: Variable,
  context: Context,
  text: string,
  step: (state: State, part: PatternPart) => State,
): readonly State[] {
  const key = variable.key.toLowerCase();
  const before = state.chosen.get(key);
  const known = before ? (before.value ?? before.variable.fallback) : variableValue(variable, context);
  if (known === null) return [];
  if (known !== undefined) return [step(state, { text: known, literal: true })];
  return choices(variable, state.at, text).map((choice) =>
    step(
      { ...state, chosen: new Map(state.chosen).set(key, choice) },
      { text: choice.value ?? variable.fallback ?? '', literal: true },
    ),
  );
}

function choices(variable: Variable, from: ReadonlySet<number>, text: string): readonly Choice[] {
  const values = new Set<string>();
  for (const at of from) for (let end = at; end <= text.length; end++) values.add(text.slice(at, end));
  const found: Choice[] = [...values].map((value) => ({ variable, value }));
  return variable.fallback === null ? found : [...found, { variable, value: null }];
}

const WITH_WILDCARDS: ReadonlySet<string> = new Set(['like', 'arn']);

/** The offsets of the text that can be reached behind a part from those before it. */
function advance(
  from: ReadonlySet<number>,
  part: PatternPart,
  family: Compile,
  text: string,
): ReadonlySet<number> {
  const next = new Set<number>();
  if (!part.literal && WITH_WILDCARDS.has(family.name) && /[*?]/.test(part.text)) {
    const pattern = globOf([part]);
    for (const at of from) {
      for (let end = at; end <= text.length; end++) if (matches(pattern, text.slice(at, end))) next.add(end);
    }
    return next;
  }
  const fold = (run: string): string => (family.name === 'ignoreCase' ? run.toLowerCase() : run);
  for (const at of from) {
    const end = at + part.text.length;
    if (fold(text.slice(at, end)) === fold(part.text)) next.add(end);
  }
  return next;
}
