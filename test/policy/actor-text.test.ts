import fc from 'fast-check';
import { expect, test } from 'vitest';
import { actorText, sessionIn } from '../../lib/policy/actor-text.ts';

const ROLE = 'arn:aws:iam::111122223333:role/Ops';

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html: names of sessions and source identities */
const name = fc.stringMatching(/^[\w+=,.@-]{2,64}$/);

test('a session can be read from the text of its actor, with or without a source identity', () => {
  fc.assert(
    fc.property(
      name,
      fc.option(name),
      fc.constantFrom('', ' through cloudformation.amazonaws.com'),
      (session, source, by) => {
        expect(sessionIn(actorText(ROLE, session, source) + by)).toBe(session);
      },
    ),
  );
});

test('a role without a session, and a user, have none', () => {
  expect(actorText(ROLE, null, null)).toBe(ROLE);
  for (const actor of [ROLE, actorText(ROLE, null, 'bob'), 'arn:aws:iam::111122223333:user/bob'])
    expect(sessionIn(actor)).toBeNull();
});
