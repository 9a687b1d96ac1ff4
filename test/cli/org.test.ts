import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import type { OrgIndex } from '../../lib/render/org/org-index.ts';
import type { PrincipalReach } from '../../lib/render/org/principal-reach.ts';
import { inputFiles } from '../fixtures/input-files.ts';
import { latchkey, writeFiles } from './run.ts';

const [first, second] = ['111122223333', '444455556666'];
let dir = '';
let folders: string[] = [];
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'latchkey-org-'));
  await cp('examples/acme', join(dir, 'other'), { recursive: true });
  // the account that may enter the example account, as a second one
  for (const name of await readdir(join(dir, 'other'), { recursive: true })) {
    if (!name.endsWith('.json')) continue;
    const text = await readFile(join(dir, 'other', name), 'utf8');
    await writeFile(
      join(dir, 'other', name),
      text
        .replaceAll(second, '999900001111')
        .replaceAll(first, second)
        .replaceAll('finance', '<b>finance</b>'),
    );
    // the file of a call about the account has its number in its name
    if (name.includes(first))
      await rename(join(dir, 'other', name), join(dir, 'other', name.replaceAll(first, second)));
  }
  folders = [join(dir, 'a & "b" #1'), join(dir, 'two')];
  for (const [i, from] of ['examples/acme', join(dir, 'other')].entries())
    expect((await latchkey(['scan', '--from', from, '--out', folders[i] ?? ''])).code).toBe(0);
  return () => rm(dir, { recursive: true, force: true });
});

const org = async (...args: string[]) => {
  const { code, stdout, stderr } = await latchkey(['org', '--json', ...args]);
  return { code, stderr, index: JSON.parse(stdout) as OrgIndex };
};

