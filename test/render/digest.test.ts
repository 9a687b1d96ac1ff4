import { expect, test } from 'vitest';
import type { Drift } from '../../lib/drift/drift.ts';
import type { Finding } from '../../lib/findings/finding.ts';
import { alertsOf } from '../../lib/render/alerts.ts';
import { digestOf } from '../../lib/render/digest.ts';
import { auditedOf } from '../../lib/render/digest-audited.ts';
import { digestChanges } from '../../lib/render/digest-change-data.ts';
import { byteLength } from '../../lib/render/escape.ts';
import { SetHolders } from '../../lib/snapshot/held-by.ts';
import { instancesById } from '../../lib/snapshot/instances-of.ts';
import { HOSTILE_VALUES, hostileReport } from './hostile.ts';
import { renderDigest } from './render-digest.ts';
import { blindReport, fullReport, quietReport } from './reports.ts';
import { visibleLines } from './visible-lines.ts';

const LINKS = [
  { accountId: '111122223333', label: 'report', url: 'https://reports.example/report.html?a=1&b=2' },
  { accountId: '111122223333', label: 'odd', url: 'javascript:alert(1)' },
];

test.each([
  [
    'a run with drift',
    [fullReport()],
    '[EC2 access] 111122223333: 3 access changes (1 critical), +2 new, 1 critical, partial (2026-08-23)',
  ],
  [
    'a first run without findings',
    [quietReport()],
    '[EC2 access] 111122223333: no findings, complete (2026-08-23)',
  ],
  [
    'a later run without anything new',
    [{ ...quietReport(), previousAt: '2026-08-22T10:15:00.000Z' }],
    '[EC2 access] 111122223333: no drift, complete (2026-08-23)',
  ],
  [
    'a blind run',
    [blindReport()],
    '[EC2 access] NOT AUDITED 111122223333: IAM was not collected: AccessDenied; no list… (2026-08-23)',
  ],
  [
    'two accounts',
    [fullReport(), quietReport()],
    '[EC2 access] 2 accounts: 3 access changes (1 critical), +2 new, 1 critical, 1 partial (2026-08-23)',
  ],
  ['no account', [], '[EC2 access] 0 accounts: no findings (no audit)'],
])('the subject of %s', (_, reports, subject) => {
  expect(renderDigest(reports).subject).toBe(subject);
});

const DAY_BEFORE = '2026-08-22T10:55:00.000Z';

test('the next digest includes what checks reported, and does not say that nothing changed', () => {
  const { drift, ...report } = fullReport();
  const digestAt = '2026-08-22T10:15:00.000Z';
  const seen = (waits: boolean) => {
    const instances = instancesById(report.snapshot);
    const holders = new SetHolders(report.snapshot);
    const by = { run: 'run-1', at: DAY_BEFORE, waits };
    const earlier = digestChanges(drift, { accountId: report.accountId, instances, holders, seen: by });
    return digestOf([auditedOf({ ...report, drift: [], previousAt: DAY_BEFORE, digestAt }, earlier)]);
  };
  const { subject, text } = seen(false);
  expect(subject).toContain('3 access changes (1 critical)');
  expect(text).toContain('since 2026-08-22 10:15 UTC');
  expect(text).toContain('alerted 2026-08-22 10:55 UTC');
  expect(text).not.toMatch(/no drift|[Nn]o access changed/);
  expect(seen(true).text).toContain('seen 2026-08-22 10:55 UTC; its alert is still to be sent');
  const quiet = renderDigest([{ ...report, drift: [], digestAt }]);
  expect(quiet.subject).toContain('no drift');
  expect(quiet.text).toMatch(/Since 2026-08-22 10:15 UTC no access changed/);
});

