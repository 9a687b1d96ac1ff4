/** What has to be read again: all calls of one service, in one region or (null) of a global service. */
export interface Scope {
  readonly service: string;
  readonly region: string | null;
}

/** Which services an event source touches. Whatever is not here cannot change who gets onto an instance. */
const TOUCHES: ReadonlyMap<string, readonly string[]> = new Map([
  ['iam.amazonaws.com', ['iam']],
  ['organizations.amazonaws.com', ['organizations']],
  ['ec2.amazonaws.com', ['ec2']],
  ['ssm.amazonaws.com', ['ssm']],
  // TagResources and UntagResources of the tagging API reach every service
  ['tagging.amazonaws.com', ['iam', 'ec2', 'ssm']],
]);

const GLOBAL_SERVICES: ReadonlySet<string> = new Set(['iam', 'organizations']);

/** Calls that only look, and calls that use access without changing it (agents make some of them all the time). */
const CHANGES_NOTHING: ReadonlySet<string> = new Set([
  'ssm.amazonaws.com StartSession',
  'ssm.amazonaws.com ResumeSession',
  'ssm.amazonaws.com TerminateSession',
  'ssm.amazonaws.com SendCommand',
  'ssm.amazonaws.com CancelCommand',
  'ssm.amazonaws.com StartAutomationExecution',
  'ssm.amazonaws.com StartAccessRequest',
  'ssm.amazonaws.com UpdateInstanceInformation',
  'ssm.amazonaws.com UpdateInstanceAssociationStatus',
  'ssm.amazonaws.com PutInventory',
  'ssm.amazonaws.com PutComplianceItems',
  'ssm.amazonaws.com PutParameter',
  'iam.amazonaws.com GenerateCredentialReport',
  'iam.amazonaws.com GenerateServiceLastAccessedDetails',
  'iam.amazonaws.com SimulatePrincipalPolicy',
  'iam.amazonaws.com SimulateCustomPolicy',
]);

const ONLY_LOOKS = /^(?:Describe|Get|List)[A-Z]/;

/**
 * What an event makes it necessary to read again. An event of a known service that is not known itself means the
 * whole service in that region; an event that cannot matter means nothing.
 */
export function scopesOf(event: {
  readonly eventSource: string;
  readonly eventName: string;
  readonly region: string;
}): readonly Scope[] {
  const services = TOUCHES.get(event.eventSource) ?? [];
  if (ONLY_LOOKS.test(event.eventName)) return [];
  if (CHANGES_NOTHING.has(`${event.eventSource} ${event.eventName}`)) return [];
  return services.map((service) => ({
    service,
    region: GLOBAL_SERVICES.has(service) ? null : event.region,
  }));
}
