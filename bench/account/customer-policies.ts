import { ACCOUNT } from './company.ts';
import { allow, type DocumentJson, deny, denyAllBut, policyDocument } from './document.ts';

/** A policy variable, which is not a template literal of ours. */
const variable = (key: string): string => `\${${key}}`;
const OWN_TEAM = variable('aws:PrincipalTag/team');
const USERNAME = variable('aws:username');

const INSTANCES = `arn:aws:ec2:*:${ACCOUNT}:instance/*`;
const document = (name: string): string => `arn:aws:ssm:*:*:document/${name}`;
const OWN_SESSIONS = `arn:aws:ssm:*:*:session/${USERNAME}-*`;
const SESSION_DOCUMENT = document('SSM-SessionManagerRunShell');

type Named = readonly [name: string, document: DocumentJson];

const SESSIONS: readonly Named[] = [
  [
    'SessionsByTeam',
    policyDocument(
      allow('ssm:StartSession', INSTANCES, {
        StringEquals: { 'ssm:resourceTag/team': OWN_TEAM },
        BoolIfExists: { 'ssm:SessionDocumentAccessCheck': 'true' },
      }),
      allow('ssm:StartSession', SESSION_DOCUMENT),
      allow(['ssm:TerminateSession', 'ssm:ResumeSession'], OWN_SESSIONS),
      allow(['ssm:DescribeSessions', 'ssm:GetConnectionStatus', 'ec2:DescribeInstances'], '*'),
    ),
  ],
  [
    'PortForwardingInTest',
    policyDocument(
      allow('ssm:StartSession', INSTANCES, {
        StringEquals: { 'aws:ResourceTag/env': ['dev', 'test'] },
      }),
      allow('ssm:StartSession', [
        document('AWS-StartPortForwardingSession'),
        document('AWS-StartSSHSession'),
      ]),
    ),
  ],
  [
    'RunShellOutsideProduction',
    policyDocument(
      allow('ssm:SendCommand', INSTANCES, {
        StringEquals: { 'ssm:resourceTag/env': ['dev', 'test', 'staging'] },
      }),
      allow('ssm:SendCommand', [document('AWS-RunShellScript'), document('AWS-RunPowerShellScript')]),
      allow(['ssm:ListCommands', 'ssm:GetCommandInvocation'], '*'),
    ),
  ],
  [
    'RunPatchBaseline',
    policyDocument(allow('ssm:SendCommand', [INSTANCES, document('AWS-RunPatchBaseline')])),
  ],
  [
    'StateManagerAuthors',
    policyDocument(
      allow(['ssm:CreateAssociation', 'ssm:UpdateAssociation'], [INSTANCES, 'arn:aws:ssm:*::document/AWS-*']),
    ),
  ],
  [
    'TunnelOperators',
    policyDocument(
      allow('ec2-instance-connect:OpenTunnel', `arn:aws:ec2:*:${ACCOUNT}:instance-connect-endpoint/*`, {
        NumericEquals: { 'ec2-instance-connect:remotePort': '22' },
        IpAddress: { 'ec2-instance-connect:privateIpAddress': '10.16.0.0/12' },
        NumericLessThanEquals: { 'ec2-instance-connect:maxTunnelDuration': '3600' },
      }),
    ),
  ],
];

const EC2_JOBS: readonly Named[] = [
  [
    'PowerOutsideProduction',
    policyDocument(
      allow(['ec2:StartInstances', 'ec2:StopInstances', 'ec2:RebootInstances'], '*', {
        StringNotEquals: { 'ec2:ResourceTag/env': 'prod' },
      }),
    ),
  ],
  ['ConsoleReaders', policyDocument(allow(['ec2:GetConsole*', 'ec2:Describe*'], '*'))],
  [
    'SnapshotOperators',
    policyDocument(
      allow(['ec2:CreateSnapshot*', 'ec2:CreateImage', 'ec2:CreateTags'], '*'),
      allow('ec2:ModifySnapshotAttribute', '*', { StringEquals: { 'ec2:Add/userId': '444455556666' } }),
    ),
  ],
  [
    'FirewallByTeam',
    policyDocument(
      allow(
        ['ec2:AuthorizeSecurityGroup*', 'ec2:RevokeSecurityGroup*', 'ec2:ModifySecurityGroupRules'],
        `arn:aws:ec2:*:${ACCOUNT}:security-group/*`,
        { StringEquals: { 'aws:ResourceTag/team': OWN_TEAM } },
      ),
    ),
  ],
  [
    'InstanceOperatorsEurope',
    policyDocument(
      allow(
        ['ec2:*Instances', 'ec2:Modify*', 'ec2:*Volume'],
        ['arn:aws:ec2:eu-west-1:*:instance/*', 'arn:aws:ec2:eu-west-1:*:volume/*'],
      ),
      allow('ec2:Describe*', '*'),
    ),
  ],
  [
    'SerialConsoleOperators',
    policyDocument(
      allow('ec2-instance-connect:SendSerialConsoleSSHPublicKey', INSTANCES, {
        StringLike: { 'aws:ResourceTag/env': ['prod*', 'stag*'] },
      }),
    ),
  ],
  [
    'PassAppRoles',
    policyDocument(
      allow('iam:PassRole', `arn:aws:iam::${ACCOUNT}:role/app/*`, {
        StringEquals: { 'iam:PassedToService': ['ec2.amazonaws.com', 'lambda.amazonaws.com'] },
      }),
      allow(['ec2:AssociateIamInstanceProfile', 'ec2:ReplaceIamInstanceProfileAssociation'], INSTANCES, {
        StringEquals: { 'aws:ResourceTag/team': OWN_TEAM },
      }),
    ),
  ],
];

