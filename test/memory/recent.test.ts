import fc from 'fast-check';
import { expect, it } from 'vitest';
import '../fixed-seed.ts';
import { Recent } from '../../lib/memory/recent.ts';

it('the cache keeps the results that were used last, and computes the others again', () => {
  const asked = fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 40 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), asked, (most, keys) => {
      const recent = new Recent<number, string>(most);
      for (const [i, key] of keys.entries()) {
        let isMade = false;
        const value = recent.of(key, () => {
          isMade = true;
          return `value ${key}`;
        });
        // newest first, each once
        const before = [...new Set(keys.slice(0, i).reverse())].slice(0, most);
        expect([value, isMade]).toEqual([`value ${key}`, !before.includes(key)]);
      }
    }),
  );
});
