import type { PageHead } from '../../lib/render/page/page-data.ts';
import { Engine } from './engine.ts';

export type Question = Exclude<keyof Engine, 'prototype'>;

export interface Start {
  readonly head: PageHead;
  readonly packed: ReadonlyMap<string, string>;
}

export interface Asked {
  readonly id: number;
  readonly question: Question;
  readonly args: readonly unknown[];
}

export type Told = { readonly id: number } & ({ readonly answer: unknown } | { readonly error: string });

/** Calls an engine by the name of what is asked. */
export function ask(engine: Engine, { question, args }: Omit<Asked, 'id'>): Promise<unknown> {
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
      const { head, packed } = data as Start;
      engine = new Engine(head, packed);
      return;
    }
    const asked = data as Asked;
    try {
      scope.postMessage({ id: asked.id, answer: await ask(engine, asked) } satisfies Told);
    } catch (error) {
      scope.postMessage({ id: asked.id, error: String(error) } satisfies Told);
    }
  };
}
