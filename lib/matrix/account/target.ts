import type { ConditionKeys } from '../../snapshot/services.ts';
import type { Instance, RegionSnapshot, Tags } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from './account.ts';

/** A resource of a request; `tags` is null if they were not collected. */
export interface Target {
  readonly arn: string;
  readonly tags: Tags | null;
  /** condition keys of this resource, in addition to those of the row */
  readonly context?: ConditionKeys;
  /** set for a placeholder: the call that would have listed the resource */
  readonly missing?: string;
}

/** What the resources of a request depend on. */
export interface Place {
  readonly instance: Instance;
  readonly account: Account;
  /** the caller; its own sessions are not those of others */
  readonly subject: Subject | null;
  readonly region: RegionSnapshot | undefined;
}
