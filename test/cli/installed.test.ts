import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Cell } from '../../lib/matrix/paths/cell.ts';
import { COMMAND, readJson } from './run.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 });

const ROOT = join(import.meta.dirname, '../..');
/** The files that packing reads. */
const PACKED = ['package.json', 'README.md', 'LICENSE', 'cli', 'lib', 'tools', 'examples'];

const env = { ...process.env, NO_COLOR: '1', npm_config_engine_strict: 'false' };
const run = (cwd: string, command: string, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', env });
  return { code: status, stdout, stderr };
};

let dir = '';
let checkout = '';
let tarball = '';
let installed = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'latchkey-installed-'));
  checkout = join(dir, 'checkout');
  for (const name of PACKED) await cp(join(ROOT, name), join(checkout, name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
  const packed = run(checkout, 'npm', 'pack', '--pack-destination', dir);
  expect([packed.code, packed.code === 0 ? '' : packed.stderr]).toEqual([0, '']);
  tarball = join(dir, packed.stdout.trim().split('\n').at(-1) ?? '');
  installed = join(dir, 'prefix');
  const { code, stderr } = run(
    dir,
    'npm',
    'install',
    '--global',
    '--offline',
    '--prefix',
    installed,
    tarball,
  );
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  return () => rm(dir, { recursive: true, force: true });
});

describe('npm pack', () => {
  it('makes a small package of one bundle and the example account, without dependencies', async () => {
    expect((await stat(tarball)).size).toBeLessThan(3_000_000);
    const files = run(dir, 'tar', 'tzf', tarball).stdout.trim().split('\n');
    expect(files.filter((file) => !/^package\/examples\/acme(-later)?\//.test(file)).sort()).toEqual([
      'package/LICENSE',
      'package/README.md',
      'package/cli/main.js',
      'package/dist/latchkey.js',
      'package/examples/acme-later-event.json',
      'package/examples/collect.sh',
      'package/lib/reference/aws-managed-policies.json.gz',
      'package/package.json',
    ]);
    const manifest = await readJson<object>(join(installed, 'lib/node_modules/latchkey/package.json'));
    expect(Object.keys(manifest).filter((key) => /dependencies/i.test(key))).toEqual([]);
    expect(await readdir(join(installed, 'lib/node_modules'))).toEqual(['latchkey']);
  });

  it('leaves the manifest unchanged, also after a pack that was killed', async () => {
    const manifest = await readFile(join(ROOT, 'package.json'), 'utf8');
    const now = () => readFile(join(checkout, 'package.json'), 'utf8');
    expect(await now()).toBe(manifest);
    const [node] = COMMAND;
    const tool = (what: string) => run(checkout, node, 'tools/pack-manifest.ts', what);
    expect([tool('set').code, await now()]).toEqual([0, expect.not.stringContaining('"dependencies"')]);
    expect([tool('set').code, await now()]).toEqual([0, expect.not.stringContaining('"dependencies"')]);
    expect([tool('restore').code, await now()]).toEqual([0, manifest]);
    expect([tool('restore').code, await now()]).toEqual([0, manifest]);
  });
});

/** Node 22 from npm's cache; a test downloads nothing. */
function node22(): string | null {
  const name = `node-${process.platform}-${process.arch}`;
  const { code } = run(
    dir,
    'npm',
    'install',
    '--offline',
    '--no-save',
    '--prefix',
    join(dir, '22'),
    `${name}@22`,
  );
  return code === 0 ? join(dir, '22/node_modules', name, 'bin/node') : null;
}

const ONE_CELL = { principal: 'alice', instance: 'web-1', path: 'power' };

