import type { App, Team } from './company.ts';
import { allow, policyDocument } from './document.ts';
import type { RoleKind, RolePlace, RolePlan } from './role-plan.ts';
import {
  trustAccount,
  trustIdentityCenter,
  trustOutside,
  trustPipelines,
  trustRoles,
  trustService,
} from './trusts.ts';

/** Kinds of roles, the share of each, and how one is planned. */
export const ROLE_KINDS: readonly {
  readonly kind: RoleKind;
  readonly share: number;
  readonly most?: number;
  readonly plan: (k: number, place: RolePlace) => RolePlan;
}[] = [
  { kind: 'instance', share: 0.26, plan: instanceRole },
  { kind: 'team', share: 0.14, plan: teamRole },
  { kind: 'function', share: 0.25, plan: functionRole },
  { kind: 'service', share: 0.12, plan: serviceRole },
  { kind: 'sso', share: 0.05, most: 400, plan: ssoRole },
  { kind: 'pipeline', share: 0.05, plan: pipelineRole },
  { kind: 'deploy', share: 0.05, plan: deployRole },
  { kind: 'vendor', share: 0.04, plan: vendorRole },
  { kind: 'none', share: 0.015, plan: emptyRole },
  { kind: 'linked', share: 0.01, most: 6, plan: linkedRole },
  { kind: 'self', share: 0.005, plan: selfRole },
];

const nth = <T>(items: readonly T[], k: number): T => items[k % items.length] as T;

/** The k-th name of a kind: names have a number from the second round on. */
function numbered(name: string, k: number, in1: number): string {
  const round = Math.floor(k / in1);
  return round === 0 ? name : `${name}-${round + 1}`;
}

const appName = (prefix: string, app: App, k: number, { company }: RolePlace): string =>
  numbered(`${prefix}-${app.name}`, k, company.apps.length);

/** The other services that an application's program needs. */
const ownData = (app: App, k: number) =>
  policyDocument(
    allow(['s3:GetObject', 's3:PutObject'], `arn:aws:s3:::${app.name}-data-${k}/*`),
    allow(['sqs:SendMessage', 'sqs:ReceiveMessage'], `arn:aws:sqs:*:*:${app.name}-*`),
    allow('kms:Decrypt', '*', { StringLike: { 'kms:ViaService': 's3.*.amazonaws.com' } }),
  );

function instanceRole(k: number, place: RolePlace): RolePlan {
  const { company, shelf, random } = place;
  const app = nth(company.apps, k);
  const name = `${appName('app', app, k, place)}-instances`;
  const policies = [shelf.inline(place.arn('/app/', name), 'data', ownData(app, k))];
  if (random.chance(0.8)) policies.push(shelf.aws('AmazonSSMManagedInstanceCore'));
  if (random.chance(0.5)) policies.push(shelf.aws('CloudWatchAgentServerPolicy'));
  if (random.chance(0.05)) policies.push(shelf.aws('service-role/AmazonEC2RoleforSSM'));
  // jump hosts, and one build server with too many permissions
  if (random.chance(0.03)) policies.push(shelf.customer(`${app.team.name}-operators`));
  if (random.chance(0.02)) policies.push(shelf.customer('RunShellOutsideProduction'));
  if (k === 7) policies.push(shelf.aws('AmazonEC2FullAccess'));
  return { name, path: '/app/', trust: trustService('ec2.amazonaws.com'), policies, profile: true };
}

const JOBS = ['operator', 'deployer', 'admin', 'reader'] as const;

function teamRole(k: number, place: RolePlace): RolePlan {
  const { company, shelf, random } = place;
  const team = nth(company.teams, k);
  const job = nth(JOBS, Math.floor(k / company.teams.length));
  const name = numbered(`${team.name}-${job}`, k, company.teams.length * JOBS.length);
  const boundary = job !== 'admin' && random.chance(0.25) ? shelf.customer('DeveloperBoundary') : null;
  const trust = trustAccount(company.accountId, random.chance(0.5));
  const tags = [{ key: 'team', value: team.name }];
  return { name, path: '/team/', trust, boundary, tags, policies: jobPolicies(job, team, place) };
}

