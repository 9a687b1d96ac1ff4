import fc from 'fast-check';
import { PATH_ACTIONS } from '../../lib/matrix/paths/path-actions.ts';
import type { ConnectEndpoint, RegionSnapshot, Snapshot } from '../../lib/snapshot/snapshot.ts';
import {
  ACCOUNT_ID,
  type AccountInput,
  account,
  type InstanceInput,
  type RoleInput,
  regionOf,
  type UserInput,
} from '../fixtures/account.ts';

/** Small accounts whose policies are drawn from a small vocabulary, so that they often concern the same things. */

const OUTSIDE = '444455556666';
const arnOf = (kind: string, name: string): string => `arn:aws:iam::${ACCOUNT_ID}:${kind}/${name}`;

const some = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const listOf = <T>(one: fc.Arbitrary<T>, minLength: number, maxLength: number): fc.Arbitrary<T[]> =>
  fc.array(one, { minLength, maxLength });

const IAM = [
  'iam:PutUserPolicy',
  'iam:AttachUserPolicy',
  'iam:CreatePolicyVersion',
  'iam:SetDefaultPolicyVersion',
  'iam:PutGroupPolicy',
  'iam:AddUserToGroup',
  'iam:TagUser',
  'iam:TagRole',
  'iam:UntagUser',
  'iam:UntagRole',
  'iam:CreateAccessKey',
  'iam:UpdateLoginProfile',
  'iam:PutRolePolicy',
  'iam:AttachRolePolicy',
  'iam:UpdateAssumeRolePolicy',
  'iam:DeleteUserPermissionsBoundary',
  'iam:DeleteRolePermissionsBoundary',
  'iam:PutRolePermissionsBoundary',
  'iam:PassRole',
  'iam:CreateUser',
  'iam:DeleteUserPolicy',
  'iam:DetachUserPolicy',
  'iam:DeleteRolePolicy',
  'iam:DeleteGroupPolicy',
  'iam:RemoveUserFromGroup',
  'iam:CreateRole',
  'iam:CreateLoginProfile',
  'lambda:CreateFunction',
  'lambda:InvokeFunction',
  'lambda:UpdateFunctionCode',
  'events:*',
  'codepipeline:*',
  'states:UpdateStateMachine',
  'codebuild:StartBuild',
  'codebuild:*',
  'states:*',
  'sts:AssumeRole',
  'sts:TagSession',
  'sts:SetSourceIdentity',
  'iam:*',
  'lambda:*',
  'iam:UpdateSAMLProvider',
  'sso:*',
  'sso:CreateAccountAssignment',
  'identitystore:*',
];

const action = fc.oneof(
  { weight: 6, arbitrary: some(...PATH_ACTIONS) },
  {
    weight: 3,
    arbitrary: some(
      '*',
      'ec2:*',
      'ssm*',
      'ssm:*',
      'kms:*',
      'ec2-instance-connect:*',
      'ssm:Start*',
      'ec2:*e*',
    ),
  },
  { weight: 3, arbitrary: some(...IAM) },
);

const resource = fc.oneof(
  { weight: 3, arbitrary: some('*') },
  {
    weight: 6,
    arbitrary: some(
      `arn:aws:ec2:*:${ACCOUNT_ID}:instance/*`,
      'arn:aws:ec2:us-east-1:*:instance/*',
      `arn:aws:ec2:us-east-1:${ACCOUNT_ID}:instance/i-1`,
      'arn:aws:ec2:*:*:instance/i-?',
      'arn:aws:ec2:*:*:instance/${aws:PrincipalTag/box}',
      'arn:aws:ec2:*:*:volume/*',
      'arn:aws:ec2:*:*:volume/vol-1',
      'arn:aws:ec2:*::snapshot/*',
      'arn:aws:ec2:*:*:security-group/sg-1',
      'arn:aws:ec2:*:*:network-interface/eni-2',
      'arn:aws:ec2:*:*:instance-connect-endpoint/eice-1',
      'arn:aws:ssm:*:*:document/AWS-*',
      'arn:aws:ssm:*::document/AWS-StartSSHSession',
      'arn:aws:ssm:*:*:document/SSM-SessionManagerRunShell',
      `arn:aws:ssm:*:${ACCOUNT_ID}:document/own*`,
      `arn:aws:ssm:us-east-1:${ACCOUNT_ID}:document/mine-*`,
      'arn:aws:ssm:*:444455556666:document/theirs',
      'arn:aws:ssm:*:*:maintenancewindow/*',
      'arn:aws:ssm:*:*:association/as-1',
      'arn:aws:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/web',
      'arn:aws:ec2:*:*:launch-template/lt-1',
      'arn:aws:cloudformation:*:*:stack/shop/*',
      'arn:aws:lambda:*:*:function:pay-*',
      `arn:aws:lambda:us-east-1:${ACCOUNT_ID}:function:pay-1`,
      'arn:aws:states:eu-*:*:stateMachine:*',
      'arn:aws:codebuild:*:*:project/pay-*',
      'arn:aws:eks:*:*:cluster/shop',
      'arn:aws:ecs:*:*:task-definition/mine*',
      'arn:aws:ecs:*:*:service/lab/*',
      'arn:aws:codedeploy:*:*:deploymentgroup:app/red',
      'arn:aws:codedeploy:*:*:application:app',
      'arn:aws:elasticbeanstalk:*:*:environment/app/*',
      'arn:aws:codepipeline:*:*:release',
      'arn:aws:codepipeline:eu-*:*:rel*',
      'arn:aws:backup:*:*:recovery-point:*',
      'arn:aws:ec2:*::image/ami-9',
      'arn:aws:aidevops:*:*:agentspace/ops',
      'arn:aws:ssm:*:*:opsitem/*',
      'arn:aws:ec2:*::snapshot/snap-1',
      'arn:aws:ec2:*:*:prefix-list/pl-1',
      'arn:aws:ssm:*:*:session/*',
      'arn:aws:ssm:*:*:session/${aws:username}-*',
      'arn:aws:ssm:*:*:session/u1*',
      'arn:aws:ssm:*:*:session/${aws:userid}-*',
      `arn:aws:kms:*:${ACCOUNT_ID}:key/k-1`,
      'arn:aws:iam::*:role/*',
      arnOf('role', 'r1'),
      arnOf('role', 'dev-*'),
      arnOf('user', 'u1'),
      `arn:aws:iam::${ACCOUNT_ID}:user/\${aws:username}`,
      arnOf('policy', 'shared'),
      arnOf('group', 'g1'),
      arnOf('saml-provider', 'okta'),
      'arn:aws:sso:::permissionSet/*',
      'arn:aws:sso:::*',
      'arn:aws:identitystore:*',
      'arn:aws:ec2',
    ),
  },
);

