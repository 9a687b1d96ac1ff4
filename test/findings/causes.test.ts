import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { generateAccount } from '../../bench/generate-account.ts';
import { findFindings } from '../../lib/findings/find.ts';
import type { Finding } from '../../lib/findings/finding.ts';
import { indexPolicies } from '../../lib/findings/statements.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { ACCOUNT_ID, type AccountInput, account, allow, deny } from '../fixtures/account.ts';
import { anyAccount } from '../matrix/arbitrary-account.ts';
import { findingsByPrincipal } from './by-principal.ts';

/** Raise it for a longer search: `LATCHKEY_FUZZ_RUNS=5000`. */
const runs = Number(process.env.LATCHKEY_FUZZ_RUNS ?? 150);
vi.setConfig({ testTimeout: 60_000 + runs * 2_000 });

const AT = '2026-08-23T10:20:00.000Z';
const findAll = (snapshot: Snapshot): Finding[] =>
  findFindings({ snapshot, matrix: buildMatrix(snapshot), previous: [], at: AT });
/** Findings about statements. */
const find = (snapshot: Snapshot): Finding[] =>
  findAll(snapshot).filter(({ cause }) => cause.kind === 'statement');
const TWO = [{ id: 'i-1' }, { id: 'i-2' }];
const SEND = 'ssm:SendCommand';
const EIC = 'ec2-instance-connect:SendSSHPublicKey';
const SERVICE = (service: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
});
const names = (finding: Finding | undefined) =>
  finding?.holders.map(({ principal }) => principal.split('/').at(-1));

/** `RULE ARN` of all holders. Lists contain at most 100, so accounts must be small. */
function told(findings: readonly Finding[]): ReadonlySet<string> {
  return new Set(
    findings.flatMap(({ rules, holders }) =>
      rules.flatMap((rule) => holders.map(({ principal }) => `${rule} ${principal}`)),
    ),
  );
}

