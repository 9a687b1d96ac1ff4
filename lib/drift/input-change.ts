import type { TouchKind } from '../cloudtrail/touches.ts';

/** What a cell rests on that may differ between two snapshots, in the words of drift.json. */
export type CauseKind =
  | 'policy'
  | 'attachment'
  | 'group'
  | 'boundary'
  | 'trust'
  | 'guardrail'
  | 'tag'
  | 'principal'
  | 'instance'
  | 'setting'
  | 'coverage'
  | 'unknown';

/** One input that differs between two snapshots, told as one sentence, and the marks by which an event names it. */
export interface InputChange {
  readonly kind: CauseKind;
  readonly detail: string;
  /** ids of the policies that it brings, takes away or changes */
  readonly policies: readonly string[];
  /** the tag key, on a change of tags */
  readonly tagKey?: string;
  /** an event must name one of each of these */
  readonly marks: Marks;
  /** names of the events that do this */
  readonly events: RegExp;
}

export type Marks = Readonly<Partial<Record<TouchKind, readonly string[]>>>;

/** Every input that differs, by whom or what it is about. */
export interface InputChanges {
  /** by policy id: the document differs */
  readonly byPolicy: ReadonlyMap<string, InputChange>;
  /** by ARN of a user or role: created, deleted, attachments, groups and what is attached to them, boundary, tags */
  readonly byPrincipal: ReadonlyMap<string, readonly InputChange[]>;
  /** by ARN of a role: its trust policy */
  readonly byTrust: ReadonlyMap<string, InputChange>;
  readonly guardrails: readonly InputChange[];
  /** by instance id: new, gone, tags, other facts */
  readonly byInstance: ReadonlyMap<string, readonly InputChange[]>;
  /** by region: switches and preferences */
  readonly byRegion: ReadonlyMap<string, readonly InputChange[]>;
}
