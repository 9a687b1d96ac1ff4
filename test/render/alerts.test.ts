import { expect, test } from 'vitest';
import type { Cause } from '../../lib/drift/drift.ts';
import type { Finding } from '../../lib/findings/finding.ts';
import { MESSAGE_BYTES } from '../../lib/render/alert-text.ts';
import { alertsOf, STORM_LIMIT } from '../../lib/render/alerts.ts';
import { byteLength } from '../../lib/render/escape.ts';
import type { Report } from '../../lib/render/report.ts';
import { hostileReport } from './hostile.ts';
import { driftOf, FINDINGS, INSTANCES } from './report-facts.ts';
import { fullReport, quietReport } from './reports.ts';
import { visibleLines } from './visible-lines.ts';

const TOPIC = 'arn:aws:sns:us-east-1:111122223333:latchkey-alerts';

test('there is one alert per cause and per new critical finding, worst first', async () => {
  const alerts = alertsOf(fullReport(), TOPIC, 'https://reports.example/report.html');
  expect(alerts.map((alert) => [alert.attributes.kind, alert.attributes.severity])).toEqual([
    ['drift', ['critical']],
    ['finding', ['critical']],
    ['drift', ['info']],
    ['drift', ['info']],
  ]);
  await expect(`${JSON.stringify(alerts, null, 2)}\n`).toMatchFileSnapshot('../golden/render/alerts.json');
});

test('a drift alert names everything that its reader needs', () => {
  const [first] = alertsOf(fullReport(), TOPIC);
  for (const fact of [
    'arn:aws:iam::111122223333:role/DevOps',
    INSTANCES[0][0],
    'run-command',
    'was: none',
    'now: always, as root',
    'AmazonSSMFullAccess was attached',
    '1f00bcfa-0000-4000-8000-000000000001',
    'AttachRolePolicy',
    'AWSReservedSSO_Admin_0123456789abcdef/jane',
    '203.0.113.9',
    '2026-08-23T10:14:22Z',
  ]) {
    expect(first?.message).toContain(fact);
  }
  expect(first?.attributes).toEqual({
    severity: ['critical'],
    account: '111122223333',
    region: ['eu-west-1', 'us-east-1'],
    path: ['run-command'],
    kind: 'drift',
    env: ['production', 'prod', 'dev'],
  });
});

test('a filter on production matches every change of production: environments, regions and paths of all cells count', () => {
  const report = fullReport();
  const [one] = report.drift;
  const envOf = (drift: Report['drift']) =>
    alertsOf({ ...report, drift, findings: [] }, TOPIC)[0]?.attributes.env;
  const on = (...instances: string[]) => ({
    ...one!,
    groups: [{ ...one!.groups[0]!, instances, instanceCount: instances.length }],
  });
  const [prod, dev] = [INSTANCES[0][0], INSTANCES[3][0]];
  expect(envOf([on(dev)])).toEqual(['dev']);
  expect(envOf([on(dev, prod)])).toEqual(['production', 'prod', 'dev']);
  // more instances than the group lists: any of the account may be among them
  const cut = on(dev);
  expect(envOf([{ ...cut, groups: [{ ...cut.groups[0]!, instanceCount: 5000 }] }])).toContain('production');
  // counted as production by the tags that the account's file names
  expect(envOf([{ ...on(dev), counts: { ...one!.counts, production: 1 } }])).toEqual(['production', 'dev']);
  const [finding] = alertsOf({ ...report, drift: [] }, TOPIC);
  expect(finding?.attributes).toMatchObject({ kind: 'finding', rule: ['CMD-ALL', 'CMD-SHELL'] });
  expect(finding?.attributes.env).toContain('production');
});

