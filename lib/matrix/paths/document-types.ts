/**
 * The type of a document, in each request on one.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html#awssystemsmanager-resources-for-iam-policies
 */
export const COMMAND = { 'ssm:DocumentType': 'Command' };
export const SESSION = { 'ssm:DocumentType': 'Session' };
