import { plain, quoted } from '../../policy/quoted.ts';
import type { KeptAnswer, Snapshot } from '../../snapshot/snapshot.ts';
import { capped } from '../evidence.ts';
import type { Facts } from '../facts.ts';
import type { PlaceHit, Rule } from '../rule.ts';
import { gapText } from '../unseen.ts';

/** Things that can be shared: an own image, or an own snapshot of a disk. */
interface Shared {
  readonly word: 'image' | 'snapshot';
  readonly list: string;
  readonly attribute: string;
  readonly permissions: 'LaunchPermissions' | 'CreateVolumePermissions';
  readonly undo: (
    id: string,
    region: string,
    groups: readonly string[],
    accounts: readonly string[],
  ) => string;
}

const options = (groups: readonly string[], accounts: readonly string[]): string =>
  [
    groups.length === 0 ? '' : ` --group-names ${groups.join(' ')}`,
    accounts.length === 0 ? '' : ` --user-ids ${accounts.slice(0, 20).join(' ')}`,
  ].join('');

const IMAGE: Shared = {
  word: 'image',
  list: 'ec2.describe-images',
  attribute: 'ec2.describe-image-attribute',
  permissions: 'LaunchPermissions',
  undo: (id, region, groups, accounts) => {
    const all = [
      ...groups.map((Group) => ({ Group })),
      ...accounts.slice(0, 20).map((UserId) => ({ UserId })),
    ];
    return `aws ec2 modify-image-attribute --region ${region} --image-id ${id} --launch-permission '${JSON.stringify({ Remove: all })}'`;
  },
};

const SNAPSHOT: Shared = {
  word: 'snapshot',
  list: 'ec2.describe-snapshots',
  attribute: 'ec2.describe-snapshot-attribute',
  permissions: 'CreateVolumePermissions',
  undo: (id, region, groups, accounts) =>
    `aws ec2 modify-snapshot-attribute --region ${region} --snapshot-id ${id} --attribute createVolumePermission --operation-type remove${options(groups, accounts)}`,
};

interface SharedRule {
  readonly words: Pick<
    Rule,
    'id' | 'severity' | 'title' | 'fires' | 'risk' | 'verify' | 'remediation' | 'references'
  >;
  readonly shared: Shared;
  readonly isPublic: boolean;
}

const VERIFY_IMAGE =
  '`aws ec2 describe-image-attribute --attribute launchPermission --image-id ID` lists who may launch it';
const VERIFY_SNAPSHOT =
  '`aws ec2 describe-snapshot-attribute --attribute createVolumePermission --snapshot-id ID` lists who may create a disk from it';

const SHARED_RULES: readonly SharedRule[] = [
  {
    words: {
      id: 'AMI-PUBLIC',
      severity: 'critical',
      title: 'may be launched by everybody with an AWS account',
      fires: "the launch permissions of one of the account's images contain the group `all`",
      risk: 'anybody can read the keys, code and data on the disks of the image',
      verify: VERIFY_IMAGE,
      remediation: 'remove the permission, and block public access to images in each region',
      references: [
        'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-public-access-to-amis.html',
        'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-intro.html',
      ],
    },
    shared: IMAGE,
    isPublic: true,
  },
  {
    words: {
      id: 'AMI-UNKNOWN',
      severity: 'high',
      title: 'may be launched by unknown accounts',
      fires:
        "the launch permissions of one of the account's images contain an account that is not in `knownAccounts`, or another organisation or a unit of one",
      risk: 'the owner of that account can read the disks of the image and keep a copy',
      verify: VERIFY_IMAGE,
      remediation: 'remove the permission, or add the account to `knownAccounts` in `latchkey.yml`',
      references: ['https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-explicit.html'],
    },
    shared: IMAGE,
    isPublic: false,
  },
  {
    words: {
      id: 'SNAP-PUBLIC',
      severity: 'critical',
      title: 'may be read by everybody with an AWS account',
      fires: "the permissions of one of the account's disk snapshots contain the group `all`",
      risk: 'anybody can read the copy of the disk',
      verify: `${VERIFY_SNAPSHOT}; while public access to snapshots is blocked in the region, the permission stays and opens nothing`,
      remediation: 'remove the permission, and block public access to snapshots in each region',
      references: [
        'https://docs.aws.amazon.com/ebs/latest/userguide/block-public-access-snapshots.html',
        'https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-1',
      ],
    },
    shared: SNAPSHOT,
    isPublic: true,
  },
  {
    words: {
      id: 'SNAP-UNKNOWN',
      severity: 'high',
      title: 'may be read by unknown accounts',
      fires:
        "the permissions of one of the account's disk snapshots contain an account that is not in `knownAccounts`",
      risk: 'the owner of that account can read the copy of the disk and keep it',
      verify: VERIFY_SNAPSHOT,
      remediation: 'remove the permission, or add the account to `knownAccounts` in `latchkey.yml`',
      references: [
        'https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html',
      ],
    },
    shared: SNAPSHOT,
    isPublic: false,
  },
];

