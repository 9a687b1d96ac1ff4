import { expect, test } from 'vitest';
import { failureText } from '../../lib/pipeline/account-failure.ts';
import { settleAccounts } from '../../lib/pipeline/settle.ts';
import { memoryStore } from './memory-store.ts';

const run = 'run-1';
const account = (accountId: string) => ({ accountId, prefix: `accounts/${accountId}/` });
const fine = account('1');
const waits = account('2');
const failed = account('3');
const silent = account('4');
const accounts = [fine, waits, failed, silent];
const OUTCOMES = [
  { accountId: '1' },
  { accountId: '2', unsent: 'NotAllSent' },
  { accountId: '3', failure: 'Runtime.OutOfMemory', step: 'audit', cause: 'Error' },
];

test('settle names the failed accounts, and sends only for accounts that may have something to send', async () => {
  expect(await settleAccounts(memoryStore(), { run, accounts, outcomes: OUTCOMES })).toEqual({
    audited: [fine, waits],
    failed: [
      {
        ...failed,
        failure:
          'it was collected, but could not be audited: it needs more memory than the function has (Runtime.OutOfMemory: Error)',
        next: 'raise `FunctionMemory`, then scan again',
      },
      { ...silent, ...failureText({ error: 'no outcome' }) },
    ],
    toSend: [waits, failed, silent],
  });
});

test('without outcomes, accounts whose runs have a record count as audited', async () => {
  const store = memoryStore();
  for (const { prefix } of [fine, waits]) await store.create(`${prefix}runs/${run}/run.json`, '{}');
  await store.create(`${failed.prefix}runs/run-0/run.json`, '{}');
  const settled = await settleAccounts(store, { run, accounts, outcomes: [] });
  expect(settled.audited).toEqual([fine, waits]);
  expect(settled.failed.map(({ failure }) => failure)).toEqual(
    Array(2).fill(failureText({ error: 'no outcome' }).failure),
  );
  expect(settled.toSend).toEqual(accounts);
});
