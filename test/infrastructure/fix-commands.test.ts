import { expect, test } from 'vitest';
import { taggedProd } from '../../lib/findings/expected/production.ts';
import { findFindings } from '../../lib/findings/find.ts';
import { fixesFor } from '../../lib/fixes/fixes.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { ACCOUNT_ID, account, allow, securityGroup } from '../fixtures/account.ts';
import { pythonLeftOut } from '../python/python.ts';
import { awsLinters } from './aws-linters.ts';
import { problemsOfCommand } from './cli-command.ts';

const leftOut = pythonLeftOut();
const RUN = ['ssm:SendCommand', 'ssm:StartSession'];
const entered = { Effect: 'Allow', Action: 'sts:AssumeRole' };
const kept = (call: string, argument: string, list: string) => ({
  ...{ call, region: 'us-east-1', argument },
  data: { [list]: [{ Group: 'all' }] },
});
const full = (action: string) => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: ['ssm:*', action], Resource: '*' },
    { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${'x'.repeat(2400)}/*` },
  ],
});

/** Accounts whose findings have fixes of each kind. */
const ACCOUNTS = [
  account({
    users: [{ name: 'alice', policies: [allow(RUN), 'Wide'] }],
    policies: [{ name: 'Wide', document: allow('*') }],
    roles: [
      {
        name: 'ops',
        policies: [allow(RUN)],
        trust: {
          Version: '2012-10-17',
          Statement: [
            { ...entered, Principal: { AWS: [`arn:aws:iam::${ACCOUNT_ID}:root`, '444455556666'] } },
          ],
        },
      },
    ],
    kept: [
      kept('ec2.describe-image-attribute', 'ami-1', 'LaunchPermissions'),
      kept('ec2.describe-snapshot-attribute', 'snap-1', 'CreateVolumePermissions'),
    ],
    instances: [
      {
        id: 'i-1',
        tags: { env: 'prod', 'aws:ec2launchtemplate:id': 'lt-1', 'aws:ec2launchtemplate:version': '2' },
        metadata: { httpTokens: 'optional' },
        securityGroups: ['sg-1'],
      },
      { id: 'i-2', metadata: { httpTokens: 'optional' } },
    ],
    regions: {
      'us-east-1': {
        securityGroups: [
          securityGroup('sg-1', {
            ingress: [
              {
                ...{ protocol: 'tcp', fromPort: 22, toPort: 22, cidrs: ['0.0.0.0/0'] },
                ...{ groups: [], prefixLists: [] },
              },
            ],
          }),
        ],
      },
    },
  }),
  account({
    users: [{ name: 'alice', groups: ['ops'] }],
    groups: [{ name: 'ops', policies: [full('sns:*'), full('sqs:*')] }],
    instances: [{ id: 'i-1', tags: { env: 'prod' } }],
  }),
];

test('the commands of fixes are calls that there are, with options that they take', async ({ skip }) => {
  if (leftOut !== null) skip(`commands of fixes against AWS's own models (botocore): ${leftOut}`);
  const { packages } = await awsLinters();
  const lines = ACCOUNTS.flatMap((snapshot) => {
    const findings = findFindings({
      ...{ snapshot, matrix: buildMatrix(snapshot) },
      ...{ previous: [], at: snapshot.takenAt },
    });
    const { ofFindings } = fixesFor(snapshot, findings, {
      count: 0,
      isProduction: taggedProd,
      knownAccounts: [],
    });
    return [...ofFindings.values()].flatMap(({ commands }) => commands);
  });
  const seen = new Set<string>();
  // a line may contain another one, or begin with something else
  for (const call of lines.flatMap((line) => line.match(/aws [a-z0-9-]+ [a-z-]+(?:(?!\baws ).)*/g) ?? [])) {
    expect(await problemsOfCommand(packages, call), call).toEqual([]);
    seen.add(call.split(' ')[2] ?? '');
  }
  expect([...seen].sort()).toEqual(
    expect.arrayContaining([
      ...['create-launch-template-version', 'modify-image-attribute', 'modify-instance-metadata-options'],
      ...['modify-snapshot-attribute', 'put-user-policy', 'remove-user-from-group'],
      ...['revoke-security-group-ingress', 'update-assume-role-policy'],
    ]),
  );
}, 600_000);
