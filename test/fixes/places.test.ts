import { expect, test } from 'vitest';
import { NOTHING_EXPECTED } from '../../lib/findings/expected/expected.ts';
import { taggedProd } from '../../lib/findings/expected/production.ts';
import { findFindings } from '../../lib/findings/find.ts';
import type { Finding } from '../../lib/findings/finding.ts';
import type { FixChange } from '../../lib/findings/fix.ts';
import { type Effort, fixesFor } from '../../lib/fixes/fixes.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { KeptAnswer, Snapshot } from '../../lib/snapshot/snapshot.ts';
import { applyChanges } from '../../lib/what-if/planned/apply-changes.ts';
import { PlannedChange } from '../../lib/what-if/planned/planned-change.ts';
import { ACCOUNT_ID, account, allow, STARTS_SESSIONS } from '../fixtures/account.ts';

const findingsOf = (snapshot: Snapshot, expected = NOTHING_EXPECTED): readonly Finding[] =>
  findFindings({ snapshot, matrix: buildMatrix(snapshot), previous: [], at: snapshot.takenAt, expected });

const fixesOf = (snapshot: Snapshot, knownAccounts: readonly string[] = []) => {
  const findings = findingsOf(snapshot, { ...NOTHING_EXPECTED, knownAccounts });
  const { ofFindings, whyNot } = fixesFor(snapshot, findings, {
    ...{ count: 0, isProduction: taggedProd, knownAccounts },
  });
  return {
    findings,
    whyNot,
    of: (rule: string) => {
      const finding = findings.find(({ rules }) => rules.includes(rule));
      return { finding, fix: ofFindings.get(finding?.id ?? ''), why: whyNot.get(finding?.id ?? '') };
    },
  };
};

const after = (snapshot: Snapshot, changes: readonly FixChange[] = []): Snapshot =>
  applyChanges(
    snapshot,
    changes.map((change) => PlannedChange.parse(change)),
  );

const rulesOf = (snapshot: Snapshot, expected = NOTHING_EXPECTED): readonly string[] =>
  findingsOf(snapshot, expected).flatMap(({ rules }) => rules);

const trusting = (...statements: readonly object[]) => ({ Version: '2012-10-17', Statement: statements });

const entered = (trust: object, more: Parameters<typeof account>[0] = {}): Snapshot =>
  account({
    roles: [{ name: 'Operator', trust, policies: [allow(STARTS_SESSIONS)] }],
    instances: [{ id: 'i-1', tags: { env: 'prod' } }],
    ...more,
  });

const ENTER = { Effect: 'Allow', Action: 'sts:AssumeRole' };
const GITHUB = `arn:aws:iam::${ACCOUNT_ID}:oidc-provider/token.actions.githubusercontent.com`;
const SUB = 'token.actions.githubusercontent.com:sub';

test('callers of another account must give an external id, and own users need none', () => {
  const own = `arn:aws:iam::${ACCOUNT_ID}:user/mia`;
  const given = entered(
    trusting({ ...ENTER, Sid: 'In', Principal: { AWS: ['arn:aws:iam::444455556666:root', own] } }),
    { users: [{ name: 'mia' }] },
  );
  const { fix } = fixesOf(given).of('TRUST-XACCT');
  expect(fix).toMatchObject({ removes: 0, adds: 0 });
  expect(fix?.narrows).toBeGreaterThan(0);
  const [change] = fix?.change ?? [];
  expect(change).toMatchObject({
    type: 'put-trust',
    document: {
      Statement: [
        { Sid: 'In', Principal: { AWS: [own] } },
        {
          Principal: { AWS: ['arn:aws:iam::444455556666:root'] },
          Condition: { StringEquals: { 'sts:ExternalId': expect.stringMatching(/^latchkey-[0-9a-f]{16}$/) } },
        },
      ],
    },
  });
  expect(rulesOf(after(given, fix?.change))).not.toContain('TRUST-XACCT');
});

test('a trust in everybody is limited to the organisation if its id is known, else to the account', () => {
  const open = trusting({ ...ENTER, Principal: '*' });
  const inOne = entered(open, { organization: [{ scps: [allow('*')] }], organizationId: 'o-abcdef1234' });
  for (const [given, says] of [
    [inOne, 'organisation o-abcdef1234'],
    [entered(open), 'only the own account'],
  ] as const) {
    const { fix } = fixesOf(given).of('TRUST-STAR');
    expect(fix?.says).toContain(says);
    expect(rulesOf(after(given, fix?.change))).not.toContain('TRUST-STAR');
  }
});

