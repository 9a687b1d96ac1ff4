import type { Severity } from '../../findings/finding.ts';
import type { Fix } from '../../findings/fix.ts';
import type { StoredSet } from '../../matrix/stored/number-set.ts';

/**
 * The data in `report.html`, as its script reads it. Shared values are written once and referred to by number, long
 * lists are columns, and no object has keys from the account.
 */
export interface PageHead {
  readonly accountId: string;
  readonly takenAt: string;
  readonly previousAt: string | null;
  /** why nothing was audited; empty: it was audited */
  readonly notAudited: string;
  /** principals that are not listed are known to have no access */
  readonly isNobodySure: boolean;
  readonly paths: readonly PagePath[];
  /** the regions of instances */
  readonly regions: readonly string[];
  /** from none to root */
  readonly strengths: readonly { readonly letter: string; readonly word: string; readonly css: string }[];
  /** the actions of all paths; others refer to them by index */
  readonly actions: readonly string[];
  readonly uncertainties: readonly (readonly [code: string, sentence: string])[];
  /** from the worst to the mildest */
  readonly severities: readonly Severity[];
  readonly causeWords: readonly (readonly [kind: string, word: string])[];
  readonly findingBlocks: number;
  readonly policyBlocks: number;
}

export interface PagePath {
  readonly id: string;
  readonly title: string;
  readonly groups: readonly string[];
  /** index in an instance's `reach`; -1: the path has no such fact */
  readonly fact: number;
  /** the alternatives of the path, each a list of actions that are all needed */
  readonly alternatives: readonly (readonly number[])[];
  /** what an instance must be or have for the path; left out: any instance */
  readonly applies?: 'vpc-endpoint' | 'windows' | 'linux';
}

/** Chunk `principals`. */
export interface PrincipalData {
  /** ARN, kind, index of its policy list */
  readonly rows: readonly (readonly [arn: string, kind: string, policies: number])[];
  /** indexes of the policies of a principal and its groups, and of its boundary; -1: none */
  readonly policyLists: readonly { readonly held: readonly number[]; readonly boundary: number }[];
  /** for roles of permission sets: index of the principal, and its holders */
  readonly heldBy: readonly (readonly [principal: number, text: string])[];
  readonly directory: DirectoryData;
}

/** People and groups of IAM Identity Center, and the roles of their permission sets. */
export interface DirectoryData {
  readonly people: readonly string[];
  /** with the indexes of its people */
  readonly groups: readonly (readonly [name: string, people: readonly number[]])[];
  /** index of the principal, and of the holders of the permission set */
  readonly sets: readonly (readonly [
    principal: number,
    groups: readonly number[],
    people: readonly number[],
  ])[];
}

/** Chunk `instances`, in columns. */
export interface InstanceData {
  readonly ids: readonly string[];
  readonly names: readonly (string | null)[];
  readonly places: readonly (readonly [region: string, arnBegins: string])[];
  readonly place: readonly number[];
  /** class numbers of the matrix */
  readonly classOf: readonly number[];
  readonly tags: readonly (readonly [key: string, value: string])[];
  /** indexes of its tags, except its name */
  readonly tagsOf: readonly number[];
  readonly tagLists: readonly (readonly number[])[];
  readonly facts: readonly InstanceFacts[];
  readonly factsOf: readonly number[];
}

export interface InstanceFacts {
  readonly state: string;
  readonly platform: string;
  readonly agent: string;
  readonly isPublic: boolean;
  /** whether paths would work now, by `PagePath.fact`: 1, 0, or -1 if it is not known */
  readonly reach: readonly number[];
  /** obstacles, by `PagePath.fact`, with the requests that remove them */
  readonly inTheWay: readonly (readonly PageObstacle[])[];
}

/** An obstacle, and each request that removes it with the number of principals that may make it: -1 if not computed. */
export type PageObstacle = readonly [
  text: string,
  removals: readonly (readonly [action: string, count: number])[],
];

/** Chunk `matrix`. */
export interface MatrixData {
  readonly classes: number;
  readonly holders: readonly StoredSet[];
  readonly sets: readonly StoredSet[];
  readonly outcomes: readonly PageOutcome[];
  /** path, holders, set of instance classes, outcome, strength, detail or -1 */
  readonly groups: readonly (readonly [number, number, number, number, number, number])[];
}

export interface PageOutcome {
  readonly verdict: string;
  readonly condition: string | null;
  /** the condition requires MFA */
  readonly mfa: boolean;
  readonly landsAs: readonly string[];
  readonly via: readonly string[];
  readonly uncertain: readonly string[];
  readonly missing: string | null;
}

/** Chunk `details`: the decisions for a group of cells, for one cell of it. */
export interface DetailData {
  readonly details: readonly PageDetail[];
}

