import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../lib/drift/compare.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { shellWord } from '../../lib/policy/shell-word.ts';
import { ACCOUNT_ID, type AccountInput, account, allow } from '../fixtures/account.ts';
import { LATER } from './cases.ts';

const run = (input: AccountInput, takenAt?: string) => {
  const snapshot = account({ ...input, ...(takenAt ? { takenAt } : {}) });
  return { snapshot, matrix: buildMatrix(snapshot) };
};
const undo = (before: AccountInput, after: AccountInput): unknown[] =>
  compareRuns(run(before), run(after, LATER), []).map(({ cause }) => cause.undo);

const SEND = allow('ssm:SendCommand');
const TAGGED = allow('ec2:StopInstances', '*', { StringEquals: { 'aws:ResourceTag/team': 'red' } });
const OWN = allow('ec2:StopInstances', '*', { StringEquals: { 'aws:PrincipalTag/team': 'red' } });
const TRUST = (who: string) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ACCOUNT_ID}:user/${who}` },
      Action: 'sts:AssumeRole',
    },
  ],
});
const OPS = `arn:aws:iam::${ACCOUNT_ID}:policy/Ops`;
const base: AccountInput = {
  policies: [{ name: 'Ops', document: SEND }],
  groups: [{ name: 'ops', policies: ['Ops'] }],
  instances: [{ id: 'i-1', tags: { team: 'blue' } }],
};
const alice = (more: object = {}): AccountInput => ({ ...base, users: [{ name: 'alice', ...more }] });
const role = (who: string): AccountInput => ({
  ...base,
  users: [{ name: 'alice' }, { name: 'bob' }],
  roles: [{ name: 'ops', trust: TRUST(who), policies: ['Ops'] }],
});
const managed = (document: object): AccountInput => ({
  ...alice({ policies: ['Ops'] }),
  policies: [{ name: 'Ops', document }],
});

describe('the undo of a change', () => {
  it.each<[string, AccountInput, AccountInput, string[]]>([
    [
      'a policy attached',
      alice(),
      alice({ policies: ['Ops'] }),
      [`aws iam detach-user-policy --user-name alice --policy-arn ${OPS}`],
    ],
    [
      'a policy detached',
      alice({ policies: ['Ops'] }),
      alice(),
      [`aws iam attach-user-policy --user-name alice --policy-arn ${OPS}`],
    ],
    [
      'an inline policy added',
      alice(),
      alice({ policies: [{ name: "it's", document: SEND }] }),
      [`aws iam delete-user-policy --user-name alice --policy-name 'it'\\''s'`],
    ],
    [
      'an inline policy deleted',
      alice({ policies: [{ name: 'p', document: SEND }] }),
      alice(),
      [
        `aws iam put-user-policy --user-name alice --policy-name p --policy-document '${JSON.stringify(SEND)}'`,
      ],
    ],
    [
      'a managed policy rewritten',
      managed(TAGGED),
      managed(SEND),
      [
        `aws iam create-policy-version --policy-arn ${OPS} --set-as-default --policy-document '${JSON.stringify(TAGGED)}'`,
      ],
    ],
    [
      'a trust policy rewritten',
      role('alice'),
      role('bob'),
      [
        `aws iam update-assume-role-policy --role-name ops --policy-document '${JSON.stringify(TRUST('alice'))}'`,
      ],
    ],
    [
      'a boundary removed',
      alice({ policies: ['Ops'], boundary: 'Limit' }),
      alice({ policies: ['Ops'] }),
      [
        `aws iam put-user-permissions-boundary --user-name alice --permissions-boundary arn:aws:iam::${ACCOUNT_ID}:policy/Limit`,
      ],
    ],
    [
      'a group joined',
      alice(),
      alice({ groups: ['ops'] }),
      ['aws iam remove-user-from-group --user-name alice --group-name ops'],
    ],
    [
      'the tag of an instance',
      alice({ policies: [{ name: 'p', document: TAGGED }] }),
      {
        ...alice({ policies: [{ name: 'p', document: TAGGED }] }),
        instances: [{ id: 'i-1', tags: { team: 'red' } }],
      },
      [`aws ec2 create-tags --region us-east-1 --resources i-1 --tags '[{"Key":"team","Value":"blue"}]'`],
    ],
    [
      'the tag of a user',
      alice({ policies: [{ name: 'p', document: OWN }] }),
      alice({ policies: [{ name: 'p', document: OWN }], tags: { team: 'red' } }),
      ['aws iam untag-user --user-name alice --tag-keys team'],
    ],
  ])('%s', (_, before, after, lines) => {
    const limits = [...(base.policies ?? []), { name: 'Limit', document: allow('s3:*') }];
    const withLimit = (input: AccountInput): AccountInput =>
      input.policies === base.policies ? { ...input, policies: limits } : input;
    expect(undo(withLimit(before), withLimit(after))).toEqual([lines]);
  });

  it('does not exist for roles of IAM Identity Center, which the service writes', () => {
    const sso = (policies: string[]): AccountInput => ({
      ...base,
      roles: [
        { name: 'AWSReservedSSO_Ops_0123456789abcdef', path: '/aws-reserved/sso.amazonaws.com/', policies },
      ],
    });
    expect(undo(sso([]), sso(['Ops']))).toEqual([undefined]);
  });

  it('does not exist if a name cannot be typed', () => {
    const tagged = (team: string): AccountInput => ({
      ...alice({ policies: [{ name: 'p', document: TAGGED }] }),
      instances: [{ id: 'i-1', tags: { team } }],
    });
    // a tag may contain characters that hide text on a terminal
    expect(undo(tagged('\u202e blue'), tagged('red'))).toEqual([undefined]);
  });

  it('lists ten calls of many, and how many more there are', () => {
    const fleet = (team: string): AccountInput => ({
      ...alice({ policies: [{ name: 'p', document: TAGGED }] }),
      instances: Array.from({ length: 25 }, (__, n) => ({ id: `i-${n}`, tags: { team } })),
    });
    const [lines] = undo(fleet('blue'), fleet('red')) as string[][];
    expect(lines).toHaveLength(11);
    expect(lines?.at(-1)).toBe('# and 15 more like these');
  });
});

it('a word is quoted for a shell, whatever is in it', () => {
  const typed = fc.string({ unit: 'binary' }).filter((text) => shellWord(text) !== null);
  fc.assert(
    fc.property(fc.array(typed, { minLength: 20, maxLength: 20 }), (texts) => {
      const words = texts.map((text) => shellWord(text));
      const out = execFileSync('sh', ['-c', `printf '%s\\n' ${words.join(' ')}`], { encoding: 'utf8' });
      expect(out).toBe(texts.map((text) => `${text}\n`).join(''));
    }),
    { numRuns: 20 },
  );
  expect(['a\nb', 'a\u0000', '\u202e'].map(shellWord)).toEqual([null, null, null]);
});
