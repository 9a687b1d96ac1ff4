import { createServer, type IncomingHttpHeaders } from 'node:http';
import { setEnvironment } from '../../fixtures/set-environment.ts';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FakeAws {
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

/** A server with the test's answers. Every SDK client of this process uses it until it is closed. */
export async function fakeAws(answer: (asked: Asked, count: number) => Answer): Promise<FakeAws> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const one = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: textOf(Buffer.concat(chunks)),
    };
    asked.push(one);
    const { status, body = '', headers = {} } = answer(one, asked.length);
    response.writeHead(status, headers).end(bytesOf(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const restore = setEnvironment({
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
  return {
    asked,
    close: () =>
      new Promise((resolve) => {
        restore();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The first bytes of a compressed body, as text with one character per byte. https://www.rfc-editor.org/rfc/rfc1952 */
const GZIP = '\u001f\u008b';

/** A body as text. */
export function textOf(body: Buffer): string {
  const bytes = body.toString('latin1');
  return bytes.startsWith(GZIP) ? bytes : body.toString('utf8');
}

/** The bytes of an answer's text. */
export const bytesOf = (body: string): Buffer => Buffer.from(body, body.startsWith(GZIP) ? 'latin1' : 'utf8');

/** An error in the EC2 query protocol. */
export const ec2Error = (status: number, code: string, message: string): Answer => ({
  status,
  body: `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>1</RequestID></Response>`,
});

/** An error in the IAM and STS query protocol. */
export const queryError = (status: number, code: string, message: string): Answer => ({
  status,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
});

/** An error in the JSON protocol of Systems Manager and Organizations. */
export const jsonError = (status: number, type: string, message: string): Answer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: JSON.stringify({ __type: type, message }),
});

/** An error in the form of S3. */
export const s3Error = (status: number, code: string): Answer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`,
});
