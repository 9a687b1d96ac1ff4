import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AwsCall, errorOf, readCall, send } from './aws-call.ts';

/** A fault of one request. */
export type Fault =
  /** the answer is late */
  | { readonly kind: 'delay'; readonly ms: number }
  /** the service throttles */
  | { readonly kind: 'throttle' }
  /** status 500 with a body that no service sends */
  | { readonly kind: 'break' }
  /** an error of the service itself */
  | { readonly kind: 'error'; readonly status: number; readonly code: string; readonly message?: string }
  /** the connection closes before the service gets the request */
  | { readonly kind: 'drop' }
  /** the service executes the request, and the connection closes before its answer */
  | { readonly kind: 'lose' }
  /** no answer */
  | { readonly kind: 'hang' }
  /** headers and half a body, then nothing */
  | { readonly kind: 'stall' }
  /** headers and half a body, then the connection closes */
  | { readonly kind: 'cut' }
  /** a part of the body as if it were the whole */
  | { readonly kind: 'truncate'; readonly keep: number }
  /** status 200 with this body; the service never gets the request */
  | { readonly kind: 'instead'; readonly body: string }
  /** the service's own answer with its body replaced */
  | { readonly kind: 'replace'; readonly body: string };

/** A fault for a call, or null; `count` is the number of this call by this key in this region, from 1. */
export type Decide = (call: AwsCall, count: number) => Fault | null;

export interface FaultProxy {
  readonly endpoint: string;
  /** numbers of faulty calls and of all calls, by access key */
  readonly faults: ReadonlyMap<string, number>;
  readonly calls: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** A proxy between SDK clients and `target` that applies the fault that `decide` returns. */
export async function faultProxy(target: string, decide: Decide): Promise<FaultProxy> {
  const counts = new Map<string, number>();
  const faults = new Map<string, number>();
  const calls = new Map<string, number>();
  const count = (map: Map<string, number>, key: string): number => {
    const next = (map.get(key) ?? 0) + 1;
    map.set(key, next);
    return next;
  };
  const server = createServer(async (request, response) => {
    const call = await readCall(request);
    const { key, service, operation, region } = call;
    count(calls, key);
    const fault = decide(call, count(counts, `${key} ${service} ${operation} ${region}`));
    if (fault !== null) count(faults, key);
    await answer({ target, request, response, call }, fault);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Exchange {
  readonly target: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly call: AwsCall;
}

/** The error names with which services throttle. */
const THROTTLED: Readonly<Record<string, readonly [number, string]>> = {
  ec2: [503, 'RequestLimitExceeded'],
  s3: [503, 'SlowDown'],
  iam: [400, 'Throttling'],
  sts: [400, 'Throttling'],
};

async function answer(exchange: Exchange, fault: Fault | null): Promise<void> {
  const { request, response, call } = exchange;
  switch (fault?.kind) {
    case 'throttle': {
      const [status, code] = THROTTLED[call.service] ?? [400, 'ThrottlingException'];
      return send(response, errorOf(call, status, code, 'Rate exceeded'));
    }
    case 'error':
      return send(response, errorOf(call, fault.status, fault.code, fault.message ?? fault.code));
    case 'break':
      return send(response, { status: 500, body: '<html>Internal Server Error</html>' });
    case 'instead':
      return send(response, { status: 200, body: fault.body });
    case 'drop':
      request.socket.destroy();
      return;
    case 'hang':
      return;
    case 'delay':
      await sleep(fault.ms);
      return passOn(exchange, null);
    default:
      return passOn(exchange, fault);
  }
}

/** Forwards the request to the service, and its answer as far as the fault allows. */
function passOn({ target, request, response, call }: Exchange, fault: Fault | null): void {
  const url = new URL(request.url ?? '/', target);
  const out = httpRequest(url, { method: call.method, headers: request.headers }, async (answered) => {
    const chunks: Buffer[] = [];
    for await (const chunk of answered) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const status = answered.statusCode ?? 500;
    const { 'transfer-encoding': _, ...headers } = answered.headers;
    const whole = (bytes: Buffer) =>
      response.writeHead(status, { ...headers, 'content-length': bytes.length }).end(bytes);
    if (fault === null) whole(body);
    else if (fault.kind === 'truncate') whole(body.subarray(0, Math.floor(body.length * fault.keep)));
    else if (fault.kind === 'replace') whole(Buffer.from(fault.body));
    else if (fault.kind === 'lose') request.socket.destroy();
    else {
      response.writeHead(status, { ...headers, 'content-length': body.length });
      response.write(body.subarray(0, Math.floor(body.length / 2)));
      if (fault.kind === 'cut') setTimeout(() => request.socket.destroy(), 20);
    }
  });
  out.on('error', () => request.socket.destroy());
  out.end(call.body);
}
