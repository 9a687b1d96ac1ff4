import fc from 'fast-check';
import { expect, test } from 'vitest';
import { breakable } from '../../lib/render/breakable.ts';

const text = (from: string): string =>
  breakable(from)
    .map((piece) => piece.text)
    .join('');

test('the pieces are the text', () => {
  const words = fc.string({ unit: fc.constantFrom('a', '-', ',', '"', '{', '[', ' ', '\n'), maxLength: 200 });
  fc.assert(
    fc.property(words, (from) => {
      expect(text(from)).toBe(from);
    }),
  );
});

test('a short word with a hyphen is whole, and a policy may be broken after its commas', () => {
  expect(breakable('aws iam put-user-policy')).toEqual([
    { text: 'aws iam ', isWhole: false, mayEnd: false },
    { text: 'put-user-policy', isWhole: true, mayEnd: false },
  ]);
  const actions = ['ssm:CreateAssociation', 'ssm:UpdateMaintenanceWindow', 'ssm:StartSession'];
  expect(breakable(JSON.stringify(actions)).map((piece) => piece.text)).toEqual([
    '["ssm:CreateAssociation",',
    '"ssm:UpdateMaintenanceWindow",',
    '"ssm:StartSession"]',
  ]);
});
