import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { taggedProd } from '../../lib/findings/expected/production.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { planned } from '../../lib/pipeline/planned.ts';
import { applyChanges } from '../../lib/what-if/planned/apply-changes.ts';
import { PlannedChange } from '../../lib/what-if/planned/planned-change.ts';
import { readChanges } from '../../lib/what-if/planned/read-changes.ts';
import { account } from '../fixtures/account.ts';
import { intoAccount } from '../fixtures/into-account.ts';

const allow = (...actions: string[]) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
});
const trusting = (principal: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: principal }, Action: 'sts:AssumeRole' }],
});
const SHELL = allow('ssm:SendCommand');
const snapshot = account({
  users: [{ name: 'mia', policies: [allow('s3:GetObject')] }, { name: 'noa' }],
  roles: [{ name: 'Deploy', policies: [SHELL] }],
  instances: [
    { id: 'i-1', tags: { env: 'prod' } },
    { id: 'i-2', tags: { env: 'test' } },
  ],
});
const audit = { snapshot, matrix: buildMatrix(snapshot) };

const ask = (...changes: object[]) => {
  const read = readChanges(changes, intoAccount(snapshot));
  if ('problem' in read) throw new Error(read.problem);
  return planned(audit, read.changes);
};
const words = ({ drift }: ReturnType<typeof ask>) =>
  drift.flatMap(({ cause, groups }) =>
    groups.flatMap(({ change, principals, instances, paths, after }) =>
      paths.includes('run-command')
        ? [
            `${change} ${principals.map((arn) => arn.split('/')[1]).join()} ${instances.join()} ${after.verdict} by ${cause.kind}`,
          ]
        : [],
    ),
  );

test.each<[string, object[], string[]]>([
  [
    'an inline policy that opens',
    [{ type: 'put-inline-policy', principal: 'user/noa', policy: 'Run', document: SHELL }],
    ['gained noa i-1,i-2 allowed by policy'],
  ],
  [
    'a managed policy that is made and attached',
    [
      { type: 'put-policy', policy: 'Run', document: SHELL },
      { type: 'attach-policy', principal: 'mia', policy: 'Run' },
    ],
    ['gained mia i-1,i-2 allowed by attachment'],
  ],
  [
    'a document that is not known yet',
    [{ type: 'put-inline-policy', principal: 'noa', policy: 'Later', document: null }],
    ['changed noa i-1,i-2 unknown by coverage'],
  ],
  [
    'an inline policy that goes',
    [{ type: 'delete-inline-policy', principal: 'role/Deploy', policy: 'policy-0' }],
    ['lost Deploy i-1,i-2 denied by policy'],
  ],
  [
    'a trust policy',
    [{ type: 'put-trust', role: 'Deploy', document: trusting('arn:aws:iam::111122223333:user/noa') }],
    ['gained noa i-1,i-2 allowed by trust'],
  ],
  ['a user that goes', [{ type: 'delete-principal', principal: 'user/noa' }], []],
  [
    'an instance like another',
    [{ type: 'add-instance', id: 'i-3', like: 'i-1' }],
    ['gained Deploy i-3 allowed by instance'],
  ],
  [
    'an instance that goes',
    [{ type: 'remove-instance', instance: 'i-2' }],
    ['lost Deploy i-2 denied by instance'],
  ],
])('%s', (_, changes, expected) => {
  expect(words(ask(...changes))).toEqual(expected);
});

test('opened cells are counted by group of paths, and on production alone', () => {
  const { opens } = ask({ type: 'put-inline-policy', principal: 'noa', policy: 'Run', document: SHELL });
  const all = () => true;
  expect(opens('root', all)).toBe(2 * opens('root', taggedProd));
  expect(opens('root', taggedProd)).toBeGreaterThan(0);
  const narrower = ask({ type: 'delete-inline-policy', principal: 'role/Deploy', policy: 'policy-0' });
  expect(narrower.opens('any', all)).toBe(0);
  const power = ask({
    type: 'put-inline-policy',
    principal: 'noa',
    policy: 'Stop',
    document: allow('ec2:StopInstances'),
  });
  expect(power.opens('shell', all)).toBe(0);
  expect(power.opens('any', all)).toBeGreaterThan(0);
});

test('changes of reachability are separate from changes of permission', () => {
  const { drift, reachable } = ask({ type: 'change-instance', instance: 'i-1', state: 'stopped' });
  expect(drift).toEqual([]);
  expect(reachable).toContainEqual({ instance: 'i-1', path: 'run-command', before: null, after: false });
  expect(reachable.every(({ instance }) => instance === 'i-1')).toBe(true);
});

test('unchanged parts stay the same objects, which shows that nothing else differs', () => {
  const policies = applyChanges(snapshot, [
    PlannedChange.parse({ type: 'put-inline-policy', principal: 'noa', policy: 'Run', document: SHELL }),
  ]);
  const replaced = new Set(['policies', 'users', 'roles', 'groups']);
  const keys = Object.keys(snapshot) as (keyof typeof snapshot)[];
  expect(keys.filter((key) => policies[key] !== snapshot[key] && !replaced.has(key))).toEqual([]);
});

