import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Drift } from '../../lib/drift/drift.ts';
import type { Finding } from '../../lib/findings/finding.ts';
import { latchkey, latestRun, outbox, readJson, temporaryFolder } from './run.ts';

it('the demo shows a change with its cause, actor and alert, and an exception that has ended', async () => {
  const out = join(await temporaryFolder(), 'demo');
  const { code, stdout } = await latchkey(['demo', '--out', out]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^audited: 75 ways in changed, 1 alert, /m);
  // the scan after the check found nothing more, and still tells what the check saw
  expect(stdout.match(/^drift .*$/gm)).toEqual([
    'drift     none: this is the first run',
    'drift     none since the last check of events, 75 ways in gained since the last scan',
  ]);
  const [, check = '', ...later] = (await readdir(join(out, 'runs'))).sort();
  expect(later).toHaveLength(1);
  const [change, ...others] = await readJson<Drift[]>(join(out, 'runs', check), 'drift.json');
  expect(others).toEqual([]);
  expect(change?.cause).toMatchObject({
    ...{ kind: 'attachment', eventName: 'AttachUserPolicy', sourceIp: '203.0.113.24' },
    actor: expect.stringContaining('(session mara)'),
    undo: [expect.stringMatching(/^aws iam detach-user-policy --user-name bob /)],
  });
  const alert = await readFile(join(out, 'outbox', `${check}-1-alert.json`), 'utf8');
  expect(alert).toContain('[CRITICAL] 111122223333 user/bob gained root on 8 instances (5 production)');
  // alert and mail open the change itself
  const [page = '', place = ''] = /Report: (\S+?)(#\S+?)\\n/.exec(alert)?.slice(1) ?? [];
  expect(place).toBe(`#change-${change?.id}`);
  expect(await readFile(new URL(page), 'utf8')).toContain('<!doctype html>');
  const mail = (await outbox(out, '-digest.eml')).at(-1) ?? '';
  expect(mail.replaceAll('=\r\n', '')).toMatch(new RegExp(`file:///\\S+/report\\.html${place}`));
  const findings = await readJson<Finding[]>(await latestRun(out), 'findings.json');
  const of = (rule: string) => findings.find(({ rules }) => rules.includes(rule));
  expect(of('EXC-EXPIRED')?.evidence).toContain('it ended on 2026-01-31');
  expect(of('SG-SSH')?.status).toBe('open');
  expect(of('SSM-STAR')?.status).toBeDefined();
  expect(findings.filter(({ accepted }) => accepted).map(({ accepted }) => accepted?.by)).toEqual([
    'administrators',
  ]);
});
