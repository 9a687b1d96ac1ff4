/** What a middleware of the SDK is told about a call. The SDK has such a type, but no package of ours exports it. */
export interface SdkCall {
  /** `EC2Client` */
  readonly clientName?: string;
  /** `DescribeInstancesCommand` */
  readonly commandName?: string;
}
