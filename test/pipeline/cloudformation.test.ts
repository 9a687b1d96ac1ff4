import { describe, expect, test } from 'vitest';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { planned } from '../../lib/pipeline/planned.ts';
import { readPlannedFile } from '../../lib/pipeline/planned-file.ts';
import type { StackOptions } from '../../lib/what-if/cloudformation/stack.ts';
import { readChanges } from '../../lib/what-if/planned/read-changes.ts';
import { account, allow } from '../fixtures/account.ts';
import { intoAccount } from '../fixtures/into-account.ts';

const snapshot = account({
  users: [{ name: 'mia' }, { name: 'noa' }],
  groups: [{ name: 'ops' }],
  roles: [
    { name: 'Deploy', boundary: { name: 'Edge', document: allow('s3:*') } },
    { name: 'web-App-1A2B3C4D5E6F' },
    {
      name: 'old-App',
      tags: { 'aws:cloudformation:stack-name': 'old', 'aws:cloudformation:logical-id': 'App' },
    },
  ],
  instances: [
    {
      id: 'i-1',
      tags: {
        'aws:cloudformation:stack-name': 'web',
        'aws:cloudformation:logical-id': 'Server',
        env: 'test',
      },
    },
    { id: 'i-2' },
  ],
});

const ask = (text: string, options: Partial<StackOptions> = {}) => {
  const file = readPlannedFile(text);
  if ('problem' in file) return file;
  return readChanges(file.value, intoAccount(snapshot, options));
};

/** The changes of these resources of a template. */
const changesOf = (resources: string, options: Partial<StackOptions> = {}, sections = '') => {
  const read = ask(`${sections}\nResources:\n${resources}`, options);
  if ('problem' in read) throw new Error(read.problem);
  return read;
};

const policy = (document: string, more = '') => `
  Run:
    Type: AWS::IAM::RolePolicy
${more}
    Properties:
      RoleName: Deploy
      PolicyName: Run
      PolicyDocument: ${document}
`;
const said = (resources: string, options: Partial<StackOptions> = {}, sections = '') => {
  const [change] = changesOf(resources, options, sections).changes;
  return change && 'document' in change ? change.document : 'no document';
};
const ALLOW = (resource: string) =>
  `{Statement: [{Effect: Allow, Action: 'ssm:SendCommand', Resource: ${resource}}]}`;
const resourceOf = (resource: string, options: Partial<StackOptions> = {}, sections = '') => {
  const document = said(policy(ALLOW(resource)), options, sections);
  return document === null
    ? null
    : (document as { Statement: readonly { Resource: unknown }[] }).Statement[0]?.Resource;
};

const PARAMETERS = `
Parameters:
  Team: {Type: String, Default: ops}
  Later: {Type: String}
  Tiers: {Type: CommaDelimitedList, Default: 'a, b'}
  Image: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /image}
Mappings:
  By: {ops: {arn: 'arn:x'}}
Conditions:
  IsOps: !Equals [!Ref Team, ops]
  IsNot: !Not [!Condition IsOps]
  IsLater: !Equals [!Ref Later, x]
  IsAny: !Or [!Condition IsLater, !Condition IsOps]
  IsAll: !And [!Condition IsLater, !Condition IsNot]
  Round: !Not [!Condition Round]
`;

