/** What is expected and accepted in an account: `latchkey.yml`, parsed. */
export interface Expected {
  /** as written: ARN, `user/NAME`, `role/NAME` or `permission-set/NAME` */
  readonly administrators: readonly string[];
  /** ids of accounts that are known, whoever owns them */
  readonly knownAccounts: readonly string[];
  /** tags that mark production; null: `env` or `environment` with `prod` or `production` */
  readonly production: readonly ProductionTag[] | null;
  readonly exceptions: readonly Exception[];
  /** receivers of separate digests */
  readonly teams: readonly Team[];
}

/** A digest about these accounts, and in them about the instances with this tag: at least one of both. */
export interface Team {
  readonly name: string;
  /** addresses */
  readonly to: readonly string[];
  readonly accounts?: readonly string[];
  readonly tag?: { readonly key: string; readonly value: string };
}

/** Keys and values are case-insensitive here. */
export interface ProductionTag {
  readonly key: string;
  readonly values: readonly string[];
}

/** A finding, or a part of one, that is accepted for a time. */
export interface Exception {
  readonly account: string;
  readonly rules: readonly string[];
  readonly statement?: StatementScope;
  /** ARN */
  readonly principal?: string;
  /** for a finding about a place: the ARN that it names */
  readonly resource?: string;
  /** ids */
  readonly instances?: readonly string[];
  readonly tag?: { readonly key: string; readonly value: string };
  readonly owner: string;
  readonly reason: string;
  readonly ticket: string;
  /** the last day, `2027-01-31`, UTC */
  readonly until: string;
  readonly granted: Granted;
}

export interface StatementScope {
  /** PolicyRecord id */
  readonly policy: string;
  readonly statement: number;
  readonly sid?: string;
}

/** What an exception accepts: anything more ends it. */
export interface Granted {
  /** the statements that grant it, as they were */
  readonly statements?: readonly unknown[];
  /** ARNs of its holders */
  readonly principals?: readonly string[];
  readonly paths?: readonly string[];
  /** its conditions; left out if some of it is open without a condition */
  readonly conditions?: readonly string[];
  /** policies that close a part of it: boundaries, guardrails, Deny statements */
  readonly limits?: readonly string[];
  /** it includes future instances */
  readonly broad?: boolean;
  /** for a place, what is open there */
  readonly opens?: readonly string[];
}

export const NOTHING_EXPECTED: Expected = {
  administrators: [],
  knownAccounts: [],
  production: null,
  exceptions: [],
  teams: [],
};

/** Why a finding does not count: who accepts it, and until when. */
export interface Accepted {
  readonly by: 'exception' | 'administrators';
  readonly owner?: string;
  readonly reason?: string;
  readonly ticket?: string;
  readonly until?: string;
}
