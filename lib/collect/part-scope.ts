import type { Snapshot } from '../snapshot/snapshot.ts';

/** A service in one region, or a global one (null): what is read in one go. */
export interface PartScope {
  readonly service: string;
  readonly region: string | null;
}

/**
 * Keeps each scope that was read until the account is complete, so that a scan that is killed continues where it
 * stopped. A part is a snapshot of that scope alone.
 */
export interface KeptParts {
  /** null: there is none, or it is too old */
  get(scope: PartScope, accountId: string): Promise<Snapshot | null>;
  put(scope: PartScope, part: Snapshot): Promise<void>;
}