describe('the value of', () => {
  test.each<[string, unknown]>([
    ['!Ref Team', 'ops'],
    ['!Ref AWS::AccountId', '111122223333'],
    [
      '!Sub "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:instance/*"',
      'arn:aws:ec2:us-east-1:111122223333:instance/*',
    ],
    ['!Sub ["${A}/${Team}/${!aws:username}", {A: !Ref Team}]', 'ops/ops/${aws:username}'],
    ["!Join ['-', [a, !Ref Team]]", 'a-ops'],
    ["!Join ['-', !Ref Tiers]", 'a-b'],
    ['!Select [1, !Ref Tiers]', 'b'],
    ["!Select [0, !Split ['-', x-y]]", 'x'],
    ['!FindInMap [By, !Ref Team, arn]', 'arn:x'],
    ['!If [IsOps, a, b]', 'a'],
    ['!If [IsNot, a, b]', 'b'],
    ['!If [IsAny, a, b]', 'a'],
    ['!If [IsAll, a, b]', 'b'],
    ['!If [IsLater, a, a]', 'a'],
    ["[a, !If [IsNot, b, !Ref 'AWS::NoValue']]", ['a']],
    ['!GetAtt Who.Arn', 'arn:aws:iam::111122223333:role/teams/Who'],
    ['!Ref Who', 'Who'],
    ['{"Fn::GetAtt": [Who, Arn]}', 'arn:aws:iam::111122223333:role/teams/Who'],
    // not known before deployment
    ['!Ref Later', null],
    ['!Ref Image', null],
    ['!Ref Nothing', null],
    ['!Ref AWS::StackName', null],
    ['!Ref constructor', null],
    ['!Sub "${Later}-x"', null],
    ["!Join ['', [a, !GetAtt Bucket.Arn]]", null],
    ['!If [IsLater, a, b]', null],
    ['!If [Round, a, b]', null],
    ['!FindInMap [By, __proto__, arn]', null],
    ['!ImportValue shared', null],
    ["'{{resolve:ssm:/name}}'", null],
    ['!GetAtt Who.RoleId', null],
  ])('%s is %j', (value, expected) => {
    const who = `  Who: {Type: 'AWS::IAM::Role', Properties: {RoleName: Who, Path: /teams/, AssumeRolePolicyDocument: {}}}\n  Bucket: {Type: 'AWS::S3::Bucket'}\n`;
    const { changes } = changesOf(`${policy(ALLOW(value))}${who}`, {}, PARAMETERS);
    const run = changes.find(({ type }) => type === 'put-inline-policy') as {
      document: null | { Statement: [{ Resource: unknown }] };
    };
    expect(run.document?.Statement[0].Resource ?? null).toEqual(expected);
  });

  test('the stack, the region and parameters come from the options', () => {
    const known = { name: 'web', region: 'eu-west-1', parameters: new Map([['Later', 'x']]) };
    expect(resourceOf('!Sub "${AWS::StackName} ${AWS::Region} ${Later}"', known, PARAMETERS)).toBe(
      'web eu-west-1 x',
    );
    expect(ask(`${PARAMETERS}\nResources: {A: {Type: B}}`, { parameters: new Map([['Latr', 'x']]) })).toEqual(
      {
        problem: expect.stringContaining('there is no parameter `Latr`: the template has `Team`, `Later`'),
      },
    );
  });

  test('texts that double with each reference are limited', () => {
    const roles = Array.from(
      { length: 60 },
      (_, i) =>
        `  R${i}: {Type: 'AWS::IAM::Role', Properties: {RoleName: !Sub '\${R${i + 1}}\${R${i + 1}}', AssumeRolePolicyDocument: {}}}\n`,
    ).join('');
    const last =
      "  R60: {Type: 'AWS::IAM::Role', Properties: {RoleName: 'r', AssumeRolePolicyDocument: {}}}\n";
    expect(changesOf(roles + last).changes.length).toBeGreaterThan(0);
    const conditions = Array.from(
      { length: 80 },
      (_, i) => `  C${i}: !And [!Condition C${i + 1}, !Condition C${i + 1}]\n`,
    ).join('');
    expect(resourceOf('!If [C0, a, b]', {}, `Conditions:\n${conditions}  C80: !Equals [a, a]`)).toBe('a');
  });
});

describe('a statement with an unknown value', () => {
  test('makes the whole document unknown', () => {
    expect(said(policy(ALLOW('!GetAtt Bucket.Arn')))).toBeNull();
    expect(
      said(policy('{Statement: [{Effect: Allow, NotAction: "s3:*", Resource: !Ref Later}]}'), {}, PARAMETERS),
    ).toBeNull();
    expect(
      said(policy('{Statement: [{Effect: !Ref Later, Action: "s3:*", Resource: "*"}]}'), {}, PARAMETERS),
    ).toBeNull();
    expect(said(policy('!Ref Later'), {}, PARAMETERS)).toBeNull();
  });

  test('does not if it is about nothing that is ever requested', () => {
    const document =
      '{Statement: [{Effect: Allow, Action: ["dynamodb:*"], Resource: !GetAtt Table.Arn}, {Effect: Allow, Action: "ssm:*", Resource: "*"}]}';
    expect(said(policy(document))).toMatchObject({
      Statement: [{ Action: ['dynamodb:*'], Resource: 'not-known-before-deploy' }, { Action: 'ssm:*' }],
    });
  });
});

