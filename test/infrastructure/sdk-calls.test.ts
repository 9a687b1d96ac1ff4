import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  alertRecordKey,
  eventRecordKey,
  latestKey,
  mailRecordKey,
  partKey,
  runKey,
  unsentAlertKey,
  unsentDigestKey,
} from '../../lib/pipeline/keys.ts';
import { organizationKey } from '../../lib/pipeline/organization.ts';
import { pythonLeftOut } from '../python/python.ts';
import { awsLinters } from './aws-linters.ts';
import { botocoreModel, problemsOf } from './botocore-model.ts';
import { type Asks, decisionOn, policiesOf, resolved } from './grants.ts';
import { permissionsOf } from './permissions-of-calls.ts';
import { MEMBER, type RecordedCall, recordCalls } from './recorded-calls.ts';
import { listed, packagedTemplate, type Template } from './template.ts';
import { readTemplate } from './yaml-template.ts';

const ADAPTERS = 'lib/adapters/aws';
const FUNCTIONS = ['plan', 'collect', 'audit', 'send', 'fix', 'publish', 'check'];

const leftOut = pythonLeftOut();
let calls: readonly RecordedCall[];
let template: Template;
let member: Template;
beforeAll(async () => {
  calls = await recordCalls();
  ({ template } = await packagedTemplate());
  member = await readTemplate('infrastructure/member-account.yml');
}, 300_000);

test('every call that the code can make was recorded', async () => {
  const folders = [ADAPTERS, 'functions'];
  const files = (
    await Promise.all(
      folders.map(async (folder) => (await readdir(folder)).map((file) => path.join(folder, file))),
    )
  ).flat();
  const sources = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  const named = sources.flatMap((source) =>
    [...source.matchAll(/\bnew ([A-Z]\w+)Command\(|\bpaginate([A-Z]\w+)\(/g)].map(
      ([, one, pages]) => one ?? pages,
    ),
  );
  const made = new Set(calls.map(({ operation }) => operation));
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((operation) => !made.has(operation ?? ''))).toEqual([]);
});

describe("AWS's own models", () => {
  let packages = '';
  beforeAll(async () => {
    if (leftOut === null) ({ packages } = await awsLinters());
  }, 600_000);
  beforeEach(({ skip }) => {
    if (leftOut !== null) skip(`calls of the SDK against AWS's own models (botocore): ${leftOut}`);
  });

  test('know every call with its members and values', async () => {
    const problems = calls.map(async ({ service, operation, input }) =>
      problemsOf(await botocoreModel(packages, service), operation, input),
    );
    expect((await Promise.all(problems)).flat()).toEqual([]);
  });

  test.each([
    ['sqs', 'SendMessages', {}, 'there is no operation `SendMessages`'],
    ['sqs', 'SendMessage', { QueueUrl: 'q' }, 'SendMessage: `MessageBody` is missing'],
    ['ec2', 'DescribeInstances', { Max: 5 }, 'DescribeInstances: `Max` is no member'],
    [
      'iam',
      'GetAccountAuthorizationDetails',
      { Filter: ['Users'] },
      'GetAccountAuthorizationDetails.Filter[]: `Users` is none of ',
    ],
    ['ssm', 'ListDocuments', { MaxResults: 51 }, 'ListDocuments.MaxResults: 51 is more than 50'],
    ['sns', 'Publish', { Message: 5 }, 'Publish.Message: is a number, not a string'],
  ])('refuse %s %s with %j', async (service, operation, input, problem) => {
    expect(problemsOf(await botocoreModel(packages, service), operation, input).join()).toContain(problem);
  });
});

/** Files of the project that are part of a function. */
async function partsOf(name: string): Promise<ReadonlySet<string>> {
  const parts = new Set<string>();
  const waiting = [path.join('functions', `${name}.ts`)];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (parts.has(file) || !file.endsWith('.ts')) continue;
    const source = await readFile(file, 'utf8');
    parts.add(file);
    const imports = [...source.matchAll(/^(?:import|\} from|export)\b(?! type).*?'(\.[^']+)'/gm)];
    for (const [, to = ''] of imports) waiting.push(path.join(path.dirname(file), to));
  }
  return parts;
}

const PREFIX = 'accounts/111122223333/';
const RUN = '2026-08-23T10-15-00.000Z-3f9a1c';
const inRun = (file: string): string => runKey(PREFIX, RUN, file);
const ALERT = alertRecordKey(PREFIX, 'finding-1');
const EVENT = eventRecordKey(PREFIX, '0d4f8a52-1111-4c33-9c6b-000000000004');

const PART = partKey(PREFIX, { service: 'ec2', region: 'us-east-1' });
const UNSENT = unsentAlertKey(PREFIX, RUN, 1, 'finding-1');
const DIGEST = unsentDigestKey('', RUN);

const ANSWER = `plans/${RUN}/identity-center/identitystore.list-users.d-9067f3b1c2.json`;

interface Objects {
  readonly reads: readonly string[];
  /** the function also reads what it writes, to find out whose write it was */
  readonly writes: readonly string[];
  readonly deletes: readonly string[];
}

