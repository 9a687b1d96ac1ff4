import { accessLevel, hasResourceLevel } from '../reference/actions.ts';
import { rcpCovers } from '../reference/services.ts';

/**
 * Facts about an action in the reference, cached, since an account's principals all use the same few actions.
 */
interface ActionFacts {
  /** lower case */
  readonly name: string;
  /** undefined: not listed */
  readonly hasResourceLevel: boolean | undefined;
  /** resource control policies apply to its service */
  readonly rcpCovers: boolean;
  /** it changes something */
  readonly changes: boolean;
}

const known = new Map<string, ActionFacts>();

/** `action` in any case. */
export function actionFacts(action: string): ActionFacts {
  let facts = known.get(action);
  if (!facts) {
    facts = factsOf(action.toLowerCase());
    // unlisted names may be any text, so they are not cached
    if (facts.hasResourceLevel !== undefined) known.set(action, facts);
  }
  return facts;
}

const CHANGES: ReadonlySet<string | undefined> = new Set(['Write', 'Tagging', 'Permissions management']);

function factsOf(name: string): ActionFacts {
  return {
    name,
    hasResourceLevel: hasResourceLevel(name),
    rcpCovers: rcpCovers(name.slice(0, name.indexOf(':'))),
    changes: CHANGES.has(accessLevel(name)),
  };
}
