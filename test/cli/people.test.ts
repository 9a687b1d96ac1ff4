import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Cell } from '../../lib/matrix/paths/cell.ts';
import { latchkey } from './run.ts';

describe('latchkey who-can --people', () => {
  let out = '';
  let summary = '';
  beforeAll(async () => {
    out = await mkdtemp(join(tmpdir(), 'latchkey-people-'));
    const { code, stdout } = await latchkey(['scan', '--from', 'examples/acme', '--out', out]);
    expect(code).toBe(0);
    summary = stdout;
    return () => rm(out, { recursive: true, force: true });
  });
  const ask = async (...args: string[]) => (await latchkey(['who-can', '--in', out, ...args])).stdout;
  const cells = async (...args: string[]) => JSON.parse(await ask('--json', ...args)) as Cell[];

  it('lists every cell of a person, and no other', async () => {
    const all = await cells();
    const people = all.filter(({ kind }) => kind === 'person');
    expect(new Set(all.map(({ kind }) => kind))).toContain('machine');
    expect(people.length).toBeGreaterThan(0);
    expect(await cells('--people')).toEqual(people);
  });

  it('lists those who have a shell according to the scan', async () => {
    expect(summary).toMatch(/^access {4}11 people with a shell, \d+ ways in$/m);
  });

  it('says who is not included', async () => {
    const all = await cells();
    const machine = all.find(({ kind }) => kind === 'machine') as Cell;
    expect(await ask('--people', '--principal', machine.principal)).toBe(
      `no person ${machine.principal} can get onto any instance by any path\n`,
    );
    const windows = all.find(({ path }) => path === 'password-data') as Cell;
    const other = all.find(({ instance }) => instance !== windows.instance) as Cell;
    expect(await ask('--people', '--instance', other.instance, '--path', 'password-data')).toBe(
      `no person can get onto ${other.instance} by password-data\n`,
    );
  });
});
