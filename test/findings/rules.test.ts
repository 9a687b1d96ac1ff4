import { describe, expect, it } from 'vitest';
import { findFindings } from '../../lib/findings/find.ts';
import { RULES } from '../../lib/findings/rules.ts';
import type { Snapshot } from '../../lib/snapshot/snapshot.ts';
import { ACCOUNT_ID, type AccountInput, account, allow, deny, securityGroup } from '../fixtures/account.ts';
import { byHand, condition, type HandCells } from './by-hand.ts';
import { RULE_CASES } from './rule-cases.ts';
import { rulesPage } from './rules-page.ts';

const AT = '2026-08-23T10:20:00.000Z';
const TWO = [{ id: 'i-1' }, { id: 'i-2' }];
const TWO_REGIONS = [{ id: 'i-1' }, { id: 'i-2', region: 'eu-west-1' }];
const EIC = 'ec2-instance-connect:SendSSHPublicKey';
const INSTANCES = `arn:aws:ec2:*:${ACCOUNT_ID}:instance/*`;
const MFA = condition('aws:MultiFactorAuthPresent', 'Bool', 'true');
const SERVICE_TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};
const STAR = 'CMD-ALL+CMD-SHELL+SSM-STAR+SSM-START-ALL critical alice';
const OUTSIDER = 'arn:aws:iam::444455556666:root';

/** The rules with cells written by hand; the others have theirs in rule-cases.ts. */
const HERE: ReadonlySet<string> = new Set([
  ...['EIC-ALL', 'EIC-NO-OSUSER', 'SSM-STAR', 'SSM-START-ALL', 'CMD-ALL', 'CMD-SHELL', 'TAG-TAMPER'],
  ...['TRUST-EC2-MISSING', 'IMDS-V1', 'SG-SSH', 'SG-RDP', 'SG-ALL'],
]);

/** `RULE+RULE severity holder,holder`, or the name of the place; sorted. */
function found(snapshot: Snapshot, cells: readonly HandCells[]): string[] {
  const matrix = byHand(snapshot, cells);
  return findFindings({ snapshot, matrix, previous: [], at: AT }).flatMap((one) => {
    const rules = one.rules.filter((rule) => HERE.has(rule));
    if (rules.length === 0) return [];
    const about = one.holderCount > 0 ? one.holders.map(({ principal }) => principal) : [one.cause.resource];
    return `${rules.join('+')} ${one.severity} ${about.map((arn) => arn.split(/[/:]/).at(-1)).join(',')}`;
  });
}

const one = (document: unknown, instances: AccountInput['instances'] = TWO): AccountInput => ({
  users: [{ name: 'alice', policies: [{ name: 'P', document }] }],
  instances,
});
const eic = (more: Partial<HandCells> = {}): HandCells => ({
  who: 'alice',
  path: 'ec2-instance-connect',
  landsAs: ['ec2-user'],
  ...more,
});
const start = (more: Partial<HandCells> = {}): HandCells => ({
  who: 'alice',
  path: 'session-manager',
  ...more,
});
const command = (more: Partial<HandCells> = {}): HandCells => ({
  who: 'alice',
  path: 'run-command',
  ...more,
});
const SEND_DOCUMENT = (document: string) => [
  INSTANCES,
  `arn:aws:ssm:*:*:document/${document}`,
  `arn:aws:ssm:*::document/${document}`,
];

type Case = readonly [
  says: string,
  account: AccountInput,
  cells: readonly HandCells[],
  findings: readonly string[],
];

