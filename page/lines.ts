import { useEffect, useReducer } from 'preact/hooks';
import type { Client } from './client.ts';
import type { InstanceLine, PrincipalLine } from './engine/lists.ts';
import { usePage } from './page-context.ts';

/** A cache of lines, by number. */
class Lines<T extends { readonly number: number }> {
  readonly #known = new Map<number, T>();
  readonly #asked = new Set<number>();
  readonly #listeners = new Set<() => void>();
  #waiting: number[] = [];

  get(number: number): T | undefined {
    return this.#known.get(number);
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Requests missing lines. The requests of many rows in one drawing become one question. */
  need(numbers: readonly number[], ask: (numbers: readonly number[]) => Promise<readonly T[]>): void {
    for (const number of numbers) {
      if (number < 0 || this.#asked.has(number)) continue;
      this.#asked.add(number);
      if (this.#waiting.push(number) === 1) queueMicrotask(() => this.#fetch(ask));
    }
  }

  async #fetch(ask: (numbers: readonly number[]) => Promise<readonly T[]>): Promise<void> {
    const lines = await ask(this.#waiting.splice(0));
    for (const line of lines) this.#known.set(line.number, line);
    for (const listener of this.#listeners) listener();
  }
}

const principals = new Lines<PrincipalLine>();
const instances = new Lines<InstanceLine>();

function useLines<T extends { readonly number: number }>(
  lines: Lines<T>,
  numbers: readonly number[],
  ask: (client: Client, numbers: readonly number[]) => Promise<readonly T[]>,
): (number: number) => T | undefined {
  const { client } = usePage();
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => lines.listen(() => redraw(undefined as never)), []);
  useEffect(() => lines.need(numbers, (wanted) => ask(client, wanted)));
  return (number) => lines.get(number);
}

export const usePrincipals = (numbers: readonly number[]): ((number: number) => PrincipalLine | undefined) =>
  useLines(principals, numbers, (client, wanted) => client.ask('principalLines', wanted));

export const useInstances = (numbers: readonly number[]): ((number: number) => InstanceLine | undefined) =>
  useLines(instances, numbers, (client, wanted) => client.ask('instanceLines', wanted));
