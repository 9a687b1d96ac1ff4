import type { Drift, DriftGroup } from '../../lib/drift/drift.ts';
import type { Finding } from '../../lib/findings/finding.ts';
import { condition } from '../findings/by-hand.ts';
import { ACCOUNT_ID, TAKEN_AT } from '../fixtures/account.ts';

export const ROLE = (name: string) => `arn:aws:iam::${ACCOUNT_ID}:role/${name}`;
export const USER = (name: string) => `arn:aws:iam::${ACCOUNT_ID}:user/${name}`;

export const INSTANCES = [
  ['i-0a1b2c3d4e5f60001', 'payments-api-1', 'us-east-1', { env: 'prod', team: 'payments' }],
  ['i-0a1b2c3d4e5f60002', 'payments-api-2', 'us-east-1', { env: 'prod', team: 'payments' }],
  ['i-0a1b2c3d4e5f60003', 'ledger-db', 'us-east-1', { env: 'prod', team: 'payments', pci: 'yes' }],
  ['i-0a1b2c3d4e5f60004', 'build-runner', 'us-east-1', { env: 'dev', team: 'platform' }],
  ['i-0a1b2c3d4e5f60005', 'bastion', 'us-east-1', { env: 'prod', team: 'platform' }],
  ['i-0a1b2c3d4e5f60006', 'ad-controller', 'eu-west-1', { env: 'prod', team: 'platform' }],
  ['i-0a1b2c3d4e5f60007', 'sandbox', 'eu-west-1', { env: 'dev' }],
  ['i-0a1b2c3d4e5f60008', '', 'eu-west-1', {}],
] as const;

export const MFA = {
  ...condition('aws:MultiFactorAuthPresent', 'Bool', 'true'),
  text: 'if signed in with MFA',
};

type Given = Partial<Finding> & { readonly resource: string };

/** A finding with default members; `resource` is the place to fix. */
export function finding(rule: string, severity: Finding['severity'], { resource, ...given }: Given): Finding {
  const holders = given.holders ?? [];
  return {
    id: `${rule.toLowerCase()}-${resource.slice(-12).replace(/[^a-z0-9]/gi, '-')}`,
    rule,
    rules: [rule],
    severity,
    title: 'lets somebody do too much',
    cause: { kind: 'statement', resource, statements: [{ policy: resource, statement: 0, sid: null }] },
    holders,
    holderCount: holders.length,
    peopleCount: holders.filter(({ kind }) => kind === 'person' || kind === 'outside').length,
    instanceCount: 1,
    productionCount: 0,
    paths: [],
    regions: ['us-east-1'],
    evidence: [],
    fix: null,
    remediation: 'allow less',
    firstSeen: '2026-08-20T10:15:00.000Z',
    lastSeen: TAKEN_AT,
    status: 'open',
    ...given,
  };
}

const place = (kind: Finding['cause']['kind'], resource: string) => ({
  resource,
  cause: { kind, resource, statements: [] },
});