const CASES: readonly Case[] = [
  // EIC-ALL
  ['EIC-ALL on `*`', one(allow(EIC)), [eic()], ['EIC-ALL critical alice']],
  ['EIC-ALL on instance/*', one(allow(EIC, INSTANCES)), [eic()], ['EIC-ALL critical alice']],
  ['EIC-ALL with MFA is one step down', one(allow(EIC)), [eic({ condition: MFA })], ['EIC-ALL high alice']],
  [
    'EIC-ALL with MFA if it is there is not',
    one(allow(EIC)),
    [eic({ condition: condition('aws:MultiFactorAuthPresent', 'BoolIfExists', 'true') })],
    ['EIC-ALL critical alice'],
  ],
  [
    'EIC-ALL until a date is one step down',
    one(allow(EIC)),
    [eic({ condition: condition('aws:CurrentTime', 'DateLessThan', '2026-12-31T00:00:00Z') })],
    ['EIC-ALL high alice'],
  ],
  [
    'EIC-ALL until a date is that also with IfExists: each request has the key',
    one(allow(EIC)),
    [eic({ condition: condition('aws:CurrentTime', 'DateLessThanEqualsIfExists', '2026-12-31T00:00:00Z') })],
    ['EIC-ALL high alice'],
  ],
  [
    'EIC-ALL from a date on is not',
    one(allow(EIC)),
    [eic({ condition: condition('aws:CurrentTime', 'DateGreaterThan', '2026-12-31T00:00:00Z') })],
    ['EIC-ALL critical alice'],
  ],
  [
    'EIC-ALL from an address is not',
    one(allow(EIC)),
    [eic({ condition: condition('aws:SourceIp', 'IpAddress', '10.0.0.0/8') })],
    ['EIC-ALL critical alice'],
  ],
  [
    'EIC-ALL with MFA on some instances only',
    one(allow(EIC)),
    [eic({ on: ['i-1'] }), eic({ on: ['i-2'], condition: MFA })],
    ['EIC-ALL critical alice'],
  ],
  [
    'EIC-ALL in one region, without production',
    one(allow(EIC, `arn:aws:ec2:us-east-1:${ACCOUNT_ID}:instance/*`), TWO_REGIONS),
    [eic({ on: ['i-1'] })],
    ['EIC-ALL high alice'],
  ],
  [
    'EIC-ALL in one region that holds production',
    one(allow(EIC, `arn:aws:ec2:us-east-1:${ACCOUNT_ID}:instance/*`), [
      { id: 'i-1', tags: { Environment: 'Production' } },
      TWO_REGIONS[1]!,
    ]),
    [eic({ on: ['i-1'] })],
    ['EIC-ALL critical alice'],
  ],
  [
    'not EIC-ALL: a tag narrows, though every instance carries it',
    one(allow(EIC, '*', { StringEquals: { 'aws:ResourceTag/team': 'red' } })),
    [eic()],
    [],
  ],
  [
    'not EIC-ALL: all instances, named one by one',
    one(
      allow(
        EIC,
        ['i-1', 'i-2'].map((id) => `arn:aws:ec2:us-east-1:${ACCOUNT_ID}:instance/${id}`),
      ),
    ),
    [eic()],
    [],
  ],
  [
    'not EIC-ALL: a pattern of ids',
    one(allow(EIC, `arn:aws:ec2:*:*:instance/i-1*`), [{ id: 'i-1' }]),
    [eic()],
    [],
  ],
  ['not EIC-ALL: half of a region', one(allow(EIC)), [eic({ on: ['i-1'] })], []],
  [
    'not EIC-ALL: the boundary narrows by tag',
    {
      users: [
        {
          name: 'alice',
          policies: [allow(EIC)],
          boundary: allow('*', '*', { StringEquals: { 'aws:ResourceTag/team': 'red' } }),
        },
      ],
      instances: TWO,
    },
    [eic()],
    [],
  ],
  [
    'EIC-ALL under a boundary that does not',
    {
      users: [
        {
          name: 'alice',
          policies: [{ name: 'P', document: allow(EIC) }],
          boundary: allow('ec2-instance-connect:*'),
        },
      ],
      instances: TWO,
    },
    [eic({ grants: ['P#0'] })],
    ['EIC-ALL critical alice'],
  ],
  [
    'not EIC-ALL: a guardrail denies what lacks a tag',
    {
      ...one(allow(EIC)),
      organization: [
        { scps: [allow('*'), deny('*', '*', { StringNotEquals: { 'aws:ResourceTag/team': 'red' } })] },
      ],
    },
    [eic()],
    [],
  ],
  [
    'EIC-ALL where a guardrail denies what carries a tag',
    {
      ...one(allow(EIC)),
      organization: [
        { scps: [allow('*'), deny('*', '*', { StringEquals: { 'aws:ResourceTag/secret': 'yes' } })] },
      ],
    },
    [eic()],
    ['EIC-ALL critical alice'],
  ],
  [
    'EIC-ALL in the management account, which guardrails do not bind',
    { ...one(allow(EIC)), managementAccountId: ACCOUNT_ID, organization: [{ scps: [deny('*')] }] },
    [eic()],
    ['EIC-ALL critical alice'],
  ],
  [
    'not EIC-ALL: a group denies all but a list',
    {
      users: [{ name: 'alice', policies: [{ name: 'P', document: allow(EIC) }], groups: ['ops'] }],
      groups: [
        {
          name: 'ops',
          policies: [
            {
              Version: '2012-10-17',
              Statement: [{ Effect: 'Deny', Action: '*', NotResource: `${INSTANCES.slice(0, -1)}i-1` }],
            },
          ],
        },
      ],
      instances: [{ id: 'i-1' }],
    },
    [eic()],
    [],
  ],
  [
    'EIC-ALL where one statement of two is wide',
    {
      users: [
        {
          name: 'alice',
          policies: [allow(EIC, '*', { StringEquals: { 'ec2:ResourceTag/team': 'red' } }), allow(EIC, '*')],
        },
      ],
      instances: TWO,
    },
    [eic()],
    ['EIC-ALL critical alice'],
  ],
  [
    'not EIC-ALL: held through a role only',
    { ...one(allow('sts:AssumeRole')), roles: [{ name: 'ops', policies: [allow(EIC)] }] },
    [eic({ via: [`arn:aws:iam::${ACCOUNT_ID}:role/ops`] }), eic({ who: 'ops' })],
    ['EIC-ALL high ops'],
  ],
  ['not EIC-ALL: not known', one(allow(EIC)), [eic({ verdict: 'unknown', missing: 'iam.get-policy' })], []],
  [
    'an outside account is judged with what it reaches through roles',
    { roles: [{ name: 'ops', policies: [{ name: 'P', document: allow(EIC) }] }], instances: TWO_REGIONS },
    [
      {
        who: OUTSIDER,
        path: 'ec2-instance-connect',
        landsAs: ['ubuntu'],
        on: ['i-1'],
        via: [`arn:aws:iam::${ACCOUNT_ID}:role/ops`],
        grants: ['P#0'],
      },
    ],
    ['EIC-ALL critical root'],
  ],
  // EIC-NO-OSUSER
  [
    'EIC-NO-OSUSER without a limit',
    one(allow(EIC, `${INSTANCES.slice(0, -1)}i-1`)),
    [eic({ on: ['i-1'], landsAs: ['*'] })],
    ['EIC-NO-OSUSER medium alice'],
  ],
  [
    'EIC-NO-OSUSER lets root through',
    one(allow(EIC, `${INSTANCES.slice(0, -1)}i-1`)),
    [eic({ on: ['i-1'], landsAs: ['ec2-user', 'root'] })],
    ['EIC-NO-OSUSER medium alice'],
  ],
  [
    'EIC-NO-OSUSER lets a pattern with root through',
    one(allow(EIC, `${INSTANCES.slice(0, -1)}i-1`)),
    [eic({ on: ['i-1'], landsAs: ['r*'] })],
    ['EIC-NO-OSUSER medium alice'],
  ],
  [
    "not EIC-NO-OSUSER: the images' own users",
    one(allow(EIC, `${INSTANCES.slice(0, -1)}i-1`)),
    [eic({ on: ['i-1'], landsAs: ['ec2-user', 'ubuntu'] })],
    [],
  ],
  [
    'EIC-NO-OSUSER with MFA',
    one(allow(EIC, `${INSTANCES.slice(0, -1)}i-1`)),
    [eic({ on: ['i-1'], landsAs: ['*'], condition: MFA })],
    ['EIC-NO-OSUSER low alice'],
  ],
  // SSM-STAR
  ['SSM-STAR for ssm:*, and what it implies', one(allow('ssm:*')), [start(), command()], [STAR]],
  ['SSM-STAR for everything', one(allow('*')), [start(), command()], [STAR]],
  [
    'SSM-STAR for NotAction',
    one({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', NotAction: ['iam:*'], Resource: '*' }] }),
    [start()],
    ['SSM-STAR+SSM-START-ALL critical alice'],
  ],
  [
    'not SSM-STAR: NotAction leaves a part of ssm out',
    one({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', NotAction: ['ssm:SendCommand'], Resource: '*' }],
    }),
    [start()],
    ['SSM-START-ALL critical alice'],
  ],
  [
    'SSM-STAR of a machine, in one region',
    { roles: [{ name: 'bot', trust: SERVICE_TRUST, policies: [allow('ssm:*')] }], instances: TWO_REGIONS },
    [start({ who: 'bot', on: ['i-1'] })],
    ['SSM-STAR+SSM-START-ALL medium bot'],
  ],
  [
    'not SSM-STAR: by tag',
    one(allow('ssm:*', '*', { StringEquals: { 'ssm:resourceTag/team': 'red' } })),
    [start()],
    [],
  ],
  ['not SSM-STAR: no documents', one(allow('ssm:*', INSTANCES)), [start()], ['SSM-START-ALL critical alice']],
  [
    'SSM-STAR with MFA beside a session without',
    {
      users: [
        {
          name: 'alice',
          policies: [
            { name: 'P', document: allow('ssm:*') },
            { name: 'Q', document: allow('ssm:StartSession') },
          ],
        },
      ],
      instances: TWO,
    },
    [start({ grants: ['Q#0'] }), command({ grants: ['P#0'], condition: MFA })],
    ['CMD-ALL+SSM-STAR+CMD-SHELL critical alice', 'SSM-START-ALL critical alice'],
  ],
  // SSM-START-ALL
  ['SSM-START-ALL', one(allow('ssm:StartSession')), [start()], ['SSM-START-ALL critical alice']],
  ['SSM-START-ALL by ssm:Start*', one(allow('ssm:Start*')), [start()], ['SSM-START-ALL critical alice']],
  [
    'not SSM-START-ALL: ssh tunnel only',
    one(allow('ssm:StartSession')),
    [{ who: 'alice', path: 'session-manager-ssh' }],
    [],
  ],
  [
    'not SSM-START-ALL: by tag',
    one(allow('ssm:StartSession', INSTANCES, { StringLike: { 'ssm:resourceTag/Finance': 'WebServers' } })),
    [start()],
    [],
  ],
  [
    'SSM-START-ALL: a tag condition that anything passes',
    one(allow('ssm:StartSession', INSTANCES, { StringLikeIfExists: { 'ssm:resourceTag/Finance': '*' } })),
    [start()],
    ['SSM-START-ALL critical alice'],
  ],
  // CMD-ALL, CMD-SHELL
  ['CMD-ALL on `*`', one(allow('ssm:SendCommand')), [command()], ['CMD-ALL+CMD-SHELL critical alice']],
  [
    'CMD-ALL for all of AWS documents',
    one(allow('ssm:SendCommand', SEND_DOCUMENT('AWS-*'))),
    [command()],
    ['CMD-ALL+CMD-SHELL critical alice'],
  ],
  [
    'CMD-SHELL for one document on all instances',
    one(allow('ssm:SendCommand', SEND_DOCUMENT('AWS-RunShellScript'))),
    [command()],
    ['CMD-SHELL critical alice'],
  ],
  [
    'CMD-SHELL with any document on tagged instances',
    one({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'ssm:SendCommand',
          Resource: INSTANCES,
          Condition: { StringEquals: { 'aws:ResourceTag/a': 'b' } },
        },
        { Effect: 'Allow', Action: 'ssm:SendCommand', Resource: 'arn:aws:ssm:*:*:document/*' },
      ],
    }),
    [command({ on: ['i-1'] })],
    ['CMD-SHELL medium alice'],
  ],
  [
    'CMD-SHELL on production',
    one(allow('ssm:SendCommand', `${INSTANCES.slice(0, -1)}i-1`), [
      { id: 'i-1', tags: { env: 'prod' } },
      { id: 'i-2' },
    ]),
    [command({ on: ['i-1'] })],
    ['CMD-SHELL critical alice'],
  ],
  [
    'CMD-ALL in one region, CMD-SHELL for the rest',
    {
      users: [
        {
          name: 'alice',
          policies: [
            {
              name: 'P',
              document: allow('ssm:SendCommand', [
                'arn:aws:ec2:us-east-1:*:instance/*',
                'arn:aws:ssm:*:*:document/*',
              ]),
            },
            { name: 'Q', document: allow('ssm:SendCommand', 'arn:aws:ec2:eu-west-1:*:instance/i-2') },
          ],
        },
      ],
      instances: [...TWO_REGIONS, { id: 'i-3', region: 'eu-west-1' }],
    },
    [command({ on: ['i-1'], grants: ['P#0'] }), command({ on: ['i-2'], grants: ['P#0', 'Q#0'] })],
    ['CMD-ALL+CMD-SHELL critical alice', 'CMD-SHELL medium alice'],
  ],
  ['no finding for power', one(allow('ec2:RebootInstances')), [{ who: 'alice', path: 'power' }], []],
  // TAG-TAMPER
  [
    'TAG-TAMPER',
    one(allow('ec2:CreateTags')),
    [{ who: 'alice', path: 'tag-rewrite', on: ['i-1'] }],
    ['TAG-TAMPER medium alice'],
  ],
  [
    'TAG-TAMPER on every instance',
    one(allow('ec2:CreateTags')),
    [{ who: 'alice', path: 'tag-rewrite' }],
    ['TAG-TAMPER critical alice'],
  ],
  ['not TAG-TAMPER: no such cell', one(allow('ec2:CreateTags')), [], []],
  // TRUST-EC2-MISSING
  [
    'TRUST-EC2-MISSING',
    { roles: [{ name: 'app', trust: SERVICE_TRUST }], instances: [{ id: 'i-1', role: 'app' }] },
    [],
    ['TRUST-EC2-MISSING low app'],
  ],
  [
    'not TRUST-EC2-MISSING: trusts ec2',
    { roles: [{ name: 'app' }], instances: [{ id: 'i-1', role: 'app' }] },
    [],
    [],
  ],
  [
    'not TRUST-EC2-MISSING: in no profile',
    { roles: [{ name: 'app', trust: SERVICE_TRUST }], instances: TWO },
    [],
    [],
  ],
  [
    'TRUST-EC2-MISSING: the trust is denied again',
    {
      roles: [
        {
          name: 'app',
          trust: {
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
              { Effect: 'Deny', Principal: '*', Action: 'sts:*' },
            ],
          },
        },
      ],
      instances: [{ id: 'i-1', role: 'app' }],
    },
    [],
    ['TRUST-EC2-MISSING low app'],
  ],
  [
    'TRUST-EC2-MISSING: another action',
    {
      roles: [
        {
          name: 'app',
          trust: {
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:TagSession' },
            ],
          },
        },
      ],
      instances: [{ id: 'i-1', role: 'app' }],
    },
    [],
    ['TRUST-EC2-MISSING low app'],
  ],
  // IMDS-V1
  [
    'IMDS-V1',
    { instances: [{ id: 'i-1', role: 'app', metadata: { httpTokens: 'optional' } }, { id: 'i-2' }] },
    [],
    ['IMDS-V1 medium *'],
  ],
  [
    'IMDS-V1 on production',
    { instances: [{ id: 'i-1', role: 'app', tags: { env: 'prod' }, metadata: { httpTokens: 'optional' } }] },
    [],
    ['IMDS-V1 high *'],
  ],
  [
    'IMDS-V1 without a role, whose credentials could be read',
    { instances: [{ id: 'i-1', metadata: { httpTokens: 'optional' } }] },
    [],
    ['IMDS-V1 low *'],
  ],
  [
    'IMDS-V1 by what launched the instances',
    {
      instances: [
        ...['i-1', 'i-2'].map((id) => ({
          id,
          tags: { 'aws:autoscaling:groupName': 'web' },
          metadata: { httpTokens: 'optional' as const },
        })),
        ...['i-3', 'i-4'].map((id) => ({
          id,
          tags: { 'aws:autoscaling:groupName': 'app', 'aws:ec2launchtemplate:id': 'lt-1' },
          metadata: { httpTokens: 'optional' as const },
        })),
      ],
    },
    [],
    ['IMDS-V1 low web', 'IMDS-V1 low lt-1'],
  ],
  [
    'not IMDS-V1: switched off',
    { instances: [{ id: 'i-1', metadata: { httpTokens: 'optional', httpEndpoint: 'disabled' } }] },
    [],
    [],
  ],
  ['not IMDS-V1: not known', { instances: [{ id: 'i-1', metadata: { httpTokens: null } }] }, [], []],
];