test('a change of the file of expected access is reported, and does not count as a change of access', () => {
  const detail =
    'the file of expected access was changed: added administrator `user/admin`; added known account `444455556666`';
  const configured: Drift = {
    id: 'configuration-1',
    cause: {
      ...{ kind: 'configuration', detail, silences: true },
      changes: [
        { did: 'added', what: 'administrator', name: '`user/admin`' },
        { did: 'added', what: 'known account', name: '`444455556666`' },
      ],
    },
    counts: { gained: 0, lost: 0, changed: 0, principals: 0, people: 0, instances: 0, production: 0 },
    groups: [],
  };
  const previousAt = '2026-08-22T10:15:00.000Z';
  const alone = renderDigest([{ ...quietReport(), previousAt, drift: [configured] }]);
  expect(alone.subject).toContain(': no drift, expected access changed, ');
  const words = alone.text.replaceAll(/\s+/g, ' ');
  expect(words).toContain(
    'no access changed, but what is expected and accepted: the file of expected access',
  );
  expect(words).toContain('[HIGH] what is expected and accepted here was changed');
  const full = fullReport();
  const both = renderDigest([{ ...full, drift: [...full.drift, configured] }]);
  expect(both.subject).toBe(renderDigest([full]).subject);
  // subject and sentence count the same: a change of the file is not one of access
  const sentence = both.text.replace(/\s+/g, ' ');
  expect(both.subject).toContain('3 access changes');
  expect(sentence).toContain('; 2 more access changes; what is expected and accepted changed too; ');
  const grave = { ...full, drift: [...full.drift.slice(-1), configured] };
  expect(renderDigest([grave]).text.replace(/\s+/g, ' ')).toMatch(/user\/intern lost root .*changed too;/);
  const [alert] = alertsOf({ ...quietReport(), previousAt, drift: [configured] }, 'topic');
  expect(alert?.subject).toBe(
    `[HIGH] ${full.accountId} expected access changed: added administrator \`user/admin\` and 1 more`,
  );
  expect(alert?.message).toContain('- added administrator `user/admin`\n- added known account');
  const { changes: _, ...cause } = configured.cause;
  const earlier = alertsOf({ ...quietReport(), previousAt, drift: [{ ...configured, cause }] }, 'topic');
  expect(earlier[0]?.message).toContain('- the file of expected access was changed: added administrator');
});

test('critical findings that stand for more than a week are named again in each digest, the oldest first', () => {
  const report = fullReport();
  const [first, ...others] = report.findings;
  const aged = (firstSeen: string, id: string): Finding => ({
    ...(first as Finding),
    ...{ id, firstSeen, severity: 'critical', status: 'open', title: `what \`${id}\` <opens>` },
  });
  const words = (findings: readonly Finding[], accounts = 1) => {
    const one = { ...report, findings, digestAt: '2026-08-22T10:15:00.000Z' };
    const { text, html } = renderDigest(Array.from({ length: accounts }, () => one));
    return { text: text.replace(/\s+/g, ' '), html };
  };
  const none = words([aged('2026-08-20T10:00:00.000Z', 'young'), ...others]);
  expect(none.text).not.toContain('for more than a week');
  const two = [aged('2026-07-02T10:00:00.000Z', 'old'), aged('2026-07-01T10:00:00.000Z', 'older'), ...others];
  const told = 'critical findings stand for more than a week, the oldest since 2026-07-01: ';
  expect(words(two).text).toContain(`2 ${told}what \`older\` <opens>.`);
  expect(words(two).html).toContain('&lt;opens&gt;.');
  expect(words(two, 2).text).toContain(`4 ${told}${report.accountId}: what`);
  expect(
    words([{ ...aged('2026-07-01T10:00:00.000Z', 'old'), status: 'excepted' }, ...others]).text,
  ).not.toContain('for more than a week');
});

test('old findings are counted and not listed again, those since the last digest are', () => {
  const report = fullReport();
  const at = (digestAt: string) => renderDigest([{ ...report, digestAt }]).text.replace(/\s+/g, ' ');
  const old = 'auto scaling group `web` in us-east-1';
  expect(at('2026-08-22T10:15:00.000Z')).not.toContain(old);
  expect(at('2026-08-22T10:15:00.000Z')).toContain(
    'In all 6 findings stand: 1 critical, 3 high, 1 medium, 1 low.',
  );
  expect(at('2026-08-19T10:15:00.000Z')).toContain(old);
  // resolved now, and resolved before the last digest
  expect(at('2026-08-22T10:15:00.000Z')).toContain('push an SSH key on all 8 instances');
  expect(at('2026-08-22T10:15:00.000Z')).not.toContain('what was resolved at an earlier audit');
  const first = renderDigest([{ ...report, previousAt: null, drift: [] }]).text.replace(/\s+/g, ' ');
  expect(first).toContain('First audit of 111122223333: findings 1 critical, 3 high, 1 medium, 1 low.');
});

test('accounts that could not be audited are named first, with the reason', () => {
  const failed = [{ accountId: '777788889999', failure: 'AccessDenied: sts:AssumeRole' }];
  const { subject, text, html } = renderDigest([fullReport()], [], failed);
  expect(subject).toContain('1 FAILED');
  expect(text.replace(/\s+/g, ' ')).toContain('1 account could not be audited.');
  expect(text.indexOf('777788889999')).toBeLessThan(text.indexOf('WHAT CHANGED'));
  for (const part of [text, html]) expect(part).toContain('AccessDenied: sts:AssumeRole');
  expect(renderDigest([], [], failed).text).toContain('777788889999');
  const many = Array.from({ length: 30 }, (_, n) => ({ accountId: String(n), failure: 'x' }));
  expect(renderDigest([], [], many).text).toMatch(/and\s+10\s+more\./);
});

