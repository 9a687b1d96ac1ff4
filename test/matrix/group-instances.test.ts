import fc from 'fast-check';
import { expect, test } from 'vitest';
import { generateAccount } from '../../bench/generate-account.ts';
import { firstInstance, holdsInstance, instanceCount } from '../../lib/matrix/answers/find-groups.ts';
import { matrixWithOpens } from '../../lib/pipeline/matrix-with-opens.ts';

test('the counts and sets of a group agree with its list of instances', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), (seed) => {
      const { groups, instances } = matrixWithOpens(generateAccount({ principals: 12, instances: 15, seed }));
      for (const group of groups) {
        const listed = group.instances;
        expect(firstInstance(group)).toBe(listed[0]);
        expect(instanceCount(group)).toBe(listed.length);
        expect(
          instances
            .keys()
            .filter((at) => holdsInstance(group, at))
            .toArray(),
        ).toEqual(listed);
      }
    }),
    { numRuns: 10 },
  );
});
