interface QueueRecord {
  readonly messageId: string;
  readonly body: string;
}

/** An event as it waits in the queue: `envelope` is EventBridge's, read from `body`. */
export interface QueuedEvent extends QueueRecord {
  readonly envelope: unknown;
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
      events.push({ messageId, body, envelope: JSON.parse(body) });
    } catch (error) {
      unreadable.push({ messageId, body, reason: `the body is not JSON: ${(error as Error).message}` });
    }
  }
  return { events, unreadable };
}

/** Guardrails change in the management account and hold for every account. */
const EVERYWHERE = 'aws.organizations';

/**
 * Which events each account has to be checked for. An event of an account that is not scanned, or of none that can be
 * seen, goes to the first account, whose check says why nothing came of it.
 */
export function groupByAccount(
  events: readonly QueuedEvent[],
  accounts: readonly string[],
): ReadonlyMap<string, readonly QueuedEvent[]> {
  const groups = new Map<string, QueuedEvent[]>();
  for (const event of events) {
    const { account, source } = (event.envelope ?? {}) as { account?: unknown; source?: unknown };
    const own = accounts.filter((id) => source === EVERYWHERE || id === account);
    for (const id of own.length > 0 ? own : accounts.slice(0, 1)) {
      groups.set(id, [...(groups.get(id) ?? []), event]);
    }
  }
  return groups;
}