test('the first fix is shown with its proof, and each change with its undo and link', () => {
  const report = fullReport();
  const [one] = report.drift;
  const undo = [
    'aws iam detach-role-policy --role-name DevOps --policy-arn arn:aws:iam::aws:policy/AmazonSSMFullAccess',
  ];
  const fix = {
    ...{
      rank: 1,
      says: 'detach `x`',
      change: [],
      removes: 9,
      keeps: 4,
      adds: 0 as const,
      narrows: 0,
      commands: ['aws iam x'],
    },
    ...{
      cause: { kind: 'statement' as const, resource: 'x', statements: [] },
      removesRoot: 5,
      leavesRoot: 2,
      findings: [],
    },
  };
  const fixes = [{ ...fix, removesRoot: 1, says: 'another' }, fix];
  const drift = [{ ...one!, cause: { ...one!.cause, undo } }];
  const page = [{ accountId: '111122223333', label: 'report', url: 'https://reports.example/report.html' }];
  const { text, html } = renderDigest([{ ...report, drift, fixes }], page);
  expect(text).toContain(
    'detach `x`\n    closes 5 of 7 ways in by which people get root on production; removes 9',
  );
  expect(text).not.toContain('another');
  expect(html).not.toContain('`');
  // a command and a link are never broken
  expect(text).toContain(`    undo:\n    ${undo[0]}\n`);
  expect(text).toContain('    https://reports.example/report.html#change-drift-attached\n');
  expect(html).toContain('href="https://reports.example/report.html#change-drift-attached"');
  const console = [
    { ...page[0]!, url: 'https://eu-west-1.console.aws.amazon.com/s3/object/b?prefix=runs/x/report.html' },
  ];
  const opened = renderDigest([{ ...report, drift }], console);
  for (const part of [opened.text, opened.html])
    expect(part).toContain('in the report: #change-drift-attached');
  expect(opened.text.replace(/\s+/g, ' ')).toContain('then add the part with # of an entry to the address.');
  expect(opened.html).not.toContain('.html#change');
  expect(text).not.toContain('add the part with #');
});

test('a new finding is shown with its proved change, and the first three with its commands', () => {
  const report = fullReport();
  const command = (id: string): string => `aws iam detach-role-policy --role-name ${id}`;
  const fixed = (id: string, commands: readonly string[]): Finding => {
    const fix = {
      says: `detach from \`${id}\``,
      change: [],
      removes: 2,
      keeps: 1,
      adds: 0,
      narrows: 0,
    } as const;
    const [first] = report.findings;
    return { ...(first as Finding), id, title: `what ${id} opens`, status: 'new', fix: { ...fix, commands } };
  };
  const long = ['x'.repeat(601)];
  const findings = ['a', 'b', 'c', 'd'].map((id) => fixed(id, id === 'b' ? long : [command(id)]));
  const { text, html } = renderDigest([{ ...report, findings }]);
  expect(text).toContain(
    `    fix: detach from \`a\`\n    proved: removes 2 ways in, keeps 1, adds none\n    ${command('a')}\n`,
  );
  expect(text).toContain('fix: detach from `d`');
  for (const part of ['x'.repeat(601), command('d')]) expect(text + html).not.toContain(part);
  expect(text).not.toContain((report.findings[0] as Finding).remediation.slice(0, 30));
});

test('a principal that was deleted and created again differs from one that changed', () => {
  const report = fullReport();
  const [one] = report.drift;
  const detail = 'role `DevOps` was deleted and created again under the same name';
  const cause = { kind: 'principal', detail, again: true } as const;
  const { text } = renderDigest([{ ...report, drift: [{ ...one!, cause }] }]);
  expect(text).toContain('role/DevOps (created again) gained root on 8 instances');
  expect(renderDigest([report]).text).not.toContain('created again');
});

test('an exception is mentioned when its end is near', () => {
  const report = fullReport();
  const accepted = (until: string) => ({
    ...{ ...report.findings[0]!, status: 'excepted' as const },
    accepted: { by: 'exception' as const, owner: 'ops', until, ticket: 'T', reason: 'r' },
  });
  const text = (until: string) =>
    renderDigest([{ ...report, findings: [accepted(until)] }]).text.replace(/\s+/g, ' ');
  expect(text('2026-08-30')).toContain('ends in 7 days: ');
  expect(text('2026-08-23')).toContain('ends today: ');
  expect(text('2026-12-30')).not.toContain('ends in');
  expect(text('2026-12-30')).toContain('1 finding accepted, the next until 2026-12-30.');
});