/** One object of each kind that a function uses. */
const OBJECTS: Readonly<Record<string, Objects>> = {
  plan: {
    reads: [],
    writes: [
      'plans/accounts.json',
      ...['accounts', 'guardrails'].map((name) => `plans/${RUN}/${name}.json`),
      ANSWER,
    ],
    deletes: [],
  },
  collect: {
    reads: [`plans/${RUN}/guardrails.json`],
    writes: [inRun('snapshot.json.gz'), PART, ANSWER],
    deletes: [PART],
  },
  audit: {
    reads: [inRun('snapshot.json.gz'), mailRecordKey(RUN), DIGEST],
    writes: [
      ...['report.html', 'run.json', 'summary.json', 'trend.json', 'border.json.gz'].map(inRun),
      ...[latestKey(PREFIX), UNSENT],
    ],
    deletes: [UNSENT, inRun('run.json'), inRun('addenda/e-1.json')],
  },
  send: { reads: [UNSENT, latestKey(PREFIX), inRun('run.json')], writes: [ALERT], deletes: [UNSENT] },
  fix: {
    reads: ['snapshot.json.gz', 'matrix.json.gz', 'run.json', 'drift.json', 'trend.json'].map(inRun),
    writes: ['findings.json', 'fixes.json', 'summary.json', 'report.html'].map(inRun),
    deletes: [],
  },
  publish: {
    reads: [
      ...['findings.json', 'drift.json', 'summary.json', 'border.json.gz', 'trend.json'].map(inRun),
      ...['run.json'].map(inRun),
      ...[UNSENT, latestKey(PREFIX)],
      `plans/${RUN}/results/0b5a/manifest.json`,
    ],
    writes: [ALERT, mailRecordKey(RUN), DIGEST, 'plans/reported-accounts.json', organizationKey],
    deletes: [UNSENT, DIGEST],
  },
  check: {
    reads: [inRun('matrix.json.gz'), 'plans/accounts.json'],
    writes: [inRun('snapshot.json.gz'), inRun('trend.json'), latestKey(PREFIX), EVENT, ALERT, UNSENT],
    deletes: [UNSENT],
  },
};

/** A call on an object, once for each object on which a function makes it. */
function onObjects(name: string, call: RecordedCall): readonly RecordedCall[] {
  if (call.service !== 's3' || !('Key' in call.input)) return [call];
  const { reads = [], writes = [], deletes = [] } = OBJECTS[name] ?? {};
  const keys = { PutObject: writes, DeleteObject: deletes }[call.operation] ?? [...reads, ...writes];
  return keys.map((Key) => ({ ...call, input: { ...call.input, Key } }));
}

/** The needed permissions that a role's policies do not allow. */
function refusals(
  policies: ReturnType<typeof policiesOf>,
  role: string,
  asks: readonly Asks[],
): readonly string[] {
  return asks.flatMap((one) => {
    const decision = decisionOn(policies, role, { ...one, ...resourcePolicyOf(one) });
    return decision === 'allowed' ? [] : [`${one.action} on ${one.resource}: ${decision}`];
  });
}

/** Roles and keys must also allow their caller. */
function resourcePolicyOf({ action }: Asks): { readonly resourcePolicy?: unknown } {
  if (action === 'sts:AssumeRole') {
    const trust = member.Resources.MemberRole?.Properties.AssumeRolePolicyDocument;
    return { resourcePolicy: resolved(member, trust, MEMBER) };
  }
  if (!action.startsWith('kms:')) return {};
  return { resourcePolicy: resolved(template, template.Resources.TopicKey?.Properties.KeyPolicy) };
}

describe('grants', () => {
  /** The calls of the adapters that a function imports. */
  async function callsOf(name: string): Promise<readonly RecordedCall[]> {
    const parts = await partsOf(name);
    return calls
      .filter(({ adapter }) => parts.has(path.join(ADAPTERS, adapter)))
      .flatMap((call) => onObjects(name, call));
  }

  test.each(FUNCTIONS)('%s may make every call that it makes', async (name) => {
    const role = `${name.charAt(0).toUpperCase()}${name.slice(1)}Role`;
    const made = await callsOf(name);
    expect(made.length).toBeGreaterThan(2);
    const asks = made.flatMap((call) => permissionsOf(call));
    expect(refusals(policiesOf(template, role), role, asks)).toEqual([]);
  });

  test('the role of member accounts may read what collect and check read', () => {
    const reading = calls.filter(({ adapter }) => adapter === 'account-source.ts');
    expect(reading.length).toBeGreaterThan(20);
    const asks = reading.flatMap((call) => permissionsOf(call, MEMBER));
    expect(refusals(policiesOf(member, 'MemberRole', MEMBER), 'MemberRole', asks)).toEqual([]);
  });

  test('roles that read accounts have no grant that no call needs', () => {
    const needed = new Set(calls.flatMap((call) => permissionsOf(call).map(({ action }) => action)));
    const granted = template.Resources.ReadAccountPolicy?.Properties.PolicyDocument.Statement.flatMap(
      ({ Action }: { Action: string | readonly string[] }) => listed(Action),
    );
    expect(granted.filter((action: string) => !needed.has(action))).toEqual([]);
  });

  test.each([
    [
      'sesv2',
      'PublishRole',
      'configuration-set',
      'ses:SendRawEmail on arn:aws:ses:us-east-1:111122223333:configuration-set/any: implicitDeny',
    ],
    [
      'sns',
      'CheckRole',
      'TopicKey',
      'kms:Decrypt on arn:aws:kms:us-east-1:111122223333:key/TopicKey: implicitDeny',
    ],
  ])('for %s every grant is needed', (service, role, what, missing) => {
    const without = policiesOf(template, role).map(({ Statement }) => ({
      Statement: Statement.map((one) => ({
        ...one,
        Resource: listed(one.Resource).filter((arn) => !String(arn).includes(what)),
      })).filter(({ Resource }) => Resource.length > 0),
    }));
    const asks = calls.filter((call) => call.service === service).flatMap((call) => permissionsOf(call));
    expect(refusals(without, role, asks)).toContain(missing);
  });
});
