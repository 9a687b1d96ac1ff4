import { expect, test } from 'vitest';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { pack } from '../../lib/pipeline/pack.ts';
import { renderPage } from '../../lib/render/html/page.ts';
import { Engine } from '../../page/engine/engine.ts';
import { account, allow, deny } from '../fixtures/account.ts';
import { headOf, packedOf } from '../render/page-parts.ts';
import { quietReport } from '../render/reports.ts';

const SEND = 'ssm:SendCommand';
const HERE = 'us-east-1';
const onlyIn = (region: string, operator = 'StringNotEquals') => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Deny',
      NotAction: 'iam:*',
      Resource: '*',
      Condition: { [operator]: { 'aws:RequestedRegion': [region] } },
    },
  ],
});

type Input = NonNullable<Parameters<typeof account>[0]>;

const someone = (more: Partial<NonNullable<Input['users']>[number]>): Input => ({
  users: [{ name: 'someone', ...more }],
});

/** Why `someone` may not run commands on the one instance. */
async function reasonOf(input: Input, path = 'run-command') {
  const snapshot = account({ instances: [{ id: 'i-1', region: HERE }], ...input });
  const matrix = buildMatrix(snapshot);
  const page = renderPage({ ...quietReport(), accountId: snapshot.accountId, snapshot, matrix }, pack);
  const engine = new Engine(JSON.parse(headOf(page)), packedOf(page));
  const principal = matrix.principals.findIndex(({ arn }) => arn.endsWith('/someone'));
  const number = matrix.paths.indexOf(path as (typeof matrix.paths)[number]);
  const [reason] = await engine.reasons(principal, 0, [number]);
  return { reason, why: await engine.whyNot(principal, 0, number) };
}

test.each<readonly [name: string, input: Input, reason: object]>([
  ['no policies', someone({}), { is: 'silent', action: SEND, policies: 0 }],
  [
    'policies of other things',
    someone({ policies: [allow('s3:*')] }),
    { is: 'silent', action: SEND, policies: 1 },
  ],
  [
    'an Allow elsewhere',
    someone({ policies: [allow('ssm:*', 'arn:aws:ssm:*:*:parameter/x')] }),
    { is: 'limited', isDenied: false },
  ],
  [
    'a boundary that is silent',
    someone({ policies: [allow('ssm:*')], boundary: allow('s3:*') }),
    { is: 'bounded', action: SEND, limit: 'permissions boundary' },
  ],
  [
    'a level of the organisation that is silent',
    {
      ...someone({ policies: [allow('ssm:*')] }),
      organization: [
        { name: 'Root', scps: [allow('*')] },
        { name: 'Team', scps: [allow('s3:*')] },
      ],
    },
    { is: 'bounded', action: SEND, limit: 'Team' },
  ],
  [
    'a Deny outside of other regions',
    {
      ...someone({ policies: [allow('ssm:*')] }),
      organization: [{ name: 'Root', scps: [allow('*'), onlyIn('eu-west-1')] }],
    },
    { is: 'limited', isDenied: true },
  ],
])('%s', async (_, input, reason) => {
  expect((await reasonOf(input)).reason).toMatchObject(reason);
});

// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html
test('a Deny that spares the region of the instance is no reason; one that is written otherwise may be', async () => {
  const holds = someone({ policies: [allow('autoscaling:*', '*'), allow('ec2:*', '*')] });
  const within = (operator?: string): Input => ({
    ...holds,
    organization: [{ name: 'Root', scps: [allow('*'), onlyIn(HERE, operator)] }],
  });
  // there is no auto scaling group
  const spared = await reasonOf(within(), 'launch-template');
  expect(spared.reason).toMatchObject({ is: 'nothing there' });
  expect(spared.why.isNobodys).toBe(true);
  expect(spared.why.alternatives.flat().flatMap(({ denies }) => denies)).toEqual([]);
  const other = await reasonOf(within('StringNotLike'), 'launch-template');
  expect(other.reason).toMatchObject({ is: 'limited', isDenied: true });
});

test('guardrails do not bind the management account', async () => {
  const input = {
    ...someone({ policies: [allow('autoscaling:*', '*'), allow('ec2:*', '*')] }),
    accountId: '111122223333',
    managementAccountId: '111122223333',
    organization: [{ name: 'Root', scps: [deny('*')] }],
  };
  expect((await reasonOf(input, 'launch-template')).reason).toMatchObject({ is: 'nothing there' });
});

test('a path of another system says so, whatever the policies say', async () => {
  const input = someone({ policies: [allow('*')] });
  expect((await reasonOf(input, 'password-data')).reason).toEqual({ is: 'other', only: 'windows' });
});
