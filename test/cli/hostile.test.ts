import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Cell } from '../../lib/matrix/paths/cell.ts';
import { allow } from '../fixtures/account.ts';
import { inputFiles } from '../fixtures/input-files.ts';
import { latchkey, latestRun, outbox, readText, writeFiles } from './run.ts';

/** A user who may create users or tag instances chooses these names. */
const names = [
  '<script>alert(1)</script>',
  '=cmd()',
  '+1',
  '-1',
  '@SUM(1)',
  '__proto__',
  'constructor',
  'line\nbreak\r\nBcc: evil@example.com',
  'tab\tbed',
  '\u001b[2J\u001b]0;title\u0007',
  '\u{1f511}\u202egnp.exe',
  'one\u009b2Jbyte',
  'isolated\u2066text\u2069',
  'line\u2028separator\u2029',
  '"><img src=x onerror=alert(1)>',
  '</script><!--',
  '`rm -rf`',
  '\ud800',
];

let out = '';
let run = '';
beforeAll(async () => {
  const dir = await mkdtemp(join(tmpdir(), 'latchkey-hostile-'));
  out = join(dir, 'out');
  await writeFiles(
    join(dir, 'in'),
    inputFiles({
      users: names.map((name) => ({ name, policy: allow(['ssm:SendCommand', 'ssm:StartSession']) })),
      instances: names.map((name, index) => ({
        id: `i-0123456789abcde${String(index).padStart(2, '0')}`,
        tags: { Name: name, [name]: name },
      })),
    }),
  );
  const { code, stderr } = await latchkey(['scan', '--from', join(dir, 'in'), '--out', out]);
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  run = await latestRun(out);
  return () => rm(dir, { recursive: true, force: true });
});

/** What a terminal interprets, or a reader does not see. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

/** A strict reader of RFC 4180. */
function recordsOf(csv: string): string[][] {
  const records: string[][] = [[]];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  for (const [, quoted, plain, end] of csv.matchAll(field)) {
    records.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '\r\n') records.push([]);
  }
  return records.slice(0, -1);
}

describe('names that an attacker chose', () => {
  it('are printed unchanged in the JSON of who-can', async () => {
    const { code, stdout } = await latchkey(['who-can', '--in', out, '--json']);
    expect(code).toBe(0);
    const cells = JSON.parse(stdout) as Cell[];
    const principals = new Set(cells.map(({ principal }) => principal));
    for (const name of names) {
      expect(principals).toContain(`arn:aws:iam::111122223333:user/${name}`);
    }
  });

  it('cannot move the cursor of a terminal or split a row', async () => {
    for (const args of [
      ['who-can', '--in', out],
      ['who-can', '--in', out, '--principal', '\u001b[2J'],
    ]) {
      const { stdout, stderr } = await latchkey(args);
      expect(stdout).not.toMatch(obeyed);
      expect(stderr).not.toMatch(obeyed);
      expect(stdout).not.toMatch(/^Bcc:/m);
    }
  });

  it('are escaped in all printed JSON', async () => {
    const [principal] = names
      .filter((name) => name.startsWith('one'))
      .map((name) => `arn:aws:iam::111122223333:user/${name}`);
    const cell = [
      '--principal',
      principal ?? '',
      '--instance',
      'i-0123456789abcde00',
      '--path',
      'run-command',
    ];
    for (const args of [
      ['who-can', '--in', out, '--json'],
      ['explain', '--in', out, ...cell, '--json'],
      ['diff', run, run, '--json'],
    ]) {
      const { stdout } = await latchkey(args);
      expect(stdout.length, args[0]).toBeGreaterThan(0);
      expect(stdout.match(obeyed), args[0]).toBeNull();
    }
  });

  it('are escaped in every file that a person opens', async () => {
    const files = [
      'report.csv',
      'findings.csv',
      'findings.json',
      'drift.json',
      'coverage.json',
      'snapshot.json.gz',
    ];
    for (const file of files) {
      expect((await readText(run, file)).replaceAll('\r\n', '').match(obeyed), file).toBeNull();
    }
    for (const text of await outbox(out, '-alert.json')) expect(text).not.toMatch(obeyed);
  });

  it('are text in the HTML report', async () => {
    const page = await readFile(join(run, 'report.html'), 'utf8');
    expect(page).not.toContain('<script>alert');
    expect(page).not.toContain('<img src=x');
    expect(page).not.toContain('</script><!--');
    // what the page's script shows goes through its own escaping
    const shown = page.replace(/<script type="application\/json".*?<\/script>/gs, '');
    expect(shown.length).toBeLessThan(page.length);
    expect(shown).not.toMatch(obeyed);
  });

  it('are no formulas in CSV files, and start no record', async () => {
    for (const file of ['report.csv', 'findings.csv']) {
      const [titles = [], ...records] = recordsOf(await readFile(join(run, file), 'utf8'));
      // findings are reported by statement, and all of these have theirs from one policy
      expect(records.length, file).toBeGreaterThanOrEqual(file === 'report.csv' ? names.length : 1);
      expect(new Set(records.map((fields) => fields.length)), file).toEqual(new Set([titles.length]));
      expect(
        records.flat().filter((field) => /^\s*[=+@-]/.test(field)),
        file,
      ).toEqual([]);
    }
  });

  it("stay out of the digest's headers, and are text in both of its parts", async () => {
    const [mime = ''] = await outbox(out, '-digest.eml');
    const mail = await PostalMime.parse(mime);
    expect(mail.bcc ?? []).toEqual([]);
    expect(mail.subject).not.toMatch(obeyed);
    expect(mail.html).not.toContain('<script>');
    expect(mail.html).not.toContain('<img src=x');
    expect(mail.text).not.toMatch(/^Bcc:/m);
    expect(mail.text).not.toMatch(obeyed);
  });

  it("give one line as an alert's subject", async () => {
    const alerts = (await outbox(out, '-alert.json')).map(
      (text) => JSON.parse(text) as Record<string, string>,
    );
    expect(alerts.length).toBeGreaterThan(0);
    for (const { subject = '', message = '' } of alerts) {
      expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
      expect(message).not.toMatch(obeyed);
    }
  });
});
