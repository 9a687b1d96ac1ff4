import type { PageHead } from '../../lib/render/page/page-data.ts';
import { Engine } from './engine.ts';

export type EngineQuestion = Exclude<keyof Engine, 'prototype'>;

export interface WorkerStart {
  readonly head: PageHead;
  readonly packed: ReadonlyMap<string, string>;
}

export interface PageRequest {
  readonly id: number;
  readonly question: EngineQuestion;
  readonly args: readonly unknown[];
}

export type PageReply = { readonly id: number } & ({ readonly answer: unknown } | { readonly error: string });

/** Calls the engine's method that the question names. */
export function answerRequest(engine: Engine, { question, args }: Omit<PageRequest, 'id'>): Promise<unknown> {
  return (engine[question] as (...args: unknown[]) => Promise<unknown>).apply(engine, [...args]);
}

/** In a worker: the first message starts the engine, each further one is a question. */
export function serve(scope: {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage: (message: unknown) => void;
}): void {
  let engine: Engine | null = null;
  scope.onmessage = async ({ data }: MessageEvent) => {
    if (engine === null) {
      const { head, packed } = data as WorkerStart;
      engine = new Engine(head, packed);
      return;
    }
    const asked = data as PageRequest;
    try {
      scope.postMessage({ id: asked.id, answer: await answerRequest(engine, asked) } satisfies PageReply);
    } catch (error) {
      scope.postMessage({ id: asked.id, error: String(error) } satisfies PageReply);
    }
  };
}
