import { describe, expect, test } from 'vitest';
import type { Condition } from '../../lib/evaluator/decision.ts';
import { simulateLine } from '../../lib/evaluator/simulate.ts';
import { conditionOf } from '../naive/remaining.ts';
import { type ConformanceCase, type Expectation, lineOf, readGroups } from './cases.ts';

interface Answer {
  readonly id: string;
  readonly decision: string;
  readonly blockedBy: string | null;
  readonly condition: Condition | null;
  readonly uncertain: readonly string[];
  readonly statements: readonly object[];
}

/** The members of the answer that the case contains, in its form. */
function reduced(answer: Answer, one: ConformanceCase, wanted: Expectation): Expectation {
  const codes = wanted.uncertain;
  const { holds, fails, anyOf } = wanted.condition ?? {};
  const check = (context: object): boolean => conditionOf(answer.condition, one.case, context);
  return {
    ...(wanted.decision !== undefined && { decision: answer.decision }),
    ...(wanted.blockedBy !== undefined && { blockedBy: answer.blockedBy }),
    ...(codes && {
      uncertain: answer.uncertain.filter((code) => codes.length === 0 || codes.includes(code)),
    }),
    ...(wanted.statements && {
      statements: wanted.statements.filter((s) =>
        answer.statements.some((given) => Object.entries(s).every(([k, v]) => Reflect.get(given, k) === v)),
      ),
    }),
    ...(wanted.condition && {
      condition: {
        ...(anyOf && { anyOf: (answer.condition?.anyOf ?? []) as NonNullable<typeof anyOf> }),
        ...(holds && { holds: holds.filter(check) }),
        ...(fails && { fails: fails.filter((context) => !check(context)) }),
      },
    }),
  };
}

for (const group of readGroups()) {
  const name = group.rule ?? (group.seed ? `seed ${group.seed}` : `difference ${group.difference}`);
  describe(`${group.file} ${name}: ${group.why}`, () => {
    for (const one of group.cases) {
      const line = lineOf(one);
      if (line === null) continue;
      test(one.id, () => {
        const answer = simulateLine(line) as Answer;
        expect(answer.id).toBe(one.id);
        expect(reduced(answer, one, one.expect ?? {})).toEqual(one.expect);
        if (answer.decision === 'conditional') expect(answer.condition?.text).toMatch(/\S/);
        else expect(answer.condition).toBeNull();
      });
    }
  });
}
