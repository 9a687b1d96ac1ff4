import { expect, test } from 'vitest';
import { concernsMany, groupByAccount, handedOnBody, readBatch } from '../../functions/event-batch.ts';

const queued = (messageId: string, envelope: unknown) => ({
  messageId,
  body: '',
  envelope,
  handedOnFor: null,
});
const idsByAccount = (groups: ReturnType<typeof groupByAccount>) =>
  Object.fromEntries(
    [...groups].map(([account, events]) => [account, events.map(({ messageId }) => messageId)]),
  );

test('each event goes to its account, and one of an unknown account to the first, which says why', () => {
  const groups = groupByAccount(
    [
      queued('own', { account: '111122223333', source: 'aws.iam' }),
      queued('member', { account: '444455556666', source: 'aws.ec2' }),
      queued('foreign', { account: '777788889999', source: 'aws.ec2' }),
      queued('strange', null),
      queued('text', 'text'),
    ],
    ['111122223333', '444455556666'],
  );
  expect(idsByAccount(groups)).toEqual({
    '111122223333': ['own', 'foreign', 'strange', 'text'],
    '444455556666': ['member'],
  });
});

test('a guardrail changes every account, so each gets its own message', () => {
  const accounts = ['111122223333', '444455556666'];
  const scp = queued('scp', { account: '999988887777', source: 'aws.organizations' });
  expect(concernsMany(scp, accounts)).toBe(true);
  expect(concernsMany(queued('own', { account: '111122223333', source: 'aws.iam' }), accounts)).toBe(false);
  const { events } = readBatch(
    accounts.map((id) => ({ messageId: id, body: handedOnBody(id, scp.envelope) })),
  );
  expect(events.map(({ envelope }) => envelope)).toEqual([scp.envelope, scp.envelope]);
  expect(events.some((event) => concernsMany(event, accounts))).toBe(false);
  expect(idsByAccount(groupByAccount(events, accounts))).toEqual({
    '111122223333': ['111122223333'],
    '444455556666': ['444455556666'],
  });
});

test('an assignment of a permission set concerns the account that it names, and a membership every account', () => {
  const accounts = ['111122223333', '444455556666'];
  const about = { account: '999988887777', source: 'aws.sso' };
  const requestParameters = { targetId: '444455556666', targetType: 'AWS_ACCOUNT' };
  const assigned = queued('assigned', { ...about, detail: { requestParameters } });
  expect(concernsMany(assigned, accounts)).toBe(false);
  expect(idsByAccount(groupByAccount([assigned], accounts))).toEqual({ '444455556666': ['assigned'] });
  const renamed = queued('renamed', { ...about, detail: { requestParameters: null } });
  const joined = queued('joined', { ...about, source: 'aws.sso-directory' });
  expect([renamed, joined].map((event) => concernsMany(event, accounts))).toEqual([true, true]);
});

test('a guardrail of the only account is checked at once', () => {
  const scp = queued('scp', { account: '999988887777', source: 'aws.organizations' });
  expect(concernsMany(scp, ['111122223333'])).toBe(false);
  expect(idsByAccount(groupByAccount([scp], ['111122223333']))).toEqual({ '111122223333': ['scp'] });
});

test('a body that is not JSON is set aside with the reason, and the others are read', () => {
  const batch = readBatch([
    { messageId: '1', body: '{"a":' },
    { messageId: '2', body: '{"__proto__":{"polluted":true}}' },
  ]);
  expect(batch.unreadable).toEqual([
    { messageId: '1', body: '{"a":', reason: expect.stringMatching(/^the body is not JSON/) },
  ]);
  expect(batch.events.map(({ messageId }) => messageId)).toEqual(['2']);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});
