import { clientsFor } from '../../lib/adapters/aws/clients.ts';
import { deadLetterQueue, sqsClient } from '../../lib/adapters/aws/dead-letters.ts';
import { queueSender, visibilityChanger } from '../../lib/adapters/aws/event-queue.ts';
import { guardrailsAsked } from '../../lib/adapters/aws/guardrails-asked.ts';
import { identityCenterAsked } from '../../lib/adapters/aws/identity-center-asked.ts';
import { memberCredentials } from '../../lib/adapters/aws/member-account.ts';
import { OPERATIONS } from '../../lib/adapters/aws/operations.ts';
import { organizationAccounts } from '../../lib/adapters/aws/organization-accounts.ts';
import { organizationGuardrails } from '../../lib/adapters/aws/organization-guardrails.ts';
import { organizationsClient } from '../../lib/adapters/aws/organizations-client.ts';
import { s3Client, s3Store } from '../../lib/adapters/aws/s3-store.ts';
import { sesClient, sesMailer } from '../../lib/adapters/aws/ses-mailer.ts';
import { snsClient, snsNotifier } from '../../lib/adapters/aws/sns-notifier.ts';
import { type AwsCall, callName } from '../../lib/collect/aws-call.ts';
import { CALLS, callNamed } from '../../lib/collect/calls.ts';
import { sourceCall } from '../../lib/collect/reading.ts';
import { fakeAws, queryError } from '../adapters/aws/fake-aws.ts';

