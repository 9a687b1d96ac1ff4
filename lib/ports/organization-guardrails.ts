/** A policy of the organisation with its document, as Organizations holds it: JSON text. */
export interface GuardrailPolicy {
  readonly Id: string;
  readonly Name: string;
  readonly Content: string;
}

/**
 * The ids of the policies attached to a root, unit or account, by its id. Those without policies are left
 * out.
 */
export type Attached = Readonly<Record<string, readonly string[]>>;

/** No organisation is deeper than five units below the root: a deeper one has a cycle. */
export const MOST_LEVELS = 10;

/** Every guardrail of an organisation and its tree, as read by one account with permission. */
export interface OrganizationGuardrails {
  readonly schemaVersion: 1;
  /** ISO 8601 */
  readonly readAt: string;
  /** the account that read them: the management account, or one with permission */
  readonly readBy: string;
  readonly organizationId: string;
  readonly managementAccountId: string;
  /** which kinds of policies are switched on, as `list-roots` prints it */
  readonly policyTypes: readonly object[] | null;
  /** the parent of each unit and account */
  readonly parents: Readonly<Record<string, string>>;
  readonly names: Readonly<Record<string, string>>;
  readonly policies: readonly GuardrailPolicy[];
  readonly serviceControlPolicies: Attached;
  /** null: the call was refused, with the reason */
  readonly resourceControlPolicies: Attached | null;
  readonly resourceControlPoliciesGap: string | null;
}
