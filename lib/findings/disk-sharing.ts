import { awsCommand, shellWord } from '../policy/shell-word.ts';
import type { KeptAnswer, Snapshot } from '../snapshot/snapshot.ts';
import type { Expected } from './expected/expected.ts';

/** Things that can be shared: an own image, or an own snapshot of a disk. */
export interface Sharing {
  readonly word: 'image' | 'snapshot';
  readonly list: string;
  readonly attribute: string;
  readonly permissions: 'LaunchPermissions' | 'CreateVolumePermissions';
  /** the call that takes permissions; null: one of them cannot be typed */
  readonly undo: (id: string, region: string, permissions: readonly Permission[]) => string | null;
}

/** One entry of the permissions, as EC2 returns and accepts it. */
export interface Permission {
  readonly member: (typeof MEMBERS)[number];
  readonly value: string;
}

const MEMBERS = ['Group', 'UserId', 'OrganizationArn', 'OrganizationalUnitArn'] as const;

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyImageAttribute.html */
export const IMAGE: Sharing = {
  word: 'image',
  list: 'ec2.describe-images',
  attribute: 'ec2.describe-image-attribute',
  permissions: 'LaunchPermissions',
  undo: (id, region, permissions) => {
    const Remove = permissions.map(({ member, value }) => ({ [member]: value }));
    const options = { region, 'image-id': id, 'launch-permission': JSON.stringify({ Remove }) };
    return awsCommand('ec2 modify-image-attribute', options);
  },
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySnapshotAttribute.html */
export const SNAPSHOT: Sharing = {
  word: 'snapshot',
  list: 'ec2.describe-snapshots',
  attribute: 'ec2.describe-snapshot-attribute',
  permissions: 'CreateVolumePermissions',
  undo: (id, region, permissions) => {
    const options = { region, 'snapshot-id': id, attribute: 'createVolumePermission' };
    const call = awsCommand('ec2 modify-snapshot-attribute', { ...options, 'operation-type': 'remove' });
    const lists = [listed('group-names', 'Group', permissions), listed('user-ids', 'UserId', permissions)];
    return call === null || lists.includes(null) ? null : `${call}${lists.join('')}`;
  },
};

function listed(
  option: string,
  wanted: Permission['member'],
  permissions: readonly Permission[],
): string | null {
  const words = permissions.flatMap(({ member, value }) => (member === wanted ? [shellWord(value)] : []));
  if (words.includes(null)) return null;
  return words.length === 0 ? '' : ` --${option} ${words.join(' ')}`;
}

export interface Shares {
  readonly all: readonly Permission[];
  readonly everybody: readonly Permission[];
  /** accounts that are not known, and other organisations */
  readonly strangers: readonly Permission[];
}

/** With whom an image or a snapshot is shared. */
export function sharesOf(
  { data }: KeptAnswer,
  { permissions }: Sharing,
  snapshot: Snapshot,
  { knownAccounts }: Pick<Expected, 'knownAccounts'>,
): Shares {
  const list = (data as Readonly<Record<string, unknown>> | null)?.[permissions];
  const items = (Array.isArray(list) ? list : []) as readonly (Readonly<Record<string, unknown>> | null)[];
  const all = items.flatMap((item) =>
    MEMBERS.flatMap((member) => {
      const value = item?.[member];
      return typeof value === 'string' ? [{ member, value }] : [];
    }),
  );
  const known = new Set([snapshot.accountId, ...knownAccounts]);
  const isStranger = ({ member, value }: Permission): boolean =>
    member === 'UserId' ? !known.has(value) : member !== 'Group' && !isOwnOrganization(snapshot, value);
  return {
    all,
    everybody: all.filter(({ member, value }) => member === 'Group' && value === 'all'),
    strangers: all.filter(isStranger),
  };
}

/** `arn:aws:organizations::<management account>:organization/o-…`, or a unit of it: `ou/o-…/ou-…` */
function isOwnOrganization({ organization }: Snapshot, arn: string): boolean {
  const id = organization?.id;
  return id !== undefined && arn.split(/[:/]/).includes(id);
}

/** Ids that need no quotes and hide nothing. */
export const CAN_BE_TYPED = /^[a-z]+-[0-9a-z]+$/;

/** A line of a shell, and a request, have a limit. */
const MOST_A_CALL = 100;

export interface TakenBack {
  readonly commands: readonly string[];
  readonly taken: readonly Permission[];
  /** those that keep it */
  readonly others: number;
}

/**
 * The calls that take an image or a snapshot from everybody, or else from accounts and organisations that are not known;
 * null: it is shared with neither, or its name cannot be typed.
 */
export function takenBack(
  snapshot: Snapshot,
  expected: Pick<Expected, 'knownAccounts'>,
  resource: string,
): TakenBack | null {
  const [, , , region = '', , rest = ''] = resource.split(':');
  const [word, argument = ''] = rest.split('/');
  const sharing = [IMAGE, SNAPSHOT].find((one) => one.word === word);
  const answer = snapshot.kept?.find(
    (one) => one.call === sharing?.attribute && one.region === region && one.argument === argument,
  );
  if (!sharing || !answer || !CAN_BE_TYPED.test(argument)) return null;
  const { all, everybody, strangers } = sharesOf(answer, sharing, snapshot, expected);
  const taken = everybody.length > 0 ? everybody : strangers;
  if (taken.length === 0) return null;
  const commands: string[] = [];
  for (let i = 0; i < taken.length; i += MOST_A_CALL) {
    const line = sharing.undo(argument, region, taken.slice(i, i + MOST_A_CALL));
    if (line === null) return null;
    commands.push(line);
  }
  return { commands, taken, others: all.length - taken.length };
}
