import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { triedAgainAfter } from '../../functions/try-again.ts';
import '../fixed-seed.ts';
import { alertRecordKey, eventRecordKey, mailRecordKey, unsentAlertKey } from '../../lib/pipeline/keys.ts';
import { accountPrefix, plan, runName } from '../../lib/pipeline/plan.ts';
import { memoryStore } from '../pipeline/memory-store.ts';
import { tickingClock } from '../pipeline/ports.ts';
import { recordCalls } from './recorded-calls.ts';
import { ofType, packagedTemplate, type Template } from './template.ts';

let template: Template;
let length: number;
beforeAll(async () => {
  ({ template, length } = await packagedTemplate());
}, 300_000);

const KIB = 1024;
const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

interface State {
  readonly Type: string;
  readonly MaxConcurrency?: number;
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[]; readonly MaxAttempts: number }[];
  readonly ItemProcessor?: { readonly States: Readonly<Record<string, State>> };
}

function statesOf(states: Readonly<Record<string, State>>): readonly State[] {
  return Object.values(states).flatMap((one) => [one, ...statesOf(one.ItemProcessor?.States ?? {})]);
}

/** Each limit has a row with its page in docs/limits.md. */
describe('Step Functions', () => {
  const MOST_BYTES = 256 * KIB;

  /** The output of plan for this many accounts, and their results with the longest names and causes of errors. */
  async function handedOn(count: number): Promise<{ readonly isList: boolean; readonly bytes: number }> {
    const accountIds = Array.from({ length: count }, (_, n) => String(100_000_000_000 + n));
    const planned = await plan(
      {
        ownAccount: async () => '111122223333',
        organization: null as never,
        ...{ store: memoryStore(), clock: tickingClock() },
      },
      { accountIds },
    );
    const failure = 'x'.repeat(256);
    // six bytes each in JSON
    const cause = '\u0001'.repeat(500);
    const outcomes = accountIds.map((accountId) => ({
      ...{ accountId, prefix: accountPrefix(accountId), step: 'collect', failure, cause },
    }));
    return { isList: 'list' in planned, bytes: bytesOf({ ...planned, outcomes }) };
  }

  test('gets as many accounts as fit with their results, and a list for more', async () => {
    expect(await handedOn(75)).toMatchObject({ isList: false });
    expect((await handedOn(75)).bytes).toBeLessThan(MOST_BYTES);
    expect(await handedOn(76)).toMatchObject({ isList: true });
  });

  test('runs fewer accounts at once than its limits of children and of concurrent Lambda calls', () => {
    const maps = statesOf(template.Resources.ScanStateMachine?.Properties.Definition.States).filter(
      ({ Type }) => Type === 'Map',
    );
    expect(maps.map(({ MaxConcurrency }) => MaxConcurrency)).toEqual([10, 40]);
    for (const { MaxConcurrency = 0 } of maps) expect(MaxConcurrency).toBeLessThan(1000 / 2);
  });

  test('retries calls that Lambda throttles', () => {
    const tasks = statesOf(template.Resources.ScanStateMachine?.Properties.Definition.States).filter(
      ({ Type }) => Type === 'Task',
    );
    expect(tasks.length).toBeGreaterThan(8);
    for (const { Retry = [] } of tasks) {
      const full = Retry.find(({ ErrorEquals }) => ErrorEquals.includes('Lambda.TooManyRequestsException'));
      expect(full?.MaxAttempts).toBeGreaterThanOrEqual(6);
    }
  });
});

describe('Lambda', () => {
  test('runs for at most 900 s, with the memory of a new account', () => {
    const functions = ofType(template, 'AWS::Lambda::Function').map(([, { Properties }]) => Properties);
    expect(functions).toHaveLength(7);
    for (const { Timeout, MemorySize } of functions) {
      expect(Timeout).toBeLessThanOrEqual(900);
      const memory =
        typeof MemorySize === 'number' ? MemorySize : template.Parameters.FunctionMemory?.Default;
      expect(memory).toBeLessThanOrEqual(3008);
    }
  });
});

describe('SQS', () => {
  test('makes messages visible again after at least six times the duration of a check', () => {
    const { Timeout } = template.Resources.CheckLambdaFunction?.Properties ?? {};
    const { VisibilityTimeout, DelaySeconds } = template.Resources.EventQueue?.Properties ?? {};
    expect(VisibilityTimeout).toBeGreaterThanOrEqual(6 * Timeout);
    expect(DelaySeconds).toBeLessThanOrEqual(900);
  });

  test('waits for a batch of more than 10 messages', () => {
    const [[, { Properties } = { Properties: {} }] = []] = ofType(
      template,
      'AWS::Lambda::EventSourceMapping',
    );
    expect(Properties.BatchSize).toBe(100);
    expect(Properties.MaximumBatchingWindowInSeconds).toBeGreaterThanOrEqual(1);
  });

  test('makes failed messages visible again within 12 hours, however often', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (receives) => {
        const wait = triedAgainAfter(receives);
        expect(wait > 0 && wait <= 43_200).toBe(true);
      }),
    );
  });
});

describe('calls', () => {
  test('delay a message by at most 900 s, and assume a role of another account for at most an hour', async () => {
    const calls = await recordCalls();
    const of = (operation: string) => calls.filter((call) => call.operation === operation);
    const delays = of('SendMessage').flatMap(({ input }) => input.DelaySeconds ?? []);
    expect(delays).toContain(900);
    expect(Math.max(...delays.map(Number))).toBeLessThanOrEqual(900);
    expect(of('AssumeRole').map(({ input }) => input.DurationSeconds)).toEqual(
      of('AssumeRole').map(() => 3600),
    );
    expect(of('AssumeRole').length).toBeGreaterThan(0);
  });
});

test('S3 accepts every key, whatever the names of accounts and events are', () => {
  const run = runName(new Date('2026-08-23T10:15:00.000Z'));
  const prefix = accountPrefix('111122223333');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), (name) => {
      const keys = [
        ...[alertRecordKey(prefix, name), eventRecordKey(prefix, name), mailRecordKey(name)],
        unsentAlertKey(prefix, run, 100_000, name),
      ];
      for (const key of keys) expect(Buffer.byteLength(key)).toBeLessThanOrEqual(1024);
    }),
  );
});

describe('the alarm for a missing scan', () => {
  const alarm = () => template.Resources.ScanMissingAlarm?.Properties;

  test('is raised without any data, once there was no scan for the given hours', () => {
    expect(alarm()).toMatchObject({
      ...{ MetricName: 'ScansPublished', Statistic: 'Sum', Period: 3600, Threshold: 1 },
      ...{ ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching' },
      EvaluationPeriods: { Ref: 'MaxHoursBetweenScans' },
    });
    expect(alarm().DatapointsToAlarm).toBeUndefined();
  });

  test('looks back a week at most, and more than a day by default', () => {
    const { MaxValue, Default } = template.Parameters.MaxHoursBetweenScans as unknown as Record<
      string,
      number
    >;
    expect((MaxValue ?? Infinity) * 3600).toBeLessThanOrEqual(7 * 86_400);
    expect((Default ?? 0) * 3600).toBeGreaterThan(86_400);
  });
});

test('CloudFormation accepts the template', () => {
  expect(length).toBeLessThanOrEqual(1_000_000);
  expect(Object.keys(template.Resources).length).toBeLessThanOrEqual(500);
  expect(Object.keys(template.Parameters).length).toBeLessThanOrEqual(200);
});
