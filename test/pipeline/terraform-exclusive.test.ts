import { describe, expect, test } from 'vitest';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { planned } from '../../lib/pipeline/planned.ts';
import { readChanges } from '../../lib/what-if/planned/read-changes.ts';
import { account, allow } from '../fixtures/account.ts';
import { intoAccount } from '../fixtures/into-account.ts';
import { type TerraformChange as Change, terraformPlan } from '../fixtures/terraform.ts';

const OPS = 'Ops';
const snapshot = account({
  policies: [{ name: OPS, document: allow('ssm:*') }],
  users: [
    { name: 'mia', policies: [{ name: 'Own', document: allow('ssm:*') }, OPS] },
    { name: 'noa', policies: [OPS] },
  ],
  groups: [{ name: 'ops', policies: [{ name: 'Own', document: allow('ssm:*') }, OPS] }],
  roles: [{ name: 'Deploy', policies: [{ name: 'Own', document: allow('ssm:*') }, OPS] }],
  instances: [{ id: 'i-1' }],
});
const opsArn = snapshot.policies.find(({ name }) => name === 'Ops')?.id ?? '';

const ask = (plan: object) => {
  const read = readChanges(plan, intoAccount(snapshot));
  if ('problem' in read) throw new Error(read.problem);
  return read;
};
const said = (...resources: [string, Change][]) => ask(terraformPlan(...resources));

/** The documentation of each resource: what the principal has and the list does not is taken away. */
describe.each(['user', 'role', 'group'] as const)('of a %s', (kind) => {
  const name = { user: 'mia', role: 'Deploy', group: 'ops' }[kind];
  const principal = `${kind}/${name}`;
  const owner = { [`${kind}_name`]: name };

  test('the list of inline policies takes the others away', () => {
    const type = `aws_iam_${kind}_policies_exclusive`;
    expect(said([`${type}.a`, { after: { ...owner, policy_names: [] } }])).toEqual({
      changes: [{ type: 'delete-inline-policy', principal, policy: 'Own' }],
      notJudged: [],
    });
    expect(said([`${type}.a`, { after: { ...owner, policy_names: ['Own'] } }]).changes).toEqual([]);
    // without the resource they stay
    expect(said([`${type}.a`, { before: { ...owner, policy_names: [] } }])).toEqual({
      ...{ changes: [], notJudged: [] },
    });
  });

  test('the list of managed policies attaches and detaches', () => {
    const type = `aws_iam_${kind}_policy_attachments_exclusive`;
    expect(said([`${type}.a`, { after: { ...owner, policy_arns: ['arn:aws:iam::aws:policy/X'] } }])).toEqual({
      changes: [
        { type: 'detach-policy', principal, policy: opsArn },
        { type: 'attach-policy', principal, policy: 'arn:aws:iam::aws:policy/X' },
      ],
      notJudged: [],
    });
    expect(said([`${type}.a`, { after: owner, unknown: { policy_arns: true } }])).toEqual({
      changes: [],
      notJudged: [`\`${type}.a\`: \`policy_arns\` is known only after apply`],
    });
  });

  test('what two resources take away goes once, and nobody has it afterwards', () => {
    const { changes } = said(
      [`aws_iam_${kind}_policies_exclusive.a`, { after: { ...owner, policy_names: [] } }],
      [`aws_iam_${kind}_policy.own`, { before: { [kind]: name, name: 'Own', policy: '{}' } }],
    );
    expect(changes).toHaveLength(1);
    const answer = planned({ snapshot, matrix: buildMatrix(snapshot) }, changes);
    const after = answer.snapshot[`${kind}s`].find((one) => one.name === name);
    expect(after?.policies).toEqual([opsArn]);
  });
});

test('a new exclusive attachment names those who lose the policy with the next plan', () => {
  const attachment = { policy_arn: opsArn, users: ['mia'], roles: ['Deploy'] };
  expect(said(['aws_iam_policy_attachment.a', { after: attachment }]).notJudged).toEqual([
    expect.stringMatching(/`user\/noa`, `group\/ops` have the policy as well, and the next plan will detach/),
  ]);
  const before = { ...attachment, users: ['mia', 'noa'], groups: ['ops'] };
  expect(said(['aws_iam_policy_attachment.a', { before, after: attachment }])).toMatchObject({
    changes: [
      { type: 'detach-policy', principal: 'user/noa' },
      { type: 'detach-policy', principal: 'group/ops' },
    ],
    notJudged: [],
  });
});

