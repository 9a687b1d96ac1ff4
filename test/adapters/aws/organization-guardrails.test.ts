import { afterEach, describe, expect, test } from 'vitest';
import { policiesAbove } from '../../../lib/adapters/aws/effective-policies.ts';
import { guardrailsAsked } from '../../../lib/adapters/aws/guardrails-asked.ts';
import { organizationGuardrails } from '../../../lib/adapters/aws/organization-guardrails.ts';
import { organizationsClient } from '../../../lib/adapters/aws/organizations-client.ts';
import { guardrailsAnswer } from '../../../lib/pipeline/central-guardrails.ts';
import { type Answer, type Asked, type FakeAws, fakeAws, jsonError } from './fake-aws.ts';
import { type FakeOrganization, operationOf, organizationAnswer } from './fake-organization.ts';

let aws: FakeAws | null = null;
afterEach(async () => {
  await aws?.close();
  aws = null;
});

const [hub, member, other] = ['100000000000', '111122223333', '222233334444'];
const many = Array.from({ length: 45 }, (_, n) => String(300_000_000_000 + n));

/** A root, units two levels deep, and more accounts in one of them than fit on a page. */
const ORGANIZATION: FakeOrganization = {
  management: hub,
  parents: {
    ...{ [hub]: 'r-1', 'ou-1': 'r-1', 'ou-2': 'ou-1', [member]: 'ou-2', [other]: 'ou-1' },
    ...Object.fromEntries(many.map((id) => [id, 'ou-2'])),
  },
  policies: [
    {
      ...{ Id: 'p-FullAWSAccess', Type: 'SERVICE_CONTROL_POLICY', Content: '{"Statement":[1]}' },
      targets: ['r-1', 'ou-1', 'ou-2', hub, member, other, ...many],
    },
    { Id: 'p-fence', Type: 'SERVICE_CONTROL_POLICY', Content: '{"Statement":[2]}', targets: ['ou-2'] },
    { Id: 'p-nowhere', Type: 'SERVICE_CONTROL_POLICY', Content: '{"Statement":[3]}', targets: [] },
    { Id: 'p-rcp', Type: 'RESOURCE_CONTROL_POLICY', Content: '{"Statement":[4]}', targets: ['r-1', member] },
  ],
};

async function client(answer: (asked: Asked) => Answer = (asked) => organizationAnswer(ORGANIZATION, asked)) {
  aws = await fakeAws(answer);
  return organizationsClient('us-east-1');
}

const about = { readBy: hub, readAt: '2026-08-23T10:15:00.000Z' };

describe('the guardrails of an organisation, read once', () => {
  test('are for each account what it would read itself', async () => {
    const organizations = await client();
    const central = await organizationGuardrails(organizations, about);
    for (const accountId of [hub, member, other, many[44] as string]) {
      const { ReadBy, ReadAt, ...told } = guardrailsAnswer(central!, accountId) as Record<string, unknown>;
      expect(told).toEqual(await policiesAbove(organizations, async () => accountId));
      expect([ReadBy, ReadAt]).toEqual([hub, about.readAt]);
    }
  });

  test('take calls for each page and policy, and none for each account', async () => {
    const organizations = await client();
    await organizationGuardrails(organizations, about);
    const calls = Object.entries(Object.groupBy(aws?.asked ?? [], operationOf));
    expect(Object.fromEntries(calls.map(([name, all = []]) => [name, all.length]))).toEqual({
      ...{ DescribeOrganization: 1, ListRoots: 1 },
      ...{ ListAccountsForParent: 5, ListOrganizationalUnitsForParent: 3 },
      ...{ ListPolicies: 2, ListTargetsForPolicy: 6, DescribePolicy: 3 },
    });
  });

  test('contain nothing about an account that is not in the tree', async () => {
    const central = await organizationGuardrails(await client(), about);
    expect(guardrailsAnswer(central!, '999999999999')).toBeNull();
    const { 'ou-1': _, ...parents } = central!.parents;
    expect(guardrailsAnswer({ ...central!, parents }, member)).toBeNull();
  });

  test('are returned without resource control policies if these are refused, with the reason', async () => {
    const organizations = await client((asked) =>
      asked.body.includes('RESOURCE_CONTROL_POLICY')
        ? jsonError(400, 'AccessDeniedException', 'not those')
        : organizationAnswer(ORGANIZATION, asked),
    );
    const central = await organizationGuardrails(organizations, about);
    const told = guardrailsAnswer(central!, member) as { readonly Targets: readonly object[] };
    expect(told).toMatchObject({ ResourceControlPoliciesGap: 'AccessDeniedException: not those' });
    expect(told.Targets.some((level) => 'ResourceControlPolicies' in level)).toBe(false);
    expect(told.Targets.every((level) => 'ServiceControlPolicies' in level)).toBe(true);
  });

  test.each([
    ...['DescribeOrganization', 'ListRoots', 'ListAccountsForParent', 'ListOrganizationalUnitsForParent'],
    ...['ListPolicies', 'ListTargetsForPolicy', 'DescribePolicy'],
  ])('count as not read if the answer of %s lacks a needed member', async (operation) => {
    const organizations = await client((asked) =>
      operationOf(asked) === operation
        ? { status: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: '{}' }
        : organizationAnswer(ORGANIZATION, asked),
    );
    const read = organizationGuardrails(organizations, about);
    await expect(read).rejects.toThrow(/^the answer has no `/);
  });

  test('are null without an organisation', async () => {
    const organizations = await client(() => jsonError(400, 'AWSOrganizationsNotInUseException', 'none'));
    expect(await organizationGuardrails(organizations, about)).toBeNull();
  });
});

describe('the guardrails of one account, read by another one', () => {
  test('are what the account would read itself, with the reader', async () => {
    const organizations = await client();
    const told = await guardrailsAsked(organizations, hub)(member);
    expect(told).toMatchObject({ status: 'collected', data: { ReadBy: hub, OrganizationId: 'o-1' } });
  });

  test('are unknown for an account outside any organisation, or a reader without permission', async () => {
    const none = await client(() => jsonError(400, 'AWSOrganizationsNotInUseException', 'none'));
    expect((await guardrailsAsked(none, hub)(member)).status).toBe('not-collected');
    await aws?.close();
    const refused = await client(() => jsonError(400, 'AccessDeniedException', 'not you'));
    expect((await guardrailsAsked(refused, hub)(member)).status).toBe('denied');
  });
});
