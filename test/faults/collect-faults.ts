import { awsSource } from '../../lib/adapters/aws/account-source.ts';
import type { Patience } from '../../lib/adapters/aws/clients.ts';
import { collectAccount } from '../../lib/collect/collect.ts';
import { InputError } from '../../lib/ports/input-error.ts';
import type { CoverageEntry, Snapshot } from '../../lib/snapshot/snapshot.ts';
import type { AwsCall } from './aws-call.ts';
import type { Decide, Fault } from './fault-proxy.ts';

/** One fault, and its expected result. */
export interface CollectFault {
  readonly name: string;
  /** a new one for each run, since some faults count */
  readonly decide: (patience: Patience) => Decide;
  /**
   * `whole`: as without a fault; `refused`: the run ends with one clear line; otherwise the calls that become gaps,
   * `region/call` or `call`, with their status and text, and no other difference
   */
  readonly outcome: 'whole' | 'refused' | readonly Gap[];
}

interface Gap {
  readonly call: string;
  readonly status: CoverageEntry['status'];
  readonly says: RegExp;
}

const on =
  (
    service: string,
    operation: string,
    fault: (count: number) => Fault | null,
    region = 'us-east-1',
  ): Decide =>
  (call, count) =>
    call.service === service && call.operation === operation && inRegion(call, region) ? fault(count) : null;

/** The region for which requests to global services are signed. */
const inRegion = (call: AwsCall, region: string): boolean =>
  (call.service !== 'ec2' && call.service !== 'ssm') || call.region === region;

const INSTANCES = ['ec2', 'DescribeInstances'] as const;
const IAM = ['iam', 'GetAccountAuthorizationDetails'] as const;
const MANAGED = ['ssm', 'DescribeInstanceInformation'] as const;

const once = (fault: Fault) => (count: number) => (count === 1 ? fault : null);
const twice = (fault: Fault) => (count: number) => (count <= 2 ? fault : null);
const always = (fault: Fault) => () => fault;

/** One of so many calls, on the first two attempts of the SDK, so that it never gives up. */
const each = (every: number, fault: Fault) => (): Decide => {
  const calls = new Map<string, number>();
  return ({ headers }) => {
    const id = String(headers['amz-sdk-invocation-id']);
    const number = calls.get(id) ?? calls.size + 1;
    calls.set(id, number);
    const attempt = Number(/attempt=(\d+)/.exec(String(headers['amz-sdk-request']))?.[1]);
    return number % every === 0 && attempt <= 2 ? fault : null;
  };
};

const steady = (decide: Decide) => () => decide;

const PORTAL = '<html><body>Please sign in to the network</body></html>';
const SCP: Fault = {
  kind: 'error',
  status: 403,
  code: 'UnauthorizedOperation',
  message:
    'You are not authorized to perform this operation. User: arn:aws:sts::111122223333:assumed-role/audit/s is not authorized to perform: ec2:DescribeInstances with an explicit deny in a service control policy',
};
const EXPIRED: Fault = { kind: 'error', status: 400, code: 'RequestExpired', message: 'Request has expired' };

const instancesGap = (status: Gap['status'], says: RegExp): readonly Gap[] => [
  { call: 'us-east-1/ec2.describe-instances', status, says },
];
const iamGap = (says: RegExp): readonly Gap[] => [
  { call: 'iam.get-account-authorization-details', status: 'unreadable', says },
];