const TRUST =
  '{Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}]}';

describe('the changes of', () => {
  test('a new role with everything that belongs to it', () => {
    const { changes, notJudged } = changesOf(`
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: Web
      AssumeRolePolicyDocument: ${TRUST}
      PermissionsBoundary: !Ref Edge
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/A', !ImportValue P]
      Tags: [{Key: team, Value: ops}]
      Policies: [{PolicyName: Run, PolicyDocument: {Statement: []}}]
  Edge:
    Type: AWS::IAM::ManagedPolicy
    Properties: {ManagedPolicyName: Limit, PolicyDocument: {Statement: []}, Roles: [!Ref Role]}
  Profile:
    Type: AWS::IAM::InstanceProfile
    Properties: {InstanceProfileName: P, Roles: [!Ref Role]}
`);
    const limit = 'arn:aws:iam::111122223333:policy/Limit';
    expect(notJudged).toEqual([]);
    expect(changes).toEqual([
      { type: 'create-role', name: 'Web', path: '/', trust: expect.any(Object), tags: { team: 'ops' } },
      { type: 'put-policy', policy: limit, document: { Statement: [] } },
      {
        type: 'put-instance-profile',
        instanceProfile: 'arn:aws:iam::111122223333:instance-profile/P',
        role: 'role/Web',
      },
      { type: 'put-boundary', principal: 'role/Web', policy: limit },
      { type: 'put-inline-policy', principal: 'role/Web', policy: 'Run', document: { Statement: [] } },
      { type: 'attach-policy', principal: 'role/Web', policy: 'arn:aws:iam::aws:policy/A' },
      { type: 'attach-policy', principal: 'role/Web', policy: expect.stringContaining('known-after-deploy') },
      { type: 'attach-policy', principal: 'role/Web', policy: limit },
    ]);
  });

  test('an existing role loses its limits that the template leaves out', () => {
    const { changes } = changesOf(`
  Role:
    Type: AWS::IAM::Role
    Properties: {RoleName: Deploy, AssumeRolePolicyDocument: ${TRUST}}
`);
    expect(changes.map(({ type }) => type)).toEqual(['put-trust', 'delete-boundary']);
  });

  test('a role without a name is the one that the stack created, by its tags or its name, or else a new one', () => {
    const role = `  App: {Type: 'AWS::IAM::Role', Properties: {AssumeRolePolicyDocument: ${TRUST}}}\n`;
    expect(changesOf(role, { name: 'web' })).toMatchObject({
      changes: [{ type: 'put-trust', role: 'role/web-App-1A2B3C4D5E6F' }, {}],
      notJudged: [],
    });
    expect(changesOf(role, { name: 'old' }).changes[0]).toMatchObject({ role: 'role/old-App' });
    expect(changesOf(role)).toMatchObject({
      changes: [{ type: 'create-role', name: 'new-App-known-after-deploy' }],
      notJudged: ['`App`: its name is not known, so that it is judged as new: name the stack with `--stack`'],
    });
  });

  test('users, groups and members', () => {
    const { changes } = changesOf(
      `
  Lea: {Type: 'AWS::IAM::User', Properties: {UserName: lea, Groups: [!Ref Dev]}}
  Dev: {Type: 'AWS::IAM::Group', Properties: {GroupName: dev, ManagedPolicyArns: ['arn:aws:iam::aws:policy/A']}}
  More: {Type: 'AWS::IAM::UserToGroupAddition', Properties: {GroupName: ops, Users: [mia, !Ref Lea]}}
  Own: {Type: 'AWS::IAM::UserPolicy', Properties: {UserName: mia, PolicyName: P, PolicyDocument: {}}}
  All: {Type: 'AWS::IAM::GroupPolicy', Properties: {GroupName: ops, PolicyName: P}}
  Two: {Type: 'AWS::IAM::Policy', Properties: {PolicyName: T, PolicyDocument: {}, Users: [mia], Groups: [ops]}}
`.replace(', PolicyName: P}}', ', PolicyName: P, PolicyDocument: {}}}'),
    );
    expect(
      changes.map((one) =>
        Object.values(one)
          .filter((value) => typeof value === 'string')
          .join(' '),
      ),
    ).toEqual([
      'create-user lea /',
      'create-group dev /',
      'add-to-group user/lea group/dev',
      'attach-policy group/dev arn:aws:iam::aws:policy/A',
      'add-to-group user/mia group/ops',
      'add-to-group user/lea group/ops',
      'put-inline-policy user/mia P',
      'put-inline-policy group/ops P',
      'put-inline-policy user/mia T',
      'put-inline-policy group/ops T',
    ]);
  });

  test('an instance of the stack, and a rule of a security group', () => {
    const { changes, notJudged } = changesOf(
      `
  Server:
    Type: AWS::EC2::Instance
    Properties: {Tags: [{Key: env, Value: prod}], SecurityGroupIds: [sg-1]}
  Ssh:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: sg-1, IpProtocol: 6, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0}
  Out:
    Type: AWS::EC2::SecurityGroupEgress
    Properties: {GroupId: sg-1, IpProtocol: -1}
`,
      { name: 'web' },
    );
    expect(changes).toEqual([
      { type: 'tag', resource: 'i-1', tags: { env: 'prod' } },
      { type: 'change-instance', instance: 'i-1', securityGroups: ['sg-1'] },
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
    ]);
    expect(notJudged).toEqual(['`Out`: Latchkey does not judge what security groups let out']);
  });

  test('an inline policy with an unknown name still counts', () => {
    const template = `
  Own: {Type: 'AWS::IAM::UserPolicy', Properties: {UserName: mia, PolicyName: !ImportValue x, PolicyDocument: {Statement: []}}}
  Two: {Type: 'AWS::IAM::Policy', Properties: {PolicyName: !ImportValue x, PolicyDocument: {Statement: []}, Groups: [ops]}}
`;
    expect(changesOf(template).changes).toMatchObject([
      { principal: 'user/mia', policy: 'Own-known-after-deploy', document: { Statement: [] } },
      { principal: 'group/ops', policy: 'Two-known-after-deploy', document: { Statement: [] } },
    ]);
  });

  test('a resource that may be created has unknown content', () => {
    const maybe = '    Condition: IsLater';
    expect(said(policy(ALLOW('"*"'), maybe), {}, PARAMETERS)).toBeNull();
    expect(changesOf(policy(ALLOW('"*"'), '    Condition: IsNot'), {}, PARAMETERS).changes).toEqual([]);
    const joins = `  A: {Type: 'AWS::IAM::UserToGroupAddition', Condition: IsLater, Properties: {GroupName: ops, Users: [mia]}}\n`;
    expect(changesOf(joins, {}, PARAMETERS)).toEqual({
      changes: [],
      notJudged: ['`A`: whether it is made is not known'],
    });
  });
});

