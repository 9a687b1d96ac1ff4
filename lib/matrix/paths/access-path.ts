import type { Uncertainty } from '../../evaluator/decision.ts';
import type { Atom } from '../../evaluator/formula.ts';
import type { SessionDocumentRule } from '../../snapshot/snapshot.ts';
import type { ResourceKind } from './resource-kinds.ts';

/** One request of a path: the action, its resource, and the condition keys that the path itself sets. */
export interface RequestRow {
  readonly action: string;
  readonly on: ResourceKind;
  readonly context?: Readonly<Record<string, string>>;
  /** canonical keys that the request always carries, with a value that the caller picks */
  readonly carries?: readonly string[];
  /** canonical keys that the request never carries */
  readonly omits?: readonly string[];
  /** it creates the resource, which has no tags yet */
  readonly creates?: true;
  /** no grant is required, only a Deny closes it; such a request is not shown in cells */
  readonly undenied?: true;
  /** no policy is evaluated: every holder of the resource may make it, and no Deny prevents it */
  readonly unasked?: true;
  /** the code of a cell without a grant of such a request */
  readonly ungranted?: Uncertainty;
  /** on the resource that belongs to that of `same`: both lists are in the same order */
  readonly ofSame?: true;
  /** if there is no such resource, the request is not needed */
  readonly ifAny?: true;
  /** the code of a cell for which it was not read whether there is such a resource */
  readonly ifUnread?: Uncertainty;
  /**
   * the resource has a policy that was not collected; the code of a cell that assumes that this policy delegates to
   * identity policies
   */
  readonly policyUnread?: Uncertainty;
}

/** One way to open a path: all of its requests are needed. */
export interface Alternative {
  readonly id: string;
  readonly requests: readonly RequestRow[];
  readonly platform?: 'linux' | 'windows';
  /** it applies only to a stopped instance */
  readonly state?: 'stopped';
  /** its requests on this kind of resource are all about the same one, and those with `ofSame` about what belongs to it */
  readonly same?: ResourceKind;
  /** a condition of the cell for something that the caller needs besides IAM */
  readonly asks?: Atom;
  /** it applies only under these rules for the default session document */
  readonly under?: readonly SessionDocumentRule[];
  /** the code of undocumented behaviour that it depends on */
  readonly code?: Uncertainty;
  /** canonical keys whose value the caller chooses: no condition on them remains */
  readonly chosen?: readonly string[];
}

/**
 * The OS user on the instance. `os-user`: what the condition on `ec2:osuser` allows; `session-user`: the
 * RunAs preferences.
 */
export type LandsAs = readonly string[] | 'os-user' | 'session-user';

/** Facts that decide whether the path would work now; see reachable.ts. */
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

/** The groups of paths in reports. */
export type PathGroup = 'shell' | 'root' | 'network' | 'control' | 'data';

/** One row of the table of paths: a way onto an instance, or into control of it. */
export interface PathRow<Id extends string = string> {
  readonly id: Id;
  readonly title: string;
  readonly groups: readonly PathGroup[];
  readonly alternatives: readonly Alternative[];
  readonly landsAs: LandsAs;
  readonly fact: FactKind;
  /** the role of the service that acts, for which limits on the caller do not apply */
  readonly runsAs?: string;
  /** for other instances there is no cell */
  readonly applies?: 'vpc-endpoint' | 'windows' | 'linux';
}

/** True if the request is on the resource of `same`, or on what belongs to it. */
export function isJoint({ on, ofSame }: RequestRow, { same }: Alternative): boolean {
  return same !== undefined && (on === same || ofSame === true);
}

/** True if a policy must allow the request. */
export function isNeeded({ undenied, ifAny, unasked }: RequestRow): boolean {
  return !undenied && !ifAny && !unasked;
}

/** Rows of the table, with their ids as types. */
export const table = <const Id extends string>(rows: readonly PathRow<Id>[]): readonly PathRow<Id>[] => rows;

/** The kinds of resources that requests of these paths are on. */
export function kindsIn(paths: readonly PathRow[]): Set<ResourceKind> {
  return new Set(
    paths.flatMap(({ alternatives }) => alternatives.flatMap((one) => one.requests.map(({ on }) => on))),
  );
}