test("a shared provider gets the `sub` condition of the account's other trust policies", () => {
  const web = { Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity', Principal: { Federated: GITHUB } };
  const limited = trusting({ ...web, Condition: { StringLike: { [SUB]: ['repo:acme/*', '*'] } } });
  const others = { name: 'Deploy', trust: limited };
  const open = { name: 'Operator', trust: trusting(web), policies: [allow(STARTS_SESSIONS)] };
  const given = account({ roles: [open, others], instances: [{ id: 'i-1' }] });
  const { fix } = fixesOf(given).of('TRUST-OIDC');
  const text = JSON.stringify(fix?.change);
  expect(text).toContain(JSON.stringify({ StringLike: { [SUB]: ['repo:acme/*'] } }));
  expect(rulesOf(after(given, fix?.change))).not.toContain('TRUST-OIDC');
  // the owner of the repositories is not known
  const alone = account({ roles: [open], instances: [{ id: 'i-1' }] });
  expect(JSON.stringify(fixesOf(alone).of('TRUST-OIDC').fix?.change ?? null)).not.toContain('StringLike');
});

test('a security group loses the sources that are everybody, and keeps the rest of the rule', () => {
  const ssh = { protocol: 'tcp', fromPort: 22, toPort: 22, groups: ['sg-2'], prefixLists: [] };
  const given = account({
    instances: [{ id: 'i-1', securityGroups: ['sg-1'], publicIps: ['198.51.100.7'] }],
    regions: {
      'us-east-1': {
        securityGroups: [
          {
            ...{ id: 'sg-1', name: 'web', vpcId: 'vpc-1', tags: [], egress: [] },
            ingress: [{ ...ssh, cidrs: ['0.0.0.0/0', '10.0.0.0/8', '::/0'] }],
          },
        ],
      },
    },
  });
  const { fix } = fixesOf(given).of('SG-SSH');
  expect(fix).toMatchObject({ removes: 0, keeps: 0, narrows: 0, adds: 0 });
  const changed = after(given, fix?.change);
  expect(changed.regions[0]?.securityGroups?.[0]?.ingress).toEqual([{ ...ssh, cidrs: ['10.0.0.0/8'] }]);
  expect(rulesOf(changed)).not.toContain('SG-SSH');
  expect(fix?.commands).toEqual([
    `aws ec2 revoke-security-group-ingress --region us-east-1 --group-id sg-1 --ip-permissions '[{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"0.0.0.0/0"}],"Ipv6Ranges":[{"CidrIpv6":"::/0"}]}]'`,
  ]);
});

test('a launch template gets a version that requires tokens, and so do its instances', () => {
  const metadata = { httpTokens: 'optional', httpEndpoint: 'enabled' } as const;
  const tags = (version: string) => ({
    'aws:ec2launchtemplate:id': 'lt-1',
    'aws:ec2launchtemplate:version': version,
  });
  const fleet = (...versions: readonly string[]): Snapshot =>
    account({
      instances: versions.map((version, i) => ({ id: `i-${i}`, metadata, role: 'app', tags: tags(version) })),
      roles: [{ name: 'app' }],
    });
  const { fix } = fixesOf(fleet('3', '3')).of('IMDS-V1');
  expect(fix?.commands).toEqual([
    `aws ec2 modify-launch-template --region us-east-1 --launch-template-id lt-1 --default-version "$(aws ec2 create-launch-template-version --region us-east-1 --launch-template-id lt-1 --source-version 3 --launch-template-data '{"MetadataOptions":{"HttpTokens":"required"}}' --query LaunchTemplateVersion.VersionNumber --output text)"`,
    `aws ec2 describe-instances --region us-east-1 --filters '[{"Name":"tag:aws:ec2launchtemplate:id","Values":["lt-1"]},{"Name":"metadata-options.http-tokens","Values":["optional"]}]' --query 'Reservations[].Instances[].InstanceId' --output text | xargs -r -n 1 aws ec2 modify-instance-metadata-options --region us-east-1 --http-tokens required --instance-id`,
  ]);
  expect(fix?.change).toEqual([]);
  const [other] = fixesOf(fleet('3', '4')).of('IMDS-V1').fix?.commands ?? [];
  expect(other).toContain(`--source-version '$Latest'`);
});

test('a statement whose access another one also grants is fixed by detaching the policy', () => {
  const both = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'ssm:*', Resource: '*' },
      {
        Effect: 'Allow',
        Action: ['ssm:Start*', 'ssm:Send*', 'ssm:Create*', 'ssm:Update*', 'ssm:Register*'],
        Resource: '*',
      },
    ],
  };
  const given = account({
    users: [{ name: 'alice', policies: ['Both'] }],
    policies: [{ name: 'Both', document: both }],
    instances: [{ id: 'i-1' }],
  });
  for (const { fix } of [fixesOf(given).of('CMD-ALL'), fixesOf(given).of('SSM-START-ALL')].filter(
    ({ finding }) => finding,
  ))
    expect(fix?.removes).toBeGreaterThan(0);
});

