import type { Random } from '../../bench/random.ts';
import { auditStep } from '../../lib/pipeline/audit.ts';
import { type CheckOutput, checkStep } from '../../lib/pipeline/check.ts';
import { collectStep } from '../../lib/pipeline/collect.ts';
import { runName } from '../../lib/pipeline/plan.ts';
import { type PublishOutput, publishStep } from '../../lib/pipeline/publish.ts';
import { sendStep } from '../../lib/pipeline/send.ts';
import type { Alert } from '../../lib/ports/notifier.ts';
import type { ObjectStore } from '../../lib/ports/object-store.ts';
import { allow } from '../fixtures/account.ts';
import { inputFiles } from '../fixtures/input-files.ts';
import { putUserPolicy } from '../pipeline/account.ts';
import { memorySource } from '../pipeline/memory-source.ts';
import { memoryStore } from '../pipeline/memory-store.ts';
import { quiet } from '../pipeline/ports.ts';

/** The result of an experiment. `doubled` counts messages with a key that was sent before. */
export interface Outcome {
  /** what was done */
  readonly load: string;
  /** the faults */
  readonly faults: string;
  /** changes that were not reported */
  readonly lost: number;
  readonly doubled: number;
  /** of `doubled`: the sender was killed between sending and its note, which looks the same as before sending */
  readonly unavoidable?: number;
}

/** The same seed gives the same experiment; `size`: the number of rounds. */
export type Experiment = (seed: number, size: number) => Promise<Outcome>;

/** Milliseconds after which the queue delivers the events of a killed check again. */
export const visibilityTimeout = 30 * 60_000;
/** How often an event is delivered before it goes to the dead letters. */
export const mostReceives = 5;

const prefix = 'accounts/111122223333/';
const topic = 'alerts';
const mail = { from: 'latchkey@example.com', to: ['you@example.com'] };

/** A moment at which an invocation may be killed: called before and after each visible step. */
export type Killer = (moment: 'before' | 'after', what: string) => Promise<void>;
const nobody: Killer = async () => {};

export interface Kills {
  kills: number;
  /** between sending and its note: it cannot be known on which side the sender died */
  unavoidable: number;
}

/** One invocation. It is killed at the first moment for which `dies` is true, and does nothing after that. */
export function mortal(tally: Kills, dies: () => boolean | Promise<boolean>): Killer {
  let dead = false;
  let handedOver = false;
  return async (moment, what) => {
    if (what === 'publish' && moment === 'after') handedOver = true;
    if (what === 'replace' && moment === 'after') handedOver = false;
    if (!dead && (await dies())) {
      dead = true;
      tally.kills += 1;
      if (handedOver) tally.unavoidable += 1;
    }
    if (dead) throw new Error('killed');
  };
}

/** Lets other work continue, for up to this many turns. */
export async function idle(random: Random, most: number): Promise<void> {
  for (let turns = random.int(most); turns > 0; turns -= 1) await new Promise(setImmediate);
}

/** One account whose users get a policy one by one, its store, and everything that was sent. */
export function faultLab(changes: number) {
  const store = memoryStore();
  const sent: Alert[] = [];
  const mails: string[] = [];
  let now = Date.parse('2026-09-01T00:00:00Z');
  const clock = {
    now: () => {
      now += 7;
      return new Date(now);
    },
  };
  const changed = new Set<number>();
  const source = () =>
    memorySource(
      inputFiles({
        users: Array.from({ length: changes }, (_, n) => ({
          name: userName(n),
          ...(changed.has(n) && { policy: allow('ssm:SendCommand') }),
        })),
        instances: [{ id: 'i-0123456789abcdef0' }],
      }),
    );
  let invocations = 0;
  /** The ports of one invocation, which `kill` may end at any moment. */
  const ports = (kill: Killer = nobody, refuses: (alert: Alert) => boolean = () => false) => {
    invocations += 1;
    return {
      ...{ source: source(), clock, progress: quiet, invocation: `invocation-${invocations}` },
      store: fragile(store, kill),
      notifier: {
        publish: async (alert: Alert) => {
          await kill('before', 'publish');
          if (refuses(alert)) throw new Error('KMSAccessDenied');
          sent.push(alert);
          await kill('after', 'publish');
        },
      },
      mailer: {
        mostReceivers: 50,
        send: async (_: unknown, name: string) => {
          await kill('before', 'mail');
          mails.push(name);
          await kill('after', 'mail');
        },
      },
    };
  };
  type Ports = ReturnType<typeof ports>;
  const check = (events: readonly unknown[], at: Ports = ports()): Promise<CheckOutput> =>
    checkStep(at, { prefix, accountId: '111122223333', events, topic });
  const collect = (run: string, at: Ports = ports()) => collectStep(at, { run, prefix });
  const audit = (run: string, at: Ports = ports()) => auditStep(at, { run, prefix });
  const send = (run: string, at: Ports = ports()) => sendStep(at, { run, prefix, topic });
  const publish = (run: string, at: Ports = ports()): Promise<PublishOutput> =>
    publishStep(at, { run, accounts: [{ prefix }], topic, mail });
  const scan = async (): Promise<string> => {
    const run = runName(clock.now());
    await collect(run);
    await audit(run);
    await send(run);
    await publish(run);
    return run;
  };
  return {
    ...{ store, sent, mails, changed, ports, check, collect, audit, send, publish, scan },
    newRun: () => runName(clock.now()),
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    /** Changes that no alert names. */
    lost: (): number =>
      [...changed].filter((n) => !sent.some(({ message }) => names(message, userName(n)))).length,
    doubled: (): number => sent.length - new Set(sent.map(({ key }) => key)).size,
  };
}

const userName = (n: number): string => `user-${n}.`;
const names = (message: string, name: string): boolean => message.includes(`user/${name}`);

/** The event of one change. */
export const changeEvent = (n: number, eventId = `event-${n}`) =>
  putUserPolicy(eventId, {
    requestParameters: { userName: userName(n), policyName: 'access', policyDocument: '{}' },
  });

function fragile(store: ObjectStore, kill: Killer): ObjectStore {
  const wrapped =
    <Arguments extends unknown[], Answer>(what: string, act: (...given: Arguments) => Promise<Answer>) =>
    async (...given: Arguments): Promise<Answer> => {
      await kill('before', what);
      const answer = await act(...given);
      await kill('after', what);
      return answer;
    };
  return {
    get: wrapped('get', store.get),
    create: wrapped('create', store.create),
    replace: wrapped('replace', store.replace),
    delete: wrapped('delete', store.delete),
    list: wrapped('list', store.list),
  };
}
