import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { openersOf } from '../../cli/open-file.ts';
import { VERBS } from '../../cli/verbs.ts';
import type { Finding } from '../../lib/findings/finding.ts';
import { RULES } from '../../lib/findings/rules.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { inputFiles } from '../fixtures/input-files.ts';
import { after, before } from '../pipeline/account.ts';
import { COMMAND, latchkey, latestRun, readJson, temporaryFolder, writeFiles } from './run.ts';

let dir = '';
let out = '';
let once = '';
const runs: string[] = [];
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'latchkey-history-'));
  [out, once] = [join(dir, 'out'), join(dir, 'once')];
  for (const account of [before, after]) {
    await writeFiles(join(dir, 'in'), inputFiles(account));
    expect((await latchkey(['scan', '--from', join(dir, 'in'), '--out', out])).code).toBe(0);
    runs.push(await latestRun(out));
  }
  expect((await latchkey(['scan', '--from', 'examples/acme', '--out', once])).code).toBe(0);
  return () => rm(dir, { recursive: true, force: true });
});

it('latchkey alone prints the help', async () => {
  const { code, stdout, stderr } = await latchkey([]);
  expect([code, stderr]).toEqual([0, '']);
  for (const { name } of VERBS) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  expect(stdout).toContain('Exit codes: ');
});

describe('runs', () => {
  it('lists each run, the newest last, with its changes', async () => {
    const { code, stdout } = await latchkey(['runs', '--in', out, '--json']);
    expect(code).toBe(0);
    const lines = JSON.parse(stdout) as Record<string, unknown>[];
    expect(lines.map(({ run }) => join(out, String(run)))).toEqual(runs);
    expect(lines[0]).toMatchObject({ kind: 'scan', latest: false, previous: null, events: [] });
    expect(lines[1]).toMatchObject({ latest: true, previous: lines[0]?.run });
    const drift = await readJson<{ counts: { gained: number } }[]>(runs[1] ?? '', 'drift.json');
    expect(drift.length).toBeGreaterThan(0);
    expect(lines[1]?.changes).toMatchObject({
      causes: drift.length,
      gained: drift.reduce((sum, { counts }) => sum + counts.gained, 0),
    });
    const { stdout: table } = await latchkey(['runs', '--in', out]);
    expect(table).toMatch(/^runs\/\S+ .*the first run$/m);
    expect(table).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/);
    expect(table).toMatch(/^runs\/\S+ .*\d+ gained, .*\d causes? +latest$/m);
  });

  it('leaves out a damaged run, and says so', async () => {
    const copy = join(await temporaryFolder(), 'copy');
    spawnSync('cp', ['-r', out, copy]);
    const [first] = runs.map((run) => run.replace(out, copy));
    await writeFile(join(first ?? '', 'run.json'), '{');
    const { code, stdout, stderr } = await latchkey(['runs', '--in', copy, '--json']);
    expect([code, JSON.parse(stdout)]).toEqual([0, [expect.objectContaining({ latest: true })]]);
    expect(stderr).toMatch(/^left out: cannot read `runs\/.*run\.json`/);
  });

  it('names a run that was stopped before its end', async () => {
    const copy = join(await temporaryFolder(), 'copy');
    spawnSync('cp', ['-r', out, copy]);
    const stopped = 'runs/2026-01-01T00-00-00.000Z-abcdef';
    await mkdir(join(copy, stopped));
    await writeFile(join(copy, stopped, 'snapshot.json.gz'), '');
    const { code, stdout, stderr } = await latchkey(['runs', '--in', copy, '--json']);
    expect([code, (JSON.parse(stdout) as unknown[]).length]).toEqual([0, runs.length]);
    expect(stderr).toBe(`not finished: ${stopped}: it still runs, or was stopped\n`);
  });
});