test.each([
  [
    "  A: {Type: 'AWS::EC2::Instance'}",
    '`A`: which one of the account it is is not known: scan again once it is deployed',
  ],
  ["  A: {Type: 'AWS::SSM::Document'}", '`A`: Latchkey does not read `AWS::SSM::Document`'],
  ["  A: {Type: 'Custom::Thing'}", '`A`: Latchkey does not read `Custom::Thing`'],
  [
    "  A: {Type: 'AWS::S3::Bucket'}\n  B: {Type: 'AWS::SNS::Topic'}",
    '`AWS::S3::Bucket`, `AWS::SNS::Topic`: not read, as Latchkey knows no way onto an instance by them',
  ],
  ["  'Fn::ForEach::X': [a, [b], {}]", '`Fn::ForEach::X`: what a macro makes of it is not known'],
  [
    "  A: {Type: 'AWS::IAM::Policy', Properties: {PolicyName: P, PolicyDocument: {}, Users: [!ImportValue U]}}",
    '`A`: what `Users` holds is not known before it is deployed',
  ],
  [
    "  A: {Type: 'AWS::IAM::UserPolicy', Properties: {PolicyName: P, PolicyDocument: x, UserName: mia}}",
    '`A`: a policy document of it is none',
  ],
])('%s is listed as not judged', (resources, why) => {
  expect(changesOf(resources)).toEqual({ changes: [], notJudged: [why] });
});

