import { providerMfaNote } from '../findings/provider-mfa.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** What an audit cannot judge though every call answered. */
export const coverageNotes = (snapshot: Snapshot): readonly string[] =>
  [providerMfaNote(snapshot)].filter((note) => note !== null);
