import type { Severity } from '../../findings/finding.ts';
import type { StoredSet } from '../../matrix/stored/number-set.ts';

/**
 * What `report.html` carries, as its script reads it. Everything that many things share is written once and named by
 * number, lists are columns where they are long, and no object has keys that come from the account.
 */
export interface PageHead {
  readonly accountId: string;
  readonly takenAt: string;
  readonly previousAt: string | null;
  /** why nothing was audited; empty: it was */
  readonly notAudited: string;
  /** whoever has no way in is known to have none */
  readonly isNobodySure: boolean;
  readonly paths: readonly PagePath[];
  /** those that instances are in */
  readonly regions: readonly string[];
  /** from none to root */
  readonly strengths: readonly { readonly letter: string; readonly word: string; readonly css: string }[];
  /** every action that a path asks for, by number */
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
  /** place in an instance's `reach`; -1: the path has no such fact */
  readonly fact: number;
  /** each way to open it, as numbers of actions that are all needed */
  readonly alternatives: readonly (readonly number[])[];
}

/** Chunk `principals`. */
export interface PrincipalData {
  /** ARN, kind, number of its list of policies */
  readonly rows: readonly (readonly [arn: string, kind: string, policies: number])[];
  /** numbers of policies that a principal holds itself or through its groups, and of its boundary: -1 is none */
  readonly policyLists: readonly { readonly held: readonly number[]; readonly boundary: number }[];
  /** of the roles of permission sets: number of the principal, and who stands behind it */
  readonly heldBy: readonly (readonly [principal: number, text: string])[];
  readonly directory: DirectoryData;
}

/** People and groups of IAM Identity Center, and the roles of the permission sets that they hold. */
export interface DirectoryData {
  readonly people: readonly string[];
  /** with the numbers of its people */
  readonly groups: readonly (readonly [name: string, people: readonly number[]])[];
  /** number of the principal, and of those to whom the permission set is assigned */
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
  /** number of the class of the matrix */
  readonly classOf: readonly number[];
  readonly tags: readonly (readonly [key: string, value: string])[];
  /** numbers of its tags but for its name */
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
  /** whether paths would work now, by `PagePath.fact`: 1, 0, or -1 where it is not known */
  readonly reach: readonly number[];
  /** what is in the way, by `PagePath.fact`, with the requests that remove it */
  readonly inTheWay: readonly (readonly PageObstacle[])[];
}

/** What is the case, and each request that removes it with how many may make it: -1 where that was not worked out. */
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
  /** path, holders, set of classes of instances, outcome, strength, detail or -1 */
  readonly groups: readonly (readonly [number, number, number, number, number, number])[];
}

export interface PageOutcome {
  readonly verdict: string;
  readonly condition: string | null;
  /** the condition asks for MFA */
  readonly mfa: boolean;
  readonly landsAs: readonly string[];
  readonly via: readonly string[];
  readonly uncertain: readonly string[];
  readonly missing: string | null;
}

/** Chunk `details`: what is decided for a group of cells, told of one of them. */
export interface DetailData {
  readonly details: readonly PageDetail[];
}

export interface PageDetail {
  /** the cell that it is told of */
  readonly of: readonly [principal: number, instance: number];
  readonly requests: readonly (readonly [action: string, resource: string])[];
  /** a step in words, its condition or null, the statement of the trust policy that lets in, in a list of at most one */
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

/** Chunk `policies`; the documents are in blocks of their own. */
export interface PolicyData {
  readonly rows: readonly (readonly [id: string, name: string, kind: string, block: number])[];
  /** what each says of the actions of paths: numbers of lists */
  readonly says: readonly number[];
  /** action, 1 for Allow or 0 for Deny, statement */
  readonly sayLists: readonly (readonly (readonly [number, number, number])[])[];
  /** policies of the organisation that limit the account, by name of the level */
  readonly guardrails: readonly (readonly [level: string, policy: number])[];
}

/** Chunk `policies-N`: documents as JSON, by the numbers of their policies. */
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
  /** who accepts it, and until when, in a sentence; empty: nobody */
  readonly accepted: string;
  readonly acceptedBy: string;
  readonly block: number;
}

/** Chunk `findings-N`. */
export type FindingBlock = readonly FindingDetail[];

export interface FindingDetail {
  readonly id: string;
  readonly statements: readonly (readonly [policy: string, statement: number, sid: string | null])[];
  /** a principal by number, or its ARN where the matrix does not know it; its kind; instances; paths */
  readonly holders: readonly (readonly [number | string, string, number, readonly number[]])[];
  readonly paths: readonly number[];
  readonly regions: readonly string[];
  readonly evidence: readonly string[];
  readonly remedy: string;
  readonly example: string | null;
  readonly fix: unknown;
  readonly whyNoFix?: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
}

/** Chunk `changes`: drift by cause, the worst first. */
export interface ChangeData {
  readonly changes: readonly PageChange[];
  /** what runs before changed, the newest first */
  readonly earlier: readonly PageRun[];
  /** cells that runs changed and that are there now, by number, the newest run first, the own one included */
  readonly changed: readonly ChangedRun[];
}

/** A run before this one that changed something. */
export interface PageRun {
  readonly at: string;
  /** else a check of events */
  readonly isScan: boolean;
  readonly changes: readonly PageChange[];
  /** causes that are not listed */
  readonly left: number;
}

export interface ChangedRun {
  readonly at: string;
  readonly rows: readonly ChangedRow[];
  /** not all of them are known */
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
  /** label and text: by whom, from where, when, which event */
  readonly hand: readonly (readonly [string, string])[];
  readonly undo: readonly string[];
  readonly counts: Readonly<Record<'gained' | 'lost' | 'changed' | 'principals' | 'instances', number>>;
  readonly rows: readonly PageChangeRow[];
  /** groups of cells that are not listed */
  readonly left: number;
}

export interface PageChangeRow {
  readonly change: 'gained' | 'lost' | 'changed';
  readonly severity: Severity;
  readonly principals: readonly string[];
  readonly principalCount: number;
  readonly instances: readonly string[];
  readonly instanceCount: number;
  readonly paths: readonly number[];
  readonly before: string;
  readonly after: string;
}
