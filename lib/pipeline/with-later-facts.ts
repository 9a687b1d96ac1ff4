import type { ObjectStore } from '../ports/object-store.ts';
import type { Audited } from '../render/digest-audited.ts';
import { type DigestChange, digestCause } from '../render/digest-change-data.ts';
import { readAddenda } from './late-events.ts';
import { parallel } from './parallel.ts';
import { isWaiting } from './since-digest.ts';

/**
 * A report with what became known of its changes since the audit wrote it: late events, and alerts that were
 * sent meanwhile. `prefixOf`: the place of an account's runs.
 */
export async function withLaterFacts(
  store: ObjectStore,
  run: string,
  audited: Audited,
  prefixOf: ReadonlyMap<string, string>,
): Promise<Audited> {
  const first = await parallel(audited.changes.first, (change) => {
    const prefix = prefixOf.get(change.accountId);
    return prefix === undefined ? Promise.resolve(change) : changeAgain(store, { prefix, run }, change);
  });
  return { ...audited, changes: { ...audited.changes, first } };
}

async function changeAgain(
  store: ObjectStore,
  { prefix, run }: { readonly prefix: string; readonly run: string },
  change: DigestChange,
): Promise<DigestChange> {
  const { seen, cause } = change;
  const waits = seen?.waits === true && (await isWaiting(store, prefix, seen.run));
  const later = cause.unexplained ? await readAddenda(store, prefix, seen?.run ?? run) : [];
  const known = later
    .map((one) => digestCause(one.cause))
    .find(({ kind, detail }) => kind === cause.kind && detail === cause.detail);
  return { ...change, cause: known ?? cause, seen: seen === null ? null : { ...seen, waits } };
}
