/** A statement as it is written in a policy document. */
export type StatementJson = Readonly<Record<string, unknown>>;

/** One step of a fix. Several on the same policy add up. */
export type Edit =
  | {
      /** replaces an Allow by other statements; none: it is removed */
      readonly kind: 'replace';
      /** PolicyRecord id */
      readonly policy: string;
      readonly statement: number;
      readonly by: readonly StatementJson[];
    }
  /** adds a Deny to a policy */
  | { readonly kind: 'append'; readonly policy: string; readonly statements: readonly StatementJson[] }
  /** a Deny in an inline policy of its own */
  | { readonly kind: 'deny'; readonly owner: string; readonly statements: readonly StatementJson[] }
  | { readonly kind: 'detach'; readonly owner: string; readonly policy: string }
  /** ARNs of a user and of a group without a Deny */
  | { readonly kind: 'leave'; readonly user: string; readonly group: string };
