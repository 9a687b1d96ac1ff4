import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { Condition } from '../../lib/evaluator/decision.ts';
import { simulateLine } from '../../lib/evaluator/simulate.ts';
import { naiveEvaluate } from '../naive/evaluate.ts';
import { conditionOf } from '../naive/remaining.ts';
import type { Case } from '../naive/request.ts';
import { allowStatement, anyCase, denyStatement } from './arbitraries.ts';

interface Answer {
  readonly decision: string;
  readonly blockedBy: string | null;
  readonly condition: Condition | null;
}

type Json = Record<string, unknown>;

/** Raise it for a longer search: `LATCHKEY_FUZZ_RUNS=100000`. */
const runs = Number(process.env.LATCHKEY_FUZZ_RUNS ?? 400);
vi.setConfig({ testTimeout: 20_000 + runs * 10 });

function decide(request: object): Answer {
  return simulateLine(JSON.stringify(request)) as Answer;
}

function check<T>(property: fc.IPropertyWithHooks<T>): void {
  fc.assert(property, { numRuns: runs });
}

function allows(request: Case): boolean {
  return decide(request).decision === 'allowed';
}

function withIdentity(request: Case, ...statements: Json[]): Case {
  const added = { Version: '2012-10-17', Statement: statements };
  return { ...request, identityPolicies: [...(request.identityPolicies ?? []), added] };
}

/** Applies a change to every policy document of a case. */
function mapPolicies(request: Case, change: (policy: Json) => Json): Case {
  const one = (policy: unknown): Json => change(policy as Json);
  const copy: Json = { ...request };
  for (const name of ['identityPolicies', 'sessionPolicies'] as const)
    if (request[name]) copy[name] = request[name].map(one);
  for (const name of ['serviceControlPolicies', 'resourceControlPolicies'] as const)
    if (request[name]) copy[name] = request[name].map((level) => level.map(one));
  for (const name of ['permissionsBoundary', 'resourcePolicy'] as const)
    if (request[name]) copy[name] = one(request[name]);
  return copy as unknown as Case;
}

function statementsOf(policy: Json): Json[] {
  return [policy.Statement].flat() as Json[];
}

test('the evaluator and the naive reading agree', () => {
  check(
    fc.property(anyCase, (request) => {
      const { decision, blockedBy } = decide(request);
      expect({ decision, blockedBy }).toEqual(naiveEvaluate(request));
    }),
  );
});

test('what remains with unknown keys is right in every full context', () => {
  check(
    fc.property(anyCase, fc.array(fc.nat(20), { maxLength: 4 }), (request, known) => {
      const entries = Object.entries(request.context ?? {});
      const kept = Object.fromEntries(entries.filter((_, i) => known.includes(i)));
      const answer = decide({ ...request, context: kept, contextIsComplete: false });
      const remaining =
        answer.decision === 'conditional'
          ? conditionOf(answer.condition, request, {})
          : answer.decision === 'allowed';
      expect(remaining).toBe(naiveEvaluate(request).decision === 'allowed');
    }),
  );
});

test('a residual that no context meets is a denial, one that every context meets is an allowance', () => {
  const words = fc.constantFrom('red', 'blue', 'r*');
  const operator = fc.constantFrom('StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLikeIfExists');
  const statement = fc.tuple(fc.constantFrom('Allow', 'Allow', 'Deny'), operator, words, operator, words);
  const values = [undefined, 'red', 'blue', 'rose', 'r*', 'other'];
  check(
    fc.property(fc.array(statement, { minLength: 1, maxLength: 3 }), (statements) => {
      const Statement = statements.map(([Effect, first, a, second, b]) => ({
        Effect,
        Action: '*',
        Resource: '*',
        Condition: {
          [first]: { 'aws:RequestTag/k': a },
          ...(second !== first && { [second]: { 'aws:RequestTag/k': b } }),
        },
      }));
      const request: Case = {
        principal: 'arn:aws:iam::111122223333:user/alice',
        action: 'ec2:StartInstances',
        resource: 'arn:aws:ec2:us-east-1:111122223333:instance/i-0abc',
        identityPolicies: [{ Version: '2012-10-17', Statement }],
      };
      const verdicts = values.map((value) =>
        naiveEvaluate(value === undefined ? request : { ...request, context: { 'aws:RequestTag/k': value } }),
      );
      const open = verdicts.filter(({ decision }) => decision === 'allowed').length;
      const { decision } = decide({ ...request, contextIsComplete: false });
      if (open === values.length) expect(decision).toBe('allowed');
      else if (open === 0) expect(decision).toMatch(/Deny$/);
      else expect(decision).toBe('conditional');
    }),
  );
});

