import {
  allowsSome,
  type CompiledPolicy,
  type CompiledStatement,
  statementsFor,
} from '../../evaluator/compile.ts';
import { simpleAtom } from '../../evaluator/conditions/atom.ts';
import { evaluateClause } from '../../evaluator/conditions/evaluate-clause.ts';
import type { KeyState } from '../../evaluator/context.ts';
import { type Atom, and, type Formula } from '../../evaluator/formula.ts';
import { remembered } from '../../memory/remembered.ts';

/*
 * The caller of a role sets a source identity, if the trust policy allows it, and it stays in all following sessions: a
 * session that has one cannot change it, and assumes a further role only with `sts:SetSourceIdentity` on both sides.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
 */

/** Whether the sessions of a role have a source identity. */
export interface SourceIdentity {
  readonly has: 'never' | 'maybe' | 'always';
  /** what the trust policy requires of its value */
  readonly given: readonly Atom[];
}

const NEVER: SourceIdentity = { has: 'never', given: [] };
const MAYBE: SourceIdentity = { has: 'maybe', given: [] };
/** The requests of STS that start a session of a role. */
const STARTS = ['sts:assumerole', 'sts:assumerolewithsaml', 'sts:assumerolewithwebidentity'];
const ASKED = 'sts:sourceidentity';
const NAMES = ['aws:SourceIdentity', 'sts:SourceIdentity'];

/** True for a key (canonical) that tells of the source identity of a session. */
export const isSourceIdentityKey = (key: string): boolean => NAMES.some((name) => name.toLowerCase() === key);

const known = new WeakMap<CompiledPolicy, SourceIdentity>();

export function sourceIdentityOf(trust: CompiledPolicy | undefined): SourceIdentity {
  if (!trust || trust.document.malformed) return MAYBE;
  return remembered(known, trust, () => read(trust));
}

function read(trust: CompiledPolicy): SourceIdentity {
  if (!allowsSome(trust, 'sts:SetSourceIdentity')) return NEVER;
  const starting = [...new Set(STARTS.flatMap((action) => statementsFor(trust, action)))];
  const allows = starting.filter(({ effect }) => effect === 'Allow');
  const isBarred = starting.some(
    (one) => one.effect === 'Deny' && one.principals?.any && without(one) === true,
  );
  if (!isBarred && allows.some((one) => without(one) !== false)) return MAYBE;
  const [only] = allows;
  return { has: 'always', given: only && allows.length === 1 ? limitsIn(only) : [] };
}

/** What remains of a statement if no source identity is set. */
function without({ clauses }: CompiledStatement): Formula {
  const lookup = (key: string): KeyState => (key === ASKED ? null : undefined);
  return clauses
    .map((clause) => evaluateClause(clause, { service: 'sts', lookup }))
    .reduce<Formula>(and, true);
}

/** The conditions on its value that remain true, since the session keeps the value. */
function limitsIn({ clauses }: CompiledStatement): readonly Atom[] {
  const limits = clauses.filter(
    ({ key, operator, values }) =>
      key.toLowerCase() === ASKED &&
      operator &&
      operator.base.family.name !== 'null' &&
      // a value with a variable differs between sessions
      values.every(({ compare }) => compare !== null),
  );
  return limits.flatMap(({ operatorText, values }) =>
    NAMES.map((key) =>
      simpleAtom(
        operatorText,
        key,
        values.map(({ text }) => text),
        '',
      ),
    ),
  );
}