const trust = { name: 'Deploy', assume_role_policy: '{"Statement":[]}' };
const X = 'arn:aws:iam::aws:policy/X';
const policy = '{"Statement":[]}';
const inside = (name: string) => ({ name, policy });

describe('the lists inside a role are all of its policies', () => {
  const changesOf = (before: object, after: object, unknown: object = {}) =>
    said(['aws_iam_role.a', { before: { ...trust, ...before }, after: { ...trust, ...after }, unknown }])
      .changes.slice(1)
      .map((one) => [one.type, 'policy' in one ? one.policy : null]);

  test.each<[string, object, object, object, unknown[]]>([
    [
      'managed policies',
      { managed_policy_arns: [opsArn] },
      { managed_policy_arns: [X] },
      {},
      [
        ['detach-policy', opsArn],
        ['attach-policy', X],
      ],
    ],
    [
      'no managed policy',
      { managed_policy_arns: [opsArn] },
      { managed_policy_arns: [] },
      {},
      [['detach-policy', opsArn]],
    ],
    ['a list that is left out', { managed_policy_arns: [opsArn] }, {}, {}, []],
    [
      'a policy that is not known yet',
      { managed_policy_arns: [opsArn] },
      { managed_policy_arns: [opsArn] },
      { managed_policy_arns: [false, true] },
      [['attach-policy', expect.stringContaining('known-after-apply')]],
    ],
    [
      'inline policies',
      { inline_policy: [inside('Own'), inside('B')] },
      { inline_policy: [inside('B')] },
      {},
      [
        ['delete-inline-policy', 'Own'],
        ['put-inline-policy', 'B'],
      ],
    ],
    [
      'an empty block: no inline policy',
      { inline_policy: [inside('Own')] },
      { inline_policy: [{ name: null, policy: null }] },
      {},
      [['delete-inline-policy', 'Own']],
    ],
    [
      'an inline policy whose name is not known',
      {},
      { inline_policy: [{ policy }] },
      { inline_policy: [{ name: true }] },
      [['put-inline-policy', 'known-after-apply/aws_iam_role.a/0']],
    ],
    ['blocks that are left out', { inline_policy: [inside('Own')] }, {}, {}, []],
  ])('%s', (_, before, after, unknown, expected) => {
    expect(changesOf(before, after, unknown)).toEqual(expected);
  });

  test.each([[true], [false]])('a new list that is not known: set in the configuration: %s', (isSet) => {
    const plan = {
      ...terraformPlan([
        'aws_iam_role.a',
        { after: { ...trust, name: 'New' }, unknown: { managed_policy_arns: true } },
      ]),
      configuration: {
        root_module: {
          resources: [{ address: 'aws_iam_role.a', expressions: isSet ? { managed_policy_arns: {} } : {} }],
        },
      },
    };
    expect(ask(plan).changes.map(({ type }) => type)).toEqual(
      isSet ? ['create-role', 'attach-policy'] : ['create-role'],
    );
  });
});

test('a boundary that is not known yet leaves nothing of its role known', () => {
  const { changes } = said([
    'aws_iam_role.a',
    { before: trust, after: trust, unknown: { permissions_boundary: true } },
  ]);
  const { drift } = planned({ snapshot, matrix: buildMatrix(snapshot) }, changes);
  const paths = drift.flatMap(({ groups }) => groups.filter((one) => one.paths.includes('run-command')));
  expect(paths.map(({ after }) => after.verdict)).toEqual(['unknown']);
});

test.each<[string, string, Change, object[]]>([
  [
    'an instance profile that goes leaves its instances without a role',
    'aws_iam_instance_profile.a',
    { before: { name: 'web', role: 'Deploy' } },
    [{ type: 'put-instance-profile', instanceProfile: 'web', role: null }],
  ],
  [
    'a profile under another name is another one',
    'aws_iam_instance_profile.a',
    {
      before: { name: 'web', arn: 'arn:aws:iam::111122223333:instance-profile/web', role: 'Deploy' },
      after: { name: 'new', role: 'Deploy' },
    },
    [
      {
        type: 'put-instance-profile',
        instanceProfile: 'arn:aws:iam::111122223333:instance-profile/web',
        role: null,
      },
      { type: 'put-instance-profile', instanceProfile: 'new', role: 'role/Deploy' },
    ],
  ],
  [
    'a policy under another name is another one',
    'aws_iam_policy.a',
    { before: { name: 'Ops', arn: opsArn, policy }, after: { name: 'Ops2', policy } },
    [{ type: 'put-policy', policy: 'Ops2', document: { Statement: [] } }],
  ],
])('%s', (_, address, change, changes) => {
  expect(said([address, change])).toEqual({ changes, notJudged: [] });
});