function jobPolicies(
  job: (typeof JOBS)[number],
  team: Team,
  { shelf, random }: RolePlace,
): readonly string[] {
  if (job === 'operator') return [shelf.customer(`${team.name}-operators`), shelf.aws('ReadOnlyAccess')];
  if (job === 'admin') return [shelf.customer(`${team.name}-admins`), shelf.aws('ReadOnlyAccess')];
  if (job === 'reader') return [shelf.aws('ReadOnlyAccess'), shelf.customer('ConsoleReaders')];
  const more = random.chance(0.3) ? ['StateManagerAuthors'] : ['RunShellOutsideProduction', 'PassAppRoles'];
  return [shelf.customer('SessionsByTeam'), ...more.map(shelf.customer)];
}

const stopAtNight = policyDocument(
  allow(['ec2:StopInstances', 'ec2:StartInstances'], 'arn:aws:ec2:*:*:instance/*', {
    StringEquals: { 'aws:ResourceTag/env': ['dev', 'test'] },
  }),
  allow('ec2:DescribeInstances', '*'),
);

function functionRole(k: number, place: RolePlace): RolePlan {
  const { company, shelf, random } = place;
  const app = nth(company.apps, k);
  const name = appName('fn', app, k, place);
  const own = place.arn('/service-role/', name);
  const policies = [
    shelf.aws('service-role/AWSLambdaBasicExecutionRole'),
    shelf.inline(own, 'data', ownData(app, k)),
  ];
  if (random.chance(0.3)) policies.push(shelf.aws('service-role/AWSLambdaVPCAccessExecutionRole'));
  if (random.chance(0.04)) policies.push(shelf.inline(own, 'stop-at-night', stopAtNight));
  if (random.chance(0.02)) policies.push(shelf.customer('SnapshotOperators'));
  const boundary = random.chance(0.3) ? shelf.customer('ServiceBoundary') : null;
  return { name, path: '/service-role/', trust: trustService('lambda.amazonaws.com'), policies, boundary };
}

const SERVICES: readonly (readonly [service: string, policy: string])[] = [
  ['ecs-tasks', 'service-role/AmazonECSTaskExecutionRolePolicy'],
  ['codedeploy', 'service-role/AWSCodeDeployRole'],
  ['ssm', 'service-role/AmazonSSMMaintenanceWindowRole'],
  ['ssm', 'service-role/AmazonSSMAutomationRole'],
  ['backup', 'service-role/AWSBackupServiceRolePolicyForBackup'],
  ['eks', 'AmazonEKSClusterPolicy'],
  ['config', 'service-role/AWS_ConfigRole'],
  ['batch', 'service-role/AWSBatchServiceRole'],
  ['glue', 'service-role/AWSGlueServiceRole'],
];

function serviceRole(k: number, { shelf }: RolePlace): RolePlan {
  const [service, policy] = nth(SERVICES, k);
  const trust = trustService(`${service}.amazonaws.com`);
  return { name: `${service}-${k}`, path: '/service-role/', trust, policies: [shelf.aws(policy)] };
}

const PERMISSION_SETS: readonly (readonly [name: string, policies: readonly string[]])[] = [
  ['AdministratorAccess', ['AdministratorAccess']],
  ['PowerUserAccess', ['PowerUserAccess']],
  ['ViewOnlyAccess', ['job-function/ViewOnlyAccess']],
  ['SecurityAudit', ['SecurityAudit', 'AmazonSSMReadOnlyAccess']],
  ['SystemAdministrator', ['job-function/SystemAdministrator']],
];

/** Permission sets for everybody, then one for each team: the tags of the session show who holds it. */
function ssoRole(k: number, { company, shelf, random, arn }: RolePlace): RolePlan {
  const path = '/aws-reserved/sso.amazonaws.com/eu-west-1/';
  const trust = trustIdentityCenter(company.accountId);
  const everybody = PERMISSION_SETS[k];
  if (everybody) {
    const name = `AWSReservedSSO_${everybody[0]}_${random.hex(16)}`;
    return { name, path, trust, policies: everybody[1].map(shelf.aws) };
  }
  const team = nth(company.teams, k);
  const name = `AWSReservedSSO_${numbered(team.name, k, company.teams.length)}_${random.hex(16)}`;
  const inline = policyDocument(
    allow('ssm:StartSession', 'arn:aws:ec2:*:*:instance/*', {
      StringEquals: { 'ssm:resourceTag/team': [team.name, `\${aws:PrincipalTag/team}`] },
    }),
    allow('sts:AssumeRole', `arn:aws:iam::${company.accountId}:role/team/${team.name}-*`),
  );
  const policies = [shelf.aws('ReadOnlyAccess'), shelf.inline(arn(path, name), 'AwsSSOInlinePolicy', inline)];
  return { name, path, trust, policies };
}

