// A fake AWS of any size for collecting, in its own process: sizes as JSON on the command line; its address, then
// counts of calls, go to the parent process.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { ANSWERS, type Question, type Size } from './answers.ts';
import { EMPTY_ANSWERS } from './empty-answers.ts';

const size = JSON.parse(process.argv[2] ?? '{}') as Size;
const counts = new Map<string, number>();

async function questionOf(request: IncomingMessage): Promise<Question> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString('utf8');
  const { headers } = request;
  const [, region = '', service = ''] =
    /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  const isForm = String(headers['content-type']).includes('x-www-form-urlencoded');
  const form = new URLSearchParams(isForm ? body : '');
  const target = String(headers['x-amz-target'] ?? '').split('.')[1];
  const json = target === undefined ? {} : (JSON.parse(body || '{}') as Record<string, unknown>);
  const operation = form.get('Action') ?? target ?? request.method ?? '';
  const input = (name: string) =>
    form.get(name) ?? (json[name] === undefined ? undefined : String(json[name]));
  return { service, operation, region, input };
}

function answer(question: Question, response: ServerResponse): void {
  const { service, operation } = question;
  const name = `${service}.${operation}`;
  counts.set(name, (counts.get(name) ?? 0) + 1);
  const inside = ANSWERS[name]?.(question, size) ?? EMPTY_ANSWERS[name];
  if (inside === undefined) {
    const code = service === 'organizations' ? 'AWSOrganizationsNotInUseException' : 'InvalidAction';
    send(response, 400, 'application/x-amz-json-1.1', JSON.stringify({ __type: code, message: name }));
  } else if (typeof inside === 'object') {
    send(response, 200, 'application/x-amz-json-1.1', JSON.stringify(inside));
  } else {
    const result = service === 'ec2' ? inside : `<${operation}Result>${inside}</${operation}Result>`;
    const text = `<${operation}Response xmlns="http://example.com/"><requestId>0</requestId>${result}</${operation}Response>`;
    send(response, 200, 'text/xml', text);
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
}

const server = createServer(async (request, response) => answer(await questionOf(request), response));
server.listen(0, '127.0.0.1', () => {
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.on('message', () => {
  process.send?.(Object.fromEntries(counts));
  counts.clear();
});
process.on('disconnect', () => process.exit());