test('a template with macros says so', () => {
  expect(
    changesOf(
      "  A: {Type: 'AWS::IAM::Group', Properties: {GroupName: g}}",
      {},
      'Transform: AWS::Serverless-2016-10-31',
    ).notJudged,
  ).toEqual(['`Transform`: what a macro adds is not known']);
});

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-include.html */
describe('what a macro makes is named wherever it stands', () => {
  const INCLUDE = `{Name: 'AWS::Include', Parameters: {Location: 's3://b/f.yaml'}}`;
  const LOOP = `'Fn::ForEach::X': [A, [a, b], {}]`;
  const group = `  G: {Type: 'AWS::IAM::Group', Properties: {GroupName: ops}}`;

  test('at the top level, in mappings and in conditions', () => {
    const sections = `'Fn::Transform': ${INCLUDE}\nMappings:\n  'Fn::Transform': ${INCLUDE}\n  By: {x: {'Fn::Transform': ${INCLUDE}}}\nConditions: {${LOOP}}`;
    expect(changesOf(group, {}, sections).notJudged).toEqual([
      '`Fn::Transform`: what a macro adds is not known',
    ]);
    expect(resourceOf('!FindInMap [By, x, arn]', {}, sections)).toBeNull();
    const maybe = policy(ALLOW('"*"'), '    Condition: Made');
    expect(said(maybe, {}, sections)).toBeNull();
  });

  test.each([
    [`  A: {'Fn::Transform': ${INCLUDE}}`, '`A`: what a macro makes of it is not known'],
    [`  'Fn::Transform': ${INCLUDE}`, '`Fn::Transform`: what a macro makes of it is not known'],
  ])('%s', (resources, why) => {
    expect(changesOf(resources)).toEqual({ changes: [], notJudged: [why] });
  });

  const PROPERTIES = `Properties: {RoleName: Deploy, AssumeRolePolicyDocument: {Statement: []}`;
  test.each([
    `Type: 'AWS::IAM::Role', 'Fn::Transform': ${INCLUDE}, ${PROPERTIES}}`,
    `Type: 'AWS::IAM::Role', ${PROPERTIES}, 'Fn::Transform': ${INCLUDE}}`,
    `Type: 'AWS::IAM::Role', ${PROPERTIES}, ${LOOP}}`,
  ])('beside properties: {%s}', (role) => {
    const { changes, notJudged } = changesOf(`  A: {${role}}`);
    expect(changes).toContainEqual({
      ...{ type: 'put-inline-policy', principal: 'role/Deploy', document: null },
      policy: expect.any(String),
    });
    expect(notJudged).toContain('`A`: what a macro makes of its properties is not known');
  });

  test('beside statements, and in a statement', () => {
    expect(said(policy(`{Statement: [], ${LOOP}}`))).toBeNull();
    const statement = `{Effect: Allow, Action: 'ssm:SendCommand', Resource: x, 'Fn::Transform': ${INCLUDE}}`;
    expect(said(policy(`{Statement: [${statement}]}`))).toBeNull();
  });
});

test('a nested stack is named', () => {
  const nested = `  A: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: 'https://b/t.yml'}}`;
  expect(changesOf(nested)).toEqual({
    changes: [],
    notJudged: ['`A`: Latchkey does not read `AWS::CloudFormation::Stack`'],
  });
});

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html */
describe('a resource whose condition is false now', () => {
  const WHY = 'its condition is false: if the stack has it, what goes with it is not judged';
  const role = (name: string) =>
    `  A: {Type: 'AWS::IAM::Role', Condition: IsNot, Properties: {RoleName: ${name}, AssumeRolePolicyDocument: {}}}`;

  test.each<[string, string, Partial<StackOptions>, string[]]>([
    ['is in the account', role('Deploy'), {}, [`\`A\`: ${WHY}`]],
    ['is not there', role('Nobody'), { name: 'web' }, []],
    [
      'may be in the stack',
      policy(ALLOW('"*"'), '    Condition: IsNot'),
      { name: 'web' },
      [`\`Run\`: ${WHY}`],
    ],
    ['is of a stack that is not named', policy(ALLOW('"*"'), '    Condition: IsNot'), {}, []],
  ])('%s', (_, resources, options, notJudged) => {
    expect(changesOf(resources, options, PARAMETERS)).toEqual({ changes: [], notJudged });
  });
});

