import type { Statement } from '../policy/statement.ts';
import { guardrailsOf } from '../snapshot/guardrails.ts';
import type { Facts } from './facts.ts';
import { coversAction, coversResource, narrowsByTag, readsTag } from './statements.ts';

/**
 * Do boundary, guardrails and denials leave the action open on an instance that nobody has heard of, without tags?
 * A layer that holds without condition is not among a cell's grants, so it is asked itself.
 */
export function outerLayersAreWide(facts: Facts, principal: string, action: string, arn: string): boolean {
  const { boundary, held } = policiesOf(facts, principal);
  const guardrails = guardrailLevels(facts);
  const layers = [...(boundary === null ? [] : [[boundary]]), ...guardrails];
  const allowed = layers.every((layer) =>
    statementsOf(facts, layer).some((one) => allowsAny(one, action, arn)),
  );
  const denied = statementsOf(facts, [...held, ...layers.flat()]).some((one) => deniesAny(one, action, arn));
  return allowed && !denied;
}

function policiesOf(facts: Facts, principal: string) {
  const who = facts.principals.get(principal);
  const names = who && 'groups' in who ? who.groups : [];
  const groups = names.length > 0 ? facts.snapshot.groups.filter((one) => names.includes(one.name)) : [];
  return {
    boundary: who?.boundary ?? null,
    held: [...(who?.policies ?? []), ...groups.flatMap((one) => one.policies)],
  };
}

/** Levels of which every policy is known: of the others nobody can say what they leave out. */
function guardrailLevels({ snapshot }: Facts): Levels {
  let levels = known.get(snapshot);
  if (!levels) {
    const all = guardrailsOf(snapshot).serviceControlPolicies;
    levels = all.filter(({ unread }) => unread.length === 0).map(({ policies }) => policies);
    known.set(snapshot, levels);
  }
  return levels;
}

type Levels = readonly (readonly string[])[];

/** Every principal asks, and to find them looks through all policies. */
const known = new WeakMap<Facts['snapshot'], Levels>();

function statementsOf(facts: Facts, ids: readonly string[]): Statement[] {
  return ids.flatMap((id) => facts.policies.statements(id) ?? []);
}

function allowsAny(statement: Statement, action: string, arn: string): boolean {
  if (statement.effect !== 'Allow' || !coversAction(statement, action)) return false;
  return coversResource(statement, arn) && !narrowsByTag(statement);
}

/** Denies whatever lacks a tag, or is not on a list: nothing else is asked for than tags, and their absence fits. */
function deniesAny(statement: Statement, action: string, arn: string): boolean {
  if (statement.effect !== 'Deny' || !coversAction(statement, action) || !coversResource(statement, arn))
    return false;
  return statement.conditions.every((one) => readsTag(one) && fitsAbsence(one.operator, one.values));
}

/** Is the condition met where the key is missing? Negated operators and `...IfExists` are; `Null` says so itself. */
function fitsAbsence(operator: string, values: readonly string[]): boolean {
  const test = operator.toLowerCase();
  if (test === 'null') return values.some((value) => value.toLowerCase() === 'true');
  return test.endsWith('ifexists') || (test.includes('not') && !test.startsWith('foranyvalue:'));
}