const rule = (protocol: string, fromPort: number | null, toPort: number | null, ...cidrs: string[]) => ({
  protocol,
  fromPort,
  toPort,
  cidrs,
  groups: [],
  prefixLists: [],
});
const withGroup = (ingress: ReturnType<typeof rule>[], instance: object = {}): AccountInput => ({
  instances: [{ id: 'i-1', securityGroups: ['sg-9'], ...instance }],
  regions: { 'us-east-1': { securityGroups: [securityGroup('sg-9', { ingress })] } },
});
const ANY = '0.0.0.0/0';
const PUBLIC = { publicIps: ['203.0.113.9'] };
const SG_CASES: readonly Case[] = [
  ['SG-SSH on 22', withGroup([rule('tcp', 22, 22, ANY)]), [], ['SG-SSH high sg-9']],
  ['SG-SSH by IPv6', withGroup([rule('tcp', 22, 22, '::/0')]), [], ['SG-SSH high sg-9']],
  ['SG-SSH in a range', withGroup([rule('tcp', 0, 1024, ANY)]), [], ['SG-SSH high sg-9']],
  ['SG-RDP on 3389', withGroup([rule('tcp', 3389, 3389, ANY)]), [], ['SG-RDP high sg-9']],
  [
    'SG-ALL by every TCP port',
    withGroup([rule('tcp', 0, 65535, ANY)]),
    [],
    ['SG-ALL+SG-RDP+SG-SSH high sg-9'],
  ],
  ['not SG-ALL: every UDP port', withGroup([rule('udp', 0, 65535, ANY)]), [], []],
  [
    'SG-ALL by all protocols',
    withGroup([rule('-1', null, null, ANY)]),
    [],
    ['SG-ALL+SG-RDP+SG-SSH high sg-9'],
  ],
  ['SG-SSH by protocol number', withGroup([rule('6', 20, 30, '10.0.0.0/8', ANY)]), [], ['SG-SSH high sg-9']],
  [
    'SG-SSH on a running instance with a public address',
    withGroup([rule('tcp', 22, 22, ANY)], PUBLIC),
    [],
    ['SG-SSH critical sg-9'],
  ],
  [
    'SG-SSH on a stopped one',
    withGroup([rule('tcp', 22, 22, ANY)], { ...PUBLIC, state: 'stopped' }),
    [],
    ['SG-SSH high sg-9'],
  ],
  ['not SG-SSH: udp', withGroup([rule('udp', 22, 22, ANY)]), [], []],
  ['not SG-SSH: other ports', withGroup([rule('tcp', 443, 443, ANY), rule('tcp', 23, 3388, ANY)]), [], []],
  ['not SG-SSH: from inside', withGroup([rule('tcp', 22, 22, '10.0.0.0/8')], PUBLIC), [], []],
  ['not SG-SSH: icmp', withGroup([rule('icmp', -1, -1, ANY)]), [], []],
];

