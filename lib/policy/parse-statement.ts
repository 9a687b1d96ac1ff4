import { type Fields, isObject, listOf, own } from './fields.ts';
import { type PrincipalElement, parsePrincipal } from './principal.ts';
import { NOTE, type Problem } from './problem.ts';
import type { ConditionClause, Statement } from './statement.ts';

type Kind = 'identity' | 'resource' | 'trust' | 'scp' | 'rcp';

/** A statement as written, and the list for its problems. */
interface Raw {
  readonly fields: Fields;
  readonly path: string;
  readonly kind: Kind;
  readonly problems: Problem[];
}

/** Characters in one text, more than AWS stores in a whole identity policy: comparing longer ones is slow. */
const LONGEST = 12_000;

const ELEMENTS = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
export function parseStatement(fields: unknown, index: number, kind: Kind, problems: Problem[]): Statement {
  const path = `$.Statement[${index}]`;
  if (!isObject(fields)) {
    problems.push({ path, message: 'a statement is a JSON object' });
    return EMPTY(index);
  }
  const raw: Raw = { fields, path, kind, problems };
  for (const element of Object.keys(fields)) {
    if (!ELEMENTS.has(element))
      problems.push({
        path: `${path}.${element}`,
        message: `\`${element}\` is not an element of a statement`,
      });
  }
  const sid = own(fields, 'Sid');
  if (sid !== undefined && typeof sid !== 'string')
    problems.push({ path: `${path}.Sid`, message: 'a Sid is text' });
  const effect = readEffect(raw);
  const action = oneOf(raw, 'Action', true);
  const resource = oneOf(raw, 'Resource', kind !== 'trust' && kind !== 'resource');
  const principals = readPrincipals(raw, effect);
  const { clauses, emptyOperators } = readConditions(own(fields, 'Condition'), `${path}.Condition`, problems);
  const statement: Statement = {
    index,
    sid: typeof sid === 'string' ? sid : null,
    effect,
    actions: action.list ?? [],
    notActions: action.not,
    resources: resource.list,
    notResources: resource.not,
    principals,
    conditions: clauses,
    emptyOperators,
  };
  if (kind === 'rcp') checkRcp(statement, path, problems);
  return statement;
}

const EMPTY = (index: number): Statement => ({
  index,
  sid: null,
  effect: null,
  actions: [],
  notActions: false,
  resources: null,
  notResources: false,
  principals: null,
  conditions: [],
  emptyOperators: [],
});

function readEffect({ fields, path, problems }: Raw): 'Allow' | 'Deny' | null {
  const effect = own(fields, 'Effect');
  if (effect === 'Allow' || effect === 'Deny') return effect;
  problems.push({ path: `${path}.Effect`, message: 'Effect is exactly `Allow` or `Deny`' });
  return null;
}

/** Exactly one of Action and NotAction, Resource and NotResource, with text in it. */
function oneOf(
  { fields, path, problems }: Raw,
  name: string,
  needed: boolean,
): { not: boolean; list: readonly string[] | null } {
  const plain = own(fields, name);
  const negated = own(fields, `Not${name}`);
  if (plain !== undefined && negated !== undefined) {
    problems.push({ path, message: `a statement has \`${name}\` or \`Not${name}\`, not both` });
  }
  const not = plain === undefined && negated !== undefined;
  const value = not ? negated : plain;
  if (value === undefined) {
    if (needed) problems.push({ path, message: `a statement needs \`${name}\` or \`Not${name}\`` });
    return { not, list: null };
  }
  const list = listOf(value);
  const texts = list.filter((entry) => typeof entry === 'string');
  const at = `${path}.${not ? 'Not' : ''}${name}`;
  if (list.length === 0 || texts.length < list.length)
    problems.push({ path: at, message: `\`${name}\` is text or a list of at least one text` });
  return { not, list: readable(texts, at, problems) };
}

