import { type Atom, and, type Formula, not, or } from '../evaluator/formula.ts';

/**
 * A condition of one `sts:AssumeRole`, with what is about that request alone told apart from the same keys of another:
 * each request of a chain has an external id and session tags of its own, while MFA and the source address stay those of
 * the person. Equal conditions stay equal, as one value meets them all.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
 */
export function ofOwnRequest(open: Formula): Formula {
  const known = renamed.get(open as object);
  if (known !== undefined || typeof open === 'boolean') return known ?? open;
  const own = [...new Set(ownAtoms(open).map(({ id }) => id))].sort().join(' and ');
  const result = own === '' ? open : withAtoms(open, (atom) => (isOwn(atom) ? named(atom, own) : atom));
  renamed.set(open, result);
  return result;
}

/** Formulas are shared by many edges, and have to stay shared. */
const renamed = new WeakMap<object, Formula>();

const isOwn = ({ canonical }: Atom): boolean =>
  canonical.startsWith('sts:') || canonical.startsWith('aws:requesttag/') || canonical === 'aws:tagkeys';

const named = (atom: Atom, request: string): Atom => ({
  ...atom,
  id: `${atom.id} where ${request}`,
  canonical: `${atom.canonical} where ${request}`,
});

function ownAtoms(formula: Formula): readonly Atom[] {
  if (typeof formula === 'boolean') return [];
  switch (formula.kind) {
    case 'atom':
      return isOwn(formula) ? [formula] : [];
    case 'not':
      return ownAtoms(formula.part);
    case 'and':
    case 'or':
      return formula.parts.flatMap(ownAtoms);
    default:
      return [];
  }
}

function withAtoms(formula: Formula, change: (atom: Atom) => Atom): Formula {
  if (typeof formula === 'boolean') return formula;
  switch (formula.kind) {
    case 'atom':
      return change(formula);
    case 'not':
      return not(withAtoms(formula.part, change));
    case 'and':
    case 'or': {
      const [first = formula.kind === 'and', ...rest] = formula.parts.map((part) => withAtoms(part, change));
      return rest.reduce<Formula>(formula.kind === 'and' ? and : or, first);
    }
    default:
      return formula;
  }
}
