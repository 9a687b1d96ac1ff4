import type { PageHead } from '../lib/render/page/page-data.ts';
import { Engine } from './engine/engine.ts';
import {
  answerRequest,
  type EngineQuestion,
  type PageReply,
  type PageRequest,
  type WorkerStart,
} from './engine/serve.ts';

type Answer<Q extends EngineQuestion> = Awaited<ReturnType<Engine[Q]>>;

/** Calls the engine: in a worker from the page's own script, or in this thread if the browser allows no worker. */
export class Client {
  readonly #ask: (asked: PageRequest) => Promise<unknown>;
  #last = 0;

  constructor(script: string, start: Promise<WorkerStart>) {
    this.#ask = inWorker(script, start) ?? here(start);
  }

  ask<Q extends EngineQuestion>(question: Q, ...args: Parameters<Engine[Q]>): Promise<Answer<Q>> {
    this.#last += 1;
    return this.#ask({ id: this.#last, question, args }) as Promise<Answer<Q>>;
  }
}

function inWorker(
  script: string,
  start: Promise<WorkerStart>,
): ((asked: PageRequest) => Promise<unknown>) | null {
  let worker: Worker;
  try {
    worker = new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })));
  } catch {
    return null;
  }
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const started = start.then((what) => worker.postMessage(what));
  worker.onmessage = ({ data }: MessageEvent<PageReply>) => {
    const who = waiting.get(data.id);
    waiting.delete(data.id);
    if ('error' in data) who?.reject(new Error(data.error));
    else who?.resolve(data.answer);
  };
  // some browsers accept the worker and refuse only when it starts
  let instead: ((asked: PageRequest) => Promise<unknown>) | null = null;
  const unanswered = new Map<number, PageRequest>();
  worker.onerror = () => {
    const local = here(start);
    instead = local;
    for (const [id, asked] of unanswered) {
      const who = waiting.get(id);
      local(asked).then(who?.resolve, who?.reject);
    }
    waiting.clear();
  };
  return async (asked) => {
    await started;
    if (instead) return instead(asked);
    unanswered.set(asked.id, asked);
    return new Promise((resolve, reject) => {
      waiting.set(asked.id, { resolve, reject });
      worker.postMessage(asked);
    }).finally(() => unanswered.delete(asked.id));
  };
}

function here(start: Promise<WorkerStart>): (asked: PageRequest) => Promise<unknown> {
  const engine = start.then(({ head, packed }) => new Engine(head, packed));
  return async (asked) => answerRequest(await engine, asked);
}

/** The data in the page, once the whole document is loaded. */
export async function startOf(head: PageHead): Promise<WorkerStart> {
  if (document.readyState === 'loading')
    await new Promise((resolve) => document.addEventListener('DOMContentLoaded', resolve, { once: true }));
  const packed = new Map<string, string>();
  for (const element of document.querySelectorAll('script[type="application/zlib"]'))
    packed.set(element.id.replace(/^chunk-/, ''), element.textContent ?? '');
  return { head, packed };
}
