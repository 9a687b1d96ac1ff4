import type { GapReason } from '../snapshot/snapshot.ts';

/** One AWS call as the CLI names it, for example `ec2` `describe-instances` in `us-east-1`. */
export interface SourceCall {
  readonly service: string;
  readonly operation: string;
  /** null for a global service */
  readonly region: string | null;
  /** the subject of the call, if it is made once per thing: an AMI id, a document name */
  readonly argument?: string;
  /** top-level lists of the answer: a page has at least one of them; absent: no lists */
  readonly lists?: readonly string[];
  /** an error code that means that there is no such thing, which is an answer: `{}` */
  readonly absentOn?: string;
  /** the IAM action that allows it */
  readonly action?: string;
}

/**
 * The answer: `data` in the form that `aws SERVICE OPERATION --output json` prints with its pages merged;
 * `duplicateKeys` are JSON paths of duplicate keys in the raw text. Anything else is a gap with its reason.
 */
export type SourceAnswer =
  | {
      readonly status: 'collected';
      readonly data: unknown;
      readonly duplicateKeys: readonly string[];
      /** the account that made the call, if it is another one */
      readonly readBy?: string;
    }
  | SourceGap;

/**
 * Receives one page of an answer, in the form of a whole one. A very large account has answers that do not
 * fit into memory: a source that passes pages on leaves their lists out of the answer. A source of files need
 * not.
 */
export type EachPage = (data: Readonly<Record<string, unknown>>) => void;

export interface SourceGap {
  readonly status: 'not-collected' | 'denied' | 'failed' | 'unreadable';
  readonly reason?: GapReason;
  readonly detail: string;
}

/**
 * The source of an account's data: AWS itself or a folder of CLI output. A failed call is an answer, not an
 * exception.
 */
export interface AccountSource {
  /** the regions that can be read, sorted */
  regions(): Promise<readonly string[]>;
  /** after `regions`: why there may be more regions; null: the list is complete */
  regionsGap?(): SourceGap | null;
  /** after `regions`: regions that are not read since others were named, and why; null: not known which */
  notAsked?(): readonly { readonly region: string | null; readonly detail: string }[];
  /** if the answer is a gap, pages that were passed on do not count */
  read(call: SourceCall, eachPage?: EachPage): Promise<SourceAnswer>;
  /** a dated copy of an AWS managed policy, if the account's data lacks its document */
  copyOfPolicy?(arn: string): Promise<{ readonly document: unknown; readonly date: string } | null>;
  /** why it makes no more calls, in one line; null: it still does */
  stopped?(): string | null;
  /** what the source has that no call has read: names of files */
  unread?(): Promise<readonly string[]>;
}
