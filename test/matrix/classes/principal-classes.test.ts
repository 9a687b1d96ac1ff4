import { expect, test } from 'vitest';
import { rowsOf } from '../../../lib/matrix/build.ts';
import { account, allow, deny } from '../../fixtures/account.ts';

/** How many classes users are in who may start sessions as a group, and have these policies of their own. */
function classesOf(...own: (readonly object[])[]): number {
  const snapshot = account({
    groups: [{ name: 'shell', policies: [allow('ssm:StartSession')] }],
    users: own.map((policies, i) => ({ name: `user-${i}`, groups: ['shell'], policies })),
    instances: [{ id: 'i-1' }],
  });
  return rowsOf(snapshot).rows.classes.length;
}

test('Denies of what no policy allows tell nobody apart', () => {
  expect(classesOf([], [deny('ec2:StopInstances')], [deny('ec2:*')])).toBe(1);
});

test('a Deny of what is allowed does', () => {
  expect(classesOf([], [deny('ssm:StartSession')])).toBe(2);
});

test('so does a Deny of what need not be allowed', () => {
  expect(classesOf([], [deny('ssmmessages:OpenDataChannel')])).toBe(2);
});
