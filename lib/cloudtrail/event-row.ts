/** What a call changes in the data of an audit. */
export type ChangedPart =
  | 'policy'
  | 'inline-policy'
  | 'attachment'
  | 'boundary'
  | 'trust'
  | 'group'
  | 'principal'
  | 'credential'
  | 'principal-tag'
  | 'guardrail'
  | 'launch'
  | 'end'
  | 'instance'
  | 'resource-tag'
  | 'tag'
  | 'network'
  | 'connect-endpoint'
  | 'serial-console'
  | 'metadata-defaults'
  | 'service-setting'
  | 'launch-template'
  | 'image'
  | 'document'
  | 'deployer'
  | 'managed-instance'
  | 'assignment'
  | 'expected-file';

/** Services whose calls are read again after an event; the names are those of lib/collect/calls.ts. */
export type Service =
  | 'iam'
  | 'organizations'
  /** and `identitystore` with it */
  | 'sso-admin'
  | 'ec2'
  | 'ssm'
  | 'autoscaling'
  | 'cloudformation'
  | 'deploy'
  | 'ecs'
  | 'eks'
  | 'lambda'
  | 'stepfunctions'
  | 'codepipeline'
  | 'backup'
  | 'codebuild'
  | 'events'
  /** the file of expected access: not data of the account */
  | 'configuration';

/** Names of calls, or `tagged`: the calls that list the things whose tags changed. */
export type CallsToRead = readonly string[] | 'tagged';

/** Calls of one service that change one thing. */
export interface EventRow {
  /** `ec2.amazonaws.com` */
  readonly source: string;
  /** logical id of the rule in infrastructure/event-rules.yml that matches these events */
  readonly rule: string;
  /** the rule matches every change of the source: these are few, and a new call counts from its first day */
  readonly wholeSource: boolean;
  readonly names: readonly string[];
  /** services to read again */
  readonly reads: readonly Service[];
  /** of these services only these calls, by the names of lib/collect/calls.ts; absent: all of them */
  readonly calls?: CallsToRead;
  readonly changes: ChangedPart;
  /** for the deployment's own bucket: events that other regions forward do not count */
  readonly homeOnly?: true;
  /** of one account, but affects all: guardrails, holders of permission sets, expected access */
  readonly everyAccount?: true;
}

export const row = (
  about: Pick<EventRow, 'source' | 'rule' | 'reads' | 'changes'>,
  names: string,
): EventRow => ({
  ...about,
  wholeSource: false,
  names: names.split(/\s+/),
});
