import type { Uncertainty } from '../evaluator/decision.ts';

/** A sentence for each code of a verdict that depends on behaviour which AWS does not document. */
export const UNCERTAINTIES: Readonly<Record<Uncertainty, string>> = {
  'cross-segment-wildcard': 'A wildcard in an ARN may or may not match a colon.',
  'multivalued-key-without-set-operator':
    'A key with several values is compared without ForAllValues or ForAnyValue.',
  'empty-condition-operator': 'A condition operator has no keys.',
  'ambiguous-tag-case': 'Two tag keys differ only by case, and the condition could mean either.',
  'bool-variable': 'A Bool condition compares with a policy variable.',
  'notresource-unresolved-variable': 'A NotResource contains a policy variable that has no value.',
  'unknown-operator': 'IAM does not document a condition operator.',
  'duplicate-json-key': 'A policy document has the same key twice.',
  'empty-string-tag-default': 'A tag is compared with the empty string.',
  'service-segment-wildcard': 'The service part of an ARN or action contains a wildcard.',
  'contested-session-policy': "AWS's pages disagree on the effect of the session policy here.",
  'malformed-policy': 'A policy that could deny this could not be read.',
  'set-operator-ifexists': 'A set operator is combined with IfExists.',
  'too-many-values': 'More values of a policy variable match than can be listed.',
  'policy-copy': 'The document of an AWS managed policy was not collected, and a dated copy was used.',
  'mfa-of-a-service-session':
    'A condition requires MFA of a role that cannot be assumed with MFA: the key may be false or missing.',
  'passrole-by-tag': 'A role is passed under a condition on its tags, which AWS does not promise to apply.',
  'empty-tag-value':
    'A tag is set to an empty value, which a condition may count as a request that does not name the tag.',
  'removal-without-value':
    'A tag is removed without naming its value, which conditions on the value may not see.',
  'removal-without-key':
    'All tags are removed at once, without naming any, which conditions on tag keys may not see.',
  'notprincipal-without-account':
    'A Deny with NotPrincipal lists the principal without its account, and may still deny it.',
  'default-session-document':
    'Only the instance is granted, and the default session document may need its own grant.',
  'own-document':
    'It depends on a document of the account that accepts no commands, or whose content was not read.',
  'association-resource':
    'The reference requires the association in addition to the document, and only the document is granted.',
  'window-rights':
    "AWS does not say whether registering a task with a maintenance window also requires the caller's own ssm:SendCommand.",
  'root-volume-resources':
    'The reference also requires the new volume, the task and an image, and only the instance and its root volume are granted.',
  'load-balancer':
    'A load balancer could let others reach its ports, if there is one and the security groups allow it.',
  'alarm-rights':
    "AWS's pages disagree on whether an alarm that stops instances requires the caller's own permissions on them.",
  'stack-rights':
    "A stack without a role uses the caller's permissions, and the instance applies the change by itself.",
  'deployment-rights':
    'AWS does not say whether CodeDeploy also requires permission to register the revision or to pass a role.',
  'beanstalk-rights': 'A deployment also needs permissions in other services, which were not judged.',
  'kubernetes-access':
    'It was not read whether the cluster accepts access entries, or what Kubernetes itself allows.',
  'service-placement':
    'It was not read where the tasks of an existing service, or the jobs of a queue, run: on this host, or elsewhere.',
  'pipeline-rights':
    'AWS does not say whether an update of a pipeline requires permission to pass its role; it deploys with its next run.',
  'restored-copy':
    'The restored copy must still be read: an instance must be reached, or a copy shared with another account.',
  'own-approval':
    'A principal that changes the approval policy may be approved by it; which principals besides people of Identity Center it may name was not read.',
  'launch-configuration':
    'Accounts that were created since October 2024 cannot create launch configurations.',
  'agent-role': 'The agent is limited by its role, and by what it refuses to do: neither was judged.',
  'data-channel-not-granted': 'No policy grants ssmmessages:OpenDataChannel, which sessions may need.',
  'key-policy-not-collected':
    'The policy of the KMS key that encrypts sessions was not collected; it is assumed to delegate to identity policies.',
  'preferences-not-collected':
    "Session Manager's preferences were not collected: sessions may need a KMS key, and may run as other users.",
  'guardrails-not-collected': 'Service and resource control policies were not collected and could deny this.',
};
