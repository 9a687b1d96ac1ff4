import type { CallNames } from '../cloudtrail/calls-that.ts';
import type { TouchKind } from '../cloudtrail/touches.ts';

/** The kinds of inputs of a cell that may differ between two snapshots, in the words of drift.json. */
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

/**
 * One input that differs between two snapshots, as one sentence, and the marks by which an event names it.
 */
export interface InputChange {
  readonly kind: CauseKind;
  readonly detail: string;
  /** how it is reported together with others of its kind; left out: always alone */
  readonly folding?: Folding;
  /** a principal or an instance came, went, or was created again under the same name */
  readonly life?: 'new' | 'gone' | 'again';
  /** of the same kind, some came and some went */
  readonly replaced?: boolean;
  /** ids of the policies that it adds, removes or changes */
  readonly policies: readonly string[];
  /** the tag key, on a change of tags */
  readonly tagKey?: string;
  /** the facts of an instance that changed, as the matrix's resource kinds name them */
  readonly observed?: readonly string[];
  /** an event must name one of each of these */
  readonly marks: Marks;
  /** the calls that do this */
  readonly events: CallNames;
  /** the AWS CLI call that undoes it (`undo.ts`); null: none is known. Computed on demand */
  readonly undo?: () => string | null;
}

/** The subject of an input. */
export interface InputSubject {
  /** `user`, `role`, `instance`, ... */
  readonly word: string;
  readonly name: string;
}

/** The same change of several users, roles or instances is one cause, reported in one sentence. */
export interface Folding {
  /** inputs with an equal text are reported as one */
  readonly as: string;
  /** if that leaves too many, those with an equal text here */
  readonly orAs: string;
  readonly subject: InputSubject;
  /**
   * the sentence about several, from their common part; `exact`: all that `as` contains, else what `orAs`
   * contains
   */
  readonly sentence: (inputs: readonly InputChange[], exact: boolean) => string;
}

export type Marks = Readonly<Partial<Record<TouchKind, readonly string[]>>>;

/** Every input that differs, by its subject. */
export interface InputChanges {
  /** by policy id: the document differs */
  readonly byPolicy: ReadonlyMap<string, InputChange>;
  /**
   * by ARN of a user or role: created, deleted, attachments, groups and their policies, boundary, tags; of a
   * group: its policies
   */
  readonly byPrincipal: ReadonlyMap<string, readonly InputChange[]>;
  /** by ARN of a role: its trust policy */
  readonly byTrust: ReadonlyMap<string, InputChange>;
  readonly guardrails: readonly InputChange[];
  /** by instance id: new, gone, tags, other facts */
  readonly byInstance: ReadonlyMap<string, readonly InputChange[]>;
  /** by region: switches and preferences */
  readonly byRegion: ReadonlyMap<string, readonly InputChange[]>;
}
