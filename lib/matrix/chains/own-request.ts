import { atomsIn, withAtoms } from '../../evaluator/atoms.ts';
import type { Atom, Formula } from '../../evaluator/formula.ts';
import { isSubjectKey } from '../account/subject-keys.ts';
import type { Target } from '../account/target.ts';

/**
 * Renames the keys of one `sts:AssumeRole` request in a condition. Each request of a chain has its own external id,
 * session tags and caller, while MFA and the source address belong to the person. Equal conditions get equal names,
 * since one value meets them all.
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

/** // cached by identity: many edges share formulas, so they must share the results */
const renamed = new WeakMap<object, Formula>();

const isOwn = ({ canonical }: Atom): boolean =>
  canonical.startsWith('sts:') || isSessionTag(canonical) || isSubjectKey(canonical);

/** True for keys of tags that a caller sets on the session, and of the list of transitive ones. */
export function isSessionTag(key: string): boolean {
  return key === 'aws:tagkeys' || key === 'sts:transitivetagkeys' || key.startsWith('aws:requesttag/');
}

const named = (atom: Atom, request: string): Atom => ({
  ...atom,
  id: `${atom.id} where ${request}`,
  canonical: `${atom.canonical} where ${request}`,
});

/**
 * Renames the tag keys of a resource whose tags were not read. Each resource of a chain may have its own value: a
 * policy tagged `red`, and a disk tagged `blue`.
 */
export function ofResource(open: Formula, { arn, tags }: Target): Formula {
  if (typeof open === 'boolean' || tags !== null || !atomsIn(open).some(isTagOfResource)) return open;
  return withAtoms(open, (atom) => (isTagOfResource(atom) ? named(atom, arn) : atom));
}

const isTagOfResource = ({ canonical }: Atom): boolean => canonical.startsWith('aws:resourcetag/');
