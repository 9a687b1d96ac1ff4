import { type CompiledPolicy, statementsFor } from '../../lib/evaluator/compile.ts';
import { simpleAtom } from '../../lib/evaluator/conditions/atom.ts';
import { evaluateClause } from '../../lib/evaluator/conditions/evaluate-clause.ts';
import type { Atom } from '../../lib/evaluator/formula.ts';

/** Whether a role's sessions may have a source identity, or none. Each way to assume the role is tried. */

const TAKING = ['sts:assumerole', 'sts:assumerolewithsaml', 'sts:assumerolewithwebidentity'];

export function canHaveIdentity(trust: CompiledPolicy): boolean {
  return statementsFor(trust, 'sts:setsourceidentity').some(({ effect }) => effect === 'Allow');
}

export function canLackIdentity(trust: CompiledPolicy): boolean {
  if (trust.document.malformed || !canHaveIdentity(trust)) return true;
  const isMet = (
    clauses: CompiledPolicy['statements'][number]['clauses'],
    how: 'maybe' | 'surely',
  ): boolean =>
    clauses.every((clause) => {
      const lookup = (key: string) => (key === 'sts:sourceidentity' ? null : undefined);
      const answer = evaluateClause(clause, { service: 'sts', lookup });
      return how === 'maybe' ? answer !== false : answer === true;
    });
  const all = TAKING.flatMap((action) => statementsFor(trust, action));
  return (
    all.some(({ effect, clauses }) => effect === 'Allow' && isMet(clauses, 'maybe')) &&
    !all.some(
      ({ effect, principals, clauses }) =>
        effect === 'Deny' && principals?.any === true && isMet(clauses, 'surely'),
    )
  );
}

/** If there is one way to assume the role, its conditions hold for all sessions. */
export function identityGiven(trust: CompiledPolicy): readonly Atom[] {
  if (canLackIdentity(trust)) return [];
  const ways = new Set(TAKING.flatMap((action) => statementsFor(trust, action)));
  const [only, ...others] = [...ways].filter(({ effect }) => effect === 'Allow');
  if (!only || others.length > 0) return [];
  return only.clauses
    .filter(({ key, operatorText, values }) => {
      const isPlain = !values.some(({ text }) => text.includes('${'));
      return key.toLowerCase() === 'sts:sourceidentity' && !/Null$/i.test(operatorText) && isPlain;
    })
    .flatMap(({ operatorText, values }) =>
      ['aws:SourceIdentity', 'sts:SourceIdentity'].map((key) =>
        simpleAtom(
          operatorText,
          key,
          values.map(({ text }) => text),
          '',
        ),
      ),
    );
}
