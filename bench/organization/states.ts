import jsonata from 'jsonata';

/** The part of the Amazon States Language that the scan uses. https://states-language.net/spec.html */
export interface State {
  readonly Type: 'Task' | 'Pass' | 'Choice' | 'Map';
  readonly Next?: string;
  readonly End?: boolean;
  readonly Resource?: string;
  readonly Retry?: readonly unknown[];
  readonly ResultPath?: string;
  readonly Catch?: readonly Catcher[];
  readonly Parameters?: Template;
  readonly QueryLanguage?: 'JSONata';
  readonly Output?: Template;
  readonly Choices?: readonly {
    readonly Variable: string;
    readonly IsPresent: boolean;
    readonly Next: string;
  }[];
  readonly Default?: string;
  readonly Label?: string;
  readonly ItemsPath?: string;
  readonly ItemReader?: {
    readonly Resource: string;
    readonly ReaderConfig: object;
    readonly Parameters: Template;
  };
  readonly ItemSelector?: Template;
  readonly MaxConcurrency?: number;
  readonly ToleratedFailurePercentage?: number;
  readonly ResultWriter?: { readonly Resource: string; readonly Parameters: Template };
  readonly ItemProcessor?: Machine & { readonly ProcessorConfig: object };
}

interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly ResultPath: string;
  readonly Next: string;
}

export interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export type Template = Readonly<Record<string, unknown>>;
export type Data = Readonly<Record<string, unknown>>;

const OF_ALL = ['Type', 'Next', 'End'];
const KNOWN: Readonly<Record<State['Type'], readonly string[]>> = {
  Task: [...OF_ALL, 'Resource', 'Retry', 'ResultPath', 'Catch'],
  Pass: [...OF_ALL, 'Parameters', 'QueryLanguage', 'Output'],
  Choice: [...OF_ALL, 'Choices', 'Default'],
  Map: [
    ...[
      ...OF_ALL,
      'Label',
      'ItemsPath',
      'ItemReader',
      'ItemSelector',
      'MaxConcurrency',
      'ResultPath',
      'Catch',
    ],
    ...['ToleratedFailurePercentage', 'ResultWriter', 'ItemProcessor'],
  ],
};

/**
 * Throws for anything that is not implemented here: a state that runs differently from Step Functions proves nothing.
 */
export function mustBeKnown(name: string, state: State): void {
  const strange = Object.keys(state).filter((field) => !KNOWN[state.Type]?.includes(field));
  if (strange.length > 0)
    throw new Error(`state \`${name}\` has \`${strange.join('`, `')}\`, which this does not run`);
}

/** The value of a path in an input; undefined if missing. */
export function at(path: string, input: unknown, context: Data = {}): unknown {
  const [root, ...names] = path.split('.');
  if (root !== '$' && root !== '$$') throw new Error(`\`${path}\` is not a path that this reads`);
  let value: unknown = root === '$' ? input : context;
  for (const name of names) value = (value as Data | undefined)?.[name];
  return value;
}

/** A template with its paths replaced. Throws if a value is missing, as Step Functions does. */
export function filled(template: Template, input: unknown, context: Data = {}): Data {
  const entries = Object.entries(template).map(([name, value]) => {
    if (!name.endsWith('.$')) return [name, value] as const;
    const found = at(String(value), input, context);
    if (found === undefined)
      throw new StateError('States.ParameterPathFailure', `nothing is at \`${value}\``);
    return [name.slice(0, -2), found] as const;
  });
  return Object.fromEntries(entries);
}

/**
 * The `Output` of a state in JSONata, whose values are expressions. Throws if one gives nothing, as Step Functions does.
 * https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
export async function evaluated(template: Template, input: unknown): Promise<Data> {
  const entries = Object.entries(template).map(async ([name, value]) => {
    const [, expression] = /^\{%(.*)%\}$/s.exec(String(value)) ?? [];
    if (expression === undefined) return [name, value] as const;
    const found = await jsonata(expression).evaluate(null, { states: { input } });
    if (found === undefined)
      throw new StateError('States.QueryEvaluationError', `nothing is the result of \`${value}\``);
    return [name, found] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** An input with a result at `ResultPath`. */
export function withResult(input: Data, result: unknown, path: string | undefined): Data {
  if (path === undefined) return result as Data;
  const [root, name, ...more] = path.split('.');
  if (root !== '$' || name === undefined || more.length > 0)
    throw new Error(`\`${path}\` is not a path that this writes`);
  return { ...input, [name]: result };
}

/** An error with the name that a `Catch` matches. */
export class StateError extends Error {
  override readonly name: string;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

export const catcherOf = ({ Catch = [] }: State, error: Error): Catcher | undefined =>
  Catch.find(({ ErrorEquals }) => ErrorEquals.includes('States.ALL') || ErrorEquals.includes(error.name));
