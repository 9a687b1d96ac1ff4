import { type AwsCall, BASE } from '../aws-call.ts';
import { GUARDRAILS, grant, IDENTITIES, MISSING_POLICIES, ORGANIZATION } from '../grants.ts';

const GLOBAL = { ...BASE, scope: 'global', reader: 'global' } as const;

export const GLOBAL_CALLS: readonly AwsCall[] = [
  {
    ...GLOBAL,
    service: 'sts',
    operation: 'get-caller-identity',
    grants: [],
    purpose: 'the account',
  },
  {
    ...GLOBAL,
    service: 'iam',
    operation: 'get-account-authorization-details',
    lists: ['UserDetailList', 'GroupDetailList', 'RoleDetailList', 'Policies'],
    options: '--filter User Role Group LocalManagedPolicy AWSManagedPolicy',
    grants: grant(IDENTITIES, 'iam:GetAccountAuthorizationDetails'),
    purpose:
      'users, groups, roles, instance profiles, and every attached policy. Documents may be JSON objects, as the CLI prints them, or URL-encoded texts, as the API returns them. AWS-managed policies must be in it: do not filter them out',
  },
  {
    ...GLOBAL,
    service: 'iam',
    operation: 'get-policy',
    argument: { kind: 'missing-policies' },
    options: '--policy-arn <argument>',
    grants: grant(MISSING_POLICIES, 'iam:GetPolicy'),
    purpose:
      'a managed policy that the list omits, such as a deprecated one or one used only as a boundary; the ARN percent-encoded',
  },
  {
    ...GLOBAL,
    service: 'iam',
    operation: 'get-policy-version',
    argument: { kind: 'missing-policies' },
    options: '--policy-arn <argument> --version-id <version>',
    grants: grant(MISSING_POLICIES, 'iam:GetPolicyVersion'),
    purpose:
      'its document. If the file of an AWS managed policy is missing, a dated copy is used, and its cells carry `policy-copy`',
  },
  {
    ...GLOBAL,
    service: 'iam',
    operation: 'get-credential-report',
    holds: 'Content',
    reader: 'kept',
    grants: grant(IDENTITIES, 'iam:GenerateCredentialReport', 'iam:GetCredentialReport'),
    purpose: 'passwords, access keys and MFA of each user',
  },
  {
    ...GLOBAL,
    service: 'iam',
    operation: 'list-virtual-mfa-devices',
    lists: ['VirtualMFADevices'],
    reader: 'kept',
    grants: grant(IDENTITIES, 'iam:ListVirtualMFADevices'),
    purpose: 'the MFA devices of users',
  },
  {
    ...GLOBAL,
    service: 'organizations',
    operation: 'effective-policies',
    lists: ['Targets'],
    grants: [
      ...grant(ORGANIZATION, 'organizations:ListRoots'),
      ...grant(
        GUARDRAILS,
        'organizations:DescribeOrganizationalUnit',
        'organizations:DescribeAccount',
        'organizations:ListParents',
        'organizations:DescribePolicy',
        'organizations:ListPoliciesForTarget',
      ),
    ],
    purpose: 'the guardrails at each level above the account, [see below](#guardrails)',
  },
  {
    ...GLOBAL,
    service: 'organizations',
    operation: 'describe-organization',
    absentOn: 'AWSOrganizationsNotInUseException',
    grants: grant(ORGANIZATION, 'organizations:DescribeOrganization'),
    purpose:
      'the id of the organisation, for conditions on `aws:PrincipalOrgID` and similar keys; not needed if the file before has `OrganizationId`, or says that there is no organisation',
  },
];
