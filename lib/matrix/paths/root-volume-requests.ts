import type { Alternative, RequestRow } from './access-path.ts';
import { making, on, onInstance } from './requests-of-paths.ts';

const SWAP = ['ec2:DetachVolume', 'ec2:AttachVolume'].flatMap((action) => [
  onInstance(action),
  on(action, 'root-volume'),
]);

/** A volume with content of the caller: from a snapshot that another account shares, which may be its own. */
const OWN_VOLUME: readonly RequestRow[] = [
  making('ec2:CreateVolume', 'new-volume'),
  on('ec2:CreateVolume', 'new-snapshot'),
];

/** The root volume is taken away, and a volume of the caller attached in its place. */
const OTHER_ROOT: readonly RequestRow[] = [
  onInstance('ec2:DetachVolume'),
  on('ec2:DetachVolume', 'root-volume'),
  ...OWN_VOLUME,
  onInstance('ec2:AttachVolume'),
  on('ec2:AttachVolume', 'new-volume'),
];

/**
 * The root volume is replaced from an image of the caller, or moved to where it can be changed, for which the
 * instance must be stopped. The reference lists the volume for a replacement, but not which one.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/replace-root.html
 * https://docs.aws.amazon.com/ebs/latest/userguide/ebs-detaching-volume.html
 */
export const ROOT_VOLUME_SWAPS: readonly Alternative[] = [
  {
    id: 'ec2:CreateReplaceRootVolumeTask',
    requests: [
      onInstance('ec2:CreateReplaceRootVolumeTask'),
      making('ec2:CreateReplaceRootVolumeTask', 'new-root-volume-task'),
      making('ec2:CreateReplaceRootVolumeTask', 'new-volume'),
      on('ec2:CreateReplaceRootVolumeTask', 'root-volume'),
      on('ec2:CreateReplaceRootVolumeTask', 'new-image'),
    ],
  },
  {
    id: 'ec2:DetachVolume+ec2:AttachVolume',
    requests: [...SWAP, onInstance('ec2:StopInstances'), onInstance('ec2:StartInstances')],
  },
  {
    id: 'ec2:DetachVolume+ec2:AttachVolume of a stopped instance',
    state: 'stopped',
    requests: [...SWAP, onInstance('ec2:StartInstances')],
  },
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateReplaceRootVolumeTask.html
  {
    id: 'ec2:CreateReplaceRootVolumeTask with a volume of the caller',
    requests: [
      onInstance('ec2:CreateReplaceRootVolumeTask'),
      making('ec2:CreateReplaceRootVolumeTask', 'new-root-volume-task'),
      on('ec2:CreateReplaceRootVolumeTask', 'new-volume'),
      on('ec2:CreateReplaceRootVolumeTask', 'root-volume'),
      ...OWN_VOLUME,
    ],
  },
  {
    id: 'ec2:DetachVolume+ec2:AttachVolume of a volume of the caller',
    requests: [...OTHER_ROOT, onInstance('ec2:StopInstances'), onInstance('ec2:StartInstances')],
  },
  {
    id: 'ec2:DetachVolume+ec2:AttachVolume of a volume of the caller, to a stopped instance',
    state: 'stopped',
    requests: [...OTHER_ROOT, onInstance('ec2:StartInstances')],
  },
  {
    id: 'ec2:CreateReplaceRootVolumeTask of one volume',
    requests: [
      onInstance('ec2:CreateReplaceRootVolumeTask'),
      on('ec2:CreateReplaceRootVolumeTask', 'root-volume'),
    ],
    code: 'root-volume-resources',
  },
];
