import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

/** ARN to policy document, as IAM prints it; sorted by ARN. */
export type ManagedPolicies = ReadonlyMap<string, unknown>;

/** Every AWS managed policy, including those of service-linked roles. Source: lib/reference/aws-managed-policies.md. */
export function readManagedPolicies(): ManagedPolicies {
  const file = path.join(import.meta.dirname, '../lib/reference/aws-managed-policies.json.gz');
  const { policies } = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8'));
  return new Map(Object.entries(policies));
}
