import { describe, expect, test } from 'vitest';
import { readGroups } from '../conformance/cases.ts';
import { naiveEvaluate } from './evaluate.ts';
import { requesterOf } from './request.ts';

/** Groups about documents that are not policies: the naive implementation needs well-formed policies. */
const MALFORMED = new Set([18, 58, 60]);

describe('the naive evaluator gives the documented answer', () => {
  for (const group of readGroups()) {
    if (group.rule !== undefined && MALFORMED.has(group.rule)) continue;
    for (const { id, case: request, expect: wanted, wellFormed = true } of group.cases) {
      // it does not cover behaviour that AWS does not document
      const isOpen = (wanted?.uncertain?.length ?? 0) > 0;
      if (!request || !wanted?.decision || !wellFormed || request.contextIsComplete === false || isOpen)
        continue;
      test(`${group.file} ${id}`, () => {
        const { decision, blockedBy } = naiveEvaluate(request);
        expect(decision).toBe(wanted.decision);
        if (wanted.blockedBy !== undefined) expect(blockedBy).toBe(wanted.blockedBy);
      });
    }
  }
});

test('a name that is not a principal is refused', () => {
  expect(() => requesterOf('alice')).toThrow('no principal: alice');
});
