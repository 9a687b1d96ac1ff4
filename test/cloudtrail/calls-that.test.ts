import { expect, test } from 'vitest';
import { callsThat } from '../../lib/cloudtrail/calls-that.ts';

test('calls are selected by what they change', () => {
  const calls = callsThat('attachment', 'boundary');
  for (const name of ['AttachUserPolicy', 'DetachGroupPolicy', 'PutRolePermissionsBoundary'])
    expect(calls.test(name), name).toBe(true);
  for (const name of ['PutUserPolicy', 'AttachVolume', 'attachUserPolicy', ''])
    expect(calls.test(name), name).toBe(false);
});
