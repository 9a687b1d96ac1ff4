import { describe, expect, it } from 'vitest';
import { explanationText } from '../../cli/explanation-text.ts';
import { type CellExplanation, explainCell, type NoCell } from '../../lib/matrix/answers/explain.ts';
import type { PathId } from '../../lib/matrix/paths/cell.ts';
import { ACCOUNT_ID, type AccountInput, account, allow, deny } from '../fixtures/account.ts';

const arn = (kind: string, name: string): string => `arn:aws:iam::${ACCOUNT_ID}:${kind}/${name}`;
const MFA = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
const trust = (Principal: unknown, Condition?: object): object => ({
  Version: '2012-10-17',
  Statement: [
    { Sid: 'In', Effect: 'Allow', Principal, Action: 'sts:AssumeRole', ...(Condition ? { Condition } : {}) },
  ],
});
const isCell = (one: CellExplanation | NoCell): one is CellExplanation => !('error' in one);

function explained(input: AccountInput, principal: string, path: PathId = 'session-manager', full = false) {
  const snapshot = account({ instances: [{ id: 'i-1' }, { id: 'i-2', role: 'box' }], ...input });
  const cell = explainCell(snapshot, { principal, instance: 'i-1', path });
  if (!isCell(cell)) throw new Error(cell.error);
  return { cell, lines: explanationText(cell, snapshot, { width: 200, full }).split('\n') };
}

describe('a cell without a request to show', () => {
  it('says that what the path needs does not exist', () => {
    const { lines } = explained({ users: [{ name: 'ada' }] }, arn('user', 'ada'), 'stack-update');
    expect(lines).toEqual([
      'user/ada on i-1 by stack-update: denied',
      '  the account has nothing by which stack-update leads here: docs/access-paths.md says what it takes',
      '',
    ]);
  });

  it('says so where all that can be asked is allowed, and leaves out ways that ask for nothing', () => {
    const ada = { name: 'ada', policies: [allow('*')] };
    const { cell, lines } = explained({ users: [ada] }, arn('user', 'ada'), 'launch-template');
    expect(cell.verdict).toBe('denied');
    expect(cell.alternatives.map(({ requests }) => requests.length === 0)).toContain(true);
    expect(cell.alternatives.map(({ requests }) => requests.length > 0)).toContain(true);
    expect(lines[1]).toBe(
      '  the account has nothing by which launch-template leads here: docs/access-paths.md says what it takes',
    );
    const heads = lines.flatMap((line, at) => (/^\d+ ways? of/.test(line) ? [at] : []));
    expect(heads.map((at) => lines[at + 1]).filter((next) => !next?.startsWith('  '))).toEqual([]);
  });

  it('says that somebody from outside has no role that leads here', () => {
    const outside = 'arn:aws:iam::444455556666:root';
    const roles = [{ name: 'idle', trust: trust({ AWS: '444455556666' }) }];
    const { lines } = explained({ roles }, outside, 'run-command');
    expect(lines.slice(0, 2)).toEqual([
      'account 444455556666 on i-1 by run-command: denied',
      '  it has no policies in this account, and no role that it may take leads here',
    ]);
  });
});

it('an explanation shows a role without its path, as who-can does and --principal accepts', () => {
  const deploy = { name: 'deploy', arn: arn('role', 'ci/eu/deploy'), policies: [allow('ssm:StartSession')] };
  const { lines } = explained({ roles: [deploy] }, deploy.arn);
  expect(lines[0]).toBe('role/deploy on i-1 by session-manager: allowed');
  expect(lines.join('\n')).toContain('identity policies of role/deploy: ');
});

it('an explanation describes any OS user in words', () => {
  const ada = { name: 'ada', policies: [allow('ec2-instance-connect:SendSSHPublicKey')] };
  const { lines } = explained({ users: [ada] }, arn('user', 'ada'), 'ec2-instance-connect');
  expect(lines).toContain('  lands as any OS user');
});

it.each([
  ['session-manager-command', 'ssm:StartSession', 'lands as the document says'],
  ['serial-console', 'ec2-instance-connect:SendSerialConsoleSSHPublicKey', 'lands with a console login'],
  ['run-command', 'ssm:SendCommand', 'lands as root'],
] as const)('an explanation of %s says as whom', (path, action, words) => {
  const ada = { name: 'ada', policies: [allow(action)] };
  expect(explained({ users: [ada] }, arn('user', 'ada'), path).lines).toContain(`  ${words}`);
});

