import { hash } from 'node:crypto';
import { type Answer, type Asked, s3Error } from '../adapters/aws/fake-aws.ts';

/** What ListObjectsV2 answers of these keys, in one page. */
function listed(keys: readonly string[], path: string): Answer {
  const prefix = new URLSearchParams(path.slice(path.indexOf('?'))).get('prefix') ?? '';
  const found = keys.filter((key) => key.startsWith(prefix)).sort();
  const contents = found.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('');
  return {
    status: 200,
    body: `<ListBucketResult><IsTruncated>false</IsTruncated>${contents}</ListBucketResult>`,
  };
}

/** Just enough of S3 for a store: objects with conditional writes. */
export function memoryS3(): { readonly objects: ReadonlyMap<string, string>; answer(asked: Asked): Answer } {
  const objects = new Map<string, string>();
  const tag = (body: string) => `"${hash('md5', body)}"`;
  return {
    objects,
    answer({ method, path, headers, body }) {
      const key = decodeURIComponent(path.replace(/\?.*$/, '')).replace(/^\/[^/]+\//, '');
      const there = objects.get(key);
      if (method === 'GET' && path.includes('list-type=2')) return listed([...objects.keys()], path);
      if (method === 'GET') {
        return there === undefined
          ? s3Error(404, 'NoSuchKey')
          : { status: 200, body: there, headers: { etag: tag(there) } };
      }
      if (headers['if-none-match'] === '*' && there !== undefined) return s3Error(412, 'PreconditionFailed');
      const wanted = headers['if-match'];
      if (wanted !== undefined && (there === undefined || wanted !== tag(there))) {
        return s3Error(412, 'PreconditionFailed');
      }
      objects.set(key, body);
      return { status: 200, headers: { etag: tag(body) } };
    },
  };
}
