import { expect, test } from 'vitest';
import { type ActionFacts, actionText, type ClosedReason, closedText } from '../../lib/render/closed-path.ts';

const action = 'ssm:SendCommand';

test.each<readonly [reason: ClosedReason, text: string]>([
  [{ is: 'other', only: 'windows' }, 'it exists only on Windows instances'],
  [{ is: 'other', only: 'linux' }, 'it exists only on Linux instances'],
  [{ is: 'outside' }, 'it has no policies in this account, and no role that it may take leads here'],
  [{ is: 'silent', action, policies: 0 }, 'it has no policies, so nothing allows `ssm:SendCommand`'],
  [{ is: 'silent', action, policies: 1 }, 'nothing in its policy allows `ssm:SendCommand`'],
  [{ is: 'silent', action, policies: 3 }, 'nothing in its 3 policies allows `ssm:SendCommand`'],
  [
    { is: 'bounded', action, limit: 'permissions boundary' },
    'its permissions boundary does not allow `ssm:SendCommand`',
  ],
  [{ is: 'bounded', action, limit: 'Team' }, 'the organisation, at Team, does not allow `ssm:SendCommand`'],
  [
    { is: 'nothing there', needs: 'vpc-endpoint' },
    'its policies allow it, but the account has no Instance Connect endpoint that leads here',
  ],
  [
    { is: 'nothing there', needs: undefined },
    'its policies allow it, but the account has nothing by which it leads here',
  ],
  [{ is: 'limited', action, isDenied: false }, '`ssm:SendCommand` is allowed, but not here'],
  [
    { is: 'limited', action, isDenied: true },
    '`ssm:SendCommand` is allowed, but not here, or a Deny overrides it',
  ],
])('a path is closed: %j', (reason, text) => {
  expect(closedText(reason)).toBe(text);
});

const open: ActionFacts = {
  policies: 2,
  hasBoundary: false,
  isAllowed: true,
  isWhole: true,
  isDenied: false,
  limit: null,
};

test.each<readonly [facts: Partial<ActionFacts>, text: string]>([
  [{}, 'allowed'],
  [{ isAllowed: false, policies: 0 }, 'the principal has no policies, so nothing allows it'],
  [{ isAllowed: false, policies: 1 }, 'nothing in its policy allows it'],
  [{ limit: 'permissions boundary' }, 'allowed, but its permissions boundary does not allow it'],
  [
    { isDenied: true, hasBoundary: true },
    'allowed, but a Deny may override it, or the permissions boundary may not allow it',
  ],
  [
    { isWhole: false },
    'allowed, but the resource or a condition of these statements may exclude the instance',
  ],
])('an action of it: %j', (facts, text) => {
  expect(actionText({ ...open, ...facts })).toBe(text);
});