export const COLLECT_FAULTS: readonly CollectFault[] = [
  {
    name: 'every fourth call is answered with status 500',
    decide: each(4, { kind: 'break' }),
    outcome: 'whole',
  },
  { name: 'every fourth connection is dropped', decide: each(4, { kind: 'drop' }), outcome: 'whole' },
  {
    name: 'the second page of instances always fails',
    decide: steady(on(...INSTANCES, (count) => (count === 1 ? null : { kind: 'break' }))),
    outcome: instancesGap('failed', /./),
  },
  { name: 'a body is cut once', decide: steady(on(...INSTANCES, once({ kind: 'cut' }))), outcome: 'whole' },
  {
    name: 'a body is cut each time',
    decide: steady(on(...INSTANCES, always({ kind: 'cut' }))),
    outcome: instancesGap('failed', /aborted|ECONNRESET/),
  },
  {
    name: 'a body ends at 60 %, as if it were whole',
    decide: steady(on(...INSTANCES, always({ kind: 'truncate', keep: 0.6 }))),
    outcome: instancesGap('unreadable', /is cut off/),
  },
  {
    name: 'the body of IAM ends at 97 %, as if it were whole',
    decide: steady(on(...IAM, always({ kind: 'truncate', keep: 0.97 }))),
    outcome: iamGap(/is cut off/),
  },
  {
    name: 'JSON ends at 60 %, as if it were whole',
    decide: steady(on(...MANAGED, always({ kind: 'truncate', keep: 0.6 }))),
    outcome: [
      {
        call: 'us-east-1/ssm.describe-instance-information',
        status: 'unreadable',
        says: /is cut off/,
      },
    ],
  },
  {
    name: 'an empty body with status 200, instances',
    decide: steady(on(...INSTANCES, always({ kind: 'replace', body: '' }))),
    outcome: instancesGap('unreadable', /is empty/),
  },
  {
    name: 'an empty body with status 200, IAM',
    decide: steady(on(...IAM, always({ kind: 'replace', body: '' }))),
    outcome: iamGap(/is empty/),
  },
  {
    name: 'an empty body with status 200, Systems Manager',
    decide: steady(on(...MANAGED, always({ kind: 'replace', body: '' }))),
    outcome: [
      { call: 'us-east-1/ssm.describe-instance-information', status: 'unreadable', says: /is empty/ },
    ],
  },
  {
    name: 'an answer of the right kind without its list',
    decide: steady(
      on(
        ...INSTANCES,
        always({
          kind: 'replace',
          body: '<DescribeInstancesResponse><requestId>r</requestId></DescribeInstancesResponse>',
        }),
      ),
    ),
    outcome: instancesGap('unreadable', /page 1 has no `Reservations`/),
  },
  {
    name: 'a page of HTML with status 200',
    decide: steady(on(...INSTANCES, always({ kind: 'instead', body: PORTAL }))),
    outcome: instancesGap('unreadable', /`<html>`/),
  },
  {
    name: 'a page of HTML with status 200, once',
    decide: steady(on(...INSTANCES, once({ kind: 'instead', body: PORTAL }))),
    outcome: 'whole',
  },
  {
    name: 'the credentials expire after IAM was read',
    decide: steady((call) =>
      call.service === 'ec2' && call.operation === 'DescribeInstances' ? EXPIRED : null,
    ),
    outcome: REGION_GAPS(['ec2.describe-instances'], /^the credentials expired or are not valid/),
  },
  {
    name: 'the credentials are expired from the first call',
    decide: steady(() => EXPIRED),
    outcome: 'refused',
  },
  {
    name: 'a service control policy denies a region',
    decide: steady((call) =>
      call.region === 'us-west-2' && call.service === 'ec2' && call.operation === 'DescribeInstances'
        ? SCP
        : null,
    ),
    outcome: [
      {
        call: 'us-west-2/ec2.describe-instances',
        status: 'denied',
        says: /^a service control policy denies `ec2:DescribeInstances`/,
      },
    ],
  },
  {
    name: 'the list of regions is refused',
    decide: steady((call) =>
      call.operation === 'DescribeRegions'
        ? { kind: 'error', status: 403, code: 'UnauthorizedOperation' }
        : null,
    ),
    outcome: [{ call: 'ec2.describe-regions', status: 'denied', says: /^read in us-east-1 only/ }],
  },
  {
    name: 'an answer is slow',
    decide: ({ silenceMs }) => on(...INSTANCES, once({ kind: 'delay', ms: silenceMs / 2 })),
    outcome: 'whole',
  },
  { name: 'a call hangs once', decide: steady(on(...INSTANCES, once({ kind: 'hang' }))), outcome: 'whole' },
  {
    name: 'silence in the middle of a body, once',
    decide: steady(on(...INSTANCES, once({ kind: 'stall' }))),
    outcome: 'whole',
  },
  {
    name: 'resource control policies are refused',
    decide: steady((call) =>
      call.operation === 'ListPoliciesForTarget' && call.input('Filter') === 'RESOURCE_CONTROL_POLICY'
        ? { kind: 'error', status: 400, code: 'AccessDeniedException' }
        : null,
    ),
    outcome: [
      {
        call: 'organizations.effective-policies',
        status: 'unreadable',
        says: /`ResourceControlPolicies` is not in 2 of 2 levels: AccessDeniedException/,
      },
    ],
  },
  {
    name: 'the answer about the parents of the account has no list',
    decide: steady(on('organizations', 'ListParents', always({ kind: 'replace', body: '{}' }))),
    outcome: [{ call: 'organizations.effective-policies', status: 'unreadable', says: /no `Parents`/ }],
  },
  {
    name: 'a page of instances is throttled twice',
    decide: steady(on(...INSTANCES, twice({ kind: 'throttle' }))),
    outcome: 'whole',
  },
  {
    name: 'instances are always throttled',
    decide: steady(on(...INSTANCES, always({ kind: 'throttle' }))),
    outcome: instancesGap('failed', /RequestLimitExceeded/),
  },
  {
    name: 'IAM is throttled twice',
    decide: steady(on(...IAM, twice({ kind: 'throttle' }))),
    outcome: 'whole',
  },
  { name: 'every tenth call is throttled', decide: each(10, { kind: 'throttle' }), outcome: 'whole' },
];

