/** A policy of the organisation with its document, as Organizations holds it: JSON text. */
export interface GuardrailPolicy {
  readonly Id: string;
  readonly Name: string;
  readonly Content: string;
}

/** Which policies stand at a root, unit or account, by its id: their ids. What has none is left out. */
export type Attached = Readonly<Record<string, readonly string[]>>;

/** No organisation goes deeper than five units below the root: what goes deeper goes round in circles. */
export const MOST_LEVELS = 10;

/** Every guardrail of an organisation and its tree, as one account that may ask for them read them. */
export interface OrganizationGuardrails {
  readonly schemaVersion: 1;
  /** ISO 8601 */
  readonly readAt: string;
  /** who read them: the management account, or one that it lets ask */
  readonly readBy: string;
  readonly organizationId: string;
  readonly managementAccountId: string;
  /** which kinds of policies are switched on, as `list-roots` prints it */
  readonly policyTypes: readonly object[] | null;
  /** of each unit and account what it is in */
  readonly parents: Readonly<Record<string, string>>;
  readonly names: Readonly<Record<string, string>>;
  readonly policies: readonly GuardrailPolicy[];
  readonly serviceControlPolicies: Attached;
  /** null: they were refused, and why */
  readonly resourceControlPolicies: Attached | null;
  readonly resourceControlPoliciesGap: string | null;
}
