import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findFindings } from '../../lib/findings/find.ts';
import type { Finding } from '../../lib/findings/finding.ts';
import { findingId } from '../../lib/findings/lifecycle.ts';
import { type AccountInput, account, allow } from '../fixtures/account.ts';
import { byHand, type HandCells } from './by-hand.ts';

const FIRST = '2026-08-23T10:15:00.000Z';
const SECOND = '2026-08-24T10:15:00.000Z';
const THIRD = '2026-08-25T10:15:00.000Z';
const SESSION: HandCells = { who: 'alice', path: 'session-manager' };
const OPEN: AccountInput = {
  users: [{ name: 'alice', policies: [allow('ssm:StartSession')] }],
  instances: [{ id: 'i-1', metadata: { httpTokens: 'optional' } }],
};

function run(
  input: AccountInput,
  cells: readonly HandCells[],
  previous: readonly Finding[],
  at: string,
): Finding[] {
  const snapshot = account(input);
  return findFindings({ snapshot, matrix: byHand(snapshot, cells), previous, at });
}

const brief = (findings: readonly Finding[]) =>
  findings.map((f) => [f.rule, f.status, f.firstSeen, f.lastSeen]);

describe('from run to run', () => {
  const first = run(OPEN, [SESSION], [], FIRST);

  it('is new, then open with the same id', () => {
    const second = run(OPEN, [SESSION], first, SECOND);
    expect(brief(first)).toEqual([
      ['SSM-START-ALL', 'new', FIRST, FIRST],
      ['IMDS-V1', 'new', FIRST, FIRST],
    ]);
    expect(brief(second)).toEqual([
      ['SSM-START-ALL', 'open', FIRST, SECOND],
      ['IMDS-V1', 'open', FIRST, SECOND],
    ]);
    expect(second.map((f) => f.id)).toEqual(first.map((f) => f.id));
  });

  it('is resolved once, then gone, and new again when it comes back', () => {
    const second = run({ ...OPEN, users: [{ name: 'alice' }] }, [], first, SECOND);
    expect(brief(second)).toEqual([
      ['SSM-START-ALL', 'resolved', FIRST, FIRST],
      ['IMDS-V1', 'open', FIRST, SECOND],
    ]);
    const third = run({ ...OPEN, users: [{ name: 'alice' }] }, [], second, THIRD);
    expect(brief(third)).toEqual([['IMDS-V1', 'open', FIRST, THIRD]]);
    expect(brief(run(OPEN, [SESSION], second, THIRD))[0]).toEqual(['SSM-START-ALL', 'new', THIRD, THIRD]);
  });

  it.each([
    [
      'instances',
      { users: OPEN.users!, regions: { 'us-east-1': { instances: null } } },
      '`ec2.describe-instances` was not collected in us-east-1',
      2,
    ],
    [
      'a whole region',
      { users: OPEN.users!, regions: { 'eu-west-1': {} } },
      '`ec2.describe-instances` was not collected in us-east-1',
      2,
    ],
    [
      'IAM',
      {
        instances: OPEN.instances!,
        coverage: [
          {
            call: 'iam.get-account-authorization-details',
            region: null,
            status: 'denied',
            detail: 'no',
            items: null,
          },
        ],
      },
      '`iam.get-account-authorization-details` was not collected',
      1,
    ],
  ] as const)('stays open when %s could not be looked at', (_what, input, reason, kept) => {
    const second = run(input as AccountInput, [], first, SECOND);
    const unseen = second.filter((f) => f.evidence.includes(`not checked this time: ${reason}`));
    expect(unseen).toHaveLength(kept);
    for (const f of unseen) expect([f.status, f.lastSeen]).toEqual(['open', FIRST]);
    const third = run(input as AccountInput, [], second, THIRD);
    const notes = third.flatMap((f) => f.evidence).filter((line) => line.startsWith('not checked'));
    expect(notes).toHaveLength(kept);
  });

  it('stays open when its cells could not be decided', () => {
    const unknown: HandCells = { ...SESSION, verdict: 'unknown', missing: 'iam.get-policy-version' };
    const second = run(OPEN, [unknown], first, SECOND);
    expect(second[0]?.status).toBe('open');
    expect(second[0]?.evidence).toContain(
      'not checked this time: `iam.get-policy-version` was not collected',
    );
  });

  it('says that a broader rule describes it now', () => {
    const star = { ...OPEN, users: [{ name: 'alice', policies: [allow('ssm:*')] }] };
    const second = run(star, [SESSION], first, SECOND);
    expect(brief(second).slice(0, 2)).toEqual([
      ['SSM-STAR', 'new', SECOND, SECOND],
      ['SSM-START-ALL', 'resolved', FIRST, FIRST],
    ]);
    expect(second[1]?.evidence.at(-1)).toBe('the access is still there: SSM-STAR now describes it');
  });

  it('keeps what a rule of a later version had found only once more', () => {
    const later = { ...(first[0] as Finding), id: 'x-1', rule: 'NOT-A-RULE' };
    expect(run(OPEN, [SESSION], [...first, later], SECOND).find((f) => f.id === 'x-1')?.status).toBe(
      'resolved',
    );
  });
});

describe('an id', () => {
  it('is readable, safe in a file name, and of one rule and subject', () => {
    expect(findingId('EIC-ALL', 'arn:aws:iam::111122223333:user/Alice')).toMatch(
      /^eic-all-alice-[0-9a-f]{16}$/,
    );
    expect(findingId('EIC-ALL', 'arn:aws:iam::1:user/../<b>\n=cmd()')).toMatch(/^[a-z0-9-]+$/);
    expect(findingId('A', 'x')).not.toBe(findingId('B', 'x'));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(findingId('EIC-ALL', a)).toMatch(/^[a-z0-9-]{1,80}$/);
        expect(findingId('EIC-ALL', a) === findingId('EIC-ALL', b)).toBe(a === b);
      }),
    );
  });
});

describe('hostile names', () => {
  it.each([
    '<script>alert(1)</script>',
    '=cmd()',
    '__proto__',
    'a\nnot checked this time: x',
    '🙂👩‍💻',
    '\u202eevil',
    '`',
  ])('%j stays on its line', (name) => {
    const findings = run(
      {
        users: [{ name, policies: [{ name, document: allow(['ssm:*', 'ec2:*']) }] }],
        instances: [{ id: 'i-1', tags: { Name: name, env: 'prod' }, metadata: { httpTokens: 'optional' } }],
      },
      [
        { who: name, path: 'session-manager' },
        {
          who: name,
          path: 'tag-rewrite',
          opens: [{ principal: name, path: 'session-manager', key: name, value: name }],
        },
      ],
      [],
      FIRST,
    );
    expect(findings.map((f) => f.rule)).toEqual(['SSM-STAR', 'TAG-TAMPER', 'IMDS-V1']);
    for (const line of findings.flatMap((f) => [f.title, f.remediation, ...f.evidence])) {
      expect(line).not.toMatch(/[\p{Cc}\u202e]/u);
    }
  });
});

describe('order', () => {
  it('is worst first and does not depend on the order of the input', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(['a', 'b', 'c', 'd'], { minLength: 4 }), (names) => {
        const users = names.map((name) => ({ name, policies: [allow('ssm:StartSession')] }));
        const cells = names.map((who): HandCells => ({ who, path: 'session-manager' }));
        const findings = run({ ...OPEN, users }, cells, [], FIRST);
        expect(findings.map((f) => f.principal?.split('/')[1] ?? f.instance)).toEqual([
          'a',
          'b',
          'c',
          'd',
          'i-1',
        ]);
      }),
      { numRuns: 20 },
    );
  });
});