test('both parts have the same content', async () => {
  const { text, html } = renderDigest([fullReport()], LINKS);
  const facts = [
    '6 of 12 principals (1 person, 4 machines and 1 from outside) can get a shell on an instance, all as root, and 2 more only where a condition holds.',
    '1 of 15 calls gave no data',
    'role/DevOps → payments-api-1 (i-0a1b2c3d4e5f60001)',
    'Run Command: none → always, as root',
    'AttachRolePolicy 1f00bcfa-0000-4000-8000-000000000001',
    'lets 2 principals (1 person) run any command document as root on 5 of 8 instances',
    'ssm.describe-instance-information in eu-west-1: denied',
  ];
  const words = (part: string) =>
    part
      .replace(/<\/?span[^>]*>/g, '')
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ');
  for (const fact of facts) {
    expect(words(text)).toContain(fact);
    expect(words(html)).toContain(fact);
  }
  expect(html).toContain('href="https://reports.example/report.html?a=1&amp;b=2"');
  expect(text).toContain('https://reports.example/report.html?a=1&b=2');
  await expect(text).toMatchFileSnapshot('../golden/render/digest.txt');
  await expect(html).toMatchFileSnapshot('../golden/render/digest.html');
});

test('a command stays the same text in HTML, and no option, id or ARN in it is broken after a hyphen', () => {
  const undo = 'aws iam detach-user-policy --user-name bob --policy-arn arn:aws:iam::aws:policy/on-call';
  const report = fullReport();
  const drift = report.drift.map((one) => ({ ...one, cause: { ...one.cause, undo: [undo] } }));
  const { html } = renderDigest([{ ...report, drift }], LINKS);
  const [, shown = ''] = /<div [^>]*monospace[^>]*>(.*?)<\/div>/.exec(html) ?? [];
  expect(shown.replace(/<[^>]*>/g, '')).toBe(undo);
  const whole = [...shown.matchAll(/<span style="display:inline-block[^>]*>([^<]*)<\/span>/g)].map(
    ([, word]) => word,
  );
  expect(whole).toEqual(undo.split(' ').filter((word) => word.includes('-')));
});

test('nothing in it runs, or loads from elsewhere', () => {
  for (const report of [fullReport(), hostileReport()]) {
    const { html, text } = renderDigest([report], LINKS);
    const tags = html.match(/<[^>]*>/g)?.join('') ?? '';
    expect(tags).toContain('<table');
    expect(tags).not.toMatch(/<script|<img|<link|<iframe|<style|\son\w+=|src=|url\(|javascript:/i);
    expect(text).not.toContain('odd\n');
  }
});

test('hostile values are escaped, visible and short', () => {
  const { subject, text, html } = renderDigest([hostileReport()], LINKS);
  expect(byteLength(text) + byteLength(html)).toBeLessThan(60_000);
  expect(subject).not.toMatch(/[\r\n]/);
  expect(visibleLines(text)).toBe(text);
  expect(visibleLines(html)).toBe(html);
  expect(text).not.toMatch(/^Bcc:/m);
  for (const value of HOSTILE_VALUES.filter((one) => one.includes('<'))) expect(html).not.toContain(value);
});

test('many accounts fit into one mail of limited size', () => {
  const ids = Array.from({ length: 300 }, (_, i) => String(111122220000 + i));
  const reports = ids.map((accountId) => ({ ...hostileReport(), accountId }));
  const page = `https://eu-west-1.console.aws.amazon.com/s3/object/${'reports-'.repeat(8)}?prefix=${'p'.repeat(80)}`;
  const links = ids.flatMap((accountId) =>
    ['report', 'report.csv', 'findings.csv'].map((label) => ({
      accountId,
      label,
      url: `${page}/${accountId}`,
    })),
  );
  const failed = ids.map((accountId) => ({ accountId, failure: 'not allowed '.repeat(40) }));
  const { text, html, subject } = renderDigest(reports, links, failed);
  expect(byteLength(text) + byteLength(html)).toBeLessThan(60_000);
  expect(text).toContain('280 further accounts: see the reports.');
  expect(subject).toContain('300 accounts');
});

test('an empty account says what is empty', async () => {
  await expect(renderDigest([quietReport()]).text).toMatchFileSnapshot('../golden/render/digest-quiet.txt');
  await expect(renderDigest([blindReport()]).text).toMatchFileSnapshot('../golden/render/digest-blind.txt');
});
