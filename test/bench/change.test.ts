import { expect, test } from 'vitest';
import { changeBench } from '../../bench/change.ts';

test('single changes of a generated account give the same as a new matrix', async () => {
  const options = { principals: '60', instances: '40', seed: '3', changes: '5' };
  const result = await changeBench.run(options);
  expect(result).toMatchObject({ principals: 60, instances: 40, mismatches: 0 });
  expect(await changeBench.run({ ...options, leading: '10' })).toMatchObject({ leading: 10, mismatches: 0 });
  expect(result['tag team']).toMatchObject({ count: 5 });
  expect(result.policy).toMatchObject({ count: 5 });
});