test('findings that a change caused are in its alert, with the command that accepts them', () => {
  const report = fullReport();
  const [one] = report.drift;
  const holder = { principal: one!.groups[0]!.principals[0]!, kind: 'machine', instances: 8 } as const;
  const critical = report.findings.find(
    ({ status, severity }) => status === 'new' && severity === 'critical',
  );
  const finding = { ...critical!, holders: [{ ...holder, paths: ['run-command'] as const }], holderCount: 1 };
  const told = (status: 'new' | 'open') =>
    alertsOf({ ...report, drift: [one!], findings: [{ ...finding, status }] }, TOPIC);
  const [news, ...others] = told('new');
  expect(others).toEqual([]);
  expect(news?.attributes).toMatchObject({ kind: 'drift', rule: ['CMD-ALL', 'CMD-SHELL'] });
  expect(news?.message).toContain(
    `New finding: ${finding.id} (CMD-ALL, CMD-SHELL)\nAccept: latchkey except --in RUNS ${finding.id} --owner`,
  );
  const [standing] = told('open');
  expect(standing?.message).toContain(`Finding: ${finding.id}, which stood before`);
  expect(standing?.message).toContain(` --principal ${holder.principal} --owner`);
  // a finding that another change caused has its own alert
  const other = {
    ...finding,
    holders: [{ ...finding.holders[0]!, principal: 'arn:aws:iam::111122223333:user/x' }],
  };
  expect(alertsOf({ ...report, drift: [one!], findings: [other] }, TOPIC)).toHaveLength(2);
});

test('the first audit is one message, whatever it found', () => {
  const report = { ...fullReport(), previousAt: null, drift: [] };
  const findings = report.findings.map((one) => ({ ...one, status: 'new' as const }));
  const alerts = alertsOf({ ...report, findings }, TOPIC);
  expect(alerts).toHaveLength(1);
  expect(alerts[0]?.attributes).toMatchObject({ kind: 'baseline', severity: ['critical'] });
  expect(alerts[0]?.subject).toMatch(/^\[CRITICAL\] 111122223333 first audit: \d+ critical, /);
  // if runs were lost, everything existed before
  const stood = findings.map((one) => ({ ...one, status: 'open' as const }));
  expect(alertsOf({ ...report, findings: stood }, TOPIC)).toEqual([]);
});

test('a drift without an event names the two audits around it, and how to undo it', () => {
  const report = fullReport();
  const [, one] = report.drift;
  const undo = ['aws iam detach-role-policy --role-name on-call --policy-arn arn:aws:iam::aws:policy/x'];
  const [alert] = alertsOf(
    { ...report, findings: [], drift: [{ ...one!, cause: { ...one!.cause, undo } }] },
    TOPIC,
  );
  expect(alert?.message).toContain('When: between 2026-08-22 10:15 UTC and 2026-08-23 10:15 UTC\n');
  expect(alert?.message).toContain(`\nUndo: ${undo[0]}\n`);
});

