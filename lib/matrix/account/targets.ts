import { remembered } from '../../memory/remembered.ts';
import { servicePrincipalNames } from '../../reference/service-principals.ts';
import type { Instance, RegionSnapshot, Tags } from '../../snapshot/snapshot.ts';
import { PASSED_TO } from '../paths/escalations.ts';
import { NEW_ID, NEW_NAME } from '../paths/placeholder-ids.ts';
import { addressesBehind } from '../paths/reachable.ts';
import { RESOURCE_KINDS, type ResourceKind } from '../paths/resource-kinds.ts';
import type { Account, Subject } from './account.ts';
import { ENDPOINTS_NOT_READ, endpointsOfVpc } from './connect-endpoints.ts';
import { letsIn } from './lets-in.ts';
import { namedArns } from './named-arns.ts';
import { keysOfGroup, keysOfInterface } from './network-keys.ts';
import { inRegion, made, unlistedTargets } from './new-resources.ts';
import { missingTrust } from './not-collected.ts';
import { keysOfInstance, volumeOf } from './resource-facts.ts';
import { SERVICE_TARGETS } from './service-targets.ts';
import { sessionKeyArns } from './session-key.ts';
import { ownSessionTargets, sessionOwners, sessionTarget, userIdOf } from './sessions.ts';
import type { Place, Target } from './target.ts';

/** The resources of a request row for one instance: any of them is enough. Empty: the row cannot be met. */
export function targetsOf(
  kind: ResourceKind,
  instance: Instance,
  account: Account,
  subject: Subject | null,
): readonly Target[] {
  const place = { instance, account, subject, region: account.regions.get(instance.region) };
  if (kind.startsWith('document:')) return [documentTarget(kind.slice('document:'.length), place)];
  return TARGETS[kind as keyof typeof TARGETS](place);
}

const ec2Arn = ({ instance, account }: Place, type: string, id: string): string =>
  `arn:${account.snapshot.partition}:ec2:${instance.region}:${account.snapshot.accountId}:${type}/${id}`;

/** A copy that does not exist yet has no account in its ARN and no tags. */
const newCopy = ({ instance, account }: Place, copy: string): readonly Target[] => [
  { arn: `arn:${account.snapshot.partition}:ec2:${instance.region}::${copy}-${NEW_ID}`, tags: [] },
];

const volumeTargets = (
  place: Place,
  isWanted: (volume: { readonly root: boolean }) => boolean,
): readonly Target[] =>
  place.instance.volumes.filter(isWanted).map(({ id }) => {
    const arn = ec2Arn(place, 'volume', id);
    const known = volumeOf(place.region, id);
    return known === undefined ? { arn, tags: null } : { arn, tags: known.tags, context: known.keys };
  });

const TARGETS: Readonly<
  Record<Exclude<ResourceKind, `document:${string}`>, (place: Place) => readonly Target[]>
