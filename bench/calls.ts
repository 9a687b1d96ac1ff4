import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { awsSource } from '../lib/adapters/aws/account-source.ts';
import { distinctScopes, type Scope, scopesOf } from '../lib/cloudtrail/scope.ts';
import { touchesOf } from '../lib/cloudtrail/touches.ts';
import { collectAccount } from '../lib/collect/collect.ts';
import { startReading } from '../lib/collect/reading.ts';
import { recollect } from '../lib/collect/recollect.ts';
import { thousands } from '../lib/policy/counted.ts';
import type { Snapshot } from '../lib/snapshot/snapshot.ts';
import type { Bench } from './bench.ts';
import { type FakeAws, startFakeAws, totalOf } from './fake-aws/start.ts';
import { instanceId } from './fake-aws/things.ts';

const REGIONS = ['us-east-1', 'eu-west-1'];
export const CALLS_SIZES = [
  { principals: 50, instances: 100, images: 10, permissionSets: 5, people: 500 },
  { principals: 1000, instances: 2000, images: 100, permissionSets: 20, people: 5000 },
  { principals: 1000, instances: 12_000, images: 500, permissionSets: 20, people: 5000 },
];
const quiet = { step: () => {} };
const NO_WAITING = { now: () => 0, sleep: async () => {} };
const clock = { now: () => new Date() };

/** Changes, as CloudTrail names them, with their parameters. */
const EVENTS: readonly (readonly [says: string, source: string, name: string, parameters: object])[] = [
  [
    'a tag on an instance',
    'ec2.amazonaws.com',
    'CreateTags',
    { resourcesSet: { items: [{ resourceId: instanceId(1) }] } },
  ],
  ['an instance stops', 'ec2.amazonaws.com', 'StopInstances', {}],
  ['a rule of a security group', 'ec2.amazonaws.com', 'AuthorizeSecurityGroupIngress', {}],
  ['a policy in IAM', 'iam.amazonaws.com', 'PutRolePolicy', {}],
  ['a document of Systems Manager', 'ssm.amazonaws.com', 'UpdateDocument', {}],
  ['an assignment in IAM Identity Center', 'sso.amazonaws.com', 'CreateAccountAssignment', {}],
  ['a member of a group there', 'sso-directory.amazonaws.com', 'AddMemberToGroup', {}],
];

/** Calls of IAM Identity Center whose answers differ between accounts. */
const OF_EACH_ACCOUNT = ['sso.ListPermissionSetsProvisionedToAccount', 'sso.ListAccountAssignments'];

const BEGIN = '<!-- begin: made by bench -- calls -->\n\n';
const END = '\n<!-- end: made by bench -- calls -->\n';

/** The calls of a scan and of checks, counted by a fake AWS over HTTP with pages of real size. */
export const callsBench: Bench = {
  name: 'calls',
  summary: 'calls of a scan and of the check of an event; writes the table of docs/deploy.md',
  options: [],
  async run() {
    const columns: Record<string, number>[] = [];
    for (const size of CALLS_SIZES) columns.push(await callsOf(size));
    const table = tableOf(columns);
    const file = join(import.meta.dirname, '../docs/deploy.md');
    const page = readFileSync(file, 'utf8');
    const [from, to] = [page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)];
    writeFileSync(file, `${page.slice(0, from)}${table}${page.slice(to)}`);
    return { columns };
  },
};

/** By row of the table. */
export async function callsOf(size: (typeof CALLS_SIZES)[number]): Promise<Record<string, number>> {
  const aws = await startFakeAws({ ...size, regions: REGIONS });
  try {
    const source = awsSource({ region: 'us-east-1', timer: NO_WAITING });
    const snapshot = await collectAccount(source, new Date(), quiet, { clock });
    const made = await aws.counts();
    const ofCenter = Object.entries(made).filter(([name]) => /^(sso|identitystore)\./.test(name));
    const ofAccount = ofCenter.filter(([name]) => OF_EACH_ACCOUNT.includes(name));
    const counts: Record<string, number> = {
      'a scan': totalOf(made),
      'of these, of IAM Identity Center': totalOf(Object.fromEntries(ofCenter)),
      'of these, in each further account of the scan': totalOf(Object.fromEntries(ofAccount)),
    };
    for (const [says, eventSource, eventName, parameters] of EVENTS) {
      const touches = touchesOf([parameters], eventSource);
      const scopes = scopesOf({ eventSource, eventName, region: 'us-east-1', touches });
      counts[`${says} (\`${eventName}\`)`] = await callsOfCheck(aws, snapshot, scopes);
    }
    return counts;
  } finally {
    aws.close();
  }

  async function callsOfCheck(fake: FakeAws, snapshot: Snapshot, scopes: readonly Scope[]): Promise<number> {
    const source = awsSource({ region: 'us-east-1', timer: NO_WAITING });
    await recollect(startReading(source, quiet, clock), snapshot, distinctScopes(scopes));
    return totalOf(await fake.counts());
  }
}

function tableOf(columns: readonly Readonly<Record<string, number>>[]): string {
  const of = ({
    principals,
    instances,
    images,
    permissionSets,
    people,
  }: (typeof CALLS_SIZES)[number]): string =>
    `${[principals, instances].map(thousands).join(' x ')}, ${thousands(2 * images)} images, ${permissionSets} permission sets, ${thousands(people)} people`;
  const head = `| calls of | ${CALLS_SIZES.map(of).join(' | ')} |\n|---|${'---|'.repeat(CALLS_SIZES.length)}\n`;
  const rows = Object.keys(columns[0] ?? {}).map(
    (name) => `| ${name} | ${columns.map((one) => thousands(one[name] ?? 0)).join(' | ')} |\n`,
  );
  return `${head}${rows.join('')}`;
}
