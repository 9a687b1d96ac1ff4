import { remembered } from '../../memory/remembered.ts';
import { LAUNCH_TEMPLATE_TAG, tagOf } from '../../snapshot/instance-tags.ts';
import type { RegionSnapshot } from '../../snapshot/snapshot.ts';
import { COMMAND_DOCUMENTS } from '../paths/command-documents.ts';
import { NEW_ID, NEW_NAME, UUID } from '../paths/placeholder-ids.ts';
import { narrowExclusions } from '../paths/public-access.ts';
import { RESOURCE_KINDS } from '../paths/resource-kinds.ts';
import { clusterWith, ownEntries } from './access-entries.ts';
import { agentSpaces } from './agent-spaces.ts';
import { clusterOf, prefixListsOf, primaryOf } from './attached.ts';
import { AUTOMATION_TARGETS } from './automation-targets.ts';
import { recoveryPoints } from './backups.ts';
import { DEPLOYMENT_TARGETS } from './deployment-targets.ts';
import { imagesOf, snapshotsOf } from './disk-copies.ts';
import { foreignDocuments } from './foreign-documents.ts';
import { keysOfSubnet, keysOfVpc } from './network-keys.ts';
import { inRegion, made, makeable, SSM_DOCUMENT, unlistedTargets } from './new-resources.ts';
import {
  commandingDocuments,
  encryptedDocuments,
  forPlatform,
  opening,
  ownDocuments,
} from './own-documents.ts';
import { deployingPipelines } from './pipelines.ts';
import type { Place, Target } from './target.ts';

function commandDocuments({ account, instance }: Place): readonly Target[] {
  return COMMAND_DOCUMENTS.filter(
    ([, platform]) => platform === undefined || platform === instance.platform,
  ).map(([name]) => ({
    arn: `arn:${account.snapshot.partition}:ssm:${instance.region}::document/${name}`,
    tags: [],
  }));
}

const APPROVALS = new Set(['AutoApprovalPolicy', 'ManualApprovalPolicy']);

/**
 * Without an approval policy, no access can be requested.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-just-in-time-node-access-approval-policies.html
 */
const ofAccessRequest =
  (request: (place: Place) => readonly Target[]) =>
  (place: Place): readonly Target[] => {
    const documents = place.region?.documents;
    if (!documents) return request(place).map((target) => ({ ...target, missing: 'ssm list-documents' }));
    return documents.some(({ documentType }) => APPROVALS.has(documentType)) ? request(place) : [];
  };

const alarmCache = new Map<string, NonNullable<Target['context']>>();

/** Always the same object, since it is a cache key. */
const alarmActions = (region: string, partition: string): NonNullable<Target['context']> =>
  remembered(alarmCache, `${partition} ${region}`, () => ({
    'cloudwatch:AlarmActions': `arn:${partition}:automate:${region}:ec2:stop`,
  }));

/** The resource with this ARN; none for null. */
const named = (arn: string | null): readonly Target[] => (arn === null ? [] : [{ arn, tags: null }]);

const ofInstance = (
  place: Place,
  name: string | null,
  service: string,
  resource: (name: string) => string,
): readonly Target[] => named(name === null ? null : inRegion(place, service, resource(name)));

function snapshots(place: Place): readonly Target[] {
  const { instance, account } = place;
  const { partition } = account.snapshot;
  const arn = (id: string): string => `arn:${partition}:ec2:${instance.region}::snapshot/${id}`;
  const own = snapshotsOf(instance, account.snapshot);
  if (!own)
    return instance.volumes.length === 0
      ? []
      : unlistedTargets(
          place,
          { service: 'ec2', type: 'snapshot/' },
          `snap-${NEW_ID}`,
          'ec2 describe-snapshots',
        );
  return own.map(({ id }) => ({ arn: arn(id), tags: null }));
}

function images(place: Place): readonly Target[] {
  const { instance, account } = place;
  const found = imagesOf(instance, account.snapshot);
  if (!found)
    return unlistedTargets(
      place,
      { service: 'ec2', type: 'image/' },
      `ami-${NEW_ID}`,
      'ec2 describe-images, ec2 describe-snapshots',
    );
  const { partition } = account.snapshot;
  return found.map((id) => ({ arn: `arn:${partition}:ec2:${instance.region}::image/${id}`, tags: null }));
}

