import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Drift } from '../../lib/drift/drift.ts';
import type { CellExplanation } from '../../lib/matrix/answers/explain.ts';
import type { Cell } from '../../lib/matrix/paths/cell.ts';
import { cellsOf } from '../drift/cells-of.ts';
import { allow } from '../fixtures/account.ts';
import { inputFiles } from '../fixtures/input-files.ts';
import { after, alice, bob, instanceId } from '../pipeline/account.ts';
import { latchkey, latestRun, writeFiles } from './run.ts';

const other = 'i-0fedcba9876543210';
const carol = 'arn:aws:iam::111122223333:user/carol';
const withCarol = {
  users: [
    ...(after.users ?? []),
    {
      name: 'carol',
      policy: allow('ec2-instance-connect:SendSSHPublicKey', '*', {
        StringEquals: { 'ec2:osuser': 'ec2-user' },
        Bool: { 'aws:MultiFactorAuthPresent': 'true' },
      }),
    },
  ],
  instances: [...(after.instances ?? []), { id: other }],
};

let out = '';
let runs: string[] = [];
beforeAll(async () => {
  const dir = await mkdtemp(join(tmpdir(), 'latchkey-answers-'));
  out = join(dir, 'out');
  for (const account of [after, withCarol]) {
    await writeFiles(join(dir, 'in'), inputFiles(account));
    const { code, stderr } = await latchkey(['scan', '--from', join(dir, 'in'), '--out', out]);
    expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
    runs = [...runs, await latestRun(out)];
  }
  return () => rm(dir, { recursive: true, force: true });
});

const whoCan = async (...args: string[]) => {
  const { code, stdout, stderr } = await latchkey(['who-can', '--in', out, '--json', ...args]);
  return { code, stderr, cells: JSON.parse(stdout) as Cell[] };
};