describe('a cell that is held through a chain', () => {
  const chain: AccountInput = {
    users: [{ name: 'ada', policies: [allow('sts:AssumeRole', '*', MFA)] }],
    roles: [
      { name: 'first', trust: trust({ AWS: ACCOUNT_ID }), policies: [allow('sts:AssumeRole')] },
      {
        name: 'second',
        trust: trust({ AWS: arn('role', 'first') }, { StringEquals: { 'sts:ExternalId': 'x-1' } }),
        policies: [allow('ssm:StartSession')],
      },
    ],
  };

  it('shows each step with its request, the trust policy statement, and the source of each condition', () => {
    const { lines } = explained(chain, arn('user', 'ada'));
    const from = lines.indexOf('step by step:');
    expect(lines.slice(from, lines.indexOf('', from))).toEqual([
      'step by step:',
      '  1. user/ada becomes role/first by sts:AssumeRole',
      '    let in by statement 0 (In) of its trust policy',
      '    if signed in with MFA',
      `    sts:AssumeRole on ${arn('role', 'first')}: conditional`,
      '      trust policy of role/first: Allow in role/first#trust policy, statement 0 (In): applies',
      '      identity policies of user/ada: conditional',
      '        Allow in user/ada#policy-0, statement 0: applies if signed in with MFA',
      '  2. role/first becomes role/second by sts:AssumeRole',
      '    let in by statement 0 (In) of its trust policy',
      '    if sts:ExternalId is x-1',
      `    sts:AssumeRole on ${arn('role', 'second')}: conditional`,
      '      trust policy of role/second: conditional',
      '        Allow in role/second#trust policy, statement 0 (In): applies if sts:ExternalId is x-1',
      '      identity policies of role/first: Allow in role/first#policy-0, statement 0: applies',
    ]);
    expect(lines).toContain('then, as role/second, way 1 of 2 (SSM-SessionManagerRunShell):');
  });

  it('has the same in its JSON, request by request', () => {
    const { cell } = explained(chain, arn('user', 'ada'));
    expect(cell.steps.map(({ from, to }) => [from, to])).toEqual([
      [arn('user', 'ada'), arn('role', 'first')],
      [arn('role', 'first'), arn('role', 'second')],
    ]);
    const layers = cell.steps.map(({ requests }) => requests.flatMap((one) => one.layers));
    expect(layers.map((some) => some.map(({ layer, of }) => [layer, of]))).toEqual([
      [
        ['resourcePolicy', arn('role', 'first')],
        ['identityPolicies', arn('user', 'ada')],
      ],
      [
        ['resourcePolicy', arn('role', 'second')],
        ['identityPolicies', arn('role', 'first')],
      ],
    ]);
  });

  it('names the path to a shell on another instance', () => {
    const users = [
      { name: 'ada', policies: [allow('ssm:StartSession', 'arn:aws:ec2:*:*:instance/i-2', MFA)] },
    ];
    const roles = [{ name: 'box', policies: [allow('ssm:StartSession')] }];
    const { lines } = explained({ users, roles }, arn('user', 'ada'));
    const at = lines.indexOf(
      '  1. user/ada becomes role/box by a shell on instance/i-2 (session-manager), whose role it is',
    );
    expect(lines[at + 1]).toBe('    if signed in with MFA');
  });

  it('shows every request for something that is passed to a service', () => {
    const users = [
      {
        name: 'ada',
        policies: [allow(['iam:PassRole', 'lambda:CreateFunction', 'lambda:InvokeFunction'])],
      },
    ];
    const fn = {
      name: 'fn',
      trust: trust({ Service: 'lambda.amazonaws.com' }),
      policies: [allow('ssm:StartSession')],
    };
    const { cell, lines } = explained({ users, roles: [fn] }, arn('user', 'ada'));
    expect(cell.steps.flatMap(({ requests }) => requests.map(({ action }) => action))).toEqual([
      'iam:PassRole',
      'lambda:CreateFunction',
      'lambda:InvokeFunction',
    ]);
    expect(lines).toContain('  1. user/ada becomes role/fn by lambda:CreateFunction');
  });

  it('leaves the decision about another account to its administrators', () => {
    const gate = {
      name: 'gate',
      trust: trust({ AWS: '444455556666' }),
      policies: [allow('ssm:StartSession')],
    };
    const { cell, lines } = explained({ roles: [gate] }, 'arn:aws:iam::444455556666:root');
    expect(cell.steps[0]?.requests[0]?.layers.map(({ layer }) => layer)).toEqual(['resourcePolicy']);
    expect(lines).toContain('  1. account 444455556666 becomes role/gate by sts:AssumeRole');
  });

  it('shows that another principal is made stronger and then assumed', () => {
    const users = [
      { name: 'ada', policies: [allow(['sts:AssumeRole', 'iam:AttachRolePolicy'], arn('role', 'gate'))] },
    ];
    const roles = [{ name: 'gate', trust: trust({ AWS: ACCOUNT_ID }) }];
    const { lines } = explained({ users, roles }, arn('user', 'ada'));
    expect(lines).toContain('  1. user/ada becomes role/gate by sts:AssumeRole');
    expect(lines).toContain('  2. user/ada makes role/gate more than it was by iam:AttachRolePolicy');
  });

  it('shows that it gives itself a policy, and whose policy that is', () => {
    const users = [{ name: 'ada', policies: [allow('iam:PutUserPolicy')] }];
    const { lines } = explained({ users }, arn('user', 'ada'));
    expect(lines).toContain('  1. user/ada becomes more than it was by iam:PutUserPolicy');
    expect(lines).toContain(
      '    identity policies of user/ada: Allow in the policy that it gives itself, statement 0: applies',
    );
  });
});

