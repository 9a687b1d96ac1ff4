import { hasBit } from '../../evaluator/bits.ts';
import type { CompiledPolicy } from '../../evaluator/compile.ts';
import { isServiceLinked } from '../../evaluator/principal.ts';
import { remembered } from '../../memory/remembered.ts';
import type { Subject } from '../account/account.ts';
import { ASSUMING } from '../paths/assuming.ts';
import { PATH_ACTIONS } from '../paths/path-actions.ts';
import { DATA_CHANNEL } from '../paths/requests-of-paths.ts';
import { type Levels, LevelViews } from './level-views.ts';
import { type PolicyViews, SAYS_NOTHING } from './policy-views.ts';
import { Sequences } from './sequences.ts';
import { ViewTable } from './view-table.ts';

/** Every action of rows and role edges, in lower case. */
export const ASKED_ACTIONS: readonly string[] = [
  ...PATH_ACTIONS.map((action) => action.toLowerCase()),
  ...ASSUMING,
];

/** The index of an action in ASKED_ACTIONS. */
export function actionNumber(action: string): number {
  return ASKED_ACTIONS.indexOf(action.toLowerCase());
}

/** The actions for assuming a role. */
export const ASSUMING_NUMBERS = ASSUMING.map(actionNumber);

/** These actions need no grant, but may be denied. */
const UNGRANTED: ReadonlySet<string> = new Set([...ASSUMING, DATA_CHANNEL.action.toLowerCase()]);

const whoIs = ({ principal }: Subject): string =>
  `${principal.kind}${isServiceLinked(principal) ? ' of a service' : ''}`;

/** The view if no identity policy allows the action. */
export const NO_VIEW = 0;

/** What policies say about some actions. */
interface About {
  readonly actions: readonly string[];
  readonly table: ViewTable;
  readonly levels: Map<Levels, LevelViews>;
  /** indexes of the actions for assuming a role */
  readonly assuming: readonly number[];
}

/** The number of a list of policies without a statement on the action. */
export const SILENT_LIST = 0;

/** A principal's view of an action, as a number: equal numbers mean equal answers for any resource. */
export class PrincipalViews {
  readonly policyViews: PolicyViews;
  readonly #sequences = new Sequences();
  readonly #views = new WeakMap<Subject, readonly number[]>();
  readonly #words = new Map<string, number>();
  #last: { readonly subject: Subject; readonly lists: readonly number[] } | null = null;
  readonly #known = new WeakMap<readonly string[], About>();
  readonly #knownByName = new Map<string, About>();

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
    return remembered(this.#views, subject, () => this.#allowed(subject, this.#actions));
  }

  /** The views of a principal that differs from `other` only in what its policies say about some actions. */
  like(other: Subject, subject: Subject, said: ReadonlySet<string>): readonly number[] {
    const actions = this.#actions.filter((action) => said.has(action));
    const numbers = this.#allowed(subject, actions);
    const own = new Map(actions.map((action, i) => [action, numbers[i] as number]));
    return this.of(other).map((number, i) => own.get(this.#actions[i] as string) ?? number);
  }

  /** Without an Allow an action is denied, whichever Denies match it too. */
  #allowed(subject: Subject, actions: readonly string[]): readonly number[] {
    const allowed = this.#about(actions).table.allowed(subject.layers.identityPolicies);
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
    const about = this.#about(actions);
    const own = about.table.lists(identityPolicies, subject, SILENT_LIST);
    const limits = permissionsBoundary && about.table.lists([permissionsBoundary], subject, SILENT_LIST);
    const guardrails = this.#guardrails(subject, about);
    const numberOf = this.#joined(this.#wordNumber(whoIs(subject)));
    const numbers = actions.map((action, i) => {
      const list = own[i] as number;
      if ((list === SILENT_LIST || !counts(i)) && !UNGRANTED.has(action)) return NO_VIEW;
      return numberOf(list, limits ? 1 + (limits[i] as number) : 0, guardrails(i));
    });
    for (const i of about.assuming)
      numbers[i] = this.#behind(numbers[i] as number, subject, actions[i] as string);
    return numbers;
  }

  /** One number for what all layers say. Actions side by side mostly have the same, so the last one is kept. */
  #joined(who: number): (list: number, limit: number, level: number) => number {
    let last = { list: -1, limit: -1, level: -1, number: -1 };
    return (list, limit, level) => {
      if (list !== last.list || limit !== last.limit || level !== last.level) {
        const limited = this.#sequences.after(list, limit);
        const number = this.#sequences.after(this.#sequences.after(limited, who), level);
        last = { list, limit, level, number };
      }
      return last.number;
    };
  }

  #guardrails(subject: Subject, { actions, levels }: About): (i: number) => number {
    const guardrails = subject.layers.serviceControlPolicies;
    const views = remembered(levels, guardrails, () => new LevelViews(guardrails, actions, this.policyViews));
    return views.of(subject, (action) => this.#levelsOf(guardrails, action, subject));
  }

  /** For assuming a role: the resource control policies and the properties of the session also count. */
  #behind(guarded: number, subject: Subject, action: string): number {
    const { layers, session } = subject;
    const taken = this.#sequences.after(
      guarded,
      this.#levelsOf(layers.resourceControlPolicies, action, subject),
    );
    return this.#sequences.after(taken, this.#wordNumber(`session ${session.id}`));
  }

  #about(actions: readonly string[]): About {
    return remembered(this.#known, actions, () =>
      remembered(this.#knownByName, actions.join(), () => ({
        actions,
        table: new ViewTable(actions, this.policyViews, this.#sequences),
        levels: new Map(),
        assuming: [...actions.keys()].filter((i) => ASSUMING.includes(actions[i] as string)),
      })),
    );
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
      const lists = this.#about(this.#actions).table.lists(identityPolicies, subject, SILENT_LIST);
      this.#last = { subject, lists };
    }
    return this.#last.lists[action] as number;
  }

  #wordNumber(word: string): number {
    return remembered(this.#words, word, () => this.#words.size);
  }
}
