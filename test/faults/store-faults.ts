import type { Patience } from '../../lib/adapters/aws/clients.ts';
import { s3Client, s3Store } from '../../lib/adapters/aws/s3-store.ts';
import type { ObjectStore } from '../../lib/ports/object-store.ts';
import type { Decide, Fault } from './fault-proxy.ts';

/** One fault of the bucket, the operations, and the expected result. */
export interface StoreFault {
  readonly name: string;
  readonly decide: Decide;
  readonly act: (store: ObjectStore, prepared: ObjectStore) => Promise<unknown>;
  readonly expected: unknown;
}

const on =
  (method: string, times: number, fault: Fault): Decide =>
  (call, count) =>
    call.operation === method && count <= times ? fault : null;

const CONFLICT: Fault = { kind: 'error', status: 409, code: 'ConditionalRequestConflict' };

/** Large enough to arrive in many pieces. */
const LARGE = 'a piece of a large object, '.repeat(100_000);

const createAndRead = async (store: ObjectStore, prepared: ObjectStore) => [
  await store.create('k', 'mine'),
  (await prepared.get('k'))?.body ?? null,
];

const theirsFirst = async (store: ObjectStore, prepared: ObjectStore) => {
  await prepared.create('k', 'theirs');
  return createAndRead(store, prepared);
};

const readLarge = async (store: ObjectStore, prepared: ObjectStore) => {
  await prepared.create('large', LARGE);
  return (await store.get('large'))?.body === LARGE;
};

const failed = (error: unknown) => `failed: ${(error as Error).name}`;

export const STORE_FAULTS: readonly StoreFault[] = [
  {
    name: 'an object is created, and the answer is lost',
    decide: on('PUT', 1, { kind: 'lose' }),
    act: createAndRead,
    expected: ['created', 'mine'],
  },
  {
    name: 'an object is created, the answer is lost, and somebody else was first',
    decide: on('PUT', 1, { kind: 'lose' }),
    act: theirsFirst,
    expected: ['exists', 'theirs'],
  },
  {
    name: 'an object is replaced, and the answer is lost',
    decide: on('PUT', 1, { kind: 'lose' }),
    act: async (store, prepared) => {
      await prepared.create('k', 'before');
      const { etag } = (await prepared.get('k')) ?? { etag: '' };
      return [await store.replace('k', 'after', etag), (await prepared.get('k'))?.body];
    },
    expected: ['replaced', 'after'],
  },
  {
    name: 'another write is under way three times (409)',
    decide: on('PUT', 3, CONFLICT),
    act: createAndRead,
    expected: ['created', 'mine'],
  },
  {
    name: 'another write is under way forever (409)',
    decide: on('PUT', 99, CONFLICT),
    act: async (store, prepared) => [await store.create('k', 'mine').catch(failed), await prepared.get('k')],
    expected: ['failed: ConditionalRequestConflict', null],
  },
  {
    name: 'a write is throttled three times',
    decide: on('PUT', 3, { kind: 'throttle' }),
    act: createAndRead,
    expected: ['created', 'mine'],
  },
  {
    name: 'a write is answered with status 500 three times',
    decide: on('PUT', 3, { kind: 'break' }),
    act: createAndRead,
    expected: ['created', 'mine'],
  },
  {
    name: 'a page of HTML with status 200 answers a write that never reached the bucket',
    decide: on('PUT', 1, { kind: 'instead', body: '<html></html>' }),
    act: createAndRead,
    expected: ['created', 'mine'],
  },
  {
    name: 'the connection ends in the middle of a large object',
    decide: on('GET', 1, { kind: 'cut' }),
    act: readLarge,
    expected: true,
  },
  {
    name: 'silence in the middle of a large object',
    decide: on('GET', 1, { kind: 'stall' }),
    act: readLarge,
    expected: true,
  },
  {
    name: 'a large object ends early, as if it were whole',
    decide: on('GET', 99, { kind: 'truncate', keep: 0.9 }),
    act: (store, prepared) => readLarge(store, prepared).catch(() => 'failed'),
    expected: 'failed',
  },
  {
    name: 'a page of HTML with status 200 instead of an object, once',
    decide: on('GET', 1, { kind: 'instead', body: '<html></html>' }),
    act: readLarge,
    expected: true,
  },
  {
    name: 'an empty body with status 200 instead of a list, once',
    decide: on('GET', 1, { kind: 'instead', body: '' }),
    act: async (store, prepared) => {
      for (const key of ['a', 'b', 'c']) await prepared.create(key, key);
      return store.list('');
    },
    expected: ['a', 'b', 'c'],
  },
];

/** A store with its own prefix, whose calls have the faults of this access key. */
export const storeWith = (key: string, prefix: string, patience: Patience): ObjectStore => {
  const credentials = { accessKeyId: key, secretAccessKey: 'test' };
  return s3Store(s3Client('us-east-1', { patience, credentials }), 'bucket', prefix);
};
