import { beforeAll, describe, expect, it } from 'vitest';
import { folderSource } from '../../lib/adapters/local/folder-source.ts';
import { collectAccount } from '../../lib/collect/collect.ts';
import { findFindings } from '../../lib/findings/find.ts';
import type { Finding } from '../../lib/findings/finding.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { ACCOUNT_ID, type AccountInput, account, allow, deny } from '../fixtures/account.ts';

const AT = '2026-08-23T10:20:00.000Z';
const TWO = [
  { id: 'i-1', tags: { team: 'red' } },
  { id: 'i-2', tags: { team: 'red' } },
];
const EIC = 'ec2-instance-connect:SendSSHPublicKey';
const ANY_INSTANCE = 'arn:aws:ec2:*:*:instance/*';
const IF_CHECKED = { BoolIfExists: { 'ssm:SessionDocumentAccessCheck': 'true' } };
const RED = { StringEquals: { 'aws:ResourceTag/team': 'red' } };

const findIn = (snapshot: Snapshot): Finding[] =>
  findFindings({ snapshot, matrix: buildMatrix(snapshot), previous: [], at: AT });

/** The rules of these cases; the others have theirs in rule-cases.ts. */
const HERE: ReadonlySet<string> = new Set([
  ...['EIC-ALL', 'EIC-NO-OSUSER', 'SSM-STAR', 'SSM-START-ALL', 'CMD-ALL', 'CMD-SHELL', 'TAG-TAMPER'],
  ...['TRUST-EC2-MISSING', 'IMDS-V1', 'SG-SSH'],
]);

const brief = (findings: readonly Finding[]) =>
  findings.flatMap((f) => {
    const rules = f.rules.filter((rule) => HERE.has(rule));
    if (rules.length === 0) return [];
    const about = f.holderCount > 0 ? f.holders.map(({ principal }) => principal) : [f.cause.resource];
    return `${rules.join('+')} ${f.severity} ${about.map((arn) => arn.split(/[/:]/).at(-1)).join(',')}`;
  });

const alice = (...policies: object[]): AccountInput => ({
  users: [{ name: 'alice', policies }],
  instances: TWO,
});
const eic = (condition: object, resource = '*') => alice(allow(EIC, resource, condition));
const trustOf = (aws: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: aws }, Action: 'sts:AssumeRole' }],
});
const opsFor = (aws: string): AccountInput => ({
  users: [{ name: 'alice', policies: [allow('sts:AssumeRole')] }],
  roles: [{ name: 'ops', trust: trustOf(aws), policies: [allow('ssm:StartSession')] }],
  instances: TWO,
});
const bob = {
  name: 'bob',
  policies: [allow('ssm:StartSession', '*', { StringEquals: { 'aws:ResourceTag/team': 'blue' } })],
};

