import { hasBit } from '../../evaluator/bits.ts';
import type { CompiledPolicy } from '../../evaluator/compile.ts';
import { isServiceLinked } from '../../evaluator/principal.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Subject } from '../account/account.ts';
import { PATH_ACTIONS } from '../paths/path-actions.ts';
import { DATA_CHANNEL } from '../paths/requests-of-paths.ts';
import { type PolicyViews, SAYS_NOTHING } from './policy-views.ts';
import { Sequences } from './sequences.ts';
import { ViewTable } from './view-table.ts';

export const ASSUME_ROLE = 'sts:assumerole';
/** A principal that may set session tags can assume more roles. */
const TAG_SESSION = 'sts:tagsession';
/** As for tags. */
const SET_SOURCE_IDENTITY = 'sts:setsourceidentity';
/** The actions for assuming a role. */
export const ASSUMING: readonly string[] = [ASSUME_ROLE, TAG_SESSION, SET_SOURCE_IDENTITY];

/** Every action of rows and role edges, in lower case. */
export const ASKED_ACTIONS: readonly string[] = [
  ...PATH_ACTIONS.map((action) => action.toLowerCase()),
  ...ASSUMING,
];

/** The index of an action in ASKED_ACTIONS. */
export function actionNumber(action: string): number {
  return ASKED_ACTIONS.indexOf(action.toLowerCase());
}

/** These actions need no grant, but may be denied. */
const UNGRANTED: ReadonlySet<string> = new Set([...ASSUMING, DATA_CHANNEL.action.toLowerCase()]);

const whoIs = ({ principal }: Subject): string =>
  `${principal.kind}${isServiceLinked(principal) ? ' of a service' : ''}`;

/** The view if no identity policy allows the action. */
export const NO_VIEW = 0;

type Levels = readonly (readonly CompiledPolicy[])[];

/** The number of a list of policies without a statement on the action. */
export const SILENT_LIST = 0;

/** A principal's view of an action, as a number: equal numbers mean equal answers for any resource. */
export class PrincipalViews {
  readonly policyViews: PolicyViews;
  readonly #sequences = new Sequences();
  readonly #fixed = new Map<Levels, Map<string, number | null>>();
  readonly #known = new WeakMap<Subject, readonly number[]>();
  readonly #words = new Map<string, number>();
  #last: { readonly subject: Subject; readonly lists: readonly number[] } | null = null;
  readonly #tables = new WeakMap<readonly string[], ViewTable>();
  readonly #tablesByName = new Map<string, ViewTable>();

  readonly #actions: readonly string[];
  /** index of each action */
  readonly #places: ReadonlyMap<string, number>;

  /** `actions`: the relevant actions, in lower case. */
  constructor(policyViews: PolicyViews, actions: readonly string[] = ASKED_ACTIONS) {
    this.policyViews = policyViews;
    this.#actions = actions;
    this.#places = new Map(actions.map((one, i) => [one, i]));
  }

  /** The index of an action among the relevant ones. */
  numberOf(action: string): number {
    return this.#places.get(action.toLowerCase()) ?? -1;
  }

