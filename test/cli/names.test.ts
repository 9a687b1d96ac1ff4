import { describe, expect, it } from 'vitest';
import { labelled } from '../../cli/cell-table.ts';
import { callsOf, PATH_GROUPS, resolveInstance, resolvePaths, resolvePrincipal } from '../../cli/names.ts';
import { ACCESS_PATHS } from '../../lib/matrix/paths/access-paths.ts';
import type { MatrixNames } from '../../lib/matrix/stored/matrix-reader.ts';

const account = '111122223333';
const iam = `arn:aws:iam::${account}`;
const sso = `${iam}:role/aws-reserved/sso.amazonaws.com/us-east-2/AWSReservedSSO_Admins_5f1c0d9be7a84423`;
const principals = [
  `${iam}:user/alice`,
  `${iam}:user/team/bob`,
  `${iam}:user/both`,
  `${iam}:role/both`,
  `${iam}:role/service/deploy`,
  sso,
  'arn:aws:iam::444455556666:root',
  'anybody',
  'anybody of o-exampleorgid',
  `${iam}:saml-provider/Okta`,
];
const instance = (id: string, name: string | null) => ({
  id,
  name,
  region: 'us-east-2',
  arn: `arn:aws:ec2:us-east-2:${account}:instance/${id}`,
});
const names: MatrixNames = {
  accountId: account,
  principals: principals.map((arn) => ({ arn, kind: 'user' })),
  instances: () => [
    instance('i-0aaa', 'web-1'),
    instance('i-0bbb', 'web'),
    instance('i-0ccc', 'web'),
    instance('i-0ddd', null),
    // a user who can tag an instance chooses its name
    instance('i-0eee', 'i-0aaa'),
    instance('i-0fff', 'i-0ddd (web-1)'),
  ],
};

describe('a principal', () => {
  it.each([
    [`${iam}:user/alice`, `${iam}:user/alice`],
    ['user/alice', `${iam}:user/alice`],
    ['alice', `${iam}:user/alice`],
    ['ALICE', `${iam}:user/alice`],
    [' alice ', `${iam}:user/alice`],
    ['bob', `${iam}:user/team/bob`],
    ['user/bob', `${iam}:user/team/bob`],
    ['user/team/bob', `${iam}:user/team/bob`],
    ['role/both', `${iam}:role/both`],
    ['user/both', `${iam}:user/both`],
    [`arn:aws:sts::${account}:assumed-role/deploy/i-0aaa`, `${iam}:role/service/deploy`],
    ['Admins', sso],
    ['AWSReservedSSO_Admins', sso],
    ['AWSReservedSSO_Admins_5f1c0d9be7a84423', sso],
    ['SSO Admins', sso],
    ['role/AWSReservedSSO_Admins_5f1c0d9be7a84423', sso],
    ['account 444455556666', 'arn:aws:iam::444455556666:root'],
    ['444455556666', 'arn:aws:iam::444455556666:root'],
    ['anybody', 'anybody'],
    ['anybody of o-exampleorgid', 'anybody of o-exampleorgid'],
    ['Okta', `${iam}:saml-provider/Okta`],
    ['saml-provider/Okta', `${iam}:saml-provider/Okta`],
  ])('%s is %s', (typed, name) => {
    expect(resolvePrincipal(typed, names)).toEqual({ name });
  });

  it('can be given by all of its names', () => {
    for (const arn of principals) {
      for (const call of [arn, ...callsOf(arn)].filter((one) => one !== 'both'))
        expect(resolvePrincipal(call, names), call).toEqual({ name: arn });
    }
  });

  it.each([
    ['both', `\`both\` may be 2 principals: \`${iam}:user/both\`, \`${iam}:role/both\`: name one of them`],
    ['alcie', 'this audit has no principal `alcie` (did you mean `alice`?)'],
    ['user/alcie', 'this audit has no principal `user/alcie` (did you mean `user/alice`?)'],
    [
      `${iam}:user/alcie`,
      `this audit has no principal \`${iam}:user/alcie\` (did you mean \`${iam}:user/alice\`?)`,
    ],
    ['Admin', 'this audit has no principal `Admin` (did you mean `Admins`?)'],
    [`${iam}:root`, `the root user of account \`${account}\` is not judged: it may do everything`],
    [account, `the root user of account \`${account}\` is not judged: it may do everything`],
    ['', 'this audit has no principal ``'],
    // the session of a role of another account
    ['arn:aws:sts::999988887777:assumed-role/deploy/x', expect.stringContaining('has no principal')],
  ])('%s is unknown, or ambiguous', (typed, problem) => {
    expect(resolvePrincipal(typed, names)).toEqual({ problem });
  });
});