describe('diff --in', () => {
  it('compares the last two runs', async () => {
    const [two, named] = await Promise.all([
      latchkey(['diff', '--in', out, '--json']),
      latchkey(['diff', ...runs, '--json']),
    ]);
    expect(JSON.parse(two.stdout)).not.toEqual([]);
    expect(two).toEqual(named);
  });

  it('shows causes without changed cells, and the last accepted findings', async () => {
    const twice = join(await temporaryFolder(), 'twice');
    spawnSync('cp', ['-r', once, twice]);
    expect((await latchkey(['scan', '--from', 'examples/acme-later', '--out', twice])).code).toBe(0);
    const { stdout } = await latchkey(['diff', '--in', twice]);
    expect(stdout).toContain('policy `AmazonSSMFullAccess` was attached to user `bob`');
    expect(stdout).toContain(
      '\nno way in changed, but\n  1 person gained SSO FleetOperators, which has root',
    );
    expect(stdout).toContain('\n  what is expected and accepted here was changed: the file of');
    const { stdout: findings } = await latchkey(['findings', '--in', twice, '--json']);
    const states = (JSON.parse(findings) as Finding[]).map(({ status }) => status);
    expect(states.indexOf('excepted')).toBe(states.length - 1);
  });

  it('says so if the first argument is the later run', async () => {
    const [first = '', second = ''] = runs;
    expect((await latchkey(['diff', second, first])).stderr).toContain('BEFORE was taken later than AFTER');
    expect((await latchkey(['diff', first, second])).stderr).not.toContain('later than');
  });

  it('cannot compare a first run', async () => {
    const { code, stdout, stderr } = await latchkey(['diff', '--in', once, '--json']);
    expect([code, stdout, stderr]).toEqual([0, '[]\n', 'there is one run: nothing to compare it with\n']);
  });

  it.each([
    [['a'], 'name both of them'],
    [['a', 'b', '--in', 'c'], 'name both of them'],
    [[], 'nothing says what to compare'],
  ])('refuses %s', async (args, message) => {
    const { code, stderr } = await latchkey(['diff', ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('findings', () => {
  const found = async (...args: string[]): Promise<readonly Finding[]> => {
    const { code, stdout, stderr } = await latchkey(['findings', '--in', once, '--json', ...args]);
    expect([code, stderr]).toEqual([0, '']);
    return JSON.parse(stdout) as Finding[];
  };

  it('are those of the latest audit, the most severe first', async () => {
    const stored = await readJson<Finding[]>(await latestRun(once), 'findings.json');
    const all = await found();
    expect(all).toHaveLength(stored.length);
    expect(all).toEqual(expect.arrayContaining(stored));
    const order = ['critical', 'high', 'medium', 'low', 'info'];
    const places = all.map(({ severity }) => order.indexOf(severity));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it('can be limited by severity and rule', async () => {
    const all = await found();
    const severe = await found('--severity', 'critical');
    expect(severe.length).toBeGreaterThan(0);
    expect(severe).toEqual(all.filter(({ severity }) => severity === 'critical'));
    const { rule } = all[0] as Finding;
    const ruled = await found('--rule', rule.toLowerCase());
    expect(ruled.length).toBeGreaterThan(0);
    expect(ruled.length).toBeLessThan(all.length);
    expect((await found('--severity', 'critical,low')).length).toBeGreaterThan(severe.length);
  });

  it('can be limited by status', async () => {
    const all = await found('--resolved');
    for (const status of ['new', 'open', 'excepted', 'resolved'])
      expect(await found('--status', status), status).toEqual(all.filter((one) => one.status === status));
    const both = await found('--status', 'Open,new');
    expect(both.length).toBeGreaterThan(0);
    expect(both).toEqual(all.filter(({ status }) => status === 'open' || status === 'new'));
  });

  it('can be limited to what people hold', async () => {
    const people = await found('--people');
    expect(people.length).toBeGreaterThan(0);
    expect(people.length).toBeLessThan((await found()).length);
    // nobody holds a security group
    expect(people.some(({ rule }) => rule === 'SG-SSH')).toBe(false);
  });

  it('can be limited to one instance', async () => {
    const rules = async (instance: string): Promise<ReadonlySet<string>> =>
      new Set((await found('--instance', instance)).map(({ rule }) => rule));
    const [web, reporting, payments] = [
      await rules('web-1'),
      await rules('i-0c8a6e4f2b0d19375'),
      await rules('payments-app'),
    ];
    // only web-1 has the open group; reporting has a role that EC2 cannot assume, and is in the other region
    expect(['SG-SSH', 'IMDS-V1', 'TRUST-EC2-MISSING'].map((rule) => web.has(rule))).toEqual([
      true,
      false,
      false,
    ]);
    expect(['SG-SSH', 'IMDS-V1', 'TRUST-EC2-MISSING'].map((rule) => reporting.has(rule))).toEqual([
      false,
      true,
      true,
    ]);
    // bob's policy is about the team web
    expect([web, payments].map((all) => all.has('EIC-NO-OSUSER'))).toEqual([true, false]);
    const everywhere = (await found('--rule', 'NO-MFA')).map(({ instanceCount }) => instanceCount);
    expect([everywhere, web.has('NO-MFA'), reporting.has('NO-MFA')]).toEqual([[8], true, true]);
  });

  it('are printed as a table with remedies and complete ids', async () => {
    const { stdout } = spawnSync(COMMAND[0], [COMMAND[1], 'findings', '--in', once], {
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', COLUMNS: '80' },
    });
    for (const { id } of await found()) expect(stdout).toMatch(new RegExp(`^ +id +${id}$`, 'm'));
    expect(stdout).toMatch(/^ +what to do /m);
  });

  it.each([
    [['--severity', 'critcal'], '--severity: there is no severity `critcal` (did you mean `critical`?)'],
    [['--instance', 'web-9'], '--instance: this audit has no instance `web-9` (did you mean `web-2`?)'],
    [['--rule', 'SSM-STR'], '--rule: there is no rule `SSM-STR` (did you mean `SSM-STAR`?)'],
  ])('%s is refused', async (args, message) => {
    const { code, stdout, stderr } = await latchkey(['findings', '--in', once, ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  it('says if there are none', async () => {
    const missing = RULES.map(({ id }) => id);
    const held = new Set(
      (await found()).filter(({ severity }) => severity === 'low').map(({ rule }) => rule),
    );
    const { stdout } = await latchkey([
      ...['findings', '--in', once, '--severity', 'low'],
      ...['--rule', missing.find((id) => !held.has(id)) ?? ''],
    ]);
    expect(stdout).toBe('no finding is like that\n');
  });
});

describe('export', () => {
  it('prints the stored snapshot, also after a check', async () => {
    const { code, stdout } = await latchkey(['export', '--in', out, 'snapshot']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(await readJson<Snapshot>(runs[1] ?? '', 'snapshot.json.gz'));
  });

  it('prints the matrix, whose groups are the cells that who-can lists', async () => {
    const { code, stdout } = await latchkey(['export', 'matrix', '--in', once]);
    expect(code).toBe(0);
    const matrix = JSON.parse(stdout) as {
      principals: { arn: string }[];
      instances: { id: string; class: number }[];
      groups: { path: string; principals: number[]; classes: number[]; outcome: { verdict: string } }[];
    };
    const cells = matrix.groups.flatMap(({ path, principals, classes, outcome }) =>
      principals.flatMap((principal) =>
        matrix.instances
          .filter((instance) => classes.includes(instance.class))
          .map(({ id }) => [matrix.principals[principal]?.arn, id, path, outcome.verdict].join(' ')),
      ),
    );
    const listed = JSON.parse((await latchkey(['who-can', '--in', once, '--json'])).stdout) as Record<
      string,
      string
    >[];
    expect(cells.toSorted()).toEqual(
      listed
        .map(({ principal, instance, path, verdict }) => [principal, instance, path, verdict].join(' '))
        .toSorted(),
    );
  });

  it('refuses anything else', async () => {
    const { code, stderr } = await latchkey(['export', '--in', once, 'findings']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('there are snapshot, matrix: see')]);
  });
});

describe('scan', () => {
  const scan = async (from: string, ...args: string[]) =>
    latchkey(['scan', '--from', from, '--out', join(await temporaryFolder(), 'out'), ...args]);

  it.each([
    ['critical', 1],
    ['info', 1],
  ])('--fail-on %s ends with %s if there is such a finding', async (severity, code) => {
    expect((await scan('examples/acme', '--fail-on', severity)).code).toBe(code);
  });

  it('--fail-on ends with 0 if there are only milder ones, and 3 if nothing was audited', async () => {
    const folder = await temporaryFolder();
    await writeFiles(
      join(folder, 'mild'),
      inputFiles({ users: [{ name: 'pat' }], instances: [{ id: 'i-1' }] }),
    );
    expect((await scan(join(folder, 'mild'), '--fail-on', 'critical')).code).toBe(0);
    const { 'iam.get-account-authorization-details.json': _, ...blind } = inputFiles({
      instances: [{ id: 'i-1' }],
    });
    await writeFiles(join(folder, 'blind'), blind);
    expect((await scan(join(folder, 'blind'), '--fail-on', 'info')).code).toBe(3);
  });

  it('--open opens the report', async () => {
    const folder = await temporaryFolder();
    const browser = join(folder, 'browser');
    await writeFile(
      browser,
      `#!/bin/sh\necho "$@" > ${folder}/opened.new && mv ${folder}/opened.new ${folder}/opened\n`,
    );
    await chmod(browser, 0o755);
    const { status, stdout } = spawnSync(
      COMMAND[0],
      [COMMAND[1], 'scan', '--from', 'examples/acme', '--out', join(folder, 'out'), '--open'],
      { encoding: 'utf8', env: { ...process.env, BROWSER: browser } },
    );
    expect(status).toBe(0);
    const report = /^report +(.*)$/m.exec(stdout)?.[1];
    await expect
      .poll(() => readFile(join(folder, 'opened'), 'utf8').catch(() => ''), { timeout: 5000 })
      .toBe(`${report}\n`);
    const missing = spawnSync(
      COMMAND[0],
      [COMMAND[1], 'scan', '--from', 'examples/acme', '--out', join(folder, 'out'), '--open'],
      { encoding: 'utf8', env: { ...process.env, BROWSER: join(folder, 'none') } },
    );
    const said = (stdout: string, command: string) =>
      `--open: cannot open the page with \`${command}\`: open \`${/^report +(.*)$/m.exec(stdout)?.[1]}\` in a browser, or set \`BROWSER\`\n`;
    expect([missing.status, missing.stderr]).toEqual([
      0,
      expect.stringContaining(said(missing.stdout, join(folder, 'none'))),
    ]);
    // it starts, and finds nothing to show the page with
    await writeFile(browser, '#!/bin/sh\nexit 3\n');
    const failing = spawnSync(
      COMMAND[0],
      [COMMAND[1], 'scan', '--from', 'examples/acme', '--out', join(folder, 'out'), '--open'],
      { encoding: 'utf8', env: { ...process.env, BROWSER: browser } },
    );
    expect([failing.status, failing.stderr]).toEqual([
      0,
      expect.stringContaining(said(failing.stdout, browser)),
    ]);
  });

  it.each<readonly [NodeJS.Platform, string | undefined, readonly string[]]>([
    ['linux', undefined, ['xdg-open /a b&c.html', 'wslview /a b&c.html']],
    ['darwin', undefined, ['open /a b&c.html']],
    ['win32', undefined, ['cmd /d /s /c "start "" "/a b&c.html""']],
    ['linux', 'firefox', ['firefox /a b&c.html']],
    ['win32', 'firefox', ['firefox /a b&c.html']],
  ])('--open runs the opener of %s, BROWSER=%s', (platform, browser, commands) => {
    const openers = openersOf(platform, browser, '/a b&c.html');
    expect(openers.map(({ command, args }) => [command, ...args].join(' '))).toEqual(commands);
  });

  it('prints one line per region, whatever the ids of further calls look like', async () => {
    const from = join(await temporaryFolder(), 'in');
    spawnSync('cp', ['-r', 'examples/acme', from]);
    const clusterArns = ['arn:aws:ecs:us-east-2:111122223333:cluster/web'];
    await writeFile(join(from, 'us-east-2', 'ecs.list-clusters.json'), JSON.stringify({ clusterArns }));
    const { stderr } = await scan(from);
    expect(stderr.split('\n').filter((line) => line.startsWith('reading'))).toHaveLength(3);
  });

  it('prints one line per region into a pipe, with the counts of the report', async () => {
    const { stdout, stderr } = await scan('examples/acme');
    expect(stderr.split('\n').filter((line) => line.startsWith('reading'))).toEqual([
      'reading the account',
      'reading eu-west-1',
      'reading us-east-2',
    ]);
    const [, report = ''] = /^report +(.*)$/m.exec(stdout) ?? [];
    const [, judged] = /^judged +(\d+ principals), /m.exec(stdout) ?? [];
    expect(await readFile(report, 'utf8')).toContain(`of ${judged}`);
  });
});

describe('completion', () => {
  const scripts = new Map<string, string>();
  beforeAll(async () => {
    for (const shell of ['bash', 'zsh', 'fish'])
      scripts.set(shell, (await latchkey(['completion', shell])).stdout);
  });
  const complete = async (words: readonly string[]) => {
    const stdout = scripts.get('bash');
    const typed = ['latchkey', ...words].map((word) => `'${word}'`).join(' ');
    const script = `${stdout}\ncompopt() { :; }\nCOMP_WORDS=(${typed})\nCOMP_CWORD=${words.length}\n_latchkey\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
    const { status, stdout: replies, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    return replies.trim().split('\n');
  };

  it('completes verbs, options and values in bash', async () => {
    expect(await complete(['who'])).toEqual(['who-can']);
    expect(await complete([''])).toEqual(expect.arrayContaining(VERBS.map(({ name }) => name)));
    expect(await complete(['who-can', '--gr'])).toEqual(['--group-by']);
    expect(await complete(['who-can', '--path', 'sh'])).toEqual(['shell']);
    expect(await complete(['who-can', '--group-by', ''])).toEqual(['principal', 'instance', 'cause']);
    expect(await complete(['export', 'sn'])).toEqual(['snapshot']);
  });

  it('knows every option of every help, in every shell', async () => {
    for (const { name, load } of VERBS) {
      const command = new Command(name);
      (await load()).define(command, VERBS);
      const help = command.helpInformation();
      const flags = [...help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, flag]) => flag ?? '');
      expect(flags).toContain('--help');
      expect((await complete([name, '--'])).toSorted(), name).toEqual(flags.toSorted());
      const zsh = scripts
        .get('zsh')
        ?.split('\n')
        .find((line) => line.startsWith(`    ${name}) `));
      const fish = scripts
        .get('fish')
        ?.split('\n')
        .filter((line) => line.includes(`_from ${name};`));
      for (const flag of flags) {
        expect(zsh, `${name} ${flag}`).toMatch(new RegExp(`'${flag}=?\\[`));
        expect(
          fish?.some((line) => line.includes(` -l ${flag.slice(2)} `)),
          `${name} ${flag}`,
        ).toBe(true);
      }
    }
  });

  it('completes lists, values after `=`, and verbs after `help`', async () => {
    expect(await complete(['findings', '--severity', 'critical,h'])).toEqual(['critical,high']);
    expect(await complete(['who-can', '--path', 'shell,run-c'])).toEqual(['shell,run-command']);
    expect(await complete(['who-can', '--group-by', '=', 'ca'])).toEqual(['cause']);
    expect(await complete(['findings', '--rule', 'SG-S'])).toEqual(['SG-SSH']);
    expect(await complete(['help', 'who'])).toEqual(['who-can']);
  });

  it.each(['zsh', 'fish'])('knows every verb and option in %s', async (shell) => {
    const { code, stdout } = await latchkey(['completion', shell]);
    expect(code).toBe(0);
    for (const { name } of VERBS) expect(stdout).toContain(name);
    expect(stdout).toMatch(/reachable/);
  });

  it('completes verbs, options and values in fish', async ({ skip }) => {
    skip(!isThere('fish'), 'fish is not there: apt-get install fish');
    const { stdout: script } = await latchkey(['completion', 'fish']);
    const file = join(await mkdtemp(join(dir, 'fish-')), 'latchkey.fish');
    await writeFile(file, script);
    const complete = (typed: string) => {
      const ask = `source ${file}; complete -C '${typed}'`;
      const { status, stdout, stderr } = spawnSync('fish', ['--no-config', '-c', ask], { encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
      return stdout
        .trim()
        .split('\n')
        .map((line) => line.split('\t')[0]);
    };
    expect(complete('latchkey ')).toEqual(expect.arrayContaining(VERBS.map(({ name }) => name)));
    expect(complete('latchkey who')).toEqual(['who-can']);
    expect(complete('latchkey who-can --gr')).toEqual(['--group-by']);
    expect(complete('latchkey who-can --path sh')).toEqual(['shell']);
    expect(complete('latchkey who-can --group-by ')).toEqual(['cause', 'instance', 'principal']);
    expect(complete('latchkey export sn')).toEqual(['snapshot']);
    expect(complete('latchkey findings --severity critical,h')).toEqual(['critical,high']);
    expect(complete('latchkey help who')).toEqual(['who-can']);
  });

  it('completes verbs, options and values in zsh, sourced or found in fpath', async ({ skip }) => {
    skip(!isThere('zsh'), 'zsh is not there: apt-get install zsh');
    const { stdout: script } = await latchkey(['completion', 'zsh']);
    const folder = await mkdtemp(join(dir, 'zsh-'));
    await writeFile(join(folder, '_latchkey'), script);
    const lines = [
      'latchkey who',
      'latchkey who-can --gr',
      'latchkey who-can --path sh',
      'latchkey export sn',
      'latchkey findings --severity critical,h',
      'latchkey help who',
    ];
    for (const load of [
      `compinit -u -D; source ${folder}/_latchkey`,
      `fpath=(${folder} $fpath); compinit -u -D`,
    ]) {
      const typed = ['-f', 'test/cli/zsh-complete.zsh', load, ...lines];
      const { stdout, stderr } = spawnSync('zsh', typed, { encoding: 'utf8', timeout: 20_000 });
      expect([
        stdout
          .trim()
          .split('\n')
          .map((line) => line.trimEnd()),
        stderr,
      ]).toEqual([
        [
          'latchkey who-can',
          // the mark goes when a space is typed
          'latchkey who-can --group-by=',
          'latchkey who-can --path shell,',
          'latchkey export snapshot',
          'latchkey findings --severity critical,high,',
          'latchkey help who-can',
        ],
        '',
      ]);
    }
  });
});

const isThere = (shell: string): boolean => spawnSync(shell, ['--version']).error === undefined;
