import { parseArn } from '../policy/arn.ts';
import { type DocumentKind, DUPLICATE_KEY, type PolicyDocument, parsePolicy } from '../policy/document.ts';
import { type Fields, isObject } from '../policy/fields.ts';
import { parseJson, type RepeatedKey, repeatedKeys } from '../policy/json.ts';
import { otherReadings } from '../policy/other-readings.ts';
import type { Problem } from '../policy/problem.ts';
import { accessLevel } from '../reference/actions.ts';
import type { Layers } from './combine.ts';
import { type CompiledPolicy, compilePolicy } from './compile.ts';
import { unknownOperators } from './conditions/operators.ts';
import type { Decision, StatementRef } from './decision.ts';
import { evaluate } from './evaluate.ts';
import { type Principal, parsePrincipalArn, servicePrincipal } from './principal.ts';
import { requestContext } from './request-context.ts';

/** The policy's name already contains the layer of a statement. */
type SimulateDecision = Omit<Decision, 'statements'> & {
  readonly statements: readonly Omit<StatementRef, 'layer'>[];
};

/** What `simulate` prints for one line. */
export type SimulateAnswer =
  | ({ readonly id: string | number | null } & SimulateDecision)
  | { readonly id: string | number | null; readonly error: string };

class CaseError extends Error {}

/**
 * Above this number of steps, in all of a case's policies together, no list of values is created for an
 * unknown variable.
 */
const SOLVING = 1_000_000;

/** Characters to read for the possible meanings of duplicate keys. */
const READING = 20_000_000;

/** Characters of an action or a resource, far more than any real one: comparing longer ones is slow. */
const LONGEST = 12_000;

/** Characters of a line: a case with every policy that AWS lets a principal have is far shorter. */
export const LONGEST_LINE = 10_000_000;

/**
 * Answers one line of `simulate`: a case as JSON in, a decision out. A line that cannot be read gives an
 * `error`.
 */
export function simulateLine(line: string): SimulateAnswer {
  if (line.length > LONGEST_LINE)
    return { id: null, error: `the line has more than ${LONGEST_LINE} characters: ask about fewer policies` };
  const parsed = parseJson(line);
  if (!parsed.ok) return { id: null, error: parsed.problem.message };
  if (!isObject(parsed.value))
    return { id: null, error: 'a case is a JSON object with `principal`, `action` and `resource`' };
  const fields = parsed.value;
  const id = typeof fields.id === 'string' || typeof fields.id === 'number' ? fields.id : null;
  try {
    return { id, ...simulate(fields, parsed.duplicateKeys, line) };
  } catch (error) {
    // one failing line must not stop the others, whatever the reason
    return { id, error: (error as Error).message };
  }
}

function simulate(fields: Fields, duplicateKeys: readonly string[], line: string): SimulateDecision {
  const action = readText(fields, 'action');
  if (!/^[^\s:*?]+:[^\s:*?]+$/.test(action))
    throw new CaseError(`\`action\` is not like \`ec2:StartInstances\`: \`${action}\``);
  const resource = readText(fields, 'resource');
  if (resource !== '*' && !parseArn(resource))
    throw new CaseError(`\`resource\` is neither an ARN nor \`*\`: \`${resource}\``);
  const context = fields.context ?? {};
  if (!isObject(context)) throw new CaseError('`context` is an object of condition keys');
  const principal = readPrincipal(fields.principal, context);
  const policies = new PolicyReader(fields, duplicateKeys, line);
  policies.problems.push(...unlistedAction(action));
  const layers = readLayers(policies);
  const complete = fields.contextIsComplete ?? true;
  if (typeof complete !== 'boolean') throw new CaseError('`contextIsComplete` is true or false');
  const known = requestContext({ principal, action, resource, given: context, complete });
  if (typeof known === 'string') throw new CaseError(known);
  const resourceAccount = readAccount(fields, resource, principal);
  const { statements, ...rest } = evaluate(
    { principal, action, resource, resourceAccount, context: { ...known, solving: { left: SOLVING } } },
    layers,
  );
  const { uncertain, ...word } = rest;
  const decision = { ...word, statements: statements.map(({ layer, ...ref }) => ref), uncertain };
  return policies.problems.length > 0 ? { ...decision, problems: policies.problems } : decision;
}

/** The decision is still valid: the list may be older than the action. */
function unlistedAction(action: string): readonly Problem[] {
  if (accessLevel(action) !== undefined) return [];
  return [{ path: 'action', message: `\`${action}\` is not an action that AWS lists: check its name` }];
}

/** The principal of an identity policy or a guardrail is its holder. */
function misplacedPrincipals({ statements }: PolicyDocument, kind: DocumentKind): readonly Problem[] {
  if (kind !== 'identity' && kind !== 'scp') return [];
  return statements
    .filter(({ principals }) => principals !== null)
    .map(({ index, principals }) => ({
      path: `$.Statement[${index}].${principals?.not ? 'NotPrincipal' : 'Principal'}`,
      message: 'a policy of this kind names no principal: the statement is taken not to apply; remove it',
    }));
}

function readLayers(policies: PolicyReader): Layers {
  return {
    identityPolicies: policies.list('identityPolicies', 'identity'),
    permissionsBoundary: policies.one('permissionsBoundary', 'identity'),
    serviceControlPolicies: policies.levels('serviceControlPolicies', 'scp'),
    resourceControlPolicies: policies.levels('resourceControlPolicies', 'rcp'),
    sessionPolicies: policies.list('sessionPolicies', 'identity'),
    resourcePolicy: policies.one('resourcePolicy', 'resource'),
  };
}

