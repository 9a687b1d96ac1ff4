import { expect, test } from 'vitest';
import { readAccountList, readResults } from '../../lib/pipeline/run-results.ts';
import { memoryStore } from './memory-store.ts';

const FOLDER = 'plans/run/results/0b5a1c2d-0000-0000-0000-000000000000/';
const child = (name: string, accountId: string) => ({
  ExecutionArn: `arn:aws:states:us-east-1:111122223333:execution:scan/ManyAccounts:${name}`,
  Input: JSON.stringify({ run: 'run', accountId, prefix: `accounts/${accountId}/` }),
  ...{ InputDetails: { Included: true }, Name: name },
});
const file = (kind: string, n = 0) => ({ Key: `${FOLDER}${kind}_${n}.json`, Size: 1 });

test('the results of a map say which children of a map succeeded, failed and never started', async () => {
  const store = memoryStore();
  const done = (accountId: string, more: object = {}) =>
    JSON.stringify({ accountId, prefix: `accounts/${accountId}/`, ...more });
  const files = {
    'manifest.json': {
      ...{ DestinationBucket: 'bucket', MapRunArn: 'arn:aws:states:us-east-1:111122223333:mapRun:scan/x:y' },
      ResultFiles: {
        ...{ FAILED: [file('FAILED')], PENDING: [file('PENDING')] },
        SUCCEEDED: [file('SUCCEEDED'), file('SUCCEEDED', 1)],
      },
    },
    'SUCCEEDED_0.json': [
      { ...child('a', '1'), Status: 'SUCCEEDED', Output: done('1') },
      {
        ...child('b', '2'),
        Status: 'SUCCEEDED',
        Output: done('2', { failure: 'InputError', step: 'collect', cause: 'x' }),
      },
    ],
    'SUCCEEDED_1.json': [
      { ...child('c', '3'), Status: 'SUCCEEDED', Output: done('3', { unsent: 'NotAllSent' }) },
    ],
    'FAILED_0.json': [{ ...child('d', '4'), Status: 'FAILED', Error: 'States.Runtime', Cause: '...' }],
    'PENDING_0.json': [{ ...child('e', '5'), Status: 'PENDING' }],
  };
  for (const [name, value] of Object.entries(files))
    await store.create(`${FOLDER}${name}`, JSON.stringify(value));
  const outcomes = await readResults(store, `${FOLDER}manifest.json`);
  expect(outcomes.find(({ accountId }) => accountId === '2')).toMatchObject({ step: 'collect', cause: 'x' });
  expect(outcomes.find(({ accountId }) => accountId === '4')).toMatchObject({ cause: '...' });
  const byId = new Map(outcomes.map(({ accountId, failure, unsent }) => [accountId, failure ?? unsent]));
  expect(Object.fromEntries(byId)).toEqual({
    ...{ 1: undefined, 2: 'InputError', 3: 'NotAllSent' },
    ...{ 4: 'States.Runtime', 5: 'PENDING' },
  });
});

test('a missing list is reported', async () => {
  await expect(readAccountList(memoryStore(), 'plans/run/accounts.json')).rejects.toThrow(
    '`plans/run/accounts.json` is gone: start the scan again',
  );
});
