import type { RegionField } from '../snapshot/parts.ts';
import type { RegionSnapshot } from '../snapshot/snapshot.ts';
import type { Answer } from './answer.ts';
import type { CallGrant } from './grants.ts';
import type { AnswerPlace } from './instances.ts';

/**
 * The subjects of a call that is made once per thing. `values` lists them; `each` takes the ids from an earlier answer
 * of the same region, at most `most` of them, since each costs a call; `ids` come from a collector of its own;
 * `missing-policies` are attached policies that the account's list does not contain (with a version after the ARN:
 * `<arn>.v3`).
 */
export type CallArgument =
  | { readonly kind: 'values'; readonly values: readonly string[] }
  | EachArgument
  | OwnArgument
  | { readonly kind: 'missing-policies' };

export interface EachArgument {
  readonly kind: 'each';
  /** the operation that lists the things; if it is itself made once per thing, its subject comes first, then a dot */
  readonly of: string;
  readonly list: string;
  /** the member that holds the id; null: the items are the ids */
  readonly id: string | null;
  /** how its ids begin, if an event can name one */
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

/** The field of a region's snapshot for an answer, and how the answer is read. Null: the answer cannot be used. */
export interface Reader {
  readonly field: RegionField;
  readonly take: (answer: Answer, place: AnswerPlace) => unknown;
}

/** A reader whose result has the type of its field. */
export const into = <F extends RegionField>(
  field: F,
  take: (answer: Answer, place: AnswerPlace) => RegionSnapshot[F],
): Reader => ({ field, take });

/** One AWS call of a snapshot. `organizations effective-policies` is our own name for several calls. */
export interface AwsCall {
  /** as the CLI names it */
  readonly service: string;
  readonly operation: string;
  /** its name in coverage, if one operation is used for two purposes; absent: the operation */
  readonly as?: string;
  readonly scope: 'global' | 'region';
  readonly argument: CallArgument | null;
  /** top-level lists whose pages are joined */
  readonly lists: readonly string[];
  /** a member of every answer, if it has no lists; absent: there need not be one */
  readonly holds?: string;
  /** options of the CLI; the API's request has them under the same names */
  readonly options: string;
  /** the error code for a thing that does not exist: the answer is then collected, with data `{}` */
  readonly absentOn: string | null;
  /** `kept`: stored unchanged in `kept`; `global`: read by a collector of its own; else into a field of the region */
  readonly reader: Reader | 'kept' | 'global';
  /** the permissions that the collecting role needs; the last action is the call's own */
  readonly grants: readonly CallGrant[];
  /** its line in docs/input-folder.md */
  readonly purpose: string;
}

/** The values of most rows. */
export const BASE = { argument: null, lists: [], options: '', absentOn: null } as const;

/** The name of a call within its service: `describe-instances`. */
export const nameInService = (call: Pick<AwsCall, 'operation' | 'as'>): string => call.as ?? call.operation;

/** The name of a call in coverage: `ec2.describe-instances`. */
export const callName = (call: Pick<AwsCall, 'service' | 'operation' | 'as'>): string =>
  `${call.service}.${nameInService(call)}`;
