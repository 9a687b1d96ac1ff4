import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Cell } from '../../lib/matrix/paths/cell.ts';
import type { GroupedRow } from '../../lib/render/grouped.ts';
import { latchkey } from './run.ts';

const JO = 'd4e8a458-3051-70d3-7e3a-5b4c7d6e5f05';

describe('people and groups of Identity Center', () => {
  let folder = '';
  let out = '';
  let unread = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latchkey-held-by-'));
    const from = join(folder, 'acme');
    await cp('examples/acme', from, { recursive: true });
    // jo has one permission set directly, and another one through a group
    const name = (await readdir(from)).find(
      (file) => file.includes('memberships') && file.includes('a4c8f4d8'),
    );
    const file = join(from, name ?? '');
    const answer = JSON.parse(await readFile(file, 'utf8'));
    answer.GroupMemberships.push({ ...answer.GroupMemberships[0], MemberId: { UserId: JO } });
    await writeFile(file, JSON.stringify(answer));
    out = join(folder, 'out');
    expect((await latchkey(['scan', '--from', from, '--out', out])).code).toBe(0);
    await rm(join(from, 'sso-admin.list-instances.json'));
    unread = join(folder, 'unread');
    expect((await latchkey(['scan', '--from', from, '--out', unread])).code).toBe(0);
    return () => rm(folder, { recursive: true, force: true });
  });
  const ask = (...args: string[]) => latchkey(['who-can', '--in', out, ...args]);

  it('are shown with counted cells, each person once', async () => {
    const grouped = async (what: string, from = out) => {
      const args = ['--in', from, '--instance', 'web-1', '--path', 'root', '--group-by', what];
      return JSON.parse((await latchkey(['who-can', ...args, '--json'])).stdout) as GroupedRow[];
    };
    const sets = (await grouped('principal')).filter(({ heldBy }) => heldBy !== undefined);
    expect(sets.map(({ heldBy }) => [heldBy?.permissionSet, heldBy?.people])).toEqual([
      ['AdministratorAccess', 3],
      ['FleetOperators', 3],
    ]);
    // jo has both
    expect(await grouped('instance')).toMatchObject([{ people: 8, behindSets: 5 }]);
    expect(await grouped('instance', unread)).toMatchObject([{ people: 8, behindSets: null }]);
    const causes = await grouped('cause');
    expect(causes.find(({ cause }) => cause?.policy.endsWith('/PartnerPatching'))).not.toHaveProperty(
      'behindSets',
    );
    const { stdout } = await ask('--instance', 'web-1', '--path', 'root', '--group-by', 'principal');
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'permission set `FleetOperators`: group `fleet-operators`',
    );
    const { stdout: csv } = await ask('--path', 'root', '--group-by', 'principal', '--csv');
    expect(csv.split('\n')[0]).toBe('principal,kind,strongest,instances,paths,heldBy\r');
  });

  it.each(['mika.laine@acme.example', 'Mika.Laine', 'fleet-operators', 'ravi.shah'])(
    'can be given by name: %s',
    async (name) => {
      const { code, stdout, stderr } = await ask('--principal', name, '--json');
      expect(code).toBe(0);
      expect(stderr).toContain(`\`${name}\` holds role/AWSReservedSSO_FleetOperators_9c3ab2e41d6f7085`);
      const cells = JSON.parse(stdout) as Cell[];
      expect(cells.length).toBeGreaterThan(10);
      expect(new Set(cells.map(({ principal }) => principal.split('_')[1]))).toEqual(
        new Set(['FleetOperators']),
      );
      expect(cells[0]?.heldBy).toEqual({
        permissionSet: 'FleetOperators',
        people: 3,
        groups: [
          {
            name: 'fleet-operators',
            people: 2,
            names: ['mika.laine@acme.example', 'ravi.shah@acme.example'],
          },
        ],
        groupCount: 1,
        direct: ['jo.petit@acme.example'],
        directCount: 1,
      });
    },
  );

  it('are refused, with what they have, if that is not exactly one permission set', async () => {
    const { code, stderr } = await ask('--principal', 'jo.petit');
    expect(code).toBe(2);
    expect(stderr).toContain(
      '`jo.petit` holds 2 permission sets: `role/AWSReservedSSO_AdministratorAccess_5f1c0d9be7a84423`, `role/AWSReservedSSO_FleetOperators_9c3ab2e41d6f7085`: name one of them',
    );
    const { code: unknown, stderr: why } = await ask('--principal', 'lena.brandt');
    expect([unknown, why]).toEqual([2, expect.stringContaining('this audit has no principal `lena.brandt`')]);
  });

  it('work in explain as well', async () => {
    const cell = ['--instance', 'web-2', '--path', 'run-command'];
    const { code, stdout } = await latchkey(['explain', '--in', out, '--principal', 'ravi.shah', ...cell]);
    expect(code).toBe(0);
    expect(stdout).toContain('permission set `FleetOperators`: group `fleet-operators` (2 people: ');
  });

  it('are unknown, and never nobody, if Identity Center was not read', async () => {
    const about = ['who-can', '--in', unread, '--principal', 'FleetOperators', '--path', 'run-command'];
    const { stdout } = await latchkey(about);
    expect(stdout).toContain('permission set `FleetOperators`: who holds it was not read\n');
    const cells = JSON.parse((await latchkey([...about, '--json'])).stdout) as Cell[];
    expect(cells[0]?.heldBy).toMatchObject({ groups: null, direct: null, people: null });
    const [, ...rows] = (await latchkey([...about, '--csv'])).stdout.trim().split('\r\n');
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows)
      expect(row).toMatch(/,permission set `FleetOperators`: who holds it was not read$/);
    expect(
      (await latchkey(['scan', '--from', 'examples/acme', '--out', join(folder, 'whole')])).stdout,
    ).toMatch(/^coverage {2}complete/m);
  });
});
