import { Bench as TinyBench } from 'tinybench';
import type { Layers, Request } from '../lib/evaluator/combine.ts';
import { type CompiledPolicy, compilePolicy } from '../lib/evaluator/compile.ts';
import { evaluate } from '../lib/evaluator/evaluate.ts';
import { type Principal, parsePrincipalArn } from '../lib/evaluator/principal.ts';
import { requestContext } from '../lib/evaluator/request-context.ts';
import { parsePolicy } from '../lib/policy/document.ts';
import { readManagedPolicies } from './managed-policies.ts';

/** The policies of a fleet's operator: broad reading, EC2, Systems Manager, logs, and a bucket. */
const ATTACHED = [
  ...['ReadOnlyAccess', 'AmazonEC2FullAccess', 'AmazonSSMFullAccess'],
  ...['CloudWatchAgentServerPolicy', 'AmazonS3FullAccess'],
];

const ACCOUNT = '111122223333';
const INSTANCE = `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/i-0123456789abcdef0`;
const BUCKET = 'arn:aws:s3:::logs/2026/08/23.gz';

/** Allowed and denied requests on every kind of resource; some are covered by many statements of these policies. */
const QUESTIONS: readonly (readonly [action: string, resource: string])[] = [
  ...['StartInstances', 'StopInstances', 'TerminateInstances', 'CreateTags', 'ModifyInstanceAttribute'].map(
    (action) => [`ec2:${action}`, INSTANCE] as const,
  ),
  ...['StartSession', 'SendCommand', 'CreateAssociation'].map(
    (action) => [`ssm:${action}`, INSTANCE] as const,
  ),
  ...['GetObject', 'PutObject', 'DeleteObject'].map((action) => [`s3:${action}`, BUCKET] as const),
  ['ec2-instance-connect:SendSSHPublicKey', INSTANCE],
  ['ec2:DescribeInstances', '*'],
  ['iam:PassRole', `arn:aws:iam::${ACCOUNT}:role/app/web`],
  ['iam:CreateServiceLinkedRole', `arn:aws:iam::${ACCOUNT}:role/aws-service-role/ec2/x`],
  ['iam:GetRole', `arn:aws:iam::${ACCOUNT}:role/app/web`],
  ['kms:Decrypt', `arn:aws:kms:us-east-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`],
  ['dynamodb:PutItem', `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/orders`],
  ['logs:PutLogEvents', `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:/web:log-stream:1`],
  ['cloudwatch:PutMetricData', '*'],
  ['lambda:InvokeFunction', `arn:aws:lambda:us-east-1:${ACCOUNT}:function:orders`],
];

const CONTEXT = {
  'aws:RequestedRegion': 'us-east-1',
  'aws:SourceIp': '192.0.2.17',
  'aws:SecureTransport': 'true',
  'aws:MultiFactorAuthPresent': 'true',
  'aws:ResourceTag/team': 'web',
  'aws:PrincipalTag/team': 'web',
  'aws:ResourceAccount': ACCOUNT,
};

/** Decisions per second on one core, with compiled policies. */
export interface DecisionMeasure {
  readonly decisionsPerSecond: number;
  /** the same, with the context of each request built from plain values */
  readonly withNewContextPerSecond: number;
}

export async function measureDecisions(milliseconds: number): Promise<DecisionMeasure> {
  const layers = layersOf(attachedPolicies());
  const principal = parsePrincipalArn(`arn:aws:iam::${ACCOUNT}:role/operator`) as Principal;
  const requests = QUESTIONS.map(([action, resource]) => requestOf(principal, action, resource));
  const bench = new TinyBench({ time: milliseconds });
  bench.add('decisions', () => {
    for (const request of requests) evaluate(request, layers);
  });
  bench.add('with new contexts', () => {
    for (const [action, resource] of QUESTIONS) evaluate(requestOf(principal, action, resource), layers);
  });
  await bench.run();
  const [decisions, anew] = bench.tasks.map(({ result }) =>
    'throughput' in result ? Math.round(result.throughput.mean * QUESTIONS.length) : Number.NaN,
  );
  return { decisionsPerSecond: decisions ?? Number.NaN, withNewContextPerSecond: anew ?? Number.NaN };
}

function attachedPolicies(): readonly CompiledPolicy[] {
  const managed = readManagedPolicies();
  return ATTACHED.map((name) => {
    const arn = `arn:aws:iam::aws:policy/${name}`;
    return compilePolicy(parsePolicy(managed.get(arn), 'identity'), arn, 'identity');
  });
}

const layersOf = (identityPolicies: readonly CompiledPolicy[]): Layers => ({
  identityPolicies,
  permissionsBoundary: null,
  serviceControlPolicies: [],
  resourceControlPolicies: [],
  sessionPolicies: [],
  resourcePolicy: null,
});

function requestOf(principal: Principal, action: string, resource: string): Request {
  const context = requestContext({ principal, action, resource, given: CONTEXT, complete: true });
  if (typeof context === 'string') throw new Error(context);
  return { principal, action, resource, resourceAccount: ACCOUNT, context };
}