const value = some('red', 'blue', 'r*', '${aws:PrincipalTag/team}', '${aws:username}', '');
const tagKey = some('aws:ResourceTag/team', 'aws:ResourceTag/Team', 'ec2:ResourceTag/team');
const otherKey = some('ssm:resourceTag/team', 'aws:ResourceTag/env', 'aws:PrincipalTag/team');

const one = (operator: string, key: string, values: unknown): object => ({ [operator]: { [key]: values } });

const condition = fc.oneof(
  fc
    .tuple(
      some('StringEquals', 'StringLike', 'StringNotEquals', 'StringEqualsIfExists', 'StringEqualsIgnoreCase'),
      fc.oneof(tagKey, otherKey),
      fc.oneof(value, listOf(value, 1, 2)),
    )
    .map(([operator, key, values]) => one(operator, key, values)),
  some(
    one('Bool', 'aws:MultiFactorAuthPresent', 'true'),
    one('BoolIfExists', 'aws:MultiFactorAuthPresent', 'false'),
    one('IpAddress', 'aws:SourceIp', '203.0.113.0/24'),
    one('StringEquals', 'ec2:osuser', 'ec2-user'),
    one('StringEquals', 'ec2:osuser', '${aws:username}'),
    one('StringLike', 'ec2:osuser', ['root', 'app*']),
    one('BoolIfExists', 'ssm:SessionDocumentAccessCheck', 'true'),
    one('Null', 'aws:ResourceTag/team', 'true'),
    one('Null', 'aws:PrincipalTag/team', 'false'),
    one('ForAnyValue:StringEquals', 'aws:TagKeys', 'team'),
    one('ForAllValues:StringEquals', 'aws:TagKeys', ['env']),
    one('StringEquals', 'aws:RequestTag/team', 'red'),
    one('Null', 'aws:RequestTag/team', 'false'),
    one('StringEqualsIfExists', 'aws:RequestTag/team', 'red'),
    one('StringEquals', 'aws:RequestedRegion', 'us-east-1'),
    one('StringLike', 'aws:PrincipalArn', 'arn:aws:iam::*:user/*'),
    one('ArnEquals', 'iam:AssociatedResourceArn', `arn:aws:ec2:us-east-1:${ACCOUNT_ID}:instance/i-1`),
    one('StringEquals', 'iam:PassedToService', ['ec2.amazonaws.com', 'lambda.amazonaws.com']),
    one('StringEquals', 'ec2:Attribute', 'UserData'),
    one('StringLike', 'aws:userid', 'AROAR1:*'),
    one('StringLike', 'aws:userid', '*:u1'),
    one('StringEquals', 'aws:userid', ['AROAR1:u2', 'AROAR2:ops']),
    one('StringEquals', 'aws:SourceIdentity', 'u1'),
    one('Null', 'aws:SourceIdentity', 'true'),
    one('StringLike', 'ssm:resourceTag/aws:ssmmessages:session-id', '${aws:userid}'),
    one('StringLike', 'ssm:resourceTag/aws:ssmmessages:session-id', ['*:r1', 'AIDAU1', '${aws:username}']),
    one('StringEquals', 'ec2:InstanceID', 'i-1'),
    one('StringEquals', 'ssm:DocumentType', 'Command'),
    one('StringEquals', 'autoscaling:ResourceTag/team', 'red'),
    one('StringEquals', 'eks:accessScope', 'cluster'),
    one('ArnEquals', 'ecs:cluster', `arn:aws:ecs:us-east-1:${ACCOUNT_ID}:cluster/orders`),
    one('ArnLike', 'ecs:container-instances', 'arn:aws:ecs:*:*:container-instance/*/1?'),
    one('Bool', 'ecs:privileged', 'false'),
    one('ArnLike', 'eks:principalArn', 'arn:aws:iam::*:role/ops'),
    one('ArnLike', 'cloudwatch:AlarmActions', 'arn:aws:automate:us-east-1:*'),
    one('Bool', 'aws:ViaAWSService', 'true'),
    one('StringEquals', 'aws:CalledViaFirst', 'ssm-guiconnect.amazonaws.com'),
    one('StringEquals', 'aws:PrincipalType', 'User'),
    one('ArnLike', 'ec2:SourceInstanceARN', 'arn:aws:ec2:*:*:instance/i-1'),
    one('Null', 'ec2:SourceInstanceARN', 'false'),
    one('ArnLike', 'lambda:SourceFunctionArn', '*'),
    one('StringEquals', 'iam:ResourceTag/team', 'red'),
    one('StringEquals', 'iam:PermissionsBoundary', arnOf('policy', 'shared')),
    one('StringEquals', 'aws:ResourceOrgID', '${aws:PrincipalOrgID}'),
    one('StringNotEqualsIfExists', 'aws:PrincipalOrgID', 'o-other'),
    one('BoolIfExists', 'aws:SecureTransport', 'true'),
    one('DateLessThanIfExists', 'aws:TokenIssueTime', '2026-01-01T00:00:00Z'),
    one('StringEqualsIfExists', 'aws:SourceAccount', ACCOUNT_ID),
    { StringEquals: {} },
    one('ForAnyValue:StringEqualsIfExists', 'aws:TagKeys', 'team'),
  ),
);