test.each<[object, string]>([
  [
    { type: 'attach-policy', principal: 'nob', policy: 'arn:aws:iam::aws:policy/X' },
    'no user, role or group `nob`',
  ],
  [{ type: 'put-boundary', principal: 'noa', policy: 'None' }, 'no managed policy `None`'],
  [{ type: 'delete-inline-policy', principal: 'noa', policy: 'p9' }, '`noa` has no inline policy `p9`'],
  [{ type: 'create-user', name: 'noa' }, 'there is a user `noa`'],
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
  [{ type: 'create-user', name: 'NOA' }, 'there is a user `NOA`'],
  [{ type: 'create-group', name: 'a/b' }, '`a/b` is no name that IAM takes'],
  [{ type: 'put-policy', policy: 'a b', document: {} }, '`a b` is no name that IAM takes'],
  [{ type: 'put-instance-profile', instanceProfile: 'a:b', role: null }, '`a:b` is no name that IAM takes'],
  [
    { type: 'attach-policy', principal: 'noa', policy: 'arn:aws:iam::999999999999:policy/X' },
    '`arn:aws:iam::999999999999:policy/X` is of another account',
  ],
  [
    { type: 'put-policy', policy: 'arn:aws:iam::999999999999:policy/X', document: {} },
    '`arn:aws:iam::999999999999:policy/X` is of another account',
  ],
  [
    { type: 'put-policy', policy: 'arn:aws:iam::aws:policy/Unused', document: {} },
    '`arn:aws:iam::aws:policy/Unused` is managed by AWS',
  ],
  [
    { type: 'put-boundary', principal: 'noa', policy: 'arn:aws:iam::111122223333:role/Deploy' },
    'role/Deploy` is no ARN of a managed policy',
  ],
  [
    { type: 'add-security-group-rule', group: 'sg-1', rule: { cidrs: ['::/0', '10.0.0.0/33'] } },
    '`10.0.0.0/33` is no range of addresses',
  ],
  [{ type: 'tag', resource: 'i-9', tags: { a: 'b' } }, 'no instance `i-9`'],
  [{ type: 'remove-security-group-rule', group: 'sg-9', rule: {} }, 'no security group `sg-9`'],
  [{ type: 'change-instance', instance: 'i-1', instanceProfile: 'P' }, 'no instance profile `P`'],
])('%j is refused by name', (change, message) => {
  expect(() => applyChanges(snapshot, [PlannedChange.parse(change)])).toThrow(message);
});

test.each<[unknown, string]>([
  [{}, 'neither a list of changes'],
  [[{ type: 'putt' }], '`$.0.type`: there is no change `putt`: the types are put-policy'],
  [[null], '`$.0.type`: it is missing'],
  [[{ type: 'tag', resource: 'i-1' }], '`$.0.tags`: it is missing'],
  [[{ type: {} }], '`$.0.type`: it is not a text'],
  [[{ type: 'constructor' }], 'there is no change `constructor`'],
  [[{ type: 'create-user', name: '' }], '`$.0.name`: it is empty'],
  [[{ type: 'create-user', name: 'x', path: 'y' }], '`$.0.path`: it does not begin and end with `/`'],
  [
    [{ type: 'add-security-group-rule', group: 'sg-1', rule: { fromPort: 70_000 } }],
    '`$.0.rule.fromPort`: it is more than 65535',
  ],
  [
    [{ type: 'add-security-group-rule', group: 'sg-1', rule: { fromPort: -2 } }],
    '`$.0.rule.fromPort`: it is less than -1',
  ],
  [[{ type: 'delete-boundary', principal: 'noa', x: 1 }], '`$.0`: unrecognized key: "x"'],
])('%j is rejected as a plan', (value, problem) => {
  expect(readChanges(value, intoAccount(snapshot))).toMatchObject({
    problem: expect.stringContaining(problem),
  });
});

test('the published schema is the one that files are read with', async () => {
  const published = await readFile(new URL('../../docs/schema/changes.schema.json', import.meta.url), 'utf8');
  const schema = {
    title: 'Changes that `latchkey whatif` is asked about',
    ...z.toJSONSchema(z.array(PlannedChange), { io: 'input' }),
  };
  expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(schema)));
});

