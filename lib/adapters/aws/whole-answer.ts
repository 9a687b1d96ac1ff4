import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { SdkCall } from './sdk-call.ts';

/** The part of the SDK's own types that is used here; no package of ours exports them. */
interface HttpRequest {
  readonly headers: Readonly<Record<string, string>>;
}
interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  body?: unknown;
}
type Next = (args: { readonly request: unknown }) => Promise<{ readonly response: unknown }>;
interface Stack {
  add(
    middleware: (next: Next, call: SdkCall) => Next,
    options: { readonly name: string; readonly step: 'deserialize'; readonly priority: 'low' },
  ): void;
}

/** A successful answer that is not the service's: an empty body, a proxy's page, half a document. */
export class NotAnAnswer extends Error {
  override readonly name = 'NotAnAnswer';
  /** the SDK tries errors with this member again */
  readonly $retryable = { throttling: false };
}

/** A member that an answer always has: if it is missing, it is unknown and not empty. */
export function there<T>(value: T | null | undefined, member: string): T {
  if (value === undefined || value === null) throw new NotAnAnswer(`the answer has no \`${member}\``);
  return value;
}

/** Operations that succeed with an empty body. */
const SILENT = new Set(['DeleteMessageCommand', 'ChangeMessageVisibilityCommand']);

/**
 * Reads the whole body of each successful answer before the SDK parses it, and rejects what is not an answer of the
 * service: the SDK itself takes an empty body, and any other XML, for an answer with empty lists. The body is read
 * within a try, so one that is cut or stalls is requested again, streams of S3 included.
 */
export const wholeAnswers = {
  applyToStack: (stack: Stack): void =>
    stack.add(
      (next, call) => async (args) => {
        const result = await next(args);
        const response = result.response as HttpResponse;
        if (response.statusCode >= 200 && response.statusCode < 300) {
          await readWhole(args.request as HttpRequest, response, call);
        }
        return result;
      },
      { name: 'wholeAnswers', step: 'deserialize', priority: 'low' },
    ),
};

async function readWhole(request: HttpRequest, response: HttpResponse, call: SdkCall): Promise<void> {
  const body = response.body instanceof Readable ? await buffer(response.body) : Buffer.alloc(0);
  const wrong = isS3(call) ? s3Fault(response, body, call) : faultOf(request, body, call);
  if (wrong !== null) throw new NotAnAnswer(`${wrong}: something between here and the service answered`);
  // the SDK streams the objects of S3, and takes everything else as bytes
  response.body = isS3(call) ? Readable.from([body], { objectMode: false }) : body;
}

const isS3 = ({ clientName }: SdkCall): boolean => clientName === 'S3Client';

/** Operations of S3 whose answer has the object's tag. */
const TAGGED = new Set(['GetObjectCommand', 'HeadObjectCommand', 'PutObjectCommand']);

/** The fault of a successful answer; null: none. */
function s3Fault({ headers }: HttpResponse, body: Buffer, { commandName = '' }: SdkCall): string | null {
  if (TAGGED.has(commandName)) return headers.etag === undefined ? 'the answer has no ETag' : null;
  return /^(List|Copy)/.test(commandName) ? xmlFault(body, /Result$/) : null;
}

/** The same for the protocols with a form or JSON as request, and XML or JSON as answer. */
function faultOf({ headers }: HttpRequest, body: Buffer, { commandName = '' }: SdkCall): string | null {
  const type = headers['content-type'] ?? headers['Content-Type'] ?? '';
  if (type.includes('x-www-form-urlencoded')) return xmlFault(body, /Response$/);
  return SILENT.has(commandName) ? null : jsonFault(body);
}

/** Bytes at the beginning and the end by which a document is recognised. */
const EDGE = 1024;

function xmlFault(body: Buffer, root: RegExp): string | null {
  const name = /^\uFEFF?\s*(?:<\?[^>]*>\s*|<!--[\s\S]*?-->\s*)*<([\w.:-]+)/.exec(beginOf(body))?.[1];
  if (name === undefined) return body.length === 0 ? 'the answer is empty' : 'the answer is not XML';
  if (!root.test(name)) return `the answer is \`<${name}>\`, not one of the service`;
  const end = endOf(body);
  const isWhole = end.endsWith(`</${name}>`) || (end.endsWith('/>') && body.length < EDGE);
  return isWhole ? null : 'the answer is cut off';
}

function jsonFault(body: Buffer): string | null {
  if (body.length === 0) return 'the answer is empty';
  if (!beginOf(body).trimStart().startsWith('{')) return 'the answer is not a JSON object';
  return endOf(body).endsWith('}') ? null : 'the answer is cut off';
}

const beginOf = (body: Buffer): string => body.subarray(0, EDGE).toString('utf8');
const endOf = (body: Buffer): string => body.subarray(-EDGE).toString('utf8').trimEnd();
