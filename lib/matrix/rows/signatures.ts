import { type CompiledPolicy, type CompiledStatement, statementsFor } from '../../evaluator/compile.ts';
import { evaluateClause } from '../../evaluator/conditions/evaluate-clause.ts';
import type { KeyState } from '../../evaluator/context.ts';
import type { Subject } from '../account.ts';
import { PATH_ACTIONS } from '../gating-tags.ts';
import { formulaKey } from './partition.ts';
import { isSubjectKey, type RelevantClause, relevantClause, variableKeys } from './relevant.ts';

/** What one policy asks of principals. */
interface Asked {
  /** conditions on the principal alone: only how they come out counts */
  readonly clauses: readonly RelevantClause[];
  /** keys that are compared with something of the instance, or put into an ARN */
  readonly keys: readonly string[];
}

const SUBJECT_ACTIONS = [...PATH_ACTIONS, 'sts:AssumeRole'];

/** Tells principals apart as far as each policy does: equal signatures under a policy, equal answers from it. */
export class Signatures {
  readonly #asked = new Map<CompiledPolicy, Asked>();
  readonly #known = new Map<Subject, Map<CompiledPolicy, string>>();

  of(policy: CompiledPolicy, subject: Subject): string {
    const asked = this.askedBy(policy);
    if (asked.clauses.length === 0 && asked.keys.length === 0) return '';
    let known = this.#known.get(subject);
    if (!known) {
      known = new Map();
      this.#known.set(subject, known);
    }
    let signature = known.get(policy);
    if (signature === undefined) {
      const answers = asked.clauses.map(({ clause, service }) =>
        formulaKey(evaluateClause(clause, { service, lookup: (key) => stateOf(key, subject) })),
      );
      const values = asked.keys.map((key) => JSON.stringify(stateOf(key, subject)) ?? 'unknown');
      signature = [...answers, ...values].join('\n');
      known.set(policy, signature);
    }
    return signature;
  }

  askedBy(policy: CompiledPolicy): Asked {
    let asked = this.#asked.get(policy);
    if (!asked) {
      asked = askedBy(policy);
      this.#asked.set(policy, asked);
    }
    return asked;
  }
}

function stateOf(key: string, subject: Subject): KeyState {
  if (key.startsWith('aws:principaltag/'))
    return subject.sessionTags ? undefined : (subject.keys.get(key) ?? null);
  return subject.keys.get(key);
}

function askedBy(policy: CompiledPolicy): Asked {
  const clauses = new Map<string, RelevantClause>();
  const keys = new Set<string>();
  for (const { statement, service } of subjectStatements(policy)) {
    for (const key of (statement.resources ?? []).flatMap((pattern) =>
      variableKeys(pattern.template, service),
    ))
      keys.add(key);
    for (const [i, clause] of statement.clauses.entries()) {
      const one = relevantClause(clause, service);
      if (one.keys.every(isSubjectKey)) clauses.set(`${statement.index} ${i} ${service}`, one);
      else for (const key of one.keys) keys.add(key);
    }
  }
  return { clauses: [...clauses.values()], keys: [...keys].filter(isSubjectKey) };
}

function subjectStatements(
  policy: CompiledPolicy,
): readonly { readonly statement: CompiledStatement; readonly service: string }[] {
  return SUBJECT_ACTIONS.flatMap((action) => {
    const service = action.slice(0, action.indexOf(':'));
    return statementsFor(policy, action.toLowerCase()).map((statement) => ({ statement, service }));
  });
}
