import type { ConditionKeys } from '../../snapshot/services.ts';
import type { Instance, RegionSnapshot, Tags } from '../../snapshot/snapshot.ts';
import type { Account, Subject } from './account.ts';

/** A resource that a request may be made on; `tags` are null where they were not collected. */
export interface Target {
  readonly arn: string;
  readonly tags: Tags | null;
  /** condition keys that go with this choice, beside those of the row */
  readonly context?: ConditionKeys;
  /** nobody has looked what there is: it stands for that, and this is the call that would tell */
  readonly missing?: string;
}

/** What the choice of a resource depends on. */
export interface Place {
  readonly instance: Instance;
  readonly account: Account;
  /** whoever asks: somebody else's session is not its own */
  readonly subject: Subject | null;
  readonly region: RegionSnapshot | undefined;
}
