import { afterEach, describe, expect, test } from 'vitest';
import { s3Client, s3Store } from '../../../lib/adapters/aws/s3-store.ts';
import { type Answer, type Asked, type FakeAws, fakeAws, s3Error } from './fake-aws.ts';

let aws: FakeAws | null = null;
afterEach(async () => {
  await aws?.close();
  aws = null;
});

async function storeThat(answer: (asked: Asked, count: number) => Answer, prefix?: string) {
  aws = await fakeAws(answer);
  return s3Store(s3Client('us-east-1'), 'bucket', prefix);
}

const written: Answer = { status: 200, headers: { etag: '"new"' } };

describe('create', () => {
  test('lets S3 write only if there is no object', async () => {
    const store = await storeThat(() => written, 'accounts/');
    expect(await store.create('a/b.json', '{"ä":1}', 'application/json')).toBe('created');
    expect(aws?.asked[0]).toMatchObject({
      method: 'PUT',
      headers: { 'if-none-match': '*', 'content-type': 'application/json' },
    });
    expect(aws?.asked[0]?.path).toMatch(/^\/bucket\/accounts\/a\/b\.json/);
    expect(aws?.asked[0]?.body).toContain('{"ä":1}');
  });

  // without a checksum, S3 refuses to write if Object Lock protects new versions:
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
  test('sends a checksum, like every write', async () => {
    const store = await storeThat(() => written);
    await store.create('a', '1');
    await store.replace('a', '2', null);
    await store.replace('a', '3', '"old"');
    const writes = aws?.asked.filter(({ method }) => method === 'PUT') ?? [];
    expect(writes).toHaveLength(3);
    for (const { headers } of writes) {
      const names = Object.keys(headers).filter((name) => /^x-amz-checksum-|^content-md5$/.test(name));
      const trailer = String(headers['x-amz-trailer'] ?? '');
      expect([...names, trailer].join()).toMatch(/x-amz-checksum-|content-md5/);
    }
  });

  test('fails on 412, since the object exists', async () => {
    const store = await storeThat(() => s3Error(412, 'PreconditionFailed'));
    expect(await store.create('a', '1')).toBe('exists');
  });

  test('is repeated on 409, since another write was in progress', async () => {
    const store = await storeThat((_, count) =>
      count < 3 ? s3Error(409, 'ConditionalRequestConflict') : written,
    );
    expect(await store.create('a', '1')).toBe('created');
    expect(aws?.asked).toHaveLength(3);
  });

  test('fails on 409 followed by another object', async () => {
    const store = await storeThat((_, count) =>
      count === 1 ? s3Error(409, 'ConditionalRequestConflict') : s3Error(412, 'PreconditionFailed'),
    );
    expect(await store.create('a', '1')).toBe('exists');
  });

  test('succeeds if its answer was lost, even if the second attempt gets 412', async () => {
    let writer = '';
    const store = await storeThat(({ method, headers }, count) => {
      if (count === 1) {
        writer = String(headers['x-amz-meta-writer']);
        return s3Error(503, 'SlowDown');
      }
      if (method === 'HEAD') return { status: 200, headers: { 'x-amz-meta-writer': writer, etag: '"ours"' } };
      return s3Error(412, 'PreconditionFailed');
    });
    expect(await store.create('a', '1')).toBe('created');
    expect(aws?.asked.map(({ method }) => method)).toEqual(['PUT', 'PUT', 'HEAD']);
  });

  test("fails if the second attempt finds another writer's object", async () => {
    const store = await storeThat(({ method }, count) => {
      if (count === 1) return s3Error(503, 'SlowDown');
      if (method === 'HEAD') {
        return { status: 200, headers: { 'x-amz-meta-writer': 'somebody-else', etag: '"theirs"' } };
      }
      return s3Error(412, 'PreconditionFailed');
    });
    expect(await store.create('a', '1')).toBe('exists');
  });

  test('throws other errors of S3', async () => {
    const store = await storeThat(() => s3Error(403, 'AccessDenied'));
    await expect(store.create('a', '1')).rejects.toThrow('AccessDenied');
  });
});

