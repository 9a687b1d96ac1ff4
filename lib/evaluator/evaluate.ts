import { combine, type Layers, type Request } from './combine.ts';
import { conclude } from './conclude.ts';
import type { Decision } from './decision.ts';

/**
 * The decision on one request, as IAM documents it: an explicit deny in any layer wins; then every guardrail must
 * allow, and an identity or resource policy must grant within boundary and session policy.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
export function evaluate(request: Request, layers: Layers): Decision {
  return conclude(combine(request, layers));
}
