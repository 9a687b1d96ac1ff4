import type { Drift } from '../../lib/drift/drift.ts';
import type { Finding } from '../../lib/findings/finding.ts';
import type { PathId } from '../../lib/matrix/cell.ts';
import { ACCESS_PATHS } from '../../lib/matrix/paths.ts';
import type { Report } from '../../lib/render/report.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { byHand, condition, type HandCells } from '../findings/by-hand.ts';
import { ACCOUNT_ID, account, allow, regionOf, TAKEN_AT } from '../fixtures/account.ts';

/** A cell with an alternative that its path has, so that its requests can be asked for. */
export function withAlternative(cells: HandCells): HandCells {
  const path = ACCESS_PATHS.find((one) => one.id === cells.path);
  return { ...cells, alternative: path?.alternatives[0]?.id ?? '' };
}

export const ROLE = (name: string) => `arn:aws:iam::${ACCOUNT_ID}:role/${name}`;
export const USER = (name: string) => `arn:aws:iam::${ACCOUNT_ID}:user/${name}`;

const INSTANCES = [
  ['i-0a1b2c3d4e5f60001', 'payments-api-1', 'us-east-1', { env: 'prod', team: 'payments' }],
  ['i-0a1b2c3d4e5f60002', 'payments-api-2', 'us-east-1', { env: 'prod', team: 'payments' }],
  ['i-0a1b2c3d4e5f60003', 'ledger-db', 'us-east-1', { env: 'prod', team: 'payments', pci: 'yes' }],
  ['i-0a1b2c3d4e5f60004', 'build-runner', 'us-east-1', { env: 'dev', team: 'platform' }],
  ['i-0a1b2c3d4e5f60005', 'bastion', 'us-east-1', { env: 'prod', team: 'platform' }],
  ['i-0a1b2c3d4e5f60006', 'ad-controller', 'eu-west-1', { env: 'prod', team: 'platform' }],
  ['i-0a1b2c3d4e5f60007', 'sandbox', 'eu-west-1', { env: 'dev' }],
  ['i-0a1b2c3d4e5f60008', '', 'eu-west-1', {}],
] as const;

function snapshotOf(): Snapshot {
  const snapshot = account({
    users: ['alice', 'bob', 'carol', 'intern'].map((name) => ({ name, policies: [allow('ec2:Describe*')] })),
    roles: [
      { name: 'DevOps', policies: ['AmazonSSMFullAccess'] },
      {
        name: 'aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef',
        policies: [allow('*')],
      },
      { name: 'ci-deploy', policies: [{ name: 'send', document: allow('ssm:SendCommand') }] },
      {
        name: 'on-call',
        policies: [allow('ssm:StartSession', '*', { Bool: { 'aws:MultiFactorAuthPresent': 'true' } })],
      },
      { name: 'tagger', policies: [allow('ec2:CreateTags')] },
      { name: 'auditor', policies: [allow('ec2:Describe*')] },
      { name: 'payments-dev', policies: [allow('ssm:StartSession')] },
    ],
    policies: [
      {
        name: 'AmazonSSMFullAccess',
        arn: 'arn:aws:iam::aws:policy/AmazonSSMFullAccess',
        document: allow(['ssm:*', 'ec2:Describe*']),
      },
    ],
    instances: INSTANCES.map(([id, name, region, tags]) => ({
      id,
      region,
      tags: { ...(name === '' ? {} : { Name: name }), ...tags },
      platform: name === 'ad-controller' ? ('windows' as const) : ('linux' as const),
      state: name === 'sandbox' ? 'stopped' : 'running',
      publicIps: name === 'bastion' ? ['203.0.113.20'] : [],
    })),
    regions: { 'eu-west-1': { managedInstances: null } },
  });
  return {
    ...snapshot,
    coverage: snapshot.coverage.map((entry) =>
      entry.call === 'ssm.describe-instance-information' && entry.region === 'eu-west-1'
        ? {
            ...entry,
            status: 'denied',
            detail: 'AccessDenied: allow `ssm:DescribeInstanceInformation` to the collecting role',
          }
        : entry,
    ),
  };
}

const MFA = { ...condition('aws:MultiFactorAuthPresent', 'Bool', 'true'), text: 'if signed in with MFA' };
const OSUSER = { ...condition('ec2:osuser', 'StringEquals', 'ec2-user'), text: 'if as OS user ec2-user' };
const ALL_PATHS: readonly PathId[] = [
  'ec2-instance-connect',
  'session-manager',
  'session-manager-ssh',
  'run-command',
  'user-data',
  'power',
];
const ROOT = {
  'session-manager': ['ssm-user'],
  'run-command': ['root'],
  'user-data': ['root'],
  'ec2-instance-connect': ['*'],
};
const lands = (path: PathId): readonly string[] => (path in ROOT ? ROOT[path as keyof typeof ROOT] : []);
const PAYMENTS = INSTANCES.slice(0, 3).map(([id]) => id);

