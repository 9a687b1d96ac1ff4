import { expect, test } from 'vitest';
import { driftTable } from '../../cli/drift-table.ts';
import { parseChangeEvent } from '../../lib/cloudtrail/change-event.ts';
import { compareRuns } from '../../lib/drift/compare.ts';
import { findFindings } from '../../lib/findings/find.ts';
import { buildMatrix } from '../../lib/matrix/build.ts';
import { alertsOf } from '../../lib/render/alerts.ts';
import { changesOf } from '../../lib/render/changes.ts';
import { digestOf } from '../../lib/render/digest.ts';
import { auditedOf } from '../../lib/render/digest-audited.ts';
import { digestChanges, NO_CHANGES } from '../../lib/render/digest-change-data.ts';
import { changeData } from '../../lib/render/page/change-data.ts';
import type { Report } from '../../lib/render/report.ts';
import { SetHolders } from '../../lib/snapshot/held-by.ts';
import { instancesById } from '../../lib/snapshot/instances-of.ts';
import { BETWEEN, LATER, record } from '../drift/cases.ts';
import { ACCOUNT_ID, type AccountInput, account, allow, deny } from '../fixtures/account.ts';

/** What happened, and all that readers are told about it: kept as files, to be read by people. */
interface ToldCase {
  readonly file: string;
  readonly before: AccountInput;
  readonly after: AccountInput;
  readonly events?: readonly object[];
  /** a check saw it, and a scan tells it in its mail */
  readonly checked?: true;
  /** how many alerts are sent */
  readonly alerts: number;
}

const START = ['ssm:StartSession', 'ssmmessages:OpenDataChannel'];
const RUN = allow(['ssm:SendCommand', ...START]);
const TEAM = allow(['ssm:SendCommand', ...START], '*', { StringEquals: { 'aws:ResourceTag/team': 'web' } });
const people = (document: unknown, count: number) =>
  ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi', 'ivan', 'judy', 'mallory', 'niaj']
    .slice(0, count)
    .map((name) => ({ name, policies: [{ name: 'fleet-ops', document }] }));
const fleet = (from: number, count: number, tags: Readonly<Record<string, string>>) =>
  Array.from({ length: count }, (_, n) => ({
    id: `i-0${(0x1a2b3c4d5e60 + from + n).toString(16)}`,
    tags: { Name: `web-${from + n}`, ...tags },
  }));
