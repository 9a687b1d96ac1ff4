import { afterEach, expect, test } from 'vitest';
import {
  organizationAccounts,
  organizationsClient,
} from '../../../lib/adapters/aws/organization-accounts.ts';
import { type Answer, type FakeAws, fakeAws, jsonError } from './fake-aws.ts';

let aws: FakeAws | null = null;
afterEach(async () => {
  await aws?.close();
  aws = null;
});

const json = (body: object): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: JSON.stringify(body),
});
const account = (Id: string, State = 'ACTIVE') => ({ Id, Name: `account ${Id}`, State });

test('every account of the organisation, on all pages, with its state', async () => {
  aws = await fakeAws(({ body }) =>
    (JSON.parse(body) as { NextToken?: string }).NextToken === 'more'
      ? json({ Accounts: [account('333344445555', 'SUSPENDED'), { Id: '444455556666', Status: 'ACTIVE' }] })
      : json({ Accounts: [account('111122223333')], NextToken: 'more' }),
  );
  expect(await organizationAccounts(organizationsClient('us-east-1')).all()).toEqual([
    { accountId: '111122223333', name: 'account 111122223333', state: 'ACTIVE' },
    { accountId: '333344445555', name: 'account 333344445555', state: 'SUSPENDED' },
    { accountId: '444455556666', name: '', state: 'ACTIVE' },
  ]);
});

test('the accounts below a unit, at any depth', async () => {
  const below: Readonly<Record<string, object>> = {
    'r-ab12': { OrganizationalUnits: [{ Id: 'ou-ab12-11111111' }, { Id: 'ou-ab12-22222222' }] },
    'ou-ab12-11111111': { OrganizationalUnits: [{ Id: 'ou-ab12-33333333' }] },
  };
  const inside: Readonly<Record<string, object>> = {
    'r-ab12': { Accounts: [account('111122223333')] },
    'ou-ab12-33333333': { Accounts: [account('222233334444')] },
  };
  aws = await fakeAws(({ headers, body }) => {
    const { ParentId } = JSON.parse(body) as { ParentId: string };
    return String(headers['x-amz-target']).endsWith('.ListAccountsForParent')
      ? json(inside[ParentId] ?? { Accounts: [] })
      : json(below[ParentId] ?? { OrganizationalUnits: [] });
  });
  const found = await organizationAccounts(organizationsClient('us-east-1')).under('r-ab12');
  expect(found.map(({ accountId }) => accountId)).toEqual(['111122223333', '222233334444']);
});

test('a refusal is not an organisation without accounts', async () => {
  aws = await fakeAws(() => jsonError(400, 'AccessDeniedException', 'not you'));
  await expect(organizationAccounts(organizationsClient('us-east-1')).all()).rejects.toThrow('not you');
});
