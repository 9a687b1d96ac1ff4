/**
 * Condition keys whose values never contain `*` or `?`, in lower case: ids of AWS, account numbers, names with a
 * restricted alphabet. `StringEquals` takes a wildcard literally, so a value with one equals none of them.
 * - names of users and sessions, source identities, external ids: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 * - accounts and organisations: https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html
 * - OS users: https://docs.aws.amazon.com/ec2-instance-connect/latest/APIReference/API_SendSSHPublicKey.html
 */
const KEYS: ReadonlySet<string> = new Set([
  'aws:ec2instancesourcevpc',
  'aws:principalaccount',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:principaltype',
  'aws:requestedregion',
  'aws:resourceaccount',
  'aws:resourceorgid',
  'aws:resourceorgpaths',
  'aws:sourceidentity',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:userid',
  'aws:username',
  'ec2:osuser',
  'ec2:sourceinstancearn',
  'identitystore:userid',
  'lambda:sourcefunctionarn',
  'ssm:sourceinstancearn',
  'sts:externalid',
  'sts:rolesessionname',
  'sts:sourceidentity',
]);

/** Tags of principals and sessions: letters, digits, spaces and `_.:/=+-@`. */
const PRINCIPAL_TAG = 'aws:principaltag/';

const PRINCIPAL_ARN = 'aws:principalarn';

const isWild = (text: string): boolean => /[*?]/.test(text);

/** True if no request has this value of the key (lower case), because of a `*` or `?` in it. */
export function isNeverValue(key: string, value: string): boolean {
  if (!isWild(value)) return false;
  if (key === PRINCIPAL_ARN) return isWild(withoutPath(value));
  return KEYS.has(key) || key.startsWith(PRINCIPAL_TAG);
}

/**
 * Only the path of a user or role may contain `*` and `?`.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
 */
function withoutPath(arn: string): string {
  return arn.replace(/^([^/]*\/).*\//s, '$1');
}
