import { afterEach, describe, expect, test } from 'vitest';
import { awsSource } from '../../../lib/adapters/aws/account-source.ts';
import { OPERATIONS } from '../../../lib/adapters/aws/operations.ts';
import { callName } from '../../../lib/collect/aws-call.ts';
import { CALLS, callNamed } from '../../../lib/collect/calls.ts';
import { sourceCall } from '../../../lib/collect/reading.ts';
import {
  type Answer,
  type Asked,
  ec2Error,
  type FakeAws,
  fakeAws,
  jsonError,
  queryError,
} from './fake-aws.ts';

let aws: FakeAws | null = null;
afterEach(async () => {
  await aws?.close();
  aws = null;
});

async function sourceThat(answer: (asked: Asked, count: number) => Answer) {
  aws = await fakeAws(answer);
  return awsSource({ region: 'eu-west-1' });
}

const action = ({ body }: Asked): string => new URLSearchParams(body).get('Action') ?? '';
const xml = (body: string): Answer => ({ status: 200, headers: { 'content-type': 'text/xml' }, body });
const json = (value: unknown): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: JSON.stringify(value),
});
const instances = sourceCall(callNamed('ec2.describe-instances'), 'us-east-2');
const preferences = sourceCall(callNamed('ssm.get-document'), 'us-east-2', 'SSM-SessionManagerRunShell');

describe('the table of calls', () => {
  test.each(CALLS.map((call) => [callName(call), call] as const))('%s can be made', (_, call) => {
    expect(OPERATIONS).toHaveProperty([`${call.service}.${call.operation}`]);
  });
});

