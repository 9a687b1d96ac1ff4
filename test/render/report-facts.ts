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

function finding(rule: string, severity: Finding['severity'], given: Partial<Finding>): Finding {
  return {
    id: `${rule.toLowerCase()}-${(given.principal ?? given.resource ?? given.instance ?? '').slice(-12)}`,
    rule,
    severity,
    title: 'may do too much',
    evidence: [],
    remediation: 'allow less',
    firstSeen: '2026-08-20T10:15:00.000Z',
    lastSeen: TAKEN_AT,
    status: 'open',
    ...given,
  };
}

export const FINDINGS: readonly Finding[] = [
  finding('CMD-ALL', 'critical', {
    principal: ROLE('ci-deploy'),
    path: 'run-command',
    title: `${ROLE('ci-deploy')}: may run any command document on every instance`,
    evidence: [
      'send statement 0 allows ssm:SendCommand on *',
      'reaches 5 of 8 instances, all of env=prod in us-east-1',
    ],
    remediation:
      'allow SendCommand on the documents that are needed (own ones, without a free command) and on the instances that are meant; for example {"Effect":"Allow","Action":"ssm:SendCommand"}',
    status: 'new',
    firstSeen: TAKEN_AT,
  }),
  finding('SSM-STAR', 'high', {
    principal: ROLE('DevOps'),
    path: 'session-manager',
    title: 'holds all of Systems Manager on every instance',
    evidence: ['AmazonSSMFullAccess statement 0 allows ssm:* on *'],
    remediation: 'allow only the actions that are used, on the instances that are meant',
  }),
  finding('TAG-TAMPER', 'high', {
    principal: ROLE('tagger'),
    path: 'tag-rewrite',
    title: 'may rewrite the tags that decide who gets in',
    evidence: ['tag `team` gates session-manager for role/payments-dev'],
    remediation: 'deny CreateTags and DeleteTags on those tag keys to all but those who hand out access',
  }),
  finding('IMDS-V1', 'high', {
    instance: INSTANCES[4][0],
    title: 'the instance answers metadata requests without a token (IMDSv1)',
    remediation: 'require tokens',
  }),
  finding('SG-SSH', 'medium', {
    resource: 'arn:aws:ec2:us-east-1:111122223333:security-group/sg-1',
    title: 'SSH is open to the whole internet',
    remediation: 'remove the rule',
  }),
  finding('TRUST-EC2-MISSING', 'low', {
    resource: ROLE('auditor'),
    title: 'the role of an instance profile does not trust ec2.amazonaws.com',
    remediation: 'let ec2.amazonaws.com assume the role',
  }),
  finding('EIC-ALL', 'high', {
    principal: USER('bob'),
    title: 'may push an SSH key to every instance',
    status: 'resolved',
  }),
];

const NONE = { verdict: 'denied', condition: null, landsAs: [] } as const;
const ALWAYS = { verdict: 'allowed', condition: null, landsAs: ['root'] } as const;

/** Drift with the counts that its groups have; those of principals and instances are of one group each. */
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