const asg = { team: 'web', env: 'prod', 'aws:autoscaling:groupName': 'web' };
const edited = (name: string, parameters: object) => ({
  ...record(name, parameters),
  userIdentity: {
    type: 'AssumedRole',
    arn: `arn:aws:sts::${ACCOUNT_ID}:assumed-role/Deployer/mara@example.com`,
    sessionContext: {
      sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${ACCOUNT_ID}:role/Deployer`, userName: 'Deployer' },
    },
  },
});

/** Seven people may run commands on two instances, and after the edit on 116 more: 812 cells. */
const sharing = (condition?: object): AccountInput => ({
  users: people(null, 7).map(({ name }) => ({ name, policies: ['fleet-ops'] })),
  policies: [{ name: 'fleet-ops', document: allow('ssm:SendCommand', '*', condition) }],
  instances: [...fleet(0, 2, asg), ...fleet(10, 116, { env: 'prod' })],
});

const UNTIL = (key: string) =>
  allow('ssm:SendCommand', '*', { [key]: { 'aws:CurrentTime': '2026-08-23T11:00:00Z' } });

const CASES: readonly ToldCase[] = [
  {
    file: 'auto-scaling-replacement',
    before: { users: people(TEAM, 9), instances: fleet(0, 6, asg) },
    after: { users: people(TEAM, 9), instances: fleet(3, 6, asg) },
    alerts: 0,
  },
  {
    file: 'one-edit-opens-812-cells',
    before: sharing({ StringEquals: { 'aws:ResourceTag/team': 'web' } }),
    after: sharing(),
    events: [
      edited('CreatePolicyVersion', {
        ...{ policyArn: `arn:aws:iam::${ACCOUNT_ID}:policy/fleet-ops`, setAsDefault: true },
      }),
    ],
    alerts: 1,
  },
  {
    file: 'check-then-scan',
    before: { users: people(TEAM, 1), instances: [...fleet(0, 1, asg), ...fleet(10, 2, { env: 'prod' })] },
    after: { users: people(RUN, 1), instances: [...fleet(0, 1, asg), ...fleet(10, 2, { env: 'prod' })] },
    events: [edited('PutUserPolicy', { userName: 'alice', policyName: 'fleet-ops' })],
    checked: true,
    alerts: 1,
  },
  {
    file: 'recreated-user',
    before: {
      users: people(TEAM, 2).map((one) => ({ ...one, id: `AIDAOLD${one.name}` })),
      instances: fleet(0, 2, asg),
    },
    after: {
      users: people(TEAM, 2).map((one) => ({
        ...one,
        id: one.name === 'bob' ? 'AIDANEWbob' : `AIDAOLD${one.name}`,
      })),
      instances: fleet(0, 2, asg),
    },
    events: [edited('CreateUser', { userName: 'bob' })],
    alerts: 0,
  },
  {
    file: 'everything-gained',
    before: { users: people(TEAM, 3), instances: fleet(0, 4, { env: 'prod' }) },
    after: {
      users: [...people(TEAM, 2), { name: 'carol', policies: ['AdministratorAccess'] }],
      policies: [
        {
          name: 'AdministratorAccess',
          arn: 'arn:aws:iam::aws:policy/AdministratorAccess',
          document: allow('*'),
        },
      ],
      instances: fleet(0, 4, { env: 'prod' }),
    },
    events: [
      edited('AttachUserPolicy', {
        userName: 'carol',
        policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
      }),
    ],
    alerts: 1,
  },
  {
    file: 'guardrail-removed',
    before: {
      users: people(RUN, 4),
      instances: fleet(0, 3, asg),
      organization: [{ scps: [allow('*'), deny(['ssm:SendCommand', 'ssm:StartSession'])] }],
    },
    after: { users: people(RUN, 4), instances: fleet(0, 3, asg), organization: [{ scps: [allow('*')] }] },
    alerts: 1,
  },
  {
    file: 'date-condition-opened',
    before: { users: people(UNTIL('DateGreaterThan'), 2), instances: fleet(0, 3, asg) },
    after: { users: people(UNTIL('DateGreaterThan'), 2), instances: fleet(0, 3, asg) },
    alerts: 1,
  },
];

function reportOf({ before, after, events = [] }: ToldCase): Report {
  const run = (input: AccountInput) => {
    const snapshot = account(input);
    return { snapshot, matrix: buildMatrix(snapshot) };
  };
  const [was, is] = [run(before), run({ ...after, takenAt: LATER })];
  const parsed = events.map((event) => {
    const result = parseChangeEvent(event);
    if (!result.ok) throw new Error(result.reason);
    return result.event;
  });
  const previous = findFindings({ ...was, previous: [], at: was.snapshot.takenAt });
  return {
    ...{ accountId: ACCOUNT_ID, takenAt: LATER, previousAt: was.snapshot.takenAt },
    ...{ digestAt: was.snapshot.takenAt, problems: [] },
    ...is,
    findings: findFindings({ ...is, previous, at: LATER }),
    drift: compareRuns(was, is, parsed),
  };
}

const rule = (title: string): string => `\n${'='.repeat(20)} ${title}\n\n`;

function told(one: ToldCase): { readonly text: string; readonly alerts: number } {
  const report = reportOf(one);
  const { snapshot, drift } = report;
  const about = {
    accountId: ACCOUNT_ID,
    instances: instancesById(snapshot),
    holders: new SetHolders(snapshot),
    seen: { run: 'r', at: BETWEEN, waits: false },
  };
  const audited = one.checked
    ? auditedOf({ ...report, drift: [] }, digestChanges(drift, about))
    : auditedOf(report, NO_CHANGES);
  const digest = digestOf([audited], [], [], {});
  const alerts = alertsOf(report, 'topic', 'https://reports.example/report.html');
  const page = changeData(changesOf(drift), report).changes;
  const parts = [
    `${rule('mail')}Subject: ${digest.subject}\n\n${digest.text}`,
    ...alerts.map(({ subject, message }) => `${rule('alert')}Subject: ${subject}\n\n${message}`),
    `${rule('latchkey diff')}${driftTable(drift, 100)}`,
    `${rule('page')}${page
      .map(({ severity, sentence, kind, detail, hand }) =>
        [`${severity}  ${sentence}`, `${kind}: ${detail}`, ...hand.map((pair) => pair.join(': '))].join(
          '\n  ',
        ),
      )
      .join('\n')}\n`,
  ];
  return { text: parts.join('').trimStart(), alerts: alerts.length };
}

test.each(CASES.map((one) => [one.file, one] as const))('%s', async (file, one) => {
  const { text, alerts } = told(one);
  expect(alerts).toBe(one.alerts);
  await expect(text).toMatchFileSnapshot(`../golden/drifts/${file}.txt`);
});