describe('the installed command', () => {
  const latchkey = (node: string, cwd: string, ...args: string[]) =>
    run(cwd, node, join(installed, 'bin/latchkey'), ...args);

  it.each([
    ['the Node of the lockfile', () => COMMAND[0] as string | null],
    ['Node 22', node22],
  ])('audits the example account and answers, in an empty folder, with %s', async (_, nodeOf) => {
    const node = nodeOf();
    if (node === null) return;
    const empty = await mkdtemp(join(dir, 'empty-'));
    const demo = latchkey(node, empty, 'demo');
    expect([demo.code, demo.stdout]).toEqual([0, expect.stringMatching(/^account {3}111122223333$/m)]);
    const asked = ['who-can', '--instance', 'web-1', '--path', 'shell', '--json'];
    const answer = latchkey(node, empty, ...asked, '--in', 'out/demo');
    const cells = JSON.parse(answer.stdout) as Cell[];
    expect(cells.length).toBeGreaterThan(10);
    // the checkout gives the same answer
    const source = run(ROOT, ...COMMAND, ...asked, '--in', join(empty, 'out/demo'));
    expect(answer).toEqual(source);
    const acme = join(installed, 'lib/node_modules/latchkey/examples/acme-later');
    const scanned = latchkey(node, empty, 'scan', '--from', acme, '--out', 'out/demo', '--json');
    expect(JSON.parse(scanned.stdout)).toMatchObject({
      audited: { drift: { gained: 0, lost: 0, changed: 0 } },
    });
    expect(latchkey(node, empty, 'diff', '--in', 'out/demo', '--json').stdout).toBe('[]\n');
    expect(latchkey(node, empty, '--version').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('contains the copy of the policies that AWS manages', async () => {
    const [node] = COMMAND;
    const folder = join(dir, 'in');
    await cp(join(ROOT, 'examples/acme'), folder, { recursive: true });
    const file = join(folder, 'iam.get-account-authorization-details.json');
    const details = await readJson<{ Policies: { Arn: string }[] }>(file);
    details.Policies = details.Policies.filter(({ Arn }) => !Arn.startsWith('arn:aws:iam::aws:'));
    await writeFile(file, JSON.stringify(details));
    const { code } = latchkey(node, dir, 'scan', '--from', folder, '--out', 'copied');
    expect(code).toBe(0);
    const { stdout } = latchkey(
      node,
      dir,
      'who-can',
      '--in',
      'copied',
      '--principal',
      'AdministratorAccess',
      '--json',
    );
    const cells = JSON.parse(stdout) as Cell[];
    expect(cells.length).toBeGreaterThan(50);
    expect(cells.every(({ uncertain }) => uncertain.includes('policy-copy'))).toBe(true);
  });

  it('serves a Model Context Protocol client', async () => {
    const [node] = COMMAND;
    expect(latchkey(node, dir, 'demo').code).toBe(0);
    const client = new Client({ name: 'test', version: '1.0.0' });
    const args = [join(installed, 'bin/latchkey'), 'mcp', '--in', join(dir, 'out/demo')];
    await client.connect(new StdioClientTransport({ command: node, args }));
    const answer = await client.callTool({ name: 'explain', arguments: ONE_CELL });
    await client.close();
    expect(answer.structuredContent).toMatchObject({ answer: { verdict: 'denied' } });
  });

  it('can call AWS', () => {
    const { status, stderr } = spawnSync(
      COMMAND[0],
      [join(installed, 'bin/latchkey'), 'scan', '--live', '--out', 'live'],
      {
        cwd: dir,
        encoding: 'utf8',
        env: {
          ...env,
          AWS_ACCESS_KEY_ID: 'a',
          AWS_SECRET_ACCESS_KEY: 'b',
          AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
        },
      },
    );
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/^latchkey: cannot reach `http:\/\/127\.0\.0\.1:9` \(ECONNREFUSED: .*\n$/),
    ]);
  });
});

describe('an older Node', () => {
  /** What another version of Node prints about itself. */
  const older = async (version: string, ...args: string[]) => {
    const preload = join(dir, `is-${version}.cjs`);
    await writeFile(preload, `Object.defineProperty(process.versions, 'node', { value: '${version}' });`);
    return run(dir, COMMAND[0], '--no-experimental-strip-types', '--require', preload, ...args);
  };

  it.each(['14.21.3', '18.20.0', '20.20.2'])('gets one line with the needed version: %s', async (version) => {
    const { code, stdout, stderr } = await older(version, join(installed, 'bin/latchkey'), 'demo');
    expect([code, stdout, stderr]).toEqual([
      2,
      '',
      `latchkey: this is Node ${version}, and latchkey needs Node 22 or 24: install it\n`,
    ]);
  });

  it('gets the command that installs the right version in a checkout', async () => {
    for (const version of ['20.20.2', '22.1.0']) {
      const { code, stderr } = await older(version, COMMAND[1], 'demo');
      expect([code, stderr]).toEqual([
        2,
        expect.stringMatching(/needs Node 24, or 22\.18 or newer: .*`npm ci`.*\n$/),
      ]);
    }
  });

  it('can read the first file without a syntax error', async () => {
    const system = '/usr/bin/node';
    const { code, stdout } = run(dir, system, '--version');
    if (code !== 0 || Number(/^v(\d+)/.exec(stdout)?.[1]) >= 22) return;
    await mkdir(join(dir, 'old'), { recursive: true });
    const { code: ended, stderr } = run(join(dir, 'old'), system, join(installed, 'bin/latchkey'));
    expect([ended, stderr]).toEqual([
      2,
      expect.stringMatching(/^latchkey: this is Node .* needs Node 22 or 24: /),
    ]);
  });
});
