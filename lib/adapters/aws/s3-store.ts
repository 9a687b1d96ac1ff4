import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import type { ObjectStore } from '../../ports/object-store.ts';
import { keptBytes, textOfKept } from '../../ports/stored-text.ts';
import { nameAndMessage } from './call-error.ts';
import { awsClient, type Credentials, type Patience } from './clients.ts';

/** `credentials` absent: those of the environment. */
export const s3Client = (
  region: string,
  { patience, credentials }: { readonly patience?: Patience; readonly credentials?: Credentials } = {},
): S3Client => awsClient(S3Client, { region, ...(credentials && { credentials }) }, { patience });

/** Tries of a write that S3 rejects with 409 because another write was in progress. */
const CONFLICT_TRIES = 6;
const FIRST_PAUSE_MS = 50;

/** S3 lists in the order of the keys, at most this many per page. */
const LARGEST_PAGE = 1000;

/**
 * Objects in one bucket, below `prefix` (`` or with a `/` at its end). Creating, replacing and deleting are conditional
 * (except `delete` with null), so two runs at once never overwrite or delete what the other wrote.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html
 */
export function s3Store(client: S3Client, bucket: string, prefix = ''): ObjectStore {
  const address = (key: string) => ({ Bucket: bucket, Key: `${prefix}${key}` });
  return {
    async get(key) {
      try {
        const { Body, ETag = '' } = await client.send(new GetObjectCommand(address(key)));
        const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
        return { body: textOfKept(key, bytes), etag: ETag };
      } catch (error) {
        if (nameAndMessage(error).name === 'NoSuchKey') return null;
        throw error;
      }
    },
    async create(key, body, contentType) {
      const put = { ...address(key), Body: keptBytes(key, body), ContentType: contentType, IfNoneMatch: '*' };
      return (await conditionalPut(client, put)) ? 'created' : 'exists';
    },
    async replace(key, body, etag, contentType) {
      const condition = etag === null ? { IfNoneMatch: '*' } : { IfMatch: etag };
      const put = { ...address(key), Body: keptBytes(key, body), ContentType: contentType, ...condition };
      return (await conditionalPut(client, put)) ? 'replaced' : 'conflict';
    },
    async delete(key, etag) {
      try {
        await client.send(
          new DeleteObjectCommand({ ...address(key), ...(etag !== null && { IfMatch: etag }) }),
        );
        return 'deleted';
      } catch (error) {
        const { name } = nameAndMessage(error);
        if (name === 'PreconditionFailed' || name === 'NoSuchKey') return 'conflict';
        throw error;
      }
    },
    async list(below, most = Number.POSITIVE_INFINITY) {
      const keys: string[] = [];
      const pages = paginateListObjectsV2(
        { client, pageSize: Math.min(most, LARGEST_PAGE) },
        { Bucket: bucket, Prefix: `${prefix}${below}` },
      );
      for await (const page of pages) {
        keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key?.slice(prefix.length) ?? []));
        if (keys.length >= most) break;
      }
      return keys.sort().slice(0, most);
    },
  };
}

/** True if the object was written; false if its condition does not hold (412), or the named object is gone (404). */
async function conditionalPut(client: S3Client, put: PutObjectCommandInput): Promise<boolean> {
  const writer = randomUUID();
  for (let attempt = 1; ; attempt++) {
    try {
      return await putOnce(client, put, writer);
    } catch (error) {
      const isConflict = nameAndMessage(error).name === 'ConditionalRequestConflict';
      if (!isConflict || attempt === CONFLICT_TRIES) throw error;
      await sleep(FIRST_PAUSE_MS * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}

async function putOnce(client: S3Client, put: PutObjectCommandInput, writer: string): Promise<boolean> {
  try {
    await client.send(new PutObjectCommand({ ...put, Metadata: { writer } }));
    return true;
  } catch (error) {
    const { name } = nameAndMessage(error);
    if (name === 'PreconditionFailed' && wasRetried(error)) return wroteIt(client, put, writer);
    if (name === 'PreconditionFailed' || name === 'NoSuchKey') return false;
    throw error;
  }
}

const wasRetried = (error: unknown): boolean =>
  ((error as { $metadata?: { attempts?: number } }).$metadata?.attempts ?? 1) > 1;

/**
 * If the answer of a first try is lost, the object may have been written, and the second try then fails its own
 * condition.
 */
async function wroteIt(
  client: S3Client,
  { Bucket, Key }: PutObjectCommandInput,
  writer: string,
): Promise<boolean> {
  const { Metadata } = await client.send(new HeadObjectCommand({ Bucket, Key }));
  return Metadata?.writer === writer;
}