export interface PageDetail {
  /** the cell of these details */
  readonly of: readonly [principal: number, instance: number];
  readonly requests: readonly (readonly [action: string, resource: string])[];
  /**
   * a step in words, its condition or null, the trust policy statement that allows it (a list of at most one), and
   * its uncertainty codes
   */
  readonly steps: readonly (readonly [
    text: string,
    condition: string | null,
    trust: readonly PageGrant[],
    codes: readonly string[],
  ])[];
  readonly grants: readonly PageGrant[];
  readonly opens: readonly string[];
  readonly runsAs: string | null;
}

/** policy id, statement, Sid or null, layer */
export type PageGrant = readonly [policy: string, statement: number, sid: string | null, layer: string];

/** Chunk `policies`; the documents are in their own blocks. */
export interface PolicyData {
  readonly rows: readonly (readonly [id: string, name: string, kind: string, block: number])[];
  /** index of the list of each policy's statements about actions of paths */
  readonly says: readonly number[];
  /** action, 0 for Deny, 1 for Allow, 2 for an Allow on every resource without a condition; statement */
  readonly sayLists: readonly (readonly (readonly [number, number, number])[])[];
  /** each Deny that applies only outside of these regions: policy, statement */
  readonly outside: readonly (readonly [policy: number, statement: number, regions: readonly string[]])[];
  /** policies of the organisation that limit the account, by the name of their level */
  readonly guardrails: readonly (readonly [level: string, policy: number])[];
}

/** Chunk `policies-N`: documents as JSON, with the indexes of their policies. */
export type PolicyBlock = readonly (readonly [policy: number, document: unknown])[];

/** Chunk `findings`: one line each. */
export interface FindingData {
  readonly rows: readonly FindingRow[];
  readonly paths: readonly (readonly number[])[];
}

export interface FindingRow {
  readonly id: string;
  readonly rules: readonly string[];
  readonly severity: Severity;
  readonly status: string;
  readonly title: string;
  readonly kind: string;
  readonly resource: string;
  readonly holders: number;
  readonly people: number;
  readonly instances: number;
  readonly production: number;
  readonly isFixed: boolean;
  /** who accepts it, and until when, as a sentence; empty: it is not accepted */
  readonly accepted: string;
  readonly acceptedBy: string;
  readonly block: number;
}

/** Chunk `findings-N`. */
export type FindingBlock = readonly FindingDetail[];

export interface FindingDetail {
  readonly id: string;
  readonly statements: readonly (readonly [policy: string, statement: number, sid: string | null])[];
  /** there are more statements than these */
  readonly hasMore?: true;
  /** a principal's index, or its ARN if it is not in the matrix; its kind; instances; paths */
  readonly holders: readonly (readonly [number | string, string, number, readonly number[]])[];
  readonly paths: readonly number[];
  readonly regions: readonly string[];
  readonly evidence: readonly string[];
  readonly remedy: string;
  readonly example: string | null;
  readonly fix: Fix | null;
  readonly whyNoFix?: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
}

/** Chunk `changes`: drift by cause, the worst first. */
export interface ChangeData {
  readonly changes: readonly PageChange[];
  /** the changes of earlier runs, the newest first */
  readonly earlier: readonly PageRun[];
  /** existing cells that runs changed, by number, the newest run first, this run included */
  readonly changed: readonly ChangedRun[];
}

/** An earlier run with changes. */
export interface PageRun {
  readonly at: string;
  /** else a check of events */
  readonly isScan: boolean;
  readonly changes: readonly PageChange[];
  /** number of causes that are not listed */
  readonly left: number;
}

export interface ChangedRun {
  readonly at: string;
  readonly rows: readonly ChangedRow[];
  /** the list is incomplete */
  readonly isCut: boolean;
}

export type ChangedRow = readonly [
  principals: readonly number[],
  instances: readonly number[],
  paths: readonly number[],
];

export interface PageChange {
  readonly id: string;
  readonly severity: Severity;
  readonly sentence: string;
  readonly kind: string;
  readonly detail: string;
  /** label and text: who, from where, when, which event */
  readonly hand: readonly (readonly [string, string])[];
  readonly undo: readonly string[];
  readonly counts: Readonly<Record<'gained' | 'lost' | 'changed' | 'principals' | 'instances', number>>;
  readonly rows: readonly PageChangeRow[];
  /** number of groups of cells that are not listed */
  readonly left: number;
}

export interface PageChangeRow {
  readonly change: 'gained' | 'lost' | 'changed';
  readonly severity: Severity;
  readonly principals: readonly string[];
  readonly principalCount: number;
  /** id and name; null if it has none, or is gone */
  readonly instances: readonly (readonly [string, string | null])[];
  readonly instanceCount: number;
  readonly paths: readonly number[];
  readonly before: string;
  readonly after: string;
}
