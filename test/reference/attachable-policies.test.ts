import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ATTACHABLE_POLICIES } from '../../lib/reference/attachable-policies.ts';
import { attachablePolicies } from '../../tools/generate-attachable-policies.ts';

const FILE = join(import.meta.dirname, '../../lib/reference/attachable-policies.json');

test('the file is what the tool writes: if not, run tools/generate-attachable-policies.ts', () => {
  expect(readFileSync(FILE, 'utf8') === attachablePolicies()).toBe(true);
});

test('it has what opens instances, and nothing that cannot be attached', () => {
  expect(ATTACHABLE_POLICIES.get('arn:aws:iam::aws:policy/AmazonSSMFullAccess')).toContain('ssm:*');
  expect(ATTACHABLE_POLICIES.get('arn:aws:iam::aws:policy/AmazonS3FullAccess')).toBe('');
  expect([...ATTACHABLE_POLICIES.keys()].filter((arn) => arn.includes('aws-service-role/'))).toEqual([]);
});
