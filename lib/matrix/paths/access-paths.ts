import { table } from './access-path.ts';
import { DISK_COPIES, FIREWALL_CHANGES, POWER } from './disk-and-network-requests.ts';
import { PROFILE_SWAPS } from './profile-swaps.ts';
import { READING_PATHS } from './reading-paths.ts';
import {
  ASSOCIATIONS,
  COMMANDS,
  DEFAULT_DOCUMENT_SESSION,
  DEFAULT_SESSION,
  eachOnInstance,
  onInstance,
  PORT_FORWARDS,
  SESSION_COMMANDS,
  session,
  UNGRANTED_SESSION,
  USER_DATA,
} from './requests-of-paths.ts';
import { ROOT_VOLUME_SWAPS } from './root-volume-requests.ts';
import { SERVICE_PATHS } from './service-paths.ts';
import { SYSTEMS_MANAGER_PATHS } from './systems-manager-paths.ts';

/** A way onto an instance, or into control of it. */
export type AccessPath = (typeof ACCESS_PATHS)[number];

const SEND_KEY = 'ec2-instance-connect:SendSSHPublicKey';

/** Requests to EC2 and Systems Manager on the instance itself. */
const INSTANCE_PATHS = table([
  {
    id: 'ec2-instance-connect',
    title: 'EC2 Instance Connect',
    groups: ['shell', 'root'],
    alternatives: [
      {
        id: SEND_KEY,
        // a key is always sent for a user:
        // https://docs.aws.amazon.com/ec2-instance-connect/latest/APIReference/API_SendSSHPublicKey.html
        requests: [{ ...onInstance(SEND_KEY), carries: ['ec2:osuser'] }],
      },
    ],
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
      DEFAULT_DOCUMENT_SESSION,
      UNGRANTED_SESSION,
    ],
    landsAs: 'session-user',
    fact: 'default-session',
  },
  {
    id: 'session-manager-ssh',
    title: 'SSH through Session Manager',
    groups: ['network'],
    alternatives: [session('AWS-StartSSHSession')],
    landsAs: [],
    fact: 'session',
  },
  {
    id: 'session-manager-port-forward',
    title: 'Port forwarding through Session Manager',
    groups: ['network'],
    alternatives: PORT_FORWARDS,
    landsAs: [],
    fact: 'session',
  },
  {
    id: 'session-manager-command',
    title: 'Commands through Session Manager',
    groups: ['shell', 'root'],
    alternatives: SESSION_COMMANDS,
    landsAs: ['as the document says'],
    fact: 'session',
  },
  {
    id: 'run-command',
    title: 'Run Command',
    groups: ['shell', 'root'],
    alternatives: COMMANDS,
    landsAs: ['root'],
    fact: 'command',
  },
  {
    id: 'state-association',
    title: 'State Manager association',
    groups: ['shell', 'root'],
    alternatives: ASSOCIATIONS,
    landsAs: ['root'],
    fact: 'registered',
  },
  {
    id: 'user-data',
    title: 'User data',
    groups: ['shell', 'root'],
    alternatives: USER_DATA,
    landsAs: ['root'],
    fact: 'user-data',
  },
  {
    id: 'instance-profile-swap',
    title: 'Instance profile swap',
    groups: ['control'],
    alternatives: PROFILE_SWAPS,
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
    alternatives: ROOT_VOLUME_SWAPS,
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
    alternatives: POWER,
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
    fact: 'session',
  },
  {
    id: 'tag-rewrite',
    title: 'Rewriting tags',
    groups: ['control'],
    // one alternative for each gating tag key of the account: see `answers/tag-changes`
    alternatives: [],
    landsAs: [],
    fact: 'none',
  },
]);

/** Every path, in the order in which reports show them. */
export const ACCESS_PATHS = [...INSTANCE_PATHS, ...SYSTEMS_MANAGER_PATHS, ...SERVICE_PATHS, ...READING_PATHS];