describe('read', () => {
  test("instances that a service manages are requested if AWS's API has the option", async () => {
    const asked: string[] = [];
    const source = await sourceThat(({ body }) => {
      const option = new URLSearchParams(body).get('IncludeManagedResources');
      asked.push(`${option}`);
      return option === null
        ? xml('<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>')
        : ec2Error(400, 'UnknownParameter', 'The parameter IncludeManagedResources is not recognized');
    });
    expect(await source.read(instances)).toMatchObject({ status: 'collected', data: { Reservations: [] } });
    expect(asked).toEqual(['true', 'null']);
  });

  test.each(['ec2.describe-volumes', 'ec2.describe-launch-templates'])(
    'what a service manages is requested by %s as well',
    async (name) => {
      const asked: (string | null)[] = [];
      const source = await sourceThat(({ body }) => {
        const form = new URLSearchParams(body);
        asked.push(form.get('IncludeManagedResources'));
        const action = form.get('Action');
        return xml(`<${action}Response><volumeSet/><launchTemplates/></${action}Response>`);
      });
      await source.read(sourceCall(callNamed(name), 'us-east-2'));
      expect(asked).toEqual(['true']);
    },
  );

  test('named instances are requested by id, in one request without pages', async () => {
    const asked: URLSearchParams[] = [];
    const source = await sourceThat(({ body }) => {
      asked.push(new URLSearchParams(body));
      return xml('<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>');
    });
    await source.read({ ...instances, argument: 'i-1,i-2' });
    expect(asked.map((form) => [form.get('InstanceId.1'), form.get('InstanceId.2')])).toEqual([
      ['i-1', 'i-2'],
    ]);
    expect(asked[0]?.get('MaxResults')).toBeNull();
    await source.read(instances);
    expect([asked[1]?.get('InstanceId.1'), asked[1]?.get('MaxResults')]).toEqual([null, '1000']);
  });

  test('each page is passed on when it arrives, and none is kept', async () => {
    const source = await sourceThat(({ body }) => {
      const second = new URLSearchParams(body).get('NextToken') === 'n';
      return xml(`<DescribeInstancesResponse><reservationSet><item><reservationId>r-${second ? 2 : 1}</reservationId>
        <instancesSet/></item></reservationSet>${second ? '' : '<nextToken>n</nextToken>'}</DescribeInstancesResponse>`);
    });
    const pages: [number, unknown][] = [];
    const answered = await source.read(instances, (page) => pages.push([aws?.asked.length ?? 0, page]));
    expect(pages).toEqual([
      [1, { Reservations: [{ ReservationId: 'r-1', Instances: [] }] }],
      [2, { Reservations: [{ ReservationId: 'r-2', Instances: [] }] }],
    ]);
    expect(answered).toEqual({ status: 'collected', data: { Reservations: [] }, duplicateKeys: [] });
  });

  test('pages are merged and printed as the CLI prints them', async () => {
    const source = await sourceThat(({ body }) => {
      const second = new URLSearchParams(body).get('NextToken') === 'n';
      return xml(`<DescribeInstancesResponse><reservationSet><item><reservationId>r-${second ? 2 : 1}</reservationId>
        <instancesSet><item><instanceId>i-${second ? 2 : 1}</instanceId><launchTime>2026-08-23T10:15:0${second ? '0.250' : '0'}Z</launchTime>
        <tagSet><item><key>team</key><value>red</value></item></tagSet></item></instancesSet></item></reservationSet>
        ${second ? '' : '<nextToken>n</nextToken>'}</DescribeInstancesResponse>`);
    });
    const answered = await source.read(instances);
    expect(answered).toMatchObject({ status: 'collected', duplicateKeys: [] });
    expect(answered).toHaveProperty('data', {
      Reservations: [
        {
          ReservationId: 'r-1',
          Instances: [
            {
              InstanceId: 'i-1',
              LaunchTime: '2026-08-23T10:15:00+00:00',
              Tags: [{ Key: 'team', Value: 'red' }],
            },
          ],
        },
        {
          ReservationId: 'r-2',
          Instances: [
            {
              InstanceId: 'i-2',
              LaunchTime: '2026-08-23T10:15:00.250000+00:00',
              Tags: [{ Key: 'team', Value: 'red' }],
            },
          ],
        },
      ],
    });
    expect(aws?.asked[0]?.headers.authorization).toContain('/us-east-2/ec2/');
  });

  test('a list that the service leaves out is not an empty one', async () => {
    const source = await sourceThat(() => json({}));
    const documents = sourceCall(callNamed('ssm.list-documents'), 'us-east-2');
    expect(await source.read(documents)).toEqual({
      status: 'unreadable',
      detail: 'page 1 has no `DocumentIdentifiers`: what it should list is not known',
    });
  });

  test("a policy document keeps the service's text, so that duplicate keys are visible", async () => {
    const document = '%7B%22Version%22%3A%222012-10-17%22%2C%22Version%22%3A%222012-10-17%22%7D';
    const source = await sourceThat(() =>
      xml(`<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult><IsTruncated>false</IsTruncated>
        <UserDetailList/><GroupDetailList/><Policies/><RoleDetailList><member><RoleName>r</RoleName>
        <AssumeRolePolicyDocument>${document}</AssumeRolePolicyDocument></member></RoleDetailList>
        </GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>`),
    );
    const answered = await source.read(sourceCall(callNamed('iam.get-account-authorization-details'), null));
    expect(answered).toHaveProperty('data.RoleDetailList.0.AssumeRolePolicyDocument', document);
    expect(answered).not.toHaveProperty('data.IsTruncated');
    expect(aws?.asked[0]?.body).toContain('AWSManagedPolicy');
  });

  test.each([
    [
      'EC2',
      ec2Error(403, 'UnauthorizedOperation', 'not you'),
      instances,
      'UnauthorizedOperation',
      'ec2:DescribeInstances',
    ],
    [
      'a region that is switched off',
      ec2Error(401, 'AuthFailure', 'no'),
      instances,
      'AuthFailure',
      'ec2:DescribeInstances',
    ],
    [
      'Systems Manager',
      jsonError(400, 'AccessDeniedException', 'not you'),
      preferences,
      'AccessDeniedException',
      'ssm:GetDocument',
    ],
    [
      'IAM',
      queryError(403, 'AccessDenied', 'not you'),
      sourceCall(callNamed('iam.list-virtual-mfa-devices'), null),
      'AccessDenied',
      'iam:ListVirtualMFADevices',
    ],
  ] as const)(
    'a refusal of %s is an answer that names the action to allow',
    async (_, refusal, call, name, needed) => {
      const source = await sourceThat(() => refusal);
      const answered = await source.read(call);
      expect(answered).toMatchObject({ status: 'denied' });
      expect(answered).toHaveProperty('detail', expect.stringContaining(name));
      expect(answered).toHaveProperty('detail', expect.stringContaining(`\`${needed}\``));
    },
  );

  test.each([
    [
      'AccessDenied',
      'User: u is not authorized to perform: ec2:DescribeInstances with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-1/p-1',
      'a service control policy denies `ec2:DescribeInstances`: leave this region out, or make an exception for the collecting role',
      'guardrail',
    ],
    [
      'UnauthorizedOperation',
      'not authorized because no service control policy allows the ec2:DescribeInstances action',
      'no service control policy allows `ec2:DescribeInstances`: leave this region out, or make an exception for the collecting role',
      'guardrail',
    ],
    [
      'UnauthorizedOperation',
      'not authorized because no permissions boundary allows the ec2:DescribeInstances action',
      'no permissions boundary allows `ec2:DescribeInstances`: leave this region out, or make an exception for the collecting role',
      'boundary',
    ],
    [
      'UnauthorizedOperation',
      'not authorized with an explicit deny in an identity-based policy',
      'an identity-based policy denies `ec2:DescribeInstances`: remove the Deny',
      'identity',
    ],
    [
      'UnauthorizedOperation',
      'not authorized because no identity-based policy allows the ec2:DescribeInstances action',
      'allow `ec2:DescribeInstances` for the collecting role',
      'identity',
    ],
    [
      'AccessDeniedException',
      'User: u is not authorized to perform: organizations:ListParents because no identity-based policy allows it',
      'allow `organizations:ListParents` for the collecting role',
      'identity',
    ],
    [
      'RequestExpired',
      'Request has expired',
      'the credentials expired or are not valid: get new ones',
      'session',
    ],
  ])('a refusal of %s says what refuses, and what to do: %s', async (code, message, advice, reason) => {
    const source = await sourceThat(() => ec2Error(403, code, message));
    expect(await source.read(instances)).toEqual({
      ...{ status: 'denied', reason },
      detail: `${advice}: ${code}: ${message}`,
    });
  });

  test.each(['ExpiredToken', 'ExpiredTokenException'])(
    '%s stops all calls: earlier answers stay, and the others say why they were not made',
    async (code) => {
      const source = await sourceThat((_, count) =>
        count === 1
          ? xml('<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>')
          : jsonError(400, code, 'The security token included in the request is expired'),
      );
      expect(await source.read(instances)).toMatchObject({ status: 'collected' });
      expect(source.stopped?.()).toBeNull();
      expect(await source.read(preferences)).toMatchObject({ status: 'denied' });
      const asked = aws?.asked.length;
      expect(await source.read(instances)).toEqual({
        status: 'not-collected',
        detail: 'not asked, as the credentials expired or are not valid: sign in again, then scan again',
      });
      expect(aws?.asked).toHaveLength(asked ?? 0);
      expect(source.stopped?.()).toBe(
        'the credentials expired or are not valid: sign in again, then scan again',
      );
    },
  );

  const mfa = sourceCall(callNamed('iam.list-virtual-mfa-devices'), null);
  const PERHAPS = [
    ['Systems Manager', jsonError(400, 'UnrecognizedClientException', 'The token is invalid'), preferences],
    ['EC2 once a session is over', ec2Error(400, 'RequestExpired', 'Request has expired'), instances],
    ['EC2 in a region that is off', ec2Error(401, 'AuthFailure', 'not able to validate'), instances],
    ['IAM', queryError(403, 'InvalidClientTokenId', 'The security token is invalid'), mfa],
  ] as const;
  const isWhoAmI = (asked: Asked): boolean => action(asked) === 'GetCallerIdentity';

  test.each(PERHAPS)(
    'a token that %s does not accept stops nothing if STS accepts it',
    async (_, refusal, first) => {
      const source = await sourceThat((asked, count) => {
        if (count === 1) return refusal;
        return isWhoAmI(asked)
          ? xml('<GetCallerIdentityResponse><GetCallerIdentityResult/></GetCallerIdentityResponse>')
          : xml('<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>');
      });
      expect(await source.read(first)).toMatchObject({ status: 'denied' });
      expect(source.stopped?.()).toBeNull();
      expect(await source.read(instances)).toMatchObject({ status: 'collected' });
    },
  );

  test.each(PERHAPS)('a token that neither %s nor STS accepts stops all calls', async (_, refusal, first) => {
    const source = await sourceThat((asked) =>
      isWhoAmI(asked) ? queryError(403, 'ExpiredToken', 'The security token is expired') : refusal,
    );
    expect(await source.read(first)).toMatchObject({ status: 'denied' });
    expect(source.stopped?.()).toMatch(/^the credentials expired or are not valid/);
    const asked = aws?.asked.length;
    expect(await source.read(instances)).toMatchObject({ status: 'not-collected' });
    expect(aws?.asked).toHaveLength(asked ?? 0);
  });

  test('the message contains the sign-in command if there is one', async () => {
    aws = await fakeAws(() => jsonError(400, 'ExpiredTokenException', 'expired'));
    const source = awsSource({ region: 'eu-west-1', signIn: 'aws sso login --profile audit' });
    await source.read(preferences);
    expect(source.stopped?.()).toBe(
      'the credentials expired or are not valid: sign in again with `aws sso login --profile audit`, then scan again',
    );
  });

  test('missing or expired credentials stop all calls', async () => {
    aws = await fakeAws(() => xml('<a/>'));
    const refuse = async () => {
      throw Object.assign(new Error('Token is expired'), { name: 'TokenProviderError' });
    };
    const source = awsSource({ region: 'eu-west-1', credentials: refuse });
    expect(await source.read(preferences)).toEqual({
      ...{ status: 'denied', reason: 'session' },
      detail: 'the credentials expired or are not valid: get new ones: TokenProviderError: Token is expired',
    });
    expect(source.stopped?.()).toMatch(/^the credentials expired or are not valid/);
    expect(aws.asked).toEqual([]);
  });

  test('any other failure is an answer with the error’s name on one line', async () => {
    const source = await sourceThat(() => ec2Error(400, 'InvalidAction', 'line\n\tbreak'));
    expect(await source.read(instances)).toEqual({
      ...{ status: 'failed', reason: 'unsupported' },
      detail: 'InvalidAction: line break',
    });
  });

  test('a throttled call is retried', async () => {
    const source = await sourceThat((_, count) =>
      count === 1
        ? ec2Error(503, 'RequestLimitExceeded', 'slow down')
        : xml('<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>'),
    );
    expect(await source.read(instances)).toMatchObject({ status: 'collected', data: { Reservations: [] } });
    expect(aws?.asked).toHaveLength(2);
  });

  test('preferences that were never written are the defaults, not a gap', async () => {
    const source = await sourceThat(() => jsonError(400, 'InvalidDocument', 'none'));
    expect(await source.read(preferences)).toEqual({ status: 'collected', data: {}, duplicateKeys: [] });
  });

  test('a call that is not in the table is not made', async () => {
    const source = await sourceThat(() => xml('<a/>'));
    const answered = await source.read({
      service: 'ec2',
      operation: 'terminate-instances',
      region: 'us-east-2',
    });
    expect(answered).toMatchObject({ status: 'not-collected' });
    expect(aws?.asked).toHaveLength(0);
  });
});

