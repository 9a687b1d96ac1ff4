import type { Condition, Layer, Uncertainty } from '../../evaluator/decision.ts';
import type { HeldBy } from '../../snapshot/held-by.ts';
import type { AccessPath } from './access-paths.ts';
import type { ObstacleId } from './obstacles.ts';

/** Who uses a principal. */
export type PrincipalKind = 'person' | 'machine' | 'aws' | 'outside';

/** The id of a row of the table of paths. */
export type PathId = AccessPath['id'];

export type Verdict = 'allowed' | 'conditional' | 'denied' | 'unknown';

/** A statement that decides a cell. `policy` is a PolicyRecord id. */
export interface Grant {
  readonly policy: string;
  readonly statement: number;
  readonly sid: string | null;
  readonly layer: Layer;
}

/** What a tag change would open: with `key` set to `value` (null: removed), `principal` has `path`. */
export interface Opens {
  readonly principal: string;
  readonly path: PathId;
  readonly key: string;
  readonly value: string | null;
}

/** One step of a chain: who becomes whom. */
export interface Step {
  readonly from: string;
  readonly to: string;
  /** null: a shell on an instance gives its role, without a request */
  readonly request: { readonly action: string; readonly resource: string } | null;
  /** the instance whose role it is */
  readonly instance: string | null;
  /** the path by which the shell on that instance is held */
  readonly path: PathId | null;
  /** the statement of the role's trust policy that allows it */
  readonly trust: { readonly policy: string; readonly statement: number; readonly sid: string | null } | null;
  /** the condition of this step alone */
  readonly condition: Condition | null;
  /** uncertainty codes of this step */
  readonly uncertain: readonly Uncertainty[];
}

/** A request that removes an obstacle of a path, and how many principals may make it themselves. */
export interface Removable {
  readonly obstacle: ObstacleId;
  readonly action: string;
  /** principals that may make it themselves */
  readonly count: number;
  /** others that may make it as a role that they assume; left out: none */
  readonly throughRoles?: number;
}

/** One principal, one instance, one path, as `who-can --json` prints it. */
export interface Cell {
  readonly principal: string;
  readonly kind: PrincipalKind;
  /** for the role of a permission set: the groups and people that hold it */
  readonly heldBy?: HeldBy;
  readonly instance: string;
  readonly path: PathId;
  readonly verdict: Verdict;
  readonly condition: Condition | null;
  readonly requests: readonly { readonly action: string; readonly resource: string }[];
  readonly landsAs: readonly string[];
  readonly via: readonly string[];
  /** `via`, step by step */
  readonly steps: readonly Step[];
  readonly grants: readonly Grant[];
  /** left out if the path has no such fact */
  readonly reachable?: boolean | null;
  /** left out unless the path does not work now and this was asked for: the requests that remove an obstacle */
  readonly removable?: readonly Removable[];
  readonly uncertain: readonly Uncertainty[];
  /** a service acts with this role, so limits on the caller do not apply */
  readonly runsAs?: string;
  readonly opens?: readonly Opens[];
  /** the call that was not made, for an `unknown` cell */
  readonly missing?: string;
}