const pipelineName = (k: number, place: RolePlace): string =>
  appName('ci', nth(place.company.apps, k), k, place);

/** A pipeline's own role may only assume the one that deploys its application. */
function pipelineRole(k: number, place: RolePlace): RolePlan {
  const app = nth(place.company.apps, k);
  const name = pipelineName(k, place);
  const target = place.arn('/deploy/', appName('deploy', app, k, place));
  const take = policyDocument(allow(['sts:AssumeRole', 'sts:TagSession'], target));
  const policies = [place.shelf.inline(place.arn('/ci/', name), 'deploy', take)];
  return { name, path: '/ci/', trust: trustPipelines(place.company.accountId, app.name), policies };
}

function deployRole(k: number, place: RolePlace): RolePlan {
  const app = nth(place.company.apps, k);
  const from = place.arn('/ci/', pipelineName(k, place));
  const known = k < (place.counts.get('pipeline') ?? 0);
  const trust = known ? trustRoles([from]) : trustAccount(place.company.accountId, true);
  const policies = [place.shelf.customer(`deploy-${app.name}`)];
  return { name: appName('deploy', app, k, place), path: '/deploy/', trust, policies };
}

function vendorRole(k: number, { company, shelf, random }: RolePlace): RolePlan {
  const vendor = nth(company.outsideAccounts, k);
  const policies = [shelf.aws(random.pick(['SecurityAudit', 'ReadOnlyAccess', 'AmazonEC2ReadOnlyAccess']))];
  if (random.chance(0.15)) policies.push(shelf.customer('RunPatchBaseline'));
  if (random.chance(0.1)) policies.push(shelf.aws('AmazonSSMFullAccess'));
  return { name: `vendor-${k}`, path: '/vendor/', trust: trustOutside(vendor, `external-${k}`), policies };
}

function emptyRole(k: number, { company }: RolePlace): RolePlan {
  return { name: `unused-${k}`, path: '/', trust: trustAccount(company.accountId, false), policies: [] };
}

const LINKED: readonly (readonly [service: string, name: string, policy: string])[] = [
  ['autoscaling', 'AWSServiceRoleForAutoScaling', 'AutoScalingServiceRolePolicy'],
  ['ssm', 'AWSServiceRoleForAmazonSSM', 'AmazonSSMServiceRolePolicy'],
  ['spot', 'AWSServiceRoleForEC2Spot', 'AWSEC2SpotServiceRolePolicy'],
  [
    'elasticloadbalancing',
    'AWSServiceRoleForElasticLoadBalancing',
    'AWSElasticLoadBalancingServiceRolePolicy',
  ],
  ['ecs', 'AWSServiceRoleForECS', 'AmazonECSServiceRolePolicy'],
  ['backup', 'AWSServiceRoleForBackup', 'AWSBackupServiceLinkedRolePolicyForBackup'],
];

function linkedRole(k: number, { shelf }: RolePlace): RolePlan {
  const [service, name, policy] = nth(LINKED, k);
  const host = `${service}.amazonaws.com`;
  const policies = [shelf.aws(`aws-service-role/${policy}`)];
  return { name, path: `/aws-service-role/${host}/`, trust: trustService(host), policies };
}

/** A role that may assume itself: a cycle of one. */
function selfRole(k: number, { company, shelf, arn }: RolePlace): RolePlan {
  const name = `renews-itself-${k}`;
  const own = arn('/admin/', name);
  const renew = policyDocument(allow('sts:AssumeRole', own));
  const policies = [shelf.inline(own, 'renew', renew), shelf.customer('PowerOutsideProduction')];
  const pipeline = arn('/team/', `${company.teams[0]?.name}-operator`);
  return { name, path: '/admin/', trust: trustRoles([own, pipeline].sort()), policies };
}
