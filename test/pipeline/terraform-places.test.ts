import { describe, expect, test } from 'vitest';
import { readChanges } from '../../lib/what-if/planned/read-changes.ts';
import { account } from '../fixtures/account.ts';
import { intoAccount } from '../fixtures/into-account.ts';
import { type TerraformChange, terraformPlan } from '../fixtures/terraform.ts';

const OURS = '111122223333';
const THEIRS = '444455556666';
const snapshot = account({ roles: [{ name: 'Deploy' }], instances: [{ id: 'i-1', region: 'us-east-1' }] });

const RUN = { after: { role: 'Deploy', name: 'Run', policy: '{"Statement":[]}' } };
const role = (name: string, accountId: string): TerraformChange => {
  const side = {
    name,
    arn: `arn:aws:iam::${accountId}:role/${name}`,
    assume_role_policy: '{"Statement":[]}',
  };
  return { before: side, after: side };
};
const gone = { before: { role: 'Deploy', name: 'Run', policy: '{"Statement":[]}' } };

type Providers = Readonly<Record<string, object>>;
const signsIn = (accountId: string) => ({
  assume_role: [{ role_arn: { constant_value: `arn:aws:iam::${accountId}:role/Terraform` } }],
});
const fromVariable = { assume_role: [{ role_arn: { references: ['var.role'] } }] };

/** The configuration in a plan: the providers, and which resource has which. */
const configured = (providers: Providers, uses: Readonly<Record<string, string>>) => ({
  provider_config: Object.fromEntries(
    Object.entries(providers).map(([key, expressions]) => [key, { name: 'aws', expressions }]),
  ),
  root_module: {
    resources: Object.entries(uses).map(([address, provider_config_key]) => ({
      ...{ address, provider_config_key, expressions: {} },
    })),
  },
});

const ask = (members: object, ...resources: [string, TerraformChange][]) => {
  const read = readChanges({ ...terraformPlan(...resources), ...members }, intoAccount(snapshot));
  if ('problem' in read) throw new Error(read.problem);
  return { made: read.changes.map(({ type }) => type), notJudged: read.notJudged };
};

const ELSEWHERE = `it is in account \`${THEIRS}\`, and the audit is of \`${OURS}\``;
const SEVERAL = 'its account is not known, and the plan signs in to several';

