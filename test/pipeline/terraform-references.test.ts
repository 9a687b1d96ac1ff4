import { describe, expect, test } from 'vitest';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { planned } from '../../lib/pipeline/planned.ts';
import { readChanges } from '../../lib/what-if/planned/read-changes.ts';
import { account } from '../fixtures/account.ts';
import { intoAccount } from '../fixtures/into-account.ts';
import { type TerraformChange, terraformPlan } from '../fixtures/terraform.ts';

const snapshot = account({ roles: [{ name: 'Deploy' }], instances: [{ id: 'i-1' }] });
const audit = { snapshot, matrix: buildMatrix(snapshot) };
const SHELL = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'ssm:SendCommand', Resource: '*' }],
});
const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
});

type Planned = readonly [address: string, change: TerraformChange];

const POLICY = { after: { name: 'Run', path: '/teams/', policy: SHELL }, unknown: { arn: true, id: true } };
const ATTACHED = { after: { role: 'Deploy' }, unknown: { policy_arn: true, id: true } };
const ARN = 'arn:aws:iam::111122223333:policy/teams/Run';

const naming = (...references: readonly string[]) => ({ references });
const resource = (address: string, expressions: object = {}) => ({
  ...{ address, provider_config_key: 'aws', expressions },
});
const read = (configuration: object, resources: readonly Planned[]) => {
  const plan = terraformPlan(
    ...resources.map(([address, change]): [string, TerraformChange] => [address, change]),
  );
  const into = intoAccount(snapshot);
  const found = readChanges({ ...plan, configuration }, into);
  if ('problem' in found) throw new Error(found.problem);
  return { ...found, resourceOf: into.resourceOf };
};
const answer = (configuration: object, resources: readonly Planned[]) => {
  const { changes, notJudged, resourceOf } = read(configuration, resources);
  const { drift, ...rest } = planned(audit, changes, resourceOf);
  const opened = drift.flatMap(({ groups }) =>
    groups.flatMap(({ principals, paths, after }) =>
      paths.includes('run-command')
        ? principals.map((arn) => `${arn.split(':').pop()} ${after.verdict}`)
        : [],
    ),
  );
  return { opened, notJudged: [...notJudged, ...rest.notJudged] };
};
const attachedTo = (configuration: object, resources: readonly Planned[]): readonly string[] =>
  read(configuration, resources).changes.flatMap((one) => (one.type === 'attach-policy' ? one.policy : []));

const inRoot = (expression: object, ...others: readonly object[]) => ({
  root_module: {
    resources: [
      resource('aws_iam_policy.run'),
      resource('aws_iam_role_policy_attachment.run', { policy_arn: expression }),
      ...others,
    ],
  },
});
const ONE: readonly Planned[] = [
  ['aws_iam_policy.run', POLICY],
  ['aws_iam_role_policy_attachment.run', ATTACHED],
];

describe('a policy that is made and attached by one plan', () => {
  test('is judged with its content, under the ARN that it will have', () => {
    const configuration = inRoot(naming('aws_iam_policy.run.arn', 'aws_iam_policy.run'));
    expect(attachedTo(configuration, ONE)).toEqual([ARN]);
    expect(answer(configuration, ONE)).toEqual({ opened: ['role/Deploy allowed'], notJudged: [] });
  });

  test.each<[string, object]>([
    ['without a configuration', {}],
    ['if the expression names something else, too', inRoot(naming('aws_iam_policy.run.arn', 'var.policy'))],
    ['if it names another resource', inRoot(naming('aws_iam_policy.other.arn', 'aws_iam_policy.other'))],
    ['if it names the whole resource', inRoot(naming('aws_iam_policy.run'))],
    ['if it names a local value', inRoot(naming('local.policy'))],
  ])('has unknown content %s', (_, configuration) => {
    expect(attachedTo(configuration, ONE)).toEqual([expect.stringContaining('known-after-apply')]);
    expect(answer(configuration, ONE).opened).toEqual(['role/Deploy unknown']);
  });

  test('is found by the key of the resource itself', () => {
    const keyed: readonly Planned[] = [
      ['aws_iam_policy.run["a.b"]', POLICY],
      ['aws_iam_policy.run["c"]', { ...POLICY, after: { ...POLICY.after, name: 'Other' } }],
      ['aws_iam_role_policy_attachment.run["a.b"]', ATTACHED],
    ];
    expect(attachedTo(inRoot(naming('aws_iam_policy.run', 'each.key')), keyed)).toEqual([ARN]);
    const fixed = naming('aws_iam_policy.run["a.b"].arn', 'aws_iam_policy.run["a.b"]', 'aws_iam_policy.run');
    expect(attachedTo(inRoot(fixed), keyed)).toEqual([ARN]);
  });

  const modules = (given: object, output: object) => ({
    root_module: {
      module_calls: {
        policies: {
          module: {
            outputs: { arn: { expression: output } },
            resources: [resource('aws_iam_policy.run')],
          },
        },
        roles: {
          expressions: { policy: given },
          module: {
            resources: [resource('aws_iam_role_policy_attachment.run', { policy_arn: naming('var.policy') })],
          },
        },
      },
    },
  });
  const IN_MODULES: readonly Planned[] = [
    ['module.policies.aws_iam_policy.run', POLICY],
    ['module.roles["x"].aws_iam_role_policy_attachment.run', ATTACHED],
  ];

  test('is followed through the output of one module and the variable of another', () => {
    const own = naming('aws_iam_policy.run.arn', 'aws_iam_policy.run');
    expect(attachedTo(modules(naming('module.policies.arn', 'module.policies'), own), IN_MODULES)).toEqual([
      ARN,
    ]);
  });

  test('is unknown if the modules lead in a circle', () => {
    const circle = {
      root_module: {
        module_calls: {
          roles: {
            expressions: { policy: naming('module.roles.arn', 'module.roles') },
            module: {
              outputs: { arn: { expression: naming('var.policy') } },
              resources: [
                resource('aws_iam_role_policy_attachment.run', { policy_arn: naming('var.policy') }),
              ],
            },
          },
        },
      },
    };
    const inside: readonly Planned[] = [['module.roles.aws_iam_role_policy_attachment.run', ATTACHED]];
    expect(attachedTo(circle, inside)).toEqual([expect.stringContaining('known-after-apply')]);
  });

  test('is unknown if it is of another account', () => {
    const configuration = {
      ...inRoot(naming('aws_iam_policy.run.arn', 'aws_iam_policy.run')),
      provider_config: {
        aws: { expressions: { allowed_account_ids: { constant_value: ['444455556666'] } } },
      },
    };
    expect(attachedTo(configuration, ONE)).toEqual([]);
  });
});