test('it is not known whether an outsider still comes in while a trust policy is unknown', () => {
  const partner = 'arn:aws:iam::444455556666:root';
  const trusted = account({
    roles: [{ name: 'Deploy', policies: [SHELL], trust: trusting(partner) }],
    instances: [{ id: 'i-1' }],
  });
  const before = { snapshot: trusted, matrix: buildMatrix(trusted) };
  const { drift } = planned(before, [{ type: 'put-trust', role: 'Deploy', document: null }]);
  const about = drift.filter(({ groups }) => groups.some(({ principals }) => principals.includes(partner)));
  expect(about.map(({ cause, counts }) => ({ cause, lost: counts.lost }))).toEqual([
    {
      cause: {
        kind: 'coverage',
        detail: expect.stringMatching(
          /^`the trust policy of .*role\/Deploy` is not known before it is deployed, or was not collected$/,
        ),
        missing: [expect.stringMatching(/^iam get-role of arn:.*role\/Deploy$/)],
      },
      lost: 0,
    },
  ]);
});

test.each([
  [{}, '`$.0.type`: it is missing'],
  [{ type: 'put-polcy' }, 'there is no change `put-polcy` (did you mean `put-policy`?)'],
  [
    { type: 'put-inline-policy', principal: 'user/mia', policy: 'x', document: '{}' },
    '`$.0.document`: it is not a JSON object',
  ],
  [{ type: 'put-inline-policy', principal: 'user/mia', document: {} }, '`$.0.policy`: it is missing'],
  [{ type: 'tag', resource: 'i-1', tags: { env: 1 } }, '`$.0.tags.env`: it is not a text'],
  [{ type: 'change-instance', instance: 'i-1', securityGroups: 'sg-1' }, 'it is not a list'],
])('%j is refused in plain words', (change, why) => {
  expect(readChanges([change], intoAccount(snapshot))).toEqual({ problem: expect.stringContaining(why) });
});

test.each([
  [{ type: 'attach-policy', principal: 'user/mai', policy: 'x' }, '`user/mai` (did you mean `user/mia`?)'],
  [{ type: 'delete-principal', principal: 'Deplyo' }, '`Deplyo` (did you mean `Deploy`?)'],
  [{ type: 'remove-instance', instance: 'i-3' }, '`i-3` (did you mean `i-1`?)'],
])('%j comes with the nearest name', (change, why) => {
  expect(() => ask(change)).toThrow(why);
});

test('an instance may be named by its Name tag, unless two have it', () => {
  const named = account({
    users: [{ name: 'mia', policies: [SHELL] }],
    instances: [
      { id: 'i-1', tags: { Name: 'web' } },
      { id: 'i-2', tags: { Name: 'db' } },
      { id: 'i-3', tags: { Name: 'db' } },
    ],
  });
  const removed = (instance: string) =>
    applyChanges(named, [{ type: 'remove-instance', instance }]).regions.flatMap(({ instances }) =>
      (instances ?? []).map(({ id }) => id),
    );
  expect(removed('web')).toEqual(['i-2', 'i-3']);
  expect(() => removed('db')).toThrow('`db` names `i-2` and `i-3`');
});

test('a policy that IAM would refuse is reported, since it grants nothing', () => {
  const document = { Version: '2012-10-17', Statement: [{ Effect: 'allow', Action: '*', Resource: '*' }] };
  const { drift, notJudged } = ask({
    ...{ type: 'put-inline-policy', principal: 'user/noa', policy: 'x', document },
  });
  expect(drift).toEqual([]);
  expect(notJudged).toEqual([
    expect.stringMatching(/user\/noa#x.*IAM would refuse it: \$\.Statement\[0\]\.Effect/),
  ]);
  expect(ask({ type: 'tag', resource: 'i-1', tags: { a: 'b' } }).notJudged).toEqual([]);
});

test('so is one that is too long, alone or with the others of its owner', () => {
  const long = (length: number) => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'x'.repeat(length) }],
  });
  const put = (policy: string, length: number) => ({
    ...{ type: 'put-inline-policy', principal: 'user/noa', policy, document: long(length) },
  });
  expect(ask(put('a', 900), put('b', 900)).notJudged).toEqual([]);
  expect(ask(put('a', 900), put('b', 1500)).notJudged).toEqual([
    expect.stringMatching(
      /^the inline policies of .*user\/noa`: IAM would refuse them: \d+ characters, where AWS takes 2048/,
    ),
  ]);
  expect(ask({ type: 'put-policy', policy: 'Long', document: long(6100) }).notJudged).toEqual([
    expect.stringMatching(/policy\/Long`: IAM would refuse it: .* where AWS takes 6144/),
  ]);
});

test('a planned change has no undo, and unknown content is said to be not known yet', () => {
  const { drift } = ask({ type: 'put-inline-policy', principal: 'user/noa', policy: 'x', document: null });
  expect(drift.map(({ cause }) => cause.undo)).toEqual([undefined]);
  expect(drift[0]?.cause).toMatchObject({
    kind: 'coverage',
    detail: expect.stringMatching(/inline policy x of .*user\/noa` is not known before it is deployed/),
  });
  const [opened] = ask({
    ...{ type: 'put-inline-policy', principal: 'user/noa', policy: 'x', document: SHELL },
  }).drift;
  expect(opened?.cause.kind).toBe('policy');
  expect(opened?.cause.undo).toBeUndefined();
});