/** Allow and Deny; Action, NotAction; Resource, NotResource; up to two conditions; sometimes malformed. */
function statement(effect: fc.Arbitrary<string>): fc.Arbitrary<object> {
  return fc
    .record({
      Effect: effect,
      Action: fc.oneof(action, listOf(action, 1, 6)),
      Resource: fc.oneof({ weight: 2, arbitrary: fc.constant('*') }, listOf(resource, 1, 3)),
      Condition: fc.oneof(
        { weight: 3, arbitrary: fc.constant(undefined) },
        { weight: 3, arbitrary: condition },
        { weight: 1, arbitrary: fc.tuple(condition, condition).map(([a, b]) => ({ ...a, ...b })) },
      ),
      not: fc.nat(30),
      broken: fc.nat(60),
    })
    .map(({ Effect, Action, Resource, Condition, not, broken }) => ({
      Effect: broken === 0 ? 'allow' : Effect,
      [not === 1 ? 'NotAction' : 'Action']: Action,
      [not === 2 ? 'NotResource' : 'Resource']: Resource,
      ...(Condition ? { Condition } : {}),
    }));
}

const policy = listOf(statement(some('Allow', 'Allow', 'Allow', 'Deny')), 1, 3).map((Statement) => ({
  Version: '2012-10-17',
  Statement,
}));

const fullAccess = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } };
const joining = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: 'iam:AddUserToGroup', Resource: '*' },
};
const guardrail = fc.oneof(
  fc.constant([fullAccess]),
  listOf(statement(some('Deny')), 1, 2).map((Statement) => [
    fullAccess,
    { Version: '2012-10-17', Statement },
  ]),
  policy.map((document) => [document]),
);

const tags = fc.record(
  {
    team: some('red', 'blue', 'u1'),
    Team: some('red'),
    env: some('prod', 'dev'),
    box: some('i-1', 'i-2'),
    SSMSessionRunAs: some('ops', 'app', ''),
    'aws:autoscaling:groupName': some('web', 'db'),
    'aws:cloudformation:stack-id': some(`arn:aws:cloudformation:us-east-1:${ACCOUNT_ID}:stack/shop/1`),
    'aws:ec2launchtemplate:id': some('lt-1', 'lt-2'),
    'eks:cluster-name': some('shop', 'lab'),
    'elasticbeanstalk:environment-name': some('app-prod'),
    'aws:elasticmapreduce:job-flow-id': some('j-1'),
  },
  { requiredKeys: [] },
);

const RUN_AS = 'aws:RequestTag/SSMSessionRunAs';

