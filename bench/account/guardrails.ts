import type { Organization, PolicyRecord } from '../../lib/snapshot/snapshot.ts';
import type { Company } from './company.ts';
import { allow, type DocumentJson, deny, denyAllBut, policyDocument } from './document.ts';

const FULL_ACCESS = policyDocument(allow('*', '*'));

const scp = (id: string, name: string, document: DocumentJson): PolicyRecord => ({
  ...{ id, name, kind: 'scp', document, problems: [] },
});

/** Two levels with denies, root and organizational unit, above an account without guardrails of its own. */
export function guardrailsOf(company: Company): {
  readonly organization: Organization;
  readonly policies: readonly PolicyRecord[];
} {
  const policies: readonly PolicyRecord[] = [
    scp('p-FullAWSAccess', 'FullAWSAccess', FULL_ACCESS),
    { ...scp('p-RCPFullAWSAccess', 'RCPFullAWSAccess', everybody(FULL_ACCESS)), kind: 'rcp' },
    scp('p-k3x9mfa0', 'mfa-to-destroy', mfaToDestroy()),
    scp('p-k3x9reg0', 'regions-in-use', regionsInUse(company.regions)),
    scp('p-k3x9tag0', 'tags-that-decide', tagsThatDecide(company.accountId)),
  ];
  const level = (targetId: string, ...denies: readonly string[]) => ({
    targetId,
    serviceControlPolicies: ['p-FullAWSAccess', ...denies],
    resourceControlPolicies: ['p-RCPFullAWSAccess'],
  });
  const levels = [
    level('r-k3x9', 'p-k3x9reg0'),
    level('ou-k3x9-4f7a1c2e', 'p-k3x9mfa0', 'p-k3x9tag0'),
    level(company.accountId),
  ];
  return { organization: { id: 'o-a1b2c3d4e5', managementAccountId: '999988887777', levels }, policies };
}

/** A resource control policy names its principals. */
function everybody(document: DocumentJson): DocumentJson {
  return { ...document, Statement: document.Statement.map((one) => ({ ...one, Principal: '*' })) };
}

const regionsInUse = (regions: readonly string[]): DocumentJson =>
  policyDocument(
    denyAllBut(['iam:*', 'sts:*', 'organizations:*', 'route53:*', 'cloudfront:*', 'support:*'], {
      StringNotEquals: { 'aws:RequestedRegion': regions },
    }),
    deny('organizations:LeaveOrganization', '*'),
  );

const mfaToDestroy = (): DocumentJson =>
  policyDocument(
    deny(['ec2:TerminateInstances', 'ec2:DeleteSnapshot', 'ec2:ModifySnapshotAttribute'], '*', {
      BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' },
      StringNotLike: {
        'aws:PrincipalArn': ['arn:aws:iam::*:role/ci/*', 'arn:aws:iam::*:role/aws-service-role/*'],
      },
    }),
  );

/** Protects the tags that decide access: a principal that may set them grants itself access. */
const tagsThatDecide = (account: string): DocumentJson =>
  policyDocument(
    deny(['ec2:CreateTags', 'ec2:DeleteTags'], `arn:aws:ec2:*:${account}:instance/*`, {
      'ForAnyValue:StringEquals': { 'aws:TagKeys': ['team', 'Team'] },
      ArnNotLike: {
        'aws:PrincipalArn': [
          'arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_AdministratorAccess_*',
          'arn:aws:iam::*:role/admin/*',
        ],
      },
    }),
  );
