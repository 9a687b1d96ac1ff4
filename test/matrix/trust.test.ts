import { describe, expect, test } from 'vitest';
import { cellsOf } from '../../lib/matrix/answers/list-cells.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Cell } from '../../lib/matrix/paths/cell.ts';
import { ACCOUNT_ID, type AccountInput, account, allow } from '../fixtures/account.ts';

const arn = (kind: string, name: string): string => `arn:aws:iam::${ACCOUNT_ID}:${kind}/${name}`;
const session = (role: string, name: string): string =>
  `arn:aws:sts::${ACCOUNT_ID}:assumed-role/${role}/${name}`;
const ROOT = `arn:aws:iam::${ACCOUNT_ID}:root`;
const SHELL = { policies: [allow('ssm:StartSession')] };

const trust = (AWS: unknown, Action: string | string[] = 'sts:AssumeRole', Condition?: object): object => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS }, Action, ...(Condition ? { Condition } : {}) }],
});

/** The cell of a principal on i-1 and Session Manager. */
function cell(input: AccountInput, principal: string): Cell | undefined {
  const snapshot = account({ instances: [{ id: 'i-1' }], ...input });
  const filter = { principal, path: 'session-manager', instance: 'i-1' } as const;
  return [...cellsOf(buildMatrix(snapshot), snapshot, filter)][0];
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
describe('a source identity', () => {
  const both = ['sts:AssumeRole', 'sts:SetSourceIdentity'];
  const asks = { StringLike: { 'sts:SourceIdentity': '*' } };
  const held = (identity: string[], trusted: string[], condition: object = asks) =>
    cell(
      {
        users: [{ name: 'noor', policies: [allow(identity)] }],
        roles: [{ name: 'r', ...SHELL, trust: trust(ROOT, trusted, condition) }],
      },
      arn('user', 'noor'),
    )?.verdict;

  test('is set only by whom both policies let set it', () => {
    expect(held(both, both)).toBe('allowed');
    expect(held(['sts:*'], ['sts:AssumeRole', 'sts:Set*'])).toBe('allowed');
    expect(held(['sts:AssumeRole'], both)).toBeUndefined();
    expect(held(both, ['sts:AssumeRole'])).toBeUndefined();
  });

  test('is what the caller likes, within what the trust policy asks of its name', () => {
    const own = { StringEquals: { 'sts:SourceIdentity': '${aws:username}' } };
    expect(held(both, both, own)).toBe('allowed');
    const none = { StringEquals: { 'sts:SourceIdentity': '${aws:PrincipalTag/none}' } };
    expect(held(both, both, none)).toBeUndefined();
  });

  test('is not needed where it must be absent', () => {
    const absent = { Null: { 'sts:SourceIdentity': 'true' } };
    expect(held(['sts:AssumeRole'], ['sts:AssumeRole'], absent)).toBe('allowed');
    expect(held(['sts:AssumeRole'], both, { StringNotEquals: { 'sts:SourceIdentity': 'root' } })).toBe(
      'allowed',
    );
  });

  test('and a session tag together need all three', () => {
    const tagged = { ...asks, StringEquals: { 'aws:RequestTag/team': 'red' } };
    const all = [...both, 'sts:TagSession'];
    expect(held(all, all, tagged)).toBe('allowed');
    for (const missing of all) {
      const rest = all.filter((action) => action !== missing);
      expect(held(rest, all, tagged)).toBeUndefined();
      expect(held(all, rest, tagged)).toBeUndefined();
    }
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-role-session
describe('a trust policy that names sessions', () => {
  const target = (...named: string[]) => ({ name: 'target', ...SHELL, trust: trust(named) });
  const front = { name: 'front', id: 'AROAFRONT', path: '/team/', trust: trust(arn('user', 'noor')) };
  const users = [{ name: 'noor' }];
  const FRONT = `arn:aws:iam::${ACCOUNT_ID}:role/team/front`;
  const named = (...names: string[]) => ({
    anyOf: [
      {
        allOf: [
          {
            key: 'aws:userid',
            operator: 'StringEquals',
            values: names.map((name) => `AROAFRONT:${name}`),
          },
        ],
      },
    ],
  });

  test('lets in the role of that name, as that session', () => {
    const roles = [target(session('front', 'ada')), { ...front, arn: FRONT }];
    expect(cell({ users, roles }, FRONT)).toMatchObject({
      verdict: 'conditional',
      condition: named('ada'),
      via: [arn('role', 'target')],
    });
    expect(cell({ users, roles }, arn('user', 'noor'))).toMatchObject({
      verdict: 'conditional',
      via: [FRONT, arn('role', 'target')],
    });
  });

  test('of two sessions either will do', () => {
    const roles = [target(session('front', 'ada'), session('front', 'bo')), { ...front, arn: FRONT }];
    expect(cell({ users, roles }, FRONT)?.condition).toMatchObject(named('ada', 'bo'));
  });

  test('beside the role says nothing more', () => {
    const roles = [target(session('front', 'ada'), FRONT), { ...front, arn: FRONT }];
    expect(cell({ users, roles }, FRONT)).toMatchObject({ verdict: 'allowed', condition: null });
  });

  test('of another account or of no role lets in nobody here', () => {
    const foreign = session('front', 'ada').replace(ACCOUNT_ID, '444455556666');
    const roles = [target(foreign, session('fron', 'ada')), { ...front, arn: FRONT }];
    expect(cell({ users, roles }, FRONT)).toBeUndefined();
    expect(cell({ users, roles }, 'arn:aws:iam::444455556666:root')?.via).toEqual([arn('role', 'target')]);
  });

  test('each role of a chain is a session of its own', () => {
    const next = { name: 'next', ...SHELL, trust: trust(session('target', 'ada')) };
    const roles = [{ ...target(session('front', 'ada')), policies: [] }, next, { ...front, arn: FRONT }];
    expect(cell({ users, roles }, FRONT)).toMatchObject({
      verdict: 'conditional',
      via: [arn('role', 'target'), arn('role', 'next')],
    });
  });
});
