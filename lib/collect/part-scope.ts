import type { Snapshot } from '../snapshot/snapshot.ts';

/** A service in one region, or (null) a global one: what is read in one go. */
export interface PartScope {
  readonly service: string;
  readonly region: string | null;
}

/**
 * Where what was read of a scope is kept until the account is read as a whole, so that a scan that is killed goes on
 * where it stopped. A part is a snapshot of that scope alone.
 */
export interface KeptParts {
  /** null: there is none, or it is too old */
  get(scope: PartScope, accountId: string): Promise<Snapshot | null>;
  put(scope: PartScope, part: Snapshot): Promise<void>;
}