test('every finding has a fix or the reason why it has none', () => {
  const given = account({
    users: [
      {
        name: 'alice',
        policies: [
          {
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Action: '*', Resource: '*' },
              { Effect: 'Deny', Action: 'ssm:StartSession', Resource: '*' },
            ],
          },
        ],
      },
    ],
    instances: [{ id: 'i-1', metadata: { httpTokens: 'optional' } }],
  });
  const { findings, whyNot } = fixesOf(given);
  const { ofFindings } = fixesFor(given, findings, { count: 0, isProduction: taggedProd, knownAccounts: [] });
  expect(findings.length).toBeGreaterThan(2);
  for (const { id, rule } of findings) {
    expect(ofFindings.has(id) !== whyNot.has(id), rule).toBe(true);
    if (whyNot.has(id)) expect(whyNot.get(id), rule).toMatch(/^[a-z0-9].*[^.]$/);
  }
});

test('a caller that waits gets fixes for the most severe findings, and is told which are left', () => {
  const given = account({
    users: [
      { name: 'alice', policies: [allow(['ssm:SendCommand', 'ssm:StartSession'])] },
      { name: 'bob', policies: [allow('ec2-instance-connect:SendSSHPublicKey')] },
    ],
    instances: [{ id: 'i-1' }],
  });
  const findings = findingsOf(given);
  const fixesWith = (effort: Effort) =>
    fixesFor(given, findings, { count: 0, isProduction: taggedProd, knownAccounts: [], effort });
  const policies = findings.filter(({ cause }) => cause.kind === 'statement');
  expect(policies.length).toBeGreaterThan(1);
  const none = fixesWith({ findings: 0, rebuilt: 0, estimated: 1000 });
  expect(policies.filter(({ id }) => none.ofFindings.has(id))).toEqual([]);
  for (const { id } of policies)
    expect(none.whyNot.get(id)).toMatch(/^not tried this time: only the 0 most severe/);
  // a finding that was started is finished, and later ones are left
  const one = fixesWith({ findings: 100, rebuilt: 1000, estimated: 1 });
  const left = policies.filter(({ id }) =>
    one.whyNot.get(id)?.startsWith('not tried this time: 1 more severe'),
  );
  expect(policies.filter(({ id }) => one.ofFindings.has(id))).toHaveLength(1);
  expect(left).toHaveLength(policies.length - 1);
});

const ENTRIES = { all: { Group: 'all' }, partner: { UserId: '444455556666' } };
const shared = (call: string, argument: string, permissions: object): KeptAnswer => ({
  ...{ call, region: 'us-east-1', argument },
  data: permissions,
});

/** What a line takes away, as the CLI reads it; and the account after it. */
function unshared(snapshot: Snapshot, line: string): Snapshot {
  const id = /--(?:image|snapshot)-id (\S+)/.exec(line)?.[1];
  const json = /--launch-permission '(.*)'$/.exec(line)?.[1];
  const removed: readonly object[] =
    json === undefined
      ? [
          ...(/--group-names (\S+)/.exec(line)?.slice(1) ?? []).map((Group) => ({ Group })),
          ...(/--user-ids ([\d ]+)/.exec(line)?.[1] ?? '').split(' ').map((UserId) => ({ UserId })),
        ]
      : JSON.parse(json).Remove;
  const gone = new Set(removed.map((one) => JSON.stringify(one)));
  return {
    ...snapshot,
    kept: (snapshot.kept ?? []).map((answer) => {
      if (answer.argument !== id) return answer;
      const lists = Object.entries(answer.data as Record<string, readonly object[]>);
      const left = lists.map(([key, list]) => [key, list.filter((one) => !gone.has(JSON.stringify(one)))]);
      return { ...answer, data: Object.fromEntries(left) };
    }),
  };
}

