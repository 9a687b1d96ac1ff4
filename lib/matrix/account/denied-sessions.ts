import { type CompiledPolicy, type CompiledStatement, statementsFor } from '../../evaluator/compile.ts';
import { remembered } from '../../memory/remembered.ts';
import { ESCALATIONS } from '../paths/escalations.ts';
import { PATH_ACTIONS } from '../paths/path-actions.ts';
import { isAnyResource } from './any-resource.ts';

/** Every action of any request, in lower case. */
export const ASKED_ACTIONS: readonly string[] = [
  ...new Set(
    [...PATH_ACTIONS, ...ESCALATIONS.flatMap(({ requests }) => requests.map(({ action }) => action))].map(
      (action) => action.toLowerCase(),
    ),
  ),
  'sts:assumerole',
  'sts:tagsession',
  'sts:setsourceidentity',
];

/** Keys about the sign-in and the source of a caller: the same in all of its requests. */
const SESSION_KEYS: ReadonlySet<string> = new Set([
  'aws:multifactorauthpresent',
  'aws:multifactorauthage',
  'aws:sourceip',
  'aws:vpcsourceip',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:viaawsservice',
  'aws:securetransport',
  'aws:currenttime',
  'aws:epochtime',
  'aws:tokenissuetime',
  'aws:useragent',
]);

const known = new WeakMap<CompiledPolicy, boolean>();

/**
 * True for a policy that denies everything to some sessions, for example to those without MFA, and nothing to
 * others. Removing such a Deny gains nothing: it takes a session that is not denied.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_my-sec-creds-self-manage.html
 */
export function deniesSessions(policy: CompiledPolicy): boolean {
  return remembered(known, policy, () => {
    const denies = policy.statements.filter(({ effect }) => effect !== 'Allow');
    return denies.length > 0 && denies.every((statement) => isOfSessions(statement, policy));
  });
}

function isOfSessions(statement: CompiledStatement, policy: CompiledPolicy): boolean {
  const { effect, clauses, emptyOperators } = statement;
  return (
    effect === 'Deny' &&
    !emptyOperators &&
    isAnyResource(statement) &&
    clauses.length > 0 &&
    clauses.every(
      ({ key, values }) =>
        SESSION_KEYS.has(key.toLowerCase()) && values.every(({ template }) => !template.hasVariables),
    ) &&
    ASKED_ACTIONS.every((action) => statementsFor(policy, action).includes(statement))
  );
}
