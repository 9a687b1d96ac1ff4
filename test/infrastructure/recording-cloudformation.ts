import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Template } from './template.ts';

/** A requested change set. */
export interface ChangeSet {
  readonly type: string;
  readonly template: Partial<Template>;
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** the stack has these afterwards, and no others */
  readonly tags: Readonly<Record<string, string>>;
}

/** A value, or null for the previous one. */
type Parameter = string | null;

export interface RecordingCloudFormation {
  readonly endpoint: string;
  readonly changeSets: readonly ChangeSet[];
  /** uploaded objects, by key */
  readonly uploads: ReadonlyMap<string, string>;
  /** the permissions that the calls so far need */
  readonly needed: ReadonlySet<string>;
  /** as if another release had deployed the stack with these parameters */
  deployWith(values: Readonly<Record<string, string>>): void;
  /** the present values of the stack's parameters */
  values(): Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const BUCKET = 'latchkey-prod-serverlessdeploymentbucket-example';
const STACK = 'arn:aws:cloudformation:us-east-1:111122223333:stack/latchkey-prod/1';

class Refused extends Error {}

interface State {
  deployed: {
    template: Partial<Template>;
    values: Readonly<Record<string, string>>;
    tags: ChangeSet['tags'];
  } | null;
  waiting: ChangeSet | null;
  readonly changeSets: ChangeSet[];
  readonly uploads: Map<string, string>;
  readonly needed: Set<string>;
}

/**
 * The part of CloudFormation and S3 that `serverless deploy` uses, with CloudFormation's rules for parameters: it
 * refuses one that the template does not have, and a previous value if there is none. It creates nothing.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
 */
export async function recordCloudFormation(): Promise<RecordingCloudFormation> {
  const state: State = {
    deployed: null,
    waiting: null,
    changeSets: [],
    uploads: new Map(),
    needed: new Set(),
  };
  const server = createServer((request, response) => {
    void respond(state, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    changeSets: state.changeSets,
    uploads: state.uploads,
    needed: state.needed,
    deployWith: (values) => {
      if (state.deployed !== null) state.deployed = { ...state.deployed, values };
    },
    values: () => state.deployed?.values ?? {},
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function respond(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const form = new URLSearchParams(request.method === 'POST' ? body.toString('utf8') : '');
  const action = form.get('Action');
  state.needed.add(permissionFor(action, request));
  try {
    const answer = action === null ? store(state, request, body) : query(state, action, form);
    response.writeHead(200, { 'content-type': 'text/xml', etag: '"1"' });
    response.end(answer);
  } catch (error) {
    const { message } = error as Error;
    response.writeHead(error instanceof Refused ? 400 : 404, { 'content-type': 'text/xml' });
    response.end(
      `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>${message}</Message></Error></ErrorResponse>`,
    );
  }
}

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html (`HeadObject` needs
 * `s3:GetObject`, a list and `HeadBucket` `s3:ListBucket`)
 */
function permissionFor(action: string | null, { method = '', url = '' }: IncomingMessage): string {
  if (action !== null)
    return action === 'GetCallerIdentity' ? 'sts:GetCallerIdentity' : `cloudformation:${action}`;
  const { pathname, searchParams } = new URL(url, 'http://s3');
  if (pathname.startsWith('/2015-03-31/functions/')) return 'lambda:GetFunction';
  if (!pathname.startsWith(`/${BUCKET}`)) return `${method} ${pathname}`;
  const isOfBucket = pathname.replace(/\/$/, '') === `/${BUCKET}`;
  if (searchParams.has('delete')) return 's3:DeleteObject';
  if (method === 'PUT') return 's3:PutObject';
  return searchParams.has('list-type') || isOfBucket ? 's3:ListBucket' : 's3:GetObject';
}

/** S3 with path-style addresses. Other services, such as Lambda, answer that nothing exists. */
function store(state: State, { method, url = '' }: IncomingMessage, body: Buffer): string {
  const { pathname, searchParams } = new URL(url, 'http://s3');
  const key = decodeURIComponent(pathname.slice(BUCKET.length + 2));
  if (!pathname.startsWith(`/${BUCKET}`)) throw new Error('not found');
  if (searchParams.has('list-type'))
    return '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>';
  if (method === 'PUT') state.uploads.set(key, unchunked(body).toString('utf8'));
  else if (method !== 'HEAD') throw new Error('not found');
  return '';
}

/** A body that is signed in chunks contains their lengths. */
function unchunked(body: Buffer): Buffer {
  const head = /^([0-9a-f]+)(;chunk-signature=[^\r]*)?\r\n/.exec(body.subarray(0, 200).toString('latin1'));
  if (head === null) return body;
  const length = Number.parseInt(head[1] ?? '0', 16);
  const rest = body.subarray(head[0].length);
  return length === 0
    ? Buffer.alloc(0)
    : Buffer.concat([rest.subarray(0, length), unchunked(rest.subarray(length + 2))]);
}

function query(state: State, action: string, form: URLSearchParams): string {
  const act = ACTIONS[action];
  if (act === undefined) throw new Refused(`\`${action}\` is not one that this stands in for`);
  const wrapped = `${action}Response`;
  return `<${wrapped}><${action}Result>${act(state, form)}</${action}Result></${wrapped}>`;
}

const ACTIONS: Readonly<Record<string, (state: State, form: URLSearchParams) => string>> = {
  GetCallerIdentity: () =>
    '<Account>111122223333</Account><Arn>arn:aws:iam::111122223333:user/deployer</Arn><UserId>AIDAEXAMPLE</UserId>',
  DescribeStacks: ({ deployed }) => {
    const parameters = Object.entries(existing(deployed).values).map(
      ([name, value]) =>
        `<member><ParameterKey>${name}</ParameterKey><ParameterValue>${value}</ParameterValue></member>`,
    );
    const tags = Object.entries(existing(deployed).tags).map(
      ([key, value]) => `<member><Key>${key}</Key><Value>${value}</Value></member>`,
    );
    return `<Stacks><member><StackName>latchkey-prod</StackName><StackId>${STACK}</StackId><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-08-23T10:00:00Z</CreationTime><Parameters>${parameters.join('')}</Parameters><Tags>${tags.join('')}</Tags><Outputs/></member></Stacks>`;
  },
  DescribeStackResource: ({ deployed }, form) => {
    const id = form.get('LogicalResourceId') ?? '';
    if (!(id in (existing(deployed).template.Resources ?? {})))
      throw new Refused(`Resource ${id} does not exist for stack`);
    return `<StackResourceDetail><StackName>latchkey-prod</StackName><LogicalResourceId>${id}</LogicalResourceId><PhysicalResourceId>${BUCKET}</PhysicalResourceId><ResourceType>AWS::S3::Bucket</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus><LastUpdatedTimestamp>2026-08-23T10:00:00Z</LastUpdatedTimestamp></StackResourceDetail>`;
  },
  ValidateTemplate: (state, form) => {
    templateOf(state, form);
    return '';
  },
  DeleteChangeSet: () => '',
  ListStackResources: () => '<StackResourceSummaries/>',
  CreateChangeSet: (state, form) => {
    state.waiting = changeSetOf(state, form);
    state.changeSets.push(state.waiting);
    return `<Id>${STACK}/change</Id><StackId>${STACK}</StackId>`;
  },
  DescribeChangeSet: () =>
    `<ChangeSetName>change</ChangeSetName><StackId>${STACK}</StackId><Status>CREATE_COMPLETE</Status><ExecutionStatus>AVAILABLE</ExecutionStatus><Changes><member><Type>Resource</Type></member></Changes>`,
  ExecuteChangeSet: (state) => {
    if (state.waiting === null) throw new Refused('ChangeSet [change] does not exist');
    state.deployed = {
      template: state.waiting.template,
      values: valuesAfter(state.deployed?.values ?? {}, state.waiting),
      tags: state.waiting.tags,
    };
    return '';
  },
  DescribeStackEvents: ({ waiting }) => {
    const event = (status: string) =>
      `<member><EventId>${status}</EventId><StackId>${STACK}</StackId><StackName>latchkey-prod</StackName><LogicalResourceId>latchkey-prod</LogicalResourceId><PhysicalResourceId>${STACK}</PhysicalResourceId><ResourceType>AWS::CloudFormation::Stack</ResourceType><ResourceStatus>${status}</ResourceStatus><Timestamp>2026-08-23T10:00:00Z</Timestamp></member>`;
    return `<StackEvents>${event(`${waiting?.type}_COMPLETE`)}${event(`${waiting?.type}_IN_PROGRESS`)}</StackEvents>`;
  },
};

function existing(deployed: State['deployed']): NonNullable<State['deployed']> {
  if (deployed === null) throw new Refused('Stack with id latchkey-prod does not exist');
  return deployed;
}

function templateOf({ uploads }: State, form: URLSearchParams): Partial<Template> {
  const body = form.get('TemplateBody');
  if (body !== null) return JSON.parse(body);
  const { pathname } = new URL(form.get('TemplateURL') ?? '');
  const uploaded = uploads.get(decodeURIComponent(pathname).slice(BUCKET.length + 2));
  if (uploaded === undefined) throw new Refused(`S3 error: \`${pathname}\` was not uploaded`);
  return JSON.parse(uploaded);
}

function changeSetOf(state: State, form: URLSearchParams): ChangeSet {
  const template = templateOf(state, form);
  const keys = [...form].filter(([name]) => /^Parameters\.member\.\d+\.ParameterKey$/.test(name));
  const parameters = keys.map(([name, key]): [string, Parameter] => {
    const before = form.get(name.replace(/Key$/, 'Value'));
    const previous = form.get(name.replace('ParameterKey', 'UsePreviousValue')) === 'true';
    return [key, previous ? null : (before ?? '')];
  });
  const foreign = parameters.flatMap(([key]) => (key in (template.Parameters ?? {}) ? [] : [key]));
  if (foreign.length > 0)
    throw new Refused(`Parameters: [${foreign.join(', ')}] do not exist in the template`);
  const values = state.deployed?.values ?? {};
  const unknown = parameters.filter(([key, value]) => value === null && !(key in values));
  if (unknown.length > 0)
    throw new Refused(
      'Invalid input for parameter key: Cannot specify usePreviousValue as true for a parameter key not in the previous template',
    );
  const tags = [...form].flatMap(([name, key]) =>
    /^Tags\.member\.\d+\.Key$/.test(name)
      ? [[key, form.get(name.replace(/Key$/, 'Value')) ?? ''] as const]
      : [],
  );
  return {
    ...{ type: form.get('ChangeSetType') ?? '', template },
    ...{ parameters: Object.fromEntries(parameters), tags: Object.fromEntries(tags) },
  };
}

/** The given value, the previous one, or the template's default for a parameter that is not sent. */
function valuesAfter(
  before: Readonly<Record<string, string>>,
  { template, parameters }: ChangeSet,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(template.Parameters ?? {}).map(([name, { Default = '' }]) => {
      const sent = parameters[name];
      return [name, sent === null ? (before[name] ?? '') : (sent ?? String(Default))];
    }),
  );
}
