import type { App, Team } from './company.ts';
import { allow, type DocumentJson, deny, policyDocument, type StatementJson } from './document.ts';

type Named = readonly [name: string, document: DocumentJson];

const on = (team: Team) => ({ StringEquals: { 'aws:ResourceTag/team': team.name } });

/** The policies of one team: for its own instances, by a fixed tag value, in its own regions. */
export function teamPolicies(team: Team, account: string): readonly Named[] {
  const everywhere = `arn:aws:ec2:*:${account}:instance/*`;
  const regional = team.regions.map((region) => `arn:aws:ec2:${region}:${account}:instance/*`);
  return [
    [
      `${team.name}-operators`,
      policyDocument(
        allow(['ec2:StartInstances', 'ec2:StopInstances', 'ec2:RebootInstances'], everywhere, {
          StringEquals: { 'aws:ResourceTag/team': team.name, 'aws:RequestedRegion': team.regions },
        }),
        allow('ssm:StartSession', regional, {
          StringEquals: { 'ssm:resourceTag/team': team.name },
          BoolIfExists: { 'ssm:SessionDocumentAccessCheck': 'true' },
        }),
        allow('ssm:StartSession', 'arn:aws:ssm:*:*:document/SSM-SessionManagerRunShell'),
        allow('ec2-instance-connect:SendSSHPublicKey', regional, {
          StringEquals: { 'aws:ResourceTag/team': team.name, 'ec2:osuser': 'ec2-user' },
        }),
        allow(['ec2:Describe*', 'ssm:Describe*', 'ssm:GetConnectionStatus'], '*'),
      ),
    ],
    [
      `${team.name}-admins`,
      policyDocument(
        allow(['ec2:*', 'ec2-instance-connect:*'], everywhere, on(team)),
        allow(['ssm:StartSession', 'ssm:SendCommand', 'ssm:CreateAssociation'], everywhere, on(team)),
        allow(['ssm:StartSession', 'ssm:SendCommand', 'ssm:CreateAssociation'], 'arn:aws:ssm:*:*:document/*'),
        ...(Number(team.costCenter) % 4 === 0 ? ownReplacements(team, account) : []),
        allow('iam:PassRole', `arn:aws:iam::${account}:role/app/app-${team.name}-*`, {
          StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' },
        }),
        deny(['ec2:TerminateInstances', 'ec2:CreateTags', 'ec2:DeleteTags'], everywhere, {
          StringEquals: { 'aws:ResourceTag/env': 'prod' },
        }),
      ),
    ],
  ];
}

/** The permissions of some teams on their groups and stacks, which have the team's name. */
const ownReplacements = (team: Team, account: string): readonly StatementJson[] => [
  allow(
    ['autoscaling:StartInstanceRefresh', 'autoscaling:TerminateInstanceInAutoScalingGroup'],
    `arn:aws:autoscaling:*:${account}:autoScalingGroup:*:autoScalingGroupName/${team.name}-*`,
  ),
  allow('ec2:CreateLaunchTemplateVersion', `arn:aws:ec2:*:${account}:launch-template/*`, on(team)),
  allow('cloudformation:UpdateStack', `arn:aws:cloudformation:*:${account}:stack/${team.name}-*`),
];

/** The permissions of a pipeline that deploys an application. */
export function deployPolicy(app: App, account: string): Named {
  const tagged = { StringEquals: { 'aws:ResourceTag/app': app.name } };
  return [
    `deploy-${app.name}`,
    policyDocument(
      allow('ssm:SendCommand', `arn:aws:ec2:*:${account}:instance/*`, tagged),
      allow('ssm:SendCommand', [
        'arn:aws:ssm:*::document/AWS-RunShellScript',
        'arn:aws:ssm:*::document/AWS-RunRemoteScript',
      ]),
      allow(
        ['ec2:TerminateInstances', 'ec2:ModifyInstanceAttribute'],
        `arn:aws:ec2:*:${account}:instance/*`,
        {
          StringEquals: { 'ec2:ResourceTag/app': app.name, 'ec2:ResourceTag/managed-by': 'pipeline' },
        },
      ),
      allow('iam:PassRole', `arn:aws:iam::${account}:role/app/app-${app.name}-*`),
      allow('ecs:RegisterTaskDefinition', `arn:aws:ecs:*:${account}:task-definition/${app.name}*`),
      allow('ecs:UpdateService', `arn:aws:ecs:*:${account}:service/${app.name}-*/*`),
      allow(['ec2:Describe*', 'autoscaling:*', 'elasticloadbalancing:Describe*'], '*'),
    ),
  ];
}
