import { ofEveryAccount } from '../lib/pipeline/sort-events.ts';

interface QueueRecord {
  readonly messageId: string;
  readonly body: string;
}

/** An event as it waits in the queue: `envelope` is EventBridge's, read from `body`. */
export interface QueuedEvent extends QueueRecord {
  readonly envelope: unknown;
  /** the one account that it was passed on for; null: it came from EventBridge */
  readonly handedOnFor: string | null;
}

export interface Batch {
  readonly events: readonly QueuedEvent[];
  readonly unreadable: readonly (QueueRecord & { readonly reason: string })[];
}

export function readBatch(records: readonly QueueRecord[]): Batch {
  const events: QueuedEvent[] = [];
  const unreadable: (QueueRecord & { reason: string })[] = [];
  for (const { messageId, body } of records) {
    try {
      events.push({ messageId, body, ...readBody(body) });
    } catch (error) {
      unreadable.push({ messageId, body, reason: `the body is not JSON: ${(error as Error).message}` });
    }
  }
  return { events, unreadable };
}

function readBody(body: string): Pick<QueuedEvent, 'envelope' | 'handedOnFor'> {
  const value: unknown = JSON.parse(body);
  const { checkAccount, envelope } = (value ?? {}) as { checkAccount?: unknown; envelope?: unknown };
  if (typeof checkAccount === 'string') return { envelope, handedOnFor: checkAccount };
  return { envelope: value, handedOnFor: null };
}

/** The message for one account of an event that concerns all. */
export const handedOnBody = (checkAccount: string, envelope: unknown): string =>
  JSON.stringify({ checkAccount, envelope });

const REMINDER = 'latchkey.look-again';

/** The message that check sends to itself, to examine again events that had no effect yet. */
export const reminderOf = (account: string): string => JSON.stringify({ source: REMINDER, account });

export const isReminder = ({ envelope }: QueuedEvent): boolean =>
  (envelope as { source?: unknown } | null)?.source === REMINDER;

interface Parts {
  readonly account?: unknown;
  readonly source?: unknown;
  readonly detail?: { readonly requestParameters?: { readonly targetId?: unknown } | null } | null;
}

/** An assignment of a permission set is made in another account; its event names the account that it concerns. */
const assignedIn = ({ source, detail }: Parts): string | null => {
  const target = detail?.requestParameters?.targetId;
  return source === 'aws.sso' && typeof target === 'string' ? target : null;
};

const parts = ({ envelope }: QueuedEvent) => (envelope ?? {}) as Parts;

const isEverywhere = (envelope: Parts): boolean =>
  ofEveryAccount(envelope.source) && assignedIn(envelope) === null;

/**
 * Whether an event concerns so many accounts that each gets its own message: one call has no time for all of
 * them.
 */
export const concernsMany = (event: QueuedEvent, accounts: readonly string[]): boolean =>
  accounts.length > 1 && event.handedOnFor === null && isEverywhere(parts(event));

/**
 * The events to check for each account. An event of an account that is not scanned, or without a visible
 * account, goes to the first account, whose check says why it has no effect.
 */
export function groupByAccount(
  events: readonly QueuedEvent[],
  accounts: readonly string[],
): ReadonlyMap<string, readonly QueuedEvent[]> {
  const groups = new Map<string, QueuedEvent[]>();
  for (const event of events) {
    const envelope = parts(event);
    const own = assignedIn(envelope) ?? envelope.account;
    const concerned = event.handedOnFor ?? (isEverywhere(envelope) ? accounts[0] : own);
    const id = accounts.find((one) => one === concerned) ?? accounts[0];
    if (id !== undefined) groups.set(id, [...(groups.get(id) ?? []), event]);
  }
  return groups;
}