const widening = some<string | string[] | { Action: string | string[]; Condition: object }>(
  'iam:AttachRolePolicy',
  'iam:PutRolePolicy',
  'iam:AttachUserPolicy',
  'iam:CreatePolicyVersion',
  'iam:SetDefaultPolicyVersion',
  ['iam:CreateUser', 'iam:PutUserPolicy', 'iam:CreateAccessKey'],
  ['iam:CreateRole', 'iam:AttachRolePolicy'],
  ['iam:CreateGroup', 'iam:PutGroupPolicy', 'iam:AddUserToGroup'],
  ['iam:AttachGroupPolicy', 'iam:AddUserToGroup'],
  ['iam:De*Policy', 'iam:RemoveUserFromGroup'],
  'iam:Delete*Boundary',
  ['iam:Put*Policy', 'iam:Put*Boundary'],
  ['iam:TagUser', 'iam:TagRole'],
  'iam:Untag*',
  { Action: ['iam:Tag*', 'iam:Untag*'], Condition: { StringLikeIfExists: { [RUN_AS]: ['dev-*', 'app'] } } },
  {
    Action: ['iam:AttachRolePolicy', 'iam:AttachUserPolicy', 'iam:CreatePolicy'],
    Condition: {
      ArnLikeIfExists: {
        'iam:PolicyARN': [`arn:aws:iam::${ACCOUNT_ID}:policy/s*`, 'arn:aws:iam::aws:policy/AmazonSSMF*'],
      },
    },
  },
  { Action: 'iam:Tag*', Condition: { StringNotEquals: { [RUN_AS]: 'root' } } },
).map((given) => ({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Resource: '*',
    ...(typeof given === 'string' || Array.isArray(given) ? { Action: given } : given),
  },
}));

const onEverything =
  (Effect: string) =>
  (given: object): object => ({ Version: '2012-10-17', Statement: { Effect, Resource: '*', ...given } });

/** Denies that can be removed, that protect themselves or others, or that apply to some sessions only. */
const guard = some<object>(
  { Action: ['ssm:*', 'ec2:*'] },
  { Action: ['ssm:*', 'iam:De*Policy', 'iam:Put*Policy', 'iam:RemoveUserFromGroup'] },
  { Action: ['iam:De*Policy', 'iam:RemoveUserFromGroup', 'iam:CreatePolicyVersion'] },
  {
    Action: ['ssm:*', 'iam:DetachUserPolicy'],
    Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
  },
  {
    NotAction: ['iam:Get*', 'sts:GetSessionToken'],
    Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
  },
  { Action: '*', Condition: { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } },
).map(onEverything('Deny'));

/** May rewrite trust policies. */
const rewriting = some<object>(
  { Action: 'iam:UpdateAssumeRolePolicy' },
  { Action: ['iam:UpdateAssumeRolePolicy', 'sts:*'] },
  { Action: 'iam:UpdateAssumeRolePolicy', Condition: { StringEquals: { 'aws:ResourceTag/team': 'red' } } },
).map(onEverything('Allow'));

/** Open to some sessions only. */
const asking = listOf(
  some(
    one('StringEquals', 'aws:PrincipalTag/team', 'blue'),
    one('StringEquals', 'aws:ResourceTag/team', '${aws:PrincipalTag/team}'),
    one('StringLike', 'aws:SourceIdentity', 'u*'),
    one('Bool', 'aws:MultiFactorAuthPresent', 'true'),
    one('Null', 'aws:PrincipalTag/env', 'true'),
  ),
  1,
  2,
).map((conditions) => ({
  Version: '2012-10-17',
  Statement: {
    ...{ Effect: 'Allow', Action: ['ssm:StartSession', 'ssm:SendCommand'], Resource: '*' },
    Condition: Object.assign({}, ...conditions),
  },
}));

const guarded = fc.tuple(policy, widening, guard);

const boundary = fc.option(fc.oneof({ weight: 3, arbitrary: policy }, fc.constant('shared')), {
  freq: 4,
  nil: undefined,
});
const kept = (given: object | string | undefined): object => (given ? { boundary: given } : {});

const user = (name: string): fc.Arbitrary<UserInput> =>
  fc
    .record({
      policies: fc.oneof(
        { weight: 3, arbitrary: listOf(policy, 0, 2) },
        { weight: 2, arbitrary: fc.constant(['shared']) },
        { weight: 1, arbitrary: widening.map((document) => ['shared', document]) },
        { weight: 1, arbitrary: policy.map((document) => [document, joining]) },
        { weight: 1, arbitrary: fc.tuple(policy, widening) },
        { weight: 1, arbitrary: guarded },
        { weight: 2, arbitrary: fc.tuple(policy, rewriting) },
      ),
      tags,
      boundary,
      groups: some([], ['g1']),
    })
    .map(({ boundary: given, ...rest }) => ({ name, ...rest, ...kept(given) }));

