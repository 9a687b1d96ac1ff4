import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { resolvePaths } from '../../cli/names.ts';
import type { Cell } from '../../lib/matrix/paths/cell.ts';
import type { GroupedRow } from '../../lib/render/grouped.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { COMMAND, latchkey, latestRun, readJson } from './run.ts';

const web2 = 'i-0598c7d356eba48d7';
let out = '';
let all: readonly Cell[] = [];
let tagged: (id: string) => ReadonlySet<string>;
beforeAll(async () => {
  const dir = await mkdtemp(join(tmpdir(), 'latchkey-filters-'));
  out = join(dir, 'out');
  const { code } = await latchkey(['scan', '--from', 'examples/acme', '--out', out]);
  expect(code).toBe(0);
  all = await cells();
  const snapshot = await readJson<Snapshot>(await latestRun(out), 'snapshot.json.gz');
  const instances = snapshot.regions.flatMap(({ instances }) => instances ?? []);
  tagged = (id) =>
    new Set(instances.find((one) => one.id === id)?.tags.map(({ key, value }) => `${key}=${value}`));
  return () => rm(dir, { recursive: true, force: true });
});

async function cells(...args: string[]): Promise<readonly Cell[]> {
  const { code, stdout, stderr } = await latchkey(['who-can', '--in', out, '--json', ...args]);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Cell[];
}

describe('who-can lists exactly the wanted cells', () => {
  const group = (word: string) => new Set(resolvePaths(word));
  it.each<[string, string[], (cell: Cell) => boolean]>([
    ['a group of paths', ['--path', 'shell'], ({ path }) => group('shell').has(path)],
    ['several paths', ['--path', 'power,network'], ({ path }) => group('power,network').has(path)],
    [
      'a tag',
      ['--tag', 'Environment=production'],
      ({ instance }) => tagged(instance).has('Environment=production'),
    ],
    [
      'two tags',
      ['--tag', 'Environment=production', '--tag', 'Name=web-1'],
      ({ instance }) => tagged(instance).has('Name=web-1'),
    ],
    [
      'a region',
      ['--region', 'eu-west-1'],
      ({ requests }) => requests.every(({ resource }) => !resource.includes(':us-east-2:')),
    ],
    ['a verdict', ['--verdict', 'conditional'], ({ verdict }) => verdict === 'conditional'],
    ['what would work now', ['--reachable'], ({ reachable }) => reachable !== false],
    [
      'people, by several filters',
      ['--people', '--verdict', 'allowed', '--path', 'root', '--region', 'us-east-2'],
      ({ kind, verdict, path, requests }) =>
        kind === 'person' &&
        verdict === 'allowed' &&
        group('root').has(path) &&
        requests.some(({ resource }) => resource.includes(':us-east-2:')),
    ],
    [
      'a name',
      ['--principal', 'user/bob', '--instance', 'web-2'],
      ({ principal, instance }) => principal.endsWith(':user/bob') && instance === web2,
    ],
    [
      'a permission set',
      ['--principal', 'FleetOperators'],
      ({ principal }) => principal.includes('FleetOperators'),
    ],
  ])('%s', async (_, args, holds) => {
    const found = await cells(...args);
    const expected = all.filter(holds);
    expect(expected.length).toBeGreaterThan(0);
    if (args.includes('--tag') || args.includes('--region')) expect(found.length).toBeLessThan(all.length);
    const key = ({ principal, instance, path, via }: Cell) => [principal, instance, path, ...via].join(' ');
    expect(found.map(key)).toEqual(expected.map(key));
  });

  it.each([
    [
      ['--tag', 'environment=production'],
      '--tag: no instance of this audit has the tag `environment=production` (did you mean `Environment=production`?)',
    ],
    [['--tag', 'production'], '--tag: `production` is no tag: write it as `env=production`'],
    [['--region', 'us-esat-2'], '--region: this audit has no region `us-esat-2` (did you mean `us-east-2`?)'],
    [['--verdict', 'alowed'], 'argument `alowed` is invalid'],
    [['--instance', 'web'], '--instance: this audit has no instance `web` (did you mean `web-'],
    [['--principal', '444455556667'], '(did you mean `444455556666`?)'],
    [['--csv', '--json'], '`--csv` and `--json` exclude each other'],
  ])('%s is refused, and never an empty answer', async (args, message) => {
    const { code, stdout, stderr } = await latchkey(['who-can', '--in', out, ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd()).not.toContain('\n');
  });

  it('says for which of the wanted things the answer is empty', async () => {
    const { code, stdout } = await latchkey([
      ...['who-can', '--in', out, '--principal', 'alice', '--path', 'power', '--tag', 'Name=web-1'],
    ]);
    expect([code, stdout]).toEqual([
      0,
      'arn:aws:iam::111122223333:user/alice cannot get onto any instance by power, with the tag Name=web-1\n',
    ]);
  });

  it('names that two things have are listed', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'latchkey-twins-'));
    await cp('examples/acme', join(dir, 'in'), { recursive: true });
    spawnSync('sed', ['-i', 's/"web-2"/"web-1"/', join(dir, 'in/us-east-2/ec2.describe-instances.json')]);
    await latchkey(['scan', '--from', join(dir, 'in'), '--out', join(dir, 'out')]);
    for (const verb of [['who-can'], ['explain', '--principal', 'alice', '--path', 'power']]) {
      const { code, stdout, stderr } = await latchkey([
        ...verb,
        '--in',
        join(dir, 'out'),
        '--instance',
        'web-1',
      ]);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(
        /`web-1` may be 2 instances: `web-1 \(i-\w+\)`, `web-1 \(i-\w+\)`: name one of them\n$/,
      );
    }
    await rm(dir, { recursive: true });
  });
});

