import { plain, quoted } from '../../policy/quoted.ts';
import type { KeptAnswer } from '../../snapshot/snapshot.ts';
import { CAN_BE_TYPED, IMAGE, type Permission, type Sharing, SNAPSHOT, sharesOf } from '../disk-sharing.ts';
import { capped } from '../evidence.ts';
import type { Facts } from '../facts.ts';
import type { PlaceHit, Rule } from '../rule.ts';
import { gapText } from '../unseen.ts';

interface SharedRule {
  readonly words: Pick<
    Rule,
    'id' | 'severity' | 'title' | 'fires' | 'risk' | 'verify' | 'remediation' | 'references'
  >;
  readonly shared: Sharing;
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
  const { snapshot, expected } = facts;
  for (const answer of snapshot.kept ?? []) {
    if (answer.call !== shared.attribute || answer.region === null || answer.argument === null) continue;
    const { everybody, strangers } = sharesOf(answer, shared, snapshot, expected);
    const isOpen = everybody.length > 0;
    const to = isPublic ? everybody.slice(0, 1) : isOpen ? [] : strangers;
    if (to.length > 0) yield hit(facts, { rule, shared }, answer as Place, to);
  }
}

type Place = KeptAnswer & { readonly region: string; readonly argument: string };

const nameOf = ({ member, value }: Permission): string => {
  if (member === 'Group') return 'everybody';
  return member === 'UserId' ? `account ${plain(value)}` : quoted(value);
};

/** Permissions that an example takes; a fix takes all. */
const MOST_IN_EXAMPLE = 20;

function hit(
  { snapshot }: Facts,
  { rule, shared }: { readonly rule: Rule; readonly shared: Sharing },
  { region, argument }: Place,
  to: readonly Permission[],
): PlaceHit {
  const resource = `arn:${snapshot.partition}:ec2:${region}::${shared.word}/${plain(argument)}`;
  const names = to.map(nameOf);
  const undo = CAN_BE_TYPED.test(argument)
    ? shared.undo(argument, region, to.slice(0, MOST_IN_EXAMPLE))
    : null;
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
    remediation: `of ${shared.word} ${quoted(argument)}: ${rule.remediation}${undo === null ? '' : `; for example ${undo}`}`,
  };
}
