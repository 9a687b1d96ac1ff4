import { atomsIn, withAtoms } from '../../evaluator/atoms.ts';
import type { Atom, Formula } from '../../evaluator/formula.ts';
import { isSubjectKey } from '../account/subject-keys.ts';
import type { Target } from '../account/target.ts';

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

/** Tags that one brings along to the session, and which of them are to stay with the sessions that follow. */
export function isSessionTag(key: string): boolean {
  return key === 'aws:tagkeys' || key === 'sts:transitivetagkeys' || key.startsWith('aws:requesttag/');
}

const named = (atom: Atom, request: string): Atom => ({
  ...atom,
  id: `${atom.id} where ${request}`,
  canonical: `${atom.canonical} where ${request}`,
});

/**
 * A condition of a request on a resource whose tags nobody has read, with these told apart from those of another: a
 * policy may be tagged red, and the disk at the end of the chain blue.
 */
export function ofResource(open: Formula, { arn, tags }: Target): Formula {
  if (typeof open === 'boolean' || tags !== null || !atomsIn(open).some(isTagOfResource)) return open;
  return withAtoms(open, (atom) => (isTagOfResource(atom) ? named(atom, arn) : atom));
}

const isTagOfResource = ({ canonical }: Atom): boolean => canonical.startsWith('aws:resourcetag/');