function REGION_GAPS(calls: readonly string[], says: RegExp): readonly Gap[] {
  return ['us-east-1', 'us-west-2'].flatMap((region) =>
    calls.map((call) => ({ call: `${region}/${call}`, status: 'denied' as const, says })),
  );
}

/** One scan of the account with the access key that identifies the fault for the proxy; or the error that ends it. */
export async function collectWith(key: string, patience: Patience): Promise<Snapshot | Error> {
  const credentials = { accessKeyId: key, secretAccessKey: 'test' };
  const source = awsSource({ region: 'us-east-1', credentials, patience });
  try {
    return await collectAccount(source, new Date(0), { step: () => {} });
  } catch (error) {
    return error as Error;
  }
}

/** What is wrong with the result; empty if no part counts as the whole and each gap is reported once. */
export function deviations({ outcome }: CollectFault, got: Snapshot | Error, whole: Snapshot): string[] {
  if (got instanceof Error) {
    const isClear = got instanceof InputError && !got.message.includes('\n');
    return outcome === 'refused' && isClear ? [] : [`it ended with ${got.name}: ${got.message}`];
  }
  if (outcome === 'refused') return ['it did not end with one clear line'];
  const gaps = outcome === 'whole' ? [] : outcome;
  const told = got.coverage.filter((entry) => entry.status !== 'collected');
  const wrong = [
    ...gaps.flatMap((gap) => missingLine(gap, told)),
    ...(told.length === gaps.length ? [] : [`${told.length} lines of coverage are gaps, not ${gaps.length}`]),
  ];
  return [...wrong, ...changedValues(got, whole, told)];
}

const placeOf = ({ call, region }: CoverageEntry): string => (region === null ? call : `${region}/${call}`);

function missingLine(gap: Gap, told: readonly CoverageEntry[]): string[] {
  const line = told.find((entry) => placeOf(entry) === gap.call);
  if (line === undefined) return [`\`${gap.call}\` is no gap`];
  const right = line.status === gap.status && gap.says.test(line.detail);
  return right ? [] : [`\`${gap.call}\` is ${line.status}: ${line.detail}`];
}

/** Every value is that of the whole snapshot, or missing and reported, and never a part of it. */
function changedValues(got: Snapshot, whole: Snapshot, told: readonly CoverageEntry[]): string[] {
  const gaps = new Set(told.map(placeOf));
  const wrong: string[] = [];
  const compare = (name: string, one: unknown, other: unknown, excused: boolean): void => {
    if (!excused && JSON.stringify(one) !== JSON.stringify(other)) wrong.push(`${name} is not what it is`);
  };
  const noIam = gaps.has('iam.get-account-authorization-details');
  const noGuardrails = gaps.has('organizations.effective-policies');
  for (const name of ['users', 'groups', 'roles'] as const) {
    compare(name, got[name], noIam ? [] : whole[name], false);
  }
  compare('policies', got.policies, whole.policies, noIam || noGuardrails);
  compare('organization', got.organization, whole.organization, noGuardrails);
  compare('kept', got.kept, whole.kept, gaps.has('ec2.describe-regions'));
  for (const before of whole.regions) {
    const now = got.regions.find(({ region }) => region === before.region);
    if (now === undefined) {
      compare(before.region, null, before, gaps.has('ec2.describe-regions'));
      continue;
    }
    const isGap = (call: string): boolean => gaps.has(`${before.region}/${call}`);
    const expected = {
      ...before,
      ...(isGap('ec2.describe-instances') && { instances: null }),
      ...(isGap('ssm.describe-instance-information') && { managedInstances: null }),
    };
    compare(before.region, now, expected, false);
  }
  return wrong;
}