describe('latchkey org', () => {
  it('shows for each account what its own audit says', async () => {
    const { code, stderr, index } = await org('--in', ...folders);
    expect([code, stderr, index.failed]).toEqual([0, '', []]);
    expect(index.accounts.map(({ accountId }) => accountId).sort()).toEqual([first, second]);
    for (const account of index.accounts) {
      const { folder, findings, shells, instances, state } = account;
      const { stdout } = await latchkey(['findings', '--in', folder, '--json']);
      const all = JSON.parse(stdout) as { severity: string }[];
      expect(Object.values(findings).reduce((sum, n) => sum + n)).toBe(all.length);
      expect(findings.critical).toBe(all.filter(({ severity }) => severity === 'critical').length);
      expect([instances, state]).toEqual([8, 'complete']);
      expect(shells.person).toBeGreaterThan(5);
    }
  });

  it('shows who comes from one account into another, and where permission sets reach', async () => {
    const { index } = await org('--in', ...folders);
    const ways = index.across.map(({ from, accountId, audited }) => [from, accountId, audited]);
    expect(ways).toContainEqual([second, first, true]);
    expect(ways).toContainEqual(['999900001111', second, false]);
    expect(index.unknown).toContain('999900001111');
    expect(index.unknown).not.toContain(second);
    // the example's accounts are in one unit of its organisation
    expect(index.groups).toHaveLength(1);
    expect(index.groups[0]?.accounts.toSorted()).toEqual([first, second]);
    const people = index.accounts.reduce((sum, { root }) => sum + root.person, 0);
    expect(index.groups[0]).toMatchObject({ rootPeople: people, blind: 0 });
    expect(people).toBeGreaterThan(0);
    const admins = index.permissionSets.find(({ name }) => name === 'AdministratorAccess');
    expect(admins?.accounts.map(({ accountId }) => accountId).sort()).toEqual([first, second]);
    const { stdout } = await latchkey([
      ...['who-can', '--in', folders[0] ?? '', '--principal', 'AdministratorAccess'],
      ...['--group-by', 'principal', '--json'],
    ]);
    const [row] = JSON.parse(stdout) as { strongest: string; instances: number }[];
    expect(admins?.accounts.find(({ accountId }) => accountId === first)).toMatchObject({
      strongest: row?.strongest,
      instances: row?.instances,
    });
  });

  it('names a folder that cannot be read, and one with the same account, and shows the others', async () => {
    const again = join(dir, 'again');
    await cp(folders[0] ?? '', again, { recursive: true });
    const { code, stderr, index } = await org('--in', ...folders, again, join(dir, 'none'));
    expect(code).toBe(2);
    expect(index.accounts).toHaveLength(2);
    expect(index.failed.map(({ problem }) => problem)).toEqual([
      expect.stringContaining(`it is of account \`${first}\`, as`),
      expect.stringMatching(/^there is no folder /),
    ]);
    expect(stderr.trimEnd().split('\n')).toHaveLength(2);
  });

  it('puts an account that was not audited first, and ends with 3', async () => {
    const { 'iam.get-account-authorization-details.json': _, ...blind } = inputFiles({
      instances: [{ id: 'i-1' }],
    });
    const files = JSON.parse(JSON.stringify(blind).replaceAll(first, '555566667777')) as Record<
      string,
      unknown
    >;
    await writeFiles(join(dir, 'blind-in'), files);
    expect(
      (await latchkey(['scan', '--from', join(dir, 'blind-in'), '--out', join(dir, 'blind')])).code,
    ).toBe(3);
    const { code, index } = await org('--in', ...folders, join(dir, 'blind'));
    expect([code, index.accounts[0]]).toEqual([
      3,
      expect.objectContaining({ accountId: '555566667777', state: 'blind' }),
    ]);
    const { stdout } = await latchkey(['org', '--in', ...folders, join(dir, 'blind')]);
    expect(stdout).toMatch(/NOT AUDITED: IAM was not collected/);
    expect(stdout).toMatch(/not known/);
  });

  it('writes a page with links to the reports, whatever the name of a folder', async () => {
    const page = join(dir, 'pages', 'org.html');
    const { code } = await latchkey(['org', '--in', ...folders, '--out', page]);
    expect(code).toBe(0);
    const markup = await readFile(page, 'utf8');
    const links = [...markup.matchAll(/href="([^"]+)"/g)].map(([, href]) => href ?? '');
    expect(links).toHaveLength(2);
    for (const link of links)
      expect(await readFile(new URL(link, `file://${page}`), 'utf8')).toMatch(/<title>EC2 access/);
    expect(markup).not.toMatch(/<script|javascript:|http:|https:/);
    for (const text of ['Not audited', 'By group of accounts', 'never audited: somebody comes from it'])
      expect(markup).toContain(text);
    expect(markup.indexOf('Not audited')).toBeLessThan(markup.indexOf('<h2>Accounts'));
    expect(markup).toContain(`default-src &#39;none&#39;; style-src &#39;sha256-`);
  });

  it('follows chains from one account into another, according to both sides', async () => {
    const { index } = await org('--in', ...folders);
    expect(index.reach.unknown).toEqual([]);
    const ways = index.reach.groups.flatMap(({ accountId, accounts }) =>
      accounts.map((one) => [accountId, one.accountId, one.via.at(-1)]),
    );
    // the partner's role trusts the second account, and whoever may do everything there may request it
    expect(ways).toContainEqual([second, first, expect.stringMatching(/:role\/PartnerPatching$/)]);
    for (const { principals, principalCount, accounts, accountCount } of index.reach.groups) {
      expect([principals.length, accounts.length]).toEqual([principalCount, accountCount]);
      for (const { via, instances, strongest } of accounts)
        expect([via.length > 0, instances > 0, strongest !== '']).toEqual([true, true, true]);
    }
  });

  it('shows what one principal or one permission set reaches, and names no other', async () => {
    const { stdout, code } = await latchkey([
      ...['org', '--in', ...folders, '--principal', 'AdministratorAccess', '--json'],
    ]);
    const reaches = JSON.parse(stdout) as PrincipalReach[];
    expect(code).toBe(0);
    expect(reaches.map(({ accountId, permissionSet }) => [accountId, permissionSet]).sort()).toEqual(
      [first, second].map((id) => [id, 'AdministratorAccess']),
    );
    const fromSecond = reaches.find(({ accountId }) => accountId === second);
    expect(fromSecond?.own.instances).toBe(8);
    expect(fromSecond?.accounts.map(({ accountId, verdict }) => [accountId, verdict])).toEqual([
      [first, 'conditional'],
    ]);
    expect(fromSecond?.accounts[0]?.condition?.text).toContain('sts:ExternalId is acme-7731');
    const said = await latchkey(['org', '--in', ...folders, '--principal', 'AdministratorAccess']);
    expect(said.stdout).toMatch(/role\/PartnerPatching of 111122223333/);
    expect(said.stdout).toContain('2 principals on instances of 2 accounts');
    const typo = await latchkey(['org', '--in', ...folders, '--principal', 'AdministratorAcces']);
    expect([typo.code, typo.stdout]).toEqual([2, '']);
    expect(typo.stderr).toMatch(/no account has a principal `AdministratorAcces`.*AdministratorAccess/);
  });

  it('computes the border again if the latest run has none, or an unreadable one', async () => {
    const asked = ['--principal', 'AdministratorAccess', '--json'];
    const copies = [join(dir, 'old'), join(dir, 'torn')];
    const before = await latchkey(['org', '--in', ...folders, ...asked]);
    for (const copy of copies) await cp(folders[1] ?? '', copy, { recursive: true });
    const [old, torn] = await Promise.all(
      copies.map(async (copy) => {
        const { run } = JSON.parse(await readFile(join(copy, 'latest.json'), 'utf8')) as { run: string };
        return join(copy, run, 'border.json.gz');
      }),
    );
    await rm(old ?? '');
    await writeFile(torn ?? '', gzipSync('{"schemaVersion":0}'));
    for (const copy of copies)
      expect((await latchkey(['org', '--in', folders[0] ?? '', copy, ...asked])).stdout).toBe(before.stdout);
  });

  it('accepts LATCHKEY_IN, and refuses an empty question', async () => {
    const { stdout } = await latchkey(['org', '--json'], '', { LATCHKEY_IN: folders[1] ?? '' });
    expect((JSON.parse(stdout) as OrgIndex).accounts.map(({ accountId }) => accountId)).toEqual([second]);
    expect((await latchkey(['org'])).code).toBe(2);
  });
});

it('--open needs a page', async () => {
  for (const more of [[], ['--out', join(dir, 'x.html'), '--principal', 'alice']]) {
    const { code, stderr } = await latchkey(['org', '--in', dir, '--open', ...more]);
    expect(code).toBe(2);
    expect(stderr).toBe(
      'latchkey: --open: there is no page to open: name its file in `--out`, without `--principal`\n',
    );
  }
});