> = {
  any: () => [{ arn: '*', tags: [] }],
  instance: ({ instance }) => [{ arn: instance.arn, tags: instance.tags, context: keysOfInstance(instance) }],
  'root-volume': (place) => volumeTargets(place, (volume) => volume.root),
  volumes: (place) => volumeTargets(place, () => true),
  'security-groups': (place) =>
    place.instance.securityGroups.map((id) => ({
      arn: ec2Arn(place, 'security-group', id),
      tags: groupTags(id, place.region),
      context: keysOfGroup(place, id),
    })),
  'network-interfaces': (place) =>
    place.instance.networkInterfaces.map((id) => ({
      arn: ec2Arn(place, 'network-interface', id),
      tags: null,
      context: keysOfInterface(place, id),
    })),
  endpoints: endpointTargets,
  'unread-roles': ({ instance, account }) =>
    passings(instance, account).flatMap((context) =>
      unreadRoles(account).map((role) => ({ ...role, context })),
    ),
  'ec2-roles': ({ instance, account }) => {
    const roles = ec2Roles(account);
    return passings(instance, account).flatMap((context) =>
      roles.map(({ arn, tags }) => ({ arn, tags, context })),
    );
  },
  'default-host-roles': ({ account }) =>
    rolesForInstances(account, RESOURCE_KINDS['default-host-roles'].rolesOf).map(({ arn, tags }) => ({
      arn,
      tags,
    })),
  'unread-default-host-roles': ({ account }) => unreadRoles(account),
  'new-default-host-role': ({ account }) => newRoles(account),
  'default-host-setting': (place) => [
    { arn: inRegion(place, 'ssm', `servicesetting/${DEFAULT_HOST_SETTING}`), tags: [] },
  ],
  'new-connect-endpoint': (place) => made(place, 'ec2', `instance-connect-endpoint/eice-${NEW_ID}`),
  'instance-role': ({ instance, account }) => rolesOfProfile(instance, account),
  'backup-roles': ({ account }) => copyRoles(account, RESOURCE_KINDS['backup-roles'].rolesOf),
  'lifecycle-roles': ({ account, instance }) =>
    instance.volumes.length === 0 ? [] : copyRoles(account, RESOURCE_KINDS['lifecycle-roles'].rolesOf),
  sessions: sessionTargets,
  'own-session': ({ instance, account, subject }) =>
    subject ? ownSessionTargets(account, instance.region, subject) : [],
  'session-key': sessionKeyTargets,
  'new-snapshot': (place) => newCopy(place, 'snapshot/snap'),
  'new-image': (place) => newCopy(place, 'image/ami'),
  ...SERVICE_TARGETS,
};

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_UpdateServiceSetting.html */
const DEFAULT_HOST_SETTING = 'ssm/managed-instance/default-ec2-instance-management-role';

function rolesOfProfile({ instanceProfile }: Instance, { snapshot }: Account): readonly Target[] {
  const arns = snapshot.instanceProfiles.find(({ arn }) => arn === instanceProfile)?.roles ?? [];
  return snapshot.roles.filter(({ arn }) => arns.includes(arn)).map(({ arn, tags }) => ({ arn, tags }));
}

/** Sessions of all other principals. */
function sessionTargets({ instance, account, subject }: Place): readonly Target[] {
  const own = subject && userIdOf(subject);
  return sessionOwners(account)
    .filter(({ userId }) => userId !== own)
    .map((owner) => sessionTarget(account, instance.region, owner));
}

function sessionKeyTargets({ account, region }: Place): readonly Target[] {
  return (region ? sessionKeyArns(region, account) : []).map((arn) => ({ arn, tags: null }));
}

/** AWS's own documents have no account in their ARN; the preferences document belongs to the account. */
function documentTarget(name: string, { instance, account, region }: Place): Target {
  const { accountId, partition } = account.snapshot;
  const owner = /^(AWS|Amazon)/.test(name) ? '' : accountId;
  const own = region?.documents?.find((document) => document.name === name);
  return {
    arn: `arn:${partition}:ssm:${instance.region}:${owner}:document/${name}`,
    // the default document need not exist yet
    tags: own?.tags ?? (owner === '' || region?.documents ? [] : null),
  };
}

function groupTags(id: string, region: RegionSnapshot | undefined): Tags | null {
  if (!region?.securityGroups) return null;
  const { securityGroups } = region;
  const tags = remembered(groupTagCache, region, () => tagsById(securityGroups));
  return tags.get(id) ?? null;
}

const groupTagCache = new WeakMap<RegionSnapshot, ReadonlyMap<string, Tags>>();

/** Tags by id. If two have the same id, the first counts. */
const tagsById = (
  groups: readonly { readonly id: string; readonly tags: Tags }[],
): ReadonlyMap<string, Tags> => new Map(groups.toReversed().map(({ id, tags }) => [id, tags]));

