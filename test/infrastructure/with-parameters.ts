import type { Resource, Template } from './template.ts';

type Values = Readonly<Record<string, string>>;

/** The rules of a template that refuse these parameters, by name; the others have their defaults. */
export function refusals(template: Template, given: Values): readonly string[] {
  const values = valuesOf(template, given);
  return Object.entries(template.Rules ?? {}).flatMap(([name, { Assertions }]) =>
    Assertions.every(({ Assert }) => decided(Assert, values)) ? [] : [name],
  );
}

/** Parameters, and pseudo parameters if they are given. */
const valuesOf = ({ Parameters }: Template, given: Values): Values => ({
  ...Object.fromEntries(
    Object.entries(Parameters).map(([name, { Default = '' }]) => [name, String(Default)]),
  ),
  ...given,
});

/** What CloudFormation makes of a template with these parameters; the others have their defaults. */
export interface Resolved {
  readonly resources: Readonly<Record<string, Resource>>;
  /** what resources and outputs refer to, and is not there */
  readonly dangling: readonly string[];
}

const NO_VALUE = Symbol('AWS::NoValue');

/**
 * Its conditions are decided, branches that do not hold are left out, and so are resources and outputs whose condition
 * does not hold. References to resources stay.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-conditions.html
 */
export function withParameters(template: Template, given: Values): Resolved {
  const values = valuesOf(template, given);
  const holds = (condition: string): boolean => decided(template.Conditions[condition], values);
  const resolved = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolved).filter((one) => one !== NO_VALUE);
    if (typeof value !== 'object' || value === null) return value;
    if ('Ref' in value) return refOf(String(value.Ref), values);
    if ('Fn::If' in value) {
      const [condition, yes, no] = value['Fn::If'] as readonly [string, unknown, unknown];
      return resolved(holds(condition) ? yes : no);
    }
    const entries = Object.entries(value).map(([key, one]) => [key, resolved(one)] as const);
    return Object.fromEntries(entries.filter(([, one]) => one !== NO_VALUE));
  };
  const there = <T extends object>(all: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(
      Object.entries(all).flatMap(([id, one]) =>
        'Condition' in one && !holds(String(one.Condition)) ? [] : [[id, resolved(one) as T] as const],
      ),
    );
  const resources = there(template.Resources);
  const outputs = there(template.Outputs as Readonly<Record<string, object>>);
  const known = new Set([...Object.keys(resources), ...Object.keys(values)]);
  const dangling = [...referred({ resources, outputs })].filter((name) => !known.has(name)).sort();
  return { resources, dangling };
}

function refOf(name: string, values: Values): unknown {
  if (name === 'AWS::NoValue') return NO_VALUE;
  return values[name] ?? { Ref: name };
}

function decided(condition: unknown, values: Values): boolean {
  const [[name, parts] = ['', []]] = Object.entries(
    condition as Readonly<Record<string, readonly unknown[]>>,
  );
  switch (name) {
    case 'Fn::Equals': {
      const [one, other] = parts.map((part) =>
        String((part as { Ref?: string }).Ref ? values[(part as { Ref: string }).Ref] : part),
      );
      return one === other;
    }
    case 'Fn::Not':
      return !decided(parts[0], values);
    case 'Fn::And':
      return parts.every((part) => decided(part, values));
    case 'Fn::Or':
      return parts.some((part) => decided(part, values));
    default:
      throw new Error(`\`${name}\` is not a condition that this decides`);
  }
}

/** What `Ref`, `GetAtt` and `Sub` name, but for what AWS gives. */
function* referred(value: unknown, own: ReadonlySet<string> = new Set()): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  if ('Ref' in value) yield* named(String(value.Ref));
  if ('Fn::GetAtt' in value) yield* named(String([value['Fn::GetAtt']].flat()[0]).split('.')[0] ?? '');
  if ('Fn::Sub' in value) {
    const [text, more = {}] = [value['Fn::Sub']].flat() as [string, object?];
    for (const [, name = ''] of text.matchAll(/\$\{([^!}.]+)[^}]*\}/g))
      if (!(name in more) && !own.has(name)) yield* named(name);
  }
  // the state machine names its functions by texts of its own
  const substitutions =
    'DefinitionSubstitutions' in value ? Object.keys(value.DefinitionSubstitutions ?? {}) : [];
  for (const one of Object.values(value)) yield* referred(one, new Set([...own, ...substitutions]));
}

function* named(name: string): Generator<string> {
  if (!name.startsWith('AWS::')) yield name;
}