function readText(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string' || value === '')
    throw new CaseError(`\`${name}\` is missing: a case needs \`principal\`, \`action\` and \`resource\``);
  if (value.length > LONGEST) throw new CaseError(`\`${name}\` has more than ${LONGEST} characters`);
  return value;
}

function readAccount(fields: Fields, resource: string, principal: Principal): string {
  const given = fields.resourceAccount;
  const named = parseArn(resource)?.account;
  // `arn:aws:iam::aws:policy/...` has no account: every account sees it as its own
  if (given === undefined) return (named === 'aws' ? '' : named) || principal.account;
  if (typeof given !== 'string' || !/^\d{12}$/.test(given))
    throw new CaseError('`resourceAccount` is an account id: twelve digits, as text');
  return given;
}

function readPrincipal(value: unknown, context: Fields): Principal {
  if (isObject(value) && typeof value.service === 'string') return servicePrincipal(value.service);
  if (typeof value !== 'string')
    throw new CaseError('`principal` is missing: give an ARN, or `{"service": "ec2.amazonaws.com"}`');
  const userId = Object.entries(context).find(([key]) => key.toLowerCase() === 'aws:userid')?.[1];
  const principal = parsePrincipalArn(value, typeof userId === 'string' ? userId.replace(/:.*/s, '') : null);
  if (!principal)
    throw new CaseError(`\`principal\` is no user, role, session or account root: \`${value}\``);
  return principal;
}

/** Reads the policies of a case and collects their problems, each under the policy's own name. */
class PolicyReader {
  readonly problems: Problem[] = [];
  readonly #fields: Fields;
  /** the paths of duplicate keys, by the policy that they are in */
  readonly #duplicateKeys: ReadonlyMap<string | undefined, readonly string[]>;

  readonly #line: string;
  #repeated: ReadonlyMap<string | undefined, readonly RepeatedKey[]> | null = null;
  /** characters that may still be read for other meanings of the line */
  #left = READING;

  constructor(fields: Fields, duplicateKeys: readonly string[], line: string) {
    this.#line = line;
    this.#fields = fields;
    this.#duplicateKeys = Map.groupBy(duplicateKeys, policyIn);
  }

  one(name: string, kind: DocumentKind): CompiledPolicy | null {
    const value = this.#fields[name];
    return value === undefined || value === null ? null : this.#compile(value, name, kind);
  }

  list(name: string, kind: DocumentKind): readonly CompiledPolicy[] {
    const value = this.#fields[name] ?? [];
    if (!Array.isArray(value)) throw new CaseError(`\`${name}\` is a list of policies`);
    return value.map((document, i) => this.#compile(document, `${name}[${i}]`, kind));
  }

  levels(name: string, kind: DocumentKind): readonly (readonly CompiledPolicy[])[] {
    const value = this.#fields[name] ?? [];
    if (!Array.isArray(value) || !value.every(Array.isArray))
      throw new CaseError(`\`${name}\` is a list of levels, each a list of policies`);
    return value.map((level: unknown[], i) =>
      level.map((document, j) => this.#compile(document, `${name}[${i}][${j}]`, kind)),
    );
  }

  #compile(value: unknown, name: string, kind: DocumentKind): CompiledPolicy {
    const within = this.#duplicateKeys.get(name) ?? [];
    const twice = within.map((path) => ({ path: `$${path.slice(name.length + 2)}`, message: DUPLICATE_KEY }));
    const document = parsePolicy(value, kind, twice);
    const found = [
      ...document.problems,
      ...unknownOperators(document),
      ...misplacedPrincipals(document, kind),
    ];
    for (const { path, message } of found) this.problems.push({ path: `${name}: ${path}`, message });
    const policy = compilePolicy(document, name, kind);
    return within.length === 0 ? policy : this.#withOtherDenies(policy);
  }

  /** A Deny in any reading of duplicate keys makes verdicts uncertain. */
  #withOtherDenies(policy: CompiledPolicy): CompiledPolicy {
    const { name, kind } = policy;
    const line = this.#line;
    this.#repeated ??= Map.groupBy(repeatedKeys(line), ({ path }) => policyIn(path));
    const most = Math.floor(this.#left / line.length);
    const { values, complete } = otherReadings(line, this.#repeated.get(name) as RepeatedKey[], most);
    this.#left -= values.length * line.length;
    const documents = [...values.map((value) => memberOf(value, name)), ...(complete ? [] : [UNREAD])];
    const denies = documents
      .flatMap((value) => compilePolicy(parsePolicy(value, kind), name, kind).statements)
      .filter(({ effect }) => effect !== 'Allow');
    return { ...policy, statements: [...policy.statements, ...denies] };
  }
}

/** The policy of a case that a path leads into. */
const policyIn = (path: string): string | undefined => /^\$\.([^.]+)\./.exec(path)?.[1];

/** An unknown statement may deny anything. */
const UNREAD = { Version: '2012-10-17', Statement: {} };

/** `serviceControlPolicies[0][1]` of a line. */
function memberOf(line: unknown, name: string): unknown {
  const steps = name.split(/[[\]]+/).filter((part) => part !== '');
  return steps.reduce<unknown>((value, step) => (value as Fields)[step], line);
}