const CELLS: readonly HandCells[] = [
  ...ALL_PATHS.map((path) => ({
    who: 'AWSReservedSSO_Admin_0123456789abcdef',
    path,
    landsAs: lands(path),
  })),
  ...(['session-manager', 'session-manager-ssh', 'run-command'] as const).map((path) => ({
    who: 'DevOps',
    path,
    landsAs: lands(path),
  })),
  { who: 'ci-deploy', path: 'run-command', landsAs: ['root'], on: INSTANCES.slice(0, 5).map(([id]) => id) },
  { who: 'on-call', path: 'session-manager', condition: MFA, landsAs: ['ssm-user'] },
  { who: 'payments-dev', path: 'session-manager', landsAs: ['ssm-user'], on: PAYMENTS },
  { who: 'payments-dev', path: 'session-manager-ssh', on: PAYMENTS },
  {
    who: 'tagger',
    path: 'tag-rewrite',
    opens: [{ principal: ROLE('payments-dev'), path: 'session-manager', key: 'team', value: 'payments' }],
  },
  { who: 'alice', path: 'session-manager', landsAs: ['ssm-user'], on: PAYMENTS, via: [ROLE('payments-dev')] },
  {
    who: 'bob',
    path: 'ec2-instance-connect',
    condition: OSUSER,
    landsAs: ['ec2-user'],
    on: INSTANCES.slice(0, 5).map(([id]) => id),
  },
  { who: 'bob', path: 'power', on: [INSTANCES[3][0]] },
  { who: 'carol', path: 'power', condition: MFA },
  {
    who: 'intern',
    path: 'session-manager',
    verdict: 'unknown',
    missing: 'organizations.effective-policies',
    on: [INSTANCES[6][0]],
  },
  {
    who: 'arn:aws:iam::444455556666:root',
    path: 'run-command',
    landsAs: ['root'],
    on: [INSTANCES[4][0]],
    via: [ROLE('ci-deploy')],
    grants: ['send#0'],
  },
];

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

const FINDINGS: readonly Finding[] = [
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

const DRIFT: readonly Drift[] = [
  ...INSTANCES.map(
    ([id]): Drift => ({
      change: 'gained',
      principal: ROLE('DevOps'),
      instance: id,
      path: 'run-command',
      before: NONE,
      after: ALWAYS,
      cause: {
        kind: 'attachment',
        detail: 'AmazonSSMFullAccess was attached to role/DevOps',
        eventId: '1f00bcfa-0000-4000-8000-000000000001',
        eventName: 'AttachRolePolicy',
        actor: 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/jane',
        time: '2026-08-23T10:14:22Z',
        sourceIp: '203.0.113.9',
      },
    }),
  ),
  {
    change: 'changed',
    principal: ROLE('on-call'),
    instance: INSTANCES[0][0],
    path: 'session-manager',
    before: { verdict: 'allowed', condition: null, landsAs: ['ssm-user'] },
    after: { verdict: 'conditional', condition: MFA, landsAs: ['ssm-user'] },
    cause: { kind: 'policy', detail: 'policy-0 of role/on-call was changed' },
  },
  {
    change: 'lost',
    principal: USER('intern'),
    instance: INSTANCES[3][0],
    path: 'session-manager',
    before: { verdict: 'allowed', condition: null, landsAs: ['ssm-user'] },
    after: NONE,
    cause: { kind: 'tag', detail: 'tag `team` of i-0a1b2c3d4e5f60004 went from `interns` to `platform`' },
  },
];

/** An account with something of everything. */
export function fullReport(): Report {
  const snapshot = snapshotOf();
  return {
    accountId: ACCOUNT_ID,
    takenAt: TAKEN_AT,
    previousAt: '2026-08-22T10:15:00.000Z',
    snapshot,
    matrix: { ...byHand(snapshot, CELLS.map(withAlternative)), paths: [...ALL_PATHS, 'tag-rewrite'] },
    findings: FINDINGS,
    drift: DRIFT,
    problems: [
      {
        policy: `${ROLE('auditor')}#policy-0`,
        problem: {
          path: '$.Statement[1].Effect',
          message: 'the effect `allow` is not known: write `Allow` or `Deny`',
        },
      },
    ],
  };
}

/** An account in which nothing was found, on its first run. */
export function quietReport(): Report {
  const snapshot = account({ users: [{ name: 'alice' }], regions: { 'us-east-1': regionOf('us-east-1') } });
  return {
    accountId: ACCOUNT_ID,
    takenAt: TAKEN_AT,
    previousAt: null,
    snapshot,
    matrix: byHand(snapshot, []),
    findings: [],
    drift: [],
    problems: [],
  };
}

/** An account of which every call failed. */
export function blindReport(): Report {
  const quiet = quietReport();
  const snapshot: Snapshot = {
    ...quiet.snapshot,
    users: [],
    policies: [],
    regions: [],
    coverage: [
      {
        call: 'iam.get-account-authorization-details',
        region: null,
        status: 'denied',
        detail: 'AccessDenied',
        items: null,
      },
    ],
  };
  return { ...quiet, snapshot, matrix: byHand(snapshot, []) };
}

export { INSTANCES };
