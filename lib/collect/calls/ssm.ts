import { type AwsCall, BASE, into } from '../aws-call.ts';
import { grant, HOST_MANAGEMENT, MANAGED_INSTANCES, SESSION_PREFERENCES } from '../grants.ts';
import { takeDocuments, takeManaged, takePreferences } from '../ssm.ts';

const SSM = { ...BASE, scope: 'region', service: 'ssm' } as const;

/** Session Manager's preferences live in a document of this name. */
const PREFERENCES_DOCUMENT = 'SSM-SessionManagerRunShell';

/** The last part of `/ssm/managed-instance/default-ec2-instance-management-role`. */
const DEFAULT_HOST_MANAGEMENT = 'default-ec2-instance-management-role';

export const SSM_CALLS: readonly AwsCall[] = [
  {
    ...SSM,
    operation: 'describe-instance-information',
    lists: ['InstanceInformationList'],
    reader: into('managedInstances', takeManaged),
    grants: grant(MANAGED_INSTANCES, 'ssm:DescribeInstanceInformation'),
    purpose: 'which instances are registered with Systems Manager and online',
  },
  {
    ...SSM,
    operation: 'get-document',
    argument: { kind: 'values', values: [PREFERENCES_DOCUMENT] },
    options: '--name <argument>',
    absentOn: 'InvalidDocument',
    reader: into('sessionPreferences', takePreferences),
    grants: grant(SESSION_PREFERENCES, 'ssm:GetDocument'),
    purpose:
      "Session Manager's preferences, such as the user that a session runs as. `{}` says that none were ever set",
  },
  {
    ...SSM,
    operation: 'list-documents',
    lists: ['DocumentIdentifiers'],
    options: '--filters Key=Owner,Values=Self',
    reader: into('documents', takeDocuments),
    grants: grant(MANAGED_INSTANCES, 'ssm:ListDocuments'),
    purpose: "the account's own session and command documents",
  },
  {
    ...SSM,
    operation: 'get-service-setting',
    argument: { kind: 'values', values: [DEFAULT_HOST_MANAGEMENT] },
    options: '--setting-id /ssm/managed-instance/<argument>',
    reader: 'kept',
    grants: grant(HOST_MANAGEMENT, 'ssm:GetServiceSetting'),
    purpose: 'whether instances are managed without a profile',
  },
];