const OWN_THINGS: readonly Named[] = [
  [
    'ConnectByTeam',
    policyDocument(
      allow('ec2-instance-connect:SendSSHPublicKey', INSTANCES, {
        StringEquals: { 'aws:ResourceTag/team': OWN_TEAM, 'ec2:osuser': ['ec2-user', 'ubuntu'] },
      }),
      allow('ec2:DescribeInstances', '*'),
    ),
  ],
  [
    'OwnDevelopmentInstances',
    policyDocument(
      allow(['ec2:StartInstances', 'ec2:StopInstances', 'ec2:TerminateInstances'], INSTANCES, {
        StringEquals: { 'ec2:ResourceTag/owner': USERNAME },
      }),
      allow('ec2-instance-connect:SendSSHPublicKey', INSTANCES, {
        StringEquals: { 'ec2:ResourceTag/owner': USERNAME, 'ec2:osuser': USERNAME },
      }),
    ),
  ],
  [
    'TagOwnTeam',
    policyDocument(
      allow(['ec2:CreateTags', 'ec2:DeleteTags'], INSTANCES, {
        StringEquals: { 'aws:ResourceTag/team': OWN_TEAM },
        'ForAllValues:StringEquals': { 'aws:TagKeys': ['app', 'env', 'backup', 'owner'] },
      }),
    ),
  ],
];

/** Denies and permissions boundaries. */
const LIMITS: readonly Named[] = [
  [
    'DenyWithoutMfa',
    policyDocument(
      denyAllBut(['iam:ChangePassword', 'iam:*MFADevice', 'iam:Get*', 'iam:List*', 'sts:GetSessionToken'], {
        BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' },
      }),
    ),
  ],
  [
    'DenyOutsideOffices',
    policyDocument(
      deny('*', '*', {
        NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '198.51.100.0/25'] },
        Bool: { 'aws:ViaAWSService': 'false' },
      }),
    ),
  ],
  [
    'EuropeOnly',
    policyDocument(
      denyAllBut(['iam:*', 'sts:*', 'organizations:*', 'support:*'], {
        StringNotEquals: { 'aws:RequestedRegion': ['eu-west-1'] },
      }),
    ),
  ],
  [
    'DeveloperBoundary',
    policyDocument(
      allow(['ec2:*', 'ec2-instance-connect:*', 'ssm:*', 's3:*', 'logs:*', 'cloudwatch:*', 'kms:*'], '*'),
      allow(['iam:Get*', 'iam:List*', 'iam:PassRole', 'iam:ChangePassword', 'sts:*'], '*'),
      deny(['ec2:TerminateInstances', 'ec2:ModifyInstanceMetadataOptions'], '*', {
        StringEquals: { 'aws:ResourceTag/env': 'prod' },
      }),
      deny('*', `arn:aws:iam::${ACCOUNT}:role/admin/*`),
    ),
  ],
  [
    'ServiceBoundary',
    policyDocument(
      allow(['logs:*', 's3:*', 'dynamodb:*', 'sqs:*', 'sns:*', 'kms:Decrypt', 'ssm:GetParameter*'], '*'),
      allow(['ec2:Describe*', 'ec2:StartInstances', 'ec2:StopInstances', 'ec2:CreateSnapshot'], '*'),
    ),
  ],
  [
    'EverythingButIdentity',
    policyDocument({ Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' }),
  ],
];

/** Policies that are the same for everybody, by name: ABAC, denies without MFA, jobs that many people have. */
export const SHARED_POLICIES: ReadonlyMap<string, DocumentJson> = new Map([
  ...SESSIONS,
  ...EC2_JOBS,
  ...OWN_THINGS,
  ...LIMITS,
]);
