import { atomsIn, withAtoms } from '../../evaluator/atoms.ts';
import type { Atom, Formula } from '../../evaluator/formula.ts';
import { isSubjectKey } from '../account/subject-keys.ts';

/**
 * A condition of one `sts:AssumeRole`, with what is about that request alone told apart from the same keys of another:
 * each request of a chain has an external id, session tags and a caller of its own, while MFA and the source address stay
 * those of the person. Equal conditions stay equal, as one value meets them all.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
 */
export function ofOwnRequest(open: Formula): Formula {
  const known = renamed.get(open as object);
  if (known !== undefined || typeof open === 'boolean') return known ?? open;
  const own = [
    ...new Set(
      atomsIn(open)
        .filter(isOwn)
        .map(({ id }) => id),
    ),
  ]
    .sort()
    .join(' and ');
  const result = own === '' ? open : withAtoms(open, (atom) => (isOwn(atom) ? named(atom, own) : atom));
  renamed.set(open, result);
  return result;
}

/** Formulas are shared by many edges, and have to stay shared. */
const renamed = new WeakMap<object, Formula>();

const isOwn = ({ canonical }: Atom): boolean =>
  canonical.startsWith('sts:') || isSessionTag(canonical) || isSubjectKey(canonical);

/** Tags that one brings along to the session. */
export function isSessionTag(key: string): boolean {
  return key === 'aws:tagkeys' || key.startsWith('aws:requesttag/');
}

const named = (atom: Atom, request: string): Atom => ({
  ...atom,
  id: `${atom.id} where ${request}`,
  canonical: `${atom.canonical} where ${request}`,
});