describe('guardrails', () => {
  const organizations = (answers: Readonly<Record<string, (input: Record<string, string>) => unknown>>) =>
    sourceThat((asked) => {
      const target = String(asked.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
      if (target === '') {
        return xml(
          '<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>',
        );
      }
      const answer = answers[target]?.(JSON.parse(asked.body));
      return answer === undefined
        ? jsonError(400, 'AWSOrganizationsNotInUseException', 'none')
        : json(answer);
    });
  const call = sourceCall(callNamed('organizations.effective-policies'), null);

  test('are root first, the account last, each policy with its document, read once', async () => {
    const source = await organizations({
      DescribeOrganization: () => ({ Organization: { Id: 'o-1', MasterAccountId: '999988887777' } }),
      ListRoots: () => ({ Roots: [{ Id: 'r-1', Name: 'Root' }] }),
      DescribeOrganizationalUnit: ({ OrganizationalUnitId }) => ({
        OrganizationalUnit: { Id: OrganizationalUnitId, Name: 'Workloads' },
      }),
      ListParents: ({ ChildId }) => ({
        Parents: [{ Id: ChildId === '111122223333' ? 'ou-1' : 'r-1', Type: 'ANY' }],
      }),
      ListPoliciesForTarget: ({ Filter }) => ({
        Policies: Filter === 'SERVICE_CONTROL_POLICY' ? [{ Id: 'p-full', Name: 'Full' }] : [],
      }),
      DescribePolicy: () => ({ Policy: { Content: '{"Statement":[]}' } }),
    });
    const full = { Id: 'p-full', Name: 'Full', Content: '{"Statement":[]}' };
    expect(await source.read(call)).toHaveProperty('data', {
      OrganizationId: 'o-1',
      ManagementAccountId: '999988887777',
      // the name of the account may not be read
      Targets: [
        { TargetId: 'r-1', Name: 'Root' },
        { TargetId: 'ou-1', Name: 'Workloads' },
        { TargetId: '111122223333' },
      ].map((level) => ({
        ...level,
        ServiceControlPolicies: [full],
        ResourceControlPolicies: [],
      })),
    });
    const described = aws?.asked.filter(({ headers }) =>
      String(headers['x-amz-target']).endsWith('DescribePolicy'),
    );
    expect(described).toHaveLength(1);
  });

  test('an account without an organisation has no level, and no gap', async () => {
    const source = await organizations({});
    expect(await source.read(call)).toMatchObject({ status: 'collected', data: { Targets: [] } });
  });

  const refusing = (refused: Answer) =>
    sourceThat((asked) => {
      const target = String(asked.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
      if (target === '') {
        return xml(
          '<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>',
        );
      }
      if (target === 'DescribeOrganization')
        return json({ Organization: { MasterAccountId: '999988887777' } });
      if (target === 'ListParents') return json({ Parents: [{ Id: 'r-1' }] });
      const isResource = JSON.parse(asked.body).Filter === 'RESOURCE_CONTROL_POLICY';
      return isResource ? refused : json({ Policies: [] });
    });

  test('a refusal of resource control policies does not lose the service control policies', async () => {
    const source = await refusing(jsonError(400, 'AccessDeniedException', 'not those'));
    const levels = ['r-1', '111122223333'].map((TargetId) => ({ TargetId, ServiceControlPolicies: [] }));
    expect(await source.read(call)).toHaveProperty('data', {
      ManagementAccountId: '999988887777',
      Targets: levels,
      ResourceControlPoliciesGap: 'AccessDeniedException: not those',
    });
  });

  test('a partition without resource control policies has none', async () => {
    const unknown = jsonError(400, 'InvalidInputException', 'no such type');
    const body = JSON.stringify({
      ...JSON.parse(unknown.body ?? ''),
      Reason: 'INVALID_ENUM_POLICY_TYPE',
    });
    const source = await refusing({ ...unknown, body });
    expect(await source.read(call)).toHaveProperty('data.Targets.0.ResourceControlPolicies', []);
    expect(await source.read(call)).not.toHaveProperty('data.ResourceControlPoliciesGap');
  });

  test('a member account without permission gives a gap that names the grant', async () => {
    const source = await sourceThat(() => jsonError(400, 'AccessDeniedException', 'no'));
    expect(await source.read(call)).toMatchObject({ status: 'denied' });
  });
});

describe('regions', () => {
  const regions = (names: readonly string[]): Answer =>
    xml(
      `<DescribeRegionsResponse><regionInfo>${names.map((name) => `<item><regionName>${name}</regionName></item>`).join('')}</regionInfo></DescribeRegionsResponse>`,
    );

  test('are those that are enabled, sorted', async () => {
    const source = await sourceThat(() => regions(['us-east-1', 'eu-west-1']));
    expect(await source.regions()).toEqual(['eu-west-1', 'us-east-1']);
    expect(action(aws?.asked[0] as Asked)).toBe('DescribeRegions');
  });

  test('are requested in another region if the home region refuses', async () => {
    const source = await sourceThat(({ headers }) =>
      String(headers.authorization).includes('/us-east-1/')
        ? regions(['us-east-1'])
        : ec2Error(403, 'UnauthorizedOperation', 'guardrail'),
    );
    expect(await source.regions()).toEqual(['us-east-1']);
  });

  test('are only the home region if no answer is given, with the reason', async () => {
    const source = await sourceThat(() => ec2Error(403, 'UnauthorizedOperation', 'no'));
    expect(await source.regions()).toEqual(['eu-west-1']);
    expect(source.regionsGap?.()).toEqual({
      status: 'denied',
      detail: 'allow `ec2:DescribeRegions` for the collecting role: UnauthorizedOperation: no',
    });
  });

  test.each([
    ['cn-northwest-1', 'cn-north-1'],
    ['us-gov-east-1', 'us-gov-west-1'],
    ['us-isob-east-9', 'us-isob-east-1'],
    ['ap-south-2', 'us-east-1'],
  ])('of %s are requested in a region of its own partition: %s', async (region, fallback) => {
    aws = await fakeAws(() => ec2Error(403, 'UnauthorizedOperation', 'no'));
    await awsSource({ region }).regions();
    const asked = aws.asked.map(
      ({ headers }) => /\/\d+\/([^/]+)\/ec2\//.exec(headers.authorization ?? '')?.[1],
    );
    expect(asked).toEqual([region, fallback]);
  });

  test('are the named ones that are enabled, and the others are reported', async () => {
    aws = await fakeAws(() => regions(['us-east-1', 'eu-west-1', 'eu-west-2']));
    const named = ['us-east-1', 'me-south-1', 'eu-west-2'];
    const source = awsSource({ region: 'eu-west-1', regions: named });
    expect(await source.regions()).toEqual(['eu-west-2', 'us-east-1']);
    expect(source.regionsGap?.()).toBeNull();
    expect(source.notAsked?.()).toEqual([
      {
        region: 'eu-west-1',
        detail: 'not requested: it is not among the regions of this scan',
      },
      { region: 'me-south-1', detail: 'not asked: it was named, but the account has it switched off' },
    ]);
  });

  test('are the named ones if the list is refused, and that is reported', async () => {
    aws = await fakeAws(() => ec2Error(403, 'UnauthorizedOperation', 'no'));
    const source = awsSource({ region: 'eu-west-1', regions: ['us-west-2', 'us-east-2'] });
    expect(await source.regions()).toEqual(['us-east-2', 'us-west-2']);
    expect(source.regionsGap?.()).toBeNull();
    const [one, ...others] = source.notAsked?.() ?? [];
    expect(others).toEqual([]);
    expect(one?.region).toBeNull();
    expect(one?.detail).toMatch(/^only the regions that were named: .*allow `ec2:DescribeRegions`/);
  });

  test('are all included without names', async () => {
    const source = await sourceThat(() => regions(['us-east-1']));
    await source.regions();
    expect(source.notAsked?.()).toEqual([]);
  });
});
