import { describe, expect, test } from 'vitest';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { PathId } from '../../lib/matrix/paths/cell.ts';
import type { ConditionKeys, Volume } from '../../lib/snapshot/services.ts';
import { ACCOUNT_ID, account, allow } from '../fixtures/account.ts';
import { differences } from './compare-matrices.ts';
import { naiveMatrix } from './naive-build.ts';

const ANN = `arn:aws:iam::${ACCOUNT_ID}:user/ann`;

const where = (operator: string, key: string, value: string, ...actions: string[]) => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: actions, Resource: '*', Condition: { [operator]: { [key]: value } } },
  ],
});

interface Scene {
  readonly policies: readonly object[];
  readonly keys: readonly (ConditionKeys | undefined)[];
  readonly volumes?: readonly Volume[] | null;
}

/** Ann, and instances with these keys. Each has one disk with its number. */
function snapshotOf({ policies, keys, volumes = null }: Scene) {
  const instances = keys.map((of, index) => ({
    id: `i-${index}`,
    volumes: [{ id: `vol-${index}`, root: true }],
    ...(of ? { keys: of } : {}),
  }));
  return account({ users: [{ name: 'ann', policies }], instances, regions: { 'us-east-1': { volumes } } });
}

/** The verdict for each instance. */
function verdicts(path: PathId, scene: Scene): readonly string[] {
  const snapshot = snapshotOf(scene);
  const matrix = buildMatrix(snapshot);
  expect(differences(matrix, naiveMatrix(snapshot))).toEqual([]);
  return scene.keys.map((_, index) => {
    const asked = { principal: ANN, path, instance: `i-${index}` };
    return [...cellsOf(matrix, snapshot, asked)][0]?.verdict ?? 'denied';
  });
}

describe('condition keys from DescribeInstances', () => {
  test.each([
    ['ec2:InstanceType', 'StringLike', 't3.*', 't3.micro', 'm7g.large'],
    ['ec2:AvailabilityZone', 'StringEquals', 'us-east-1a', 'us-east-1a', 'us-east-1b'],
    ['ec2:Tenancy', 'StringEquals', 'default', 'default', 'dedicated'],
    ['ec2:EbsOptimized', 'Bool', 'true', 'true', 'false'],
    ['ec2:InstanceMarketType', 'StringEquals', 'spot', 'spot', 'on-demand'],
    [
      ...(['ec2:PlacementGroup', 'ArnLike', 'arn:aws:ec2:*:*:placement-group/rack'] as const),
      ...(['arn:aws:ec2:us-east-1:111122223333:placement-group/rack', null] as const),
    ],
    ['ec2:InstanceMetadataTags', 'StringEquals', 'enabled', 'enabled', 'disabled'],
  ])('%s decides, and is unknown if it was not collected', (key, operator, asked, fits, not) => {
    const policies = [where(operator, key, asked, 'ec2:StopInstances')];
    expect(verdicts('power', { policies, keys: [{ [key]: fits }, { [key]: not }, undefined] })).toEqual([
      'allowed',
      'denied',
      'conditional',
    ]);
  });

  test('instances are in one class if no policy reads what differs', () => {
    const keys = ['t3.micro', 'm7g.large', 'c7g.large'].map((type) => ({ 'ec2:InstanceType': type }));
    const { groups } = buildMatrix(snapshotOf({ policies: [allow('ec2:StopInstances')], keys }));
    expect(groups.filter(({ path }) => path === 'power').map(({ instances }) => instances.length)).toEqual([
      3,
    ]);
  });
});

describe('condition keys and tags from DescribeVolumes', () => {
  const copy = ['ec2:CreateSnapshot', 'ec2:ModifySnapshotAttribute'];
  const volume = (index: number, tag: string, keys: ConditionKeys): Volume => ({
    ...{ id: `vol-${index}`, tags: [{ key: 'team', value: tag }], keys },
  });
  const two = [
    volume(0, 'red', { 'ec2:Encrypted': 'true' }),
    volume(1, 'blue', { 'ec2:Encrypted': 'false' }),
  ];
  const onVolume = (operator: string, key: string, value: string) => [
    allow('ec2:ModifySnapshotAttribute'),
    {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: copy, Resource: 'arn:aws:ec2:*::snapshot/*' },
        {
          ...{ Effect: 'Allow', Action: copy, Resource: 'arn:aws:ec2:*:*:volume/*' },
          Condition: { [operator]: { [key]: value } },
        },
      ],
    },
  ];
  const keys = [undefined, undefined];

  test.each([
    ['ec2:ResourceTag/team', 'StringEquals', 'red'],
    ['ec2:Encrypted', 'Bool', 'true'],
  ])('%s decides, and is unknown if disks were not collected', (key, operator, value) => {
    const policies = onVolume(operator, key, value);
    expect(verdicts('disk-copy', { policies, keys, volumes: two })).toEqual(['allowed', 'denied']);
    expect(verdicts('disk-copy', { policies, keys, volumes: null })).toEqual(['conditional', 'conditional']);
    // a disk that is not in the list may be new
    const [first] = two;
    expect(verdicts('disk-copy', { policies, keys, volumes: first ? [first] : [] })).toEqual([
      'allowed',
      'conditional',
    ]);
  });
});
