import type { ChangeEvent } from '../cloudtrail/change-event.ts';
import { parseChangeEvent } from '../cloudtrail/change-event.ts';
import type { Scope } from '../cloudtrail/scope.ts';
import { scopesOf } from '../cloudtrail/scope.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { readEventRecord } from './event-record.ts';

export type Outcome = 'audited' | 'ignored' | 'duplicate' | 'unreadable';

/** What became of one envelope of the batch, by its place in it. */
export interface EventResult {
  readonly index: number;
  readonly outcome: Outcome;
  readonly reason?: string;
}

/** An event to act on, and the run that an earlier, interrupted check began for it. */
export interface OpenEvent {
  readonly index: number;
  readonly event: ChangeEvent;
  readonly scopes: readonly Scope[];
  readonly begunBy: string | null;
}

export interface SortedEvents {
  readonly settled: readonly EventResult[];
  readonly open: readonly OpenEvent[];
}

/** Reads a batch of envelopes: those that need nothing more, with the reason, and those to act on. */
export async function sortEvents(
  store: ObjectStore,
  prefix: string,
  accountId: string,
  envelopes: readonly unknown[],
): Promise<SortedEvents> {
  const settled: EventResult[] = [];
  const open: OpenEvent[] = [];
  const seen = new Set<string>();
  for (const [index, envelope] of envelopes.entries()) {
    const parsed = parseChangeEvent(envelope);
    if (!parsed.ok) {
      settled.push({ index, outcome: 'unreadable', reason: parsed.reason });
      continue;
    }
    const { event } = parsed;
    const scopes = scopesOf(event);
    const ignore = reasonToIgnore(event, scopes, accountId);
    const record = ignore === null ? await readEventRecord(store, prefix, event.eventId) : null;
    if (ignore !== null) settled.push({ index, outcome: 'ignored', reason: ignore });
    else if (seen.has(event.eventId) || record?.state === 'handled') {
      settled.push({ index, outcome: 'duplicate', reason: `event \`${event.eventId}\` was handled before` });
    } else {
      seen.add(event.eventId);
      open.push({ index, event, scopes, begunBy: record?.run ?? null });
    }
  }
  return { settled, open };
}

/** Guardrails belong to the management account, so its events concern every account; any other event only its own. */
const organizationWide = 'organizations.amazonaws.com';

function reasonToIgnore(event: ChangeEvent, scopes: readonly Scope[], accountId: string): string | null {
  if (event.errorCode !== null) {
    return `\`${event.eventName}\` failed with \`${event.errorCode}\`: nothing changed`;
  }
  const elsewhere = event.accountId !== null && event.accountId !== accountId;
  if (elsewhere && event.eventSource !== organizationWide) {
    return `the event is of account \`${event.accountId}\`, not of \`${accountId}\``;
  }
  if (scopes.length === 0) {
    return `\`${event.eventSource}\` \`${event.eventName}\` cannot change who gets onto an instance`;
  }
  return null;
}
