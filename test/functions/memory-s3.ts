import { hash } from 'node:crypto';
import { type Answer, type Asked, s3Error } from '../adapters/aws/fake-aws.ts';

/** The part of S3 that a store needs: objects with conditional writes. */
export function memoryS3(): { readonly objects: ReadonlyMap<string, string>; answer(asked: Asked): Answer } {
  const objects = new Map<string, string>();
  return {
    objects,
    answer({ method, path, headers, body }) {
      const key = decodeURIComponent(path.replace(/\?.*$/, '')).replace(/^\/[^/]+\//, '');
      const there = objects.get(key);
      if (method === 'GET') return found(objects, path, there);
      if (headers['if-none-match'] === '*' && there !== undefined) return s3Error(412, 'PreconditionFailed');
      const wanted = headers['if-match'];
      if (wanted !== undefined && (there === undefined || wanted !== tag(there))) {
        return s3Error(412, 'PreconditionFailed');
      }
      if (method === 'DELETE') {
        objects.delete(key);
        return { status: 204 };
      }
      objects.set(key, body);
      return { status: 200, headers: { etag: tag(body) } };
    },
  };
}

const tag = (body: string): string => `"${hash('md5', body)}"`;

function found(objects: ReadonlyMap<string, string>, path: string, there: string | undefined): Answer {
  const asks = new URLSearchParams(path.replace(/^[^?]*/, ''));
  if (asks.get('list-type') === '2') return listed(objects, asks);
  if (there === undefined) return s3Error(404, 'NoSuchKey');
  return { status: 200, body: there, headers: { etag: tag(there) } };
}

function listed(objects: ReadonlyMap<string, string>, asks: URLSearchParams): Answer {
  const keys = [...objects.keys()].filter((key) => key.startsWith(asks.get('prefix') ?? '')).sort();
  const page = keys.slice(0, Number(asks.get('max-keys') ?? 1000));
  const contents = page.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('');
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: `<ListBucketResult>${contents}<IsTruncated>false</IsTruncated></ListBucketResult>`,
  };
}