const environment = ({ instance }: Place): string | null =>
  tagOf(instance, 'elasticbeanstalk:environment-name');

/** The tag contains only the environment: its application is each that a policy names, and one that none names. */
function applications(place: Place): readonly string[] {
  const arns = [
    ...makeable(place, RESOURCE_KINDS['beanstalk-environment'].arns),
    ...makeable(place, RESOURCE_KINDS['beanstalk-application'].arns),
  ];
  return [...new Set(arns.map(({ arn }) => arn.split(':').slice(5).join(':').split('/')[1] ?? NEW_NAME))];
}

const ofApplication =
  (resource: (application: string, environment: string) => string) =>
  (place: Place): readonly Target[] => {
    const name = environment(place);
    if (name === null) return [];
    return applications(place).map((application) => ({
      arn: inRegion(place, 'elasticbeanstalk', resource(application, name)),
      tags: null,
    }));
  };

/** The account's own prefix lists. Nobody here changes those of AWS or of other accounts. */
function prefixLists(place: Place): readonly Target[] {
  const owners = place.region?.prefixLists;
  const { accountId } = place.account.snapshot;
  return prefixListsOf(place.instance, place.region)
    .filter((id) => !owners || owners.some((one) => one.id === id && one.owner === accountId))
    .map((id) => ({
      arn: inRegion(place, 'ec2', `prefix-list/${id}`),
      tags: null,
      ...(owners ? {} : { missing: 'ec2 describe-managed-prefix-lists' }),
    }));
}

/** A policy of the organisation keeps the setting as it is. */
const isManagedElsewhere = (region: RegionSnapshot | undefined): boolean =>
  region?.publicAccessBlocks?.some(({ managedBy }) => managedBy === 'declarative-policy') === true;

