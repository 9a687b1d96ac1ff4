import type { PolicyDocument } from '../../policy/document.ts';
import type { Problem } from '../../policy/problem.ts';
import { FAMILIES, type Family, type Order } from './comparators.ts';

/** A row of the table. */
interface BaseOperator {
  readonly name: string;
  readonly family: Family;
  readonly negated: boolean;
  /** the base operator with the opposite result, for a key that is present; it has the same values */
  readonly complement: string;
  /** compares with a border: of several values only the `least` or the `greatest` counts */
  readonly border: 'least' | 'greatest' | null;
}

const less: Order = (value, wanted) => value < wanted;
const lessEquals: Order = (value, wanted) => value <= wanted;
const equals: Order = (value, wanted) => value === wanted;
const greater: Order = (value, wanted) => value > wanted;
const greaterEquals: Order = (value, wanted) => value >= wanted;

const ordered = (prefix: 'Numeric' | 'Date'): BaseOperator[] => {
  const family = prefix === 'Numeric' ? FAMILIES.numeric : FAMILIES.date;
  const row = (
    suffix: string,
    order: Order,
    complement: string,
    border: BaseOperator['border'] = null,
  ): BaseOperator => ({
    name: `${prefix}${suffix}`,
    family: family(order),
    negated: suffix === 'NotEquals',
    complement: `${prefix}${complement}`,
    border,
  });
  return [
    row('Equals', equals, 'NotEquals'),
    row('NotEquals', equals, 'Equals'),
    row('LessThan', less, 'GreaterThanEquals', 'greatest'),
    row('LessThanEquals', lessEquals, 'GreaterThan', 'greatest'),
    row('GreaterThan', greater, 'LessThanEquals', 'least'),
    row('GreaterThanEquals', greaterEquals, 'LessThan', 'least'),
  ];
};

const pair = (name: string, negative: string, family: Family): BaseOperator[] => [
  { name, family, negated: false, complement: negative, border: null },
  { name: negative, family, negated: true, complement: name, border: null },
];

const alone = (name: string, complement: string, family: Family): BaseOperator => ({
  name,
  family,
  negated: false,
  complement,
  border: null,
});

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const TABLE: readonly BaseOperator[] = [
  ...pair('StringEquals', 'StringNotEquals', FAMILIES.exact),
  ...pair('StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', FAMILIES.ignoreCase),
  ...pair('StringLike', 'StringNotLike', FAMILIES.like),
  ...ordered('Numeric'),
  ...ordered('Date'),
  ...pair('ArnEquals', 'ArnNotEquals', FAMILIES.arn),
  ...pair('ArnLike', 'ArnNotLike', FAMILIES.arn),
  ...pair('IpAddress', 'NotIpAddress', FAMILIES.ip),
  // IAM has no operator for the negation of these two: the text of the value differs
  alone('Bool', 'StringNotEqualsIgnoreCase', FAMILIES.bool),
  alone('BinaryEquals', 'StringNotEquals', FAMILIES.binary),
  alone('Null', 'Null', FAMILIES.absence),
];

const BY_NAME = new Map(TABLE.map((row) => [row.name.toLowerCase(), row]));

/** An operator of a policy in its parts. */
export interface Operator {
  /** IAM's own spelling, prefix and suffix included */
  readonly text: string;
  readonly set: 'ForAllValues' | 'ForAnyValue' | null;
  readonly base: BaseOperator;
  readonly ifExists: boolean;
}

/** No operator is longer; a hostile policy may use longer ones with many keys. */
const LONGEST = 'ForAllValues:StringNotEqualsIgnoreCaseIfExists'.length;

/** Every text has this shape; the table decides whether the middle is an operator's name. */
const SHAPE = /^(?:(forallvalues|foranyvalue):)?(.*?)(ifexists)?$/s;

/** null if IAM has no such operator. The names are case-insensitive. Null takes neither prefix nor IfExists. */
export function parseOperator(text: string): Operator | null {
  if (text.length > LONGEST) return null;
  const [, prefix, name, ifExists] = SHAPE.exec(text.toLowerCase()) as readonly (string | undefined)[];
  const base = BY_NAME.get(name as string);
  if (!base || (base.family.name === 'null' && (prefix || ifExists))) return null;
  return operatorOf(
    base,
    prefix === undefined ? null : prefix === 'forallvalues' ? 'ForAllValues' : 'ForAnyValue',
    ifExists !== undefined,
  );
}

function operatorOf(base: BaseOperator, set: Operator['set'], ifExists: boolean): Operator {
  return { text: `${set ? `${set}:` : ''}${base.name}${ifExists ? 'IfExists' : ''}`, set, base, ifExists };
}

/** The same operator with another quantifier or IfExists. */
export function variantOf(
  operator: Operator,
  change: { set?: Operator['set']; ifExists: boolean; name?: string },
): Operator {
  const base = BY_NAME.get((change.name ?? operator.base.name).toLowerCase()) as BaseOperator;
  return operatorOf(base, change.set ?? operator.set, change.ifExists);
}

/** The unknown operators of a policy. Their statements never apply; the rest of the policy is valid. */
export function unknownOperators(document: PolicyDocument): readonly Problem[] {
  return document.statements.flatMap(({ index, conditions, emptyOperators }) => {
    const names = new Set([...conditions.map(({ operator }) => operator), ...emptyOperators]);
    return [...names]
      .filter((name) => !parseOperator(name))
      .map((name) => ({
        path: `$.Statement[${index}].Condition.${name}`,
        message: `\`${name}\` is not a condition operator: the statement is taken not to apply; correct its name`,
      }));
  });
}
