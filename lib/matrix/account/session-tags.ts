import { withAtoms } from '../../evaluator/atoms.ts';
import { type CompiledPolicy, type CompiledStatement, statementsFor } from '../../evaluator/compile.ts';
import type { CompiledClause } from '../../evaluator/conditions/clause.ts';
import { evaluateClause } from '../../evaluator/conditions/evaluate-clause.ts';
import { canonicalKey, type KeyState } from '../../evaluator/context.ts';
import { type Atom, and, type Formula, not, or } from '../../evaluator/formula.ts';
import { remaining } from '../../evaluator/residual/remaining.ts';
import { remembered } from '../../memory/remembered.ts';
import { RUN_AS_TAG, valuesLeft } from '../paths/lands-as.ts';
import { isReservedTag } from './reserved-tags.ts';

/*
 * The trust policy of a role decides which tags its caller may set on the session, by conditions of `sts:TagSession` on
 * `aws:TagKeys` and `aws:RequestTag/k`.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required
 */

/** The OS users that a caller may choose by a session tag, if `open` is true; `*`: any. */
export function usersAskedFor(
  open: Formula,
  known: { readonly chosen: readonly string[]; readonly given: readonly Atom[] } = NOTHING_KNOWN,
): readonly string[] {
  const left = remaining(open, { chosen: new Set(known.chosen), given: known.given });
  if (left === false) return [];
  return valuesLeft(left === true ? null : left, `aws:RequestTag/${RUN_AS_TAG}`);
}

const NOTHING_KNOWN = { chosen: [], given: [] };

/** Tags that a trust policy lets callers set. */
interface Bringing {
  /** tags that any caller may set, and those that AWS principals may set */
  readonly any: Map<string, Formula>;
  readonly callers: Map<string, Formula>;
}

const known = new WeakMap<CompiledPolicy, Bringing>();

/** The condition for setting the tag. `callers`: an AWS principal sets it, not an identity provider. */
export function bringsTag(
  trust: CompiledPolicy | undefined,
  tag: string,
  who: keyof Bringing = 'any',
): Formula {
  if (!trust || isReservedTag(tag)) return false;
  const { [who]: formulas } = remembered(known, trust, () => ({ any: new Map(), callers: new Map() }));
  return remembered(formulas, tag, () => brings(trust, tag, who));
}

function brings(trust: CompiledPolicy, tag: string, who: keyof Bringing): Formula {
  const statements = statementsFor(trust, 'sts:tagsession');
  const isAllow = ({ effect, principals }: CompiledStatement): boolean =>
    effect === 'Allow' &&
    (who === 'any' || (principals !== null && (principals.any || principals.aws.length > 0)));
  const isDeny = ({ effect, principals }: CompiledStatement): boolean =>
    effect === 'Deny' && principals?.any === true;
  const some = (list: readonly CompiledStatement[]): Formula =>
    list.map((one) => holds(one, tag)).reduce<Formula>(or, false);
  return and(some(statements.filter(isAllow)), not(some(statements.filter(isDeny))));
}

function holds({ clauses }: CompiledStatement, tag: string): Formula {
  return clauses
    .map((clause): Formula => {
      const open = evaluateClause(clause, { service: 'sts', lookup: () => undefined });
      return isOfTags(canonicalKey(clause.key, 'sts')) ? withTag(clause, tag, open) : open;
    })
    .reduce<Formula>(and, true);
}

/** What remains of conditions in a request that sets the tag and maybe others. */
export function bringing(tag: string, open: Formula): Formula {
  return withAtoms(open, (atom) => (isOfTags(atom.canonical) ? withTag(atom.clause, tag, atom) : atom));
}

const isOfTags = (key: string): boolean => key === 'aws:tagkeys' || key.startsWith('aws:requesttag/');

/** A request may carry other tags too: they can meet a condition on any tag, and break one on all tags. */
function withTag(clause: CompiledClause, tag: string, open: Formula): Formula {
  const answers = spellings(clause, tag).map((key) => evaluateClause(clause, requestWith(key)));
  const answer = answers.reduce<Formula>(or, false);
  const set = clause.operator?.set ?? null;
  const mayChange = set === null ? false : (set === 'ForAnyValue') === (answer === false);
  return mayChange ? open : answer;
}

/** The spelling of a tag key in the policy: `aws:TagKeys` compares case, although IAM does not. */
function spellings({ values }: CompiledClause, tag: string): readonly string[] {
  if (tag === RUN_AS_TAG) return [tag];
  const asked = values.map(({ text }) => text).filter((text) => text.toLowerCase() === tag);
  return [...new Set([tag, ...asked])];
}

function requestWith(tag: string): { readonly service: string; readonly lookup: (key: string) => KeyState } {
  const value = `aws:requesttag/${tag.toLowerCase()}`;
  const lookup = (key: string): KeyState => {
    if (key === 'aws:tagkeys') return { values: [tag] };
    return key === value ? { values: [], symbol: value } : undefined;
  };
  return { service: 'sts', lookup };
}
