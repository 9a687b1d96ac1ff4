import type { GapReason } from '../snapshot/snapshot.ts';

/** One AWS call as the CLI names it, for example `ec2` `describe-instances` in `us-east-1`. */
export interface SourceCall {
  readonly service: string;
  readonly operation: string;
  /** null for a global service */
  readonly region: string | null;
  /** what the call is about, where it is made once per thing: an AMI id, a document name */
  readonly argument?: string;
  /** top-level lists of the answer: a page has at least one of them; absent: it lists nothing */
  readonly lists?: readonly string[];
  /** an error code that says that there is no such thing, which is an answer: `{}` */
  readonly absentOn?: string;
  /** the IAM action that allows it */
  readonly action?: string;
}

/**
 * The answer: `data` in the shape that `aws SERVICE OPERATION --output json` prints with its pages merged;
 * `duplicateKeys` are JSON paths of keys that the raw text held twice. Anything else is a gap with its reason.
 */
export type SourceAnswer =
  | {
      readonly status: 'collected';
      readonly data: unknown;
      readonly duplicateKeys: readonly string[];
      /** the account that asked, where it is another one */
      readonly readBy?: string;
    }
  | SourceGap;

/**
 * Takes one page of an answer, in the shape of a whole one. A very large account has answers that nobody can hold as a
 * whole: a source that hands pages over leaves their lists out of the answer. One that holds files need not.
 */
export type EachPage = (data: Readonly<Record<string, unknown>>) => void;

export interface SourceGap {
  readonly status: 'not-collected' | 'denied' | 'failed' | 'unreadable';
  readonly reason?: GapReason;
  readonly detail: string;
}

/** Where an account's data comes from: AWS itself or a folder of CLI output. A failed call is an answer, not an exception. */
export interface AccountSource {
  /** the regions that can be read, sorted */
  regions(): Promise<readonly string[]>;
  /** after `regions`: why there may be more of them than it says; null: it says all */
  regionsGap?(): SourceGap | null;
  /** after `regions`: those that are not read since others were named, and why; null: which these are is not known */
  notAsked?(): readonly { readonly region: string | null; readonly detail: string }[];
  /** pages that were handed over count for nothing where the answer is a gap */
  read(call: SourceCall, eachPage?: EachPage): Promise<SourceAnswer>;
  /** a copy of a policy that AWS manages, and its date, where the account itself does not say what stands in it */
  copyOfPolicy?(arn: string): Promise<{ readonly document: unknown; readonly date: string } | null>;
  /** why it asks nothing any more, in one line; null: it still does */
  stopped?(): string | null;
  /** what the source holds that no call has asked for: names of files */
  unread?(): Promise<readonly string[]>;
}
