import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloudFormationClient,
  type CloudFormationClientConfig,
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

/** Does what `serverless deploy` does, without the Serverless Framework, which stalls on an emulator. */
export interface StackSettings {
  readonly endpoint: string;
  readonly name: string;
  /** the folder that `serverless package` wrote */
  readonly packaged: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** left out: the emulator's own account */
  readonly accountId?: string;
  /** of the stack, as `StackTags` sets them */
  readonly tags?: Readonly<Record<string, string>>;
}

export interface Stack {
  readonly outputs: Readonly<Record<string, string>>;
  /** physical ids by logical id */
  readonly resources: Readonly<Record<string, string>>;
}

/** Settings of every client of the emulator; any credentials are accepted. An access key of twelve digits is that account. */
export const emulated = (endpoint: string, accountId = 'test') => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: accountId, secretAccessKey: 'test' },
});

const CAPABILITIES = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'] as const;

const TEMPLATE = 'template.json';

/** Creates the stack with its deployment bucket, uploads the functions, and updates it to the whole template. */
export async function deployStack(settings: StackSettings): Promise<Stack> {
  const { endpoint, name, packaged, parameters } = settings;
  const aws = emulated(endpoint, settings.accountId);
  const client = new CloudFormationClient(aws);
  const template = async (file: string) => asEmulated(await readFile(path.join(packaged, file), 'utf8'));
  const whole = await template('cloudformation-template-update-stack.json');
  const Tags = Object.entries(settings.tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
  await client.send(
    new CreateStackCommand({
      StackName: name,
      TemplateBody: await template('cloudformation-template-create-stack.json'),
      Tags,
    }),
  );
  await settled(client, name, 'CREATE_COMPLETE');
  const { ServerlessDeploymentBucket: bucket = '' } = await resourcesOf(client, name);
  await uploadFunctions(new S3Client(aws), bucket, packaged, whole);
  // like the framework: a template inside a request may have 51,200 characters
  await new S3Client(aws).send(new PutObjectCommand({ Bucket: bucket, Key: TEMPLATE, Body: whole }));
  await client.send(
    new UpdateStackCommand({
      StackName: name,
      TemplateURL: `${endpoint}/${bucket}/${TEMPLATE}`,
      Capabilities: [...CAPABILITIES],
      Parameters: parametersOf(parameters),
      Tags,
    }),
  );
  const outputs = await settled(client, name, 'UPDATE_COMPLETE');
  return { outputs, resources: await resourcesOf(client, name) };
}

/** A stack with one template, as `aws cloudformation deploy` creates it. */
export async function createStack(
  client: CloudFormationClientConfig,
  name: string,
  template: string,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const cloudFormation = new CloudFormationClient(client);
  await cloudFormation.send(
    new CreateStackCommand({
      StackName: name,
      TemplateBody: template,
      Capabilities: [...CAPABILITIES],
      Parameters: parametersOf(parameters),
    }),
  );
  await settled(cloudFormation, name, 'CREATE_COMPLETE');
}

/** The same stack with other parameters; those that are not given here keep their values. */
export async function updateParameters(
  { endpoint, name, parameters, accountId }: StackSettings,
  changed: Readonly<Record<string, string>>,
): Promise<void> {
  const client = new CloudFormationClient(emulated(endpoint, accountId));
  await client.send(
    new UpdateStackCommand({
      StackName: name,
      UsePreviousTemplate: true,
      Capabilities: [...CAPABILITIES],
      Parameters: parametersOf({ ...parameters, ...changed }),
    }),
  );
  await settled(client, name, 'UPDATE_COMPLETE');
}

const parametersOf = (parameters: Readonly<Record<string, string>>) =>
  Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));

/**
 * Changes for an emulator that enforces policies: it uses plain HTTP, so statements that deny HTTP are left out, and
 * it evaluates the sending of mail on `*`, whoever the sender is.
 */
function asEmulated(template: string): string {
  const whole = JSON.parse(template, (key, value) => {
    if (value?.Sid === 'Mail') return { ...value, Resource: '*', Condition: undefined };
    if (key !== 'Statement' || !Array.isArray(value)) return value;
    return value.filter(
      (statement) => !JSON.stringify(statement.Condition ?? {}).includes('aws:SecureTransport'),
    );
  });
  for (const [id, { Properties }] of Object.entries<{
    Properties?: { PolicyDocument?: { Statement: unknown[] } };
  }>(whole.Resources)) {
    if (Properties?.PolicyDocument?.Statement.length === 0) delete whole.Resources[id];
  }
  return JSON.stringify(whole);
}

async function uploadFunctions(
  s3: S3Client,
  Bucket: string,
  packaged: string,
  template: string,
): Promise<void> {
  const zips = (await readdir(packaged)).filter((file) => file.endsWith('.zip'));
  for (const zip of zips) {
    const Key = new RegExp(`"S3Key": ?"([^"]*/${zip.replace('.', '\\.')})"`).exec(template)?.[1];
    if (Key === undefined) throw new Error(`the template names no \`${zip}\``);
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: await readFile(path.join(packaged, zip)) }));
  }
}

async function settled(
  client: CloudFormationClient,
  StackName: string,
  wanted: string,
): Promise<Record<string, string>> {
  for (let waited = 0; waited < 120; waited++) {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    if (stack?.StackStatus === wanted) {
      return Object.fromEntries(
        (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
      );
    }
    if (!stack?.StackStatus?.endsWith('IN_PROGRESS')) {
      throw new Error(`the stack is ${stack?.StackStatus}: ${await failures(client, StackName)}`);
    }
    await sleep(500);
  }
  throw new Error(`the stack did not become ${wanted} in a minute`);
}

async function failures(client: CloudFormationClient, StackName: string): Promise<string> {
  const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
  return StackEvents.filter(({ ResourceStatus = '' }) => ResourceStatus.endsWith('FAILED'))
    .map((event) => `${event.LogicalResourceId}: ${event.ResourceStatusReason}`)
    .join('; ');
}

async function resourcesOf(client: CloudFormationClient, StackName: string): Promise<Record<string, string>> {
  const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName }));
  return Object.fromEntries(
    StackResources.map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => [
      LogicalResourceId,
      PhysicalResourceId,
    ]),
  );
}
