import { remembered } from '../../memory/remembered.ts';
import type { Subject } from '../account/account.ts';
import { ESCALATION_ACTIONS } from '../account/escalation-actions.ts';
import type { PrincipalViews } from './principal-views.ts';

/** Names principals by what their own policies say about escalations. Equal names mean equal escalations. */
export class EscalationNames {
  readonly #principalViews: PrincipalViews;
  readonly #names = new WeakMap<Subject, string>();
  /** the views of all ESCALATION_ACTIONS, for the principal of the last question */
  #last: { readonly subject: Subject; readonly views: readonly number[] } | null = null;

  constructor(principalViews: PrincipalViews) {
    this.#principalViews = principalViews;
  }

  /** `among`: only these ESCALATION_ACTIONS, by index. */
  of(subject: Subject, among?: readonly number[]): string {
    if (!among) return remembered(this.#names, subject, () => this.#nameOf(subject, this.#viewsOf(subject)));
    const views = this.#viewsOf(subject);
    return this.#nameOf(
      subject,
      among.map((at) => views[at] as number),
    );
  }

  #nameOf({ kind }: Subject, views: readonly number[]): string {
    return `${kind} ${this.#principalViews.ofAll(views)}`;
  }

  /** Cached for one principal: it is evaluated on one row of the table after another. */
  #viewsOf(subject: Subject): readonly number[] {
    if (this.#last?.subject !== subject)
      this.#last = { subject, views: this.#principalViews.among(subject, ESCALATION_ACTIONS) };
    return this.#last.views;
  }
}