describe('each rule', () => {
  it.each([...CASES, ...SG_CASES])('%s', (_says, input, cells, findings) => {
    expect(found(account(input), cells)).toEqual(findings);
  });

  it.each([
    ['aws', 'ec2.amazonaws.com.cn', ['TRUST-EC2-MISSING low app']],
    ['aws-cn', 'ec2.amazonaws.com.cn', []],
    ['aws-cn', 'ec2.amazonaws.com', []],
    ['aws-iso', 'ec2.c2s.ic.gov', []],
    ['aws-iso-b', 'ec2.c2s.ic.gov', ['TRUST-EC2-MISSING low app']],
  ])('TRUST-EC2-MISSING in %s about a role that trusts %s', (partition, service, findings) => {
    const trust = JSON.parse(
      JSON.stringify(SERVICE_TRUST).replaceAll(/"[a-z0-9.]+\.amazonaws\.com"/g, `"${service}"`),
    );
    const snapshot = account({ roles: [{ name: 'app', trust }], instances: [{ id: 'i-1', role: 'app' }] });
    expect(found({ ...snapshot, partition }, [])).toEqual(findings);
  });

  it('fires in one case, and not in another', () => {
    const cases = [
      ...[...CASES, ...SG_CASES].map(([, , , findings]) =>
        findings.flatMap((text) => (text.split(' ')[0] ?? '').split('+')),
      ),
      ...RULE_CASES.filter(([, , , about]) => about !== null).map(([rule]) => [rule]),
    ];
    const ids = RULES.map((one) => one.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...new Set(cases.flat())].toSorted()).toEqual(ids.toSorted());
    for (const id of ids) expect(cases.some((fired) => !fired.includes(id))).toBe(true);
  });

  it('has its own silent cases if the evaluator judges it', () => {
    for (const [rule] of RULE_CASES)
      expect(
        RULE_CASES.some(([other, , , about]) => other === rule && about === null),
        rule,
      ).toBe(true);
  });

  it('is in docs/rules.md with its risk, how to verify it and how to fix it', async () => {
    for (const { fires, risk, verify, remediation } of RULES)
      for (const text of [fires, risk, verify, remediation]) expect(text.length).toBeGreaterThan(10);
    await expect(rulesPage(RULES)).toMatchFileSnapshot('../../docs/rules.md');
  });
});

