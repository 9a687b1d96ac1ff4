import type { PrincipalElement } from './principal.ts';

/** One line of a Condition block: `{"StringEquals": {"aws:username": ["alice", "bob"]}}`. Values are text, as IAM compares them. */
export interface ConditionClause {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** One statement as written, parsed but not evaluated. */
export interface Statement {
  readonly index: number;
  readonly sid: string | null;
  /** null: missing or neither Allow nor Deny */
  readonly effect: 'Allow' | 'Deny' | null;
  readonly actions: readonly string[];
  /** `actions` come from NotAction */
  readonly notActions: boolean;
  /** null: the statement names no resource */
  readonly resources: readonly string[] | null;
  readonly notResources: boolean;
  /** null: the statement names no principal */
  readonly principals: PrincipalElement | null;
  readonly conditions: readonly ConditionClause[];
  /** operators without any key, `{"StringEquals": {}}` */
  readonly emptyOperators: readonly string[];
}