describe('with cells of the evaluator', () => {
  it.each<readonly [string, AccountInput, readonly string[]]>([
    ['a key for anybody, anywhere', alice(allow(EIC)), ['EIC-ALL+EIC-NO-OSUSER critical alice']],
    ["the image's own user", eic({ StringEquals: { 'ec2:osuser': 'ec2-user' } }), ['EIC-ALL critical alice']],
    [
      'root among the users',
      eic({ StringEquals: { 'ec2:osuser': ['ec2-user', 'root'] } }),
      ['EIC-ALL+EIC-NO-OSUSER critical alice'],
    ],
    [
      'a pattern with root in it',
      eic({ StringLike: { 'ec2:osuser': 'r*' } }),
      ['EIC-ALL+EIC-NO-OSUSER critical alice'],
    ],
    [
      'all users but root',
      eic({ StringNotEquals: { 'ec2:osuser': 'root' } }),
      ['EIC-ALL+EIC-NO-OSUSER critical alice'],
    ],
    ['by tag, for any user', eic(RED), ['EIC-NO-OSUSER critical alice']],
    [
      'with MFA',
      eic({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
      ['EIC-ALL+EIC-NO-OSUSER high alice'],
    ],
    [
      'with a young MFA',
      eic({ NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' } }),
      ['EIC-ALL+EIC-NO-OSUSER high alice'],
    ],
    [
      'until a date',
      eic({ DateLessThan: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' } }),
      ['EIC-ALL+EIC-NO-OSUSER high alice'],
    ],
    [
      'denied without MFA',
      alice(allow(EIC), deny('*', '*', { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } })),
      ['EIC-ALL+EIC-NO-OSUSER high alice'],
    ],
    [
      'denied without MFA, but not with long-term keys',
      alice(allow(EIC), deny('*', '*', { Bool: { 'aws:MultiFactorAuthPresent': 'false' } })),
      ['EIC-ALL+EIC-NO-OSUSER critical alice'],
    ],
    ['any session', alice(allow('ssm:StartSession')), ['SSM-START-ALL critical alice']],
    [
      'instances without the document that is asked for',
      alice(allow('ssm:StartSession', ANY_INSTANCE, IF_CHECKED)),
      [],
    ],
    [
      'instances with it',
      alice(
        allow(
          'ssm:StartSession',
          [ANY_INSTANCE, 'arn:aws:ssm:*:*:document/SSM-SessionManagerRunShell'],
          IF_CHECKED,
        ),
      ),
      ['SSM-START-ALL critical alice'],
    ],
    [
      'managed instances of another kind',
      alice(allow('ssm:StartSession', 'arn:aws:ssm:*:*:managed-instance/*')),
      [],
    ],
    ['commands without a document', alice(allow('ssm:SendCommand', ANY_INSTANCE)), []],
    [
      "commands with any of AWS's documents",
      alice(allow('ssm:SendCommand', [ANY_INSTANCE, 'arn:aws:ssm:*::document/AWS-*'])),
      ['CMD-ALL+CMD-SHELL critical alice'],
    ],
    [
      'commands with a shell document',
      alice(allow('ssm:SendCommand', [ANY_INSTANCE, 'arn:aws:ssm:*::document/AWS-RunShellScript'])),
      ['CMD-SHELL critical alice'],
    ],
    [
      'a part of the names of actions',
      alice(allow(['ssm:Start*', 'ssm:Send*'])),
      ['CMD-ALL+CMD-SHELL+SSM-START-ALL critical alice'],
    ],
    [
      'all of Systems Manager',
      alice(allow('ssm:*')),
      ['CMD-ALL+CMD-SHELL+SSM-STAR+SSM-START-ALL critical alice'],
    ],
    [
      'all of it, within a boundary by tag',
      {
        users: [{ name: 'alice', policies: [allow('ssm:*')], boundary: allow('*', '*', RED) }],
        instances: TWO,
      },
      [],
    ],
    [
      'a tag that lets bob in',
      { users: [{ name: 'alice', policies: [allow('ec2:CreateTags')] }, bob], instances: TWO },
      ['TAG-TAMPER critical alice'],
    ],
    [
      'that tag denied, and deleting all of them',
      {
        users: [
          {
            name: 'alice',
            policies: [
              allow('ec2:*Tags'),
              deny('ec2:*Tags', '*', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['team'] } }),
              deny('ec2:DeleteTags', '*', { Null: { 'aws:TagKeys': 'true' } }),
            ],
          },
          bob,
        ],
        instances: TWO,
      },
      [],
    ],
    [
      'a role, and an outside account that may take it',
      opsFor('arn:aws:iam::444455556666:root'),
      ['SSM-START-ALL critical root,ops'],
    ],
    ['a role, and a user who may take it', opsFor(ACCOUNT_ID), ['SSM-START-ALL critical ops']],
  ])('%s', (_says, input, expected) => {
    expect(brief(findIn(account(input)))).toEqual(expected);
  });
});

describe('examples/acme', () => {
  let findings: readonly Finding[];
  beforeAll(async () => {
    findings = findIn(await collectAccount(folderSource('examples/acme'), new Date(AT), { step: () => {} }));
  });

  it('has the findings that its source pages warn of, about nobody else', () => {
    expect(brief(findings)).toEqual([
      'CMD-ALL+CMD-SHELL+EIC-ALL+EIC-NO-OSUSER+SSM-STAR+SSM-START-ALL+TAG-TAMPER critical AWSReservedSSO_AdministratorAccess_5f1c0d9be7a84423',
      'CMD-ALL+CMD-SHELL+SSM-STAR+SSM-START-ALL critical AWSReservedSSO_FleetOperators_9c3ab2e41d6f7085',
      'CMD-ALL+CMD-SHELL+SSM-STAR+SSM-START-ALL critical RunCommandUser',
      'SG-SSH critical sg-0e1f2d3c4b5a69788',
      'EIC-NO-OSUSER high bob',
      'TAG-TAMPER high CostTagger',
      'IMDS-V1 high *',
      'TRUST-EC2-MISSING low LegacyReporting',
    ]);
  });

  it('names the policy, its statement and the instances of each', () => {
    const bobs = findings.find((f) => f.holders[0]?.principal.endsWith('user/bob'));
    expect(bobs?.evidence).toContain('policy `ConnectByTeamTag` is attached to user `bob`');
    expect(bobs?.evidence).toContain(
      'reaches 2 of 8 instances: 2 of 5 in us-east-2; 2 are tagged as production',
    );
    const fleet = findings.find((f) => f.holders[0]?.principal.includes('FleetOperators'));
    expect(fleet?.remediation).toContain(
      'detach `AmazonSSMFullAccess` from permission set `FleetOperators` (IAM Identity Center)',
    );
  });
});
