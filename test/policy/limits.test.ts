import { expect, test } from 'vitest';
import { type Attachment, LIMITS, sizeProblem } from '../../lib/policy/limits.ts';

test.each(Object.entries(LIMITS) as [Attachment, (typeof LIMITS)[Attachment]][])(
  'a policy of %s is measured',
  (attachment, { characters, whiteSpaceCounts }) => {
    const text = 'a'.repeat(characters);
    expect(sizeProblem([text], attachment)).toBeNull();
    expect(sizeProblem([text.slice(1), 'b', 'b'], attachment)).toEqual({
      path: '$',
      message: `${characters + 1} characters, where AWS takes ${characters}: split it or shorten it`,
    });
    const spaced = sizeProblem([`${text} \n\t`], attachment);
    if (whiteSpaceCounts) expect(spaced?.message).toMatch(`${characters + 3} characters`);
    else expect(spaced).toBeNull();
  },
);

test('the limits are those of the pages', () => {
  const characters = Object.entries(LIMITS).map(([attachment, limit]) => [attachment, limit.characters]);
  expect(Object.fromEntries(characters)).toEqual({
    'user-inline': 2048,
    'group-inline': 5120,
    'role-inline': 10_240,
    managed: 6144,
    trust: 4096,
    session: 2048,
    'service-control': 5120,
    'resource-control': 5120,
  });
});