const trusted = some<object>(
  { Service: 'ec2.amazonaws.com' },
  { Service: ['ec2.amazonaws.com', 'lambda.amazonaws.com'] },
  { Service: 'aidevops.amazonaws.com' },
  { Service: ['events.amazonaws.com', 'codepipeline.amazonaws.com'] },
  { Service: ['aidevops.amazonaws.com', 'backup.amazonaws.com', 'ec2.amazonaws.com'] },
  { AWS: ACCOUNT_ID },
  { AWS: `arn:aws:iam::${ACCOUNT_ID}:root` },
  { AWS: arnOf('user', 'u1') },
  { AWS: [arnOf('role', 'r1'), arnOf('role', 'r2')] },
  { AWS: OUTSIDE },
  { AWS: `arn:aws:iam::${OUTSIDE}:role/partner` },
  { AWS: '*' },
  { AWS: `arn:aws:sts::${ACCOUNT_ID}:assumed-role/r1/ada` },
  { AWS: [`arn:aws:sts::${ACCOUNT_ID}:assumed-role/r2/ada`, arnOf('role', 'r1')] },
);

const trustCondition = some<object | undefined>(
  undefined,
  undefined,
  one('StringEquals', 'sts:ExternalId', 'x-1'),
  one('Bool', 'aws:MultiFactorAuthPresent', 'true'),
  one('StringEquals', 'aws:PrincipalTag/team', 'red'),
  one('StringEquals', 'aws:RequestTag/team', 'blue'),
  one('StringEquals', 'aws:PrincipalAccount', OUTSIDE),
  one('StringEquals', 'aws:PrincipalOrgID', 'o-team'),
  one('StringLike', 'sts:SourceIdentity', ['u*', '${aws:username}']),
  one('StringLike', 'sts:RoleSessionName', '${aws:username}'),
  one('StringLike', 'sts:RoleSessionName', ['ops*', 'u2']),
  one('StringNotEquals', 'sts:RoleSessionName', 'u1'),
  one('StringNotEquals', 'sts:ExternalId', ['x-1', 'x-2']),
  one('ArnLike', 'aws:PrincipalArn', [`arn:aws:iam::${OUTSIDE}:role/*`, arnOf('user', 'u?')]),
  one('StringNotEqualsIfExists', 'aws:PrincipalOrgID', 'o-team'),
  one('StringLike', 'aws:userid', [`${OUTSIDE}*`, 'AROAR1:*', 'AIDAU1']),
  one('StringEquals', 'aws:PrincipalType', 'User'),
  one('Null', 'sts:SourceIdentity', 'false'),
  one('ForAnyValue:StringEquals', 'sts:TransitiveTagKeys', 'team'),
  one('StringEquals', 'sts:SourceIdentity', 'u1'),
  one('StringNotEquals', 'aws:SourceIdentity', 'u1'),
  one('ForAllValues:StringEquals', 'aws:TagKeys', ['team']),
  one('ForAnyValue:StringNotEquals', 'aws:TagKeys', ['Team', 'SSMSessionRunAs']),
  one('StringEquals', 'aws:RequestTag/SSMSessionRunAs', ['root', '${aws:username}']),
  one('StringNotEquals', 'aws:RequestedRegion', 'us-east-1'),
  one('ArnLike', 'aws:SourceArn', `arn:aws:aidevops:eu-west-1:${ACCOUNT_ID}:agentspace/ops`),
  one('ArnLike', 'aws:SourceArn', `arn:aws:aidevops:*:${ACCOUNT_ID}:agentspace/*`),
  { StringEquals: {} },
  one('ForAnyValue:StringEqualsIfExists', 'aws:TagKeys', 'team'),
  one('Bool', 'aws:MultiFactorAuthPresent', 'false'),
);

/** Sometimes people sign in with an assertion. */
const samlTrust = fc.oneof(
  { weight: 4, arbitrary: fc.constant([]) },
  {
    weight: 1,
    arbitrary: fc
      .record({
        Action: some<string | string[]>('sts:AssumeRoleWithSAML', [
          'sts:AssumeRoleWithSAML',
          'sts:TagSession',
        ]),
        Condition: some<object | undefined>(
          undefined,
          one('StringEquals', 'SAML:aud', 'https://signin.aws.amazon.com/saml'),
          one('IpAddress', 'aws:SourceIp', '203.0.113.0/24'),
          one('StringEquals', 'aws:RequestTag/team', 'blue'),
          one('StringNotEquals', 'aws:RequestedRegion', 'us-east-1'),
        ),
      })
      .map((rest) => [
        { Effect: 'Allow', Principal: { Federated: arnOf('saml-provider', 'okta') }, ...rest },
      ]),
  },
);

