import type { CallNames } from '../cloudtrail/calls-that.ts';
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
  | 'configuration'
  | 'assignment'
  | 'unknown';

/** One input that differs between two snapshots, told as one sentence, and the marks by which an event names it. */
export interface InputChange {
  readonly kind: CauseKind;
  readonly detail: string;
  /** how it is told together with others of its kind; left out: always on its own */
  readonly folding?: Folding;
  /** a principal or an instance came, went, or was made again under the same name */
  readonly life?: 'new' | 'gone' | 'again';
  /** what came or went, of a kind of which some came and some went */
  readonly replaced?: boolean;
  /** ids of the policies that it brings, takes away or changes */
  readonly policies: readonly string[];
  /** the tag key, on a change of tags */
  readonly tagKey?: string;
  /** what of an instance it is about, as the matrix's resource kinds name it */
  readonly observed?: readonly string[];
  /** an event must name one of each of these */
  readonly marks: Marks;
  /** the calls that do this */
  readonly events: CallNames;
  /** the call of the AWS CLI that takes it back (`undo.ts`); null: none is known. Worked out when somebody asks */
  readonly undo?: () => string | null;
}

/** What an input is about. */
export interface Subject {
  /** `user`, `role`, `instance`, ... */
  readonly word: string;
  readonly name: string;
}

/** The same change of several users, roles or instances is one cause, told as one sentence. */
export interface Folding {
  /** inputs with an equal text are told as one */
  readonly as: string;
  /** where that leaves too many, those with an equal text here */
  readonly orAs: string;
  readonly subject: Subject;
  /** the sentence about several, from what they have in common; `exact`: all that `as` holds, else what `orAs` does */
  readonly tell: (inputs: readonly InputChange[], exact: boolean) => string;
}

export type Marks = Readonly<Partial<Record<TouchKind, readonly string[]>>>;

/** Every input that differs, by whom or what it is about. */
export interface InputChanges {
  /** by policy id: the document differs */
  readonly byPolicy: ReadonlyMap<string, InputChange>;
  /** by ARN of a user or role: created, deleted, attachments, groups and what is attached to them, boundary, tags; of a group: what is attached */
  readonly byPrincipal: ReadonlyMap<string, readonly InputChange[]>;
  /** by ARN of a role: its trust policy */
  readonly byTrust: ReadonlyMap<string, InputChange>;
  readonly guardrails: readonly InputChange[];
  /** by instance id: new, gone, tags, other facts */
  readonly byInstance: ReadonlyMap<string, readonly InputChange[]>;
  /** by region: switches and preferences */
  readonly byRegion: ReadonlyMap<string, readonly InputChange[]>;
}