/** Service resources of an instance, resources to be created, and the account's own. */
export const SERVICE_TARGETS = {
  ...AUTOMATION_TARGETS,
  ...DEPLOYMENT_TARGETS,
  'new-volume': (place) => made(place, 'ec2', `volume/vol-${NEW_ID}`),
  'security-group-rules': (place) => made(place, 'ec2', `security-group-rule/sgr-${NEW_ID}`),
  'command-documents': commandDocuments,
  'template-reads': ({ instance }) => named(tagOf(instance, LAUNCH_TEMPLATE_TAG) && '*'),
  'new-root-volume-task': (place) => made(place, 'ec2', `replace-root-volume-task/replacevol-${NEW_ID}`),
  'own-session-documents': ownDocuments('Session', opening('commands')),
  'encrypted-session-documents': (place) => encryptedDocuments(place).map(({ document }) => document),
  'document-keys': (place) => encryptedDocuments(place).map(({ key }) => key),
  'own-port-documents': ownDocuments('Session', opening('port')),
  'unread-session-documents': ownDocuments('Session', opening('unread')),
  'own-command-documents': ownDocuments('Command'),
  'standing-documents': ownDocuments('Command', forPlatform),
  'commanding-documents': commandingDocuments,
  'new-documents': (place) => makeable(place, SSM_DOCUMENT),
  'foreign-documents': ({ account, instance }) =>
    foreignDocuments(account, instance.region).map((arn) => ({ arn, tags: [] })),
  'deploying-pipelines': deployingPipelines,
  'backup-images': recoveryPoints('image'),
  'backup-snapshots': recoveryPoints('snapshot'),
  'backup-points': recoveryPoints('recovery-point'),
  'new-access-request': ofAccessRequest((place) => made(place, 'ssm', 'opsitem/oi-000000000000')),
  'access-approval': ofAccessRequest((place) => [
    // Systems Manager creates the automation: its tags are not known
    { arn: inRegion(place, 'ssm', `automation-execution/${UUID}`), tags: null },
  ]),
  'approval-policies': ownDocuments('AutoApprovalPolicy'),
  'manual-approval-policies': ownDocuments('ManualApprovalPolicy'),
  'new-approval-policy': ofAccessRequest((place) =>
    ownDocuments('AutoApprovalPolicy')(place).length > 0 && place.region?.documents
      ? []
      : makeable(place, SSM_DOCUMENT),
  ),
  'agent-spaces': agentSpaces,
  'new-association': (place) => made(place, 'ssm', `association/${UUID}`),
  'new-window': (place) => made(place, 'ssm', `maintenancewindow/mw-${NEW_ID}`),
  'instance-profile': ({ instance }) => named(instance.instanceProfile),
  snapshots,
  images,
  'prefix-lists': prefixLists,
  'new-target-groups': (place) =>
    makeable(place, { service: 'elasticloadbalancing', type: 'targetgroup/' }).map(({ arn, tags }) => ({
      arn: /targetgroup\/[^/]+$/.test(arn) ? `${arn}/0000000000000000` : arn,
      tags,
    })),
  'new-lattice-groups': (place) =>
    makeable(place, { service: 'vpc-lattice', type: 'targetgroup/' }).map(({ arn, tags }) => ({ arn, tags })),
  'new-alarms': (place) =>
    makeable(place, { service: 'cloudwatch', type: 'alarm:' }).map((target) => ({
      ...target,
      context: alarmActions(place.instance.region, place.account.snapshot.partition),
    })),
  'new-launch-template': (place) => made(place, 'ec2', `launch-template/lt-${NEW_ID}`),
  'new-launch-configuration': (place) =>
    makeable(
      place,
      RESOURCE_KINDS['new-launch-configuration'].arns,
      `${UUID}:launchConfigurationName/${NEW_NAME}`,
    ),
  'new-instance': (place) => made(place, 'ec2', `instance/i-${NEW_ID}`),
  'new-network-interface': (place) => made(place, 'ec2', `network-interface/eni-${NEW_ID}`),
  image: ({ instance, account }) =>
    named(
      instance.imageId &&
        `arn:${account.snapshot.partition}:ec2:${instance.region}::image/${instance.imageId}`,
    ),
  subnet: (place) =>
    ofInstance(place, place.instance.subnetId, 'ec2', (id) => `subnet/${id}`).map((target) => ({
      ...target,
      context: keysOfSubnet(place),
    })),
  vpc: (place) =>
    ofInstance(place, place.instance.vpcId, 'ec2', (id) => `vpc/${id}`).map((target) => ({
      ...target,
      context: keysOfVpc(place),
    })),
  // https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html
  'public-access-block': ({ region }) => (isManagedElsewhere(region) ? [] : [{ arn: '*', tags: [] }]),
  'new-access-exclusion': (place) =>
    place.region?.publicAccessBlocks?.some(({ exclusions }) => exclusions === 'not-allowed')
      ? []
      : made(place, 'ec2', `vpc-block-public-access-exclusion/vpcbpa-exclude-${NEW_ID}`),
  'access-exclusions': (place) =>
    narrowExclusions(place.instance, place.region).map(({ id, tags }) => ({
      arn: inRegion(place, 'ec2', `vpc-block-public-access-exclusion/${id}`),
      tags,
    })),
  stack: ({ instance }) => named(tagOf(instance, 'aws:cloudformation:stack-id')),
  'emr-cluster': (place) =>
    ofInstance(place, primaryOf(place.instance), 'elasticmapreduce', (id) => `cluster/${id}`),
  'beanstalk-environment': ofApplication((application, name) => `environment/${application}/${name}`),
  'beanstalk-application': ofApplication((application) => `application/${application}`),
  'new-application-version': ofApplication((application) => `applicationversion/${application}/${NEW_NAME}`),
  'administered-cluster': clusterWith('administers'),
  'edited-cluster': clusterWith('edits'),
  'own-access-entry': ownEntries,
  'new-access-entry': (place) =>
    ofInstance(
      place,
      clusterOf(place.instance),
      'eks',
      (name) => `access-entry/${name}/role/${place.account.snapshot.accountId}/${NEW_NAME}/${UUID}`,
    ),
} as const satisfies Readonly<Record<string, (place: Place) => readonly Target[]>>;