function endpointTargets(place: Place): readonly Target[] {
  const { instance, account } = place;
  const endpoints = endpointsOfVpc(instance, account);
  const to = (target: Target, addresses: readonly string[]): readonly Target[] =>
    addresses.map((address) => ({
      ...target,
      context: { 'ec2-instance-connect:privateIpAddress': address },
    }));
  if (endpoints === null)
    return unlistedTargets(
      place,
      { service: 'ec2', type: 'instance-connect-endpoint/' },
      `eice-${NEW_ID}`,
      ENDPOINTS_NOT_READ,
    ).flatMap((target) => to(target, addressesBehind({ ipAddressType: 'dualstack' }, instance)));
  return endpoints.flatMap((endpoint) =>
    to({ arn: endpoint.arn, tags: endpoint.tags }, addressesBehind(endpoint, instance)),
  );
}

const newRoleCache = new WeakMap<Account, readonly Target[]>();

/** A role to be created, under any name that an Allow of the account covers. Its creator chooses the tags. */
function newRoles(account: Account): readonly Target[] {
  return remembered(newRoleCache, account, () => {
    const { partition, accountId, roles } = account.snapshot;
    const shape = { service: 'iam', type: 'role/' };
    const taken = new Set(roles.map(({ arn }) => arn));
    const named = namedArns(account, shape, '', 'own').filter((arn) => !taken.has(arn));
    const arns = new Set([`arn:${partition}:iam::${accountId}:role/${NEW_NAME}`, ...named]);
    return [...arns].map((arn) => ({ arn, tags: null }));
  });
}

type TaggedRole = { readonly arn: string; readonly tags: Tags };

const ec2RoleCache = new WeakMap<Account, readonly TaggedRole[]>();

const EC2 = RESOURCE_KINDS['ec2-roles'].rolesOf;

const passingCache = new WeakMap<Instance, readonly Readonly<Record<string, string>>[]>();

/** The condition keys of a role that is passed for the instance. Always the same objects, since they are cache keys. */
function passings(instance: Instance, { snapshot }: Account): readonly Readonly<Record<string, string>>[] {
  return remembered(passingCache, instance, () =>
    servicePrincipalNames(EC2, snapshot.partition).map((service) => ({
      'iam:AssociatedResourceArn': instance.arn,
      [PASSED_TO]: service,
    })),
  );
}

/** Roles that EC2 may assume: the only ones that can be passed to an instance. */
function ec2Roles(account: Account): readonly TaggedRole[] {
  return remembered(ec2RoleCache, account, () => rolesForInstances(account));
}

const copyRoleCache = new WeakMap<Account, Map<string, readonly Target[]>>();

/**
 * Roles that AWS Backup or Data Lifecycle Manager can use. If none is known, those whose trust policies were not
 * read.
 */
function copyRoles(account: Account, of: string): readonly Target[] {
  const byService = remembered(copyRoleCache, account, () => new Map<string, readonly Target[]>());
  return remembered(byService, of, () => {
    const known: readonly Target[] = rolesForInstances(account, of);
    const roles = known.length > 0 ? known : unreadRoles(account);
    return servicePrincipalNames(of, account.snapshot.partition).flatMap((service) => {
      const context = { [PASSED_TO]: service };
      return roles.map(({ arn, tags, missing }) => ({ arn, tags, context, ...(missing && { missing }) }));
    });
  });
}

const unreadRoleCache = new WeakMap<Account, readonly (TaggedRole & { readonly missing: string })[]>();

function unreadRoles(account: Account): readonly (TaggedRole & { readonly missing: string })[] {
  return remembered(unreadRoleCache, account, () =>
    account.snapshot.roles.flatMap((role) => {
      const missing = missingTrust(role, account.policies);
      return missing === null ? [] : [{ arn: role.arn, tags: role.tags, missing }];
    }),
  );
}

function rolesForInstances(account: Account, service: string = EC2): readonly TaggedRole[] {
  return account.snapshot.roles.filter(
    (role) => letsIn(role, service, account) && missingTrust(role, account.policies) === null,
  );
}