test("AWS's chat client gets its own form with the same facts, in which a name cannot form a link, a mention or the end of code", () => {
  const own = new Set(['version', 'source', 'id', 'content', 'metadata']);
  for (const { chat, message, attributes } of [
    ...alertsOf(fullReport(), TOPIC),
    ...alertsOf(hostileReport(), TOPIC),
  ]) {
    const form = JSON.parse(chat!);
    expect(Object.keys(form).every((member) => own.has(member))).toBe(true);
    expect(form).toMatchObject({
      version: '1.0',
      source: 'custom',
      content: { textType: 'client-markdown' },
    });
    expect(form.metadata.eventType).toBe(attributes.kind);
    expect(byteLength(chat!)).toBeLessThanOrEqual(MESSAGE_BYTES);
    const said = JSON.stringify(form.content);
    expect(said).not.toMatch(/[<>]|\]\(/);
    expect((form.content.description.match(/`/g) ?? []).length % 2).toBe(0);
    if (message.includes('\nCause: ')) expect(form.content.description).toContain('*Cause:* ');
  }
});

test('cells that are unknown because of a missing call have their own kind', () => {
  const report = fullReport();
  const [first] = report.drift;
  const cause = { kind: 'coverage', detail: '`ec2.describe-instances` was not collected this time' } as const;
  const drift = [{ ...first!, id: 'drift-gap', cause }, first!];
  const alerts = alertsOf({ ...report, drift, findings: [] }, TOPIC);
  expect(alerts.map(({ attributes }) => attributes.kind).sort()).toEqual(['coverage', 'drift']);
});

test('people are named first, each principal with its kind', () => {
  const report = fullReport();
  const arn = (name: string): string => `arn:aws:iam::111122223333:${name}`;
  const none = { verdict: 'denied', condition: null, landsAs: [] } as const;
  const gained = {
    change: 'gained',
    instances: [INSTANCES[0][0]],
    paths: ['run-command'],
    before: none,
    after: { ...none, verdict: 'allowed', landsAs: ['root'] },
  } as const;
  const cause = (detail: string) => ({ kind: 'policy', detail }) as const;
  const [one, two] = alertsOf(
    {
      ...report,
      findings: [],
      drift: [
        driftOf('machines', cause('a'), [{ ...gained, principals: [arn('role/DevOps')] }]),
        {
          ...driftOf('both', cause('b'), [
            { ...gained, principals: [arn('role/ci-deploy')], paths: ['user-data'] },
            { ...gained, principals: [arn('role/DevOps'), arn('user/alice')] },
          ]),
          counts: { gained: 3, lost: 0, changed: 0, principals: 3, people: 1, instances: 1, production: 0 },
        },
      ].map((drift, i) => (i === 0 ? { ...drift, counts: { ...drift.counts, people: 0 } } : drift)),
    },
    TOPIC,
  );
  expect(one?.message.split('\n')[0]).toMatch(
    /^\[CRITICAL\] 1 person and 2 other principals gained root on 1 instance/,
  );
  const named = one?.message.split('\n').filter((line) => /^(gained|changed|lost): | {2}and arn/.test(line));
  expect(named).toEqual([
    `gained: ${arn('user/alice')} (person)`,
    `  and ${arn('role/DevOps')} (machine)`,
    `gained: ${arn('role/ci-deploy')} (machine)`,
  ]);
  expect(two?.message.split('\n')[0]).toMatch(/^\[CRITICAL\] role\/DevOps gained /);
});

test('there is no alert if there is nothing to report', () => {
  expect(alertsOf(quietReport(), TOPIC)).toEqual([]);
});

test('the key is the same for the same change, and new if it happens again', () => {
  const report = fullReport();
  const keys = (one: Report) => alertsOf(one, TOPIC).map((alert) => alert.key);
  expect(keys(report)).toEqual(
    keys({ ...report, takenAt: '2026-08-23T11:00:00.000Z', drift: [...report.drift].reverse() }),
  );
  expect(new Set(keys(report)).size).toBe(4);
  const again = { ...report, previousAt: '2026-09-01T00:00:00.000Z' };
  const [byEvent, ...others] = keys(again);
  expect(byEvent).toBe(keys(report)[0]);
  for (const key of others) expect(keys(report)).not.toContain(key);
  const event = {
    ...report,
    drift: report.drift.map((item) => ({ ...item, cause: { ...item.cause, eventId: 'another' } })),
  };
  expect(keys(event)).not.toContain(byEvent);
  expect(keys({ ...report, accountId: '444455556666' })).not.toContain(byEvent);
});

test('a change that opens everything says to how many, by which policy', () => {
  const principals = Array.from({ length: 1000 }, (_, n) => `arn:aws:iam::111122223333:user/u-${n}`);
  const instances = Array.from({ length: 1000 }, (_, n) => `i-${n}`);
  const none = { verdict: 'denied', condition: null, landsAs: [] } as const;
  const paths = ['power', 'run-command', 'serial-console'] as const;
  const cause = { kind: 'policy', detail: 'inline policy `all` of group `everyone` was added' } as const;
  const group = { change: 'gained', principals, instances, paths, before: none } as const;
  const [one] = [driftOf('all', cause, [{ ...group, after: { ...none, verdict: 'allowed' } }])];
  const wide = {
    ...one!,
    counts: { ...one!.counts, gained: 40_000_000, principals: 20_000, instances: 2000 },
    groups: [{ ...one!.groups[0]!, principalCount: 20_000, instanceCount: 2000 }],
  };
  const [alert] = alertsOf({ ...fullReport(), drift: [wide], findings: [] }, TOPIC);
  expect(alert?.attributes).toMatchObject({
    severity: ['critical'],
    path: ['run-command', 'serial-console', 'power'],
  });
  // the call does not fit, and half of it would say nothing
  expect(alert?.subject).toBe('[CRITICAL] 111122223333 20,000 principals gained root on 2,000 instances');
  const lines = alert!.message.split('\n');
  expect(lines[0]).toBe('[CRITICAL] 20,000 principals gained root on 2,000 instances (account 111122223333)');
  expect(lines[1]).toBe('Cause: inline policy `all` of group `everyone` was added');
  expect(alert!.message).toContain('In all: 40,000,000 ways in gained\n');
  expect(alert!.message).toContain('  and 19,997 more principals\n');
  expect(alert!.message).toContain('  -> and 1,997 more instances\n');
});

test('the key does not depend on how cells are grouped', () => {
  const report = fullReport();
  const key = (drift: Report['drift']) => alertsOf({ ...report, drift, findings: [] }, TOPIC)[0]?.key;
  const [one] = report.drift;
  const [group] = one!.groups;
  const halves = [group!.instances.slice(0, 3), group!.instances.slice(3)].map((instances) => ({
    ...group!,
    instances,
  }));
  expect(key([driftOf(one!.id, one!.cause, halves)])).toBe(key([one!]));
  expect(key([driftOf(one!.id, one!.cause, halves.slice(1))])).not.toBe(key([one!]));
});

test('many alerts become one roll-up, which counts what it leaves out', () => {
  const report = hostileReport();
  const alerts = alertsOf(report, TOPIC);
  expect(alerts).toHaveLength(STORM_LIMIT + 1);
  const last = alerts.at(-1);
  // each finding is in the alert of the change that caused it
  const rest = report.drift.length - STORM_LIMIT;
  expect(last?.attributes.kind).toBe('rollup');
  expect(last?.subject).toBe(`[CRITICAL] 111122223333 ${rest} further alerts of this audit`);
  expect(last?.message.match(/^- \[CRITICAL\] /gm)).toHaveLength(rest);
});

test('a long change names as many rows as fit and counts the rest', () => {
  const report = fullReport();
  const [one] = report.drift;
  const [group] = one!.groups;
  const groups = Array.from({ length: 300 }, (_, n) => ({
    ...group!,
    principals: [`arn:aws:iam::111122223333:role/r-${n}`],
  }));
  const drift = driftOf('long', one!.cause, groups);
  const [alert] = alertsOf({ ...report, drift: [drift], findings: [] }, TOPIC);
  expect(byteLength(alert!.message)).toBeLessThanOrEqual(MESSAGE_BYTES);
  const named = alert!.message.match(/^gained: /gm)?.length ?? 0;
  expect(named).toBeGreaterThan(2);
  expect(alert!.message).toContain(`and ${300 - named} more: the report lists them`);
});

test('the subject of a finding says who may do what where, without the id of a rule', () => {
  const [finding] = FINDINGS;
  const subjectOf = (change: Partial<Finding>) =>
    alertsOf({ ...fullReport(), drift: [], findings: [{ ...finding!, ...change }] }, TOPIC)[0]?.subject;
  const one = { holderCount: 1, instanceCount: 5, productionCount: 2 };
  expect(subjectOf(one)).toBe(
    '[CRITICAL] 111122223333 user/mara may run any command document as root: 5 instances (2 production)',
  );
  // the production part stays if the rest does not fit
  expect(subjectOf({ ...one, holderCount: 1200, instanceCount: 12_000, productionCount: 8000 })).toBe(
    '[CRITICAL] 111122223333 1,200 principals may run any command document as root: 8,000 production',
  );
  const place = {
    ...one,
    holderCount: 0,
    holders: [],
    cause: { ...finding!.cause, kind: 'security-group' },
  } as const;
  expect(subjectOf({ ...place, title: 'security group sg-1 lets the whole internet try SSH' })).toBe(
    '[CRITICAL] 111122223333 security group sg-1 lets the whole internet try SSH: 2 production',
  );
});

test('a change has no event to name if nobody changed the account', () => {
  const [drift] = fullReport().drift;
  const messageOf = (cause: Partial<Cause>) => {
    const { eventId: _, eventName: __, ...rest } = drift!.cause;
    return alertsOf(
      { ...fullReport(), drift: [{ ...drift!, cause: { ...rest, ...cause } }], findings: [] },
      TOPIC,
    )[0]?.message;
  };
  expect(messageOf({})).toContain('\nEvent: none known\n');
  expect(messageOf({ dated: true })).not.toContain('Event:');
});

test('hostile values are short, visible and on their line', () => {
  for (const alert of alertsOf(hostileReport(), TOPIC, `https://x.example/${'a'.repeat(3000)}`)) {
    expect(byteLength(alert.message)).toBeLessThanOrEqual(MESSAGE_BYTES);
    expect(alert.message).toBe(visibleLines(alert.message));
    expect(alert.message).not.toMatch(/^Bcc:/m);
    expect(alert.subject).toMatch(/^\[[A-Z]+\] [ -~]{1,98}$/);
    expect(alert.subject.length).toBeLessThanOrEqual(99);
    expect(alert.key).toMatch(/^[dfr]-[0-9a-f]{24}$/);
    for (const value of Object.values(alert.attributes).flat()) {
      expect(value).not.toBe('');
      expect(visibleLines(value)).toBe(value);
    }
  }
});

test('even a change with only hostile texts names one whole cell', () => {
  const report = hostileReport();
  for (const item of report.drift) {
    const [alert] = alertsOf({ ...report, drift: [item], findings: [] }, TOPIC);
    expect(alert?.message).toContain(item.groups[0]?.instances[0]);
    const groups = report.drift.flatMap(({ groups: all }) => all);
    const names = <T>(of: (group: (typeof groups)[number]) => readonly T[]): T[] => groups.flatMap(of);
    const wide = {
      ...groups[0]!,
      principals: names((one) => one.principals),
      instances: names((one) => one.instances),
    };
    const drift = [driftOf('wide', item.cause, [{ ...wide, after: item.groups[0]!.after }])];
    const [other] = alertsOf({ ...report, drift, findings: [] }, TOPIC);
    expect(byteLength(other!.message)).toBeLessThanOrEqual(MESSAGE_BYTES);
    expect(other?.message).toMatch(/\n {2}was: none\n {2}now: only if /);
    expect(alert?.message).toMatch(/\n {2}was: none\n {2}now: only if /);
  }
});

test('instances that are like others alert nobody, unless they cause a finding', () => {
  const report = fullReport();
  const [first] = report.drift;
  const alike = { ...first, cause: { kind: 'instance' as const, detail: 'd', alike: true as const } };
  const drift = [alike as (typeof report.drift)[number]];
  const kinds = (findings: Report['findings']) =>
    alertsOf({ ...report, drift, findings }, TOPIC).map(({ attributes }) => attributes.kind);
  expect(kinds([])).toEqual([]);
  expect(kinds(report.findings).length).toBeGreaterThan(0);
});