test.each<[string, Change, string]>([
  [
    'aws_iam_group.a',
    { before: { name: 'ops' }, after: { name: 'dev' } },
    'a group under another name is not judged',
  ],
])('%s is named', (address, change, why) => {
  expect(said([address, change])).toEqual({ changes: [], notJudged: [`\`${address}\`: ${why}`] });
});

test('tags that are not known are neither set nor removed', () => {
  const change = {
    before: { ...trust, tags: { team: 'a' }, tags_all: { team: 'a', env: 'prod' } },
    after: { ...trust, tags: {} },
    unknown: { tags: { team: true }, tags_all: true },
  };
  const { changes, notJudged } = said(['aws_iam_role.a', change]);
  expect(changes.map(({ type }) => type)).toEqual(['put-trust']);
  expect(notJudged).toEqual(['`aws_iam_role.a`: `tags` are not all known before apply']);
});

test('a resource that moved is the one that it was, and one that only moves does not change', () => {
  const plan = terraformPlan([
    'module.new.aws_iam_role_policy.own["a"]',
    { before: { role: 'Deploy', name: 'Own', policy }, after: { role: 'Deploy', name: 'Own', policy } },
  ]);
  const moved = plan.resource_changes.map((one) => ({ ...one, previous_address: 'aws_iam_role_policy.own' }));
  expect(ask({ ...plan, resource_changes: moved }).changes).toEqual([
    { type: 'put-inline-policy', principal: 'role/Deploy', policy: 'Own', document: { Statement: [] } },
  ]);
  const only = moved.map((one) => ({ ...one, change: { ...one.change, actions: ['no-op'] } }));
  expect(ask({ ...plan, resource_changes: only })).toEqual({ changes: [], notJudged: [] });
});

describe('a rule of a security group', () => {
  const SSH = { protocol: 'tcp', fromPort: 22, toPort: 22, cidrs: [], groups: [], prefixLists: [] };
  const side = { security_group_id: 'sg-1', from_port: 22, to_port: 22 };

  test.each<[string, object, object]>([
    ['aws_security_group_rule', { type: 'ingress', protocol: 'TCP', self: true }, { groups: ['sg-1'] }],
    [
      'aws_security_group_rule',
      { type: 'ingress', protocol: '6', cidr_blocks: ['::/0'] },
      { cidrs: ['::/0'] },
    ],
    [
      'aws_security_group_rule',
      { type: 'ingress', protocol: 'all', source_security_group_id: 'sg-2' },
      { protocol: '-1', fromPort: null, toPort: null, groups: ['sg-2'] },
    ],
    [
      'aws_vpc_security_group_ingress_rule',
      { ip_protocol: 'tcp', referenced_security_group_id: '444455556666/sg-3' },
      { groups: ['sg-3'] },
    ],
    [
      'aws_vpc_security_group_ingress_rule',
      { ip_protocol: 'tcp', prefix_list_id: 'pl-1' },
      { prefixLists: ['pl-1'] },
    ],
  ])('%s %j', (type, values, rule) => {
    expect(said([`${type}.a`, { after: { ...side, ...values } }]).changes).toEqual([
      { type: 'add-security-group-rule', group: 'sg-1', rule: { ...SSH, ...rule } },
    ]);
    const same = { ...side, ...values };
    expect(said([`${type}.a`, { before: same, after: { ...same, description: 'x' } }]).changes).toEqual([]);
  });

  test.each(['cidr_ipv4', 'referenced_security_group_id', 'from_port', 'security_group_id'])(
    'with an unknown `%s` is named, never a rule that lets in nobody',
    (field) => {
      const after = { ...side, ip_protocol: 'tcp', [field]: undefined };
      expect(said(['aws_vpc_security_group_ingress_rule.a', { after, unknown: { [field]: true } }])).toEqual({
        changes: [],
        notJudged: [`\`aws_vpc_security_group_ingress_rule.a\`: \`${field}\` is known only after apply`],
      });
    },
  );
});