/** Without it, instances cannot use their roles. */
const FOR_INSTANCES: readonly (Readonly<Record<string, unknown>> & { readonly Condition?: object })[] = [
  { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
];

const trust = listOf(
  fc.record({
    Principal: trusted,
    Effect: some('Allow', 'Allow', 'Allow', 'Allow', 'Deny'),
    Condition: trustCondition,
    Action: some<string | string[]>(
      'sts:AssumeRole',
      ['sts:AssumeRole', 'sts:TagSession'],
      ['sts:AssumeRole', 'sts:SetSourceIdentity'],
    ),
  }),
  1,
  2,
).chain((statements) =>
  fc.tuple(samlTrust, some<typeof FOR_INSTANCES>([], FOR_INSTANCES)).map(([saml, ec2]) => ({
    Version: '2012-10-17',
    Statement: [...statements, ...saml, ...ec2].map(({ Condition, ...rest }) => ({
      ...rest,
      ...(Condition ? { Condition } : {}),
    })),
  })),
);

const role = (name: string): fc.Arbitrary<RoleInput> =>
  fc
    .record({
      policies: fc.oneof(
        { weight: 2, arbitrary: listOf(policy, 0, 2) },
        { weight: 2, arbitrary: fc.constant(['shared']) },
        { weight: 1, arbitrary: guarded },
        { weight: 2, arbitrary: fc.tuple(asking, fc.oneof(policy, rewriting)) },
      ),
      tags,
      boundary,
      trust,
    })
    .map(({ boundary: given, ...rest }) => ({ name, ...rest, ...kept(given) }));

const instance = (number: number): fc.Arbitrary<InstanceInput> =>
  fc
    .record({
      tags,
      platform: some('linux' as const, 'linux' as const, 'windows' as const),
      region: some('us-east-1', 'us-east-1', 'eu-west-1'),
      state: some('running', 'running', 'stopped'),
      role: some(undefined, 'r1', 'r2'),
      securityGroups: some(['sg-1'], ['sg-1', 'sg-2'], []),
      privateIps: some(['10.0.0.1'], ['10.0.0.2', '10.0.0.3']),
    })
    .map(({ role: name, ...rest }) => ({
      id: `i-${number}`,
      ...rest,
      ...(name === undefined ? {} : { role: name }),
    }));

const ENDPOINT: ConnectEndpoint = {
  id: 'eice-1',
  arn: `arn:aws:ec2:us-east-1:${ACCOUNT_ID}:instance-connect-endpoint/eice-1`,
  vpcId: 'vpc-1',
  subnetId: null,
  securityGroups: ['sg-2'],
  preserveClientIp: false,
  state: 'create-complete',
  tags: [],
};

const input: fc.Arbitrary<AccountInput> = fc.record({
  users: fc.tuple(user('u1'), user('u2')),
  // the second group has no members
  groups: fc.tuple(policy, policy).map(([one, other]) => [
    { name: 'g1', policies: [one] },
    { name: 'g2', policies: [other] },
  ]),
  roles: fc.tuple(role('r1'), role('r2'), role('r3')),
  policies: fc
    .tuple(policy, fc.option(policy, { freq: 2, nil: undefined }))
    .map(([document, other]) => [{ name: 'shared', document, versions: other ? [other] : [] }]),
  instances: fc.tuple(instance(1), instance(2), instance(3)),
  organization: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 2, arbitrary: listOf(guardrail, 1, 2).map((levels) => levels.map((scps) => ({ scps }))) },
  ),
});

const maybe = <T>(list: T): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(list) }, { weight: 1, arbitrary: fc.constant(null) });

const GROUP_ARN = `arn:aws:autoscaling:us-east-1:${ACCOUNT_ID}:autoScalingGroup:1a:autoScalingGroupName/web`;

