import { chmod, cp, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Drift } from '../../lib/drift/drift.ts';
import type { Cell } from '../../lib/matrix/paths/cell.ts';
import { cellsOf } from '../drift/cells-of.ts';
import { inputFiles } from '../fixtures/input-files.ts';
import { after, alice, before, bob, instanceId, putUserPolicy } from '../pipeline/account.ts';
import { latchkey, latestRun, outbox, readJson, startLatchkey, temporaryFolder, writeFiles } from './run.ts';

async function folders(account = before) {
  const dir = await temporaryFolder();
  const [from, out] = [join(dir, 'in'), join(dir, 'out')];
  await writeFiles(from, inputFiles(account));
  return { from, out };
}

const scan = (from: string, out: string) => latchkey(['scan', '--from', from, '--out', out, '--json']);

describe('latchkey scan', () => {
  it('writes the output folder of the contract, progress to standard error, and only JSON to standard output', async () => {
    const { from, out } = await folders();
    const { code, stdout, stderr } = await scan(from, out);
    expect(stderr).not.toContain('\u001b');
    expect(stderr.trim().split('\n').length).toBeGreaterThan(1);
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      {
        audited: { accountId: '111122223333', previousRun: null },
        report: join(await latestRun(out), 'report.html'),
      },
    ]);
    expect((await readdir(await latestRun(out))).sort()).toEqual([
      'border.json.gz',
      'coverage.json',
      'drift.json',
      'findings.csv',
      'findings.json',
      'fixes.json',
      'matrix.json.gz',
      'report.csv',
      'report.html',
      'run.json',
      'snapshot.json.gz',
      'summary.json',
      'trend.json',
    ]);
    expect(await readJson(await latestRun(out), 'drift.json')).toEqual([]);
    expect(await outbox(out, '-digest.eml')).toHaveLength(1);
    for (const alert of await outbox(out, '-alert.json')) {
      expect(Object.keys(JSON.parse(alert)).sort()).toEqual([
        'attributes',
        'key',
        'message',
        'subject',
        'topic',
      ]);
    }
  });

  it('is followed by a check, whose run `diff` accepts, with the actor', async () => {
    const { from, out } = await folders();
    await scan(from, out);
    const scanned = await latestRun(out);
    await writeFiles(from, inputFiles(after));
    const event = join(out, '..', 'event.json');
    await writeFile(event, JSON.stringify(putUserPolicy('e-1')));
    expect((await latchkey(['check', '--in', out, '--event', event])).code).toBe(0);
    const checked = await latestRun(out);
    expect(await readdir(checked)).toContain('delta.json.gz');
    const { stdout } = await latchkey(['diff', scanned, checked, '--json']);
    expect(JSON.parse(stdout)).toMatchObject([{ cause: { eventId: 'e-1' } }]);
    expect((await latchkey(['diff', scanned, out, '--json'])).stdout).toBe(stdout);
    const cells = (await latchkey(['diff', scanned, checked, '--json', '--cells'])).stdout;
    const ids = (JSON.parse(stdout) as Drift[]).map(({ id }) => id);
    expect(ids).toContain((JSON.parse(cells.split('\n')[0] ?? '') as { cause: string }).cause);
    const back = JSON.parse((await latchkey(['diff', checked, scanned, '--json'])).stdout) as Drift[];
    expect(back.map(({ cause }) => cause.eventId)).toEqual([undefined]);
  });

  it('deletes runs that are older than `--keep-days`, except the newest 200', async () => {
    const { from, out } = await folders();
    await scan(from, out);
    const first = await latestRun(out);
    const record = await readJson<object>(first, 'run.json');
    const nameOf = (n: number) => `2020-01-01T00-00-00.${String(n).padStart(3, '0')}Z-0a0a0a`;
    for (let n = 0; n < 205; n += 1) {
      const run = join(out, 'runs', nameOf(n));
      await cp(first, run, { recursive: true });
      const previous = n === 0 ? null : `runs/${nameOf(n - 1)}`;
      await writeFile(join(run, 'run.json'), JSON.stringify({ ...record, previous }));
    }
    await rm(first, { recursive: true });
    await writeFile(join(out, 'latest.json'), JSON.stringify({ run: `runs/${nameOf(204)}` }));
    await scan(from, out);
    expect(await readdir(join(out, 'runs'))).toHaveLength(206);
    const args = ['scan', '--from', from, '--out', out, '--keep-days'];
    const wrong = await latchkey([...args, 'ten']);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('--keep-days: `ten`')]);
    expect((await latchkey([...args, '30'])).code).toBe(0);
    const left = (await readdir(join(out, 'runs'))).sort();
    expect(left).toHaveLength(200);
    expect(left[0]).toBe(nameOf(7));
    expect((await latchkey(['who-can', '--in', out])).code).toBe(0);
  });

  it('finds no drift and sends no new alert for the same data, and reports changes of other data', async () => {
    const { from, out } = await folders();
    await scan(from, out);
    const alerts = (await outbox(out, '-alert.json')).length;
    await scan(from, out);
    expect(await readJson(await latestRun(out), 'drift.json')).toEqual([]);
    expect(await outbox(out, '-alert.json')).toHaveLength(alerts);
    await writeFiles(from, inputFiles(after));
    await scan(from, out);
    const drift = await readJson<Drift[]>(await latestRun(out), 'drift.json');
    expect(new Set(cellsOf(drift).map(({ principal }) => principal))).toEqual(new Set([bob]));
    expect((await outbox(out, '-alert.json')).length).toBeGreaterThan(alerts);
    expect(await outbox(out, '-digest.eml')).toHaveLength(3);
  });

  it('succeeds twice if two scans write one folder at once', async () => {
    const { from, out } = await folders();
    const both = await Promise.all([scan(from, out), scan(from, out)]);
    expect(both.map(({ code, stderr }) => (code === 0 ? '' : stderr))).toEqual(['', '']);
    const runs = await readdir(join(out, 'runs'));
    expect(runs).toHaveLength(2);
    for (const run of runs) expect(await readJson(out, 'runs', run, 'drift.json')).toEqual([]);
    expect(runs).toContain((await latestRun(out)).split('/').at(-1));
  });

  it('leaves the latest run unchanged when it is killed, and the next scan succeeds', async () => {
    const { from, out } = await folders();
    await scan(from, out);
    const first = await latestRun(out);
    await writeFiles(from, inputFiles(after));
    const { child, ended } = startLatchkey(['scan', '--from', from, '--out', out]);
    // killed as soon as its snapshot exists, so in the middle
    while ((await readdir(join(out, 'runs'))).length < 2 && child.exitCode === null)
      await new Promise(setImmediate);
    child.kill('SIGKILL');
    await ended;
    expect(await latestRun(out)).toBe(first);
    expect((await scan(from, out)).code).toBe(0);
    const drift = await readJson<Drift[]>(await latestRun(out), 'drift.json');
    expect(cellsOf(drift).map(({ principal }) => principal)).toContain(bob);
  });

  it('sends what a scan that was killed after its audit had not sent', async () => {
    const { from, out } = await folders();
    await scan(from, out);
    const sent = (await outbox(out, '-alert.json')).length;
    const first = await latestRun(out);
    await writeFiles(from, inputFiles(after));
    const { child, ended } = startLatchkey(['scan', '--from', from, '--out', out]);
    while ((await latestRun(out)) === first && child.exitCode === null) await new Promise(setImmediate);
    child.kill('SIGKILL');
    await ended;
    expect((await scan(from, out)).code).toBe(0);
    const alerts = await outbox(out, '-alert.json');
    expect(alerts.length).toBeGreaterThan(sent);
    expect(alerts.join('\n')).toContain(bob);
  });

  it.each([
    ['nobody and nothing', {}],
    ['no instances', { users: before.users ?? [] }],
  ])('audits an account with %s', async (_, account) => {
    const { from, out } = await folders(account);
    expect((await scan(from, out)).code).toBe(0);
    const { code, stdout } = await latchkey(['who-can', '--in', out]);
    expect([code, stdout]).toEqual([0, 'nobody can get onto any instance by any path\n']);
    expect((await latchkey(['who-can', '--in', out, '--json'])).stdout).toBe('[]\n');
  });
});