test.each([
  ['AMI-PUBLIC', 'AMI-UNKNOWN', 'ec2.describe-image-attribute', 'ami-1', 'LaunchPermissions'],
  ['SNAP-PUBLIC', 'SNAP-UNKNOWN', 'ec2.describe-snapshot-attribute', 'snap-1', 'CreateVolumePermissions'],
] as const)('%s is taken from everybody, and an account keeps it', (rule, other, call, id, list) => {
  const given = account({
    instances: [{ id: 'i-1' }],
    kept: [shared(call, id, { [list]: [ENTRIES.all, ENTRIES.partner] })],
  });
  const { fix } = fixesOf(given).of(rule);
  expect(fix).toMatchObject({ change: [], removes: 0, adds: 0 });
  expect(fix?.says).toContain('it stays shared with 1 other by name');
  expect(fix?.commands).toHaveLength(1);
  const then = rulesOf(unshared(given, fix?.commands[0] ?? ''));
  expect(then).not.toContain(rule);
  expect(then).toContain(other);
});

const STRANGE = Array.from({ length: 120 }, (_, i) => ({ UserId: `9000000${String(i).padStart(5, '0')}` }));
const OTHERS = [
  { OrganizationArn: 'arn:aws:organizations::999988887777:organization/o-other' },
  { OrganizationalUnitArn: 'arn:aws:organizations::999988887777:ou/o-other/ou-1' },
];

test.each([
  ['AMI-UNKNOWN', 'ec2.describe-image-attribute', 'ami-1', 'LaunchPermissions', [...STRANGE, ...OTHERS]],
  ['SNAP-UNKNOWN', 'ec2.describe-snapshot-attribute', 'snap-1', 'CreateVolumePermissions', STRANGE],
] as const)(
  '%s is taken from all who are not known, and known accounts keep it',
  (rule, call, id, list, who) => {
    const given = account({
      instances: [{ id: 'i-1' }],
      kept: [shared(call, id, { [list]: [ENTRIES.partner, ...who, { UserId: ACCOUNT_ID }] })],
    });
    const { fix } = fixesOf(given, [ENTRIES.partner.UserId]).of(rule);
    expect(fix).toMatchObject({ change: [], removes: 0, adds: 0 });
    expect(fix?.says).toContain('take the permission from account 900000000000, ');
    expect(fix?.says).toContain(`and ${who.length - 3} more; it stays shared with 2 others by name`);
    const then = (fix?.commands ?? []).reduce(unshared, given);
    const knowing = { ...NOTHING_EXPECTED, knownAccounts: [ENTRIES.partner.UserId] };
    expect(rulesOf(given, knowing)).toContain(rule);
    expect(rulesOf(then, knowing)).not.toContain(rule);
    expect(JSON.stringify(then.kept)).toContain(ENTRIES.partner.UserId);
  },
);

test('a permission that a terminal would hide has no fix', () => {
  const given = account({
    instances: [{ id: 'i-1' }],
    kept: [
      shared('ec2.describe-snapshot-attribute', 'snap-1', {
        CreateVolumePermissions: [{ UserId: '1\u202e' }],
      }),
    ],
  });
  expect(fixesOf(given).of('SNAP-UNKNOWN')).toMatchObject({ fix: undefined, why: /cannot be shown/ });
});

/** The verdict of a cell with MFA in the session, and with a key alone. */
function verdicts(snapshot: Snapshot, who: string, path: string) {
  const matrix = buildMatrix(snapshot);
  const principal = matrix.principals.findIndex(({ arn }) => arn.endsWith(`/${who}`));
  const cell = matrix.groups.find((one) => one.path === path && one.principals.includes(principal));
  const terms = cell?.outcome.condition?.anyOf.flatMap(({ allOf }) => allOf) ?? [];
  return { verdict: cell?.outcome.verdict ?? 'denied', asks: terms.map(({ key }) => key.toLowerCase()) };
}

const MFA_KEY = 'aws:multifactorauthpresent';

