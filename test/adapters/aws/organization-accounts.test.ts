import { afterEach, expect, test } from 'vitest';
import { organizationAccounts } from '../../../lib/adapters/aws/organization-accounts.ts';
import { organizationsClient } from '../../../lib/adapters/aws/organizations-client.ts';
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

test('every account of the organisation is returned, from all pages, with its state', async () => {
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

test('the accounts below a unit are returned, at any depth', async () => {
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

const NEVER = { Accounts: [account('111122223333')], OrganizationalUnits: [{ Id: 'ou-ab12-11111111' }] };
test.each<[string, 'all' | 'under', string, object]>([
  ['of all accounts comes without its list', 'all', 'ListAccounts', {}],
  ['of all accounts has an account without its id', 'all', 'ListAccounts', { Accounts: [{ Name: 'a' }] }],
  ['below a unit comes without its list', 'under', 'ListAccountsForParent', {}],
  ['below a unit has an account without its id', 'under', 'ListAccountsForParent', { Accounts: [{}] }],
  ['of the units comes without its list', 'under', 'ListOrganizationalUnitsForParent', {}],
  [
    'of the units has one without its id',
    'under',
    'ListOrganizationalUnitsForParent',
    { OrganizationalUnits: [{ Name: 'a' }] },
  ],
])('a page that %s is not an empty page', async (_, which, call, page) => {
  aws = await fakeAws(({ headers }) =>
    json(String(headers['x-amz-target']).endsWith(`.${call}`) ? page : NEVER),
  );
  const accounts = organizationAccounts(organizationsClient('us-east-1'));
  const asked = which === 'all' ? accounts.all() : accounts.under('r-ab12');
  await expect(asked).rejects.toThrow(/the answer has no `(Accounts|OrganizationalUnits|Id)`/);
});
