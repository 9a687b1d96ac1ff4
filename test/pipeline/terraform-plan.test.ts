import { expect, test } from 'vitest';
import { readChanges } from '../../lib/what-if/planned/read-changes.ts';
import { account } from '../fixtures/account.ts';
import { intoAccount } from '../fixtures/into-account.ts';
import { type TerraformChange as Change, terraformPlan as plan } from '../fixtures/terraform.ts';

const read = (value: unknown) => readChanges(value, intoAccount(account({})));

const OPEN = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
const POLICY = JSON.stringify(OPEN);

test.each<[string, Change, object[]]>([
  [
    'aws_iam_role_policy.run',
    { after: { role: 'Deploy', name: 'Run', policy: POLICY } },
    [{ type: 'put-inline-policy', principal: 'role/Deploy', policy: 'Run', document: OPEN }],
  ],
  [
    'aws_iam_user_policy.run',
    { before: { user: 'mia', name: 'Run', policy: POLICY } },
    [{ type: 'delete-inline-policy', principal: 'user/mia', policy: 'Run' }],
  ],
  [
    'aws_iam_group_policy.later',
    { after: { group: 'ops', name: 'Run' }, unknown: { policy: true } },
    [{ type: 'put-inline-policy', principal: 'group/ops', policy: 'Run', document: null }],
  ],
  [
    'aws_iam_policy.run',
    { before: { arn: 'arn:aws:iam::111122223333:policy/Run' }, after: { name: 'Run', policy: POLICY } },
    [{ type: 'put-policy', policy: 'arn:aws:iam::111122223333:policy/Run', document: OPEN }],
  ],
  [
    'module.x.aws_iam_role_policy_attachment.run',
    { after: { role: 'Deploy', policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess' } },
    [
      {
        type: 'attach-policy',
        principal: 'role/Deploy',
        policy: 'arn:aws:iam::aws:policy/AdministratorAccess',
      },
    ],
  ],
  [
    'aws_iam_role.deploy',
    {
      before: { name: 'Deploy', assume_role_policy: POLICY, tags: { a: '1', b: '2' } },
      after: { name: 'Deploy', assume_role_policy: POLICY, tags: { a: '2' }, permissions_boundary: 'arn:b' },
    },
    [
      { type: 'put-trust', role: 'role/Deploy', document: OPEN },
      { type: 'untag', resource: 'role/Deploy', keys: ['b'] },
      { type: 'tag', resource: 'role/Deploy', tags: { a: '2' } },
      { type: 'put-boundary', principal: 'role/Deploy', policy: 'arn:b' },
    ],
  ],
  [
    'aws_iam_role.new',
    {
      after: {
        name: 'New',
        path: '/teams/',
        assume_role_policy: POLICY,
        inline_policy: [{ name: 'Run', policy: POLICY }, { name: 'Later' }],
      },
    },
    [
      { type: 'create-role', name: 'New', path: '/teams/', trust: OPEN, tags: {} },
      { type: 'put-inline-policy', principal: 'role/New', policy: 'Run', document: OPEN },
      { type: 'put-inline-policy', principal: 'role/New', policy: 'Later', document: null },
    ],
  ],
  ['aws_iam_group.ops', { after: { name: 'ops' } }, [{ type: 'create-group', name: 'ops', path: '/' }]],
  [
    'aws_iam_instance_profile.web',
    { after: { name: 'web', role: 'Deploy' } },
    [{ type: 'put-instance-profile', instanceProfile: 'web', role: 'role/Deploy' }],
  ],
  [
    'aws_iam_user_group_membership.mia',
    { before: { user: 'mia', groups: ['ops', 'dev'] }, after: { user: 'mia', groups: ['dev', 'admins'] } },
    [
      { type: 'remove-from-group', user: 'user/mia', group: 'ops' },
      { type: 'add-to-group', user: 'user/mia', group: 'admins' },
    ],
  ],
  [
    'aws_instance.web',
    {
      before: { id: 'i-1', tags_all: { env: 'test' }, vpc_security_group_ids: ['sg-1'] },
      after: { id: 'i-1', tags_all: { env: 'prod' }, vpc_security_group_ids: ['sg-2'] },
    },
    [
      { type: 'tag', resource: 'i-1', tags: { env: 'prod' } },
      { type: 'change-instance', instance: 'i-1', securityGroups: ['sg-2'] },
    ],
  ],
  [
    'aws_vpc_security_group_ingress_rule.ssh',
    {
      after: {
        security_group_id: 'sg-1',
        ip_protocol: 'tcp',
        from_port: 22,
        to_port: 22,
        cidr_ipv4: '0.0.0.0/0',
      },
    },
    [
      {
        type: 'add-security-group-rule',
        group: 'sg-1',
        rule: {
          protocol: 'tcp',
          fromPort: 22,
          toPort: 22,
          cidrs: ['0.0.0.0/0'],
          groups: [],
          prefixLists: [],
        },
      },
    ],
  ],
])('%s', (address, change, changes) => {
  expect(read(plan([address, change]))).toEqual({ changes, notJudged: [] });
});

test('created principals come before what is given to them, whatever their names are', () => {
  const role = { name: 'New', assume_role_policy: POLICY };
  const plans = read(
    plan(
      [
        'aws_iam_role_policy_attachment.a',
        { after: { role: 'New', policy_arn: 'arn:aws:iam::aws:policy/X' } },
      ],
      ['module.z.aws_iam_role.new', { after: role }],
    ),
  );
  expect('changes' in plans && plans.changes.map(({ type }) => type)).toEqual([
    'create-role',
    'attach-policy',
  ]);
});

test('a policy of the same plan is attached, with unknown content', () => {
  const plans = read(
    plan(['aws_iam_role_policy_attachment.a', { after: { role: 'Deploy' }, unknown: { policy_arn: true } }]),
  );
  expect(plans).toMatchObject({
    changes: [{ type: 'attach-policy', policy: expect.stringContaining('known-after-apply') }],
  });
});

test.each([
  ['aws_instance.new', { after: { tags: {} } }, 'a new instance has no id before apply'],
  [
    'aws_iam_role_policy.a',
    { after: { name: 'x' }, unknown: { role: true } },
    '`role` is known only after apply',
  ],
  [
    'aws_iam_user_policy.a',
    { after: { user: 'm', name: 'x', policy: 'no' } },
    '`policy` is not a policy document',
  ],
  [
    'aws_iam_role_policy.b',
    { after: { role: 'r', name: 'x', policy: `{"Statement":[],${POLICY.slice(1)}` } },
    '`policy` has `$.Statement` twice',
  ],
  ['aws_iam_group.a', { before: { name: 'ops' } }, 'what goes with a group is not judged'],
  [
    'aws_iam_role.a',
    { after: { name: 'r', assume_role_policy: POLICY, inline_policy: [1] } },
    'its `inline_policy` is not as Terraform prints it',
  ],
  [
    'aws_security_group.a',
    { before: { id: 'sg-1', ingress: [null] }, after: { id: 'sg-1', ingress: [] } },
    'its `ingress` is not as Terraform prints it',
  ],
  ['aws_ecs_service.a', { after: {} }, 'Latchkey does not read `aws_ecs_service`'],
  ['aws_launch_template.a', { after: {} }, 'Latchkey does not read `aws_launch_template`'],
  ...[
    ...['aws_ssoadmin_permission_set_inline_policy', 'aws_default_security_group', 'aws_volume_attachment'],
    ...['awscc_iam_role_policy', 'awscc_sso_assignment', 'aws_cloudcontrolapi_resource'],
    'aws_vpc_security_group_rules_exclusive',
  ].map((type): [string, Change, string] => [
    `${type}.a`,
    { after: {} },
    `Latchkey does not read \`${type}\``,
  ]),
  [
    'aws_security_group.a',
    { before: { id: 'sg-1', ingress: [] }, after: { id: 'sg-1' }, unknown: { ingress: true } },
    '`ingress` is known only after apply',
  ],
  [
    'aws_iam_policy_attachment.a',
    { after: { policy_arn: 'arn:aws:iam::aws:policy/X' }, unknown: { users: true } },
    '`users` is known only after apply',
  ],
  [
    'aws_iam_group_membership.a',
    { after: { group: 'ops' }, unknown: { users: [false, true] } },
    '`users` is known only after apply',
  ],
])('%s is listed as not judged', (address, change, why) => {
  expect(read(plan([address, change]))).toEqual({
    changes: [],
    notJudged: [expect.stringContaining(why)],
  });
});

const SSH = { from_port: 22, to_port: 22, protocol: 'tcp', ipv6_cidr_blocks: [], prefix_list_ids: [] };
const RULE = { protocol: 'tcp', fromPort: 22, toPort: 22, cidrs: [], groups: [], prefixLists: [] };

test.each<[string, string, Change, object[]]>([
  [
    'an inline policy gets its name when it is made',
    'module.a["x"].aws_iam_role_policy.run',
    { after: { role: 'Deploy', policy: POLICY }, unknown: { name: true } },
    [
      {
        ...{ type: 'put-inline-policy', principal: 'role/Deploy' },
        policy: 'known-after-apply/module.a["x"].aws_iam_role_policy.run',
        document: OPEN,
      },
    ],
  ],
  [
    'an inline policy that moves is gone where it was',
    'aws_iam_user_policy.run',
    {
      before: { user: 'mia', name: 'Run', policy: POLICY },
      after: { user: 'noa', name: 'Run', policy: POLICY },
    },
    [
      { type: 'delete-inline-policy', principal: 'user/mia', policy: 'Run' },
      { type: 'put-inline-policy', principal: 'user/noa', policy: 'Run', document: OPEN },
    ],
  ],
  [
    'a role under another name is another one',
    'aws_iam_role.a',
    { before: { name: 'Old' }, after: { name: 'New', assume_role_policy: POLICY } },
    [
      { type: 'create-role', name: 'New', path: '/', trust: OPEN, tags: {} },
      { type: 'delete-principal', principal: 'role/Old' },
    ],
  ],
  [
    'the blocks of a security group are all that it lets in',
    'aws_security_group.a',
    {
      before: { id: 'sg-1', ingress: [{ ...SSH, cidr_blocks: ['0.0.0.0/0'], security_groups: [] }] },
      after: { id: 'sg-1', ingress: [{ ...SSH, cidr_blocks: ['10.0.0.0/8'], self: true }] },
    },
    [
      { type: 'remove-security-group-rule', group: 'sg-1', rule: { ...RULE, cidrs: ['0.0.0.0/0'] } },
      {
        type: 'add-security-group-rule',
        group: 'sg-1',
        rule: { ...RULE, cidrs: ['10.0.0.0/8'], groups: ['sg-1'] },
      },
    ],
  ],
  [
    'a security group that is new has no instances yet',
    'aws_security_group.a',
    { after: { ingress: [{ ...SSH, cidr_blocks: ['0.0.0.0/0'] }] } },
    [],
  ],
  [
    'everybody who has a policy',
    'aws_iam_policy_attachment.a',
    {
      before: { policy_arn: 'arn:aws:iam::aws:policy/X', users: ['mia'], roles: ['Deploy'] },
      after: { policy_arn: 'arn:aws:iam::aws:policy/X', users: ['noa'], roles: ['Deploy'], groups: ['ops'] },
    },
    [
      { type: 'detach-policy', principal: 'user/mia', policy: 'arn:aws:iam::aws:policy/X' },
      { type: 'attach-policy', principal: 'user/noa', policy: 'arn:aws:iam::aws:policy/X' },
      { type: 'attach-policy', principal: 'group/ops', policy: 'arn:aws:iam::aws:policy/X' },
    ],
  ],
  [
    'who is in a group',
    'aws_iam_group_membership.a',
    { before: { group: 'ops', users: ['mia', 'noa'] }, after: { group: 'ops', users: ['noa', 'zoe'] } },
    [
      { type: 'remove-from-group', user: 'user/mia', group: 'ops' },
      { type: 'add-to-group', user: 'user/zoe', group: 'ops' },
    ],
  ],
])('%s', (_, address, change, changes) => {
  expect(read(plan([address, change]))).toEqual({ changes, notJudged: [] });
});

test('what a plan only forgets stays unchanged', () => {
  const forgotten = plan([
    'aws_iam_user_policy.run',
    { before: { user: 'mia', name: 'Run', policy: POLICY } },
  ]);
  for (const one of forgotten.resource_changes) one.change.actions = ['forget'];
  expect(read(forgotten)).toEqual({ changes: [], notJudged: [] });
});

test.each([
  [{ errored: true, complete: false }, 'the plan ended with an error'],
  [{ complete: false }, 'the plan is not complete'],
  [{ deferred_changes: [{}, {}] }, '2 resources are deferred'],
])('%j is reported', (members, why) => {
  expect(read({ ...plan(), ...members })).toEqual({
    changes: [],
    notJudged: [expect.stringContaining(why)],
  });
  expect(read({ ...plan(), errored: false, complete: true, deferred_changes: [] })).toEqual({
    changes: [],
    notJudged: [],
  });
});

test('a resource that opens no path is left out silently', () => {
  expect(read(plan(['aws_s3_bucket.logs', { after: {} }]))).toEqual({ changes: [], notJudged: [] });
});

test('a type with the name of a member of every object is of no reader', () => {
  const types = ['__proto__', 'constructor', 'toString'].map((type): [string, Change] => [
    `${type}.a`,
    { after: { name: 'x' }, unknown: { constructor: true, toString: true } },
  ]);
  expect(read(plan(...types))).toEqual({ changes: [], notJudged: [] });
});

test('a Terraform state is not a plan without changes', () => {
  expect(read({ format_version: '1.0', values: { root_module: {} } })).toEqual({
    problem: expect.stringContaining('it is a state of Terraform, not a plan'),
  });
  expect(read({ format_version: '1.2', planned_values: { root_module: {} } })).toEqual({
    changes: [],
    notJudged: [],
  });
});