export const FINDINGS: readonly Finding[] = [
  finding('CMD-ALL', 'critical', {
    resource: `${ROLE('ci-deploy')}#send`,
    rules: ['CMD-ALL', 'CMD-SHELL'],
    holders: [
      { principal: USER('mara'), kind: 'person', instances: 5, paths: ['run-command'] },
      { principal: ROLE('ci-deploy'), kind: 'machine', instances: 5, paths: ['run-command'] },
    ],
    instanceCount: 5,
    productionCount: 5,
    paths: ['run-command'],
    title:
      'statement 0 of inline policy `send` of role `ci-deploy` and 1 like it lets 2 principals (1 person) run any command document as root on 5 of 8 instances',
    evidence: [
      'CMD-ALL: ssm:SendCommand with any command document is open on every instance in us-east-1',
      'reaches 5 of 8 instances: 5 of 5 in us-east-1; 5 are tagged as production',
    ],
    remediation:
      'allow SendCommand on the documents that are needed (own ones, without a free command) and on the instances that are meant; for example {"Effect":"Allow","Action":"ssm:SendCommand"}',
    status: 'new',
    firstSeen: TAKEN_AT,
  }),
  finding('SSM-STAR', 'high', {
    resource: 'arn:aws:iam::aws:policy/AmazonSSMFullAccess',
    holders: [{ principal: ROLE('DevOps'), kind: 'person', instances: 8, paths: ['session-manager'] }],
    instanceCount: 8,
    productionCount: 5,
    paths: ['session-manager'],
    title:
      'statement 0 of AWS managed policy `AmazonSSMFullAccess` lets role `DevOps` use all of Systems Manager on all 8 instances',
    evidence: ['AWS managed policy `AmazonSSMFullAccess` is attached to role `DevOps`'],
    remediation: 'allow only the actions that are used, on the instances that are meant',
  }),
  finding('TAG-TAMPER', 'high', {
    resource: `${ROLE('tagger')}#tags`,
    holders: [{ principal: ROLE('tagger'), kind: 'machine', instances: 8, paths: ['tag-rewrite'] }],
    paths: ['tag-rewrite'],
    title:
      'statement 0 of inline policy `tags` of role `tagger` lets role `tagger` change tags that decide access on 1 of 8 instances',
    evidence: ['tag `team` gates session-manager for role/payments-dev'],
    remediation: 'deny CreateTags and DeleteTags on those tag keys to all but those who hand out access',
    status: 'reopened',
  }),
  finding('IMDS-V1', 'high', {
    ...place(
      'auto-scaling-group',
      'arn:aws:autoscaling:us-east-1:111122223333:autoScalingGroup:*:autoScalingGroupName/web',
    ),
    title:
      'auto scaling group `web` in us-east-1: 1 of 1 instances answer metadata requests without a token (IMDSv1)',
    remediation: 'require tokens',
  }),
  finding('SG-SSH', 'medium', {
    ...place('security-group', 'arn:aws:ec2:us-east-1:111122223333:security-group/sg-1'),
    title: 'security group sg-1 (`web`) lets the whole internet try SSH',
    remediation: 'remove the rule',
  }),
  finding('TRUST-EC2-MISSING', 'low', {
    ...place('trust', ROLE('auditor')),
    title: 'role `auditor` is in an instance profile but does not trust ec2.amazonaws.com',
    remediation: 'let ec2.amazonaws.com assume the role',
  }),
  finding('EIC-ALL', 'high', {
    resource: `${USER('bob')}#keys`,
    title:
      'statement 0 of inline policy `keys` of user `bob` lets user `bob` push an SSH key on all 8 instances',
    status: 'resolved',
    resolvedAt: TAKEN_AT,
  }),
  finding('EIC-ALL', 'high', {
    resource: `${USER('eve')}#keys`,
    title: 'what was resolved at an earlier audit, and is not told again',
    status: 'resolved',
    resolvedAt: '2026-08-21T10:15:00.000Z',
  }),
];

export const NONE = { verdict: 'denied', condition: null, landsAs: [] } as const;
export const ALWAYS = { verdict: 'allowed', condition: null, landsAs: ['root'] } as const;

/** Drift with the counts of its groups; those of principals and instances are of one group each. */
export function driftOf(
  id: string,
  cause: Drift['cause'],
  groups: readonly Omit<DriftGroup, 'principalCount' | 'instanceCount'>[],
): Drift {
  const cells = { gained: 0, lost: 0, changed: 0 };
  for (const { change, principals, instances, paths } of groups)
    cells[change] += principals.length * instances.length * paths.length;
  return {
    id,
    cause,
    counts: {
      ...cells,
      principals: new Set(groups.flatMap(({ principals }) => principals)).size,
      people: null,
      instances: new Set(groups.flatMap(({ instances }) => instances)).size,
      production: null,
    },
    groups: groups.map((group) => ({
      ...group,
      principalCount: group.principals.length,
      instanceCount: group.instances.length,
    })),
  };
}

const SSM_USER = { verdict: 'allowed', condition: null, landsAs: ['ssm-user'] } as const;

export const DRIFT: readonly Drift[] = [
  driftOf(
    'drift-attached',
    {
      kind: 'attachment',
      detail: 'AmazonSSMFullAccess was attached to role/DevOps',
      eventId: '1f00bcfa-0000-4000-8000-000000000001',
      eventName: 'AttachRolePolicy',
      actor: 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/jane',
      time: '2026-08-23T10:14:22Z',
      sourceIp: '203.0.113.9',
    },
    [
      {
        change: 'gained',
        principals: [ROLE('DevOps')],
        instances: INSTANCES.map(([id]) => id),
        paths: ['run-command'],
        before: NONE,
        after: ALWAYS,
      },
    ],
  ),
  driftOf('drift-changed', { kind: 'policy', detail: 'policy-0 of role/on-call was changed' }, [
    {
      change: 'changed',
      principals: [ROLE('on-call')],
      instances: [INSTANCES[0][0]],
      paths: ['session-manager'],
      before: SSM_USER,
      after: { verdict: 'conditional', condition: MFA, landsAs: ['ssm-user'] },
    },
  ]),
  driftOf(
    'drift-tagged',
    { kind: 'tag', detail: 'tag `team` of i-0a1b2c3d4e5f60004 went from `interns` to `platform`' },
    [
      {
        change: 'lost',
        principals: [USER('intern')],
        instances: [INSTANCES[3][0]],
        paths: ['session-manager'],
        before: SSM_USER,
        after: NONE,
      },
    ],
  ),
];
