import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { PageHead } from '../lib/render/page/page-data.ts';
import type { Client } from './client.ts';
import type { Engine } from './engine/engine.ts';
import type { EngineQuestion } from './engine/serve.ts';
import type { Route } from './router.ts';

export interface PageContext {
  readonly head: PageHead;
  readonly client: Client;
  readonly route: Route;
}

const Context = createContext<PageContext | null>(null);

export const PageProvider = Context.Provider;

export function usePage(): PageContext {
  const page = useContext(Context);
  if (!page) throw new Error('there is no page around this');
  return page;
}

/** The answer to a question. Until it arrives: the previous answer, or `undefined`. */
export function useAnswer<Q extends EngineQuestion>(
  question: Q,
  ...args: Parameters<Engine[Q]>
): Awaited<ReturnType<Engine[Q]>> | undefined {
  const { client } = usePage();
  const key = JSON.stringify([question, args]);
  const [answered, setAnswered] = useState<{ key: string; answer: Awaited<ReturnType<Engine[Q]>> }>();
  useEffect(() => {
    let isCurrent = true;
    client.ask(question, ...args).then(
      (answer) => isCurrent && setAnswered({ key, answer }),
      (error) => console.error(error),
    );
    return () => {
      isCurrent = false;
    };
  }, [key]);
  return answered?.answer;
}
