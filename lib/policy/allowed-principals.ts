import type { PrincipalElement } from './principal.ts';
import type { Statement } from './statement.ts';

/**
 * The principals that the Allows of a trust policy name. `NotPrincipal` with Allow grants nothing.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
export function allowedPrincipals(
  statements: readonly Pick<Statement, 'effect' | 'principals'>[],
): readonly PrincipalElement[] {
  return statements.flatMap(({ effect, principals }) =>
    effect === 'Allow' && principals && !principals.not ? [principals] : [],
  );
}
