import type { Uncertainty } from '../evaluator/decision.ts';
import type { PathId, PrincipalKind } from '../matrix/paths/cell.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { ConditionRef, StoredFormula } from './formula-pool.ts';

/** The version of what an account leaves for chains across accounts; another one is not read. */
export const BORDER_VERSION = 1;

/** A user or a role of the small account; what one could make of himself stands there beside him. */
export type Leaver = { readonly user: number } | { readonly role: number };

/** A way from one of the account to others, as the chains of its matrix have it. */
export interface BorderEdge {
  /** an index of `ends` */
  readonly ends: number;
  readonly by?: string;
  readonly after?: readonly string[];
  readonly open: ConditionRef;
  /** what it rests on; left out: nothing */
  readonly codes?: readonly Uncertainty[];
  readonly assumes?: true;
  readonly missing?: string;
}

/** Somebody from whom another account may be reached: a principal, several that are alike, or what one may make of itself. */
export interface BorderNode {
  /** those that it is; empty: what somebody may make of himself, and roles that nobody begins as */
  readonly principals: readonly string[];
  /** indexes of `lists` */
  readonly lists: readonly number[];
  /** it may ask for roles of other accounts, as this one of `iam` */
  readonly leaves?: Leaver;
  /** tags that it has set itself, in lower case */
  readonly ownTags?: readonly string[];
  /** the calls without which nobody knows what its policies are */
  readonly missing?: string;
  /** what it may do depends on how its session was taken */
  readonly asksHow?: true;
}

/** What somebody has on some of the account's instances who took a role of it from outside. */
export interface Hold {
  readonly path: PathId;
  readonly landsAs: readonly string[];
  readonly open: ConditionRef;
  readonly missing?: string;
  readonly uncertain: readonly Uncertainty[];
  /** from the role on */
  readonly via: readonly string[];
  /** indexes of `instances` */
  readonly on: readonly number[];
}

/** A role that trusts somebody from outside. */
export interface BorderEntry {
  readonly node: number;
  /** an index of the roles of `iam` */
  readonly role: number;
  readonly holds: readonly Hold[];
}

/** What principals have in their own account, those that are alike together. */
export interface OwnReach {
  readonly principals: readonly string[];
  readonly kind: PrincipalKind;
  readonly strongest: string;
  readonly instances: number;
  readonly production: number;
  readonly paths: readonly PathId[];
}

/**
 * What an audit leaves of an account for chains that lead from one account into another. Its size follows the principals
 * that may leave and the roles that may be entered, never the cells.
 */
export interface BorderPart {
  readonly schemaVersion: typeof BORDER_VERSION;
  readonly accountId: string;
  readonly takenAt: string;
  /** the account as far as it bears on leaving and entering it: of its policies only what is about taking roles */
  readonly iam: Snapshot;
  readonly nodes: readonly BorderNode[];
  readonly lists: readonly (readonly BorderEdge[])[];
  /** what edges lead to, as indexes of `nodes`, and how each is shown */
  readonly ends: readonly { readonly to: readonly number[]; readonly steps: readonly string[] }[];
  readonly entries: readonly BorderEntry[];
  readonly conditions: readonly StoredFormula[];
  /** the account's instances in classes that nothing here tells apart */
  readonly instances: readonly { readonly count: number; readonly production: number }[];
  /** roles whose trust policies nobody has read: whom they let in is not known */
  readonly unreadTrusts: number;
}

export interface Border extends BorderPart {
  readonly own: readonly OwnReach[];
}
