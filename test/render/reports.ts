import type { RankedFix } from '../../lib/findings/fix.ts';
import { ACCESS_PATHS } from '../../lib/matrix/paths/access-paths.ts';
import type { PathId } from '../../lib/matrix/paths/cell.ts';
import type { Report } from '../../lib/render/report.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { byHand, condition, type HandCells } from '../findings/by-hand.ts';
import { ACCOUNT_ID, account, allow, regionOf, TAKEN_AT } from '../fixtures/account.ts';
import { DRIFT, FINDINGS, INSTANCES, MFA, ROLE } from './report-facts.ts';

/** A change for the first finding. */
export const RANKED_FIX: RankedFix = {
  rank: 1,
  says: 'detach `x`',
  change: [],
  removes: 9,
  keeps: 4,
  adds: 0,
  narrows: 0,
  commands: ['aws iam detach-role-policy x', 'aws iam y'],
  cause: { kind: 'statement', resource: 'x', statements: [] },
  removesRoot: 5,
  leavesRoot: 2,
  findings: [FINDINGS[0]!.id],
};

/** A cell with an alternative that its path has, so that it has requests. */
export function withAlternative(cells: HandCells): HandCells {
  const path = ACCESS_PATHS.find((one) => one.id === cells.path);
  return { ...cells, alternative: path?.alternatives[0]?.id ?? '' };
}

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

const OSUSER = { ...condition('ec2:osuser', 'StringEquals', 'ec2-user'), text: 'if the OS user is ec2-user' };
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

/** The first run of an account without findings. */
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

/** An account with only failed calls. */
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
