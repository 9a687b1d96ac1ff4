import { hash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EMPTY_ANSWERS, type Inside } from '../../bench/fake-aws/empty-answers.ts';
import { type Answer, textOf } from '../adapters/aws/fake-aws.ts';
import { type AwsCall, errorOf, readCall, send } from './aws-call.ts';

const ACCOUNT = '111122223333';
const REGIONS = ['us-east-1', 'us-west-2'] as const;

export interface SmallAws {
  readonly endpoint: string;
  /** the content of S3, by `/bucket/key` */
  readonly objects: Map<string, StoredBody>;
  close(): Promise<void>;
}

interface StoredBody {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The part of AWS that a scan of one account needs, over HTTP: two regions, two users and a role on two pages of
 * IAM, three instances on two pages of EC2 in each region, an organisation of two levels, and a bucket with
 * conditional writes. `more` answers first.
 */
export async function smallAws(more: Answers = {}): Promise<SmallAws> {
  const answers = { ...ANSWERS, ...more };
  const objects = new Map<string, StoredBody>();
  const server = createServer(async (request, response) => {
    const call = await readCall(request);
    send(response, call.service === 's3' ? answerOfS3(objects, call) : answerOf(answers, call));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answerOf(answers: Answers, call: AwsCall): Answer {
  const { service, operation } = call;
  const name = `${service}.${operation}`;
  const inside = answers[name]?.(call) ?? EMPTY_ANSWERS[name];
  if (inside === undefined) return errorOf(call, 400, 'InvalidAction', `${operation} is not known here`);
  if (typeof inside !== 'string') {
    return {
      status: 200,
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: JSON.stringify(inside),
    };
  }
  const result = service === 'ec2' ? inside : `<${operation}Result>${inside}</${operation}Result>`;
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<${operation}Response xmlns="http://example.com/">${result}</${operation}Response>`;
  return { status: 200, headers: { 'content-type': 'text/xml' }, body };
}

const instance = (region: string, index: number): string =>
  `<item><reservationId>r-${index}</reservationId><ownerId>${ACCOUNT}</ownerId><instancesSet><item><instanceId>i-${region}-${index}</instanceId>` +
  `<instanceState><name>running</name></instanceState><tagSet><item><key>team</key><value>red</value></item></tagSet></item></instancesSet></item>`;

const policy = (action: string): string =>
  encodeURIComponent(
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }],
    }),
  );

export const userXml = (name: string, action: string): string =>
  `<member><UserName>${name}</UserName><UserId>AIDA${name}</UserId><Path>/</Path><Arn>arn:aws:iam::${ACCOUNT}:user/${name}</Arn>` +
  `<UserPolicyList><member><PolicyName>own</PolicyName><PolicyDocument>${policy(action)}</PolicyDocument></member></UserPolicyList>` +
  '<GroupList/><AttachedManagedPolicies/></member>';

const TRUST = encodeURIComponent(
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' }],
  }),
);

const ROLE =
  `<member><RoleName>ops</RoleName><RoleId>AROAOPS</RoleId><Path>/</Path><Arn>arn:aws:iam::${ACCOUNT}:role/ops</Arn>` +
  `<AssumeRolePolicyDocument>${TRUST}</AssumeRolePolicyDocument>` +
  '<RolePolicyList/><AttachedManagedPolicies/><InstanceProfileList/></member>';

const FULL = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
});

/** The content of each answer: XML for the query protocols, a value for the JSON protocols. */
export type Answers = Readonly<Record<string, (call: AwsCall) => Inside>>;

/** What is not empty; the rest is in bench/fake-aws/empty-answers.ts. */
const ANSWERS: Answers = {
  'sts.GetCallerIdentity': () => `<Account>${ACCOUNT}</Account><Arn>arn:aws:iam::${ACCOUNT}:role/audit</Arn>`,
  'iam.GetAccountAuthorizationDetails': ({ input }) =>
    input('Marker') === undefined
      ? `<IsTruncated>true</IsTruncated><Marker>2</Marker><UserDetailList>${userXml('alice', 'ssm:StartSession')}</UserDetailList><GroupDetailList/><RoleDetailList/><Policies/>`
      : `<IsTruncated>false</IsTruncated><UserDetailList>${userXml('bob', 'ssm:StartSession')}</UserDetailList><GroupDetailList/><RoleDetailList>${ROLE}</RoleDetailList><Policies/>`,
  'organizations.DescribeOrganization': () => ({
    Organization: { Id: 'o-small', MasterAccountId: '999988887777' },
  }),
  'organizations.ListParents': () => ({ Parents: [{ Id: 'r-root', Type: 'ROOT' }] }),
  'organizations.ListPoliciesForTarget': ({ input }) => ({
    Policies: input('Filter') === 'SERVICE_CONTROL_POLICY' ? [{ Id: 'p-full', Name: 'Full' }] : [],
  }),
  'organizations.DescribePolicy': () => ({ Policy: { Content: FULL } }),
  'ec2.DescribeRegions': () =>
    `<regionInfo>${REGIONS.map((name) => `<item><regionName>${name}</regionName></item>`).join('')}</regionInfo>`,
  'ec2.DescribeInstances': ({ region, input }) =>
    input('NextToken') === undefined
      ? `<reservationSet>${instance(region, 1)}${instance(region, 2)}</reservationSet><nextToken>2</nextToken>`
      : `<reservationSet>${instance(region, 3)}</reservationSet>`,
  'ec2.DescribeSecurityGroups': () =>
    '<securityGroupInfo><item><groupId>sg-1</groupId><groupName>web</groupName><ipPermissions/><ipPermissionsEgress/></item></securityGroupInfo>',
  'ec2.DescribeImages': () => '<imagesSet><item><imageId>ami-1</imageId></item></imagesSet>',
  'ec2.DescribeImageAttribute': () => '<imageId>ami-1</imageId><launchPermission/>',
  'ssm.DescribeInstanceInformation': ({ region }) => ({
    InstanceInformationList: [{ InstanceId: `i-${region}-1`, PingStatus: 'Online' }],
  }),
};

/** Conditional writes, the writer's mark, and the checksum that S3 stores with an object. */
function answerOfS3(objects: Map<string, StoredBody>, call: AwsCall): Answer {
  const { method, url, headers, body } = call;
  if (url.searchParams.has('list-type')) return listing(objects, url);
  const there = objects.get(url.pathname);
  const isWrite = method === 'PUT' || method === 'DELETE';
  const wanted = headers['if-match'];
  const refused =
    (headers['if-none-match'] === '*' && there !== undefined) ||
    (wanted !== undefined && wanted !== there?.headers.etag);
  if (isWrite && refused) return errorOf(call, 412, 'PreconditionFailed', '');
  if (method === 'DELETE') {
    objects.delete(url.pathname);
    return { status: 204 };
  }
  if (method === 'PUT') {
    const kept = Object.entries(headers).filter(([name]) => /^x-amz-(meta-|checksum-)/.test(name));
    const etag = `"${hash('md5', body)}"`;
    objects.set(url.pathname, {
      body: textOf(body),
      headers: { ...(Object.fromEntries(kept) as Record<string, string>), etag },
    });
    return { status: 200, headers: { etag } };
  }
  if (there === undefined) return errorOf(call, 404, 'NoSuchKey', '');
  return { status: 200, headers: there.headers, body: method === 'HEAD' ? '' : there.body };
}

/** Two keys per page, so that there are several pages. */
function listing(objects: ReadonlyMap<string, StoredBody>, url: URL): Answer {
  const prefix = `${url.pathname.replace(/\/$/, '')}/${url.searchParams.get('prefix') ?? ''}`;
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  const from = Number(url.searchParams.get('continuation-token') ?? 0);
  const more = from + 2 < keys.length;
  const listed = keys
    .slice(from, from + 2)
    .map((key) => `<Contents><Key>${key.split('/').slice(2).join('/')}</Key></Contents>`);
  const next = more ? `<NextContinuationToken>${from + 2}</NextContinuationToken>` : '';
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult><IsTruncated>${more}</IsTruncated>${listed.join('')}${next}</ListBucketResult>`,
  };
}