describe('latchkey who-can', () => {
  it('prints the cells of the contract', async () => {
    const { code, cells } = await whoCan('--principal', carol, '--instance', instanceId);
    expect(code).toBe(0);
    expect(cells).toEqual([
      {
        principal: carol,
        kind: 'person',
        instance: instanceId,
        path: 'ec2-instance-connect',
        verdict: 'conditional',
        condition: {
          anyOf: [{ allOf: expect.arrayContaining([expect.any(Object)]) }],
          text: expect.any(String),
        },
        requests: [
          {
            action: 'ec2-instance-connect:SendSSHPublicKey',
            resource: `arn:aws:ec2:us-east-1:111122223333:instance/${instanceId}`,
          },
        ],
        landsAs: ['ec2-user'],
        via: [],
        steps: [],
        grants: [{ policy: `${carol}#access`, statement: 0, sid: null, layer: 'identityPolicies' }],
        reachable: false,
        removable: expect.arrayContaining([
          { obstacle: 'port-closed', action: 'ec2:AuthorizeSecurityGroupIngress', count: 0 },
        ]),
        uncertain: [],
      },
    ]);
    const terms = cells[0]?.condition?.anyOf[0]?.allOf ?? [];
    expect(terms.map(({ key, operator, values }) => [key.toLowerCase(), operator, values])).toEqual(
      expect.arrayContaining([
        ['ec2:osuser', 'StringEquals', ['ec2-user']],
        ['aws:multifactorauthpresent', 'Bool', ['true']],
      ]),
    );
  });

  it('returns fewer cells with each option', async () => {
    expect(new Set((await whoCan('--instance', other)).cells.map(({ instance }) => instance))).toEqual(
      new Set([other]),
    );
    expect(new Set((await whoCan('--principal', bob)).cells.map(({ principal }) => principal))).toEqual(
      new Set([bob]),
    );
    const { cells } = await whoCan('--path', 'session-manager');
    expect(new Set(cells.map(({ path, principal }) => `${path} ${principal}`))).toEqual(
      new Set([`session-manager ${alice}`]),
    );
  });

  it('lists a cell once', async () => {
    const names = (await whoCan()).cells.map((cell) => [cell.principal, cell.instance, cell.path].join(' '));
    expect(new Set(names).size).toBe(names.length);
  });

  it('refuses an unknown name, and shows the nearest', async () => {
    const missing = ['--principal', 'arn:aws:iam::111122223333:user/alcie', '--json'];
    const { code, stdout: none, stderr } = await latchkey(['who-can', '--in', out, ...missing]);
    expect([code, none]).toEqual([2, '']);
    const warning = `latchkey: --principal: this audit has no principal \`arn:aws:iam::111122223333:user/alcie\` (did you mean \`${alice}\`?): check the name, or scan again if it is newer than `;
    expect(stderr.startsWith(warning)).toBe(true);
    const table = await latchkey(['who-can', '--in', out, '--instance', 'i-0123']);
    expect([table.code, table.stdout]).toEqual([2, '']);
    expect(table.stderr).toMatch(
      /^latchkey: --instance: this audit has no instance `i-0123`.*: check the name, or scan again/,
    );
    const { stdout } = await latchkey(['who-can', '--in', out, '--principal', alice, '--path', 'user-data']);
    expect(stdout).toBe(`${alice} cannot get onto any instance by user-data\n`);
  });

  it('refuses an unknown path, and shows the nearest', async () => {
    const { code, stdout, stderr } = await latchkey(['who-can', '--in', out, '--path', 'sesion-manager']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^latchkey: --path: there is no access path `sesion-manager` \(did you mean `session-manager`\?\): the paths are .*power.*\n$/,
    );
  });

  it('prints a table with names for people', async () => {
    const { code, stdout } = await latchkey(['who-can', '--in', out, '--instance', instanceId]);
    expect(code).toBe(0);
    const [once, empty, titles = '', rule, ...rows] = stdout.trimEnd().split('\n');
    expect([once, empty]).toEqual([`instance  ${instanceId} (web)`, '']);
    expect(titles.split(/ {2,}/)).toEqual([
      'principal',
      'path',
      'verdict',
      'condition',
      'lands as',
      'reachable',
    ]);
    expect(rule).toMatch(/^[─ ]+$/);
    expect(rows.find((row) => row.startsWith('user/carol'))).toContain('ec2-instance-connect');
  });
});

const explain = (principal: string, instance: string, path: string, ...more: string[]) =>
  latchkey([
    'explain',
    '--in',
    out,
    '--principal',
    principal,
    '--instance',
    instance,
    '--path',
    path,
    ...more,
  ]);

describe('latchkey explain', () => {
  it('shows the granting statement, and ends with 0', async () => {
    const { code, stdout } = await explain(alice, instanceId, 'session-manager');
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^user/alice on ${instanceId} by session-manager: allowed\n`));
    expect(stdout).toContain('Allow in user/alice#access, statement 0: applies');
    const { stdout: json } = await explain(alice, instanceId, 'session-manager', '--json');
    expect(JSON.parse(json) as CellExplanation).toMatchObject({
      principal: alice,
      verdict: 'allowed',
      via: [],
    });
  });

  it('ends with 1 if the cell is denied', async () => {
    const { code, stdout } = await explain(bob, instanceId, 'session-manager');
    expect(code).toBe(1);
    expect(stdout).toContain('by session-manager: denied\n');
    expect((await explain(bob, instanceId, 'session-manager', '--json')).code).toBe(1);
  });

  it('first shows what a denied cell lacks, and whose policies each layer contains', async () => {
    const { stdout } = await explain(bob, instanceId, 'session-manager');
    expect(stdout.split('\n')[1]).toMatch(
      /^ {2}(nothing in \d+ polic(y|ies) of user\/bob mentions|user\/bob has no identity policies|no Allow of) /,
    );
    expect(stdout).toMatch(/identity policies of user\/bob: /);
    const { stdout: full } = await explain(bob, instanceId, 'session-manager', '--full');
    expect(full).toContain('way 2 of 2');
    expect(full).not.toContain('all alike');
  });

  it('ends with 1 if the path cannot apply', async () => {
    const { code, stdout } = await explain(bob, instanceId, 'password-data', '--json');
    expect([code, JSON.parse(stdout)]).toMatchObject([1, { verdict: 'denied', applicable: false }]);
  });

  it.each([
    [
      `${alice}x`,
      instanceId,
      'session-manager',
      `--principal: this audit has no principal \`${alice}x\` (did you mean \`${alice}\`?)`,
    ],
    [
      alice,
      'i-0123456789abcdef1',
      'session-manager',
      `--instance: this audit has no instance \`i-0123456789abcdef1\` (did you mean \`${instanceId}\`?)`,
    ],
    [
      alice,
      instanceId,
      'sesion-manager',
      '--path: there is no access path `sesion-manager` (did you mean `session-manager`?)',
    ],
  ])('refuses %s on %s by %s', async (principal, instance, path, message) => {
    const { code, stdout, stderr } = await explain(principal, instance, path);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.startsWith(`latchkey: ${message}`)).toBe(true);
    expect(stderr.trimEnd()).not.toContain('\n');
  });
});

