import {
  at,
  catcherOf,
  type Data,
  evaluated,
  filled,
  type Machine,
  mustBeKnown,
  type State,
  StateError,
  withResult,
} from './states.ts';

/**
 * The largest output of a state, and the largest input of an execution: 256 KiB.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const MOST_BYTES = 256 * 1024;

/** The functions of tasks, by the `Resource` of the task in the machine. */
export type Tasks = Readonly<Record<string, (input: Data) => Promise<unknown>>>;

/** Objects that a map reads and writes. */
export interface MapObjects {
  read(key: string): string;
  write(key: string, body: string): void;
}

function passed({ Output, Parameters }: State, input: Data): Data | Promise<Data> {
  if (Output !== undefined) return evaluated(Output, input);
  return Parameters === undefined ? input : filled(Parameters, input);
}

/** The largest input and output of a state, and how often it ran. */
export interface Payload {
  readonly input: number;
  readonly output: number;
  readonly runs: number;
}

/**
 * Runs a state machine with the given tasks. A failed task is not tried again: its `Catch` handles it. Every input and
 * output goes through JSON, is measured, and is rejected above the limit, as in Step Functions.
 */
export class MachineRun {
  readonly payloads = new Map<string, Payload>();
  readonly #tasks: Tasks;
  readonly #objects: MapObjects;

  constructor(tasks: Tasks, objects: MapObjects) {
    this.#tasks = tasks;
    this.#objects = objects;
  }

  /** The largest input or output of any state. */
  get largest(): { readonly state: string; readonly bytes: number } {
    const all = [...this.payloads].map(([state, { input, output }]) => ({
      state,
      bytes: Math.max(input, output),
    }));
    return all.toSorted((a, b) => b.bytes - a.bytes)[0] ?? { state: '', bytes: 0 };
  }

  async run(machine: Machine, input: Data): Promise<Data> {
    let data = input;
    for (let name: string | undefined = machine.StartAt; name !== undefined; ) {
      const state: State | undefined = machine.States[name];
      if (state === undefined) throw new Error(`there is no state \`${name}\``);
      mustBeKnown(name, state);
      const { output, next } = await this.#step(name, state, data);
      data = output;
      name = next;
    }
    return data;
  }

  async #step(
    name: string,
    state: State,
    input: Data,
  ): Promise<{ readonly output: Data; readonly next?: string }> {
    const given = this.#measured(name, 'input', input);
    try {
      const { output, next = state.Next } = await this.#done(state, given);
      return { output: this.#measured(name, 'output', output), ...(next !== undefined && { next }) };
    } catch (error) {
      const caught = catcherOf(state, error as Error);
      if (caught === undefined) throw error;
      const failure = { Error: (error as Error).name, Cause: (error as Error).message };
      const output = withResult(given, failure, caught.ResultPath);
      return { output: this.#measured(name, 'output', output), next: caught.Next };
    }
  }

  async #done(
    state: State,
    input: Data,
  ): Promise<{ readonly output: Data; readonly next?: string | undefined }> {
    switch (state.Type) {
      case 'Task': {
        const task = this.#tasks[state.Resource ?? ''];
        if (task === undefined) throw new Error(`there is no task \`${state.Resource}\``);
        return { output: withResult(input, await task(input), state.ResultPath) };
      }
      case 'Pass':
        return { output: await passed(state, input) };
      case 'Choice': {
        const chosen = state.Choices?.find(
          ({ Variable, IsPresent }) => (at(Variable, input) !== undefined) === IsPresent,
        );
        return { output: input, next: chosen?.Next ?? state.Default };
      }
      case 'Map':
        return { output: withResult(input, await this.#mapped(state, input), state.ResultPath) };
    }
  }

  /** Each item in its own execution; the results are returned, or written if there is a `ResultWriter`. */
  async #mapped(state: State, input: Data): Promise<unknown> {
    const {
      ItemReader,
      ItemsPath = '$',
      ItemSelector = {},
      MaxConcurrency = 1,
      ItemProcessor,
      ResultWriter,
    } = state;
    if (ItemProcessor === undefined) throw new Error('a map without `ItemProcessor` is not run');
    const items = (
      ItemReader === undefined
        ? at(ItemsPath, input)
        : JSON.parse(this.#objects.read(String(filled(ItemReader.Parameters, input).Key)))
    ) as readonly unknown[];
    const results = new Array<Child>(items.length);
    const waiting = items.entries();
    const worker = async (): Promise<void> => {
      for (const [index, Value] of waiting) {
        const Input = filled(ItemSelector, input, { Map: { Item: { Value } } });
        results[index] = await this.#child(ItemProcessor, Input);
      }
    };
    await Promise.all(Array.from({ length: Math.min(MaxConcurrency, items.length) }, worker));
    if (ResultWriter === undefined) return results.map(({ Output }) => Output);
    const { Prefix, Bucket } = filled(ResultWriter.Parameters, input);
    return written(this.#objects, { prefix: String(Prefix), bucket: String(Bucket) }, results);
  }

  async #child(machine: Machine, Input: Data): Promise<Child> {
    try {
      return { Input, Output: await this.run(machine, Input) };
    } catch (error) {
      return { Input, Error: (error as Error).name, Cause: (error as Error).message };
    }
  }

  #measured(state: string, which: 'input' | 'output', data: Data): Data {
    const text = JSON.stringify(data);
    const bytes = Buffer.byteLength(text);
    const { input, output, runs } = this.payloads.get(state) ?? { input: 0, output: 0, runs: 0 };
    const seen = { input, output, runs: runs + Number(which === 'input') };
    this.payloads.set(state, { ...seen, [which]: Math.max(seen[which], bytes) });
    if (bytes > MOST_BYTES) {
      throw new StateError('States.DataLimitExceeded', `the ${which} of \`${state}\` has ${bytes} bytes`);
    }
    return JSON.parse(text) as Data;
  }
}

interface Child {
  readonly Input: Data;
  readonly Output?: Data;
  readonly Error?: string;
  readonly Cause?: string;
}

/**
 * A manifest, and a file each for executions that succeeded and that failed.
 * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
 */
function written(
  objects: MapObjects,
  { prefix, bucket }: { readonly prefix: string; readonly bucket: string },
  results: readonly Child[],
): object {
  const folder = `${prefix}/00000000-0000-4000-8000-000000000000`;
  const ResultFiles: Record<string, readonly object[]> = { FAILED: [], PENDING: [], SUCCEEDED: [] };
  for (const [kind, wanted] of [
    ['SUCCEEDED', true],
    ['FAILED', false],
  ] as const) {
    const some = results.filter(({ Output }) => (Output !== undefined) === wanted);
    if (some.length === 0) continue;
    const Key = `${folder}/${kind}_0.json`;
    const body = JSON.stringify(
      some.map(({ Input, Output, ...error }) => ({
        ...{ ExecutionArn: 'arn', Name: 'name', Status: kind, Input: JSON.stringify(Input), ...error },
        ...(Output !== undefined && { Output: JSON.stringify(Output) }),
      })),
    );
    objects.write(Key, body);
    ResultFiles[kind] = [{ Key, Size: Buffer.byteLength(body) }];
  }
  const Key = `${folder}/manifest.json`;
  objects.write(Key, JSON.stringify({ DestinationBucket: bucket, MapRunArn: 'arn', ResultFiles }));
  return { MapRunArn: 'arn', ResultWriterDetails: { Bucket: bucket, Key } };
}
