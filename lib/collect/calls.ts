import { type AwsCall, callName } from './aws-call.ts';
import { EC2_CALLS } from './calls/ec2.ts';
import { GLOBAL_CALLS } from './calls/global.ts';
import { IDENTITY_CENTER_CALLS } from './calls/identity-center.ts';
import { SERVICE_CALLS } from './calls/services.ts';
import { SSM_CALLS } from './calls/ssm.ts';

/**
 * Every call that makes a snapshot: the live source makes these, the folder source reads a file for each. A row holds
 * what there is to know of a call, and the grants of both role templates and the table of docs/input-folder.md are made
 * of them (tools/collected-calls.ts). How the SDK makes it stands in lib/adapters/aws/operations.ts.
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
