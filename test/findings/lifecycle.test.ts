import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findFindings } from '../../lib/findings/find.ts';
import type { Finding } from '../../lib/findings/finding.ts';
import { findingId, stillOpen } from '../../lib/findings/lifecycle.ts';
import { ACCOUNT_ID, type AccountInput, account, allow } from '../fixtures/account.ts';
import { byHand, type HandCells } from './by-hand.ts';

const FIRST = '2026-08-23T10:15:00.000Z';
const SECOND = '2026-08-24T10:15:00.000Z';
const THIRD = '2026-08-25T10:15:00.000Z';
const FOURTH = '2026-08-26T10:15:00.000Z';
const COMMAND: HandCells = { who: 'alice', path: 'run-command' };
const TWO_BOXES = [{ id: 'i-1' }, { id: 'i-2' }, { id: 'i-3' }];
const ARN = (id: string) => `arn:aws:ec2:us-east-1:${ACCOUNT_ID}:instance/${id}`;
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
  const findings = findFindings({ snapshot, matrix: byHand(snapshot, cells), previous, at });
  // findings about the account have a life like the others
  return findings.filter(({ cause }) => cause.kind !== 'setting' && cause.kind !== 'coverage');
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

  it('is resolved, remembered, and reopened if it returns', () => {
    const second = run({ ...OPEN, users: [{ name: 'alice' }] }, [], first, SECOND);
    expect(brief(second)).toEqual([
      ['SSM-START-ALL', 'resolved', FIRST, FIRST],
      ['IMDS-V1', 'open', FIRST, SECOND],
    ]);
    const third = run({ ...OPEN, users: [{ name: 'alice' }] }, [], second, THIRD);
    expect(brief(third)).toEqual([
      ['SSM-START-ALL', 'resolved', FIRST, FIRST],
      ['IMDS-V1', 'open', FIRST, THIRD],
    ]);
    expect(third[0]?.resolvedAt).toBe(SECOND);
    const back = run(OPEN, [SESSION], third, FOURTH);
    expect(brief(back)[0]).toEqual(['SSM-START-ALL', 'reopened', FIRST, FOURTH]);
    expect(back[0]?.resolvedAt).toBeUndefined();
    expect(brief(run(OPEN, [SESSION], stillOpen(back), FOURTH))[0]).toEqual([
      'SSM-START-ALL',
      'open',
      FIRST,
      FOURTH,
    ]);
  });

  it('is forgotten 90 days after it was resolved', () => {
    const gone = run({ ...OPEN, users: [{ name: 'alice' }] }, [], first, SECOND);
    const later = (at: string) => run({ ...OPEN, users: [{ name: 'alice' }] }, [], gone, at).length;
    expect([later('2026-11-22T10:15:00.000Z'), later('2026-11-22T10:15:01.000Z')]).toEqual([2, 1]);
  });

  it('keeps its id if the text of its statement changes, and says that it got graver', () => {
    const at = (policy: object, cells: readonly HandCells[], previous: readonly Finding[], when: string) =>
      run({ users: [{ name: 'alice', policies: [policy] }], instances: TWO_BOXES }, cells, previous, when);
    const was = at(allow('ssm:SendCommand', ARN('i-1')), [{ ...COMMAND, on: ['i-1'] }], [], FIRST);
    expect(was.map((f) => [f.rule, f.severity, f.status])).toEqual([['CMD-SHELL', 'medium', 'new']]);
    const is = at(allow('ssm:SendCommand'), [COMMAND], was, SECOND);
    expect(is.map((f) => [f.id, f.rule, f.severity, f.raisedFrom, f.status, f.firstSeen])).toEqual([
      [was[0]?.id, 'CMD-ALL', 'critical', 'medium', 'open', FIRST],
    ]);
    const third = at(allow('ssm:SendCommand'), [COMMAND], is, THIRD);
    expect(third.map((f) => [f.id, f.raisedFrom])).toEqual([[was[0]?.id, undefined]]);
  });

  it('follows a statement that moved because another one was inserted before it', () => {
    const policy = (...statements: object[]) => ({ Version: '2012-10-17', Statement: statements });
    const [one, two] = [allow('ssm:StartSession'), allow('ssm:SendCommand')].map(
      (document) => (document as { Statement: object[] }).Statement[0] as object,
    );
    const was = run(
      { users: [{ name: 'alice', policies: [policy(one!)] }], instances: TWO_BOXES },
      [{ ...SESSION, grants: ['policy-0#0'] }],
      [],
      FIRST,
    );
    const is = run(
      { users: [{ name: 'alice', policies: [policy(two!, one!)] }], instances: TWO_BOXES },
      [
        { ...SESSION, grants: ['policy-0#1'] },
        { ...COMMAND, grants: ['policy-0#0'] },
      ],
      was,
      SECOND,
    );
    expect(is.map((f) => [f.rule, f.status])).toEqual([
      ['CMD-ALL', 'new'],
      ['SSM-START-ALL', 'open'],
    ]);
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
  ] as const)('stays open if %s could not be read', (_what, input, reason, kept) => {
    const second = run(input as AccountInput, [], first, SECOND);
    const unseen = second.filter((f) => f.evidence.includes(`not checked this time: ${reason}`));
    expect(unseen).toHaveLength(kept);
    for (const f of unseen) expect([f.status, f.lastSeen]).toEqual(['open', FIRST]);
    const third = run(input as AccountInput, [], second, THIRD);
    const notes = third.flatMap((f) => f.evidence).filter((line) => line.startsWith('not checked'));
    expect(notes).toHaveLength(kept);
  });

  it('stays open if its cells could not be decided', () => {
    const unknown: HandCells = { ...SESSION, verdict: 'unknown', missing: 'iam.get-policy-version' };
    const second = run(OPEN, [unknown], first, SECOND);
    expect(second[0]?.status).toBe('open');
    expect(second[0]?.evidence).toContain(
      'not checked this time: `iam.get-policy-version` was not collected',
    );
  });

  it('stays once more if a rule of a later version found it', () => {
    const later = { ...(first[0] as Finding), id: 'x-1', rule: 'NOT-A-RULE', rules: ['NOT-A-RULE'] };
    expect(run(OPEN, [SESSION], [...first, later], SECOND).find((f) => f.id === 'x-1')?.status).toBe(
      'resolved',
    );
  });
});

