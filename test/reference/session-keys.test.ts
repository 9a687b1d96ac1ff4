import { expect, test } from 'vitest';
import { isInEveryRequest, isNeverOfIdentities, sessionSource } from '../../lib/reference/session-keys.ts';

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-role-session-properties
// and the pages of the services that put them there
test.each([
  ['aws:ec2instancesourcevpc', 'ec2'],
  ['aws:ec2instancesourceprivateipv4', 'ec2'],
  ['ec2:roledelivery', 'ec2'],
  ['ec2:sourceinstancearn', 'ec2'],
  ['ssm:sourceinstancearn', 'ssm'],
  ['lambda:sourcefunctionarn', 'lambda'],
  ['glue:roleassumedby', 'glue'],
  ['glue:credentialissuingservice', 'glue'],
  ['codebuild:buildarn', 'codebuild'],
  ['codebuild:projectarn', 'codebuild'],
  ['aws:chatbotsourcearn', 'chatbot'],
  ['identitystore:userid', 'identity-center'],
  ['aws:federatedprovider', 'web-identity'],
  ['saml:sub', 'saml'],
  ['saml:edupersonprincipalname', 'saml'],
  ['accounts.google.com:sub', 'web-identity'],
  ['token.actions.githubusercontent.com:repository', 'web-identity'],
  ['oidc.eks.eu-west-1.amazonaws.com/id/abc:sub', 'web-identity'],
])('%s is set in a session of %s', (key, source) => {
  expect(sessionSource(key)).toBe(source);
});

test.each([
  'aws:username',
  'aws:sourceip',
  'ec2:osuser',
  'ec2:resourcetag/a.b',
  'samlx:sub',
  'saml',
  'a.b',
  '',
  // a policy may contain any key
  'constructor',
  '__proto__',
  'tostring',
])('%s is set in no session', (key) => {
  expect(sessionSource(key)).toBeNull();
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcearn
const OF_SERVICES = [
  'aws:sourcearn',
  'aws:sourceaccount',
  'aws:sourceowner',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
  'aws:principalservicename',
  'aws:principalservicenameslist',
  'aws:assumedroot',
  // https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSMcpServiceActionsFullAccess.html
  'aws:ismcpserviceaction',
];
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-request-properties
const ALWAYS = [
  'aws:currenttime',
  'aws:epochtime',
  'aws:securetransport',
  'aws:viaawsservice',
  'aws:requestedregion',
  'aws:principaltype',
  'aws:userid',
];

test.each(OF_SERVICES)('%s is in no request of a user or role', (key) => {
  expect([isNeverOfIdentities(key), isInEveryRequest(key)]).toEqual([true, false]);
});

test.each(ALWAYS)('%s is in every request', (key) => {
  expect([isNeverOfIdentities(key), isInEveryRequest(key)]).toEqual([false, true]);
});

test.each([
  'aws:sourceip',
  'aws:sourcevpce',
  'aws:username',
  'aws:multifactorauthpresent',
  '',
  'constructor',
])('%s may be present or absent', (key) => {
  expect([isNeverOfIdentities(key), isInEveryRequest(key)]).toEqual([false, false]);
});