describe('a finding', () => {
  const snapshot = account({
    users: [{ name: 'alice', groups: ['ops'] }],
    groups: [{ name: 'ops', policies: ['AmazonSSMFullAccess'] }],
    policies: [
      {
        name: 'AmazonSSMFullAccess',
        arn: 'arn:aws:iam::aws:policy/AmazonSSMFullAccess',
        document: allow('ssm:*'),
      },
    ],
    instances: [{ id: 'i-1', tags: { Name: 'web', env: 'prod' } }],
  });
  const matrix = byHand(snapshot, [start({ grants: ['AmazonSSMFullAccess#0'], condition: MFA })]);
  const [finding] = findFindings({ snapshot, matrix, previous: [], at: AT });

  it('names the policy, where it is attached, the statement and the instances', () => {
    const evidence = finding!.evidence.join('\n');
    expect(evidence).toContain('AWS managed policy `AmazonSSMFullAccess` is attached to group `ops`');
    expect(evidence).toContain('reaches the 1 instance: 1 of 1 in us-east-1; 1 is tagged as production');
    expect(evidence).toContain('i-1 (`web`, us-east-1)');
    expect(evidence).toContain('only if: aws:MultiFactorAuthPresent Bool true');
    expect(evidence).toContain(
      'high because it is held by a person who reaches every instance, or at least half of production, and every route needs MFA or ends at a date',
    );
    expect(finding!.title).toBe(
      'statement 0 of AWS managed policy `AmazonSSMFullAccess` lets user `alice` use all of Systems Manager on the 1 instance',
    );
  });

  it('says what to change there', () => {
    expect(finding!.remediation).toContain(
      'AWS manages the policy: detach `AmazonSSMFullAccess` from group `ops` and attach a policy of your own',
    );
    expect(finding!.remediation).toContain('"ssm:resourceTag/<key>"');
  });

  it('says what a tag change opens, and denies it', () => {
    const tags = account({
      users: [
        { name: 'alice', policies: [allow('ec2:CreateTags')] },
        {
          name: 'bob',
          policies: [allow('ssm:StartSession', '*', { StringEquals: { 'aws:ResourceTag/team': 'red' } })],
        },
      ],
      instances: [{ id: 'i-1' }],
    });
    const opens = [
      {
        principal: `arn:aws:iam::${ACCOUNT_ID}:user/bob`,
        path: 'session-manager' as const,
        key: 'team',
        value: 'red',
      },
    ];
    const [tamper] = findFindings({
      snapshot: tags,
      matrix: byHand(tags, [{ who: 'alice', path: 'tag-rewrite', opens }]),
      previous: [],
      at: AT,
    });
    expect(tamper!.evidence).toContain('with tag `team` = `red`, user `bob` gets session-manager');
    expect(tamper!.remediation).toContain('{"ForAnyValue:StringEqualsIgnoreCase":{"aws:TagKeys":["team"]}}');
    expect(tamper!.remediation).toContain('{"Null":{"aws:TagKeys":"true"}}');
  });

  it('says nothing about what a tag change opens if that was not computed', () => {
    const tags = account({
      users: [{ name: 'alice', policies: [allow('ec2:CreateTags')] }],
      instances: [{ id: 'i-1' }],
    });
    const evidence = (more: Partial<HandCells>) => {
      const matrix = byHand(tags, [{ who: 'alice', path: 'tag-rewrite', ...more }]);
      return findFindings({ snapshot: tags, matrix, previous: [], at: AT })[0]!.evidence.join();
    };
    expect(evidence({ opens: [] })).toContain('no such change opens anything new today');
    expect(evidence({})).not.toContain('opens anything');
  });

  it('sends the owner of a permission set to IAM Identity Center', () => {
    const roles = [
      {
        name: 'AWSReservedSSO_Ops_0123456789abcdef',
        path: '/aws-reserved/sso.amazonaws.com/',
        policies: [{ name: 'P', document: allow('ssm:StartSession') }],
      },
    ];
    const sso = account({ roles, instances: [{ id: 'i-1' }] });
    const matrix = byHand(sso, [start({ who: roles[0]!.name })]);
    const [finding] = findFindings({ snapshot: sso, matrix, previous: [], at: AT });
    expect(finding!.remediation).toContain(
      'change statement 0 of inline policy `P` of permission set `Ops` (IAM Identity Center)',
    );
  });

  it('counts the principals that reach it through the role', () => {
    const chain = account({
      users: [{ name: 'alice' }, { name: 'bob' }],
      roles: [{ name: 'ops', policies: [allow('ssm:StartSession')] }],
      instances: [{ id: 'i-1' }],
    });
    const via = [`arn:aws:iam::${ACCOUNT_ID}:role/ops`];
    const cells = [start({ who: 'ops' }), start({ who: 'alice', via }), start({ who: 'bob', via })];
    const [role] = findFindings({ snapshot: chain, matrix: byHand(chain, cells), previous: [], at: AT });
    expect(role!.evidence).toContain('2 other principals reach it through role `ops`');
  });

  it('counts the principals that get an instance with the role', () => {
    const chain = account({
      users: [{ name: 'alice' }],
      roles: [{ name: 'app', policies: [allow('ssm:StartSession')] }],
      instances: [{ id: 'i-1', role: 'app' }],
    });
    const via = [`arn:aws:ec2:us-east-1:${ACCOUNT_ID}:instance/i-1`];
    const matrix = byHand(chain, [start({ who: 'app' }), start({ who: 'alice', via })]);
    const [role] = findFindings({ snapshot: chain, matrix, previous: [], at: AT });
    expect(role!.evidence).toContain('1 other principal reaches it through role `app`');
  });

  it('counts a role that nobody assumes without MFA as guarded', () => {
    const trust = (Condition: object) => ({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: ACCOUNT_ID }, Action: 'sts:AssumeRole', Condition }],
    });
    const severity = (Condition: object) => {
      const roles = [{ name: 'ops', trust: trust(Condition), policies: [allow('ssm:StartSession')] }];
      return found(account({ roles, instances: TWO }), [start({ who: 'ops' })]);
    };
    expect(severity({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } })).toEqual(['SSM-START-ALL high ops']);
    expect(severity({ BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' } })).toEqual([
      'SSM-START-ALL critical ops',
    ]);
    expect(severity({ NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' } })).toEqual([
      'SSM-START-ALL high ops',
    ]);
  });
});