describe('latchkey diff', () => {
  it('compares two runs, and a run with an output folder', async () => {
    for (const newer of [runs[1] ?? '', out]) {
      const { code, stdout } = await latchkey(['diff', runs[0] ?? '', newer, '--json']);
      expect(code).toBe(0);
      const drift = cellsOf(JSON.parse(stdout) as Drift[]);
      expect(drift).toContainEqual(
        expect.objectContaining({
          change: 'gained',
          principal: carol,
          instance: instanceId,
          path: 'ec2-instance-connect',
        }),
      );
      expect(new Set(drift.map(({ change }) => change))).toEqual(new Set(['gained']));
    }
  });

  it('is reversed if its arguments are swapped, and empty for one run', async () => {
    const { stdout } = await latchkey(['diff', runs[1] ?? '', runs[0] ?? '', '--json']);
    expect(new Set(cellsOf(JSON.parse(stdout) as Drift[]).map(({ change }) => change))).toEqual(
      new Set(['lost']),
    );
    expect((await latchkey(['diff', out, runs[1] ?? '', '--json'])).stdout).toBe('[]\n');
    expect((await latchkey(['diff', out, out])).stdout).toBe(
      'nothing changed: nobody gained or lost access\n',
    );
  });

  it('prints every changed cell on its own line, with the id of its cause', async () => {
    const ends = [runs[0] ?? '', out];
    const drift = JSON.parse((await latchkey(['diff', ...ends, '--json'])).stdout) as Drift[];
    const { code, stdout } = await latchkey(['diff', ...ends, '--json', '--cells']);
    expect(code).toBe(0);
    const cells = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const told = drift.flatMap((one) => cellsOf([one]).map((cell) => ({ ...cell, cause: one.id })));
    expect(cells).toHaveLength(told.length);
    expect(cells).toEqual(expect.arrayContaining(told));
    expect((await latchkey(['diff', out, out, '--json', '--cells'])).stdout).toBe('');
    const { code: refused, stderr } = await latchkey(['diff', ...ends, '--cells']);
    expect([refused, stderr]).toEqual([
      2,
      'latchkey: `--cells` prints JSON, one object a line: add `--json`\n',
    ]);
  });

  it('prints a table for people', async () => {
    const { stdout } = await latchkey(['diff', runs[0] ?? '', out]);
    const [once = '', titles = ''] = stdout.split('\n\n');
    const told = [...once.matchAll(/^\S+/gm)].map(([title]) => title);
    expect(new Set([...told, ...(titles.split('\n')[0]?.split(/ {2,}/) ?? [])])).toEqual(
      new Set(['change', 'principals', 'instances', 'paths', 'before', 'after', 'cause']),
    );
    expect(once).toMatch(/^change +gained$/m);
    expect(titles).toMatch(/^user\/carol /m);
  });
});
