import { simpleAtom } from '../../evaluator/conditions/atom.ts';
import { type Alternative, type RequestRow, table } from './access-path.ts';
import { COMMAND, SESSION } from './document-types.ts';
import { CHECKED, making, on, onInstance } from './requests-of-paths.ts';

const PREFERENCES = 'document:SSM-SessionManagerRunShell';

/** Requests after the approval: the caller gets the credentials that open the session. */
const ACCESS: readonly RequestRow[] = [
  onInstance('ssm:StartAccessRequest'),
  on('ssm:GetAccessToken', 'new-access-request'),
];

/** The condition that the access was approved, as `GetAccessToken` reports it. No policy can use this key. */
const APPROVED = simpleAtom('StringEquals', 'ssm:AccessRequestStatus', ['Approved'], 'ssm');

const AUTOMATIC = { 'ssm:DocumentType': 'AutoApprovalPolicy' };
const MANUAL = { 'ssm:DocumentType': 'ManualApprovalPolicy' };

/**
 * Changes of policies by which somebody approves access: the automatic one of a region, of which there is at most one
 * and which counts before manual ones, or the approvers of a manual one.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-just-in-time-node-access-create-auto-approval-policies.html
 */
export const OWN_APPROVALS: readonly Alternative[] = [
  { id: 'automatic policy', requests: [on('ssm:UpdateDocument', 'approval-policies', AUTOMATIC)] },
  { id: 'new automatic policy', requests: [making('ssm:CreateDocument', 'new-approval-policy', AUTOMATIC)] },
  {
    id: 'manual policy',
    requests: [
      on('ssm:UpdateDocument', 'manual-approval-policies', MANUAL),
      on('ssm:SendAutomationSignal', 'access-approval'),
    ],
  },
];

/** Condition keys of requests that Fleet Manager makes for the caller. */
const THROUGH_FLEET_MANAGER = {
  ...CHECKED,
  'aws:CalledViaFirst': 'ssm-guiconnect.amazonaws.com',
  'aws:CalledViaLast': 'ssm-guiconnect.amazonaws.com',
};

/** The output of a command, by either request. */
const reading = (document: string, platform?: 'windows'): readonly Alternative[] =>
  ['ssm:GetCommandInvocation', 'ssm:ListCommandInvocations'].map((output) => ({
    id: `${document}, ${output}`,
    requests: [
      onInstance('ssm:SendCommand'),
      on('ssm:SendCommand', `document:${document}`, COMMAND),
      on(output, 'any'),
    ],
    ...(platform ? { platform } : {}),
  }));

/** Paths through Systems Manager, besides running a command or starting a session at once. */
export const SYSTEMS_MANAGER_PATHS = table([
  {
    // https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_RegisterTaskWithMaintenanceWindow.html
    id: 'maintenance-window',
    title: 'Maintenance window',
    groups: ['shell', 'root'],
    alternatives: [
      {
        id: 'new window',
        requests: [
          on('ssm:CreateMaintenanceWindow', 'any'),
          on('ssm:RegisterTaskWithMaintenanceWindow', 'new-window'),
        ],
        code: 'window-rights',
      },
      {
        id: 'existing window',
        requests: [on('ssm:RegisterTaskWithMaintenanceWindow', 'windows')],
        code: 'window-rights',
      },
      {
        id: 'existing task',
        requests: [
          on('ssm:UpdateMaintenanceWindowTask', 'windows'),
          on('ssm:UpdateMaintenanceWindowTask', 'window-tasks'),
        ],
        code: 'window-rights',
      },
    ],
    landsAs: ['root'],
    fact: 'registered',
    runsAs: 'AWSServiceRoleForAmazonSSM',
  },
  {
    // https://docs.aws.amazon.com/systems-manager/latest/userguide/state-manager-about.html
    id: 'document-rewrite',
    title: 'Rewriting a document that runs',
    groups: ['shell', 'root'],
    alternatives: [
      {
        id: 'newest version',
        requests: [on('ssm:UpdateDocument', 'latest-documents', COMMAND)],
      },
      {
        id: 'default version',
        same: 'default-documents',
        requests: [
          on('ssm:UpdateDocument', 'default-documents', COMMAND),
          on('ssm:UpdateDocumentDefaultVersion', 'default-documents', COMMAND),
        ],
      },
    ],
    landsAs: ['root'],
    fact: 'registered',
  },
  {
    // https://docs.aws.amazon.com/systems-manager/latest/userguide/preference-setting-permissions.html
    id: 'session-preferences',
    title: 'Session preferences',
    groups: ['shell', 'root'],
    alternatives: [
      { id: 'ssm:UpdateDocument', requests: [on('ssm:UpdateDocument', PREFERENCES, SESSION)] },
      {
        id: 'ssm:DeleteDocument+ssm:CreateDocument',
        requests: [
          on('ssm:DeleteDocument', PREFERENCES, SESSION),
          making('ssm:CreateDocument', PREFERENCES, SESSION),
        ],
      },
    ],
    landsAs: ["the next session's user"],
    fact: 'session',
  },
  {
    // https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-just-in-time-node-access-start-session.html
    id: 'just-in-time',
    title: 'Just-in-time access',
    groups: ['shell', 'root'],
    alternatives: [
      { id: 'approved', requests: ACCESS, asks: APPROVED },
      ...OWN_APPROVALS.map(
        ({ id, requests }): Alternative => ({
          ...{ id: `own approval, ${id}`, requests: [...ACCESS, ...requests], code: 'own-approval' },
        }),
      ),
    ],
    landsAs: 'session-user',
    fact: 'approved-session',
  },
  {
    // https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-remote-desktop-connections.html
    id: 'fleet-manager-rdp',
    title: 'Remote Desktop through Fleet Manager',
    groups: ['shell'],
    alternatives: [
      {
        id: 'ssm-guiconnect:StartConnection',
        requests: [
          on('ssm-guiconnect:StartConnection', 'any'),
          onInstance('ssm:StartSession', THROUGH_FLEET_MANAGER),
          on('ssm:StartSession', 'document:AWS-StartPortForwardingSession', {
            ...THROUGH_FLEET_MANAGER,
            ...SESSION,
          }),
        ],
      },
    ],
    landsAs: ['whoever signs in'],
    fact: 'session',
    applies: 'windows',
  },
  {
    // https://docs.aws.amazon.com/systems-manager/latest/userguide/configuring-fleet-manager-permissions.html
    id: 'file-read',
    title: 'Reading files through Fleet Manager',
    groups: ['data'],
    alternatives: [
      ...reading('AWSFleetManager-GetFileContent'),
      ...reading('AWSFleetManager-GetWindowsRegistryContent', 'windows'),
    ],
    landsAs: [],
    fact: 'command',
  },
]);