describe('who-can --csv', () => {
  it('has the same cells as JSON', async () => {
    const { stdout } = await latchkey(['who-can', '--in', out, '--csv', '--path', 'shell']);
    const [titles, ...rows] = stdout.trimEnd().split('\r\n');
    expect(titles).toMatch(/^principal,instance,name,region,path,verdict,condition,/);
    expect(rows).toHaveLength((await cells('--path', 'shell')).length);
  });
});

describe('who-can --group-by', () => {
  const grouped = async (what: string, ...args: string[]): Promise<readonly GroupedRow[]> =>
    (await cells('--group-by', what, ...args)) as unknown as readonly GroupedRow[];

  it.each([[[]], [['--path', 'root', '--people']], [['--reachable', '--tag', 'Environment=production']]])(
    'counts the same cells that are listed: %s',
    async (args: string[]) => {
      const listed = await cells(...args);
      const count = <T>(some: readonly T[]): number => new Set(some).size;
      const byPrincipal = Map.groupBy(listed, ({ principal }) => principal);
      const principals = await grouped('principal', ...args);
      expect(principals).toHaveLength(byPrincipal.size);
      for (const { principal = '', instances, paths, kind } of principals) {
        const own = byPrincipal.get(principal) ?? [];
        expect(instances).toBe(count(own.map(({ instance }) => instance)));
        expect(new Set(paths)).toEqual(new Set(own.map(({ path }) => path)));
        expect(kind).toBe(own[0]?.kind);
      }
      const byInstance = Map.groupBy(listed, ({ instance }) => instance);
      const instances = await grouped('instance', ...args);
      expect(instances).toHaveLength(byInstance.size);
      for (const { instance = '', principals: who, people } of instances) {
        const on = byInstance.get(instance) ?? [];
        expect(who).toBe(count(on.map(({ principal }) => principal)));
        expect(people).toBe(
          count(on.filter(({ kind }) => kind === 'person').map(({ principal }) => principal)),
        );
      }
      const causes = await grouped('cause', ...args);
      for (const { cause, instances: on, principals: who, paths } of causes) {
        const through = listed.filter(({ grants }) =>
          grants.some(({ policy, statement }) => policy === cause?.policy && statement === cause.statement),
        );
        expect(on).toBe(count(through.map(({ instance }) => instance)));
        expect(who).toBe(count(through.map(({ principal }) => principal)));
        expect(new Set(paths)).toEqual(new Set(through.map(({ path }) => path)));
      }
    },
  );

  it('puts the most severe first, in tables and CSV too', async () => {
    const [first] = await grouped('principal');
    expect(first).toMatchObject({ strongest: 'root', instances: 8 });
    const { stdout: csv } = await latchkey(['who-can', '--in', out, '--group-by', 'cause', '--csv']);
    expect(csv).toMatch(/^cause,strongest,principals,people,instances,paths,behindSets\r\n/);
    const { stdout } = await latchkey(['who-can', '--in', out, '--group-by', 'principal', '--path', 'root']);
    expect(stdout).toMatch(/^user\/bob +person +root +2 +ec2-instance-connect$/m);
  });
});

