import type { RegionField } from '../snapshot/parts.ts';
import type { RegionSnapshot } from '../snapshot/snapshot.ts';
import type { Answer } from './answer.ts';
import type { Grant } from './grants.ts';
import type { Place } from './instances.ts';

/**
 * What a call is about, where it is made once per thing: `values` names them; `each` takes the ids out of an earlier
 * answer of the same region, at most `most` of them, since each costs a call; `ids` are put together by a collector of its
 * own; `missing-policies` are those that somebody has and the account's list does not hold (with a version behind the ARN:
 * `<arn>.v3`).
 */
export type CallArgument =
  | { readonly kind: 'values'; readonly values: readonly string[] }
  | EachArgument
  | OwnArgument
  | { readonly kind: 'missing-policies' };

export interface EachArgument {
  readonly kind: 'each';
  /** the operation that lists the things; where that one is made once per thing, too, its id comes before, with a dot */
  readonly of: string;
  readonly list: string;
  /** the member that holds the id; null: the items are the ids */
  readonly id: string | null;
  /** how its ids begin, where an event can name one */
  readonly begins: string | null;
  readonly most: number;
  /** only these items; absent: all */
  readonly only?: (item: unknown) => boolean;
}

export interface OwnArgument {
  readonly kind: 'ids';
  /** joined by dots */
  readonly ids: readonly string[];
  /** of an account */
  readonly most: number;
}

/** Which field of a region's snapshot an answer is read into, and how. Null: the answer cannot be used. */
export interface Reader {
  readonly field: RegionField;
  readonly take: (answer: Answer, place: Place) => unknown;
}

/** A reader whose values fit its field. */
export const into = <F extends RegionField>(
  field: F,
  take: (answer: Answer, place: Place) => RegionSnapshot[F],
): Reader => ({ field, take });

/** One AWS call that a snapshot is made of. `organizations effective-policies` is ours: several calls put together. */
export interface AwsCall {
  /** as the CLI names it */
  readonly service: string;
  readonly operation: string;
  /** what coverage calls it, where one operation is asked for two purposes; absent: the operation */
  readonly as?: string;
  readonly scope: 'global' | 'region';
  readonly argument: CallArgument | null;
  /** top-level lists whose pages are put together */
  readonly lists: readonly string[];
  /** options of the CLI, which the API's request has too */
  readonly options: string;
  /** an error code that says that there is no such thing: the answer is then collected, with data `{}` */
  readonly absentOn: string | null;
  /** `kept`: stored as it is in `kept`; `global`: read by a collector of its own; else into a field of the region */
  readonly reader: Reader | 'kept' | 'global';
  /** what the collecting role is granted for it; the last action is the call's own */
  readonly grants: readonly Grant[];
  /** its line in docs/input-folder.md */
  readonly purpose: string;
}

/** What most rows have. */
export const BASE = { argument: null, lists: [], options: '', absentOn: null } as const;

/** The call among those of its service: `describe-instances`. */
export const nameInService = (call: Pick<AwsCall, 'operation' | 'as'>): string => call.as ?? call.operation;

/** The call as coverage names it: `ec2.describe-instances`. */
export const callName = (call: Pick<AwsCall, 'service' | 'operation' | 'as'>): string =>
  `${call.service}.${nameInService(call)}`;
