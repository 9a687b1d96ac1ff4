import type { PathRow } from './access-path.ts';
import {
  CHECKED,
  COMMAND_DOCUMENTS,
  DEFAULT_SESSION,
  DISK_COPIES,
  documents,
  eachOnInstance,
  FIREWALL_CHANGES,
  onInstance,
  session,
  UNGRANTED_SESSION,
} from './requests-of-paths.ts';

/** Keeps the ids as types. */
const table = <const Id extends string>(rows: readonly PathRow<Id>[]): readonly PathRow<Id>[] => rows;

/** A way onto, or into control of, an instance. */
export type AccessPath = (typeof ACCESS_PATHS)[number];

/** Every path, in the order in which reports show them. */
export const ACCESS_PATHS = table([
  {
    id: 'ec2-instance-connect',
    title: 'EC2 Instance Connect',
    groups: ['shell', 'root'],
    alternatives: eachOnInstance('ec2-instance-connect:SendSSHPublicKey'),
    landsAs: 'os-user',
    fact: 'ssh',
    applies: 'linux',
  },
  {
    id: 'instance-connect-endpoint',
    title: 'EC2 Instance Connect Endpoint',
    groups: ['network'],
    alternatives: ['22', '3389'].map((port) => ({
      id: `port ${port}`,
      requests: [
        {
          action: 'ec2-instance-connect:OpenTunnel',
          on: 'endpoints',
          context: { 'ec2-instance-connect:remotePort': port },
        },
      ],
    })),
    landsAs: [],
    fact: 'endpoint',
    applies: 'vpc-endpoint',
  },
  {
    id: 'serial-console',
    title: 'Serial console',
    groups: ['shell'],
    alternatives: eachOnInstance('ec2-instance-connect:SendSerialConsoleSSHPublicKey'),
    landsAs: ['console login'],
    fact: 'serial',
  },
  {
    id: 'session-manager',
    title: 'Session Manager',
    groups: ['shell', 'root'],
    alternatives: [
      { id: 'implicit', requests: DEFAULT_SESSION, under: ['implicit'] },
      session('SSM-SessionManagerRunShell'),
      UNGRANTED_SESSION,
    ],
    landsAs: 'session-user',
    fact: 'agent',
  },
  {
    id: 'session-manager-ssh',
    title: 'SSH through Session Manager',
    groups: ['network'],
    alternatives: [session('AWS-StartSSHSession')],
    landsAs: [],
    fact: 'agent',
  },
  {
    id: 'session-manager-port-forward',
    title: 'Port forwarding through Session Manager',
    groups: ['network'],
    alternatives: [
      session('AWS-StartPortForwardingSession'),
      session('AWS-StartPortForwardingSessionToRemoteHost'),
    ],
    landsAs: [],
    fact: 'agent',
  },
  {
    id: 'session-manager-command',
    title: 'Commands through Session Manager',
    groups: ['shell', 'root'],
    alternatives: [
      session('AWS-StartInteractiveCommand'),
      session('AWS-StartNonInteractiveCommand'),
      {
        id: 'own session document',
        requests: [
          onInstance('ssm:StartSession', CHECKED),
          { action: 'ssm:StartSession', on: 'own-session-documents', context: CHECKED },
        ],
      },
    ],
    landsAs: ['as the document says'],
    fact: 'agent',
  },
  {
    id: 'run-command',
    title: 'Run Command',
    groups: ['shell', 'root'],
    alternatives: documents('ssm:SendCommand', COMMAND_DOCUMENTS),
    landsAs: ['root'],
    fact: 'agent',
  },
  {
    id: 'state-association',
    title: 'State Manager association',
    groups: ['shell', 'root'],
    alternatives: [
      ...documents('ssm:CreateAssociation', COMMAND_DOCUMENTS),
      ...documents('ssm:UpdateAssociation', COMMAND_DOCUMENTS).map((row) => ({
        ...row,
        id: `update ${row.id}`,
      })),
    ],
    landsAs: ['root'],
    fact: 'registered',
  },
  {
    id: 'user-data',
    title: 'User data',
    groups: ['shell', 'root'],
    alternatives: [
      {
        id: 'user data',
        requests: [
          onInstance('ec2:ModifyInstanceAttribute', { 'ec2:Attribute': 'UserData' }),
          onInstance('ec2:StopInstances'),
          onInstance('ec2:StartInstances'),
        ],
      },
    ],
    landsAs: ['root'],
    fact: 'user-data',
  },
  {
    id: 'instance-profile-swap',
    title: 'Instance profile swap',
    groups: ['control'],
    alternatives: ['ec2:AssociateIamInstanceProfile', 'ec2:ReplaceIamInstanceProfileAssociation'].map(
      (action) => ({
        id: action,
        requests: [onInstance(action), { action: 'iam:PassRole', on: 'ec2-roles' as const }],
      }),
    ),
    landsAs: [],
    fact: 'none',
  },
  {
    id: 'password-data',
    title: 'Windows password data',
    groups: ['control'],
    alternatives: eachOnInstance('ec2:GetPasswordData'),
    landsAs: ['Administrator'],
    fact: 'key-pair',
    applies: 'windows',
  },
  {
    id: 'disk-copy',
    title: 'Disk copy',
    groups: ['data'],
    alternatives: DISK_COPIES,
    landsAs: [],
    fact: 'none',
  },
  {
    id: 'root-volume-swap',
    title: 'Root volume swap',
    groups: ['shell', 'root'],
    alternatives: [
      {
        id: 'ec2:CreateReplaceRootVolumeTask',
        requests: [
          onInstance('ec2:CreateReplaceRootVolumeTask'),
          { action: 'ec2:CreateReplaceRootVolumeTask', on: 'root-volume' },
        ],
      },
      {
        id: 'ec2:DetachVolume+ec2:AttachVolume',
        requests: ['ec2:DetachVolume', 'ec2:AttachVolume'].flatMap((action) => [
          onInstance(action),
          { action, on: 'root-volume' as const },
        ]),
      },
    ],
    landsAs: ['root'],
    fact: 'none',
  },
  {
    id: 'firewall-open',
    title: 'Opening the firewall',
    groups: ['network'],
    alternatives: FIREWALL_CHANGES,
    landsAs: [],
    fact: 'none',
  },
  {
    id: 'metadata-weaken',
    title: 'Weakening instance metadata',
    groups: ['control'],
    alternatives: eachOnInstance('ec2:ModifyInstanceMetadataOptions'),
    landsAs: [],
    fact: 'none',
  },
  {
    id: 'power',
    title: 'Power',
    groups: ['control'],
    alternatives: eachOnInstance(
      'ec2:StartInstances',
      'ec2:StopInstances',
      'ec2:RebootInstances',
      'ec2:TerminateInstances',
    ),
    landsAs: [],
    fact: 'none',
  },
  {
    id: 'console-read',
    title: 'Reading the console',
    groups: ['data'],
    alternatives: eachOnInstance('ec2:GetConsoleOutput', 'ec2:GetConsoleScreenshot'),
    landsAs: [],
    fact: 'none',
  },
  {
    id: 'session-takeover',
    title: 'Session takeover',
    groups: ['control'],
    alternatives: [{ id: 'ssm:ResumeSession', requests: [{ action: 'ssm:ResumeSession', on: 'sessions' }] }],
    landsAs: ["that session's user"],
    fact: 'agent',
  },
  {
    id: 'tag-rewrite',
    title: 'Rewriting tags',
    groups: ['control'],
    // one alternative for each gating tag key of the account: tag-rewrite.ts
    alternatives: [],
    landsAs: [],
    fact: 'none',
  },
]);
