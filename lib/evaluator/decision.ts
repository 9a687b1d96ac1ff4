import type { Problem } from '../policy/problem.ts';

/**
 * One predicate over a condition key. `operator` is IAM's own word, IfExists and set prefixes included; a
 * missing key is treated as IAM does.
 */
export interface ConditionTerm {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** What remains to be true: an OR of ANDs in minimal form, and the same as one sentence. */
export interface Condition {
  readonly anyOf: readonly { readonly allOf: readonly ConditionTerm[] }[];
  readonly text: string;
}

/** The layers of a decision, with the names of the simulate command. */
export type Layer =
  | 'identityPolicies'
  | 'permissionsBoundary'
  | 'serviceControlPolicies'
  | 'resourceControlPolicies'
  | 'sessionPolicies'
  | 'resourcePolicy';

/** Codes for a verdict that depends on behaviour which AWS does not document. */
export type Uncertainty =
  | 'cross-segment-wildcard'
  | 'multivalued-key-without-set-operator'
  | 'empty-condition-operator'
  | 'ambiguous-tag-case'
  | 'bool-variable'
  | 'notresource-unresolved-variable'
  | 'unknown-operator'
  | 'duplicate-json-key'
  | 'empty-string-tag-default'
  | 'service-segment-wildcard'
  | 'contested-session-policy'
  | 'malformed-policy'
  | 'set-operator-ifexists'
  | 'too-many-values'
  | 'mfa-of-a-service-session'
  | 'passrole-by-tag'
  | 'empty-tag-value'
  | 'removal-without-value'
  | 'removal-without-key'
  | 'default-session-document'
  | 'notprincipal-without-account'
  | 'data-channel-not-granted'
  | 'key-policy-not-collected'
  | 'preferences-not-collected'
  | 'guardrails-not-collected'
  | 'policy-copy'
  | 'own-document'
  | 'association-resource'
  | 'window-rights'
  | 'root-volume-resources'
  | 'load-balancer'
  | 'alarm-rights'
  | 'stack-rights'
  | 'deployment-rights'
  | 'beanstalk-rights'
  | 'kubernetes-access'
  | 'service-placement'
  | 'pipeline-rights'
  | 'restored-copy'
  | 'own-approval'
  | 'launch-configuration'
  | 'agent-role';

/** A deciding statement: its policy's name, its index in that policy, and its Sid. */
export interface StatementRef {
  readonly policy: string;
  readonly statement: number;
  readonly sid: string | null;
  readonly effect: 'Allow' | 'Deny';
  readonly layer: Layer;
}

/** The words of the IAM policy simulator, and `conditional` if keys are unknown. */
export type DecisionWord = 'allowed' | 'explicitDeny' | 'implicitDeny' | 'conditional';

/**
 * The answer to one request. `blockedBy` is the layer that blocks what the identity or resource policy
 * allows.
 */
export interface Decision {
  readonly decision: DecisionWord;
  readonly condition: Condition | null;
  readonly blockedBy: Layer | null;
  readonly statements: readonly StatementRef[];
  readonly uncertain: readonly Uncertainty[];
  readonly problems?: readonly Problem[];
}