describe('a cause', () => {
  it('is a managed policy, wherever it is attached', () => {
    const input: AccountInput = {
      users: [
        { name: 'alice', policies: ['Ops'] },
        { name: 'bob', groups: ['ops'] },
      ],
      groups: [{ name: 'ops', policies: ['Ops'] }],
      roles: [{ name: 'bot', trust: SERVICE('lambda.amazonaws.com'), policies: ['Ops'] }],
      policies: [{ name: 'Ops', document: allow(SEND) }],
      instances: TWO,
    };
    const findings = find(account(input));
    expect(findings).toHaveLength(1);
    const [finding] = findings;
    expect(names(finding)).toEqual(['alice', 'bob', 'bot']);
    expect(finding).toMatchObject({
      title:
        'statement 0 of policy `Ops` lets 3 principals (2 people) run any command document as root on all 2 instances',
      rules: ['CMD-ALL', 'CMD-SHELL'],
      holderCount: 3,
      peopleCount: 2,
      instanceCount: 2,
      productionCount: 0,
      paths: ['run-command'],
      fix: null,
      cause: {
        kind: 'statement',
        resource: `arn:aws:iam::${ACCOUNT_ID}:policy/Ops`,
        statements: [{ policy: `arn:aws:iam::${ACCOUNT_ID}:policy/Ops`, statement: 0, sid: null }],
      },
    });
    expect(finding?.evidence).toContain('policy `Ops` is attached to group `ops`, role `bot`, user `alice`');
  });

  it('is a statement in many inline policies that differ only in names and ids', () => {
    const own = (name: string, more: object = {}) => ({
      name,
      policies: [
        allow(SEND, [
          `arn:aws:ec2:*:${ACCOUNT_ID}:instance/${name === 'alice' ? 'i-1' : 'i-2'}`,
          'arn:aws:ssm:*::document/AWS-RunShellScript',
        ]),
      ],
      ...more,
    });
    const findings = find(account({ users: [own('alice'), own('bob')], instances: TWO }));
    expect(findings.map(({ title }) => title)).toEqual([
      'statement 0 of inline policy `policy-0` of user `alice` and 1 like it lets 2 people run their own commands as root on all 2 instances',
    ]);
    expect(findings[0]?.cause.statements).toHaveLength(2);
    expect(findings[0]?.holders.map(({ instances }) => instances)).toEqual([1, 1]);
  });

  it('is not shared by statements with other content', () => {
    const by = (operator: string, key: string) =>
      allow(EIC, '*', { [operator]: { [`aws:ResourceTag/${key}`]: 'x' } });
    const policies = [
      by('StringEquals', 'a'),
      by('StringEquals', 'b'),
      by('StringLike', 'a'),
      allow(EIC),
      allow([EIC, 'ec2:DescribeInstances']),
    ];
    const users = policies.map((policy, index) => ({ name: `u${index}`, policies: [policy] }));
    const findings = find(account({ users, instances: [{ id: 'i-1', tags: { a: 'x', b: 'x' } }] }));
    expect(findings).toHaveLength(policies.length);
  });

  it('leaves out a statement that only names documents', () => {
    const document = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: SEND, Resource: 'arn:aws:ssm:*:*:document/*' },
        { Sid: 'Boxes', Effect: 'Allow', Action: SEND, Resource: 'arn:aws:ec2:*:*:instance/*' },
      ],
    };
    const findings = find(account({ users: [{ name: 'alice', policies: [document] }], instances: TWO }));
    expect(findings.map(({ cause }) => cause.statements.map(({ sid }) => sid))).toEqual([['Boxes']]);
  });

  it('has its own name if its Sid moves to another statement', () => {
    const box = { Sid: 'Boxes', Effect: 'Allow', Action: SEND, Resource: '*' };
    const other = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
    const ids = [[box], [other, box]].map((Statement) => {
      const document = { Version: '2012-10-17', Statement };
      const policies = [{ name: 'Ops', document }];
      const users = [{ name: 'alice', policies: ['Ops'] }];
      return find(account({ users, policies, instances: TWO })).map(({ id }) => id);
    });
    expect(ids[0]).toHaveLength(1);
    expect(ids[1]).toEqual(ids[0]);
  });

  it('has no service-linked role among its holders', () => {
    const roles = [
      {
        name: 'AWSServiceRoleForAutoScaling',
        path: '/aws-service-role/autoscaling.amazonaws.com/',
        trust: SERVICE('autoscaling.amazonaws.com'),
        policies: [allow('*')],
      },
    ];
    expect(find(account({ roles, instances: TWO }))).toEqual([]);
  });

  it('lists at most 100 holders, the most severe first, and counts all', () => {
    const users = Array.from({ length: 120 }, (_, n) => ({ name: `u${n}`, policies: ['Ops'] }));
    const roles = [{ name: 'bot', trust: SERVICE('lambda.amazonaws.com'), policies: ['Ops'] }];
    const policies = [{ name: 'Ops', document: allow(SEND) }];
    const [finding] = find(account({ users, roles, policies, instances: TWO }));
    expect([finding?.holders.length, finding?.holderCount, finding?.peopleCount]).toEqual([100, 121, 120]);
    expect(finding?.holders.every(({ kind }) => kind === 'person')).toBe(true);
  });
});

describe('a remedy', () => {
  it('never changes a Deny', () => {
    const mfa = { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } };
    const input: AccountInput = {
      users: [{ name: 'alice', policies: [allow('*')], groups: ['everyone'] }],
      groups: [{ name: 'everyone', policies: [{ name: 'AMfa', document: deny('*', '*', mfa) }] }],
      instances: TWO,
    };
    const [finding] = find(account(input));
    expect(finding?.remediation).not.toContain('AMfa');
    expect(finding?.evidence).toContain(
      'statement 0 of inline policy `AMfa` of group `everyone` denies a part of it',
    );
  });

  it.each([1, 2, 3])('names only Allows, in a generated account (seed %i)', (seed) => {
    const snapshot = generateAccount({ principals: 120, instances: 60, seed });
    const policies = indexPolicies(snapshot);
    const findings = find(snapshot);
    expect(findings.length).toBeGreaterThan(10);
    for (const { cause, rule } of findings)
      for (const { policy, statement } of cause.statements)
        expect(policies.statements(policy)?.[statement]?.effect).toBe(
          rule.startsWith('DENY-') ? 'Deny' : 'Allow',
        );
  });
});