describe('bad input', () => {
  it.each([
    ['a missing file', 'us-east-1/ssm.describe-instance-information.json', undefined, 'not-collected'],
    ['malformed JSON', 'us-east-1/ssm.describe-instance-information.json', '{"InstanceInf', 'unreadable'],
    ['malformed JSON in what matters most', 'us-east-1/ec2.describe-security-groups.json', '', 'unreadable'],
  ])('%s is named in coverage, and the rest is judged', async (_, name, content, status) => {
    const { from, out } = await folders();
    const { [name]: _old, ...files } = inputFiles(before);
    const dir = `${from}-bad`;
    await writeFiles(dir, content === undefined ? files : { ...files, [name]: content });
    const ended = await scan(dir, out);
    expect(ended.code).toBe(0);
    const { calls } = await readJson<{ calls: { call: string; status: string; detail: string }[] }>(
      await latestRun(out),
      'coverage.json',
    );
    const call = name.replace(/^.*\/|\.json$/g, '');
    expect(calls.find((entry) => entry.call === call)).toMatchObject({ status });
    const cells = JSON.parse((await latchkey(['who-can', '--in', out, '--json'])).stdout) as Cell[];
    expect(cells.map(({ principal }) => principal)).toContain(alice);
  });

  it('an item that cannot be read is left out, and counted in the output', async () => {
    const { from, out } = await folders();
    const name = 'us-east-1/ec2.describe-instances.json';
    const { Reservations } = inputFiles(before)[name] as { Reservations: object[] };
    const unnamed = { Instances: [{ InstanceId: 7 }] };
    await writeFiles(from, { [name]: { Reservations: [...Reservations, unnamed] } });
    const { stdout } = await latchkey(['scan', '--from', from, '--out', out]);
    expect(stdout).toMatch(/^coverage +.*1 item left out: see coverage\.json$/m);
  });

  it('a file that cannot be read is named in coverage', async () => {
    const { from, out } = await folders();
    const file = join(from, 'us-east-1/ec2.describe-security-groups.json');
    await chmod(file, 0);
    if (process.getuid?.() === 0) {
      // root can read every file, but not a folder
      await rm(file);
      await mkdir(file);
    }
    expect((await scan(from, out)).code).toBe(0);
    const { calls } = await readJson<{ calls: { call: string; status: string }[] }>(
      await latestRun(out),
      'coverage.json',
    );
    expect(calls.find(({ call }) => call === 'ec2.describe-security-groups')?.status).toBe('unreadable');
  });

  it('a malformed policy is named in the report, and the others are judged', async () => {
    const policy = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Permit', Action: 'ssm:*', Resource: '*' }],
    };
    const { from, out } = await folders({
      ...before,
      users: [...(before.users ?? []), { name: 'carol', policy }],
    });
    expect((await scan(from, out)).code).toBe(0);
    const { problems } = await readJson<{ problems: { policy: string }[] }>(
      await latestRun(out),
      'coverage.json',
    );
    expect(problems.map((problem) => problem.policy)).toEqual([
      'arn:aws:iam::111122223333:user/carol#access',
    ]);
    const cells = JSON.parse((await latchkey(['who-can', '--in', out, '--json'])).stdout) as Cell[];
    expect(new Set(cells.map(({ principal }) => principal))).toContain(alice);
  });

  it.each([
    [
      ['scan', '--out', 'o'],
      'nothing says what to read: give `--from DIR` (a folder of AWS CLI output) or `--live`',
    ],
    [
      ['scan', '--from', 'a', '--live', '--out', 'o'],
      '`--from` and `--live` exclude each other: leave one of them out',
    ],
    [
      ['scan', '--from', 'no-such', '--out', 'o'],
      '--from: there is no folder `no-such`: name a folder of AWS CLI output',
    ],
    [
      ['scan', '--from', '.', '--regions', 'us-east-1', '--out', 'o'],
      '`--regions` goes with `--live` only: leave it out',
    ],
    [
      ['scan', '--live', '--regions', 'us-east', '--out', 'o'],
      '--regions: `us-east` is not a region: write them as `us-east-1,eu-west-1`',
    ],
    [['scan', '--from', '.', '--out', 'package.json'], '--out: `package.json` is a file: name a folder'],
    [['scan', '--from', '.', '--out', ''], '--out: the name is empty: name a folder'],
    [
      ['scan', '--form', '.', '--out', 'o'],
      'unknown option `--form` (did you mean `--from`?): see `latchkey scan --help`',
    ],
    [['scan', '--from', '.'], 'required option `--out <dir>` not specified: see `latchkey scan --help`'],
    [['scna'], 'unknown command `scna` (did you mean `scan`?): see `latchkey --help`'],
    [
      ['who-can', '--in', 'no-such'],
      '--in: there is no folder `no-such`: write it first with `latchkey scan --from DIR --out no-such`',
    ],
    [
      ['who-can', '--in', 'lib'],
      '--in: there is no run in `lib`: write one with `latchkey scan --from DIR --out lib`',
    ],
    [['collect', '--out', 'o'], '`collect` reads from AWS: give `--live` to say that it may'],
    [
      ['diff', 'no-such', 'lib'],
      'BEFORE: there is no folder `no-such`: name a run (`out/runs/<time>`) or a folder that `scan --out` wrote',
    ],
    [
      ['check', '--in', 'lib', '--event', 'no-such'],
      '--event: cannot read `no-such` (ENOENT): name a file with one CloudTrail event',
    ],
    [['check', '--in', 'lib', '--event', 'README.md'], /^--event: `README\.md` is not JSON: /],
  ] as const)('%j gives one line with what, where and how to fix it', async (args, message) => {
    const { code, stdout, stderr } = await latchkey(args);
    expect([code, stdout]).toEqual([2, '']);
    const line = stderr.replace(/^latchkey: /, '').replace(/\n$/, '');
    expect(line).not.toContain('\n');
    if (typeof message === 'string') expect(line).toBe(message);
    else expect(line).toMatch(message);
  });

  it('an empty folder gives the message that nothing names the account', async () => {
    const dir = await temporaryFolder();
    await mkdir(join(dir, 'in'));
    const { code, stderr } = await scan(join(dir, 'in'), join(dir, 'out'));
    expect(code).toBe(2);
    expect(stderr.trim().split('\n').at(-1)).toMatch(/^latchkey: .*sts\.get-caller-identity/);
    await expect(stat(join(dir, 'out', 'latest.json'))).rejects.toThrow();
  });

  it.each(['{"run":"../../etc"}', '{"run":7}', 'not JSON', 'null'])(
    'a latest.json of %s is refused',
    async (latest) => {
      const dir = await temporaryFolder();
      await writeFiles(dir, { 'latest.json': latest });
      const { code, stderr } = await latchkey(['who-can', '--in', dir]);
      expect(code).toBe(2);
      expect(stderr).toContain('cannot read `latest.json`: it should hold {"run":"runs/<time>"}');
    },
  );
});