/** What other services have about instances. Some of it was not collected. */
const services: fc.Arbitrary<Partial<RegionSnapshot>> = fc.record({
  documents: maybe([
    { name: 'own', documentType: 'Command', tags: [{ key: 'team', value: 'red' }] },
    { name: 'own-2', documentType: 'Command', tags: [] },
    { name: 'own-shell', documentType: 'Session', tags: [] },
    { name: 'own-approval', documentType: 'AutoApprovalPolicy', tags: [] },
  ]),
  ruleCommands: maybe([
    {
      ...{ rule: 'nightly', id: 'run', document: `arn:aws:ssm:us-east-1:${ACCOUNT_ID}:document/own-3` },
      targets: [{ key: 'tag:team', values: ['blue'] }],
    },
  ]),
  associations: maybe(
    ['$LATEST', null, '3'].map((documentVersion, i) => ({
      ...{ id: `as-${i}`, document: `own${i === 1 ? '-2' : ''}`, documentVersion, schedule: null },
      targets: [
        { key: ['tag:team', 'InstanceIds', 'resource-groups:Name'][i] as string, values: ['red', 'i-1'] },
      ],
    })),
  ),
  windowTasks: maybe([
    {
      ...{ windowId: 'mw-1', id: 'wt-1', type: 'RUN_COMMAND', task: 'own-2', serviceRole: null },
      targets: [{ key: 'tag:env', values: ['prod'] }],
    },
  ]),
  maintenanceWindows: maybe([{ id: 'mw-1', name: 'nightly', enabled: true }]),
  containerInstances: maybe([
    {
      cluster: `arn:aws:ecs:us-east-1:${ACCOUNT_ID}:cluster/orders`,
      arn: `arn:aws:ecs:us-east-1:${ACCOUNT_ID}:container-instance/orders/1a`,
      ...{ instance: 'i-1', status: 'ACTIVE' },
    },
    {
      cluster: `arn:aws:ecs:us-east-1:${ACCOUNT_ID}:cluster/lab`,
      arn: `arn:aws:ecs:us-east-1:${ACCOUNT_ID}:container-instance/lab/2b`,
      ...{ instance: 'i-3', status: 'ACTIVE' },
    },
  ]),
  containerServices: maybe([
    {
      cluster: `arn:aws:ecs:us-east-1:${ACCOUNT_ID}:cluster/lab`,
      arn: `arn:aws:ecs:us-east-1:${ACCOUNT_ID}:service/lab/shop`,
    },
  ]),
  deploymentGroups: maybe(
    ['red', 'blue'].map((team) => ({
      ...{ application: 'app', name: team, serviceRole: null, autoScalingGroups: ['web'], hasDeployed: true },
      tags: [[{ type: 'KEY_AND_VALUE', key: 'team', value: team }]],
    })),
  ),
  pipelineDeployments: maybe(
    ['us-east-1', 'eu-west-1'].map((region) => ({
      ...{ pipeline: `arn:aws:codepipeline:${region}:${ACCOUNT_ID}:release`, action: 'Deploy/web' },
      ...{ region: 'us-east-1', tag: { key: 'team', value: 'red' }, deploymentGroup: null },
    })),
  ),
  protectedResources: maybe([
    {
      ...{ arn: `arn:aws:ec2:us-east-1:${ACCOUNT_ID}:instance/i-1`, type: 'EC2' },
      recoveryPoint: 'arn:aws:ec2:us-east-1::image/ami-9',
    },
    {
      ...{ arn: `arn:aws:ec2:us-east-1:${ACCOUNT_ID}:instance/i-2`, type: 'EC2' },
      recoveryPoint: `arn:aws:backup:us-east-1:${ACCOUNT_ID}:recovery-point:1a`,
    },
    {
      ...{ arn: `arn:aws:ec2:us-east-1:${ACCOUNT_ID}:volume/vol-1`, type: 'EBS' },
      recoveryPoint: 'arn:aws:ec2:us-east-1::snapshot/snap-1',
    },
  ]),
  kubernetesClusters: maybe([
    { name: 'shop', arn: 'arn:aws:eks:us-east-1:1:cluster/shop', authenticationMode: 'API' },
    { name: 'lab', arn: 'arn:aws:eks:us-east-1:1:cluster/lab', authenticationMode: 'CONFIG_MAP' },
  ]),
  accessEntries: maybe(['r1', 'r2'].map((role) => ({ cluster: 'shop', principal: arnOf('role', role) }))),
  accessPolicies: maybe(
    (['ClusterAdmin', 'Edit', 'View'] as const).map((name, i) => ({
      ...{ cluster: i === 2 ? 'lab' : 'shop', principal: arnOf('role', `r${i + 1}`), scope: 'cluster' },
      policy: `arn:aws:eks::aws:cluster-access-policy/AmazonEKS${name}Policy`,
    })),
  ),
  stacks: maybe([
    {
      ...{ arn: `arn:aws:cloudformation:us-east-1:${ACCOUNT_ID}:stack/shop/1`, name: 'shop' },
      ...{ status: 'CREATE_COMPLETE', role: arnOf('role', 'r1') },
    },
  ]),
  functions: maybe(
    ['pay-1', 'pay-2', 'mail'].map((name, i) => ({
      ...{ arn: `arn:aws:lambda:us-east-1:${ACCOUNT_ID}:function:${name}`, name },
      role: arnOf('role', `r${i + 1}`),
    })),
  ),
  buildProjects: maybe(
    ['r1', 'r2'].map((role, i) => ({
      ...{ arn: `arn:aws:codebuild:us-east-1:${ACCOUNT_ID}:project/pay-${i}`, name: `pay-${i}` },
      ...{ role: arnOf('role', role), batchRole: i === 0 ? arnOf('role', 'r3') : null },
    })),
  ),
  stateMachineRoles: maybe([
    {
      ...{ arn: `arn:aws:states:us-east-1:${ACCOUNT_ID}:stateMachine:pay`, name: 'pay' },
      role: arnOf('role', 'r1'),
    },
  ]),
  documentContents: maybe([
    {
      ...{ name: 'own-2', version: '1' },
      content: { mainSteps: [{ action: 'aws:runShellScript', inputs: { runCommand: '{{ commands }}' } }] },
    },
  ]),
  autoScalingGroups: some('$Latest', '$Default', '4').chain((version) =>
    maybe([
      {
        ...{ name: 'web', arn: GROUP_ARN, launchConfiguration: null, instances: ['i-2'], serviceRole: null },
        ...{ templates: [{ id: 'lt-1', name: 'web', version }], suspended: [], tags: [] },
      },
    ]),
  ),
});

