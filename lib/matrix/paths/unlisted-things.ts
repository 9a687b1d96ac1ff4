import { simpleAtom } from '../../evaluator/conditions/atom.ts';
import type { Atom } from '../../evaluator/formula.ts';
import { UUID } from './placeholder-ids.ts';
import type { ArnShape } from './resource-kinds.ts';

/** A kind of thing whose list is not read. */
interface Unlisted {
  readonly shape: ArnShape;
  /** added to the placeholder name */
  readonly tail: string;
  /** of the condition that one exists; no policy can use this key */
  readonly key: string;
}

/** The same for things that have a role. */
interface UnlistedWithRole extends Unlisted {
  /** the service that may assume the role */
  readonly service: string;
}

const kind = (service: string, type: string, name: string, tail = ''): Unlisted => ({
  ...{ shape: { service, type, idsHavePaths: true }, tail, key: `${service}:${name}` },
});

const withRole = (assumedBy: string, one: Unlisted): UnlistedWithRole => ({ ...one, service: assumedBy });

const SAGEMAKER = 'sagemaker.amazonaws.com';
const GLUE = 'glue.amazonaws.com';
const TASKS = 'ecs-tasks.amazonaws.com';
const AGENTS = 'bedrock-agentcore.amazonaws.com';

const agentCore = (type: string, name: string, tail?: string): Unlisted =>
  kind('bedrock-agentcore', type, name, tail);

/** Things that run with a role, whose lists are not read: a condition says that one has it. */
export const UNLISTED_HOLDERS = {
  notebooks: withRole(SAGEMAKER, kind('sagemaker', 'notebook-instance/', 'NotebookInstance')),
  /** the scripts that some notebooks run when they start */
  notebookScripts: withRole(
    SAGEMAKER,
    kind('sagemaker', 'notebook-instance-lifecycle-config/', 'NotebookInstanceLifecycleConfig'),
  ),
  studioUsers: withRole(SAGEMAKER, kind('sagemaker', 'user-profile/', 'UserProfile', '/new')),
  /** groups of Athena whose sessions run Spark */
  sparkGroups: withRole('athena.amazonaws.com', kind('athena', 'workgroup/', 'SparkWorkGroup')),
  devEndpoints: withRole(GLUE, kind('glue', 'devEndpoint/', 'DevEndpoint')),
  glueSessions: withRole(GLUE, kind('glue', 'session/', 'Session')),
  appServices: withRole(
    'tasks.apprunner.amazonaws.com',
    kind('apprunner', 'service/', 'Service', `/${UUID}`),
  ),
  tasks: withRole(TASKS, kind('ecs', 'task/', 'Task', `/${UUID}`)),
  jobDefinitions: withRole(TASKS, kind('batch', 'job-definition/', 'JobDefinition')),
  codeInterpreters: withRole(AGENTS, agentCore('code-interpreter-custom/', 'CodeInterpreter')),
  agentRuntimes: withRole(AGENTS, agentCore('runtime/', 'Runtime')),
  browsers: withRole(AGENTS, agentCore('browser-custom/', 'Browser')),
  flinkApplications: withRole(
    'kinesisanalytics.amazonaws.com',
    kind('kinesisanalytics', 'application/', 'Application'),
  ),
  /** of Account access manager, which gives people a role */
  accessApplications: withRole(
    'account-access.amazonaws.com',
    kind('account-access', 'application/', 'Application'),
  ),
} as const satisfies Readonly<Record<string, UnlistedWithRole>>;

/** Things that run with a role, and whose lists are not read. */
export type UnlistedHolder = keyof typeof UNLISTED_HOLDERS;

const UNLISTED_OTHERS = {
  schedules: kind('scheduler', 'schedule/', 'Schedule', '/new'),
  rules: kind('events', 'rule/', 'Rule'),
  buses: kind('events', 'event-bus/', 'EventBus'),
  glueJobs: kind('glue', 'job/', 'Job'),
  taskDefinitions: kind('ecs', 'task-definition/', 'TaskDefinition', ':1'),
  sparkApplications: kind('emr-serverless', '/applications/', 'Application'),
  /** profiles to be created in a domain that exists */
  newStudioUsers: kind('sagemaker', 'user-profile/', 'Domain', '/new'),
  stackSets: kind('cloudformation', 'stackset/', 'StackSet', `:${UUID}`),
  dataPipelines: kind('datapipeline', 'pipeline/', 'Pipeline'),
} as const satisfies Readonly<Record<string, Unlisted>>;

/** Things whose lists are not read. */
export type UnlistedThing = UnlistedHolder | keyof typeof UNLISTED_OTHERS;

export const UNLISTED: Readonly<Record<UnlistedThing, Unlisted>> = {
  ...UNLISTED_HOLDERS,
  ...UNLISTED_OTHERS,
};

export const isUnlisted = (of: string): of is UnlistedThing => of in UNLISTED;

export const isUnlistedHolder = (of: string): of is UnlistedHolder => of in UNLISTED_HOLDERS;

/** The condition that there is something of a kind that is not listed. */
export const exists = (key: string): Atom =>
  simpleAtom('StringEquals', key, ['one that exists'], key.split(':')[0] ?? '');

/** The condition of a request on something that is not listed: there is one, or one with the role. */
export function askedOf(on: string): Atom | undefined {
  const [sort, of = ''] = on.split(':');
  if (!isUnlisted(of)) return undefined;
  if (sort === 'existing') return exists(UNLISTED[of].key);
  return sort === 'holder' ? exists(`${UNLISTED[of].key}OfThatRole`) : undefined;
}