/** Without the texts that are too long. */
function readable(texts: readonly string[], path: string, problems: Problem[]): readonly string[] {
  const short = texts.filter((text) => text.length <= LONGEST);
  if (short.length < texts.length)
    problems.push({
      path,
      message: `a text of more than ${LONGEST} characters is longer than a policy may be`,
    });
  return short;
}

function readPrincipals(
  { fields, path, kind, problems }: Raw,
  effect: Statement['effect'],
): PrincipalElement | null {
  const plain = own(fields, 'Principal');
  const negated = own(fields, 'NotPrincipal');
  if (plain !== undefined && negated !== undefined) {
    problems.push({ path, message: 'a statement has `Principal` or `NotPrincipal`, not both' });
  }
  if (plain !== undefined) return parsePrincipal(plain, false, `${path}.Principal`, problems);
  if (negated === undefined) return null;
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
  if (effect === 'Allow')
    problems.push({ path: `${path}.NotPrincipal`, message: '`NotPrincipal` goes with Deny only' });
  if (kind === 'trust')
    problems.push({ path: `${path}.NotPrincipal`, message: 'a trust policy takes no `NotPrincipal`' });
  return parsePrincipal(negated, true, `${path}.NotPrincipal`, problems);
}

function readConditions(
  raw: unknown,
  path: string,
  problems: Problem[],
): { clauses: ConditionClause[]; emptyOperators: string[] } {
  const clauses: ConditionClause[] = [];
  const emptyOperators: string[] = [];
  if (raw === undefined) return { clauses, emptyOperators };
  if (!isObject(raw)) {
    problems.push({ path, message: 'a Condition is an object of operators' });
    return { clauses, emptyOperators };
  }
  for (const [operator, keys] of Object.entries(raw)) {
    if (!isObject(keys)) {
      problems.push({ path: `${path}.${operator}`, message: 'a condition operator holds an object of keys' });
      continue;
    }
    const entries = Object.entries(keys);
    if (entries.length === 0) emptyOperators.push(operator);
    for (const [key, value] of entries) {
      const values = readValues(value, `${path}.${operator}.${key}`, problems);
      if (!values) continue;
      clauses.push({ operator, key, values });
      noteLiteralWildcards({ operator, key, values }, path, problems);
    }
  }
  return { clauses, emptyOperators };
}

const COMPARES_LITERALLY =
  /^(for(anyvalue|allvalues):)?(stringequals|stringnotequals)(ignorecase)?(ifexists)?$/i;

/**
 * `*` is a wildcard in `StringLike` and a character in `StringEquals`; `${*}` is meant as one.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_String
 */
function noteLiteralWildcards(
  { operator, key, values }: ConditionClause,
  path: string,
  problems: Problem[],
): void {
  const odd = values.find((value) => value.replace(/\$\{\*\}/g, '').includes('*'));
  if (odd === undefined || !COMPARES_LITERALLY.test(operator)) return;
  problems.push({
    path: `${path}.${operator}.${key}`,
    message: `${NOTE}\`${operator}\` takes the \`*\` of \`${odd}\` literally: if it is meant as a wildcard, use \`StringLike\` or \`StringNotLike\``,
  });
}

function readValues(value: unknown, path: string, problems: Problem[]): readonly string[] | null {
  const list = listOf(value);
  if (!list.every(isScalar)) {
    problems.push({
      path,
      message: 'a condition value is text, a number, true or false, or a list of these',
    });
    return null;
  }
  return readable(list.map(String), path, problems);
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html */
function checkRcp({ effect, notActions, principals }: Statement, path: string, problems: Problem[]): void {
  if (notActions)
    problems.push({ path: `${path}.NotAction`, message: 'a resource control policy takes no `NotAction`' });
  if (effect === 'Deny' && !(principals?.any && !principals.not)) {
    problems.push({ path: `${path}.Principal`, message: 'a resource control policy has `"Principal": "*"`' });
  }
}
