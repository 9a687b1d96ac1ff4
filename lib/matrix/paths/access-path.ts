import type { Uncertainty } from '../../evaluator/decision.ts';
import type { Atom } from '../../evaluator/formula.ts';
import type { SessionDocumentRule } from '../../snapshot/snapshot.ts';
import type { ResourceKind } from './resource-kinds.ts';

/** One request of a path: the action, what it is made on, and the condition keys that the path itself decides. */
export interface RequestRow {
  readonly action: string;
  readonly on: ResourceKind;
  readonly context?: Readonly<Record<string, string>>;
  /** canonical keys that the request always carries, with a value that the caller picks */
  readonly carries?: readonly string[];
  /** canonical keys that the request does not carry */
  readonly omits?: readonly string[];
  /** it makes the resource, which has no tags before */
  readonly creates?: true;
  /** it need not be granted, only not denied; it is no request of the cell */
  readonly undenied?: true;
  /** no policy is asked: whoever has the resource may do it, whatever is denied */
  readonly unasked?: true;
  /** of what rests on that such a request is not granted */
  readonly ungranted?: Uncertainty;
  /** where there is no such resource nothing is asked */
  readonly ifAny?: true;
  /** the resource's own policy was not collected: of what rests on that it leaves all to identity policies */
  readonly policyUnread?: Uncertainty;
}

/** One way to open a path: all of its requests are needed. */
export interface Alternative {
  readonly id: string;
  readonly requests: readonly RequestRow[];
  readonly platform?: 'linux' | 'windows';
  /** only where the instance is stopped */
  readonly state?: 'stopped';
  /** its requests on this kind of resource are about one and the same of them */
  readonly same?: ResourceKind;
  /** what the caller needs beside IAM, as a condition of the cell */
  readonly asks?: Atom;
  /** only under these rules of the default session document */
  readonly under?: readonly SessionDocumentRule[];
  /** of behaviour that AWS does not document and on which it rests */
  readonly code?: Uncertainty;
  /** canonical keys whose value the caller picks: no condition on them remains */
  readonly chosen?: readonly string[];
}

/** Who one becomes on the instance. `os-user`: what the condition on `ec2:osuser` leaves; `session-user`: the RunAs preferences. */
export type LandsAs = readonly string[] | 'os-user' | 'session-user';

/** Facts that tell whether the path would work now; see facts.ts. */
export type FactKind =
  | 'ssh'
  | 'endpoint'
  | 'serial'
  | 'session'
  | 'default-session'
  | 'approved-session'
  | 'command'
  | 'registered'
  | 'user-data'
  | 'key-pair'
  | 'none';

/** What reports gather paths by. */
export type PathGroup = 'shell' | 'root' | 'network' | 'control' | 'data';

/** One row of the table of paths: a way onto, or into control of, an instance. */
export interface PathRow<Id extends string = string> {
  readonly id: Id;
  readonly title: string;
  readonly groups: readonly PathGroup[];
  readonly alternatives: readonly Alternative[];
  readonly landsAs: LandsAs;
  readonly fact: FactKind;
  /** a service does it with a role of its own, so that what limits the caller does not bind: who runs it */
  readonly runsAs?: string;
  /** where the path cannot apply there is no cell */
  readonly applies?: 'vpc-endpoint' | 'windows' | 'linux';
}

/** Must some policy allow it? */
export function isNeeded({ undenied, ifAny, unasked }: RequestRow): boolean {
  return !undenied && !ifAny && !unasked;
}

/** Rows of the table, with their ids as types. */
export const table = <const Id extends string>(rows: readonly PathRow<Id>[]): readonly PathRow<Id>[] => rows;