describe('a statement', () => {
  it('is judged by the actions that the evaluator reads: one without a prefix is none', () => {
    const rules = (action: string) =>
      findAll(
        account({
          users: [{ name: 'alice', policies: [allow([action, 'ssm:StartSession'])] }],
          instances: TWO,
        }),
      ).flatMap((finding) => finding.rules);
    expect(rules('ssm:*')).toContain('SSM-STAR');
    expect(rules('ssm*')).not.toContain('SSM-STAR');
    expect(rules('ssm*')).toContain('SSM-START-ALL');
  });
});

describe('an outsider', () => {
  const held = (input: AccountInput) =>
    findAll(account(input)).flatMap(({ rules, holders }) =>
      holders.some(({ kind }) => kind === 'outside') ? rules : [],
    );
  const TRUST = (account: string) => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' }],
  });

  it('holds what the role at the end of the chain holds, also through an instance', () => {
    const rules = held({
      roles: [
        {
          name: 'ops',
          trust: TRUST('444455556666'),
          policies: [allow(SEND, [`arn:aws:ec2:*:*:instance/i-1`, 'arn:aws:ssm:*:*:document/*'])],
        },
        { name: 'box', trust: SERVICE('ec2.amazonaws.com'), policies: [allow('ssm:StartSession')] },
      ],
      instances: [{ id: 'i-1', role: 'box' }, { id: 'i-2' }],
    });
    expect(rules).toContain('SSM-START-ALL');
  });

  it('does not hold what the role only has after it changed itself', () => {
    const boundary = allow(['iam:DeleteRolePermissionsBoundary', EIC]);
    const rules = held({
      roles: [{ name: 'ops', trust: TRUST('444455556666'), policies: [allow('*')], boundary: 'Limits' }],
      policies: [{ name: 'Limits', document: boundary }],
      instances: TWO,
    });
    expect(rules).toContain('EIC-ALL');
    expect(rules).not.toContain('SSM-START-ALL');
  });
});

describe('findings by rule and principal', () => {
  it('are covered by findings by cause, in accounts with any policies', () => {
    fc.assert(
      fc.property(anyAccount, (snapshot) => {
        const matrix = buildMatrix(snapshot);
        const causes = told(findFindings({ snapshot, matrix, previous: [], at: AT }));
        expect(findingsByPrincipal(snapshot, matrix).filter((pair) => !causes.has(pair))).toEqual([]);
      }),
      { numRuns: runs },
    );
  });

  it.each([1, 2, 3, 4])('are covered in a generated account (seed %i)', (seed) => {
    const snapshot = generateAccount({ principals: 80, instances: 60, seed });
    const matrix = buildMatrix(snapshot);
    const causes = told(findFindings({ snapshot, matrix, previous: [], at: AT }));
    const pairs = findingsByPrincipal(snapshot, matrix);
    expect(pairs.length).toBeGreaterThan(30);
    expect(pairs.filter((pair) => !causes.has(pair))).toEqual([]);
  });
});

it('an account of 2,000 principals and 2,000 instances has 350 findings, 100 of them critical or high', () => {
  const snapshot = generateAccount({ principals: 2000, instances: 2000, seed: 1 });
  const findings = findAll(snapshot);
  const grave = findings.filter(({ severity }) => severity === 'critical' || severity === 'high');
  expect(findings.length).toBeLessThanOrEqual(350);
  expect(grave.length).toBeLessThanOrEqual(100);
  expect(grave.length).toBeGreaterThan(20);
}, 120_000);
