/** An account of an organisation. */
export interface OrganizationAccount {
  readonly accountId: string;
  readonly name: string;
  /** `ACTIVE`; anything else cannot be read: `SUSPENDED`, `PENDING_CLOSURE`, `CLOSED`, `PENDING_ACTIVATION` */
  readonly state: string;
}

/** The accounts of the organisation that this account may list. */
export interface OrganizationAccounts {
  all(): Promise<readonly OrganizationAccount[]>;
  /** below a root or an organisational unit, at any depth */
  under(parent: string): Promise<readonly OrganizationAccount[]>;
}