test('deny wins', () => {
  check(
    fc.property(anyCase, (request) => {
      if (typeof request.principal !== 'string') return;
      const denied = withIdentity(request, { Effect: 'Deny', Action: '*', Resource: '*' });
      expect(decide(denied)).toMatchObject({ decision: 'explicitDeny', blockedBy: null, condition: null });
    }),
  );
});

test('adding a Deny never adds access', () => {
  check(
    fc.property(anyCase, denyStatement, (request, deny) => {
      if (!allows(request)) expect(allows(withIdentity(request, deny))).toBe(false);
    }),
  );
});

test('adding an Allow never removes access', () => {
  check(
    fc.property(anyCase, allowStatement, (request, allow) => {
      if (allows(request)) expect(allows(withIdentity(request, allow))).toBe(true);
    }),
  );
});

test('the order of statements and policies does not matter', () => {
  check(
    fc.property(anyCase, (request) => {
      const turned = mapPolicies(request, (policy) => ({
        ...policy,
        Statement: statementsOf(policy).reverse(),
      }));
      const { decision, blockedBy } = decide({
        ...turned,
        ...(turned.identityPolicies && { identityPolicies: [...turned.identityPolicies].reverse() }),
      });
      expect({ decision, blockedBy }).toEqual(pick(decide(request)));
    }),
  );
});

test('the case of actions, operators and condition keys does not matter', () => {
  const loud = (value: unknown): unknown => [value].flat().map((entry) => String(entry).toUpperCase());
  const shout = (statement: Json): Json => ({
    ...statement,
    ...(statement.Action !== undefined && { Action: loud(statement.Action) }),
    ...(statement.NotAction !== undefined && { NotAction: loud(statement.NotAction) }),
    ...(statement.Condition !== undefined && {
      Condition: Object.fromEntries(
        Object.entries(statement.Condition as Record<string, Json>).map(([operator, keys]) => [
          operator.toUpperCase(),
          Object.fromEntries(Object.entries(keys).map(([key, wanted]) => [key.toUpperCase(), wanted])),
        ]),
      ),
    }),
  });
  check(
    fc.property(anyCase, (request) => {
      const louder = mapPolicies(request, (policy) => ({
        ...policy,
        Statement: statementsOf(policy).map(shout),
      }));
      expect(pick(decide(louder))).toEqual(pick(decide(request)));
    }),
  );
});

test('splitting a statement changes nothing', () => {
  const each = (statement: Json, name: string): Json[] =>
    Array.isArray(statement[name])
      ? statement[name].map((entry) => ({ ...statement, [name]: entry }))
      : [statement];
  check(
    fc.property(anyCase, (request) => {
      const split = mapPolicies(request, (policy) => ({
        ...policy,
        Statement: statementsOf(policy)
          .flatMap((statement) => each(statement, 'Action'))
          .flatMap((statement) => each(statement, 'Resource')),
      }));
      expect(pick(decide(split))).toEqual(pick(decide(request)));
    }),
  );
});

function pick({ decision, blockedBy }: Answer): Pick<Answer, 'decision' | 'blockedBy'> {
  return { decision, blockedBy };
}
