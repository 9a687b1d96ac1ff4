import type { Grant } from '../matrix/paths/cell.ts';
import { jsonLine } from '../policy/quoted.ts';
import type { ConditionClause, Statement } from '../policy/statement.ts';
import type { Facts } from './facts.ts';

/**
 * The cause of a statement. A managed policy is one document wherever it is attached, so its ARN and the Sid,
 * or else the number of the statement, identify it. Inline policies are copies: statements that are equal
 * except for names and ids are one cause.
 */
export function statementCause(
  facts: Pick<Facts, 'policies' | 'snapshot'>,
  grant: Pick<Grant, 'policy' | 'statement' | 'sid'>,
): string {
  const statements = facts.policies.statements(grant.policy) ?? [];
  const statement = statements[grant.statement];
  if (!statement || !grant.policy.includes('#'))
    return `managed\n${grant.policy}\n${isOnly(statements, grant.sid) ? `sid ${grant.sid}` : grant.statement}`;
  return `inline\n${shapeOf(statement, facts.snapshot.accountId)}`;
}

function isOnly(statements: readonly Statement[], sid: string | null): boolean {
  return sid !== null && sid !== '' && statements.filter((one) => one.sid === sid).length === 1;
}

/** The form of a statement without names and ids: equal forms, one cause. */
function shapeOf(statement: Statement, account: string): string {
  const { effect, actions, notActions, resources, notResources, conditions } = statement;
  return jsonLine([
    effect,
    notActions,
    [...new Set(actions.map((action) => action.toLowerCase()))].sort(),
    notResources,
    resources === null ? null : [...new Set(resources.map((one) => arnShape(one, account)))].sort(),
    conditions.map((one) => clauseShape(one, account)).sort(),
  ]);
}

/** An ARN without its names and ids: wildcards, variables, service and type stay. */
function arnShape(text: string, account: string): string {
  const parts = /^(arn:[^:]*:[^:]*:[^:]*):([^:]*):(.*)$/s.exec(text);
  if (!parts) return text;
  const [, head = '', owner = '', resource = ''] = parts;
  const type = /^[a-z-]+[/:]/.exec(resource)?.[0] ?? '';
  return `${head}:${owner === account ? '<account>' : owner}:${type}${withoutNames(resource.slice(type.length))}`;
}

/** Replaces runs without wildcards, variables and separators by one mark. */
function withoutNames(text: string): string {
  return text.replace(/\$\{[^}]*\}|[^*?$/:]+/g, (part) => (part.startsWith('${') ? part : '<name>'));
}

const OF_NAMES = /(resourcetag|principaltag|requesttag)\/|instanceid$/;

function clauseShape({ operator, key, values }: ConditionClause, account: string): string {
  const name = key.toLowerCase();
  const shapes = values.map((value) => {
    if (value.startsWith('arn:')) return arnShape(value, account);
    return OF_NAMES.test(name) ? withoutNames(value) : value;
  });
  return jsonLine([operator.toLowerCase(), name, [...new Set(shapes)].sort()]);
}
