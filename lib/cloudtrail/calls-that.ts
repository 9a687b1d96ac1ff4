import type { ChangedPart } from './event-row.ts';
import { EVENT_TABLE } from './event-table.ts';

/** Names of calls. */
export interface CallNames {
  test(eventName: string): boolean;
}

/** The calls of the table that change one of these. */
export function callsThat(...changes: readonly ChangedPart[]): CallNames {
  const rows = EVENT_TABLE.filter((row) => changes.includes(row.changes));
  const names = new Set(rows.flatMap((row) => row.names));
  return { test: (eventName) => names.has(eventName) };
}
