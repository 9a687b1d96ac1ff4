import { isKnown, NO_VALUE, NOT_KNOWN, scalarText } from './resolved.ts';

/** What the functions of a template can refer to. Unknown values are UNKNOWN. */
export interface References {
  readonly ref: (name: string) => unknown;
  readonly attribute: (id: string, attribute: string) => unknown;
}

/** What a function needs from its template. */
export interface TemplateScope extends References {
  readonly mapping: (name: string) => Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;
  /** null: not known */
  readonly condition: (name: string) => boolean | null;
  readonly resolve: (value: unknown) => unknown;
}

type Resolver = (argument: unknown, scope: TemplateScope) => unknown;

/** Texts that are made from texts grow fast; CloudFormation accepts none of this length. */
const LONGEST = 100_000;

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The texts of a list; null: it is not a list, or one of them is unknown. */
function textsOf(value: unknown): readonly string[] | null {
  if (!Array.isArray(value)) return null;
  const texts = value.map(scalarText);
  return texts.every((one) => one !== null) ? texts : null;
}

const limited = (text: string): unknown => (text.length > LONGEST ? NOT_KNOWN : text);

const ref: Resolver = (argument, { ref: of }) => (typeof argument === 'string' ? of(argument) : NOT_KNOWN);

const getAtt: Resolver = (argument, scope) => {
  const [id, ...rest] = typeof argument === 'string' ? argument.split('.') : asList(argument);
  const attribute = rest.map((one) => scalarText(scope.resolve(one)));
  if (typeof id !== 'string' || attribute.some((one) => one === null)) return NOT_KNOWN;
  return scope.attribute(id, attribute.join('.'));
};

const sub: Resolver = (argument, scope) => {
  const [text, own] = typeof argument === 'string' ? [argument, {}] : asList(argument);
  if (typeof text !== 'string') return NOT_KNOWN;
  const variables = new Map(typeof own === 'object' && own !== null ? Object.entries(own) : []);
  const variable = (name: string): unknown => {
    if (variables.has(name)) return scope.resolve(variables.get(name));
    return name.includes('.') ? getAtt(name, scope) : scope.ref(name);
  };
  let isComplete = true;
  const filled = text.replace(/\$\{([^}]*)\}/g, (_, name: string) => {
    // `${!Name}` means a literal `${Name}`, which policies need for their own variables
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    const value = scalarText(variable(name.trim()));
    isComplete &&= value !== null;
    return value ?? '';
  });
  return isComplete ? scope.resolve(limited(filled)) : NOT_KNOWN;
};

const join: Resolver = (argument, { resolve }) => {
  const [delimiter, list] = asList(argument);
  const texts = textsOf(resolve(list));
  return typeof delimiter === 'string' && texts ? limited(texts.join(delimiter)) : NOT_KNOWN;
};

const split: Resolver = (argument, { resolve }) => {
  const [delimiter, source] = asList(argument);
  const text = scalarText(resolve(source));
  return typeof delimiter === 'string' && delimiter !== '' && text !== null
    ? text.split(delimiter)
    : NOT_KNOWN;
};

const select: Resolver = (argument, { resolve }) => {
  const [index, list] = asList(argument);
  const at = Number(scalarText(resolve(index)) ?? Number.NaN);
  const found = asList(resolve(list))[at];
  return found === undefined ? NOT_KNOWN : found;
};

const choose: Resolver = (argument, { condition, resolve }) => {
  const [name, then, otherwise] = asList(argument);
  const is = typeof name === 'string' ? condition(name) : null;
  if (is !== null) return resolve(is ? then : otherwise);
  const [one, other] = [resolve(then), resolve(otherwise)];
  return isSame(one, other) ? one : NOT_KNOWN;
};

const isSame = (one: unknown, other: unknown): boolean =>
  one !== NO_VALUE && isKnown(one) && isKnown(other) && JSON.stringify(one) === JSON.stringify(other);

const findInMap: Resolver = (argument, { mapping, resolve }) => {
  const [name, top, second] = asList(argument).map((one) => scalarText(resolve(one)));
  if (name == null || top == null || second == null) return NOT_KNOWN;
  // a mapping contains no functions
  const value = own(own(mapping(name), top), second);
  return scalarText(value) ?? textsOf(value) ?? NOT_KNOWN;
};

const own = <T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined =>
  record && Object.hasOwn(record, key) ? record[key] : undefined;

const equals: Resolver = (argument, { resolve }) => {
  const texts = asList(argument).map((one) => scalarText(resolve(one)));
  return texts.length === 2 && texts.every((one) => one !== null) ? texts[0] === texts[1] : NOT_KNOWN;
};

const not: Resolver = (argument, { resolve }) => {
  const [value] = asList(argument).map(resolve);
  return typeof value === 'boolean' ? !value : NOT_KNOWN;
};

/** `decides`: one operand with this value decides the result, whatever the others are. */
const combine =
  (decides: boolean): Resolver =>
  (argument, { resolve }) => {
    const values = asList(argument).map(resolve);
    if (values.includes(decides)) return decides;
    return values.length > 0 && values.every((one) => one === !decides) ? !decides : NOT_KNOWN;
  };

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html */
export const FUNCTIONS: ReadonlyMap<string, Resolver> = new Map([
  ['Ref', ref],
  ['Fn::GetAtt', getAtt],
  ['Fn::Sub', sub],
  ['Fn::Join', join],
  ['Fn::Split', split],
  ['Fn::Select', select],
  ['Fn::If', choose],
  ['Fn::FindInMap', findInMap],
  ['Fn::Equals', equals],
  ['Fn::Not', not],
  ['Fn::And', combine(false)],
  ['Fn::Or', combine(true)],
]);
