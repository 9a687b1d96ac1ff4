import type { Alternative, RequestRow } from './access-path.ts';

export const CHECKED = { 'ssm:SessionDocumentAccessCheck': 'true' };

export const onInstance = (action: string, context?: Readonly<Record<string, string>>): RequestRow => ({
  action,
  on: 'instance',
  ...(context ? { context } : {}),
});

/** One alternative for each action, all on the instance. */
export const eachOnInstance = (...actions: readonly string[]): readonly Alternative[] =>
  actions.map((action) => ({ id: action, requests: [onInstance(action)] }));

export const session = (document: string): Alternative => ({
  id: document,
  requests: [
    onInstance('ssm:StartSession', CHECKED),
    { action: 'ssm:StartSession', on: `document:${document}`, context: CHECKED },
  ],
});

const UNCHECKED = { 'ssm:SessionDocumentAccessCheck': 'false' };

/**
 * A session that names no document, as it is where the default document needs no grant. A Deny of the document closes
 * it all the same.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-default-session-document.html
 */
export const DEFAULT_SESSION: readonly RequestRow[] = [
  onInstance('ssm:StartSession', UNCHECKED),
  {
    action: 'ssm:StartSession',
    on: 'document:SSM-SessionManagerRunShell',
    context: UNCHECKED,
    undenied: true,
  },
];

export const UNGRANTED_SESSION: Alternative = {
  id: 'default document not granted',
  requests: DEFAULT_SESSION,
  under: ['either'],
  code: 'default-session-document',
};

export const documents = (
  action: string,
  names: readonly (readonly [string, ('linux' | 'windows')?])[],
): readonly Alternative[] =>
  names.map(([name, platform]) => ({
    id: name,
    requests: [onInstance(action), { action, on: `document:${name}` }],
    ...(platform ? { platform } : {}),
  }));

/**
 * AWS-owned command documents that run whatever the caller gives them.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-command-ssm-plugin-reference.html
 */
export const COMMAND_DOCUMENTS = [
  ['AWS-RunShellScript', 'linux'],
  ['AWS-RunPowerShellScript', 'windows'],
  ['AWS-RunRemoteScript'],
  ['AWS-RunDocument'],
  ['AWS-ApplyAnsiblePlaybooks', 'linux'],
  ['AWS-RunAnsiblePlaybook', 'linux'],
  ['AWS-ApplyChefRecipes'],
  ['AWS-RunSaltState', 'linux'],
  ['AWS-ApplyDSCMofs', 'windows'],
  ['AWS-InstallPowerShellModule', 'windows'],
  ['AWS-InstallApplication', 'windows'],
  ['AWS-ConfigureAWSPackage'],
] as const;

const COPIES: readonly (readonly RequestRow[])[] = [
  [
    { action: 'ec2:CreateSnapshot', on: 'volumes' },
    { action: 'ec2:CreateSnapshot', on: 'new-snapshot' },
  ],
  [
    onInstance('ec2:CreateSnapshots'),
    { action: 'ec2:CreateSnapshots', on: 'volumes' },
    { action: 'ec2:CreateSnapshots', on: 'new-snapshot' },
  ],
  [
    onInstance('ec2:CreateImage'),
    { action: 'ec2:CreateImage', on: 'new-image' },
    { action: 'ec2:CreateImage', on: 'new-snapshot' },
  ],
];

const TAKES: readonly (readonly RequestRow[])[] = [
  [{ action: 'ec2:ModifySnapshotAttribute', on: 'new-snapshot' }],
  [{ action: 'ec2:ModifyImageAttribute', on: 'new-image' }],
  [
    { action: 'ebs:ListSnapshotBlocks', on: 'new-snapshot' },
    { action: 'ebs:GetSnapshotBlock', on: 'new-snapshot' },
  ],
  [
    { action: 'ec2:CreateVolume', on: 'new-snapshot' },
    { action: 'ec2:AttachVolume', on: 'instance' },
  ],
];

/** An image attribute shares images, so it only takes what CreateImage made. */
const makesWhatIsTaken = (copy: readonly RequestRow[], take: readonly RequestRow[]): boolean =>
  take[0]?.on !== 'new-image' || copy.some((row) => row.on === 'new-image');

const idOf = (rows: readonly RequestRow[]): string => [...new Set(rows.map((row) => row.action))].join('+');

/** Every way to copy the disk with every way to get at such a copy. */
export const DISK_COPIES: readonly Alternative[] = COPIES.flatMap((copy) =>
  TAKES.filter((take) => makesWhatIsTaken(copy, take)).map((take) => ({
    id: `${idOf(copy)}, ${idOf(take)}`,
    requests: [...copy, ...take],
  })),
);

/** Ways to let oneself in through the security groups that an instance carries. */
export const FIREWALL_CHANGES: readonly Alternative[] = [
  ...['ec2:AuthorizeSecurityGroupIngress', 'ec2:ModifySecurityGroupRules'].map((action) => ({
    id: action,
    requests: [{ action, on: 'security-groups' as const }],
  })),
  {
    id: 'ec2:ModifyInstanceAttribute',
    requests: [onInstance('ec2:ModifyInstanceAttribute', { 'ec2:Attribute': 'GroupSet' })],
  },
  {
    id: 'ec2:ModifyNetworkInterfaceAttribute',
    requests: [{ action: 'ec2:ModifyNetworkInterfaceAttribute', on: 'network-interfaces' }],
  },
];
