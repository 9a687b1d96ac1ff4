import type { SecurityGroupRule } from '../snapshot/snapshot.ts';

type Document = Readonly<Record<string, unknown>>;

/** A change of policies, as `latchkey whatif --change` reads it. Principals, policies and roles are ARNs or ids. */
export type PolicyChange =
  | { readonly type: 'put-policy'; readonly policy: string; readonly document: Document }
  | {
      readonly type: 'put-inline-policy';
      readonly principal: string;
      readonly policy: string;
      readonly document: Document;
    }
  | { readonly type: 'delete-inline-policy'; readonly principal: string; readonly policy: string }
  | { readonly type: 'detach-policy'; readonly principal: string; readonly policy: string }
  | { readonly type: 'remove-from-group'; readonly user: string; readonly group: string }
  | { readonly type: 'put-trust'; readonly role: string; readonly document: Document };

/** One change of a fix, as `latchkey whatif --change` reads it. */
export type FixChange =
  | PolicyChange
  | {
      readonly type: 'remove-security-group-rule';
      readonly group: string;
      readonly rule: SecurityGroupRule;
    };

/**
 * A change that removes access, proved by evaluating the account with it. It changes no Deny and adds no access.
 * A change of a security group or a fleet closes no cell, since no permissions change: the finding disappears.
 */
export interface Fix {
  /** its effect, as one sentence without a full stop */
  readonly says: string;
  /** empty: it affects no cell, and `commands` make it */
  readonly change: readonly FixChange[];
  /** cells that close */
  readonly removes: number;
  /** cells that stay open for principals that lose some, on the paths where they lose them */
  readonly keeps: number;
  readonly adds: 0;
  /** cells that stay open under a further condition, or for fewer OS users */
  readonly narrows: number;
  /** AWS CLI commands for a shell */
  readonly commands: readonly string[];
}

/** One of the changes that remove the most access, after those before it. */
export interface RankedFix extends Fix {
  readonly rank: number;
  readonly cause: {
    readonly kind: 'statement' | 'trust';
    /** ARN of the role, or PolicyRecord id */
    readonly resource: string;
    readonly statements: readonly {
      readonly policy: string;
      readonly statement: number;
      readonly sid: string | null;
    }[];
  };
  /** closed cells of people or outsiders with root on production */
  readonly removesRoot: number;
  /** number of such cells that are left after it */
  readonly leavesRoot: number;
  /** ids of the findings about the same place */
  readonly findings: readonly string[];
}