describe('a resource of another account is named, and not applied', () => {
  test.each<[string, Providers, string | null]>([
    ['one provider, however it signs in', { aws: fromVariable }, null],
    ['the role that it takes is there', { aws: signsIn(THEIRS) }, ELSEWHERE],
    ['the role that it takes is here', { aws: signsIn(OURS) }, null],
    [
      'the last of two roles counts',
      { aws: { assume_role: [...signsIn(OURS).assume_role, ...signsIn(THEIRS).assume_role] } },
      ELSEWHERE,
    ],
    [
      'the only account that it allows',
      { aws: { allowed_account_ids: { constant_value: [THEIRS] } } },
      ELSEWHERE,
    ],
  ])('%s', (_, providers, why) => {
    const configuration = configured(providers, { 'aws_iam_role_policy.run': 'aws' });
    expect(ask({ configuration }, ['aws_iam_role_policy.run', RUN])).toEqual(
      why === null
        ? { made: ['put-inline-policy'], notJudged: [] }
        : { made: [], notJudged: [expect.stringContaining(why)] },
    );
  });

  test('by its own ARN, without any configuration', () => {
    expect(ask({}, ['aws_iam_role.a', role('Deploy', THEIRS)])).toEqual({
      made: [],
      notJudged: [`\`aws_iam_role.a\`: ${ELSEWHERE}`],
    });
  });

  const TWO = { aws: {}, 'aws.other': fromVariable };
  const uses = { 'aws_iam_role_policy.a': 'aws', 'aws_iam_role_policy.b': 'aws.other' };

  test('two providers of unknown accounts are not guessed', () => {
    const configuration = configured(TWO, uses);
    expect(ask({ configuration }, ['aws_iam_role_policy.a', RUN], ['aws_iam_role_policy.b', RUN])).toEqual({
      made: [],
      notJudged: [expect.stringContaining(SEVERAL), expect.stringContaining(SEVERAL)],
    });
  });

  test('another resource of the provider tells its account, and so the other one is ours', () => {
    const configuration = configured(TWO, { ...uses, 'aws_iam_role.b': 'aws.other' });
    expect(
      ask(
        { configuration },
        ['aws_iam_role_policy.a', RUN],
        ['aws_iam_role_policy.b', RUN],
        ['aws_iam_role.b["x.y[0]"]', role('Theirs', THEIRS)],
      ),
    ).toEqual({
      made: ['put-inline-policy'],
      notJudged: [`\`aws_iam_role_policy.b\`: ${ELSEWHERE}`, `\`aws_iam_role.b["x.y[0]"]\`: ${ELSEWHERE}`],
    });
  });

  test('the caller identity in the state before tells it, also in a module', () => {
    const configuration = {
      ...configured(TWO, {}),
      root_module: {
        resources: [
          { address: 'data.aws_caller_identity.b', provider_config_key: 'aws.other' },
          { address: 'aws_iam_role_policy.a', provider_config_key: 'aws' },
        ],
        module_calls: {
          web: {
            module: { resources: [{ address: 'aws_iam_role_policy.b', provider_config_key: 'aws.other' }] },
          },
        },
      },
    };
    const identity = {
      address: 'data.aws_caller_identity.b',
      type: 'aws_caller_identity',
      values: { account_id: THEIRS },
    };
    const prior_state = { values: { root_module: { child_modules: [{ resources: [identity] }] } } };
    expect(
      ask(
        { configuration, prior_state },
        ['aws_iam_role_policy.a', RUN],
        ['module.web[0].aws_iam_role_policy.b', RUN],
      ),
    ).toEqual({
      made: ['put-inline-policy'],
      notJudged: [`\`module.web[0].aws_iam_role_policy.b\`: ${ELSEWHERE}`],
    });
  });

  test('a provider that only data sources have is no other account, and an untold one of a module is not guessed', () => {
    const data = configured(TWO, { 'aws_iam_role_policy.a': 'aws.other', 'data.aws_partition.a': 'aws' });
    const deleted: [string, TerraformChange] = ['aws_iam_role_policy.old', gone];
    expect(ask({ configuration: data }, deleted).made).toEqual(['delete-inline-policy']);
    const old = configured(TWO, { ...uses, 'aws_iam_role_policy.c': 'module.web:aws' });
    expect(ask({ configuration: old }, ['aws_iam_role_policy.c', RUN])).toEqual({
      made: [],
      notJudged: [expect.stringContaining(SEVERAL)],
    });
  });

  test('what is only deleted is not in the configuration: it is judged if all providers sign in alike', () => {
    const regions = { aws: { region: 'a', ...fromVariable }, 'aws.west': { region: 'b', ...fromVariable } };
    const used = { 'aws_iam_role_policy.a': 'aws', 'aws_iam_role_policy.b': 'aws.west' };
    const deleted: [string, TerraformChange] = ['aws_iam_role_policy.old', gone];
    expect(ask({ configuration: configured(regions, used) }, deleted).made).toEqual(['delete-inline-policy']);
    expect(ask({ configuration: configured(TWO, uses) }, deleted)).toEqual({
      made: [],
      notJudged: [expect.stringContaining(SEVERAL)],
    });
  });
});

describe('a resource of a region that the audit does not have is named', () => {
  const RULE = { security_group_id: 'sg-1', ip_protocol: '-1', cidr_ipv4: '0.0.0.0/0' };
  const address = 'aws_vpc_security_group_ingress_rule.a';
  const WEST = 'it is in `us-west-2`, a region that the audit does not have';

  test.each<[string, object, string, string | null]>([
    ['its own region', { region: 'us-west-2' }, 'us-east-1', WEST],
    ['its own region, before that of its provider', { region: 'us-east-1' }, 'us-west-2', null],
    ['the region of its provider', {}, 'us-west-2', WEST],
    ['a region of the audit', {}, 'us-east-1', null],
    ['its ARN', { arn: `arn:aws:ec2:us-west-2:${OURS}:security-group-rule/sgr-1` }, 'us-east-1', WEST],
  ])('%s', (_, own, provider, why) => {
    const configuration = configured(
      { 'aws.x': { region: { constant_value: provider } } },
      { [address]: 'aws.x' },
    );
    expect(ask({ configuration }, [address, { after: { ...RULE, ...own } }])).toEqual(
      why === null
        ? { made: ['add-security-group-rule'], notJudged: [] }
        : { made: [], notJudged: [`\`${address}\`: ${why}`] },
    );
  });

  test('IAM has no region', () => {
    const configuration = configured(
      { aws: { region: { constant_value: 'us-west-2' } } },
      { 'aws_iam_role_policy.a': 'aws' },
    );
    expect(ask({ configuration }, ['aws_iam_role_policy.a', RUN]).made).toEqual(['put-inline-policy']);
  });
});