  /** The view of each relevant action. */
  of(subject: Subject): readonly number[] {
    return remembered(this.#known, subject, () => this.#views(subject, this.#actions));
  }

  /** The views of a principal that differs from `other` only in what its policies say about some actions. */
  like(other: Subject, subject: Subject, said: ReadonlySet<string>): readonly number[] {
    const actions = this.#actions.filter((action) => said.has(action));
    const numbers = this.#views(subject, actions);
    const own = new Map(actions.map((action, i) => [action, numbers[i] as number]));
    return this.of(other).map((number, i) => own.get(this.#actions[i] as string) ?? number);
  }

  /** Without an Allow an action is denied, whichever Denies match it too. */
  #views(subject: Subject, actions: readonly string[]): readonly number[] {
    const allowed = this.#tableOf(actions).allowed(subject.layers.identityPolicies);
    return this.#numbers(subject, actions, (i) => hasBit(allowed, i));
  }

  /** One number for all views: equal numbers, equal views. */
  ofAll(views: readonly number[]): number {
    return this.#sequences.of(views);
  }

  /**
   * One text for the views of any actions (in lower case). It includes Denies of actions that are not allowed, since
   * the principal may remove them.
   */
  keyOf(subject: Subject, actions: readonly string[]): string {
    return String(this.ofAll(this.among(subject, actions)));
  }

  /** One number for each of these actions. */
  among(subject: Subject, actions: readonly string[]): readonly number[] {
    return this.#numbers(subject, actions);
  }

  #numbers(
    subject: Subject,
    actions: readonly string[],
    counts: (i: number) => boolean = () => true,
  ): readonly number[] {
    const { identityPolicies, permissionsBoundary } = subject.layers;
    const table = this.#tableOf(actions);
    const own = table.lists(identityPolicies, subject, SILENT_LIST);
    const limits = permissionsBoundary && table.lists([permissionsBoundary], subject, SILENT_LIST);
    const who = this.#wordNumber(whoIs(subject));
    const guardrails = this.#fixedOf(subject.layers.serviceControlPolicies);
    return actions.map((action, i) => {
      const list = own[i] as number;
      if ((list === SILENT_LIST || !counts(i)) && !UNGRANTED.has(action)) return NO_VIEW;
      const limited = this.#sequences.after(list, limits ? 1 + (limits[i] as number) : 0);
      const known = this.#sequences.after(limited, who);
      const level =
        guardrails.get(action) ?? this.#levels(subject.layers.serviceControlPolicies, action, subject);
      return this.#behind(this.#sequences.after(known, level), subject, action);
    });
  }

  /** For assuming a role: the resource control policies and the properties of the session also count. */
  #behind(guarded: number, subject: Subject, action: string): number {
    if (!ASSUMING.includes(action)) return guarded;
    const { layers, session } = subject;
    const taken = this.#sequences.after(
      guarded,
      this.#levels(layers.resourceControlPolicies, action, subject),
    );
    return this.#sequences.after(taken, this.#wordNumber(`session ${session.id}`));
  }

  #tableOf(actions: readonly string[]): ViewTable {
    return remembered(this.#tables, actions, () =>
      remembered(
        this.#tablesByName,
        actions.join(),
        () => new ViewTable(actions, this.policyViews, this.#sequences),
      ),
    );
  }

  /** Guardrails are the same for all principals, and most have no condition on them. */
  #levels(levels: Levels, action: string, subject: Subject): number {
    const byAction = this.#fixedOf(levels);
    let fixed = byAction.get(action);
    if (fixed === undefined) {
      const isFixed = levels.flat().every((policy) => this.policyViews.isFixed(policy, action));
      fixed = isFixed ? this.#levelsOf(levels, action, subject) : null;
      byAction.set(action, fixed);
    }
    return fixed ?? this.#levelsOf(levels, action, subject);
  }

  /** By action; null: there are conditions on the principal. */
  #fixedOf(levels: Levels): Map<string, number | null> {
    return remembered(this.#fixed, levels, () => new Map<string, number | null>());
  }

  #levelsOf(levels: Levels, action: string, subject: Subject): number {
    return levels.reduce(
      (sequence, level) => this.#sequences.after(sequence, this.list(level, action, subject)),
      0,
    );
  }

  /**
   * Numbers the policies with a statement on the action, and what they read of the principal. Equal numbers mean
   * equal answers.
   */
  list(policies: readonly CompiledPolicy[], action: string, subject: Subject): number {
    let list = SILENT_LIST;
    for (const policy of policies) {
      const number = this.policyViews.of(policy, action, subject);
      if (number !== SAYS_NOTHING) list = this.#sequences.after(list, number);
    }
    return list;
  }

  /**
   * The same for a principal's own policies and one of the relevant actions. All actions are computed at once, since
   * they are needed one after another.
   */
  ownList(action: number, subject: Subject): number {
    if (this.#last?.subject !== subject) {
      const { identityPolicies } = subject.layers;
      const lists = this.#tableOf(this.#actions).lists(identityPolicies, subject, SILENT_LIST);
      this.#last = { subject, lists };
    }
    return this.#last.lists[action] as number;
  }

  #wordNumber(word: string): number {
    return remembered(this.#words, word, () => this.#words.size);
  }
}
