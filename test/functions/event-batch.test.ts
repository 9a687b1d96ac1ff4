import { expect, test } from 'vitest';
import { groupByAccount, readBatch } from '../../functions/event-batch.ts';

const queued = (messageId: string, envelope: unknown) => ({ messageId, body: '', envelope });
const idsByAccount = (groups: ReturnType<typeof groupByAccount>) =>
  Object.fromEntries(
    [...groups].map(([account, events]) => [account, events.map(({ messageId }) => messageId)]),
  );

test('each event goes to its account, one that nobody scans to the first, which says why', () => {
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

test('a guardrail changes for every account', () => {
  const events = [queued('scp', { account: '999988887777', source: 'aws.organizations' })];
  expect(idsByAccount(groupByAccount(events, ['111122223333', '444455556666']))).toEqual({
    '111122223333': ['scp'],
    '444455556666': ['scp'],
  });
});

test('a body that is not JSON is set aside with the reason, the others are read', () => {
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
