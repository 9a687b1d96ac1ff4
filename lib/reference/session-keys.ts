/**
 * Who adds condition keys to a role's session: an AWS service (the first part of its service principal),
 * Identity Center, or STS for a sign-in with an assertion of an identity provider.
 */
export type SessionSource =
  | 'ec2'
  | 'ssm'
  | 'lambda'
  | 'glue'
  | 'codebuild'
  | 'chatbot'
  | 'identity-center'
  | 'saml'
  | 'web-identity';

/**
 * Keys that belong to a role's session and are in each of its requests, for every service. Other sessions
 * have none of them, nor have users. In lower case.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-role-session-properties
 */
const SESSION_KEYS: Readonly<Record<string, SessionSource>> = {
  'aws:ec2instancesourcevpc': 'ec2',
  'aws:ec2instancesourceprivateipv4': 'ec2',
  'ec2:roledelivery': 'ec2',
  'ec2:sourceinstancearn': 'ec2',
  // absent if the agent uses an instance profile: for managed nodes outside EC2, and Default Host Management
  // https://docs.aws.amazon.com/systems-manager/latest/userguide/security_iam_service-with-iam.html
  'ssm:sourceinstancearn': 'ssm',
  // https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
  'lambda:sourcefunctionarn': 'lambda',
  'glue:roleassumedby': 'glue',
  'glue:credentialissuingservice': 'glue',
  'codebuild:buildarn': 'codebuild',
  'codebuild:projectarn': 'codebuild',
  'aws:chatbotsourcearn': 'chatbot',
  // https://docs.aws.amazon.com/singlesignon/latest/userguide/using-predefined-attributes.html
  'identitystore:userid': 'identity-center',
  'aws:federatedprovider': 'web-identity',
};

/**
 * `saml:sub` and `<provider>:sub` of a provider of web identities, which is named by its host.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
 */
export function sessionSource(key: string): SessionSource | null {
  // a policy may use a key of any name, `constructor` included
  if (Object.hasOwn(SESSION_KEYS, key)) return SESSION_KEYS[key] ?? null;
  const prefix = key.slice(0, Math.max(key.lastIndexOf(':'), 0));
  if (prefix === 'saml') return 'saml';
  return prefix.includes('.') ? 'web-identity' : null;
}

/**
 * Keys of requests that an AWS service makes in its own name: in no request of a user or role.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcearn
 */
const OF_SERVICES: ReadonlySet<string> = new Set([
  'aws:sourcearn',
  'aws:sourceaccount',
  'aws:sourceowner',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
  'aws:principalservicename',
  'aws:principalservicenameslist',
]);

/**
 * Only sessions of a root user have `aws:AssumedRoot`. `aws:IsMcpServiceAction` is about actions of MCP servers, not
 * about the requests that these make.
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSMcpServiceActionsFullAccess.html
 */
const OF_OTHERS: ReadonlySet<string> = new Set(['aws:assumedroot', 'aws:ismcpserviceaction']);

export function isNeverOfIdentities(key: string): boolean {
  return OF_SERVICES.has(key) || OF_OTHERS.has(key);
}

/**
 * Keys that every request has, although a scan does not know their values.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-request-properties
 */
const ALWAYS: ReadonlySet<string> = new Set([
  'aws:currenttime',
  'aws:epochtime',
  'aws:securetransport',
  'aws:viaawsservice',
  'aws:requestedregion',
  'aws:principaltype',
  'aws:userid',
]);

export function isInEveryRequest(key: string): boolean {
  return ALWAYS.has(key);
}
