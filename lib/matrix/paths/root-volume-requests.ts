import type { Alternative, RequestRow } from './access-path.ts';
import { making, on, onInstance } from './requests-of-paths.ts';

const DETACHED = [onInstance('ec2:DetachVolume'), on('ec2:DetachVolume', 'root-volume')];

/** The root volume is moved away, changed there, and attached again. */
const SAME_ROOT = [...DETACHED, onInstance('ec2:AttachVolume'), on('ec2:AttachVolume', 'root-volume')];

/** A volume with content of the caller: from a snapshot that another account shares, which may be its own. */
const OWN_VOLUME: readonly RequestRow[] = [
  making('ec2:CreateVolume', 'new-volume'),
  on('ec2:CreateVolume', 'new-snapshot'),
];

/** The root volume is taken away, and a volume of the caller attached in its place. */
const OTHER_ROOT: readonly RequestRow[] = [
  ...DETACHED,
  ...OWN_VOLUME,
  onInstance('ec2:AttachVolume'),
  on('ec2:AttachVolume', 'new-volume'),
];

/** The instance must be stopped, unless it is. */
const whileStopped = (
  requests: readonly RequestRow[],
  { id, stopped }: { readonly id: string; readonly stopped: string },
): readonly Alternative[] => {
  const start = onInstance('ec2:StartInstances');
  return [
    { id, requests: [...requests, onInstance('ec2:StopInstances'), start] },
    { id: stopped, state: 'stopped', requests: [...requests, start] },
  ];
};

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
  ...whileStopped(SAME_ROOT, {
    id: 'ec2:DetachVolume+ec2:AttachVolume',
    stopped: 'ec2:DetachVolume+ec2:AttachVolume of a stopped instance',
  }),
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
  ...whileStopped(OTHER_ROOT, {
    id: 'ec2:DetachVolume+ec2:AttachVolume of a volume of the caller',
    stopped: 'ec2:DetachVolume+ec2:AttachVolume of a volume of the caller, to a stopped instance',
  }),
  {
    id: 'ec2:CreateReplaceRootVolumeTask of one volume',
    requests: [
      onInstance('ec2:CreateReplaceRootVolumeTask'),
      on('ec2:CreateReplaceRootVolumeTask', 'root-volume'),
    ],
    code: 'root-volume-resources',
  },
];