describe('an id', () => {
  it('is readable, safe in a file name, and differs by rule and subject', () => {
    expect(findingId('statement', 'arn:aws:iam::111122223333:policy/Fleet Ops', 'key')).toMatch(
      /^statement-fleet-ops-[0-9a-f]{16}$/,
    );
    expect(findingId('statement', 'arn:aws:iam::1:user/../<b>\n=cmd()', 'key')).toMatch(/^[a-z0-9-]+$/);
    expect(findingId('statement', 'x', 'a')).not.toBe(findingId('statement', 'x', 'b'));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(findingId('trust', a, a)).toMatch(/^[a-z0-9-]{1,80}$/);
        expect(findingId('trust', 'x', a) === findingId('trust', 'x', b)).toBe(a === b);
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
    expect(findings.map((f) => f.rule)).toEqual(['SSM-STAR', 'IMDS-V1']);
    expect(findings[0]?.rules).toContain('TAG-TAMPER');
    for (const line of findings.flatMap((f) => [f.title, f.remediation, ...f.evidence])) {
      expect(line).not.toMatch(/[\p{Cc}\u202e]/u);
    }
  });
});

describe('order', () => {
  const ALL = 'ssm:StartSession';
  const ordered = ['a', 'b', 'c', 'd'];
  const sorted = run(
    {
      ...OPEN,
      users: ordered.map((name) => ({ name, policies: [allow(`ssm:Start${name}*`), allow(ALL)] })),
    },
    ordered.map((who): HandCells => ({ who, path: 'session-manager' })),
    [],
    FIRST,
  );

  it('is worst first and does not depend on the order of the input', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(['a', 'b', 'c', 'd'], { minLength: 4 }), (names) => {
        const users = names.map((name) => ({ name, policies: [allow(`ssm:Start${name}*`), allow(ALL)] }));
        const cells = names.map((who): HandCells => ({ who, path: 'session-manager' }));
        const findings = run({ ...OPEN, users }, cells, [], FIRST);
        expect(findings).toEqual(sorted);
        expect(findings[0]?.holders.map(({ principal }) => principal.split('/')[1])).toEqual([
          'a',
          'b',
          'c',
          'd',
        ]);
      }),
      { numRuns: 20 },
    );
  });
});
