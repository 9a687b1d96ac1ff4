import type { Uncertainty } from '../evaluator/decision.ts';
import type { PathId, PrincipalKind } from '../matrix/paths/cell.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { ConditionRef, StoredFormula } from './formula-pool.ts';

/** The version of an account's border. A border of another version is refused. */
export const BORDER_VERSION = 1;

/** An index of the users or roles of `iam`. What a principal could make of itself is listed there beside it. */
export type Leaver = { readonly user: number } | { readonly role: number };

/** An edge of the account's own chains that leads out of it. */
export interface BorderEdge {
  /** an index into `ends` */
  readonly ends: number;
  readonly by?: string;
  readonly after?: readonly string[];
  readonly open: ConditionRef;
  /** uncertainty codes of the edge; left out: none */
  readonly codes?: readonly Uncertainty[];
  readonly assumes?: true;
  readonly missing?: string;
}

/**
 * A node from which another account may be reached: a principal, several principals with equal edges, or what
 * a principal can make of itself.
 */
export interface BorderNode {
  /** ARNs; empty for what a principal can make of itself, and for roles that only other principals reach */
  readonly principals: readonly string[];
  /** indexes into `lists` */
  readonly lists: readonly number[];
  /** set if it may request roles of other accounts */
  readonly leaves?: Leaver;
  /** tags that it has set itself, in lower case */
  readonly ownTags?: readonly string[];
  /** the calls that were not collected, without which its policies are not known */
  readonly missing?: string;
  /** true if its permissions depend on how its session was created */
  readonly asksHow?: true;
}

/** Access on some instances of the account for somebody who assumes one of its roles from outside. */
export interface Hold {
  readonly path: PathId;
  readonly landsAs: readonly string[];
  readonly open: ConditionRef;
  readonly missing?: string;
  readonly uncertain: readonly Uncertainty[];
  /** the chain, from the role on */
  readonly via: readonly string[];
  /** indexes into `instances` */
  readonly on: readonly number[];
}

/** A role that trusts somebody outside the account. */
export interface BorderEntry {
  readonly node: number;
  /** an index into the roles of `iam` */
  readonly role: number;
  readonly holds: readonly Hold[];
}

/** Access of principals in their own account. Principals with equal access are one entry. */
export interface OwnReach {
  readonly principals: readonly string[];
  readonly kind: PrincipalKind;
  readonly strongest: string;
  readonly instances: number;
  readonly production: number;
  readonly paths: readonly PathId[];
}

/**
 * What an audit writes about an account for chains between accounts. Its size depends on the principals that
 * may leave and the roles that may be entered, never on the number of cells.
 */
export interface BorderPart {
  readonly schemaVersion: typeof BORDER_VERSION;
  readonly accountId: string;
  readonly takenAt: string;
  /**
   * the account, reduced to what matters for leaving and entering it; of its policies only the statements
   * about assuming roles
   */
  readonly iam: Snapshot;
  readonly nodes: readonly BorderNode[];
  readonly lists: readonly (readonly BorderEdge[])[];
  /** targets of edges, as indexes into `nodes`, and the steps that show how each is reached */
  readonly ends: readonly { readonly to: readonly number[]; readonly steps: readonly string[] }[];
  readonly entries: readonly BorderEntry[];
  readonly conditions: readonly StoredFormula[];
  /** number of instances in each class; instances are in one class if no entry distinguishes them */
  readonly instances: readonly { readonly count: number; readonly production: number }[];
  /** number of roles whose trust policies were not read: whom they admit is not known */
  readonly unreadTrusts: number;
}

export interface Border extends BorderPart {
  readonly own: readonly OwnReach[];
}
