import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { keptBytes, textOfKept } from '../../lib/ports/stored-text.ts';
import type { Answer, Asked } from '../../test/adapters/aws/fake-aws.ts';
import { type FakeOrganization, organizationAnswer } from '../../test/adapters/aws/fake-organization.ts';
import { setEnvironment } from '../../test/fixtures/set-environment.ts';
import { memoryS3 } from '../../test/functions/memory-s3.ts';

/** Accounts of one unit. */
const IN_A_UNIT = 100;

/** The services that a scan uses besides those that it reads: a bucket, Organizations, SNS and SES. */
export interface FakeServices {
  readonly url: string;
  /** the keys of all objects in the bucket, and their sizes */
  readonly sizes: () => readonly { readonly key: string; readonly bytes: number }[];
  /** undefined: there is no such object */
  read(key: string): string | undefined;
  write(key: string, body: string): void;
  /** accounts that Organizations lists */
  accounts: readonly string[];
  /** requests so far, by service */
  readonly requests: Map<string, number>;
  /** the mails that were sent, unchanged */
  readonly mails: string[];
  close(): Promise<void>;
}

/** `latencyMs`: the time of each answer. SDK clients of this process use it until it is closed. */
export async function fakeServices(latencyMs: number): Promise<FakeServices> {
  const s3 = memoryS3();
  const requests = new Map<string, number>();
  const mails: string[] = [];
  const answer = (asked: Asked): Answer => {
    const service = serviceOf(asked);
    requests.set(service, (requests.get(service) ?? 0) + 1);
    if (service === 'organizations') return organizationAnswer(organizationOf(services.accounts), asked);
    if (service === 's3') return s3.answer(asked);
    if (service === 'sns') return topicAnswer(asked);
    mails.push(asked.body);
    return { status: 200, headers: { 'content-type': 'application/json' }, body: '{"MessageId":"1"}' };
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    // objects may be compressed: in the bucket one character is one byte
    const encoding = url.startsWith('/bucket') ? 'latin1' : 'utf8';
    const asked = { method, path: url, headers, body: Buffer.concat(chunks).toString(encoding) };
    const { status, body = '', headers: more = {} } = answer(asked);
    setTimeout(() => response.writeHead(status, more).end(Buffer.from(body, encoding)), latencyMs);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const restore = setEnvironment({ AWS_ENDPOINT_URL: url });
  const services: FakeServices = {
    ...{ url, accounts: [], requests, mails },
    sizes: () => [...s3.objects].map(([key, body]) => ({ key, bytes: body.length })),
    read: (key) => {
      const kept = s3.objects.get(key);
      return kept === undefined ? undefined : textOfKept(key, Buffer.from(kept, 'latin1'));
    },
    write: (key, body) => {
      const kept = Buffer.from(keptBytes(key, body)).toString('latin1');
      s3.answer({ method: 'PUT', path: `/bucket/${key}`, headers: {}, body: kept });
    },
    close: () =>
      new Promise((resolve) => {
        restore();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return services;
}

function serviceOf({ path, headers }: Asked): string {
  if (path.startsWith('/bucket')) return 's3';
  if (path.startsWith('/v2/email')) return 'ses';
  return String(headers['x-amz-target']).startsWith('AWSOrganizations') ? 'organizations' : 'sns';
}

/** The accounts in units below the root, each level with the two policies that AWS attaches to it. */
function organizationOf(accounts: readonly string[]): FakeOrganization {
  const unitOf = (n: number): string => `ou-${Math.floor(n / IN_A_UNIT)}`;
  const parents: Record<string, string> = {};
  for (const [n, id] of accounts.entries()) {
    parents[unitOf(n)] = 'r-1';
    parents[id] = unitOf(n);
  }
  const Content = JSON.stringify({ Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] });
  const targets = ['r-1', ...Object.keys(parents)];
  return {
    ...{ management: accounts[0] ?? '', parents },
    policies: [
      { Id: 'p-FullAWSAccess', Type: 'SERVICE_CONTROL_POLICY', Content, targets },
      { Id: 'p-RCPFullAWSAccess', Type: 'RESOURCE_CONTROL_POLICY', Content, targets },
    ],
  };
}

function topicAnswer({ body }: Asked): Answer {
  const action = new URLSearchParams(body).get('Action') ?? '';
  const result =
    action === 'GetTopicAttributes'
      ? '<Attributes><entry><key>SubscriptionsConfirmed</key><value>1</value></entry></Attributes>'
      : '<MessageId>1</MessageId>';
  return {
    status: 200,
    body: `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`,
  };
}