test.each<[string, string]>([
  ['Resources: {}', '`Resources` is empty'],
  ['Resources: []', '`Resources`: '],
  ['Resources: {A: 1}', '`Resources.A`: '],
  ['Resources: {A: {Properties: {}}}', '`Resources.A.Type`: '],
  ['Resources: {A: {Type: B, Properties: []}}', '`Resources.A.Properties`: '],
  [
    'Resources: {A: {Type: B}}\nResources: {A: {Type: B}}',
    'it is not YAML at line 2, column 1: Map keys must be unique',
  ],
  ['{"Resources": {"A": {"Type": "B", "Type": "C"}}}', 'it has `$.Resources.A.Type` twice: keep one'],
  ['{"Resources": ', 'it is not JSON: '],
  ['Resources: {A: &a {Type: B}, B: *a}', 'CloudFormation takes no alias: line 1'],
  ['Resources: {A: {Type: B}}\n---\na: 1', 'it is not YAML'],
  [`Resources: ${'[ '.repeat(50_000)}`, 'it is nested deeper than 200 levels'],
  [`Resources: ${'['.repeat(300)}${']'.repeat(300)}`, 'it is nested deeper than 200 levels'],
  [`# ${'x'.repeat(1_000_001)}`, 'it has more than 1000000 characters'],
  ['Resources: {A: {Type: !GetAtt B}}', '`!GetAtt B` names no attribute'],
  ['hello', 'neither a list of changes, a template of CloudFormation, nor a plan'],
  ['', 'neither a list of changes'],
])('%.60s is rejected as a template', (text, problem) => {
  expect(ask(text)).toEqual({ problem: expect.stringContaining(problem) });
});

describe('in the matrix', () => {
  const answer = (resources: string) => {
    const { changes } = changesOf(resources, {}, PARAMETERS);
    const { drift } = planned({ snapshot, matrix: buildMatrix(snapshot) }, changes);
    return drift.flatMap(({ cause, groups }) =>
      groups.flatMap(({ change, principals, paths, after }) =>
        paths.includes('run-command')
          ? [
              `${change} ${principals.map((arn) => arn.split('/')[1]).join()} ${after.verdict} by ${cause.kind}`,
            ]
          : [],
      ),
    );
  };

  test('a JSON template opens what its statements allow', () => {
    const template = {
      Resources: {
        Ops: {
          Type: 'AWS::IAM::Group',
          Properties: {
            GroupName: 'crew',
            Policies: [{ PolicyName: 'Run', PolicyDocument: allow('ssm:SendCommand') }],
          },
        },
        In: {
          Type: 'AWS::IAM::UserToGroupAddition',
          Properties: { GroupName: { Ref: 'Ops' }, Users: ['noa'] },
        },
      },
    };
    const read = ask(JSON.stringify(template));
    if ('problem' in read) throw new Error(read.problem);
    const { drift } = planned({ snapshot, matrix: buildMatrix(snapshot) }, read.changes);
    expect(drift.map(({ cause, counts }) => [cause.kind, counts.gained > 0])).toEqual([['group', true]]);
  });

  test('an unknown value stays unknown, and a role of the template is a new principal', () => {
    expect(
      answer(
        `  A: {Type: 'AWS::IAM::UserPolicy', Properties: {UserName: mia, PolicyName: P, PolicyDocument: ${ALLOW('!Ref Later')}}}`,
      ),
    ).toEqual(['changed mia unknown by coverage']);
    expect(
      answer(
        `  A: {Type: 'AWS::IAM::Role', Properties: {RoleName: R, AssumeRolePolicyDocument: ${TRUST}, Policies: [{PolicyName: P, PolicyDocument: ${ALLOW('"*"')}}]}}`,
      ),
    ).toEqual(['gained R allowed by principal']);
  });

  test('an instance profile that gets a role gives it to its instances', () => {
    const { changes } = changesOf(
      `
  R: {Type: 'AWS::IAM::Role', Properties: {RoleName: R, AssumeRolePolicyDocument: ${TRUST}, Policies: [{PolicyName: P, PolicyDocument: ${ALLOW('"*"')}}]}}
  P: {Type: 'AWS::IAM::InstanceProfile', Properties: {Roles: [!Ref R]}}
  Server: {Type: 'AWS::EC2::Instance', Properties: {IamInstanceProfile: !Ref P}}
`,
      { name: 'web' },
    );
    const answer = planned({ snapshot, matrix: buildMatrix(snapshot) }, changes);
    expect(answer.opens('root', ({ id }) => id === 'i-2')).toBeGreaterThan(0);
  });
});