/** An SDK call as the product makes it. */
export interface RecordedCall {
  /** the file of lib/adapters/aws that a function imports for the call */
  readonly adapter: string;
  /** in botocore's spelling: `sesv2` */
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export const ACCOUNT = '111122223333';
export const ORGANIZATION = 'o-exampleorgid';
export const MEMBER = '444455556666';
export const REGION = 'us-east-1';
export const RESOURCES = {
  bucket: 'reports',
  topic: `arn:aws:sns:${REGION}:${ACCOUNT}:Topic`,
  events: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/EventQueue`,
  deadLetters: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/DeadLetterQueue`,
  sender: 'latchkey@example.com',
  identity: `arn:aws:ses:${REGION}:999988887777:identity/example.com`,
} as const;

const SSO_INSTANCE = 'arn:aws:sso:::instance/ssoins-7223f3b1c2d4e5a6';
const PERMISSION_SET = 'arn:aws:sso:::permissionSet/ssoins-7223f3b1c2d4e5a6/ps-0a1b2c3d4e5f6a7b';

const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** The answers that make code with several calls continue. */
const ANSWERS: Readonly<Record<string, object | ((input: RecordedCall['input']) => object)>> = {
  GenerateCredentialReport: { State: 'COMPLETE' },
  GetCallerIdentity: { Account: ACCOUNT },
  DescribeOrganization: { Organization: { Id: 'o-exampleorgid', MasterAccountId: '999988887777' } },
  ListInstances: {
    Instances: [{ InstanceArn: SSO_INSTANCE, IdentityStoreId: 'd-9067f3b1c2' }],
  },
  ListRoots: { Roots: [{ Id: 'r-exam' }] },
  ListAccounts: { Accounts: [{ Id: MEMBER }] },
  ListAccountsForParent: { Accounts: [{ Id: MEMBER }] },
  ListOrganizationalUnitsForParent: ({ ParentId }) => ({
    OrganizationalUnits: ParentId === 'r-exam' ? [{ Id: 'ou-exam-1' }] : [],
  }),
  ListPolicies: { Policies: [{ Id: 'p-examplepolicy', Name: 'Example' }] },
  ListTargetsForPolicy: { Targets: [{ TargetId: MEMBER }] },
  ListParents: ({ ChildId }) => ({ Parents: [{ Id: ChildId === 'ou-exam-1' ? 'r-exam' : 'ou-exam-1' }] }),
  ListPoliciesForTarget: { Policies: [{ Id: 'p-examplepolicy', Name: 'Example' }] },
  DescribePolicy: { Policy: { Content: '{}' } },
  ListContainerInstances: {
    containerInstanceArns: [`arn:aws:ecs:${REGION}:${ACCOUNT}:container-instance/web/0a1b`],
  },
  ListDeploymentGroups: { deploymentGroups: ['web-prod'] },
  ListProjects: { projects: ['web'] },
  PutObject: {},
  GetTopicAttributes: { Attributes: { SubscriptionsConfirmed: '1' } },
};

/** In botocore's spelling. */
function serviceOf(clientName: string): string {
  const name = clientName.replace(/Client$/, '').toLowerCase();
  return { sfn: 'stepfunctions', ssoadmin: 'sso-admin', eventbridge: 'events' }[name] ?? name;
}

/** S3 answers once that another writer was faster, after a retry, so the product asks who it was. */
const LOST_ANSWER = Object.assign(new Error('lost'), {
  name: 'PreconditionFailed',
  $metadata: { attempts: 2 },
});

interface Context {
  readonly commandName?: string;
  readonly clientName?: string;
}

interface RecordableClient {
  readonly middlewareStack: { add(middleware: never, options: object): void };
}

/** Every call that lib/adapters/aws can make, made once with clients that record it and send nothing. */
export async function recordCalls(): Promise<readonly RecordedCall[]> {
  const calls: RecordedCall[] = [];
  let failing: Error | null = null;
  const recording = <Client extends RecordableClient>(adapter: string, client: Client): Client => {
    const record =
      (_next: unknown, { commandName = '', clientName = '' }: Context) =>
      async ({ input }: { input: RecordedCall['input'] }) => {
        const operation = commandName.replace(/Command$/, '');
        calls.push({ adapter, service: serviceOf(clientName), operation, input });
        if (failing !== null && operation === 'PutObject') throw failing;
        const answer = ANSWERS[operation];
        const output = typeof answer === 'function' ? answer(input) : answer;
        return { response: {}, output: { $metadata: {}, ...output } };
      };
    client.middlewareStack.add(record as never, { step: 'initialize', priority: 'high' });
    return client;
  };

  const clients = clientsFor({ region: REGION, credentials: CREDENTIALS });
  recording('account-source.ts', clients.ec2(REGION));
  recording('account-source.ts', clients.ssm(REGION));
  recording('account-source.ts', clients.autoScaling(REGION));
  recording('account-source.ts', clients.backup(REGION));
  recording('account-source.ts', clients.cloudFormation(REGION));
  recording('account-source.ts', clients.codeBuild(REGION));
  recording('account-source.ts', clients.codeDeploy(REGION));
  recording('account-source.ts', clients.codePipeline(REGION));
  recording('account-source.ts', clients.ecs(REGION));
  recording('account-source.ts', clients.eks(REGION));
  recording('account-source.ts', clients.eventBridge(REGION));
  recording('account-source.ts', clients.lambda(REGION));
  recording('account-source.ts', clients.sfn(REGION));
  recording('account-source.ts', clients.ssoAdmin(REGION));
  recording('account-source.ts', clients.identityStore(REGION));
  recording('account-source.ts', clients.iam);
  recording('account-source.ts', clients.organizations);
  recording('account-source.ts', clients.sts);
  for (const [name, operation] of Object.entries(OPERATIONS)) {
    const call = CALLS.find((one) => callName(one) === name);
    const [service = '', rest = ''] = name.split('.');
    const made = operation(clients, {
      service,
      operation: rest,
      region: REGION,
      argument: argumentOf(call),
    } as never);
    if (made instanceof Promise) await made;
    else for await (const _page of made) break;
  }

  const organization = organizationAccounts(
    recording('organization-accounts.ts', organizationsClient(REGION)),
  );
  await organization.all();
  await organization.under('r-exam');
  const organizations = recording('organization-guardrails.ts', organizationsClient(REGION));
  await organizationGuardrails(organizations, { readBy: ACCOUNT, readAt: '2026-08-23T10:15:00.000Z' });
  await guardrailsAsked(recording('guardrails-asked.ts', organizationsClient(REGION)), ACCOUNT)(MEMBER);

  // plan makes these calls, collect and check make more through the account's own source
  const central = clientsFor({ region: REGION, credentials: CREDENTIALS });
  recording('identity-center-asked.ts', central.ssoAdmin(REGION));
  recording('identity-center-asked.ts', central.identityStore(REGION));
  const askCenter = identityCenterAsked(central);
  for (const name of ['sso-admin.list-instances', 'identitystore.list-groups', 'identitystore.list-users'])
    await askCenter(sourceCall(callNamed(name), null, 'd-9067f3b1c2'));

  const store = s3Store(recording('s3-store.ts', s3Client(REGION)), RESOURCES.bucket);
  const key = `accounts/${ACCOUNT}/latest.json`;
  await store.get(key);
  await store.list(`accounts/${ACCOUNT}/`);
  await store.delete(key, '"1"');
  await store.replace(key, '{}', '"1"', 'application/json');
  failing = LOST_ANSWER;
  await store.create(key, '{}', 'application/json');

  const notifier = snsNotifier(recording('sns-notifier.ts', snsClient(REGION)));
  await notifier.publish(alert, 'a-run');
  await notifier.hasReceivers?.(RESOURCES.topic);
  const ses = recording('ses-mailer.ts', sesClient(REGION));
  await sesMailer(ses).send(mail, 'a-run-1');
  await sesMailer(ses, RESOURCES.identity).send(mail, 'a-run-1');
  await deadLetterQueue(recording('dead-letters.ts', sqsClient(REGION)), RESOURCES.deadLetters)(
    '{}',
    'no JSON',
  );
  const queue = recording('event-queue.ts', sqsClient(REGION));
  await queueSender(queue, RESOURCES.events)('{}', 900);
  await visibilityChanger(queue, RESOURCES.events)('AQEBexample', 60);
  return [...calls, await assumeRole()];
}

const alert = {
  topic: RESOURCES.topic,
  subject: 'an alert',
  message: 'what happened',
  attributes: { severity: 'critical', account: ACCOUNT },
  key: 'finding-1',
};

const mail = {
  from: RESOURCES.sender,
  to: ['team@example.com'],
  mime: 'Subject: a digest\r\n\r\nwhat happened',
};

const MISSING: Readonly<Record<string, string>> = {
  'get-policy': 'arn:aws:iam::aws:policy/ReadOnlyAccess',
  'get-policy-version': 'arn:aws:iam::aws:policy/ReadOnlyAccess.v3',
};

/** An id for each call that is made once per thing. */
const IDS: Readonly<Record<string, string>> = {
  'describe-image-attribute': 'ami-0abc1234def567890',
  'describe-snapshot-attribute': 'snap-0abc1234def567890',
  'get-managed-prefix-list-entries': 'pl-0123456789abcdef0',
  'describe-association': '2c4e6a8b-1111-4c33-9c6b-000000000004',
  'describe-container-instances': `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/web`,
  'list-services': `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/web`,
  'batch-get-deployment-groups': 'web',
  'describe-cluster': 'prod',
  'list-access-entries': 'prod',
  'list-associated-access-policies': `prod.arn:aws:iam::${ACCOUNT}:role/admin`,
  'describe-state-machine': `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:nightly`,
  'get-pipeline': 'release',
  'list-targets-by-rule': 'nightly',
  'list-permission-sets-provisioned-to-account': `${ACCOUNT}.${SSO_INSTANCE}`,
  'describe-permission-set': PERMISSION_SET,
  'list-account-assignments': `${ACCOUNT}.${PERMISSION_SET}`,
  'list-groups': 'd-9067f3b1c2',
  'list-users': 'd-9067f3b1c2',
  'list-group-memberships': 'd-9067f3b1c2.a4c8f4d8-1021-70b1-5c1e-3f2a9b7d6e01',
  'describe-maintenance-window-targets': 'mw-0c50858d01EXAMPLE',
  'describe-maintenance-window-tasks': 'mw-0c50858d01EXAMPLE',
};

/** An argument in the form of a snapshot. */
function argumentOf(call: AwsCall | undefined): string | null {
  if (call?.argument == null) return null;
  if (call.argument.kind === 'values') return call.argument.values[0] ?? null;
  if (call.argument.kind === 'missing-policies') return MISSING[call.operation] ?? null;
  return IDS[call.operation] ?? null;
}

/** The SDK creates this client itself, so its requests are read instead. */
async function assumeRole(): Promise<RecordedCall> {
  const aws = await fakeAws(() => queryError(403, 'AccessDenied', 'recorded'));
  try {
    const provider = memberCredentials({
      partition: 'aws',
      accountId: MEMBER,
      roleName: 'latchkey-member',
      externalId: 'an-external-id',
      region: REGION,
    }) as () => Promise<unknown>;
    await provider().catch(() => undefined);
    const form = new URLSearchParams(aws.asked[0]?.body);
    const operation = form.get('Action') ?? '';
    const input = Object.fromEntries([...form].filter(([name]) => name !== 'Action' && name !== 'Version'));
    return {
      adapter: 'member-account.ts',
      service: 'sts',
      operation,
      input: { ...input, DurationSeconds: Number(input.DurationSeconds) },
    };
  } finally {
    await aws.close();
  }
}
