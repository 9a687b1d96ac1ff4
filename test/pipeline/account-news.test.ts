import { expect, test } from 'vitest';
import { accountNews } from '../../lib/pipeline/account-news.ts';
import { readScannedAccounts, writeScannedAccounts } from '../../lib/pipeline/scanned-accounts.ts';
import { renderDigest } from '../render/render-digest.ts';
import { memoryStore } from './memory-store.ts';

const suspended = (...ids: string[]) =>
  ids.map((accountId) => ({ accountId, name: `account ${accountId}`, state: 'SUSPENDED' }));

async function told(store: ReturnType<typeof memoryStore>, run: string) {
  const { news, noteReported } = await accountNews(store, run);
  await noteReported();
  return news;
}

test('accounts that were added, removed or suspended are reported once', async () => {
  const store = memoryStore();
  await writeScannedAccounts(store, 'run-1', { accountIds: ['1', '2', '3'], suspended: suspended('8') });
  expect(await told(store, 'run-1')).toBeNull();
  await writeScannedAccounts(store, 'run-2', { accountIds: ['1', '4'], suspended: suspended('3', '8') });
  expect(await told(store, 'run-2')).toEqual({ added: ['4'], gone: ['2'], suspended: ['3'] });
  expect(await told(store, 'run-2')).toEqual({ added: [], gone: [], suspended: [] });
});

test('if the note of a digest could not be written, the next digest reports them again', async () => {
  const store = memoryStore();
  await writeScannedAccounts(store, 'run-1', { accountIds: ['1'], suspended: [] });
  await told(store, 'run-1');
  await writeScannedAccounts(store, 'run-2', { accountIds: ['1', '2'], suspended: [] });
  expect((await accountNews(store, 'run-2')).news?.added).toEqual(['2']);
  expect((await accountNews(store, 'run-2')).news?.added).toEqual(['2']);
});

test('accounts that are listed by id are not reported as added or removed', async () => {
  const store = memoryStore();
  expect(await told(store, 'run-1')).toBeNull();
  await writeScannedAccounts(store, 'run-2', { accountIds: ['1'], suspended: [] });
  expect(await told(store, 'run-3')).toBeNull();
  expect(await store.list('plans/reported-accounts.json')).toEqual([]);
});

test('a damaged note delays no digest', async () => {
  const store = memoryStore();
  await store.create('plans/reported-accounts.json', '{"accountIds":');
  await writeScannedAccounts(store, 'run-1', { accountIds: ['1'], suspended: [] });
  expect(await told(store, 'run-1')).toBeNull();
  await writeScannedAccounts(store, 'run-2', { accountIds: ['1', '2'], suspended: [] });
  expect((await told(store, 'run-2'))?.added).toEqual(['2']);
});

test.each(['{', '{}', '{"schemaVersion":1,"run":"run-1","accountIds":[]}'])(
  'a damaged list of accounts delays no digest, and does not count as an empty list: %s',
  async (body) => {
    const store = memoryStore();
    await store.create('plans/accounts.json', body);
    expect(await told(store, 'run-1')).toBeNull();
    expect(await store.list('plans/reported-accounts.json')).toEqual([]);
    await expect(readScannedAccounts(store)).rejects.toThrow('start a scan, which writes it again');
  },
);

test('the digest names the accounts', () => {
  const ids = Array.from({ length: 12 }, (_, at) => String(100_000_000_000 + at));
  const news = { added: ids, gone: [], suspended: ['999988887777'] };
  const { text, html } = renderDigest([], [], [{ accountId: '1', failure: 'x' }], { news });
  expect(text).toContain('ACCOUNTS OF THE ORGANISATION');
  expect(text).toContain('12 new accounts');
  expect(text).toMatch(/100000000009\s+and\s+2\s+more/);
  expect(text).toContain('1 account is suspended or closed');
  expect(html).toContain('999988887777');
  expect(renderDigest([], [], [{ accountId: '1', failure: 'x' }]).text).not.toContain('organisation');
});
