import { type AwsCall, callName } from './aws-call.ts';
import { EC2_CALLS } from './calls/ec2.ts';
import { GLOBAL_CALLS } from './calls/global.ts';
import { IDENTITY_CENTER_CALLS } from './calls/identity-center.ts';
import { SERVICE_CALLS } from './calls/services.ts';
import { SSM_CALLS } from './calls/ssm.ts';

/**
 * Every call of a snapshot: the live source makes them, the folder source reads a file for each. The grants of both
 * role templates and the table of docs/input-folder.md are generated from these rows (tools/collected-calls.ts). The
 * SDK calls are in lib/adapters/aws/operations.ts.
 */
export const CALLS: readonly AwsCall[] = [
  ...GLOBAL_CALLS,
  ...IDENTITY_CENTER_CALLS,
  ...EC2_CALLS,
  ...SSM_CALLS,
  ...SERVICE_CALLS,
];

/** The row of the table for a name such as `ec2.describe-instances`. */
export function callNamed(name: string): AwsCall {
  const call = CALLS.find((one) => callName(one) === name);
  if (call === undefined) throw new Error(`\`${name}\` is not in the table of calls`);
  return call;
}
