import { type Alternative, table } from './access-path.ts';
import { eachOnInstance, on, onInstance } from './requests-of-paths.ts';
import type { ResourceKind } from './resource-kinds.ts';

const RECOVERY_POINTS: readonly ResourceKind[] = ['backup-images', 'backup-snapshots', 'backup-points'];

const RESTORE_ROLE = on('iam:PassRole', 'backup-roles');

/**
 * AWS Backup creates an instance or a disk from the copy, or copies it to where the caller may read it. A
 * restored disk is attached like any other.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/restoring-ec2.html
 */
const RESTORES: readonly Alternative[] = [
  {
    id: 'disk that is attached',
    requests: [
      on('backup:StartRestoreJob', 'backup-snapshots'),
      RESTORE_ROLE,
      onInstance('ec2:AttachVolume'),
      on('ec2:AttachVolume', 'new-volume'),
    ],
  },
  ...['backup:StartRestoreJob', 'backup:StartCopyJob'].flatMap((action) =>
    RECOVERY_POINTS.map(
      (kind): Alternative => ({
        id: `${action} of ${kind}`,
        requests: [on(action, kind), RESTORE_ROLE],
        code: 'restored-copy',
      }),
    ),
  ),
];

/**
 * A policy of Data Lifecycle Manager creates snapshots of disks with a tag, and shares them with another
 * account. The caller chooses the tag. https://docs.aws.amazon.com/ebs/latest/userguide/share-snapshot.html
 */
const SHARED: Alternative = {
  id: 'dlm:CreateLifecyclePolicy',
  requests: [on('dlm:CreateLifecyclePolicy', 'any'), on('iam:PassRole', 'lifecycle-roles')],
  code: 'restored-copy',
};

/** Paths that read data from a service, or from its copy of the instance. */
export const READING_PATHS = table([
  {
    // https://docs.aws.amazon.com/aws-backup/latest/devguide/restoring-a-backup.html
    id: 'backup-read',
    title: 'Restoring a backup',
    groups: ['data'],
    alternatives: [...RESTORES, SHARED],
    landsAs: [],
    fact: 'none',
  },
  {
    // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html
    id: 'user-data-read',
    title: 'Reading user data',
    groups: ['data'],
    alternatives: [
      ...eachOnInstance('ec2:DescribeInstanceAttribute', 'ec2:GetLaunchTemplateData'),
      {
        id: 'ec2:DescribeLaunchTemplateVersions',
        requests: [on('ec2:DescribeLaunchTemplateVersions', 'template-reads')],
      },
    ],
    landsAs: [],
    fact: 'none',
  },
]);