describe('latchkey check', () => {
  it('reads the folder of the latest run again, and alerts about the event once', async () => {
    const { from, out } = await folders();
    await scan(from, out);
    const already = (await outbox(out, '-alert.json')).length;
    await writeFiles(from, { ...inputFiles(after), '../event.json': putUserPolicy('e-1') });
    const event = join(from, '../event.json');
    const { code, stdout } = await latchkey(['check', '--in', out, '--event', event, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ results: [{ index: 0, outcome: 'audited' }] });
    const alerts = (await outbox(out, '-alert.json')).join('\n');
    for (const part of ['e-1', bob, instanceId, 'run-command', 'user/admin']) expect(alerts).toContain(part);
    const count = (await outbox(out, '-alert.json')).length;
    expect(count).toBeGreaterThan(already);
    const again = await latchkey(['check', '--in', out, '--event', event]);
    expect([again.code, again.stdout]).toEqual([0, 'duplicate: event `e-1` was handled before\n']);
    expect(await outbox(out, '-alert.json')).toHaveLength(count);
    const same = await scan(from, out);
    expect(JSON.parse(same.stdout)).toMatchObject({
      audited: { drift: { gained: 0, lost: 0, changed: 0 } },
      published: { alerts: 0 },
    });
  });

  it('says why an envelope cannot be read', async () => {
    const { from, out } = await folders();
    await scan(from, out);
    await writeFiles(from, { '../event.json': { hello: '<script>\u001b[2J' } });
    const { code, stdout, stderr } = await latchkey([
      'check',
      '--in',
      out,
      '--event',
      join(from, '../event.json'),
    ]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^latchkey: --event: cannot read `.*event\.json`: .+\n$/);
    expect(stderr).not.toContain('\u001b');
  });
});
