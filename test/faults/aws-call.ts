import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, bytesOf, ec2Error, jsonError, queryError, s3Error } from '../adapters/aws/fake-aws.ts';

/** The parts of an SDK client's request that a fake service or a fault needs. */
export interface AwsCall {
  /** the access key that signed it: it identifies the case when several run at once */
  readonly key: string;
  readonly service: string;
  readonly region: string;
  /** `DescribeInstances`; for S3 the method */
  readonly operation: string;
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** a member of the request, whatever its protocol */
  readonly input: (name: string) => string | undefined;
}

export async function readCall(request: IncomingMessage): Promise<AwsCall> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const { headers, method = '' } = request;
  const scope = /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? '');
  const isForm = String(headers['content-type']).includes('x-www-form-urlencoded');
  const form = new URLSearchParams(isForm ? body.toString('utf8') : '');
  const target = String(headers['x-amz-target'] ?? '').split('.')[1];
  const json =
    target === undefined ? {} : (JSON.parse(body.toString('utf8') || '{}') as Record<string, unknown>);
  return {
    key: scope?.[1] ?? '',
    region: scope?.[2] ?? '',
    service: scope?.[3] ?? '',
    operation: form.get('Action') ?? target ?? method,
    method,
    url: new URL(request.url ?? '/', 'http://aws'),
    headers,
    body,
    input: (name) => form.get(name) ?? (json[name] === undefined ? undefined : String(json[name])),
  };
}

/** Services with forms as requests and XML as answers. */
const QUERY: ReadonlySet<string> = new Set(['iam', 'sts', 'sns', 'autoscaling', 'cloudformation']);

/** An error in the protocol of the called service. */
export function errorOf({ service }: AwsCall, status: number, code: string, message: string): Answer {
  if (service === 'ec2') return ec2Error(status, code, message);
  if (service === 's3') return s3Error(status, code);
  if (QUERY.has(service)) return queryError(status, code, message);
  return jsonError(status, code, message);
}

export function send(response: ServerResponse, { status, headers = {}, body = '' }: Answer): void {
  const bytes = bytesOf(body);
  const all = { 'x-amzn-requestid': 'r', ...headers, 'content-length': bytes.length };
  response.writeHead(status, all).end(bytes);
}