describe('a name that the provider chooses', () => {
  const made: readonly Planned[] = [
    [
      'aws_iam_role.web',
      {
        after: { name_prefix: 'web-', assume_role_policy: TRUST },
        unknown: { name: true, arn: true, id: true },
      },
    ],
    ['aws_iam_role_policy.run', { after: { name: 'Run', policy: SHELL }, unknown: { role: true, id: true } }],
    [
      'aws_iam_instance_profile.web',
      { after: { name: 'web' }, unknown: { role: true, arn: true, id: true } },
    ],
  ];
  const NAME = 'web-known-after-apply-1';

  test.each(['name', 'id'])('is made up, also where others name it by `%s`', (member) => {
    const role = naming(`aws_iam_role.web.${member}`, 'aws_iam_role.web');
    const configuration = {
      root_module: {
        resources: [
          resource('aws_iam_role.web'),
          resource('aws_iam_role_policy.run', { role }),
          resource('aws_iam_instance_profile.web', { role }),
        ],
      },
    };
    expect(read(configuration, made).changes).toMatchObject([
      { type: 'create-role', name: NAME },
      { type: 'put-instance-profile', role: `role/${NAME}` },
      { type: 'put-inline-policy', principal: `role/${NAME}`, policy: 'Run' },
    ]);
    const { opened, notJudged } = answer(configuration, made);
    expect(opened).toContain(`role/${NAME} allowed`);
    expect(notJudged).toEqual([
      `\`aws_iam_role.web\`: its name is known only after apply: it is judged as \`${NAME}\``,
    ]);
  });

  test('replaces the role with the old prefix', () => {
    const was = { name: 'Deploy', name_prefix: 'Dep', assume_role_policy: TRUST };
    const change = {
      before: was,
      after: { name_prefix: 'X', assume_role_policy: TRUST },
      unknown: { name: true },
    };
    expect(read({}, [['aws_iam_role.d', change]]).changes).toMatchObject([
      { type: 'create-role', name: 'Xknown-after-apply-1' },
      { type: 'delete-principal', principal: 'role/Deploy' },
    ]);
  });
});

test('what the account lacks is named for each resource, and the rest is judged', () => {
  const run = (role: string): TerraformChange => ({ after: { role, name: 'Run', policy: SHELL } });
  const side = { group: 'sg', id: 'i-0', tags: { a: '1' } };
  const { opened, notJudged } = answer({}, [
    ['aws_iam_role_policy.gone', run('Deplyo')],
    ['aws_iam_role_policy.run', run('Deploy')],
    ['aws_instance.later', { before: side, after: { ...side, tags: {} } }],
    [
      'aws_iam_role_policy_attachment.off',
      { before: { role: 'Deploy', policy_arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' } },
    ],
  ]);
  expect(opened).toEqual(['role/Deploy allowed']);
  expect(notJudged).toEqual([
    '`aws_iam_role_policy.gone`: this audit has no user, role or group `role/Deplyo` (did you mean `role/Deploy`?)',
    expect.stringContaining('`aws_instance.later`: this audit has no instance `i-0`'),
    expect.stringContaining('`aws_iam_role_policy_attachment.off`: `role/Deploy` does not have'),
  ]);
});