describe('an instance', () => {
  it.each([
    ['i-0bbb', 'i-0bbb'],
    ['web-1', 'i-0aaa'],
    ['WEB-1', 'i-0aaa'],
    ['i-0bbb (web)', 'i-0bbb'],
    ['web (i-0ccc)', 'i-0ccc'],
    [`arn:aws:ec2:us-east-2:${account}:instance/i-0ddd`, 'i-0ddd'],
    // as a step of a chain is printed
    ['instance/i-0bbb', 'i-0bbb'],
    ['instance i-0bbb', 'i-0bbb'],
    // an id is an id, even if another instance has it as its name
    ['i-0aaa', 'i-0aaa'],
  ])('%s is %s', (typed, name) => {
    expect(resolveInstance(typed, names)).toEqual({ name });
  });

  it.each([
    ['web', '`web` may be 2 instances: `web (i-0bbb)`, `web (i-0ccc)`: name one of them'],
    ['web-2', 'this audit has no instance `web-2` (did you mean `web-1`?)'],
    ['i-0aab', 'this audit has no instance `i-0aab` (did you mean `i-0aaa`?)'],
  ])('%s is unknown, or ambiguous', (typed, problem) => {
    expect(resolveInstance(typed, names)).toEqual({ problem });
  });

  it('with a long Name is printed on one line, and can be given as printed', () => {
    const printed = labelled('i-0bbb', 'x'.repeat(256));
    expect(printed.length).toBeLessThan(60);
    expect(resolveInstance(printed, names)).toEqual({ name: 'i-0bbb' });
  });

  it('lists at most ten candidates', () => {
    const many = Array.from({ length: 25 }, (_, i) => instance(`i-${i}`, 'web'));
    const { problem } = resolveInstance('web', { ...names, instances: () => many }) as { problem: string };
    expect(problem).toMatch(
      /^`web` may be 25 instances: (`web \(i-\d+\)`, ){9}`web \(i-\d+\)` and 15 more: /,
    );
  });
});

describe('a path', () => {
  it('is an id, a group, or several of both: each path once, in the order of the table', () => {
    expect(resolvePaths('power')).toEqual(['power']);
    const order = ACCESS_PATHS.map(({ id }): string => id);
    const some = resolvePaths('tag-rewrite, session-manager,SHELL') ?? [];
    expect(some).toContain('tag-rewrite');
    expect(some).toEqual(some.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)));
    for (const group of PATH_GROUPS) {
      expect(resolvePaths(group)).toEqual(
        ACCESS_PATHS.filter(({ groups }) => groups.includes(group)).map(({ id }) => id),
      );
      expect(resolvePaths(`${group},${group}`)).toEqual(resolvePaths(group));
    }
    expect(new Set(PATH_GROUPS)).toEqual(new Set(ACCESS_PATHS.flatMap(({ groups }) => groups)));
  });

  it.each([
    ['shel', '--path: there is no access path `shel` (did you mean `shell`?): the paths are '],
    ['power,sesion-manager', 'no access path `sesion-manager` (did you mean `session-manager`?)'],
    ['power,', 'there is no access path ``'],
  ])('%s is refused', (typed, message) => {
    expect(() => resolvePaths(typed)).toThrow(message);
  });
});