export const sharedDiskRules: readonly Rule[] = SHARED_RULES.map((row) => {
  const rule: Rule = {
    ...row.words,
    paths: [],
    find: (facts) => find(facts, rule, row),
    unseen: (facts, { regions }) =>
      gapText(facts, row.shared.list, regions[0] ?? null) ??
      gapText(facts, row.shared.attribute, regions[0] ?? null),
  };
  return rule;
});

function* find(facts: Facts, rule: Rule, { shared, isPublic }: SharedRule): Generator<PlaceHit> {
  for (const answer of facts.snapshot.kept ?? []) {
    if (answer.call !== shared.attribute || answer.region === null || answer.argument === null) continue;
    const { groups, accounts, others } = permissionsOf(answer, shared);
    const isOpen = groups.includes('all');
    const strangers = accounts.filter((id) => isStranger(facts, id));
    const outside = others.filter((arn) => !isOwnOrganization(facts, arn));
    const isShared = isPublic ? isOpen : !isOpen && strangers.length + outside.length > 0;
    if (!isShared) continue;
    const to = isPublic ? { groups: ['all'], who: [] } : { groups: [], who: strangers, outside };
    yield hit(facts, { rule, shared }, answer as Place, to);
  }
}

type Place = KeptAnswer & { readonly region: string; readonly argument: string };

function permissionsOf({ data }: KeptAnswer, { permissions }: Shared) {
  const list = (data as Readonly<Record<string, unknown>> | null)?.[permissions];
  const items = (Array.isArray(list) ? list : []) as readonly (Readonly<Record<string, unknown>> | null)[];
  const texts = (...names: readonly string[]): readonly string[] =>
    items.flatMap((item) =>
      names.flatMap((name) => (typeof item?.[name] === 'string' ? [item[name] as string] : [])),
    );
  return {
    count: items.length,
    groups: texts('Group'),
    accounts: texts('UserId'),
    others: texts('OrganizationArn', 'OrganizationalUnitArn'),
  };
}

/** The call that takes an image or a snapshot from everybody, and how many others it stays shared with. */
export function closedToAll(
  snapshot: Snapshot,
  resource: string,
): { readonly command: string; readonly others: number } | null {
  const [, , , region = '', , rest = ''] = resource.split(':');
  const [word, argument = ''] = rest.split('/');
  const shared = [IMAGE, SNAPSHOT].find((one) => one.word === word);
  const answer = snapshot.kept?.find(
    (one) => one.call === shared?.attribute && one.region === region && one.argument === argument,
  );
  if (!shared || !answer || !CAN_BE_TYPED.test(argument)) return null;
  const { count, groups } = permissionsOf(answer, shared);
  if (!groups.includes('all')) return null;
  return { command: shared.undo(argument, region, ['all'], []), others: count - 1 };
}

const CAN_BE_TYPED = /^[a-z]+-[0-9a-z]+$/;

const isStranger = ({ snapshot, expected }: Facts, id: string): boolean =>
  id !== snapshot.accountId && !expected.knownAccounts.includes(id);

/** `arn:aws:organizations::<management account>:organization/o-…`, or a unit of it: `ou/o-…/ou-…` */
function isOwnOrganization({ snapshot }: Facts, arn: string): boolean {
  const id = snapshot.organization?.id;
  return id !== undefined && arn.split(/[:/]/).includes(id);
}

function hit(
  { snapshot }: Facts,
  { rule, shared }: { readonly rule: Rule; readonly shared: Shared },
  { region, argument }: Place,
  {
    groups,
    who,
    outside = [],
  }: { groups: readonly string[]; who: readonly string[]; outside?: readonly string[] },
): PlaceHit {
  const resource = `arn:${snapshot.partition}:ec2:${region}::${shared.word}/${plain(argument)}`;
  const names = [
    ...groups.map(() => 'everybody'),
    ...who.map((id) => `account ${plain(id)}`),
    ...outside.map(quoted),
  ];
  const undo = CAN_BE_TYPED.test(argument)
    ? `; for example ${shared.undo(argument, region, groups, who)}`
    : '';
  return {
    ...{ kind: 'place', rule, severity: rule.severity },
    cause: { kind: shared.word, resource, statements: [] },
    title: `${shared.word} ${quoted(argument)} in ${region} ${rule.title}`,
    ...{ instanceCount: 0, productionCount: 0, regions: [region], subjects: [resource] },
    opens: names,
    evidence: capped(
      names.map((name) => `${shared.word} ${quoted(argument)} is shared with ${name}`),
      'that it is shared with',
    ),
    remediation: `of ${shared.word} ${quoted(argument)}: ${rule.remediation}${undo}`,
  };
}