/** Present in one of the regions only. */
function withServices(snapshot: Snapshot, lists: Partial<RegionSnapshot>): Snapshot {
  const regions = snapshot.regions.map((one) => (one.region === 'us-east-1' ? { ...one, ...lists } : one));
  const kept = [
    {
      ...{ call: 'ec2.describe-snapshots', region: 'us-east-1', argument: null },
      data: { Snapshots: [{ SnapshotId: 'snap-1', VolumeId: 'vol-1' }] },
    },
  ];
  return { ...snapshot, regions, ...(lists.documents ? { kept } : {}) };
}

/** Something that was not collected: a document, a policy, a trust policy, or the details of a group. */
const gap = fc.record({
  kind: fc.oneof(
    { weight: 3, arbitrary: fc.constant('none' as const) },
    { weight: 2, arbitrary: some('document' as const, 'policy' as const) },
    { weight: 2, arbitrary: fc.constant('trust' as const) },
    { weight: 1, arbitrary: fc.constant('group' as const) },
  ),
  pick: fc.nat(),
});

function withGap(
  snapshot: Snapshot,
  { kind, pick }: { readonly kind: string; readonly pick: number },
): Snapshot {
  if (kind === 'group') return { ...snapshot, groups: snapshot.groups.filter(({ name }) => name !== 'g1') };
  const own = snapshot.policies.filter((one) => !['trust', 'scp', 'rcp'].includes(one.kind));
  const trusts = snapshot.policies.filter((one) => one.kind === 'trust');
  const lost = kind === 'trust' ? trusts : own;
  const chosen = kind === 'none' ? undefined : lost[pick % lost.length];
  const policies = snapshot.policies.flatMap((one) => {
    if (one !== chosen) return one;
    return kind === 'policy' ? [] : { ...one, document: null };
  });
  return { ...snapshot, policies };
}

/** Data about one permission set, if any: the account that read it, and whether its assignments were read. */
const center = fc.record({
  policies: fc.oneof({ weight: 3, arbitrary: listOf(policy, 0, 2) }, { weight: 1, arbitrary: guarded }),
  boundary: fc.option(policy, { freq: 2, nil: undefined }),
  readBy: some('own', 'own', 'another', 'nobody'),
  groups: some(['crew'], [], null),
});
type Center = typeof center extends fc.Arbitrary<infer T> ? T : never;

const SET = 'arn:aws:sso:::permissionSet/ssoins-1111111111111111/ps-1111111111111111';
const SET_ROLE = 'AWSReservedSSO_Ops_0123456789abcdef';

const withSetRole = (given: AccountInput, { policies, boundary: limit }: Center): AccountInput => ({
  ...given,
  roles: [
    ...(given.roles ?? []),
    {
      ...{ name: SET_ROLE, path: '/aws-reserved/sso.amazonaws.com/', policies },
      arn: arnOf('role', `aws-reserved/sso.amazonaws.com/${SET_ROLE}`),
      trust: { Version: '2012-10-17', Statement: [] },
      ...(limit ? { boundary: limit } : {}),
    },
  ],
});

function withCenter(snapshot: Snapshot, { readBy, groups }: Center): Snapshot {
  if (readBy === 'nobody') return snapshot;
  const read = {
    call: 'sso-admin.list-permission-sets-provisioned-to-account',
    ...{ region: null, status: 'collected' as const, detail: '', items: 1 },
    ...(readBy === 'own' ? {} : { readBy: OUTSIDE }),
  };
  return {
    ...snapshot,
    coverage: [...snapshot.coverage, read],
    identityCenter: {
      permissionSets: [{ arn: SET, name: 'Ops', people: [], groups }],
      groups: [],
      people: [],
    },
  };
}

export const anyAccount: fc.Arbitrary<Snapshot> = fc
  .tuple(
    input,
    fc.constantFrom([ENDPOINT], [], null),
    gap,
    services,
    fc.option(center, { freq: 2, nil: undefined }),
  )
  .map(([given, endpoints, missing, lists, set]) => {
    const snapshot = account(set ? withSetRole(given, set) : given);
    const whole = withServices(withEndpoints(snapshot, endpoints), lists);
    return withGap(set ? withCenter(whole, set) : whole, missing);
  });

/** null: it was not read */
function withEndpoints(snapshot: Snapshot, connectEndpoints: RegionSnapshot['connectEndpoints']): Snapshot {
  const preferences = {
    runAsEnabled: true,
    runAsDefaultUser: 'ops',
    kmsKeyId: 'k-1',
    s3BucketName: null,
    cloudWatchLogGroupName: null,
  };
  return {
    ...snapshot,
    regions: snapshot.regions.map((region) =>
      region.region === 'us-east-1'
        ? regionOf(region.region, { ...region, connectEndpoints })
        : { ...region, sessionPreferences: preferences },
    ),
  };
}
