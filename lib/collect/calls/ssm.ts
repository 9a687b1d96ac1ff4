import {
  takeAssociationDetail,
  takeAssociations,
  takeWindows,
  takeWindowTargets,
  takeWindowTasks,
} from '../automation.ts';
import { type AwsCall, BASE, type EachArgument, into } from '../aws-call.ts';
import { fieldsOf, text } from '../fields.ts';
import { ASSOCIATIONS, DOCUMENTS, grant, HOST_MANAGEMENT, MANAGED_INSTANCES, WINDOWS } from '../grants.ts';
import { takeDocumentContent, takeDocuments, takeManaged, takePreferences } from '../ssm.ts';

const SSM = { ...BASE, scope: 'region', service: 'ssm' } as const;

/** The document with Session Manager's preferences. */
const PREFERENCES_DOCUMENT = 'SSM-SessionManagerRunShell';

/** The last part of `/ssm/managed-instance/default-ec2-instance-management-role`. */
const DEFAULT_HOST_MANAGEMENT = 'default-ec2-instance-management-role';

/** Documents, and windows, that are read one by one, per region: one call for each document, two for each window. */
const MOST_DOCUMENTS = 300;
const MOST_ASSOCIATIONS = 300;
const MOST_WINDOWS = 100;

/** Types of documents whose content a verdict can depend on. */
const JUDGED = new Set(['Command', 'Session', 'AutoApprovalPolicy', 'ManualApprovalPolicy']);

/** The preferences have a call of their own. */
const isJudged = (item: unknown): boolean =>
  JUDGED.has(text(fieldsOf(item), 'DocumentType') ?? '') &&
  text(fieldsOf(item), 'Name') !== PREFERENCES_DOCUMENT;

/** AWS's documents that run other documents. */
const RUNS_OTHERS = /^AWS-(?:RunPatchBaselineWithHooks|RunDocument|ApplyAnsiblePlaybooks)$/;

/** The effect of a document of AWS is known from its parameters, except if it runs others. */
function runsMore(item: unknown): boolean {
  const document = text(fieldsOf(item), 'Name') ?? '';
  return !/^(?:AWS|Amazon)/.test(document) || RUNS_OTHERS.test(document);
}

const OF_WINDOWS: EachArgument = {
  ...{ kind: 'each', of: 'describe-maintenance-windows', list: 'WindowIdentities', id: 'WindowId' },
  ...{ begins: null, most: MOST_WINDOWS },
};

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
    grants: grant(DOCUMENTS, 'ssm:GetDocument'),
    purpose:
      "Session Manager's preferences, such as the user that a session runs as. `{}` means that none were ever set",
  },
  {
    ...SSM,
    operation: 'list-documents',
    lists: ['DocumentIdentifiers'],
    options: '--filters Key=Owner,Values=Self',
    reader: into('documents', takeDocuments),
    grants: grant(MANAGED_INSTANCES, 'ssm:ListDocuments'),
    purpose: "the account's own documents, of every type",
  },
  {
    ...SSM,
    operation: 'get-document',
    as: 'get-document-contents',
    argument: {
      ...{ kind: 'each', of: 'list-documents', list: 'DocumentIdentifiers', id: 'Name', begins: null },
      most: MOST_DOCUMENTS,
      only: isJudged,
    },
    options: '--document-format JSON --name <argument>',
    reader: into('documentContents', takeDocumentContent),
    grants: grant(DOCUMENTS, 'ssm:GetDocument'),
    purpose:
      "the content of the account's own command and session documents, and of policies that approve just-in-time access: whether it accepts commands, and the user that it runs as",
  },
  {
    ...SSM,
    operation: 'list-associations',
    lists: ['Associations'],
    reader: into('associations', takeAssociations),
    grants: grant(MANAGED_INSTANCES, 'ssm:ListAssociations'),
    purpose: 'the documents that State Manager runs, and on which instances',
  },
  {
    ...SSM,
    operation: 'describe-association',
    argument: {
      ...{ kind: 'each', of: 'list-associations', list: 'Associations', id: 'AssociationId', begins: null },
      most: MOST_ASSOCIATIONS,
      only: runsMore,
    },
    options: '--association-id <argument>',
    reader: into('associationDetails', takeAssociationDetail),
    grants: grant(ASSOCIATIONS, 'ssm:DescribeAssociation'),
    purpose:
      'the parameters of an association whose document is not one of AWS, or runs other documents, and whether a change runs it at once',
  },
  {
    ...SSM,
    operation: 'describe-maintenance-windows',
    lists: ['WindowIdentities'],
    reader: into('maintenanceWindows', takeWindows),
    grants: grant(MANAGED_INSTANCES, 'ssm:DescribeMaintenanceWindows'),
    purpose: 'maintenance windows',
  },
  {
    ...SSM,
    operation: 'describe-maintenance-window-targets',
    argument: OF_WINDOWS,
    lists: ['Targets'],
    options: '--window-id <argument>',
    reader: into('windowTargets', takeWindowTargets),
    grants: grant(WINDOWS, 'ssm:DescribeMaintenanceWindowTargets'),
    purpose: 'the instances of a maintenance window',
  },
  {
    ...SSM,
    operation: 'describe-maintenance-window-tasks',
    argument: OF_WINDOWS,
    lists: ['Tasks'],
    options: '--window-id <argument>',
    reader: into('windowTasks', takeWindowTasks),
    grants: grant(WINDOWS, 'ssm:DescribeMaintenanceWindowTasks'),
    purpose: 'the documents that a maintenance window runs, and with which role',
  },
  {
    ...SSM,
    operation: 'get-service-setting',
    holds: 'ServiceSetting',
    argument: { kind: 'values', values: [DEFAULT_HOST_MANAGEMENT] },
    options: '--setting-id /ssm/managed-instance/<argument>',
    reader: 'kept',
    grants: grant(HOST_MANAGEMENT, 'ssm:GetServiceSetting'),
    purpose: 'whether instances are managed without a profile',
  },
];