test('the grant itself asks for MFA where only people have it, and allows nothing else', () => {
  const given = account({
    users: [{ name: 'alice', policies: [{ name: 'p', document: allow(STARTS_SESSIONS) }] }],
    instances: [{ id: 'i-1' }],
  });
  const { fix } = fixesOf(given).of('NO-MFA');
  expect(fix).toMatchObject({ removes: 0, adds: 0, change: [{ type: 'put-inline-policy', policy: 'p' }] });
  expect(fix?.narrows).toBeGreaterThan(0);
  const then = after(given, fix?.change);
  expect(rulesOf(then)).not.toContain('NO-MFA');
  expect(verdicts(then, 'alice', 'session-manager')).toEqual({ verdict: 'conditional', asks: [MFA_KEY] });
});

test('what grants more, or is of machines as well, stays, and people without MFA are denied the shell alone', () => {
  const given = account({
    users: [
      { name: 'alice', groups: ['ops'] },
      { name: 'bob', policies: ['Wide'] },
    ],
    groups: [{ name: 'ops', policies: [allow('*')] }],
    policies: [{ name: 'Wide', document: allow(['ssm:*', 'ssmmessages:*']) }],
    roles: [{ name: 'ci', policies: ['Wide'] }],
    instances: [{ id: 'i-1', role: 'ci' }],
  });
  const { fix } = fixesOf(given).of('NO-MFA');
  expect(fix).toMatchObject({ removes: 0, adds: 0 });
  const then = after(given, fix?.change);
  expect(rulesOf(then)).not.toContain('NO-MFA');
  for (const who of ['alice', 'bob']) expect(verdicts(then, who, 'run-command').asks, who).toContain(MFA_KEY);
  // the machine is asked for nothing, and nobody is locked out of setting up MFA
  expect(verdicts(then, 'ci', 'run-command')).toEqual(verdicts(given, 'ci', 'run-command'));
  expect(JSON.stringify(fix?.change)).not.toMatch(/"iam:/);
});

test('a role that users take asks them for MFA, and the roles of machines come as before', () => {
  const ci = `arn:aws:iam::${ACCOUNT_ID}:role/ci`;
  const given = account({
    users: [{ name: 'alice', policies: [allow('sts:AssumeRole')] }],
    roles: [
      {
        name: 'Operator',
        policies: [allow(STARTS_SESSIONS)],
        trust: trusting({
          ...ENTER,
          Sid: 'In',
          Principal: { AWS: [`arn:aws:iam::${ACCOUNT_ID}:user/alice`, ci] },
        }),
      },
      { name: 'ci', policies: [allow('sts:AssumeRole')] },
    ],
    instances: [{ id: 'i-1', role: 'ci' }],
  });
  const { fix } = fixesOf(given).of('NO-MFA');
  expect(fix?.change).toMatchObject([
    {
      type: 'put-trust',
      document: {
        Statement: [
          { Sid: 'In', Principal: { AWS: [ci] } },
          { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } },
        ],
      },
    },
  ]);
  const then = after(given, fix?.change);
  expect(verdicts(then, 'alice', 'session-manager')).toEqual({ verdict: 'conditional', asks: [MFA_KEY] });
  expect(verdicts(then, 'ci', 'session-manager')).toEqual(verdicts(given, 'ci', 'session-manager'));
});

test('users leave a group that is full and gives the same access by two policies, unless it holds a Deny', () => {
  const full = (...more: readonly string[]) => ({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['ssm:*', ...more], Resource: '*' },
      { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${'x'.repeat(2400)}/*` },
    ],
  });
  const changes = (more: readonly object[]) => {
    const given = account({
      users: [{ name: 'alice', groups: ['ops'] }],
      groups: [{ name: 'ops', policies: [full(), full('sqs:*'), ...more] }],
      instances: [{ id: 'i-1', tags: { env: 'prod' } }],
    });
    const { findings, of } = fixesOf(given);
    const rules = findings.flatMap(({ cause, rules }) => (cause.kind === 'statement' ? rules : []));
    return rules.flatMap((rule) => of(rule).fix?.change ?? []).filter(({ type }) => !type.startsWith('put'));
  };
  const left = {
    type: 'remove-from-group',
    user: `arn:aws:iam::${ACCOUNT_ID}:user/alice`,
    group: `arn:aws:iam::${ACCOUNT_ID}:group/ops`,
  };
  expect(changes([])).toContainEqual(left);
  const guard = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 's3:*', Resource: '*' }] };
  expect(changes([guard])).not.toContainEqual(left);
});