describe('replace', () => {
  test('names the version that was read', async () => {
    const store = await storeThat(() => written);
    expect(await store.replace('a', '2', '"old"')).toBe('replaced');
    expect(aws?.asked[0]?.headers['if-match']).toBe('"old"');
  });

  test('of a missing object writes only if there is none', async () => {
    const store = await storeThat(() => written);
    expect(await store.replace('a', '2', null)).toBe('replaced');
    expect(aws?.asked[0]?.headers['if-none-match']).toBe('*');
  });

  test.each([
    ['412: it changed meanwhile', s3Error(412, 'PreconditionFailed')],
    ['404: it was deleted meanwhile', s3Error(404, 'NoSuchKey')],
  ])('%s', async (_, answer) => {
    const store = await storeThat(() => answer);
    expect(await store.replace('a', '2', '"old"')).toBe('conflict');
  });
});

describe('delete', () => {
  test('names the version that was read', async () => {
    const store = await storeThat(() => ({ status: 204 }), 'accounts/');
    expect(await store.delete('a/b.json', '"old"')).toBe('deleted');
    expect(aws?.asked[0]).toMatchObject({ method: 'DELETE', headers: { 'if-match': '"old"' } });
    expect(aws?.asked[0]?.path).toMatch(/^\/bucket\/accounts\/a\/b\.json/);
  });

  test('has no condition without a tag', async () => {
    const store = await storeThat(() => ({ status: 204 }));
    expect(await store.delete('a', null)).toBe('deleted');
    expect(aws?.asked[0]?.headers).not.toHaveProperty('if-match');
  });

  test.each([
    ['412: it changed meanwhile', s3Error(412, 'PreconditionFailed')],
    ['404: it is gone', s3Error(404, 'NoSuchKey')],
  ])('%s', async (_, answer) => {
    const store = await storeThat(() => answer);
    expect(await store.delete('a', '"old"')).toBe('conflict');
  });

  test('throws other errors of S3', async () => {
    const store = await storeThat(() => s3Error(403, 'AccessDenied'));
    await expect(store.delete('a', '"old"')).rejects.toThrow('AccessDenied');
  });
});

describe('reading', () => {
  test('get returns the body and the tag for a replace', async () => {
    const store = await storeThat(() => ({ status: 200, body: '{"ä":1}', headers: { etag: '"e"' } }));
    expect(await store.get('a')).toEqual({ body: '{"ä":1}', etag: '"e"' });
  });

  test('get returns null for a missing object, and throws if reading is not allowed', async () => {
    const store = await storeThat((_, count) =>
      s3Error(count === 1 ? 404 : 403, count === 1 ? 'NoSuchKey' : 'AccessDenied'),
    );
    expect(await store.get('a')).toBeNull();
    await expect(store.get('a')).rejects.toThrow('AccessDenied');
  });

  test('list returns all pages, without the prefix, sorted', async () => {
    const page = (keys: readonly string[], next: string) => ({
      status: 200,
      headers: { 'content-type': 'application/xml' },
      body: `<ListBucketResult>${keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('')}${next}</ListBucketResult>`,
    });
    const store = await storeThat(
      (_, count) =>
        count === 1
          ? page(
              ['p/b', 'p/c'],
              '<IsTruncated>true</IsTruncated><NextContinuationToken>n</NextContinuationToken>',
            )
          : page(['p/a'], '<IsTruncated>false</IsTruncated>'),
      'p/',
    );
    expect(await store.list('')).toEqual(['a', 'b', 'c']);
  });

  test('list reads no more keys, and no more pages, than wanted', async () => {
    const store = await storeThat(() => ({
      status: 200,
      headers: { 'content-type': 'application/xml' },
      body: '<ListBucketResult><Contents><Key>a</Key></Contents><Contents><Key>b</Key></Contents><IsTruncated>true</IsTruncated><NextContinuationToken>n</NextContinuationToken></ListBucketResult>',
    }));
    expect(await store.list('', 2)).toEqual(['a', 'b']);
    expect(aws?.asked).toHaveLength(1);
    expect(aws?.asked[0]?.path).toContain('max-keys=2');
  });
});
