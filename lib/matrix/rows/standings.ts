import type { CompiledPolicy } from '../../evaluator/compile.ts';
import { isServiceLinked } from '../../evaluator/principal.ts';
import type { Subject } from '../account.ts';
import { PATH_ACTIONS } from '../gating-tags.ts';
import { SAYS_NOTHING, type Signatures } from './signatures.ts';

export const ASSUME_ROLE = 'sts:assumerole';
/** Who may pass session tags takes roles that others may not. */
export const TAG_SESSION = 'sts:tagsession';

/** Everything that rows and role edges ask for, in lower case. */
const ASKED_ACTIONS: readonly string[] = [
  ...PATH_ACTIONS.map((action) => action.toLowerCase()),
  ASSUME_ROLE,
  TAG_SESSION,
];

/** The place of an action among ASKED_ACTIONS. */
export function actionNumber(action: string): number {
  return ASKED_ACTIONS.indexOf(action.toLowerCase());
}

/** No identity policy says anything about the action: it is denied. */
export const NO_STANDING = 0;

/** How principals stand to an action, as a number: equal numbers, equal answers whatever the resource is. */
export class Standings {
  readonly #signatures: Signatures;
  readonly #numbers = new Map<string, number>([['', NO_STANDING]]);

  constructor(signatures: Signatures) {
    this.#signatures = signatures;
  }

  /** One number for each of ASKED_ACTIONS. */
  of(subject: Subject): readonly number[] {
    return ASKED_ACTIONS.map((action) => this.#number(subject, action));
  }

  /** The same for any actions (in lower case), as one text. */
  keyOf(subject: Subject, actions: readonly string[]): string {
    return actions.map((action) => this.#number(subject, action)).join();
  }

  #number(subject: Subject, action: string): number {
    const name = this.#name(subject, action);
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(name, number);
    }
    return number;
  }

  #name(subject: Subject, action: string): string {
    const { layers, principal } = subject;
    const isAssume = action === ASSUME_ROLE || action === TAG_SESSION;
    const own = this.#list(layers.identityPolicies, action, subject);
    if (own === '' && !isAssume) return '';
    const { permissionsBoundary: boundary } = layers;
    const levels = (all: readonly (readonly CompiledPolicy[])[]): string =>
      all.map((level) => this.#list(level, action, subject)).join('/');
    return [
      action,
      principal.kind,
      isServiceLinked(principal),
      own,
      boundary ? this.#signatures.of(boundary, action, subject) : '',
      levels(layers.serviceControlPolicies),
      isAssume ? levels(layers.resourceControlPolicies) : '',
    ].join('|');
  }

  #list(policies: readonly CompiledPolicy[], action: string, subject: Subject): string {
    let list = '';
    for (const policy of policies) {
      const number = this.#signatures.of(policy, action, subject);
      if (number !== SAYS_NOTHING) list += `${number},`;
    }
    return list;
  }
}
