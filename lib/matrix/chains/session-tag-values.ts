import { atomsIn, withAtoms } from '../../evaluator/atoms.ts';
import { makeAtom, simpleAtom } from '../../evaluator/conditions/atom.ts';
import { compileClause } from '../../evaluator/conditions/clause.ts';
import { evaluateClause } from '../../evaluator/conditions/evaluate-clause.ts';
import { type Atom, and, type Formula, not, or } from '../../evaluator/formula.ts';
import { formulaKey } from '../../evaluator/formula-key.ts';
import { remaining } from '../../evaluator/residual/remaining.ts';
import type { Role } from '../../snapshot/snapshot.ts';
import { bringing } from '../account/session-tags.ts';
import { following } from './following.ts';

/*
 * A tag in the request for a session is the session's `aws:PrincipalTag/k`, so what policies require of the one is true
 * of the other.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_operations
 */

/** The values of tags that a session may have: formulas about `aws:PrincipalTag/k` by canonical key. */
export type TagValues = ReadonlyMap<string, Formula>;

export const ANY_VALUES: TagValues = new Map();

/** The requests for a session: with tags, and without any. */
export interface Requests {
  readonly tagged: Formula;
  readonly untagged: Formula;
  readonly isPossible: (open: Formula) => boolean;
}

const PRINCIPAL_TAG = 'aws:principaltag/';
const REQUEST_TAG = 'aws:requesttag/';

/**
 * What the requests say about the values of tags (keys in lower case, as they are spelled). `passesOn`: the caller
 * may have such a tag already and pass it on, which may need no tag in the request.
 */
export function tagValuesIn(
  requests: Requests,
  role: Role,
  tags: readonly (readonly [string, string])[],
  passesOn: (tag: string) => boolean,
): TagValues {
  const asked = new Set(atomsIn(requests.tagged).map(({ canonical }) => canonical));
  const found = tags
    .filter(([tag]) => asked.has(REQUEST_TAG + tag))
    .map(
      ([tag, spelled]) => [tag, valuesOf(requests, role, { tag, spelled, passesOn: passesOn(tag) })] as const,
    )
    .filter(([, values]) => values !== true);
  return found.length === 0
    ? ANY_VALUES
    : new Map(found.map(([tag, values]) => [PRINCIPAL_TAG + tag, values]));
}

function valuesOf(
  { tagged, untagged, isPossible }: Requests,
  role: Role,
  { tag, spelled, passesOn }: { readonly tag: string; readonly spelled: string; readonly passesOn: boolean },
): Formula {
  const key = `aws:PrincipalTag/${spelled}`;
  const isOwn = isPossible(untagged) || isPossible(leavingOut(tag, tagged));
  if (isOwn && passesOn) return true;
  const own = isOwn ? ofRole(role, tag, key) : false;
  const asTag = (atom: Atom): Formula | null =>
    atom.canonical === REQUEST_TAG + tag ? about(atom, key) : null;
  const brought = following(bringing(tag, tagged), asTag);
  return or(own, and(brought, simpleAtom('Null', key, ['false'], '')));
}

/** The same condition on the session's tag; null if a value is unknown. */
function about({ clause, opaque }: Atom, key: string): Formula | null {
  const { operator, operatorText, values } = clause;
  if (opaque || !operator) return null;
  const texts = values.map(({ text }) => text);
  return makeAtom(compileClause(operatorText, key, texts, true), '');
}

function ofRole({ tags }: Role, tag: string, key: string): Formula {
  const own = tags.find((one) => one.key.toLowerCase() === tag);
  return own ? simpleAtom('StringEquals', key, [own.value], '') : simpleAtom('Null', key, ['true'], '');
}

/** The condition for a request with tags, but not with this one. */
function leavingOut(tag: string, open: Formula): Formula {
  return withAtoms(open, (atom) => {
    const { clause, service, canonical } = atom;
    if (canonical === REQUEST_TAG + tag) return evaluateClause(clause, { service, lookup: () => null });
    return canonical === 'aws:tagkeys' && asksForOnly(tag, atom) ? false : atom;
  });
}

/** `ForAnyValue:StringEquals` of this key alone. */
function asksForOnly(tag: string, { clause: { operator, values } }: Atom): boolean {
  return (
    operator?.set === 'ForAnyValue' &&
    !operator.base.negated &&
    !operator.ifExists &&
    values.every(({ text }) => text.toLowerCase() === tag)
  );
}

/** Equal for equal values. */
export function keyOfValues(values: TagValues): string {
  return [...values].map(([key, open]) => `${key} ${formulaKey(open)}`).join();
}

/** What is open to sessions with these tags. */
export function withTagValues(values: TagValues, open: Formula): Formula {
  const asked = new Set(
    atomsIn(open)
      .map(({ canonical }) => canonical)
      .filter((key) => values.has(baseOf(key))),
  );
  return [...asked].reduce((all, key) => limited(values.get(baseOf(key)) as Formula, key, all), open);
}

/** Renamed for another request (`own-request.ts`), it is still the session's key. */
const baseOf = (canonical: string): string => canonical.split(' where ', 1)[0] as string;

function limited(values: Formula, key: string, open: Formula): Formula {
  const here = withAtoms(values, askedAs(key));
  const decided = withAtoms(open, (atom) => {
    if (atom.canonical !== key || atom.opaque) return atom;
    if (remaining(and(here, atom)) === false) return false;
    return remaining(and(here, not(atom))) === false ? true : atom;
  });
  return atomsIn(decided).some(({ canonical }) => canonical === key) ? and(decided, here) : decided;
}

const askedAs =
  (key: string) =>
  (atom: Atom): Atom => ({ ...atom, id: atom.id + key.slice(baseOf(key).length), canonical: key });