describe('explain', () => {
  it('shows the open paths of a group before the denied ones', async () => {
    const cell = ['--principal', 'RunCommandUser', '--instance', 'web-1', '--path', 'shell'];
    const { stdout } = await latchkey(['explain', '--in', out, ...cell]);
    const verdicts = [...stdout.matchAll(/^user\/RunCommandUser on \S+ by \S+: (\w+)$/gm)].map(
      ([, verdict]) => verdict,
    );
    expect(verdicts.slice(0, verdicts.indexOf('denied')).length).toBeGreaterThan(1);
    expect(new Set(verdicts.slice(verdicts.indexOf('denied')))).toEqual(new Set(['denied']));
  });

  it('accepts names and groups, and shows each path', async () => {
    const args = ['explain', '--in', out, '--principal', 'alice', '--instance', 'web-2', '--path'];
    const { code, stdout } = await latchkey([...args, 'shell,password-data']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^user\/alice on i-0598c7d356eba48d7 by ec2-instance-connect: conditional\n/);
    expect(stdout).toMatch(/^user\/alice on \S+ by run-command: denied\n {2}nothing in /m);
    expect(stdout).toContain(
      'password-data cannot apply to i-0598c7d356eba48d7: it is not a Windows instance',
    );
    const json = JSON.parse((await latchkey([...args, 'shell', '--json'])).stdout) as { verdict: string }[];
    expect(json.map(({ verdict }) => verdict).sort()).toEqual(
      ['conditional', ...Array(resolvePaths('shell').length - 1).fill('denied')].sort(),
    );
    expect((await latchkey([...args, 'control'])).code).toBe(1);
  });
});

describe('LATCHKEY_IN', () => {
  const run = (env: Record<string, string>, ...args: string[]) =>
    spawnSync(COMMAND[0], [COMMAND[1], ...args], {
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', ...env },
    });

  it('stands for --in, which takes precedence', () => {
    const asked = ['who-can', '--principal', 'alice', '--json'];
    expect(JSON.parse(run({ LATCHKEY_IN: out }, ...asked).stdout)).toHaveLength(2);
    expect(JSON.parse(run({ LATCHKEY_IN: '/nowhere' }, ...asked, '--in', out).stdout)).toHaveLength(2);
    const { status, stderr } = run({ LATCHKEY_IN: '/nowhere' }, ...asked);
    expect([status, stderr]).toEqual([2, expect.stringContaining('there is no folder `/nowhere`')]);
    expect(run({ LATCHKEY_IN: '' }, ...asked).stderr).toContain('`--in <dir>` not specified');
  });

  it('stands for --in of a check too', () => {
    const { stderr } = run({ LATCHKEY_IN: '/nowhere' }, 'check', '--event', 'examples/acme-later-event.json');
    expect(stderr).toContain('there is no folder `/nowhere`');
  });
});

describe('on 80 columns', () => {
  it.each([
    [['who-can']],
    [['who-can', '--instance', 'web-2']],
    [['who-can', '--group-by', 'instance']],
    [['who-can', '--group-by', 'cause']],
  ])('%s: no line is wider except for a long name, and every name is complete', async (args: string[]) => {
    const { stdout } = spawnSync(COMMAND[0], [COMMAND[1], ...args, '--in', out], {
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', COLUMNS: '80' },
    });
    expect(stdout.length).toBeGreaterThan(100);
    for (const line of stdout.split('\n'))
      if (line.length > 80) expect(line.trim().split(/ {2,}/).at(-1)).not.toContain(' ');
    for (const { instance } of all) {
      if (args.includes('cause') || args.includes('web-2')) break;
      expect(stdout).toContain(instance);
    }
    if (args.length === 1)
      expect(stdout).toContain('role/AWSReservedSSO_AdministratorAccess_5f1c0d9be7a84423\n');
  });
});
