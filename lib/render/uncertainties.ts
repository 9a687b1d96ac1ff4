import type { Uncertainty } from '../evaluator/decision.ts';

/** A sentence for each code of a verdict that depends on behaviour which AWS does not document. */
export const UNCERTAINTIES: Readonly<Record<Uncertainty, string>> = {
  'cross-segment-wildcard': 'A wildcard in an ARN may or may not reach over a colon.',
  'multivalued-key-without-set-operator':
    'A key with several values is compared without ForAllValues or ForAnyValue.',
  'empty-condition-operator': 'A condition operator holds no keys.',
  'ambiguous-tag-case': 'Two tag keys differ only by case, and the condition could mean either.',
  'bool-variable': 'A Bool condition compares with a policy variable.',
  'notresource-unresolved-variable': 'A NotResource holds a policy variable that has no value.',
  'unknown-operator': 'A condition operator is not one that IAM documents.',
  'duplicate-json-key': 'A policy document holds the same key twice.',
  'empty-string-tag-default': 'A tag is compared with the empty string.',
  'service-segment-wildcard': 'The service part of an ARN or action holds a wildcard.',
  'contested-session-policy': 'Sources disagree on what the session policy does here.',
  'malformed-policy': 'A policy that could deny this could not be read.',
  'set-operator-ifexists': 'A set operator is combined with IfExists.',
  'too-many-values': 'More values of a policy variable fit than can be listed.',
  'policy-copy': 'The document of a policy that AWS manages was not collected, and a dated copy was taken.',
  'mfa-of-a-service-session':
    'A condition asks for MFA of a role that nobody can take with MFA: the key may be false or missing.',
  'passrole-by-tag': 'A role is passed under a condition on its tags, which AWS does not promise to honour.',
  'empty-tag-value':
    'A tag is set to an empty value, which a condition may count as a request that does not name the tag.',
  'removal-without-value':
    'A tag is removed without naming its value, which conditions on the value may pass over.',
  'removal-without-key':
    'All tags are removed at once, without naming any, which conditions on tag keys may pass over.',
  'notprincipal-without-account':
    'A Deny with NotPrincipal lists the principal without its account, and may deny it all the same.',
  'default-session-document':
    'Only the instance is granted, and the default session document may need a grant of its own.',
  'own-document':
    'It rests on a document of the account that takes no commands, or of which nobody has read what it does.',
  'association-resource':
    'The reference asks for the association beside the document, and only the document is granted.',
  'window-rights':
    "AWS does not say whether registering a task with a maintenance window also asks for the caller's own ssm:SendCommand.",
  'root-volume-resources':
    'The reference asks for the new volume, the task and an image, too, and only the instance and its root volume are granted.',
  'load-balancer':
    'A load balancer would bring others to its ports, if there is one, and if the security groups let it in.',
  'alarm-rights':
    "AWS's pages differ on whether an alarm that stops instances asks for the caller's own rights on them.",
  'stack-rights':
    "A stack without a role of its own changes with the caller's rights, and what the instance applies by itself is inside it.",
  'deployment-rights':
    'Whether CodeDeploy also asks for the revision to be registered, or for a role to be passed, AWS does not say.',
  'beanstalk-rights': 'A deployment also asks for rights in other services, which were not judged.',
  'kubernetes-access':
    'Whether the cluster takes access entries, and what Kubernetes itself allows, was not read.',
  'service-placement':
    'Where the tasks of a service that is there already run was not read: on this host, or elsewhere in its cluster.',
  'pipeline-rights':
    'Whether an update of a pipeline asks for its role to be passed, AWS does not say; it deploys with its next run.',
  'restored-copy':
    'What is restored still has to be read: an instance to be reached, or a copy to be shared with another account.',
  'own-approval':
    'Whoever rewrites the policy that approves access may be approved by it; whom it may name beside people of Identity Center was not read.',
  'agent-role':
    'What the agent may do is bounded by its role, and by what the agent refuses to do: neither was judged.',
  'data-channel-not-granted': 'No policy grants ssmmessages:OpenDataChannel, which sessions may need by now.',
  'key-policy-not-collected':
    'The policy of the KMS key that encrypts sessions was not collected; it is taken to leave it to identity policies.',
  'guardrails-not-collected': 'Service and resource control policies were not collected and could deny this.',
};
