import type { ConditionTerm } from '../decision.ts';

type Alternatives = readonly { readonly allOf: readonly ConditionTerm[] }[];

/** The largest number of clauses in an alternative, and of alternatives; further ones are counted. */
const MAX_CLAUSES = 3;

/**
 * The condition as one sentence: `if signed in with MFA and from 203.0.113.0/24`. Always one line. `complete`: there are
 * no other alternatives than these.
 */
export function sentenceOf(anyOf: Alternatives, complete: boolean): string {
  if (anyOf.length === 0) return 'if conditions hold that are too many to work out';
  const shown = anyOf.slice(0, MAX_CLAUSES).map(({ allOf }) => {
    const clauses = allOf.slice(0, MAX_CLAUSES).map(clauseOf);
    const more = allOf.length - clauses.length;
    return [...clauses, ...(more > 0 ? [`${more} more condition${more > 1 ? 's' : ''}`] : [])].join(' and ');
  });
  const more = anyOf.length - shown.length;
  const rest = more > 0 ? [`in ${more} more case${more > 1 ? 's' : ''}`] : [];
  const others = complete ? [] : ['in others that are too many to list'];
  return `if ${[...shown, ...rest, ...others].join(', or ')}`;
}

/** One condition, as it follows `if` in a sentence. */
export function clauseOf(term: ConditionTerm): string {
  const special = PHRASES[`${term.key.toLowerCase()} ${term.operator} ${term.values.join(',')}`];
  if (special) return special;
  const phrase = KEY_PHRASES[`${term.key.toLowerCase()} ${term.operator}`];
  return phrase ? phrase(listOf(term.values)) : plain(term);
}

const MFA = 'aws:multifactorauthpresent';
const PHRASES: Readonly<Record<string, string>> = {
  [`${MFA} Bool true`]: 'signed in with MFA',
  [`${MFA} BoolIfExists true`]: 'signed in with MFA or with an access key',
  [`${MFA} Bool false`]: 'with temporary credentials that were issued without MFA',
  [`${MFA} BoolIfExists false`]: 'not signed in with MFA',
  [`${MFA} Null true`]: 'with an access key',
  [`${MFA} Null false`]: 'with temporary credentials',
  'aws:securetransport Bool true': 'over TLS',
  'ssm:accessrequeststatus StringEquals Approved': 'the access request is approved',
  'aws:viaawsservice Bool true': 'through an AWS service',
  'aws:viaawsservice Bool false': 'called directly',
};

const KEY_PHRASES: Readonly<Record<string, (values: string) => string>> = {
  'aws:sourceip IpAddress': (values) => `from ${values}`,
  'aws:sourceip NotIpAddress': (values) => `not from ${values}`,
  'aws:vpcsourceip IpAddress': (values) => `from ${values} inside a VPC`,
  'aws:sourcevpc StringEquals': (values) => `from VPC ${values}`,
  'aws:sourcevpce StringEquals': (values) => `through VPC endpoint ${values}`,
  'ec2:osuser StringEquals': (values) => `the OS user is ${values}`,
  'ec2:osuser StringLike': (values) => `the OS user is like ${values}`,
  'aws:multifactorauthage NumericLessThan': (values) => `signed in with MFA less than ${values} s ago`,
  'aws:multifactorauthage NumericLessThanEquals': (values) => `signed in with MFA at most ${values} s ago`,
  'aws:currenttime DateLessThan': (values) => `before ${values}`,
  'aws:currenttime DateGreaterThan': (values) => `after ${values}`,
};

const VERBS: Readonly<Record<string, string>> = {
  StringEquals: 'is',
  StringNotEquals: 'is not',
  StringEqualsIgnoreCase: 'is (in any case)',
  StringNotEqualsIgnoreCase: 'is not (in any case)',
  StringLike: 'is like',
  StringNotLike: 'is not like',
  ArnEquals: 'is like',
  ArnLike: 'is like',
  ArnNotEquals: 'is not like',
  ArnNotLike: 'is not like',
  NumericEquals: 'is',
  NumericNotEquals: 'is not',
  NumericLessThan: 'is less than',
  NumericLessThanEquals: 'is at most',
  NumericGreaterThan: 'is more than',
  NumericGreaterThanEquals: 'is at least',
  DateEquals: 'is',
  DateNotEquals: 'is not',
  DateLessThan: 'is before',
  DateLessThanEquals: 'is not after',
  DateGreaterThan: 'is after',
  DateGreaterThanEquals: 'is not before',
  IpAddress: 'is in',
  NotIpAddress: 'is not in',
  Bool: 'is',
  BinaryEquals: 'is',
};

function plain({ key, operator, values }: ConditionTerm): string {
  const name = nameOf(key);
  if (operator === 'Null') return values[0] === 'true' ? `${name} is absent` : `${name} is present`;
  if (operator === 'StringLike' && values.join() === '*') return `${name} is present`;
  const set = operator.startsWith('ForAllValues:')
    ? 'every value of '
    : operator.startsWith('ForAnyValue:')
      ? 'a value of '
      : '';
  const ifExists = operator.endsWith('IfExists') ? ' (or absent)' : '';
  const verb = VERBS[operator.replace(/^.*:/, '').replace(/IfExists$/, '')] as string;
  return `${set}${name} ${verb} ${listOf(values)}${ifExists}`;
}

/** The owner of a tag key; the key itself stays, since the policy contains it. */
const OWNERS: readonly (readonly [prefix: string, owner: string])[] = [
  ['aws:principaltag/', "the principal's own tag "],
  ['aws:requesttag/', "the request's tag "],
  ['aws:tagkeys', "the request's "],
  ['aws:resourcetag/', "the resource's tag "],
  ['ec2:resourcetag/', "the resource's tag "],
  ['ssm:resourcetag/', "the resource's tag "],
  ['iam:resourcetag/', "the user's or role's tag "],
];

function nameOf(key: string): string {
  const canonical = key.toLowerCase();
  const owner = OWNERS.find(([prefix]) => canonical.startsWith(prefix))?.[1] ?? '';
  return `${owner}${oneLine(key)}`;
}

function listOf(values: readonly string[]): string {
  if (values.length === 0) return 'one of no values';
  const shown = values.slice(0, MAX_CLAUSES).map((value) => (value === '' ? 'empty' : oneLine(value)));
  const more = values.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(' or ');
}

/** Line breaks and other control characters of a hostile value, made visible. */
function oneLine(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (char) => `\\u{${(char.codePointAt(0) as number).toString(16)}}`,
  );
}
