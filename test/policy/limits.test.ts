import { expect, test } from 'vitest';
import { type Attachment, sizeProblem } from '../../lib/policy/limits.ts';

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
test.each<[Attachment, number, boolean]>([
  ['user-inline', 2048, false],
  ['group-inline', 5120, false],
  ['role-inline', 10_240, false],
  ['managed', 6144, false],
  ['trust', 4096, false],
  ['session', 2048, true],
  ['service-control', 5120, true],
  ['resource-control', 5120, true],
])(
  'a policy of %s may have %i characters, and white space counts: %j',
  (attachment, characters, spaceCounts) => {
    const text = 'a'.repeat(characters);
    expect(sizeProblem([text], attachment)).toBeNull();
    expect(sizeProblem([text.slice(1), 'b', 'b'], attachment)).toEqual({
      path: '$',
      message: `${characters + 1} characters, where AWS takes ${characters}: split it or shorten it`,
    });
    const spaced = sizeProblem([`${text} \n\t`], attachment);
    if (spaceCounts) expect(spaced?.message).toMatch(`${characters + 3} characters`);
    else expect(spaced).toBeNull();
  },
);
