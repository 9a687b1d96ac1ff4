/** How often AWS lets all tools of an account together make a call, in one region. */
export interface Rate {
  /** the client of the SDK without `Client` */
  readonly service: string;
  /** calls of this row; absent: all of the service that no earlier row names */
  readonly operations?: readonly string[];
  /** whether each call has its own bucket, or all share one */
  readonly bucket: 'each call' | 'together';
  /** number of calls that can be made at once, and tokens that are added per second */
  readonly burst: number;
  readonly perSecond: number;
  /** the AWS page with the numbers; null: AWS publishes none, and these are assumed */
  readonly page: string | null;
}

const STEP_FUNCTIONS = 'https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html';

/** The first row that matches a call counts. */
export const RATES: readonly Rate[] = [
  {
    ...{ service: 'EC2', bucket: 'each call', burst: 100, perSecond: 20 },
    page: 'https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html',
  },
  {
    ...{ service: 'SFN', operations: ['ListStateMachines'] },
    ...{ bucket: 'each call', burst: 100, perSecond: 5, page: STEP_FUNCTIONS },
  },
  {
    ...{ service: 'SFN', operations: ['DescribeStateMachine'] },
    ...{ bucket: 'each call', burst: 200, perSecond: 20, page: STEP_FUNCTIONS },
  },
  {
    ...{ service: 'Lambda', bucket: 'together', burst: 15, perSecond: 15 },
    page: 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html',
  },
  {
    ...{ service: 'STS', bucket: 'together', burst: 600, perSecond: 600 },
    page: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html',
  },
  {
    ...{ service: 'SSOAdmin', bucket: 'together', burst: 20, perSecond: 20 },
    page: 'https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html',
  },
  { service: 'IAM', bucket: 'together', burst: 20, perSecond: 10, page: null },
  { service: 'Organizations', bucket: 'together', burst: 10, perSecond: 5, page: null },
];

/** For a service without a row. */
const OTHER = { bucket: 'each call', burst: 20, perSecond: 10, page: null } as const;

/** Share of a rate that Latchkey uses at most: the account's own tools keep the rest. */
export const SHARE = 0.4;

export const rateOf = (service: string, operation: string): Rate =>
  RATES.find((one) => one.service === service && (one.operations?.includes(operation) ?? true)) ?? {
    service,
    ...OTHER,
  };