describe('closed alternatives beside an open one', () => {
  const users = [{ name: 'ada', policies: [allow('ssm:StartSession', 'arn:aws:ec2:*:*:instance/*')] }];

  it('are one line each with what they lack', () => {
    const { lines } = explained({ users }, arn('user', 'ada'));
    const closed = lines.filter((line) => line.includes('closed'));
    expect(closed).toHaveLength(1);
    expect(closed[0]).toMatch(
      /^way 1 of 2 \(SSM-SessionManagerRunShell\), closed: no Allow of ssm:StartSession in 1 policy of user\/ada applies to arn:aws:ssm:us-east-1:\d+:document\/SSM-SessionManagerRunShell: Allow in/,
    );
    expect(lines.join('\n')).not.toContain('implicitDeny');
  });

  it('are shown in full on request, and for a denied cell', () => {
    const { lines } = explained({ users }, arn('user', 'ada'), 'session-manager', true);
    expect(lines).toContain('way 1 of 2 (SSM-SessionManagerRunShell):');
    const none = explained({ users: [{ name: 'ada' }] }, arn('user', 'ada'));
    expect(none.lines.filter((line) => line.startsWith('way '))).toHaveLength(2);
  });

  it('contain no Deny that applies', () => {
    const some = [
      {
        name: 'ada',
        policies: [allow('ssm:*'), deny('ssm:StartSession', 'arn:aws:ssm:*::document/AWS-Start*')],
      },
    ];
    const { cell, lines } = explained({ users: some }, arn('user', 'ada'), 'session-manager-command');
    expect(cell.verdict).toBe('allowed');
    expect(lines.filter((line) => /Deny .*: applies/.test(line))).toEqual([]);
    expect(lines.join('\n')).toContain('closed: ssm:StartSession is denied by Deny in user/ada#policy-1');
  });
});

describe('guardrails', () => {
  const organization = [
    { targetId: 'r-ab12', name: 'Root', scps: [allow('*')] },
    { targetId: 'ou-ab12-11111111', name: 'Work\u202eloads', scps: [allow('*'), deny('ssm:SendCommand')] },
    { targetId: ACCOUNT_ID, scps: [allow('*')] },
  ];
  const users = [{ name: 'ada', policies: [allow('ssm:*')] }];

  it('have the names that people know, on one line whatever the name contains', () => {
    const { lines } = explained({ users, organization }, arn('user', 'ada'), 'run-command');
    expect(lines[1]).toBe(
      '  ssm:SendCommand is denied by Deny in scp-1-1, statement 0, attached to OU Work\\u{202e}loads (ou-ab12-11111111)',
    );
    expect(lines).toContain(
      '    service control policies of OU Work\\u{202e}loads (ou-ab12-11111111): denies',
    );
    const open = explained({ users, organization }, arn('user', 'ada'));
    expect(open.lines).toContain(
      `    service control policies of root r-ab12, OU Work\\u{202e}loads (ou-ab12-11111111), account ${ACCOUNT_ID}: all allow (scp-0-0, scp-1-0, scp-2-0)`,
    );
  });
});

describe('a path that would not work now', () => {
  it('shows the obstacle, and who may remove it', () => {
    const shell: AccountInput = {
      instances: [{ id: 'i-1', state: 'stopped' }],
      users: [
        { name: 'ada', policies: [allow('ssm:StartSession')] },
        ...Array.from({ length: 12 }, (_, i) => ({
          name: `op-${String(i).padStart(2, '0')}`,
          policies: [allow('ec2:StartInstances', '*', MFA)],
        })),
      ],
    };
    const { lines } = explained(shell, arn('user', 'ada'));
    const from = lines.indexOf('  reachable: no');
    const named = Array.from({ length: 10 }, (_, i) => `user/op-0${i} (if signed in with MFA)`).join(', ');
    expect(lines[from + 1]).toBe('    the instance is stopped');
    expect(
      lines
        .slice(from + 2)
        .join(' ')
        .replaceAll(/\s+/g, ' '),
    ).toContain(`ec2:StartInstances removes it: ${named} and 2 more`);
    const { lines: alone } = explained(
      { ...shell, users: shell.users?.slice(0, 1) ?? [] },
      arn('user', 'ada'),
    );
    expect(alone).toContain('      ec2:StartInstances would remove it: nobody may make it');
  });
});
