import { gunzipSync } from 'node:zlib';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { s3Client, s3Store } from '../../lib/adapters/aws/s3-store.ts';
import type { ObjectStore } from '../../lib/ports/object-store.ts';
import { emulated } from './stack.ts';

let client: S3Client;
let store: ObjectStore;

beforeAll(async () => {
  const { endpoint, region, credentials } = emulated(inject('emulatorEndpoint'));
  vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
  client = s3Client(region);
  await client.send(new CreateBucketCommand({ Bucket: 'store-test' }));
  store = s3Store(client, 'store-test', 'below/');
});

afterAll(() => {
  vi.unstubAllEnvs();
});

test('of many that create the same object at once, one succeeds', async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, index) => store.create('once', `${index}`)),
  );
  expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
  expect((await store.get('once'))?.body).toBe(`${outcomes.indexOf('created')}`);
});

test('of many that count by compare-and-swap, no step is lost', async () => {
  await store.create('count', '0');
  const countUp = async (): Promise<void> => {
    for (;;) {
      const { body, etag } = (await store.get('count')) ?? { body: '0', etag: null };
      if ((await store.replace('count', `${Number(body) + 1}`, etag)) === 'replaced') return;
    }
  };
  await Promise.all(Array.from({ length: 8 }, countUp));
  expect((await store.get('count'))?.body).toBe('8');
});

test('a compressed object is stored compressed and read as text', async () => {
  const text = 'one ä€😀\n'.repeat(1000);
  expect(await store.create('text.gz', text, 'application/gzip')).toBe('created');
  const { body, etag } = (await store.get('text.gz')) ?? { body: '', etag: '' };
  expect(body).toBe(text);
  const kept = await client.send(new GetObjectCommand({ Bucket: 'store-test', Key: 'below/text.gz' }));
  expect(gunzipSync((await kept.Body?.transformToByteArray()) ?? '').toString()).toBe(text);
  expect(await store.replace('text.gz', 'two', etag)).toBe('replaced');
  expect((await store.get('text.gz'))?.body).toBe('two');
  await client.send(new PutObjectCommand({ Bucket: 'store-test', Key: 'below/text.gz', Body: 'two' }));
  await expect(store.get('text.gz')).rejects.toThrow(/^cannot read `text.gz`: /);
  await store.delete('text.gz', null);
});

test('a missing object is null, and replacing it is a conflict', async () => {
  expect(await store.get('nothing')).toBeNull();
  expect(await store.replace('nothing', '1', '"0"')).toBe('conflict');
  expect(await store.replace('something', '1', null)).toBe('replaced');
  expect(await store.list('')).toEqual(['count', 'once', 'something']);
  expect(await store.list('', 2)).toEqual(['count', 'once']);
});

test('an object is deleted once, in the version that was read', async () => {
  await store.create('gone', '1');
  const etag = (await store.get('gone'))?.etag ?? '';
  expect(await store.delete('gone', etag)).toBe('deleted');
  expect(await store.get('gone')).toBeNull();
});
