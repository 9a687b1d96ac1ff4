import { afterEach, describe, expect, test } from 'vitest';
import { awsSource } from '../../../lib/adapters/aws/account-source.ts';
import { callNamed } from '../../../lib/collect/calls.ts';
import { collectIdentityCenter } from '../../../lib/collect/identity-center.ts';
import { sourceCall, startReading } from '../../../lib/collect/reading.ts';
import type { Role } from '../../../lib/snapshot/snapshot.ts';
import { type Answer, type Asked, type FakeAws, fakeAws, jsonError } from './fake-aws.ts';
import {
  type FakeIdentityCenter,
  INSTANCE,
  identityCenterAnswer,
  permissionSet,
  regionOf,
  STORE,
} from './fake-identity-center.ts';
import { operationOf } from './fake-organization.ts';

let aws: FakeAws | null = null;
afterEach(async () => {
  await aws?.close();
  aws = null;
});

const ACCOUNT = '111122223333';
const numbers = (from: number, length: number) => Array.from({ length }, (_, n) => from + n);

/** More people and members than fit on a page. */
const CENTER: FakeIdentityCenter = {
  region: 'eu-west-1',
  groups: { platform: numbers(0, 230), others: [1, 2] },
  people: 250,
  assignments: { [ACCOUNT]: { Ops: [{ group: 'platform' }, { person: 249 }], Read: [{ person: 3 }] } },
};

const REGIONS: Answer = {
  status: 200,
  headers: { 'content-type': 'text/xml' },
  body: `<DescribeRegionsResponse><regionInfo>${['us-east-1', 'eu-west-1', 'eu-central-1']
    .map((name) => `<item><regionName>${name}</regionName></item>`)
    .join('')}</regionInfo></DescribeRegionsResponse>`,
};

async function source(
  answer: (asked: Asked) => Answer = (asked) => identityCenterAnswer(CENTER, asked) ?? REGIONS,
) {
  aws = await fakeAws(answer);
  return awsSource({ region: 'us-east-1' });
}

const ROLES = [
  {
    arn: `arn:aws:iam::${ACCOUNT}:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Ops_0123456789abcdef`,
  },
] as unknown as readonly Role[];

const calls = () =>
  (aws?.asked ?? []).map((one) => `${operationOf(one) || 'DescribeRegions'} ${regionOf(one)}`);

describe('Identity Center, over HTTP', () => {
  test('is searched for region by region, and then read only in its own, page by page', async () => {
    const reading = startReading(await source(), { step: () => {} }, { now: () => new Date(0) });
    const center = await collectIdentityCenter(reading, { accountId: ACCOUNT, roles: ROLES });
    expect(center?.groups.map(({ name, members }) => [name, members?.length])).toEqual([['platform', 230]]);
    expect(center?.people).toHaveLength(231);
    expect(center?.permissionSets.map(({ name, people }) => [name, people])).toEqual([
      ['Ops', ['u-249']],
      ['Read', ['u-3']],
    ]);
    expect(reading.coverage.map(({ status }) => status)).toEqual(Array(7).fill('collected'));
    expect(calls()).toEqual([
      ...['ListInstances us-east-1', 'DescribeRegions us-east-1'],
      ...['ListInstances eu-central-1', 'ListInstances eu-west-1'],
      'ListPermissionSetsProvisionedToAccount eu-west-1',
      ...Array(2).fill('DescribePermissionSet eu-west-1'),
      ...Array(2).fill('ListAccountAssignments eu-west-1'),
      'ListGroups eu-west-1',
      ...Array(3).fill('ListGroupMemberships eu-west-1'),
      ...Array(3).fill('ListUsers eu-west-1'),
    ]);
  });

  test('returns sign-in names of people, and for an instance what its permission sets need', async () => {
    const made = await source();
    const users = await made.read(sourceCall(callNamed('identitystore.list-users'), null, STORE));
    expect(JSON.stringify(users)).toContain('person-249');
    expect(JSON.stringify(users)).not.toContain('private');
    await made.read(
      sourceCall(callNamed('sso-admin.list-account-assignments'), null, `${ACCOUNT}.${permissionSet('Ops')}`),
    );
    expect(JSON.parse(aws?.asked.at(-1)?.body ?? '')).toMatchObject({
      ...{ AccountId: ACCOUNT, InstanceArn: INSTANCE, PermissionSetArn: permissionSet('Ops') },
    });
  });

  test('stops at the first refusal, except of a region that a guardrail closes', async () => {
    const closed = jsonError(
      400,
      'AccessDeniedException',
      'User is not authorized to perform: sso:ListInstances with an explicit deny in a service control policy',
    );
    const list = sourceCall(callNamed('sso-admin.list-instances'), null);
    const open = await source((asked) =>
      regionOf(asked) === 'us-east-1' && operationOf(asked) === 'ListInstances'
        ? closed
        : (identityCenterAnswer(CENTER, asked) ?? REGIONS),
    );
    expect(await open.read(list)).toMatchObject({
      status: 'collected',
      data: { Instances: [{ InstanceArn: INSTANCE }] },
    });
    await aws?.close();
    const refused = await source(() => jsonError(400, 'AccessDeniedException', 'not authorized'));
    expect(await refused.read(list)).toMatchObject({ status: 'denied' });
    expect(calls()).toEqual(['ListInstances us-east-1']);
    await aws?.close();
    const nowhere = await source(
      (asked) => identityCenterAnswer({ ...CENTER, region: 'x' }, asked) ?? REGIONS,
    );
    expect(await nowhere.read(list)).toMatchObject({ status: 'collected', data: { Instances: [] } });
  });
});
