import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Sequences } from '../../../lib/matrix/classes/sequences.ts';

test('sequences have the same number exactly if they are equal', () => {
  const lists = fc.array(fc.array(fc.nat(3), { maxLength: 6 }), { maxLength: 40 });
  fc.assert(
    fc.property(lists, (all) => {
      const sequences = new Sequences();
      const byNumber = new Map(all.map((list) => [sequences.of(list), list.join()]));
      for (const list of all) expect(byNumber.get(sequences.of(list))).toBe(list.join());
      expect(byNumber.size).toBe(new Set(all.map((list) => list.join())).size);
    }),
  );
});

test('numbers stay the same while the table grows', () => {
  const sequences = new Sequences();
  const numbers = Array.from({ length: 20_000 }, (_, i) => sequences.after(i % 7, i));
  expect(new Set(numbers).size).toBe(20_000);
  expect(numbers.map((_, i) => sequences.after(i % 7, i))).toEqual(numbers);
});
