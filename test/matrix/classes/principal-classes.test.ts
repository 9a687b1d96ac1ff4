import { expect, test } from 'vitest';
import { rowsOf } from '../../../lib/matrix/build.ts';
import { account, allow, deny } from '../../fixtures/account.ts';

/** The number of classes of users who may start sessions through a group and have these own policies. */
function classesOf(...own: (readonly object[])[]): number {
  const snapshot = account({
    groups: [{ name: 'shell', policies: [allow('ssm:StartSession')] }],
    users: own.map((policies, i) => ({ name: `user-${i}`, groups: ['shell'], policies })),
    instances: [{ id: 'i-1' }],
  });
  return rowsOf(snapshot).rows.classes.length;
}

test('a Deny of something that no policy allows separates no principals', () => {
  expect(classesOf([], [deny('ec2:StopInstances')], [deny('ec2:*')])).toBe(1);
});

test('a Deny of something that is allowed separates principals', () => {
  expect(classesOf([], [deny('ssm:StartSession')])).toBe(2);
});

test('a Deny of something that needs no Allow separates principals', () => {
  expect(classesOf([], [deny('ssmmessages:OpenDataChannel')])).toBe(2);
});
