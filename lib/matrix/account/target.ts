import type { ConditionKeys } from '../../snapshot/services.ts';
import type { Instance, RegionSnapshot, Tags } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from './account.ts';

/** A resource of a request; `tags` is null if they were not collected. */
export interface Target {
  readonly arn: string;
  readonly tags: Tags | null;
  /** condition keys of this choice, in addition to those of the row */
  readonly context?: ConditionKeys;
  /** the list was not collected: this is a placeholder, and the value is the missing call */
  readonly missing?: string;
}

/** What the choice of a resource depends on. */
export interface Place {
  readonly instance: Instance;
  readonly account: Account;
  /** the caller: the session of another principal is not its own */
  readonly subject: Subject | null;
  readonly region: RegionSnapshot | undefined;
}
